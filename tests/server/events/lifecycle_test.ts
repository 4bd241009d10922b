import assert from "node:assert/strict";
import { action, anyone, type App, contextKey, HttpError, redirect, topic } from "@argyle/argyle";
import { Close, defaultLimits } from "@argyle/argyle/protocol";
import type { EventsAsker } from "@argyle/argyle/types";
import * as v from "valibot";
import { z } from "zod";
import { addAccounts, enter, leave } from "../../helpers/account.tsx";
import { ask } from "../../helpers/endpoint.ts";
import { EventsPeer, makeWorld } from "../../helpers/events.ts";
import { load, timed } from "../../helpers/peer.ts";

const empty = z.object({});
const room = z.object({ room: z.string().max(10), client: z.coerce.number().int() });

/** The answer of an app to somebody who wants a socket: its status, and what it says. */
async function refusal(app: App, path: string, more = {}): Promise<[status: number, said: unknown]> {
  const response = await ask(app, { path, ...more });
  const text = await response.text();
  return [
    response.status,
    response.headers.get("content-type") === "application/json" ? JSON.parse(text) : text,
  ];
}

timed("address: params and query are read by their schemas, and typed", async () => {
  await using world = makeWorld();
  world.app.events("/room/:room/:client", {
    params: room,
    query: v.object({
      since: v.optional(v.pipe(v.string(), v.transform(Number))),
      tag: v.optional(v.array(v.string())),
    }),
  }).handle({
    who: action(empty, (_input, { params, query }) => ({ params, query })),
  }, { authorize: anyone });
  await using server = await world.app.listen({ port: 0 });
  const path = "/room/caf%C3%A9/7?since=12&tag=a&tag=b&other=1";
  await using peer = await EventsPeer.open(server, { path });
  assert.deepEqual(await peer.say({ type: "who" }), {
    type: "who",
    params: { room: "café", client: 7 },
    query: { since: 12, tag: ["a", "b"] },
  });
});

timed("address: without schemas, params are texts and the query is what it is", async () => {
  await using world = makeWorld();
  world.app.events("/:a/:b?").handle({
    who: action(empty, (_input, { params, query }) => ({ params, q: query.getAll("q") })),
  }, { authorize: anyone });
  world.app.events("/exact/one").handle({ who: action(empty, () => ({ exact: true })) }, {
    authorize: anyone,
  });
  await using peer = await EventsPeer.open(world.app, { path: "/x?q=1&q=2" });
  assert.deepEqual(await peer.say({ type: "who" }), { type: "who", params: { a: "x" }, q: ["1", "2"] });
  // A path as it stands comes before a pattern, whichever was added first.
  await using exact = await EventsPeer.open(world.app, { path: "/exact/one" });
  assert.deepEqual(await exact.say({ type: "who" }), { type: "who", exact: true });
});

timed(
  "address: what is wrong with it is 400 with all errors, before anybody is asked and before the upgrade",
  async () => {
    await using world = makeWorld();
    let asked = 0;
    world.app.events("/room/:room/:client", {
      params: room,
      query: z.object({ page: z.enum(["1", "2"]).optional() }),
    }).handle({}, {
      authorize: () => {
        asked++;
        return true;
      },
    });
    const [status, said] = await refusal(world.app, "/room/a-name-that-is-long/x?page=3");
    const { errors } = said as { errors: { loc: unknown[]; type: string }[] };
    assert.deepEqual([status, errors.map(({ loc, type }) => [...loc, type])], [400, [
      ["path", "room", "value_error.too_big"],
      ["path", "client", "type_error.number"],
      ["query", "page", "value_error.invalid_value"],
    ]]);
    assert.equal((await refusal(world.app, "/room/a"))[0], 404);
    assert.equal((await world.app.fetch(new Request("http://127.0.0.1/room/a/1"))).status, 426);
    assert.equal(asked, 0);
  },
);

timed("address: a schema that throws is 500 and logged, one that hangs is 504", async () => {
  await using world = makeWorld();
  const schema = (
    validate: () => never,
  ) => ({ "~standard": { version: 1, vendor: "test", validate } } as const);
  const asked = Promise.withResolvers<void>();
  world.app.events("/throws/:a", {
    params: schema(() => {
      throw new Error("a secret");
    }),
  }).handle({}, { authorize: anyone });
  world.app.events("/hangs", {
    query: schema(
      (() => {
        asked.resolve();
        return new Promise(() => {});
      }) as () => never,
    ),
  }).handle({}, { authorize: anyone });
  const [status, said] = await refusal(world.app, "/throws/1");
  assert.equal(status, 500);
  assert.doesNotMatch(said as string, /secret/);
  assert.match(world.log.lines[0]!, /a secret/);
  const hangs = refusal(world.app, "/hangs");
  await asked.promise;
  world.clock.turn(defaultLimits.load);
  assert.equal((await hangs)[0], 504);
});

