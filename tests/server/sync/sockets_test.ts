import assert from "node:assert/strict";
import { action, anyone, App } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { connectSync } from "@argyle/argyle/client";
import { Close } from "@argyle/argyle/protocol";
import { list, variable } from "@argyle/argyle/socksync";
import type { SyncContext } from "@argyle/argyle/types";
import { z } from "zod";
import { addAccounts } from "../../helpers/account.tsx";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";
import { RawPeer } from "../../helpers/raw.ts";
import { End, type Frame, Hand, until } from "../../helpers/sync.ts";
import { path, secrets } from "./_isolates.ts";

/** A peer that reads only when it is told to. */
class SlowPeer implements Disposable {
  readonly #raw: RawPeer;
  #unread = "";
  /** Bytes that were read. */
  read = 0;

  private constructor(raw: RawPeer) {
    this.#raw = raw;
  }

  static async open(server: { readonly port: number; readonly url: string }): Promise<SlowPeer> {
    const raw = await RawPeer.connect(server);
    await raw.send(
      `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
        "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    assert.equal((await raw.answer())?.status, 101);
    return new SlowPeer(raw);
  }

  async send(...frames: readonly Frame[]): Promise<void> {
    for (const frame of frames) {
      const text = JSON.stringify(frame);
      assert.ok(text.length < 126);
      await this.#raw.send(String.fromCharCode(0x81, text.length) + text);
    }
  }

  async next(): Promise<Frame> {
    for (;;) {
      const byte = (at: number) => this.#unread.charCodeAt(at);
      const length = byte(1), header = length < 126 ? 2 : length === 126 ? 4 : 10;
      let size = length < 126 ? length : 0;
      for (let i = 2; i < header; i++) size = size * 256 + byte(i);
      if (this.#unread.length >= header && this.#unread.length >= header + size) {
        const text = this.#unread.slice(header, header + size);
        this.#unread = this.#unread.slice(header + size);
        this.read += size;
        return JSON.parse(text);
      }
      const more = await this.#raw.text(1);
      assert.notEqual(more, "", "the socket was closed");
      this.#unread += more;
    }
  }

  [Symbol.dispose](): void {
    this.#raw.close();
  }
}

const CHANGES = 150, SIZE = 100_000;
const text = (n: number) => `${n} `.padEnd(SIZE, "x");

timed(
  "slow reader: of a variable is told the newest, of a list a page; nobody waits, and what waits is bounded",
  async () => {
    const app = new App({ log: new MemoryLog() }), value = variable(""), items = list(["", "b"]);
    app.sync(path, { value, items }, { authorize: anyone });
    await using server = await app.listen({ port: 0 });
    for (const type of ["var", "list"] as const) {
      const name = type === "var" ? "value" : "items";
      using slow = await SlowPeer.open(server);
      await using quick = await Hand.open(server, { path });
      await slow.send({ func: "subscribe", type, name }, { func: "get", type, name });
      quick.send({ func: "subscribe", type, name }, { func: "get", type, name });
      for (const peer of [slow, quick]) await peer.next();
      for (let n = 1; n <= CHANGES; n++) {
        await (type === "var" ? value.set(text(n)) : items.set(0, text(n)));
        assert.ok((await quick.next())["value"] as string === text(n));
      }
      // What the kernel has taken, what was under way when the mark was passed, and then one for all the rest.
      let frames = 0, last: string, before = -1;
      do {
        const frame = await slow.next();
        last = frame["func"] === "set_all" ? (frame["items"] as string[])[0]! : frame["value"] as string;
        assert.ok(parseInt(last) > before, "an older value after a newer one");
        before = parseInt(last);
        frames++;
      } while (last !== text(CHANGES));
      assert.ok(frames < CHANGES, `${frames} frames`);
      assert.ok(slow.read < CHANGES * SIZE - 1_000_000, `${slow.read} bytes`);
      await (type === "var" ? value.set("next") : items.set(0, "next"));
      assert.equal((await slow.next())["value"], "next");
    }
  },
);

timed("sockets: of pages and endpoints count together, by session and by address", async () => {
  const limits = { socketsPerSession: 2, socketsPerAddress: 3 };
  const app = addAccounts(new App({ log: new MemoryLog(), limits, trustProxy: 1 }));
  const sync = app.sync(path, {}, { authorize: anyone });
  await using server = await app.listen({ port: 0 });
  const headers = { "x-forwarded-for": "203.0.113.7" };
  const page = await load(app), { cookie } = page;
  await using live = await Peer.connect(server, { cookie, headers });
  live.hello(page);
  assert.deepEqual(await live.next(), ["ready", 0]);
  const one = await Hand.open(server, { path, cookie, headers });
  await assert.rejects(Hand.open(server, { path, cookie, headers }), /503/);
  await using _two = await Hand.open(server, { path, headers });
  await assert.rejects(Hand.open(server, { path, headers }), /503/);
  await using _other = await Hand.open(server, { path, headers: { "x-forwarded-for": "203.0.113.8" } });
  await one[Symbol.asyncDispose]();
  await until(() => [...sync.peers].length === 2);
  await using _three = await Hand.open(server, { path, cookie, headers });
});

timed(
  "restart: peers are told to come back, within as many milliseconds; what runs is finished, and told",
  async () => {
    const { store, bus } = memory(),
      make = () => {
        const price = variable(1), app = new App({ store, bus, secrets, log: new MemoryLog() });
        const steps: string[] = [], gate = Promise.withResolvers<void>();
        app.sync(path, {
          price,
          sell: action(z.object({}), async (_input, { signal }: SyncContext) => {
            steps.push("begun");
            await gate.promise;
            await price.set(2);
            steps.push(`done, ${signal.aborted ? "for nobody" : "for somebody"}`);
          }),
        }, { authorize: anyone });
        return { app, price, steps, gate };
      };
    const here = make(), there = make();
    await using _other = await there.app.listen({ port: 0 });
    const server = await here.app.listen({ port: 0 });
    await using hand = await Hand.open(server, { path });
    hand.subscribe({ sell: "function" });
    hand.send({ func: "call", type: "function", name: "sell", id: 1 });
    await until(() => here.steps.length === 1);
    const stopping = server.stop();
    const { code, reason } = await hand.socket.ended();
    assert.equal(code, Close.restart);
    assert.match(reason, /^\d+ ms: /);
    here.gate.resolve();
    await stopping;
    assert.deepEqual(here.steps, ["begun", "done, for nobody"]);
    await until(() => there.price.value === 2);
  },
);

timed("restart: our own client comes back by itself, to what the store has", async () => {
  const start = async (first: number, port: number) => {
    const app = new App({ log: new MemoryLog() }),
      price = variable(first),
      items = list([`${first}`, "b", "c"]);
    const sync = app.sync(path, { price, items }, { authorize: anyone });
    return { sync, price, server: await app.listen({ port }) };
  };
  const before = await start(1, 0);
  const { port, url } = before.server;
  using peer = connectSync<typeof before.sync>(`${url}${path}`);
  const price = peer.variable("price"), items = peer.list("items", { page: 1, pageSize: 1 });
  assert.deepEqual([await price.get(), await items.get()], [1, ["b"]]);
  await before.server.stop();
  await until(() => price.status === "stale");
  await using after = (await start(2, port)).server;
  await until(() => price.status === "fresh" && items.status === "fresh");
  assert.deepEqual([price.value, items.value, items.page], [2, ["b"], 1]);
  assert.equal(after.port, port);
});

timed("peers that come and go, a thousand times: nothing is left of them", async () => {
  const app = new App({ log: new MemoryLog() }), price = variable(1), items = list(["a"]);
  const sync = app.sync(path, { price, items }, { authorize: anyone });
  for (let round = 0; round < 20; round++) {
    await using stack = new AsyncDisposableStack();
    for (let n = 0; n < 50; n++) {
      const end = stack.use(await End.open(app, { path }));
      await end.sync.variable("price").get();
      await end.sync.list("items").get();
    }
    assert.equal([...sync.peers].length, 50);
  }
  await until(() => [...sync.peers].length === 0);
  await price.set(2);
  await app[Symbol.asyncDispose]();
});
