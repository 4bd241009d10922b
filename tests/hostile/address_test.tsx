import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { Close } from "@argyle/argyle/protocol";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

async function open(options: AppOptions = {}) {
  const app = new App({ log: new MemoryLog(), ...options });
  app.page("/", () => <p id="p">Hello</p>);
  const server = await app.listen({ port: 0 });
  const from = async (forwarded?: string) => {
    const { cookie } = await load(app);
    const headers: Record<string, string> = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
    return await Peer.connect(server, { cookie, headers });
  };
  return { app, server, from, [Symbol.asyncDispose]: () => server.stop() };
}

timed("sockets of one address: one too many is 503, whoever's it is, and a place is given back", async () => {
  await using site = await open({ trustProxy: 1, limits: { socketsPerAddress: 2 } });
  await using _first = await site.from("203.0.113.7");
  {
    await using _second = await site.from("1.2.3.4, 203.0.113.7");
    await assert.rejects(() => site.from("203.0.113.7"), /503/);
    await assert.rejects(() => site.from("9.9.9.9, 203.0.113.7"), /503/);
    await using _other = await site.from("203.0.113.8");
  }
  await using _again = await site.from("203.0.113.7");
});

timed("sockets of one address: it is told before the upgrade, and when to come back", async () => {
  await using site = await open({ trustProxy: 1, limits: { socketsPerAddress: 0 } });
  const { cookie } = await load(site.app);
  const response = await site.app.fetch(
    new Request(`${site.server.url}/_argyle/socket`, {
      headers: { cookie, origin: site.server.url, upgrade: "websocket", "x-forwarded-for": "203.0.113.7" },
    }),
  );
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), "5");
  assert.match(await response.text(), /This address has as many sockets as one may have\./);
});

timed("sockets of one address: of IPv6 a network of 64 bits is one", async () => {
  await using site = await open({ trustProxy: 1, limits: { socketsPerAddress: 1 } });
  await using _first = await site.from("2001:db8:1:2::5");
  await assert.rejects(() => site.from("2001:db8:1:2:ffff::6"), /503/);
  await using _other = await site.from("2001:db8:1:3::5");
});

timed("sockets of one address: who is not known is not counted, nor who comes over loopback", async () => {
  const limits = { socketsPerAddress: 1 };
  for (
    const [trustProxy, header] of [[0, "203.0.113.7"], [0, undefined], [1, "nobody"], [
      2,
      "203.0.113.7",
    ]] as const
  ) {
    await using site = await open({ trustProxy, limits });
    await using _first = await site.from(header);
    await using _second = await site.from(header);
  }
});

timed("sockets of one address: an app that is mounted has the proxies of the one around it", async () => {
  const inner = new App({ base: "/in", log: new MemoryLog(), limits: { socketsPerAddress: 1 } });
  inner.page("/", () => <p>in</p>);
  const app = new App({ log: new MemoryLog(), trustProxy: 1 }).mount(inner);
  await using server = await app.listen({ port: 0 });
  const { cookie } = await load(app, "/in");
  const headers = { "x-forwarded-for": "203.0.113.7" };
  await using _first = await Peer.connect(server, { cookie, headers, base: "/in" });
  await assert.rejects(() => Peer.connect(server, { cookie, headers, base: "/in" }), /503/);
});

timed("trustProxy: what is no number of proxies is said at start", async () => {
  assert.throws(() => new App({ trustProxy: -1 }), /^TypeError: Cannot trust -1 proxies/);
  await Promise.resolve();
});

timed("a restart: the more pages there are, the farther apart they are told to come back", async () => {
  for (
    const [count, reason] of [[1, "100 ms: the server restarts."], [
      15,
      "150 ms: the server restarts.",
    ]] as const
  ) {
    const site = await open();
    const peers = await Promise.all(Array.from({ length: count }, () => site.from()));
    await site.server.stop();
    for (const peer of peers) {
      const { code, reason: said } = await peer.ended();
      assert.deepEqual([code, said], [Close.restart, reason]);
    }
  }
});