timed(
  "authorize: sees params, query, user and what middleware has set; only true lets anybody in",
  async () => {
    await using world = makeWorld();
    const Tenant = contextKey<string>("tenant"), asked: unknown[] = [];
    const answers: Record<string, unknown> = {
      yes: true,
      later: Promise.resolve(true),
      no: false,
      one: 1,
      text: "yes",
      none: undefined,
    };
    world.app.use(({ set, path, request }, next) => {
      if (path === "/sent/1") return redirect("/login");
      set(Tenant, request.headers.get("x-tenant") ?? "none");
      return next();
    });
    world.app.events("/:answer/:client", {
      params: z.object({ answer: z.string(), client: z.coerce.number() }),
    }).handle({
      tenant: action(empty, (_input, { get }) => ({ tenant: get(Tenant) })),
    }, {
      authorize: (({ params, query, user, get }: EventsAsker<{ answer: string; client: number }>) => {
        asked.push([params, query.get("q"), user, get(Tenant)]);
        if (params.answer === "teapot") throw new HttpError(418, "Short and stout.");
        return answers[params.answer];
      }) as () => boolean,
    });
    for (const answer of ["no", "one", "text", "none"]) {
      assert.equal((await refusal(world.app, `/${answer}/1`))[0], 403, answer);
    }
    const [status, said] = await refusal(world.app, "/teapot/1");
    assert.deepEqual([status, /Short and stout/.test(said as string)], [418, true]);
    assert.equal((await refusal(world.app, "/sent/1"))[0], 303);
    for (const answer of ["yes", "later"]) {
      await using peer = await EventsPeer.open(world.app, {
        path: `/${answer}/1?q=2`,
        headers: { "x-tenant": "acme" },
      });
      assert.deepEqual(await peer.say({ type: "tenant" }), { type: "tenant", tenant: "acme" });
      assert.deepEqual(asked.pop(), [{ answer, client: 1 }, "2", undefined, "acme"]);
    }
    assert.equal((await refusal(world.app, "/yes/1", { origin: "https://evil.example" }))[0], 403);
  },
);

timed("connect: nothing is handled before it is done, and what it sends comes first", async () => {
  await using world = makeWorld();
  const gate = Promise.withResolvers<void>(), order: string[] = [];
  world.app.events("/ws").handle({
    now: action(empty, () => {
      order.push("message");
    }),
  }, {
    authorize: anyone,
    async connect({ send }) {
      send("welcome", { at: 1 });
      order.push("begun");
      await gate.promise;
      order.push("connected");
    },
  });
  await using peer = await EventsPeer.open(world.app);
  peer.send({ type: "now", id: 1 });
  assert.deepEqual(await peer.next(), { type: "welcome", at: 1 });
  assert.deepEqual(order, ["begun"]);
  gate.resolve();
  assert.deepEqual(await peer.next(), { type: "now", id: 1 });
  assert.deepEqual(order, ["begun", "connected", "message"]);
});

