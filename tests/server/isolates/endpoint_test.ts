import assert from "node:assert/strict";
import type { Engine, Store } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { Close } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import type { EndpointContext } from "@argyle/argyle/types";
import { addAccounts, enter, leave } from "../../helpers/account.tsx";
import { appWith, ask, Echo, EndpointPeer } from "../../helpers/endpoint.ts";
import { load, MemoryLog, timed } from "../../helpers/peer.ts";

const secrets = ["an isolate's secret, 0123456789 abcdefghij"];

/** Two isolates of one app; whom its endpoint lets in is for the test to say. */
async function make(engine?: (given: Engine) => Engine) {
  const clock = new FakeClock(), given = memory({ clock }), log = new MemoryLog();
  const banned = new Set<string | undefined>();
  const isolate = async () => {
    const echo = new Echo(({ user }: EndpointContext) => !banned.has(user));
    const app = addAccounts(appWith(echo, { ...engine?.(given) ?? given, clock, secrets, log }));
    return { echo, app, server: await app.listen({ port: 0 }) };
  };
  const isolates = [await isolate(), await isolate()] as const;
  return {
    isolates,
    banned,
    clock,
    log,
    async [Symbol.asyncDispose]() {
      for (const { server } of isolates) await server.stop();
    },
  };
}

const changed = { code: Close.age, reason: "Who you are may have changed; come back.", heard: [] };

/** Statuses of what may be refused. */
async function statusOf(app: Parameters<typeof ask>[0], cookie: string): Promise<number> {
  const response = await ask(app, { cookie });
  await response.body?.cancel();
  return response.status;
}

timed("identity: after a login the line comes back, as who they are; others' stay", async () => {
  await using world = await make();
  const [here, there] = world.isolates;
  const { cookie } = await load(here.app);
  await using one = await EndpointPeer.connect(here.server, { cookie });
  await using two = await EndpointPeer.connect(there.server, { cookie });
  await using program = await EndpointPeer.connect(there.server, { origin: null, cookie });
  await using other = await EndpointPeer.connect(there.server, { cookie: (await load(here.app)).cookie });
  for (const peer of [one, two, program, other]) await peer.say("open");
  const ann = await enter(here, "ann", cookie);
  assert.deepEqual(await one.ended(), changed);
  assert.deepEqual(await two.ended(), changed);
  for (const peer of [program, other]) await peer.say("still");
  await using back = await EndpointPeer.connect(there.server, { cookie: ann });
  await back.say("open");
  assert.equal(there.echo.met.at(-1)!.context.user, "ann");
});

timed(
  "identity: after a logout, too; with the cookie of before they are told to come back, and later are nobody",
  async () => {
    await using world = await make();
    const [here, there] = world.isolates;
    const ann = await enter(here, "ann");
    await using line = await EndpointPeer.connect(there.server, { cookie: ann });
    await line.say("open");
    const nobody = await leave(here, ann);
    assert.deepEqual(await line.ended(), changed);
    // The browser may not have read the new cookie yet.
    const early = await ask(there.app, { cookie: ann });
    assert.deepEqual([early.status, early.headers.get("retry-after")], [503, "1"]);
    assert.match(await early.text(), /Who you are is just changing; come back in a moment\./);
    for (const [cookie, hasSession] of [[nobody, true], [ann, false]] as const) {
      world.clock.turn(31_000);
      await using back = await EndpointPeer.connect(there.server, { cookie });
      await back.say("open");
      const { user, sessionId } = there.echo.met.at(-1)!.context;
      assert.deepEqual([user, sessionId !== undefined], [undefined, hasSession]);
    }
  },
);

timed(
  "disconnect: every line of a user comes back and is asked again, on every isolate; nobody else's",
  async () => {
    await using world = await make();
    const [here, there] = world.isolates;
    const home = await enter(here, "ann"), away = await enter(there, "ann"), bob = await enter(here, "bob");
    await using one = await EndpointPeer.connect(there.server, { cookie: home });
    await using two = await EndpointPeer.connect(here.server, { cookie: away });
    await using other = await EndpointPeer.connect(there.server, { cookie: bob });
    for (const peer of [one, two, other]) await peer.say("open");
    world.banned.add("ann");
    await here.app.disconnect({ user: "ann" });
    assert.deepEqual(await one.ended(), changed);
    assert.deepEqual(await two.ended(), changed);
    await other.say("still");
    assert.equal(await statusOf(there.app, home), 403);
    world.banned.clear();
    await using back = await EndpointPeer.connect(there.server, { cookie: home });
    await back.say("open");
    assert.equal(there.echo.met.at(-1)!.context.user, "ann");
  },
);

