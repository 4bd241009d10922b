import assert from "node:assert/strict";
import { App, type Engine, on, Reflex } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import type { Limits } from "@argyle/argyle/protocol";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const secrets = ["an isolate's secret, 0123456789 abcdefghij"];

interface Session {
  cart?: string[];
  orders?: number;
}

/** A mail that was sent. */
interface Mail {
  readonly by: string;
  readonly key: string;
  readonly cart: readonly string[];
  readonly note: string;
}

function isolate(by: string, engine: Engine, mails: Mail[], limits: Partial<Limits> = {}) {
  const log = new MemoryLog();
  const given = { gate: Promise.resolve(), begun: () => {} };
  class Shop extends Reflex<Session, { note: string }> {
    put(item: string) {
      (this.session.cart ??= []).push(item);
    }
    order() {
      const { cart = [] } = this.session, { id } = this, { note } = this.state;
      if (cart.length === 0) this.abort("There is nothing in it.");
      this.session.cart = [];
      this.session.orders = (this.session.orders ?? 0) + 1;
      this.state.note = "thanks";
      this.afterCommit(async () => {
        given.begun();
        await given.gate;
        mails.push({ by, key: id, cart, note });
      });
      this.afterCommit(() => {
        if (note === "fail") throw new Error("no mail server");
      });
    }
  }
  const app = new App<Session>({ ...engine, log, secrets, limits });
  app.reflexes({ Shop });
  app.page("/", ({ session, state }) => (
    <main>
      <output id="orders">{session.orders ?? 0} {state.note}</output>
      {["tea", "x".repeat(60_000)].map((item) => <i key={item} {...on("click", Shop, "put", item)} />)}
      <i {...on("click", Shop, "order")} />
    </main>
  ), { state: () => ({ note: "new" }) });
  return { app, log, given, Shop };
}

const put = ["call", 1, 0, "Shop#put", ["tea"]], order = ["call", 2, 1, "Shop#order"];

/** Whether one mail was sent: by whom, and for the second call of which visit. */
function wasSent(mails: readonly Mail[], by: string, visit: string): void {
  const [{ key = "", ...mail } = {}, ...others] = mails as readonly Partial<Mail>[];
  assert.deepEqual({ mail, others }, { mail: { by, cart: ["tea"], note: "new" }, others: [] });
  assert.ok(key.startsWith(visit) && key.endsWith(".2"), key);
}

/** Waits for something that happens soon, or the test ends. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 0));
}

/** What is left of unfinished calls in the store. */
async function left({ store }: Engine, session: string, visit: string): Promise<unknown> {
  const [entry] = await store.get([`app:a:{${session}}:${visit}`]);
  return entry;
}

timed(
  "afterCommit: what an isolate that died has left is done by the next that the page comes to, once",
  async () => {
    const engine = memory(), mails: Mail[] = [];
    const first = isolate("first", engine, mails), second = isolate("second", engine, mails);
    await using one = await first.app.listen({ port: 0 }), other = await second.app.listen({ port: 0 });
    const page = await load(first.app);
    const ann = await Peer.live(one, page);
    ann.send(put);
    await ann.next();
    const { promise: gate, resolve: revive } = Promise.withResolvers<void>();
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    Object.assign(first.given, { gate, begun: resolve });
    ann.send(order);
    assert.deepEqual((await ann.next()).at(-1), [2]); // nobody waits for it
    await begun;
    await ann[Symbol.asyncDispose](); // it is dead
    const again = await load(second.app, "/", { cookie: page.cookie, visit: page.token });
    assert.match(again.body, />1 thanks</);
    await using back = await Peer.live(other, again);
    await until(() => mails.length === 1);
    wasSent(mails, "second", page.visit);
    // Nothing else of the body counts.
    await back.quiet();
    assert.match(
      (await load(second.app, "/", { cookie: page.cookie, visit: page.token })).body,
      />1 thanks</,
    );
    await back[Symbol.asyncDispose]();
    await using once = await Peer.live(
      other,
      await load(second.app, "/", { cookie: page.cookie, visit: page.token }),
    );
    await once.quiet();
    assert.equal(mails.length, 1);
    // Where it was not dead after all, it is done twice, with one key.
    revive();
    await until(() => mails.length === 2);
    assert.equal(mails[0]!.key, mails[1]!.key);
  },
);

