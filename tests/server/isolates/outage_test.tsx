import assert from "node:assert/strict";
import { App, ops, Reflex, type Store, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { FakeClock } from "@argyle/argyle/testing";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const Items = topic("items");

/** A store that can be away. */
class Away implements Store {
  readonly name = "away";
  readonly durable = true;
  readonly exclusive = true;
  readonly #store: Store;
  isAway = false;
  asked = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  get: Store["get"] = (keys) => this.#ask(() => this.#store.get(keys));
  commit: Store["commit"] = (checks, writes) => this.#ask(() => this.#store.commit(checks, writes));

  #ask<T>(ask: () => Promise<T>): Promise<T> {
    this.asked++;
    return this.isAway ? Promise.reject(new Error("connection refused")) : ask();
  }
}

function make() {
  const clock = new FakeClock(), log = new MemoryLog(), items = ["a"];
  const store = new Away(memory({ clock }).store);
  class Lists extends Reflex<{ n?: number }> {
    add() {
      this.session.n = (this.session.n ?? 0) + 1;
    }
    tabs() {
      this.broadcast("session", ops().setTitle("hello"));
    }
  }
  const app = new App({ store, clock, log });
  app.reflexes({ Lists });
  app.page("/", ({ subscribe, session }) => {
    subscribe(Items());
    return (
      <b id="items" data-reflex="click->Lists#add click->Lists#tabs">
        {items.join()} {String(session["n"] ?? 0)}
      </b>
    );
  });
  return { app, clock, log, items, store };
}

/** Waits for something that happens soon, or the test ends. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 0));
}

timed("store away: the person is told, the page lives on, and the call can be made again", async () => {
  const { app, store, log } = make();
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  store.isAway = true;
  assert.deepEqual((await ann.call("Lists#add")).slice(0, 3), ["error", 1, "unavailable"]);
  const { response } = await load(app);
  assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "2"]);
  assert.match(log.lines.join("\n"), /connection refused/);
  store.isAway = false;
  ann.send(["call", 1, 0, "Lists#add"]);
  assert.deepEqual(await ann.next(), ["patch", 1, [["text", "items", "a 1"]], [1]]);
});

timed(
  "store away: what is published meanwhile is shown as soon as it is back, with one line of the log",
  async () => {
    const { app, store, log, items, clock } = make();
    await using server = await app.listen({ port: 0 });
    const peers: Peer[] = [];
    for (let n = 0; n < 20; n++) peers.push(await Peer.live(server, await load(app)));
    store.isAway = true;
    items.push("b");
    const { asked } = store;
    await app.publish(Items());
    await until(() => store.asked === asked + 20 && clock.waiting > 0);
    clock.turn(499);
    for (const peer of peers) await peer.quiet();
    assert.equal(store.asked, asked + 20);
    clock.turn(501);
    await until(() => store.asked === asked + 40);
    for (const peer of peers) await peer.quiet();
    assert.equal(log.lines.filter((line) => line.includes("could not be brought up to date")).length, 1);
    store.isAway = false;
    clock.turn(2000);
    for (const peer of peers) assert.deepEqual(await peer.next(), ["patch", 1, [["text", "items", "a,b 0"]]]);
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  },
);

timed("store away: what a person is told is told when it is known that it still is them", async () => {
  const { app, store, clock } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using ann = await Peer.live(server, page);
  await using tab = await Peer.live(server, await load(app, "/", { cookie: page.cookie }));
  // Away from the moment on at which the call is committed.
  const { commit } = store;
  store.commit = async (checks, writes) => {
    const version = await commit(checks, writes);
    store.isAway = true;
    return version;
  };
  const { waiting } = clock;
  await ann.call("Lists#tabs");
  await until(() => clock.waiting > waiting);
  await tab.quiet();
  store.isAway = false;
  clock.turn(1000);
  assert.deepEqual(await tab.next(), ["patch", 1, [["do", "setTitle", null, { title: "hello" }]]]);
});

timed("store away: a page that closes is not waited for", async () => {
  const { app, store, items, clock } = make();
  const server = await app.listen({ port: 0 });
  const ann = await Peer.live(server, await load(app));
  const { waiting } = clock;
  store.isAway = true;
  items.push("b");
  await app.publish(Items());
  await until(() => clock.waiting === waiting + 1);
  await ann[Symbol.asyncDispose]();
  await until(() => clock.waiting <= waiting);
  await server.stop();
});

timed("store away: a socket that comes is closed, and comes back", async () => {
  const { app, store } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  store.isAway = true;
  await using early = await Peer.connect(server, { cookie: page.cookie });
  early.hello(page);
  assert.equal((await early.ended()).code, 1011);
  store.isAway = false;
  await using ann = await Peer.live(server, page);
  assert.deepEqual(await ann.call("Lists#add"), ["patch", 1, [["text", "items", "a 1"]], [1]]);
});