timed("disconnect: one session alone, by the name that the context knows, also before a login", async () => {
  await using world = await make();
  const [here, there] = world.isolates;
  for (
    const cookies of [[await enter(here, "ann"), await enter(here, "ann")], [
      (await load(here.app)).cookie,
      (await load(here.app)).cookie,
    ]]
  ) {
    await using one = await EndpointPeer.connect(there.server, { cookie: cookies[0]! });
    await using two = await EndpointPeer.connect(there.server, { cookie: cookies[1]! });
    await one.say("open");
    const session = there.echo.met.at(-2)!.context.sessionId!;
    await here.app.disconnect({ session });
    assert.deepEqual(await one.ended(), changed);
    await two.say("still");
  }
});

timed("identity: what changes while somebody is asked about is not missed", async () => {
  for (const how of ["logout", "disconnect"] as const) {
    await using world = await make();
    const [here, there] = world.isolates;
    const ann = await enter(here, "ann");
    const gate = Promise.withResolvers<void>(), reached = Promise.withResolvers<void>();
    there.app.use(async (context, next) => {
      if (context.path !== "/ws") return next();
      reached.resolve();
      await gate.promise;
      return next();
    });
    const asked = statusOf(there.app, ann);
    await reached.promise;
    if (how === "logout") await leave(here, ann);
    else await here.app.disconnect({ user: "ann" });
    gate.resolve();
    assert.equal(await asked, 503);
    assert.equal(there.echo.met.length, 0);
  }
});

/** A bus that tells nobody anything, and can say that it has not. */
function lossy() {
  const gaps: (() => void)[] = [];
  const bus: Engine["bus"] = {
    name: "lossy",
    replay: false,
    publish: () => Promise.resolve(),
    listen: (_channel, { gap }) => {
      gaps.push(gap);
      return Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() });
    },
  };
  return { bus, gap: () => gaps.forEach((gap) => gap()) };
}

/** A store that can be away. */
class Away implements Store {
  readonly name = "away";
  readonly durable = true;
  readonly exclusive = true;
  readonly #store: Store;
  isAway = false;

  constructor(store: Store) {
    this.#store = store;
  }

  get: Store["get"] = (keys) => this.#ask(() => this.#store.get(keys));
  commit: Store["commit"] = (checks, writes) => this.#ask(() => this.#store.commit(checks, writes));

  #ask<T>(ask: () => Promise<T>): Promise<T> {
    return this.isAway ? Promise.reject(new Error("connection refused")) : ask();
  }
}

timed("a gap: who is still who they were stays; who is not, and was not told, comes back", async () => {
  const { bus, gap } = lossy();
  await using world = await make(({ store }) => ({ store, bus }));
  const [here, there] = world.isolates;
  const ann = await enter(here, "ann"), bob = await enter(here, "bob");
  await using one = await EndpointPeer.connect(there.server, { cookie: ann });
  await using two = await EndpointPeer.connect(there.server, { cookie: bob });
  for (const peer of [one, two]) await peer.say("open");
  await here.app.disconnect({ user: "ann" });
  for (const peer of [one, two]) await peer.say("nobody was told");
  for (let twice = 0; twice < 2; twice++) gap();
  assert.deepEqual(await one.ended(), changed);
  await two.say("still");
  await load(there.app); // what was asked of the store is answered by now
  await two.say("still");
});

timed("store away: nobody with a session comes in, and who is in doubt is told to come back", async () => {
  const { bus, gap } = lossy();
  let store: Away | undefined;
  await using world = await make((given) => ({ store: store ??= new Away(given.store), bus }));
  const [here, there] = world.isolates;
  const ann = await enter(here, "ann");
  await using line = await EndpointPeer.connect(there.server, { cookie: ann });
  await line.say("open");
  store!.isAway = true;
  assert.equal(await statusOf(there.app, ann), 503);
  await using program = await EndpointPeer.connect(there.server, { origin: null });
  assert.equal(await program.say("in"), "in");
  gap();
  assert.deepEqual(await line.ended(), {
    code: Close.failed,
    reason: "It cannot be found out now who you are; come back.",
    heard: [],
  });
  assert.match(
    world.log.lines.join("\n"),
    /it could not be found out who a socket is of: connection refused/,
  );
  assert.equal(await program.say("still"), "still");
  store!.isAway = false;
  await using back = await EndpointPeer.connect(there.server, { cookie: ann });
  await back.say("open");
  assert.equal(there.echo.met.at(-1)!.context.user, "ann");
});

timed("identity: who has gone is not asked about any more", async () => {
  const { bus, gap } = lossy();
  let store: Away | undefined;
  await using world = await make((given) => ({ store: store ??= new Away(given.store), bus }));
  const [here] = world.isolates;
  const line = await EndpointPeer.connect(here.server, { cookie: await enter(here, "ann") });
  await line.say("open");
  await line[Symbol.asyncDispose]();
  await here.echo.met[0]!.line.gone;
  store!.isAway = true;
  gap();
  assert.equal((await load(here.app)).response.status, 503); // whatever was asked before has failed by now
  assert.doesNotMatch(world.log.lines.join("\n"), /who a socket is of/);
});
