import assert from "node:assert/strict";
import { App, type Engine, HttpError, on, ops, Reflex, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { Path } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import { load, type LoadedPage, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const Items = topic("items");
const secrets = ["an isolate's secret, 0123456789 abcdefghij"];

/** What lies outside of the isolates. */
class World {
  readonly banned = new Set<string>();
  readonly ran: string[] = [];
  readonly sessions = new Map<string, string | undefined>();
  /** A slow call waits for it. */
  gate: Promise<void> = Promise.resolve();
}

function isolate(engine: Engine, world: World, clock: FakeClock, limits = {}) {
  class Account extends Reflex<{ n?: number }> {
    enter(user: string) {
      this.login(user);
    }
    leave() {
      this.logout();
    }
    async slow() {
      world.ran.push(`begun ${this.user}`);
      this.session.n = 1;
      this.publish(Items());
      await world.gate;
    }
    who() {
      return this.sessionId;
    }
  }
  const app = new App<{ n?: number }>({ ...engine, log: new MemoryLog(), secrets, clock, limits });
  app.use(({ user, sessionId }, next) => {
    world.sessions.set(sessionId, user);
    if (user !== undefined && world.banned.has(user)) throw new HttpError(403, "You are not welcome.");
    return next();
  });
  app.reflexes({ Account });
  app.page("/", ({ user, session, subscribe }) => {
    subscribe(Items());
    return (
      <main>
        <output id="user">{user ?? "nobody"} {session.n ?? 0}</output>
        {["ann", "bob"].map((name) => <i key={name} {...on("click", Account, "enter", name)} />)}
        <i data-reflex="click->Account#leave" />
        <i data-reflex="click->Account#slow" />
        <i data-reflex="click->Account#who" />
      </main>
    );
  });
  return app;
}

async function make(limits = {}) {
  const clock = new FakeClock(), engine = memory({ clock }), world = new World();
  const apps = [isolate(engine, world, clock, limits), isolate(engine, world, clock, limits)] as const;
  const servers = [await apps[0].listen({ port: 0 }), await apps[1].listen({ port: 0 })] as const;
  /** Logs somebody in, and loads the page as they are. */
  const login = async (user: string, at: 0 | 1 = 0): Promise<LoadedPage> => {
    const page = await load(apps[at]);
    await using peer = await Peer.live(servers[at], page);
    await peer.call("Account#enter", [user]);
    const [, ticket] = await peer.next();
    const response = await redeem(apps[at], String(ticket), page.cookie);
    const cookie = response.headers.get("set-cookie")!.split(";")[0]!;
    return await load(apps[at], "/", { cookie });
  };
  return {
    apps,
    servers,
    world,
    clock,
    login,
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server.stop();
    },
  };
}

function redeem(app: App<{ n?: number }>, ticket: string, cookie: string): Promise<Response> {
  return app.fetch(
    new Request(`http://127.0.0.1${Path.ticket}`, {
      method: "POST",
      body: ticket,
      headers: { cookie, "sec-fetch-site": "same-origin", "content-length": String(ticket.length) },
    }),
  );
}

timed("disconnect: every page of a user is loaded again, on every isolate; nobody else's is", async () => {
  await using given = await make();
  const { apps, servers, world, login } = given;
  const home = await login("ann", 0), away = await login("ann", 1), other = await login("bob", 1);
  assert.match(home.body, /ann 0/);
  await using one = await Peer.live(servers[1], home);
  await using two = await Peer.live(servers[0], away);
  await using bob = await Peer.live(servers[1], other);
  world.banned.add("ann");
  await apps[0].disconnect({ user: "ann" });
  assert.deepEqual(await one.next(), ["resync", "identity"]);
  assert.deepEqual(await two.next(), ["resync", "identity"]);
  await bob.quiet();
  assert.equal((await load(apps[1], "/", { cookie: home.cookie })).response.status, 403);
  // Not even one that does not listen: what it calls is not run, what is published it is not told.
  assert.deepEqual((await one.call("Account#slow")).slice(0, 3), ["error", 1, "stale"]);
  assert.deepEqual(world.ran, []);
  await apps[1].publish(Items());
  await apps[1].broadcast({ user: "ann" }, ops().setTitle("secret"));
  await two.quiet();
});

timed("disconnect: who is not banned comes back, as who they are", async () => {
  await using given = await make();
  const { apps, servers, login } = given;
  const page = await login("ann");
  await using peer = await Peer.live(servers[1], page);
  await apps[0].disconnect({ user: "ann" });
  assert.deepEqual(await peer.next(), ["resync", "identity"]);
  const again = await load(apps[1], "/", { cookie: page.cookie });
  assert.match(again.body, /ann 0/);
  await using back = await Peer.live(servers[0], again);
  await back.quiet();
});

timed("disconnect: a call that runs at that moment is not committed", async () => {
  await using given = await make();
  const { apps, servers, world, login } = given;
  const page = await login("ann");
  await using ann = await Peer.live(servers[1], page);
  await using bob = await Peer.live(servers[0], await load(apps[0]));
  const gate = Promise.withResolvers<void>();
  world.gate = gate.promise;
  const called = ann.call("Account#slow");
  while (world.ran.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  await apps[0].disconnect({ user: "ann" });
  assert.deepEqual(await called, ["resync", "identity"]);
  gate.resolve();
  assert.deepEqual((await ann.next()).slice(0, 3), ["error", 1, "stale"]);
  await bob.quiet();
  const { body } = await load(apps[0], "/", { cookie: page.cookie });
  assert.match(body, /ann 0/);
});

timed("disconnect: one session alone, by the name that reflexes and middleware know", async () => {
  await using given = await make();
  const { apps, servers, world, login } = given;
  const home = await login("ann"), away = await login("ann");
  await using one = await Peer.live(servers[0], home);
  await using two = await Peer.live(servers[1], away);
  const answer = await one.call("Account#who");
  const session = String(answer.at(-1));
  assert.equal(world.sessions.get(session), "ann");
  await apps[1].disconnect({ session });
  assert.deepEqual(await one.next(), ["resync", "identity"]);
  await two.quiet();
  // Before a login, too.
  const page = await load(apps[0]);
  await using nobody = await Peer.live(servers[1], page);
  const name = String((await nobody.call("Account#who")).at(-1));
  await apps[0].disconnect({ session: name });
  assert.deepEqual(await nobody.next(), ["resync", "identity"]);
  await using _back = await Peer.live(servers[0], await load(apps[0], "/", { cookie: page.cookie }));
});

timed("disconnect: says what it takes", async () => {
  const app = new App();
  for (const who of [{}, { user: "" }, { session: 7 }, undefined, "ann"]) {
    await assert.rejects(
      app.disconnect(who as { user: string }),
      /Cannot disconnect: say \{ session \} or \{ user \}, each a text\./,
    );
  }
  await app.disconnect({ user: "nobody has that name" });
});

timed("login, logout: other tabs are loaded again at once, on every isolate", async () => {
  await using given = await make();
  const { apps, servers } = given;
  const page = await load(apps[0]);
  await using one = await Peer.live(servers[0], page);
  await using tab = await Peer.live(servers[1], await load(apps[1], "/", { cookie: page.cookie }));
  await one.call("Account#enter", ["ann"]);
  const [, ticket] = await one.next();
  await tab.quiet();
  const response = await redeem(apps[0], String(ticket), page.cookie);
  assert.equal(response.status, 204);
  assert.deepEqual(await tab.next(), ["resync", "identity"]);
  const cookie = response.headers.get("set-cookie")!.split(";")[0]!;
  assert.match((await load(apps[1], "/", { cookie })).body, /ann 0/);
});

timed("login: a session too many ends the user's oldest, and a logout makes room", async () => {
  await using given = await make({ sessionsPerUser: 2 });
  const { apps, servers, login, clock } = given;
  const first = await login("ann"), second = await login("ann");
  await using out = await Peer.live(servers[0], second);
  await out.call("Account#leave");
  const [, ticket] = await out.next();
  await redeem(apps[0], String(ticket), second.cookie);
  const third = await login("ann");
  assert.match((await load(apps[0], "/", { cookie: first.cookie })).body, /ann/);
  const fourth = await login("ann");
  clock.turn(31_000);
  const shows = async ({ cookie }: LoadedPage) =>
    /<output[^>]*>(\w+)/.exec((await load(apps[1], "/", { cookie })).body)?.[1];
  assert.deepEqual(await Promise.all([first, third, fourth].map(shows)), ["nobody", "ann", "ann"]);
});
