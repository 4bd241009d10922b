/** Tabs of one session whose calls all change the same value. */
import assert from "node:assert/strict";
import { App, Reflex } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { kv, openKv } from "@argyle/argyle/kv";
import { memory } from "@argyle/argyle/memory";
import { FakeClock } from "@argyle/argyle/testing";
import { temporaryFolder } from "../../helpers/folder.ts";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

/** What a slow body waits for, one for each time it runs. */
class Gates {
  readonly #closed: (() => void)[] = [];
  #wake: (() => void) | undefined;
  pass(): Promise<void> {
    return new Promise((resolve) => {
      this.#closed.push(resolve);
      this.#wake?.();
    });
  }
  /** Opens the next, as soon as somebody stands before it. */
  async open(): Promise<void> {
    await this.waited();
    this.#closed.shift()!();
  }
  /** Until somebody stands before one. */
  async waited(): Promise<void> {
    while (this.#closed.length === 0) await new Promise<void>((resolve) => this.#wake = resolve);
  }
}

/** An app with a counter, and a reflex that reads it, waits at a gate, and then writes. */
function make(options: AppOptions<{ count?: number }>, gates = new Gates()): App<{ count?: number }> {
  class Counter extends Reflex<{ count?: number }> {
    increment() {
      return this.session.count = (this.session.count ?? 0) + 1;
    }
    async slowly() {
      const { count = 0 } = this.session;
      await gates.pass();
      return this.session.count = count + 1000;
    }
  }
  const app = new App({
    name: "races",
    log: new MemoryLog(),
    limits: { framesPerSecond: 1e6, frameBurst: 1e6 }, // quicker than a person clicks
    ...options,
  });
  app.reflexes({ Counter });
  app.page(
    "/",
    ({ session }) => (
      <output data-reflex="click->Counter#increment click->Counter#slowly">{session.count ?? 0}</output>
    ),
  );
  return app;
}

/** Clicks again and again, each time when the last is answered. Returns what was not done. */
async function click(peer: Peer, times: number): Promise<unknown[]> {
  const refused: unknown[] = [];
  for (let i = 0; i < times; i++) {
    const frame = await peer.call("Counter#increment");
    if (frame[0] !== "patch" && frame[0] !== "done") refused.push(frame);
  }
  return refused;
}

/** Two tabs of one session, of which the first is about to be slow. */
async function twoTabs() {
  const clock = new FakeClock(), gates = new Gates(), scope = new AsyncDisposableStack();
  const app = make({ clock }, gates), server = scope.use(await app.listen({ port: 0 }));
  const { cookie } = await load(app);
  const tab = async () => scope.use(await Peer.live(server, await load(app, "/", { cookie })));
  const slow = await tab(), quick = await tab();
  slow.send(["call", 1, 0, "Counter#slowly"]);
  await gates.waited();
  return { clock, gates, slow, quick, [Symbol.asyncDispose]: () => scope.disposeAsync() };
}

Deno.test({
  name: "races: two tabs count to a thousand on Deno KV, and no call is told busy",
  timeout: 60_000,
  async fn() {
    await using folder = await temporaryFolder({});
    using db = await openKv(`${folder.path}/app.kv`);
    const app = make(kv(db));
    await using server = await app.listen({ port: 0 });
    const { cookie } = await load(app);
    await using one = await Peer.live(server, await load(app, "/", { cookie }));
    await using two = await Peer.live(server, await load(app, "/", { cookie }));
    assert.deepEqual((await Promise.all([click(one, 500), click(two, 500)])).flat(), []);
    assert.match((await load(app, "/", { cookie })).body, />1000<\/output>/);
  },
});

timed("races: twenty tabs at three isolates on one memory all get what they ask for", async () => {
  const engine = memory(), secrets = [crypto.getRandomValues(new Uint8Array(32)).toBase64()];
  await using scope = new AsyncDisposableStack();
  const apps = [1, 2, 3].map(() => make({ ...engine, secrets }));
  const servers = await Promise.all(apps.map(async (app) => scope.use(await app.listen({ port: 0 }))));
  const { cookie } = await load(apps[0]!);
  const tabs = await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    return scope.use(await Peer.live(servers[i % 3]!, await load(apps[i % 3]!, "/", { cookie })));
  }));
  assert.deepEqual((await Promise.all(tabs.map((tab) => click(tab, 50)))).flat(), []);
  assert.match((await load(apps[1]!, "/", { cookie })).body, />1000<\/output>/);
});

timed(
  "races: a slow reflex that is overtaken again and again holds nobody, and is busy in the end",
  async () => {
    await using tabs = await twoTabs();
    const { clock, gates, slow, quick } = tabs;
    for (let tried = 1; tried <= 10; tried++) {
      await gates.waited();
      // The clock stands still: who had to wait for it would wait for ever.
      assert.deepEqual(await click(quick, 4), []);
      clock.turn(2000);
      await gates.open();
      if (tried === 10) break;
      await slow.quiet(); // it has come in vain, and pauses
      assert.deepEqual(await click(quick, 1), []);
      clock.turn(200);
    }
    assert.deepEqual((await slow.next()).slice(0, 3), ["error", 1, "busy"]);
    assert.deepEqual((await quick.call("Counter#increment")).at(-1), [50, 50]);
  },
);

timed("races: a slow reflex is done when nobody overtakes it any more", async () => {
  await using tabs = await twoTabs();
  const { clock, gates, slow, quick } = tabs;
  assert.deepEqual(await click(quick, 4), []);
  clock.turn(2000);
  await gates.open();
  await slow.quiet();
  clock.turn(200);
  await gates.waited();
  clock.turn(2000);
  await gates.open();
  assert.deepEqual((await slow.next()).at(-1), [1, 1004]);
});

timed("races: one that is slow at its second try only keeps others waiting for 300 ms, once", async () => {
  await using tabs = await twoTabs();
  const { clock, gates, slow, quick } = tabs;
  assert.deepEqual(await click(quick, 1), []);
  await gates.open(); // no time has passed: it is taken for a quick one, and has the turn
  await gates.waited();
  quick.send(["call", 2, 1, "Counter#increment"]);
  await quick.quiet();
  clock.turn(299);
  await quick.quiet();
  clock.turn(1);
  assert.deepEqual((await quick.next()).at(-1), [2, 2]);
  clock.turn(1700);
  quick.send(["call", 3, 2, "Counter#increment"]);
  assert.deepEqual((await quick.next()).at(-1), [3, 3]);
  await gates.open();
  await slow.quiet();
  clock.turn(200);
  await gates.open();
  assert.deepEqual((await slow.next()).at(-1), [1, 1003]);
});
