import assert from "node:assert/strict";
import { action, App, Reflex, type Schema } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { Path } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

const endless: Schema<unknown, unknown> = {
  "~standard": { version: 1, vendor: "test", validate: () => new Promise(() => {}) },
};

class Work extends Reflex {
  check = action(endless, () => {});
  go() {
    this.session.count = (this.session.count ?? 0) + 1;
  }
}

async function open(options: AppOptions = {}) {
  const app = new App({ log: new MemoryLog(), ...options });
  app.reflexes({ Work });
  app.page(
    "/",
    ({ session }) => <p id="p" data-reflex="click->Work#go click->Work#check">{session.count ?? 0}</p>,
  );
  const server = await app.listen({ port: 0 });
  return { app, server, page: await load(app), [Symbol.asyncDispose]: () => server.stop() };
}

timed("schema: one that does not answer in a second is a timeout, and the next call runs", async () => {
  const clock = new FakeClock();
  await using site = await open({ clock });
  await using peer = await Peer.live(site.server, site.page);
  peer.send(["call", 1, 0, "Work#check", [1]]);
  await peer.quiet();
  clock.turn(999);
  await peer.quiet();
  clock.turn(1);
  assert.deepEqual(await peer.next(), ["error", 1, "timeout", "It took longer than 1 s."]);
  peer.send(["call", 2, 1, "Work#go"]);
  assert.equal((await peer.next())[0], "patch");
});

timed("body: one that does not arrive in 10 s is 408", async () => {
  const clock = new FakeClock();
  await using site = await open({ clock });
  const body = new ReadableStream({ pull: () => new Promise(() => {}) });
  const headers = {
    cookie: site.page.cookie,
    "content-type": "text/plain",
    "content-length": "22",
    "sec-fetch-site": "same-origin",
  };
  const before = clock.waiting;
  const answer = site.app.fetch(
    new Request(`http://127.0.0.1${Path.ticket}`, { method: "POST", body, headers }),
  );
  // Until it waits for the body.
  while (clock.waiting === before) await new Promise((resolve) => setTimeout(resolve, 0));
  clock.turn(9_999);
  assert.equal(clock.waiting, before + 1);
  clock.turn(1);
  const response = await answer;
  assert.equal(response.status, 408);
  await response.body?.cancel();
});

timed(
  "outcomes: 64 are kept for a visit that acknowledges none; an older call is expired, never run again",
  async () => {
    await using site = await open();
    await using peer = await Peer.live(site.server, site.page);
    for (let n = 1; n <= 70; n++) {
      peer.send(["call", n, 0, "Work#go"]);
      assert.equal((await peer.next())[0], "patch");
    }
    peer.send(["call", 6, 0, "Work#go"]);
    assert.deepEqual((await peer.next()).slice(0, 3), ["error", 6, "expired"]);
    peer.send(["call", 7, 0, "Work#go"]);
    assert.deepEqual(await peer.next(), ["done", 7]);
    assert.match((await load(site.app, "/", { cookie: site.page.cookie })).body, />70</);
  },
);

timed("idle: a peer that answers no ping is gone after the limit", async () => {
  await using site = await open({ limits: { idle: 2000, firstFrame: 60_000 } });
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: site.server.port });
  const handshake = [
    `GET ${Path.socket} HTTP/1.1`,
    `Host: 127.0.0.1:${site.server.port}`,
    `Origin: ${site.server.url}`,
    `Cookie: ${site.page.cookie}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  ];
  await connection.write(new TextEncoder().encode(`${handshake.join("\r\n")}\r\n\r\n`));
  const heard: number[] = [];
  for await (const chunk of connection.readable) {
    heard.push(...chunk);
    // A close frame: 1001, or whatever Deno says; it comes after a ping that nobody has answered.
    if (heard.includes(0x88)) break;
  }
  assert.match(new TextDecoder().decode(new Uint8Array(heard)), /^HTTP\/1\.1 101/);
  assert.ok(heard.includes(0x89), "a ping came before");
});