timed(
  "connect: what it throws closes: 1008 with the message of an HttpError, else 1011; disconnect is not called",
  async () => {
    await using world = makeWorld();
    const heard: unknown[] = [];
    const errors: Record<string, unknown> = {
      full: new HttpError(409, `The room is full. ${"ä".repeat(100)}`),
      away: new HttpError(503, "a secret"),
      broken: new Error("a secret"),
    };
    world.app.events("/:how/:when").handle({ now: action(empty, () => ({ now: true })) }, {
      authorize: anyone,
      connect({ params: { how, when } }) {
        if (when === "later") return Promise.reject(errors[how!]);
        throw errors[how!];
      },
      disconnect: () => assert.fail("Nobody was let in."),
      onError: (error) => void heard.push((error as Error).message),
    });
    await using server = await world.app.listen({ port: 0 });
    for (const when of ["now", "later"]) {
      await using full = await EventsPeer.open(server, { path: `/full/${when}` });
      full.send({ type: "now" });
      const { code, reason, heard: said } = await full.peer.ended();
      assert.deepEqual([code, said], [Close.policy, []]);
      assert.match(reason, /^The room is full\. ä{52}$/); // 123 bytes, and no half letter
      for (const how of ["away", "broken"]) {
        await using peer = await EventsPeer.open(server, { path: `/${how}/${when}` });
        assert.deepEqual(await peer.peer.ended(), {
          code: Close.failed,
          reason: "Could not be begun; come back.",
          heard: [],
        });
        assert.match(world.log.lines.pop()!, /^error an endpoint's connect failed: a secret/);
      }
    }
    assert.deepEqual(heard, Array(4).fill("a secret"));
  },
);

timed(
  "connect: one that takes too long is closed; where it is done after all, disconnect follows",
  async () => {
    await using world = makeWorld();
    const gate = Promise.withResolvers<void>(),
      begun = Promise.withResolvers<void>(),
      over = Promise.withResolvers<number>();
    world.app.events("/ws").handle({}, {
      authorize: anyone,
      connect() {
        begun.resolve();
        return gate.promise;
      },
      disconnect: (_context, code) => over.resolve(code),
    });
    await using peer = await EventsPeer.open(world.app);
    await begun.promise;
    world.clock.turn(defaultLimits.load);
    assert.equal((await peer.peer.ended()).code, Close.failed);
    assert.match(world.log.lines[0]!, /It has taken longer than 10000 ms to connect/);
    gate.resolve();
    assert.equal(await over.promise, Close.failed);
  },
);

timed("disconnect: called once, with the code, when the connection is on no topic any more", async () => {
  await using world = makeWorld();
  const Room = topic("room"), ends: unknown[] = [];
  let wake = () => {};
  world.app.events("/:how").handle({
    bye: action(empty, (_input, { close }) => close(4001, "Bye.")),
    wrong: action(empty, (_input, { close }) => close(1008)),
    normal: action(empty, (_input, { close }) => close()),
  }, {
    authorize: anyone,
    connect: ({ join }) => join(Room()),
    async disconnect({ params, send, publish, join, signal }, code) {
      await Promise.all([send("gone", {}), publish(Room(), "gone", {}), join(Room())]);
      ends.push([params.how, code, signal.aborted]);
      wake();
    },
  });
  const server = await world.app.listen({ port: 0 });
  const end = async () => {
    while (ends.length === 0) await new Promise<void>((resolve) => wake = resolve);
    return ends.splice(0);
  };
  {
    await using peer = await EventsPeer.open(server, { path: "/client" });
    await peer.quiet();
  }
  assert.deepEqual(await end(), [["client", 1005, true]]);
  for (const [type, code, reason] of [["bye", 4001, "Bye."], ["normal", 1000, ""]] as const) {
    await using peer = await EventsPeer.open(server, { path: `/${type}` });
    peer.send({ type, id: 1 });
    assert.deepEqual(await peer.peer.ended(), { code, reason, heard: [] });
    assert.deepEqual(await end(), [[type, code, true]]);
  }
  await using wrong = await EventsPeer.open(server, { path: "/wrong" });
  assert.match(JSON.stringify(await wrong.say({ type: "wrong" })), /server_error/);
  assert.match(world.log.lines.pop()!, /Cannot close with 1008: it is 1000, or from 3000 to 4999\./);
  // The server stops: it waits for the last words.
  await server.stop();
  assert.deepEqual(ends, [["wrong", Close.restart, true]]);
  assert.deepEqual(world.log.lines.filter((line) => line.startsWith("error")), []);
});

timed("disconnect: what it throws is logged, and told to onError", async () => {
  await using world = makeWorld();
  const heard = Promise.withResolvers<unknown>();
  world.app.events("/ws").handle({}, {
    authorize: anyone,
    disconnect: () => Promise.reject(new Error("broken")),
    onError: (error) => heard.resolve(error),
  });
  {
    await using peer = await EventsPeer.open(world.app);
    await peer.quiet();
  }
  assert.equal((await heard.promise as Error).message, "broken");
  assert.match(world.log.lines[0]!, /^error an endpoint's disconnect failed: broken/);
});

timed(
  "identity: after a logout, and after app.disconnect(), connections are closed, and come back as who they are",
  async () => {
    await using world = makeWorld();
    addAccounts(world.app).events("/ws").handle({
      who: action(empty, (_input, { user, sessionId }) => ({ user, known: sessionId !== undefined })),
    }, { authorize: anyone });
    await using server = await world.app.listen({ port: 0 });
    const at = { app: world.app, server }, ann = await enter(at, "ann");
    await using one = await EventsPeer.open(server, { cookie: ann });
    assert.deepEqual(await one.say({ type: "who" }), { type: "who", user: "ann", known: true });
    await using other = await EventsPeer.open(server, { cookie: (await load(world.app)).cookie });
    assert.deepEqual(await other.say({ type: "who" }), { type: "who", known: true });
    await world.app.disconnect({ user: "ann" });
    assert.equal((await one.peer.ended()).code, Close.age);
    await using two = await EventsPeer.open(server, { cookie: ann });
    assert.deepEqual(await two.say({ type: "who" }), { type: "who", user: "ann", known: true });
    await leave(at, ann);
    assert.equal((await two.peer.ended()).code, Close.age);
    await other.quiet();
    // Without an origin nobody vouches for the cookie.
    await using program = await EventsPeer.open(server, { cookie: ann, origin: null });
    assert.deepEqual(await program.say({ type: "who" }), { type: "who", known: false });
  },
);