timed("afterCommit: what is being done is not done again for a page that comes back", async () => {
  const engine = memory(), mails: Mail[] = [], { app, given } = isolate("only", engine, mails);
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  const ann = await Peer.live(server, page);
  ann.send(put);
  await ann.next();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  Object.assign(given, { gate });
  ann.send(order);
  await ann.next();
  await ann[Symbol.asyncDispose]();
  await using back = await Peer.live(
    server,
    await load(app, "/", { cookie: page.cookie, visit: page.token }),
  );
  back.send(order); // and again
  assert.deepEqual((await back.next())[0], "done");
  open();
  await until(() => mails.length > 0);
  await back.quiet();
  wasSent(mails, "only", page.visit);
});

timed("afterCommit: where the store's answer was lost, it is done when the call is sent again", async () => {
  const engine = memory(), mails: Mail[] = [];
  let isLost = false;
  const store: Engine["store"] = {
    name: "lossy",
    durable: false,
    exclusive: true,
    get: (keys) => engine.store.get(keys),
    async commit(checks, writes) {
      const version = await engine.store.commit(checks, writes);
      if (isLost) {
        isLost = false;
        throw new Error("connection lost");
      }
      return version;
    },
  };
  const { app } = isolate("only", { ...engine, store }, mails);
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using ann = await Peer.live(server, page);
  ann.send(put);
  await ann.next();
  isLost = true;
  ann.send(order);
  assert.deepEqual((await ann.next()).slice(0, 3), ["error", 2, "unavailable"]);
  assert.equal((await ann.next())[0], "patch"); // its page has a look, whether it has happened
  ann.send(order);
  assert.deepEqual((await ann.next()).slice(0, 2), ["done", 2]);
  await until(() => mails.length === 1);
  wasSent(mails, "only", page.visit);
});

timed(
  "afterCommit: what is done leaves nothing in the store, and a call that fails leaves nothing to be done",
  async () => {
    const engine = memory(), mails: Mail[] = [], { app } = isolate("only", engine, mails);
    await using server = await app.listen({ port: 0 });
    const page = await load(app);
    const session = new Set<string>();
    app.use(({ sessionId }, next) => {
      session.add(sessionId);
      return next();
    });
    await using ann = await Peer.live(server, page);
    ann.send(["call", 1, 0, "Shop#order"]);
    assert.deepEqual((await ann.next()).slice(0, 3), ["error", 1, "halted"]);
    ann.send(["call", 2, 1, "Shop#put", ["tea"]]);
    await ann.next();
    ann.send(["call", 3, 2, "Shop#order"]);
    await ann.next();
    await until(() => mails.length === 1);
    await load(app, "/", { cookie: page.cookie });
    for (;;) if (await left(engine, [...session][0]!, page.visit) === null) break;
  },
);

timed(
  "afterCommit: a call that is too much to keep is finished here; and one that is not known any more is told of",
  async () => {
    const engine = memory(), mails: Mail[] = [];
    const first = isolate("first", engine, mails);
    await using one = await first.app.listen({ port: 0 });
    const page = await load(first.app);
    const ann = await Peer.live(one, page);
    ann.send(["call", 1, 0, "Shop#put", ["x".repeat(60_000)]]);
    assert.notEqual((await ann.next())[0], "error");
    ann.send(order);
    assert.deepEqual((await ann.next()).at(-1), [2]);
    await until(() => mails.length === 1);

    const next = await load(first.app, "/", { cookie: page.cookie });
    const bob = await Peer.live(one, next);
    bob.send(put);
    await bob.next();
    Object.assign(first.given, { gate: new Promise(() => {}) });
    bob.send(order);
    await bob.next();
    await bob[Symbol.asyncDispose]();
    const log = new MemoryLog();
    const other = new App<Session>({ ...engine, secrets, log });
    other.page("/", () => "Closed for today", { state: () => ({}) });
    await using there = await other.listen({ port: 0 });
    await using _back = await Peer.live(
      there,
      await load(other, "/", { cookie: page.cookie, visit: next.token }),
    );
    await until(() => log.lines.length > 1);
    assert.match(
      log.lines.join("\n"),
      /warn what was to be done after a commit is not known any more .*Shop#order/,
    );
    await ann[Symbol.asyncDispose]();
  },
);
