import assert from "node:assert/strict";
import { action, anyone, App, HttpError } from "@argyle/argyle";
import { Close, defaultLimits } from "@argyle/argyle/protocol";
import { list, type SyncPeer, variable } from "@argyle/argyle/socksync";
import { FakeClock } from "@argyle/argyle/testing";
import type { SyncContext } from "@argyle/argyle/types";
import { z } from "zod";
import { addAccounts, enter, leave } from "../../helpers/account.tsx";
import { ask, EndpointPeer } from "../../helpers/endpoint.ts";
import { MemoryLog, timed } from "../../helpers/peer.ts";
import { End, Hand, until } from "../../helpers/sync.ts";

const path = "/sync";

function make(options: ConstructorParameters<typeof App>[0] = {}) {
  const log = new MemoryLog();
  return { log, app: new App({ log, ...options }) };
}

const statusOf = async (app: App, asking = {}) => {
  const response = await ask(app, { path, ...asking });
  await response.body?.cancel();
  return response.status;
};

Deno.test("app.sync: nobody has said who may come in: a TypeError, and the path stays free", () => {
  const { app } = make(), price = variable(1);
  for (const options of [undefined, null, {}, { authorize: true }, { authorize: null }]) {
    assert.throws(
      () => app.sync(path, { price }, options as never),
      /^TypeError: Cannot add the endpoint "\/sync": say who may open it by `authorize`; `anyone` is a value\.$/,
    );
  }
  app.sync(path, { price }, { authorize: anyone });
});

Deno.test("app.sync: what is refused is not added in part", () => {
  const theirs = variable(1), mine = variable(2), list1 = list(["a"]);
  make().app.sync("/theirs", { theirs, list1 }, { authorize: anyone });
  const { app } = make();
  const other = /^TypeError: Cannot add "\w+": it is part of another app\.$/;
  assert.throws(() => app.sync(path, { mine, theirs }, { authorize: anyone }), other);
  assert.throws(() => app.sync("/theirs", { theirs }, { authorize: anyone }), other);
  assert.throws(() => app.sync("/theirs", { list1 }, { authorize: anyone }), other);
  assert.throws(() => mine.name, /not part of an app/);
  assert.throws(() => app.sync(path, { mine, x: 5 as never }, { authorize: anyone }), /no variable, list or/);
  assert.throws(
    () => app.sync(path, { ["x".repeat(65)]: mine }, { authorize: anyone }),
    /at most 64 characters/,
  );
  assert.throws(() => app.sync(path, { "\ud800": mine }, { authorize: anyone }), /TypeError/);
  assert.throws(
    () => app.sync(`/${"ü".repeat(60)}`, { ["ü".repeat(60)]: mine }, { authorize: anyone }),
    /^TypeError: Cannot add .* as a topic, and at most 512\.$/,
  );
  app.sync(path, { mine }, { authorize: anyone });
  assert.throws(() => app.sync(path, { more: variable(1) }, { authorize: anyone }), /the path is taken/);
});

timed("T2, T42: each kind of origin, with and without a cookie, by whoever may come in", async () => {
  const { app } = make();
  const seen: unknown[] = [];
  app.sync(path, {}, {
    authorize: ({ user, origin, request }) => {
      seen.push([user, origin, request.headers.get("cookie") !== null]);
      return true;
    },
  });
  addAccounts(app);
  await using server = await app.listen({ port: 0 });
  const cookie = await enter({ app, server }, "ann");
  for (const origin of ["https://evil.example", "null", "http://127.0.0.1.evil.example", ""]) {
    for (const more of [{ cookie }, {}]) assert.equal(await statusOf(app, { origin, ...more }), 403, origin);
  }
  assert.deepEqual(seen, []);
  for (const asking of [{ cookie }, {}, { origin: null, cookie }, { origin: null }]) {
    await using peer = await EndpointPeer.connect(server, { path, ...asking });
    assert.match(await peer.say("{}"), /func is required/);
  }
  assert.deepEqual(seen, [
    ["ann", server.url.replace(/\/$/, ""), true],
    [undefined, server.url.replace(/\/$/, ""), false],
    [undefined, undefined, false], // a program has no cookies
    [undefined, undefined, false],
  ]);
});

