import assert from "node:assert/strict";
import { App, type Engine, ops, Reflex, type Store, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const Items = topic("items");
const secrets = ["an isolate's secret, 0123456789 abcdefghij"];

/** A store whose next commit happens, or does not, and whose answer is lost. */
function lossy({ store, bus }: Engine, isTransactional: boolean) {
  const given: { next: "happens" | "does not" | undefined } = { next: undefined };
  const other: Store = {
    name: "lossy",
    durable: false,
    exclusive: true,
    ...isTransactional ? { transactional: bus } : {},
    get: (keys) => store.get(keys),
    async commit(checks, writes, publication) {
      const { next } = given;
      given.next = undefined;
      const version = next === "does not" ? null : await store.commit(checks, writes, publication);
      if (next !== undefined) throw new Error("connection lost");
      return version;
    },
  };
  return { given, engine: isTransactional ? { store: other, bus } : { store: other } };
}

async function make(isTransactional = true) {
  const whole = memory(), { given, engine } = lossy(whole, isTransactional);
  // Another isolate: alone, one has nobody to say anything to.
  await whole.bus.listen("app", { hear() {}, gap() {} });
  class Counter extends Reflex<{ n?: number }> {
    add() {
      this.session.n = (this.session.n ?? 0) + 1;
      this.publish(Items());
      this.broadcast(Items(), ops().setTitle(`${this.session.n}`));
    }
  }
  const app = new App<{ n?: number }>({ ...engine, secrets, log: new MemoryLog() });
  app.reflexes({ Counter });
  app.page("/", ({ session, subscribe }) => {
    subscribe(Items());
    return <b id="n" data-reflex="click->Counter#add">{session.n ?? 0}</b>;
  });
  // A page of the same person that depends on nothing.
  app.page("/own", ({ session }) => <b id="n" data-reflex="click->Counter#add">{session.n ?? 0}</b>);
  return { app, given };
}

const title = (
  version: number,
  text: string,
) => ["patch", version, [["do", "setTitle", null, { title: text }]]];

timed(
  "a commit that has happened, and whose answer was lost: it is reported, and everybody is shown it",
  async () => {
    const { app, given } = await make();
    await using server = await app.listen({ port: 0 });
    const page = await load(app);
    await using ann = await Peer.live(server, await load(app, "/own", { cookie: page.cookie }));
    await using tab = await Peer.live(server, page);
    given.next = "happens";
    ann.send(["call", 1, 0, "Counter#add"]);
    assert.deepEqual((await ann.next()).slice(0, 3), ["error", 1, "unavailable"]);
    // Its own page looks whether it has, the others hear of it.
    assert.deepEqual(await ann.next(), ["patch", 1, [["text", "n", "1"]]]);
    assert.deepEqual(await tab.next(), ["patch", 1, [["text", "n", "1"]]]);
    assert.deepEqual((await tab.next()).slice(2), title(2, "1").slice(2));
    // Sent again, it is told its outcome.
    ann.send(["call", 1, 0, "Counter#add"]);
    assert.deepEqual((await ann.next())[0], "done");
    await tab.quiet();
  },
);

timed("a commit that has not happened, and whose answer was lost: nobody is told of anything", async () => {
  const { app, given } = await make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using ann = await Peer.live(server, page);
  await using tab = await Peer.live(server, await load(app, "/", { cookie: page.cookie }));
  given.next = "does not";
  ann.send(["call", 1, 0, "Counter#add"]);
  assert.deepEqual((await ann.next()).slice(0, 3), ["error", 1, "unavailable"]);
  await tab.quiet();
  await ann.quiet();
  ann.send(["call", 1, 0, "Counter#add"]);
  assert.deepEqual((await ann.next()).at(-1), [1]);
  assert.deepEqual(await tab.next(), ["patch", 1, [["text", "n", "1"]]]);
  assert.deepEqual(await tab.next(), title(2, "1")); // once
  await tab.quiet();
});

timed("a commit whose answer was lost, in an app of one isolate: whoever shows it has a look", async () => {
  const { app, given } = await make(false);
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using ann = await Peer.live(server, await load(app, "/own", { cookie: page.cookie }));
  await using tab = await Peer.live(server, page);
  given.next = "happens";
  ann.send(["call", 1, 0, "Counter#add"]);
  assert.deepEqual((await ann.next()).slice(0, 3), ["error", 1, "unavailable"]);
  for (const peer of [ann, tab]) assert.deepEqual(await peer.next(), ["patch", 1, [["text", "n", "1"]]]);
});
