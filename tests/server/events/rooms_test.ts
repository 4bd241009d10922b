import assert from "node:assert/strict";
import { action, anyone, App, contextKey, type Engine, HttpError, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { Close } from "@argyle/argyle/protocol";
import { redis } from "@argyle/argyle/redis";
import { FakeClock } from "@argyle/argyle/testing";
import type { AppOptions } from "@argyle/argyle/types";
import fc from "fast-check";
import * as v from "valibot";
import { z } from "zod";
import { addAccounts, enter } from "../../helpers/account.tsx";
import { EventsPeer, makeWorld } from "../../helpers/events.ts";
import { MemoryLog, timed } from "../../helpers/peer.ts";
import { findRedis, skipRedis } from "../../helpers/redis.ts";
import { clients, keysOf } from "../../helpers/redis_clients.ts";

const empty = z.object({}), secrets = ["an isolate's secret, 0123456789 abcdefghij"];
const Room = topic("room/:room"), Client = topic("room/:room/:client");
const Seen = topic("seen/:room", { presence: z.object({ name: z.string() }) });
const lobby = Room({ room: "lobby" });

/** The seed's chat: a room, and whispers. */
function addChat(app: App) {
  return app.events("/room/:room/:client", {
    params: z.object({ room: z.string(), client: z.coerce.number().int() }),
    sends: {
      message: z.object({ msg: z.string(), sender: z.int() }),
      whisper: v.object({ msg: v.string(), from: v.number() }),
      join: z.object({ client_id: z.int() }),
      leave: z.object({ client_id: z.int() }),
    },
  }).handle({
    onMessage: action(z.object({ msg: z.string().max(1000) }), ({ msg }, { params, publish }) => {
      return publish(Room(params), "message", { msg, sender: params.client });
    }),
    on_whisper: action(v.object({ to: v.number(), msg: v.string() }), ({ to, msg }, { params, publish }) => {
      return publish(Client({ room: params.room, client: to }), "whisper", { msg, from: params.client });
    }),
    leave: action(empty, (_input, { params, leave }) => leave(Room(params))),
  }, {
    authorize: anyone,
    connect({ params, join, publish }) {
      join(Room(params));
      join(Client(params));
      return publish(Room(params), "join", { client_id: params.client });
    },
    disconnect: ({ params, publish }) => publish(Room(params), "leave", { client_id: params.client }),
  });
}

timed("rooms: the seed's chat: to the room, to one person, who comes and who goes", async () => {
  await using world = makeWorld();
  const rooms = addChat(world.app);
  await using server = await world.app.listen({ port: 0 });
  await using ann = await EventsPeer.open(server, { path: "/room/lobby/1" });
  assert.deepEqual(await ann.next(), { type: "join", client_id: 1 });
  await using away = await EventsPeer.open(server, { path: "/room/other/9" });
  assert.deepEqual(await away.next(), { type: "join", client_id: 9 });
  {
    await using bob = await EventsPeer.open(server, { path: "/room/lobby/2" });
    for (const peer of [ann, bob]) assert.deepEqual(await peer.next(), { type: "join", client_id: 2 });
    ann.send({ type: "message", msg: "Hello" });
    for (const peer of [ann, bob]) {
      assert.deepEqual(await peer.next(), { type: "message", msg: "Hello", sender: 1 });
    }
    // What a message is answered stands behind what its handler has published.
    bob.send({ type: "whisper", to: 1, msg: "Psst", id: 5 });
    assert.deepEqual(await bob.next(), { type: "whisper", id: 5 });
    assert.deepEqual(await ann.next(), { type: "whisper", msg: "Psst", from: 2 });
    await rooms.publish(lobby, "message", { msg: "Maintenance", sender: 0 });
    for (const peer of [ann, bob]) {
      assert.deepEqual(await peer.next(), { type: "message", msg: "Maintenance", sender: 0 });
    }
  }
  assert.deepEqual(await ann.next(), { type: "leave", client_id: 2 });
  assert.deepEqual(await ann.say({ type: "leave", id: 1 }), { type: "leave", id: 1 });
  await rooms.publish(lobby, "message", { msg: "To nobody", sender: 0 });
  for (const peer of [ann, away]) await peer.quiet();
  assert.deepEqual(world.log.lines.filter((line) => line.startsWith("error")), []);
});

timed("rooms: what is published is of one endpoint, and an event that is none never leaves", async () => {
  await using world = makeWorld();
  const sends = {
    message: z.object({ msg: z.string().trim() }),
    slow: z.object({ n: z.number() }).refine(() => Promise.resolve(true)),
  };
  const tries: Record<string, [string, unknown]> = {
    unknown: ["other", {}],
    inherited: ["toString", {}],
    refused: ["message", { msg: 1 }],
    late: ["slow", { n: "x" }],
  };
  const one = world.app.events("/one", { sends }).handle({
    try: action(z.object({ what: z.string() }), async ({ what }, { send }) => {
      await send(...tries[what]! as ["message", { msg: string }]);
    }),
    forgot: action(empty, (_input, { publish }) => {
      publish(lobby, "message", { msg: 1 } as never); // not awaited, and told all the same
    }),
  }, { authorize: anyone, connect: ({ join }) => join(lobby) });
  const two = world.app.events("/two").handle({}, { authorize: anyone, connect: ({ join }) => join(lobby) });
  await using ann = await EventsPeer.open(world.app, { path: "/one" });
  await using bob = await EventsPeer.open(world.app, { path: "/two" });
  await one.publish(lobby, "message", { msg: "  Hello " });
  assert.deepEqual(await ann.next(), { type: "message", msg: "Hello" });
  await bob.quiet();
  await two.publish(lobby, "anything", { a: [1] });
  assert.deepEqual(await bob.next(), { type: "anything", a: [1] });
  for (const what of Object.keys(tries)) {
    assert.match(
      JSON.stringify(await ann.say({ type: "try", what })),
      /^\{"errors":\[\{"loc":\[\],"msg":"Something went wrong/,
    );
    assert.match(world.log.lines.pop()!, /TypeError|Cannot send/);
  }
  assert.match(JSON.stringify(await ann.say({ type: "forgot" })), /server_error/);
  assert.match(world.log.lines.pop()!, /Cannot send "message": msg: /);
  const publish = (data: unknown, type = "x") => two.publish(lobby, type, data as Record<string, unknown>);
  await assert.rejects(one.publish(lobby, "other" as "message", { msg: "" }), {
    name: "TypeError",
    message: 'Cannot send "other": it is none of the events that are declared.',
  });
  for (const data of [undefined, null, "x", [1], 1]) {
    await assert.rejects(publish(data), {
      name: "TypeError",
      message: 'Cannot send "x": its data are no object.',
    });
  }
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  for (const data of [{ n: 1n }, cycle]) {
    await assert.rejects(publish(data), /^TypeError: Cannot send "x": JSON cannot/);
  }
  for (const data of [{ id: 1 }, { type: "y" }]) await assert.rejects(publish(data), /are the envelope's/);
  await assert.rejects(
    publish({ x: "x".repeat(256 * 1024) }),
    /^RangeError: Cannot send "x": it has more than 262144 bytes/,
  );
  await publish({ type: "x", x: "x".repeat(200 * 1024) });
  assert.equal(((await bob.next()) as { x: string }).x.length, 200 * 1024);
  await ann.quiet();
});

timed("rooms: a topic says who may join it and publish to it; the app itself is not asked", async () => {
  await using world = makeWorld();
  const asked: string[] = [], Role = contextKey("role", "guest");
  const Guarded = topic("guarded/:may", {
    presence: z.object({ name: z.string() }),
    authorize: ({ verb, get }, { may }) => {
      asked.push(`${verb} ${get(Role)}`);
      const allowed = may.split("-").includes(verb);
      return may.startsWith("later") ? Promise.resolve(allowed) : allowed;
    },
  });
  world.app.use(({ set }, next) => {
    set(Role, "member");
    return next();
  });
  const endpoint = world.app.events("/ws").handle({
    join: action(z.object({ may: z.string() }), (input, { join }) => join(Guarded(input), { name: "Ann" })),
    publish: action(
      z.object({ may: z.string() }),
      (input, { publish }) => publish(Guarded(input), "hello", {}),
    ),
    present: action(
      z.object({ may: z.string() }),
      async (input, { present }) => ({ who: await present(Guarded(input)) }),
    ),
    forgot: action(empty, (_input, { join }) => void join(Guarded({ may: "nothing" }), { name: "Ann" })),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  const refused = (verb: string, may: string) => ({
    errors: [{
      loc: [],
      msg: `You may not ${verb} guarded/${may}.`,
      type: "http_error",
      ctx: { status: 403 },
    }],
    id: 1,
  });
  const say = (type: string, may?: string) => peer.say({ type, id: 1, ...may === undefined ? {} : { may } });
  for (const later of ["", "later-"]) {
    assert.deepEqual(await say("join", `${later}join`), refused("subscribe", `${later}join`));
    assert.deepEqual(await say("join", `${later}subscribe`), refused("join", `${later}subscribe`));
    assert.deepEqual(
      await say("publish", `${later}subscribe-join`),
      refused("publish", `${later}subscribe-join`),
    );
    assert.deepEqual(await say("present", `${later}join`), refused("subscribe", `${later}join`));
    assert.deepEqual(await say("join", `${later}subscribe-join`), { type: "join", id: 1 });
    assert.deepEqual(await say("present", `${later}subscribe-join`), {
      type: "present",
      id: 1,
      who: [{ name: "Ann" }],
    });
    await endpoint.publish(Guarded({ may: `${later}join` }), "hello", {});
    await endpoint.publish(Guarded({ may: `${later}subscribe-join` }), "hello", {});
    assert.deepEqual(await peer.next(), { type: "hello" });
  }
  assert.deepEqual(await say("forgot"), refused("subscribe", "nothing"));
  await peer.quiet();
  assert.ok(asked.every((one) => one.endsWith("member")));
});

timed(
  "rooms: a join that is refused while connecting closes with 1008, awaited or not, now or later",
  async () => {
    await using world = makeWorld();
    const Staff = topic("staff/:when", {
      authorize: (_context, { when }) => when === "later" && Promise.resolve(false),
    });
    world.app.events("/:when/:how").handle({}, {
      authorize: anyone,
      async connect({ params: { when, how }, join }) {
        try {
          const joined = join(Staff({ when: when! }));
          if (how === "awaited") await joined;
        } catch (error) {
          if (how !== "caught") throw error;
        }
      },
      disconnect: () => assert.fail("Nobody was let in."),
    });
    for (const when of ["now", "later"]) {
      for (const how of ["awaited", "forgotten", "caught"]) {
        await using peer = await EventsPeer.open(world.app, { path: `/${when}/${how}` });
        peer.send({ type: "x" });
        const { code, heard } = await peer.peer.ended();
        assert.deepEqual([code, heard], [Close.policy, []], `${when} ${how}`);
      }
    }
  },
);

timed("rooms: joins that nobody awaits are done before the first message is handled", async () => {
  await using world = makeWorld();
  const gate = Promise.withResolvers<boolean>();
  const Slow = topic("slow", { authorize: () => gate.promise });
  world.app.events("/ws").handle({
    hello: action(empty, (_input, { publish }) => publish(Slow(), "hello", {})),
  }, { authorize: anyone, connect: ({ join }) => void join(Slow()) });
  await using peer = await EventsPeer.open(world.app);
  peer.send({ type: "hello", id: 1 });
  gate.resolve(true);
  assert.deepEqual(await peer.next(), { type: "hello" });
  assert.deepEqual(await peer.next(), { type: "hello", id: 1 });
});

timed(
  "rooms: a topic that is left while it is being joined is not joined, until it is joined again",
  async () => {
    await using world = makeWorld();
    const gates: PromiseWithResolvers<boolean>[] = [];
    const Slow = topic("slow", {
      presence: z.object({ name: z.string() }),
      authorize({ verb }) {
        if (verb !== "join") return true;
        gates.push(Promise.withResolvers());
        return gates.at(-1)!.promise;
      },
    });
    const rooms = world.app.events("/ws").handle({
      join: action(empty, (_input, { join }) => join(Slow(), { name: "Ann" }), { concurrent: true }),
      leave: action(empty, (_input, { leave }) => leave(Slow())),
      people: action(empty, async (_input, { present }) => ({ people: await present(Slow()) })),
    }, { authorize: anyone });
    await using peer = await EventsPeer.open(world.app);
    const around = async (leaves: boolean) => {
      peer.send({ type: "join", id: 1 });
      await peer.say({ type: leaves ? "leave" : "people", id: 2 });
      gates.pop()!.resolve(true);
      assert.deepEqual(await peer.next(), { type: "join", id: 1 });
      await rooms.publish(Slow(), "news", {});
    };
    await around(true);
    assert.deepEqual(await peer.say({ type: "people" }), { type: "people", people: [] });
    await around(false);
    assert.deepEqual(await peer.next(), { type: "news" });
    assert.deepEqual(await peer.say({ type: "people" }), { type: "people", people: [{ name: "Ann" }] });
  },
);

timed("limits: a connection joins so many topics; one that it is on is none more", async () => {
  await using world = makeWorld({ limits: { topics: 2 } });
  world.app.events("/ws").handle({
    join: action(z.object({ room: z.string() }), (input, { join }) => join(Room(input))),
    leave: action(z.object({ room: z.string() }), (input, { leave }) => leave(Room(input))),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  const say = (type: string, room: string) => peer.say({ type, room, id: 1 });
  for (const room of ["a", "b", "a", "b"]) assert.deepEqual(await say("join", room), { type: "join", id: 1 });
  assert.deepEqual(await say("join", "c"), {
    errors: [{
      loc: [],
      msg: "A connection joins at most 2 topics.",
      type: "http_error",
      ctx: { status: 429 },
    }],
    id: 1,
  });
  await say("leave", "a");
  assert.deepEqual(await say("join", "c"), { type: "join", id: 1 });
  assert.deepEqual(world.log.lines, []);
});

/** An endpoint on which people are seen. */
function addSeen(app: App) {
  return app.events("/seen/:room/:name").handle({
    who: action(empty, async (_input, { params, present }) => ({
      who: (await present(Seen({ room: params.room! }))).map(({ name }) => name),
    })),
    rename: action(
      z.object({ name: z.string() }),
      (input, { params, join }) => join(Seen({ room: params.room! }), input),
    ),
    hide: action(empty, (_input, { params, leave }) => leave(Seen({ room: params.room! }))),
    bad: action(
      empty,
      (_input, { params, join }) => join(Seen({ room: params.room! }), { name: 1 } as never),
    ),
    none: action(empty, (_input, { join }) => join(lobby, ...[{ name: "x" }] as unknown as [])),
  }, {
    authorize: anyone,
    connect: ({ params, join }) => join(Seen({ room: params.room! }), { name: params.name! }),
  });
}

timed("presence: who is on a topic is seen there, under the last name, until they leave or go", async () => {
  await using world = makeWorld();
  addSeen(world.app);
  const who = async (peer: EventsPeer) => (await peer.say({ type: "who" }) as { who: string[] }).who.join();
  await using ann = await EventsPeer.open(world.app, { path: "/seen/a/ann" });
  {
    await using bob = await EventsPeer.open(world.app, { path: "/seen/a/bob" });
    await using other = await EventsPeer.open(world.app, { path: "/seen/b/eve" });
    assert.deepEqual([await who(ann), await who(bob), await who(other)], ["ann,bob", "ann,bob", "eve"]);
    await ann.say({ type: "rename", name: "Ann", id: 1 });
    assert.equal(await who(bob), "Ann,bob");
    await bob.say({ type: "hide", id: 1 });
    assert.equal(await who(bob), "Ann");
    await bob.say({ type: "rename", name: "Bob", id: 1 });
    assert.equal(await who(ann), "Ann,Bob");
  }
  // Whoever has no name to come back under is gone at once.
  assert.equal(await who(ann), "Ann");
  for (const type of ["bad", "none"]) assert.match(JSON.stringify(await ann.say({ type })), /server_error/);
  assert.match(
    world.log.lines.join("\n"),
    /Cannot join seen\/a: name: .*\n.*Cannot join room\/lobby: the topic has no presence/,
  );
  assert.equal(await who(ann), "Ann");
});

timed(
  "presence: a person who is logged in is one, with all their connections and pages, and may be away for a moment",
  async () => {
    await using world = makeWorld();
    addSeen(addAccounts(world.app));
    await using server = await world.app.listen({ port: 0 });
    const cookie = await enter({ app: world.app, server }, "ann");
    await using bob = await EventsPeer.open(server, { path: "/seen/a/bob" });
    const who = async () => (await bob.say({ type: "who" }) as { who: string[] }).who.join();
    {
      await using one = await EventsPeer.open(server, { path: "/seen/a/ann1", cookie });
      await one.quiet();
      await using two = await EventsPeer.open(server, { path: "/seen/a/ann2", cookie });
      await two.quiet();
      assert.equal(await who(), "bob,ann2");
    }
    assert.equal(await who(), "bob,ann2");
    while (await who() !== "bob") world.clock.turn(1001); // once the server has heard of both ends
  },
);

/** Two isolates of one app. */
async function two(engines: readonly [Engine, Engine], options: AppOptions = {}) {
  const make = async (engine: Engine) => {
    const log = new MemoryLog(), app = new App({ ...engine, secrets, log, ...options });
    const chat = addChat(app), seen = addSeen(app);
    return { app, log, chat, seen, server: await app.listen({ port: 0 }) };
  };
  const isolates = [await make(engines[0]), await make(engines[1])] as const;
  return {
    isolates,
    async [Symbol.asyncDispose]() {
      for (const { server } of isolates) await server.stop();
    },
  };
}

async function speaksAcross(engines: readonly [Engine, Engine], options: AppOptions = {}): Promise<void> {
  await using world = await two(engines, options);
  const [here, there] = world.isolates;
  await using ann = await EventsPeer.open(here.server, { path: "/room/lobby/1" });
  assert.deepEqual(await ann.next(), { type: "join", client_id: 1 });
  // That Ann has joined may reach the other isolate when Bob is there already.
  const hear = async (peer: EventsPeer): Promise<unknown> => {
    const message = await peer.next() as { client_id?: number };
    return message.client_id === 1 ? await hear(peer) : message;
  };
  {
    await using bob = await EventsPeer.open(there.server, { path: "/room/lobby/2" });
    for (const peer of [ann, bob]) assert.deepEqual(await hear(peer), { type: "join", client_id: 2 });
    ann.send({ type: "message", msg: "Hello" });
    for (const peer of [ann, bob]) {
      assert.deepEqual(await hear(peer), { type: "message", msg: "Hello", sender: 1 });
    }
    assert.deepEqual(await ann.say({ type: "whisper", to: 2, msg: "Psst", id: 5 }), {
      type: "whisper",
      id: 5,
    });
    assert.deepEqual(await hear(bob), { type: "whisper", msg: "Psst", from: 1 });
    // In their order, each once, though nobody waits in between.
    const all = Array.from({ length: 100 }, (_, n) => ({ msg: `${n} "\u2028 ä`, sender: n }));
    await Promise.all(all.map((message) => there.chat.publish(lobby, "message", message)));
    for (const peer of [ann, bob]) {
      for (const message of all) assert.deepEqual(await hear(peer), { type: "message", ...message });
    }
  }
  assert.deepEqual(await ann.next(), { type: "leave", client_id: 2 });
  await ann.quiet();
  for (const { log } of world.isolates) {
    assert.deepEqual(log.lines.filter((line) => line.startsWith("error")), []);
  }
}

async function seesAcross(engines: readonly [Engine, Engine], options: AppOptions = {}): Promise<void> {
  await using world = await two(engines, options);
  const [here, there] = world.isolates;
  await using ann = await EventsPeer.open(here.server, { path: "/seen/a/ann" });
  await using bob = await EventsPeer.open(there.server, { path: "/seen/a/bob" });
  for (const peer of [ann, bob]) {
    let who = "";
    while (who !== "ann,bob") {
      who = (await peer.say({ type: "who" }) as { who: string[] }).who.sort().join();
    }
  }
}

timed("isolates: what is published on one is heard on the other, once and in its order", async () => {
  const clock = new FakeClock(), engine = memory({ clock });
  await speaksAcross([engine, engine], { clock });
  await seesAcross([engine, engine], { clock });
});

const server = await findRedis();
if (server === undefined) skipRedis("isolates on Redis: what is published on one is heard on the other");
else {
  for (const [name, open] of Object.entries(clients)) {
    timed(
      `isolates on Redis by ${name}: what is published on one is heard on the other, once and in its order`,
      async () => {
        await using keys = keysOf(server.url);
        await using one = await open(server.url);
        await using other = await open(server.url);
        const engines = [redis(one.client, keys), redis(other.client, keys)] as const;
        await speaksAcross(engines);
        await seesAcross(engines);
      },
    );
  }
}

timed(
  "isolates: where the bus is away, those here are told, and whoever has published is told that",
  async () => {
    const clock = new FakeClock(), engine = memory({ clock });
    let isAway = false;
    const bus = {
      ...engine.bus!,
      listen: engine.bus!.listen.bind(engine.bus),
      publish: (publication: Parameters<NonNullable<Engine["bus"]>["publish"]>[0]) =>
        isAway ? Promise.reject(new Error("The bus is away.")) : engine.bus!.publish(publication),
    };
    await using world = await two([{ store: engine.store, bus }, engine], { clock });
    const [here, there] = world.isolates;
    await using ann = await EventsPeer.open(here.server, { path: "/room/lobby/1" });
    await using bob = await EventsPeer.open(there.server, { path: "/room/lobby/2" });
    for (const [peer, heard] of [[ann, 2], [bob, 1]] as const) {
      for (let i = 0; i < heard; i++) {
        await peer.next();
      }
    }
    isAway = true;
    await assert.rejects(here.chat.publish(lobby, "message", { msg: "x", sender: 0 }), /The bus is away/);
    assert.deepEqual(await ann.next(), { type: "message", msg: "x", sender: 0 });
    isAway = false;
    await bob.quiet();
  },
);

timed("isolates: publishing before anybody has asked the app for anything", async () => {
  const clock = new FakeClock(), engine = memory({ clock });
  await using world = await two([engine, engine], { clock });
  await using ann = await EventsPeer.open(world.isolates[1].server, { path: "/room/lobby/1" });
  await ann.next();
  const script = new App({ ...engine, secrets, clock, log: new MemoryLog() });
  await addChat(script).publish(lobby, "message", { msg: "From a script", sender: 0 });
  assert.deepEqual(await ann.next(), { type: "message", msg: "From a script", sender: 0 });
  await script[Symbol.asyncDispose]();
});

timed("rooms: whoever comes and goes leaves nothing behind", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 5 }), async (rooms) => {
      await using world = makeWorld();
      const endpoint = addSeen(world.app);
      {
        await using stack = new AsyncDisposableStack();
        for (const [n, room] of rooms.entries()) {
          stack.use(await EventsPeer.open(world.app, { path: `/seen/${room}/${n}` }));
        }
      }
      assert.equal(world.clock.waiting, 0);
      await using last = await EventsPeer.open(world.app, { path: `/seen/a/last` });
      assert.deepEqual(await last.say({ type: "who" }), { type: "who", who: ["last"] });
      await endpoint.publish(Seen({ room: "a" }), "x", {});
      assert.deepEqual(await last.next(), { type: "x" });
    }),
    { numRuns: 20 },
  );
});

timed("rooms: an error of a handler after it has published takes nothing back", async () => {
  await using world = makeWorld();
  world.app.events("/ws").handle({
    both: action(empty, async (_input, { publish }) => {
      await publish(lobby, "done", {});
      throw new HttpError(409, "But.");
    }),
  }, { authorize: anyone, connect: ({ join }) => join(lobby) });
  await using peer = await EventsPeer.open(world.app);
  assert.deepEqual(await peer.say({ type: "both" }), { type: "done" });
  assert.match(JSON.stringify(await peer.next()), /But\./);
});