timed("authorize: anything but true is a no, what it throws is its status, a slow one ends", async () => {
  const clock = new FakeClock(), { app } = make({ clock });
  let answer: () => unknown = () => false;
  app.sync(path, {}, { authorize: () => answer() as boolean });
  for (const no of [false, undefined, 1, "true", {}, Promise.resolve(1)]) {
    answer = () => no;
    assert.equal(await statusOf(app), 403);
  }
  answer = () => {
    throw new HttpError(402, "Pay first.");
  };
  assert.equal(await statusOf(app), 402);
  answer = () => Promise.reject(new Error("down"));
  assert.equal(await statusOf(app), 500);
  answer = () => new Promise(() => {});
  const late = statusOf(app);
  await until(() => clock.waiting > 0);
  clock.turn(defaultLimits.load);
  assert.equal(await late, 504);
});

timed("onConnect: gives each peer groups of its own, before anything that it says is looked at", async () => {
  const { app } = make();
  const gate = Promise.withResolvers<void>();
  const sync = app.sync(path, {}, {
    authorize: anyone,
    async onConnect(peer, { request }) {
      await gate.promise;
      peer.own({ mine: variable(request.headers.get("x-name")) });
    },
  });
  await using server = await app.listen({ port: 0 });
  await using ann = await Hand.open(server, { path, headers: { "x-name": "ann" } });
  await using bob = await Hand.open(server, { path, headers: { "x-name": "bob" } });
  for (const hand of [ann, bob]) {
    hand.subscribe({ mine: "var" });
    hand.send({ func: "get", type: "var", name: "mine" });
  }
  await until(() => [...sync.peers].length === 2);
  gate.resolve();
  assert.equal((await ann.next())["value"], "ann");
  assert.equal((await bob.next())["value"], "bob");
});

timed("onConnect: what it throws, at once or later, closes the socket; nothing it said is done", async () => {
  const { app, log } = make(), done: string[] = [];
  const act = action(z.object({}), () => void done.push("act"));
  let fail: (peer: SyncPeer) => void | Promise<void> = () => {};
  const sync = app.sync(path, { act }, { authorize: anyone, onConnect: (peer) => fail(peer) });
  await using server = await app.listen({ port: 0 });
  await using other = await Hand.open(server, { path });
  for (
    const failing of [
      () => {
        throw new Error("at once");
      },
      () => new Promise<void>((_resolve, reject) => setTimeout(() => reject(new Error("later")), 20)),
    ]
  ) {
    fail = failing;
    await using hand = await Hand.open(server, { path });
    hand.subscribe({ act: "function" });
    hand.send({ func: "call", type: "function", name: "act", id: 1 });
    const { code, reason, heard } = await hand.socket.ended();
    assert.deepEqual([code, reason, heard], [Close.failed, "Could not be begun; come back.", []]);
  }
  assert.deepEqual(done, []);
  assert.match(log.lines.join("\n"), /a peer could not be received: at once .*\n.*: later .*"path":"\/sync"/);
  assert.equal((await other.call("act"))["func"], "return");
  await until(() => [...sync.peers].length === 1);
});

timed("onConnect: one that takes too long is closed; one whose peer goes is no line of the log", async () => {
  const clock = new FakeClock(), { app, log } = make({ clock });
  const sync = app.sync(path, {}, { authorize: anyone, onConnect: () => new Promise(() => {}) });
  await using server = await app.listen({ port: 0 });
  const gone = await Hand.open(server, { path });
  await until(() => [...sync.peers].length === 1);
  await gone[Symbol.asyncDispose]();
  await until(() => [...sync.peers].length === 0);
  const before = clock.waiting;
  await using slow = await Hand.open(server, { path });
  await until(() => [...sync.peers].length === 1 && clock.waiting > before);
  assert.deepEqual(log.lines.filter((line) => line.startsWith("error")), []);
  clock.turn(defaultLimits.load);
  assert.equal((await slow.socket.ended()).code, Close.failed);
  assert.equal([...sync.peers].length, 0);
  assert.deepEqual(log.lines.filter((line) => line.startsWith("error")).length, 1);
  assert.match(log.lines.at(-1)!, /a peer could not be received: It has taken longer than 10000 ms\./);
});

timed("onConnect: a flood that waits for it is closed at limits.buffered", async () => {
  const { app } = make({ limits: { buffered: 10_000 } });
  app.sync(path, {}, { authorize: anyone, onConnect: () => new Promise(() => {}) });
  await using server = await app.listen({ port: 0 });
  await using hand = await Hand.open(server, { path });
  for (let i = 0; i < 10; i++) hand.send({ func: "x".repeat(1000) });
  const { code, reason } = await hand.socket.ended();
  assert.deepEqual([code, reason], [1013, "Too much waits to be looked at."]);
});

timed("peer: the server calls into it from onConnect, from a function and from outside", async () => {
  const { app } = make(), answers: unknown[] = [];
  const ask = (peer: SyncPeer, where: string) => peer.function("ask").call({ where });
  const sync = app.sync(path, {
    back: action(
      z.object({}),
      async (_input, { peer }: SyncContext) => ({ said: await ask(peer, "function") }),
    ),
  }, {
    authorize: anyone,
    onConnect: async (peer) => void answers.push(await ask(peer, "onConnect")),
  });
  await using server = await app.listen({ port: 0 });
  const groups = {
    ask: action(z.object({ where: z.string() }), ({ where }) => `asked from ${where}`),
    colour: variable("red"),
  };
  await using end = await End.open(server, { path }, groups);
  assert.deepEqual(await end.sync.function("back").call({}), { said: "asked from function" });
  const [peer] = [...sync.peers];
  assert.equal(await ask(peer!, "outside"), "asked from outside");
  assert.deepEqual(answers, ["asked from onConnect"]);
  const colour = peer!.variable("colour");
  assert.equal(await colour.get(), "red");
  await groups.colour.set("blue");
  await until(() => colour.value === "blue");
});

timed("peer: a variable that is asked for from onConnect, and from authorize of a group, comes", async () => {
  const { app } = make();
  const secret = variable("secret", {
    authorize: async (context) =>
      await (context as unknown as SyncContext).peer.variable("word").get() === "sesame",
  });
  app.sync(path, { secret }, {
    authorize: anyone,
    onConnect: async (peer) => void await peer.variable("word").get(),
  });
  await using server = await app.listen({ port: 0 });
  await using end = await End.open(server, { path }, { word: variable("sesame") });
  assert.equal(await end.sync.variable("secret").get(), "secret");
  await using other = await End.open(server, { path }, { word: variable("please") });
  await assert.rejects(other.sync.variable("secret").get(), /secret is not registered/);
});

timed("peer: what is asked of one that has gone is over at once", async () => {
  const clock = new FakeClock(), { app } = make({ clock });
  const sync = app.sync(path, {}, { authorize: anyone });
  await using server = await app.listen({ port: 0 });
  const hand = await Hand.open(server, { path });
  await until(() => [...sync.peers].length === 1);
  const peer = [...sync.peers][0]!;
  const waiting = peer.function("never").call({});
  assert.equal((await hand.next())["func"], "subscribe");
  const over = assert.rejects(waiting, { name: "SyncError", reason: "disconnected" });
  await hand[Symbol.asyncDispose]();
  await over;
  assert.equal([...sync.peers].length, 0);
  assert.equal(peer.isOpen, false);
  for (const name of ["never", "other"]) {
    await assert.rejects(peer.function(name).call({}), { reason: "disconnected" });
  }
});

timed("peer: closed by the server, it ends", async () => {
  const { app } = make();
  const sync = app.sync(path, {}, { authorize: anyone, onConnect: (peer) => peer.close() });
  await using server = await app.listen({ port: 0 });
  await using hand = await Hand.open(server, { path });
  assert.equal((await hand.socket.ended()).code, 1000);
  assert.equal([...sync.peers].length, 0);
});

timed("T42: a group that is not for somebody answers as one that is not there, byte by byte", async () => {
  const { app } = make(), no = () => false, later = () => Promise.resolve(false);
  app.sync(path, {
    salary: variable(1, { authorize: no }),
    salari: variable(1, { authorize: later }),
    people: list(["ann"], { authorize: no }),
    peopel: list(["ann"], { authorize: later }),
    raised: action(z.object({}), () => "more", { authorize: no }),
    raises: action(z.object({}), () => "more", { authorize: later }),
    odd1: variable(1, { authorize: () => 1 as never }),
  }, { authorize: anyone });
  await using server = await app.listen({ port: 0 });
  await using hand = await Hand.open(server, { path });
  const names = { var: ["salary", "salari"], list: ["people", "peopel"], function: ["raised", "raises"] };
  for (const [type, own] of Object.entries(names)) {
    for (const func of ["subscribe", "unsubscribe", "get", "set", "insert", "call", "return", "what"]) {
      const answers = [];
      for (const name of [...own, "nobody"]) {
        const text = await hand.socket.say(JSON.stringify({ func, type, name, id: 7, index: 0, value: 1 }));
        answers.push(text.replaceAll(name, "*"));
      }
      assert.equal(new Set(answers).size, 1, func);
      assert.equal(
        answers[0],
        `{"func":"error","error_code":3,"message":"* is not registered.","type":"${type}","name":"*","id":7}`,
      );
    }
  }
  assert.equal((await hand.ask({ func: "subscribe", type: "var", name: "odd1" }))["error_code"], 3);
});

timed("authorize of a group: is told who asks and for what; to call is asked each time", async () => {
  const { app } = make(), asked: unknown[] = [];
  let may = true;
  app.sync(path, {
    act: action(z.object({}), () => "done", {
      authorize: ({ user }, verb) => {
        asked.push([user, verb]);
        return verb === "subscribe" || may;
      },
    }),
  }, { authorize: anyone });
  await using server = await app.listen({ port: 0 });
  await using hand = await Hand.open(server, { path });
  assert.equal((await hand.call("act"))["value"], "done");
  may = false;
  const refused = await hand.ask({ func: "call", type: "function", name: "act", id: "2", args: {} });
  assert.deepEqual(refused, {
    func: "error",
    error_code: 3,
    message: "act is not registered.",
    type: "function",
    name: "act",
    id: "2",
  });
  assert.deepEqual(asked, [[undefined, "subscribe"], [undefined, "call"], [undefined, "call"]]);
});

timed(
  "authorize of a group: one that throws is a line of the log; one that hangs ends, and the rest goes on",
  async () => {
    const clock = new FakeClock(), { app, log } = make({ clock });
    app.sync(path, {
      broken: variable(1, {
        authorize: () => {
          throw new Error("canary: the database is away");
        },
      }),
      hangs: variable(1, { authorize: () => new Promise(() => {}) }),
      fine: variable(5),
    }, { authorize: anyone });
    await using server = await app.listen({ port: 0 });
    await using hand = await Hand.open(server, { path });
    const failed = await hand.ask({ func: "subscribe", type: "var", name: "broken" });
    assert.deepEqual([failed["error_code"], failed["message"]], [3, "broken is not registered."]);
    assert.match(log.lines.join("\n"), /a group could not say who may use it: canary/);
    const before = clock.waiting;
    hand.subscribe({ hangs: "var", fine: "var" });
    hand.send({ func: "get", type: "var", name: "fine" });
    await until(() => clock.waiting > before);
    clock.turn(defaultLimits.reflex);
    const late = await hand.next();
    assert.deepEqual([late["error_code"], late["name"]], [3, "hangs"]);
    assert.equal((await hand.next())["value"], 5);
    assert.match(log.lines.at(-1)!, /It could not be found out within 10000 ms who may use it\./);
  },
);

timed("rights: app.disconnect and a logout end the socket; who comes back is asked anew", async () => {
  const { app } = make(), banned = new Set<string>();
  app.sync(path, { price: variable(1) }, {
    authorize: ({ user }) => user !== undefined && !banned.has(user),
  });
  addAccounts(app);
  await using server = await app.listen({ port: 0 });
  const at = { app, server }, ann = await enter(at, "ann"), bob = await enter(at, "bob");
  await using one = await End.open(server, { path, cookie: ann });
  await using two = await Hand.open(server, { path, cookie: bob });
  const price = one.sync.variable("price");
  assert.equal(await price.get(), 1);
  banned.add("ann");
  await app.disconnect({ user: "ann" });
  await until(() => price.status === "stale");
  assert.equal(await statusOf(app, { cookie: ann }), 403);
  await two.quiet();
  await leave(at, bob);
  assert.equal((await two.socket.ended()).code, Close.age);
});

timed(
  "groups: an endpoint that is added after the first request is there, with values of the store",
  async () => {
    const { app } = make(), price = variable(1);
    await using server = await app.listen({ port: 0 });
    assert.equal(await statusOf(app), 404);
    app.sync(path, { price }, { authorize: anyone });
    await price.set(7);
    await using end = await End.open(server, { path });
    assert.equal(await end.sync.variable("price").get(), 7);
  },
);
