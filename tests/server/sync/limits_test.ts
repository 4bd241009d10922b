import assert from "node:assert/strict";
import { action, anyone, App } from "@argyle/argyle";
import { Close } from "@argyle/argyle/protocol";
import { list, type SyncPeer, variable } from "@argyle/argyle/socksync";
import type { Limits } from "@argyle/argyle/types";
import { z } from "zod";
import { MemoryLog, timed } from "../../helpers/peer.ts";
import { Hand, until } from "../../helpers/sync.ts";

const path = "/sync";

async function make(limits: Partial<Limits>, groups: Parameters<App["sync"]>[1]) {
  const app = new App({ log: new MemoryLog(), limits });
  const sync = app.sync(path, groups, { authorize: anyone });
  return { app, sync, server: await app.listen({ port: 0 }) };
}

const subscribe = (name: string, type = "var") => ({ func: "subscribe", type, name });

timed(
  "limits.syncGroups: one more subscription is refused, until another is given back; of its own too",
  async () => {
    const groups = Object.fromEntries(["a", "b", "c"].map((name) => [name, variable(name)]));
    const { server, sync } = await make({ syncGroups: 2 }, groups);
    await using _server = { [Symbol.asyncDispose]: () => server.stop() };
    await using hand = await Hand.open(server, { path });
    hand.send(subscribe("a"), subscribe("b"), subscribe("b"));
    assert.match(
      (await hand.ask(subscribe("c")))["message"] as string,
      /^At most 2 groups can be subscribed to\.$/,
    );
    assert.equal(
      (await hand.ask({ func: "get", type: "var", name: "c" }))["message"],
      "Subscription required.",
    );
    hand.send({ func: "unsubscribe", type: "var", name: "a" }, subscribe("c"));
    assert.equal((await hand.ask({ func: "get", type: "var", name: "c" }))["value"], "c");
    const [peer] = [...sync.peers];
    peer!.own({ d: variable(1), e: variable(2) });
    assert.throws(() => peer!.own({ f: variable(3) }), /^TypeError: Cannot own more than 2 groups\.$/);
  },
);

timed(
  "limits.syncCalls: one more call is refused, the others go on; of the server's own the rest wait",
  async () => {
    const gate = Promise.withResolvers<void>();
    const { server, sync } = await make({ syncCalls: 3 }, { wait: action(z.object({}), () => gate.promise) });
    await using _server = { [Symbol.asyncDispose]: () => server.stop() };
    await using hand = await Hand.open(server, { path });
    hand.send(subscribe("wait", "function"));
    for (let id = 1; id <= 4; id++) hand.send({ func: "call", type: "function", name: "wait", id });
    const refused = await hand.next();
    assert.deepEqual([refused["id"], refused["message"]], [4, "At most 3 calls run at once."]);
    gate.resolve();
    for (let id = 1; id <= 3; id++) assert.deepEqual([(await hand.next())["func"]], ["return"]);
    const [peer] = [...sync.peers] as [SyncPeer];
    const calls = Array.from({ length: 5 }, (_, n) => peer.function("theirs").call({ n }));
    assert.deepEqual(await hand.next(), subscribe("theirs", "function"));
    const ids = [(await hand.next())["id"], (await hand.next())["id"], (await hand.next())["id"]];
    await hand.quiet();
    for (let n = 0; n < 5; n++) {
      hand.send({ func: "return", type: "function", name: "theirs", id: ids[n], value: n });
      if (n < 2) ids.push((await hand.next())["id"]);
    }
    assert.deepEqual(await Promise.all(calls), [0, 1, 2, 3, 4]);
  },
);

timed("limits.pageSize, maxPageSize: nobody is shown more; what is no page is an error", async () => {
  const items = Array.from({ length: 500 }, (_, n) => n);
  const { server } = await make({ pageSize: 20 }, {
    items: list(items),
    few: list(items, { maxPageSize: 3 }),
  });
  await using _server = { [Symbol.asyncDispose]: () => server.stop() };
  await using hand = await Hand.open(server, { path });
  for (const [name, most] of [["items", 20], ["few", 3]] as const) {
    hand.send(subscribe(name, "list"));
    const get = (more: Record<string, unknown>) => hand.ask({ func: "get", type: "list", name, ...more });
    for (const page_size of [most + 1, 1e9, 2 ** 53 - 1, "9007199254740991", undefined]) {
      const shown = await get({ page_size });
      assert.deepEqual([shown["page_size"], (shown["items"] as unknown[]).length], [most, most]);
    }
    const last = await get({ page: 2 ** 53 - 1, page_size: 1 });
    assert.deepEqual([last["page"], last["items"]], [499, [499]]);
    for (const page_size of [0, -1, 1.5, "-1", null, {}, "x", 2 ** 1023]) {
      assert.equal(
        (await get({ page_size }))["error_code"],
        page_size === 2 ** 1023 ? undefined : 8,
        `${page_size}`,
      );
    }
    for (const page of [-1, 1.5, "-1", null, [], true]) assert.equal((await get({ page }))["error_code"], 8);
  }
});

timed("limits.depth: a deep frame is refused, and nobody has recursed", async () => {
  const { server } = await make({ depth: 8 }, { echo: action(z.any(), (input) => input) });
  await using _server = { [Symbol.asyncDispose]: () => server.stop() };
  await using hand = await Hand.open(server, { path });
  hand.send(subscribe("echo", "function"));
  const call = (depth: number) =>
    `{"func":"call","type":"function","name":"echo","id":1,"args":{"a":${"[".repeat(depth)}${
      "]".repeat(depth)
    }}}`;
  assert.match(await hand.socket.say(call(6)), /"func":"return"/);
  for (const depth of [7, 20_000]) {
    assert.deepEqual(JSON.parse(await hand.socket.say(call(depth))), {
      func: "error",
      error_code: 8,
      message: "A frame has at most 8 levels.",
    });
  }
});

timed("limits.frame: a larger frame is answered, and ends the line; bytes are an error alone", async () => {
  const { server } = await make({ frame: 1000 }, {});
  await using _server = { [Symbol.asyncDispose]: () => server.stop() };
  await using hand = await Hand.open(server, { path });
  assert.match(await hand.socket.say("x".repeat(1000)), /Invalid json/);
  hand.socket.send(new Uint8Array(1000));
  assert.equal((await hand.next())["message"], "A frame is a text, not binary.");
  hand.socket.send("€".repeat(334));
  const { code, heard } = await hand.socket.ended();
  assert.equal(code, Close.tooLarge);
  assert.deepEqual(heard.map((text) => JSON.parse(text)), [{
    func: "error",
    error_code: 8,
    message: "A frame has at most 1000 bytes.",
  }]);
});

timed("limits.syncFramesPerSecond: a flood is told, then closed; others are not", async () => {
  const { server, sync } = await make(
    { syncFramesPerSecond: 1, syncFrameBurst: 10, refusals: 3 },
    { price: variable(1) },
  );
  await using _server = { [Symbol.asyncDispose]: () => server.stop() };
  await using other = await Hand.open(server, { path });
  await using hand = await Hand.open(server, { path });
  for (let i = 0; i < 13; i++) hand.send({});
  const { code, heard } = await hand.socket.ended();
  assert.equal(code, Close.policy);
  assert.equal(heard.filter((text) => text.includes("Too many frames.")).length, 3);
  await other.quiet();
  await until(() => [...sync.peers].length === 1);
});

timed(
  "T43: what the browser answers is a stranger's word: late, twice, giant, of another's call",
  async () => {
    const { server, sync } = await make({ frame: 10_000 }, {});
    await using _server = { [Symbol.asyncDispose]: () => server.stop() };
    await using hand = await Hand.open(server, { path }), eve = await Hand.open(server, { path });
    await until(() => [...sync.peers].length === 2);
    const [peer] = [...sync.peers] as [SyncPeer];
    const ask = peer.function("ask", { output: z.object({ colour: z.string() }) });
    assert.equal((await hand.next())["func"], "subscribe");
    const called = ask.call({}), { id } = await hand.next();
    const answer = (value: unknown) => ({ func: "return", type: "function", name: "ask", id, value });
    // Another peer has its id.
    assert.equal((await eve.ask(answer({ colour: "evil" })))["error_code"], 3);
    const rejected = assert.rejects(called, { name: "SyncError", reason: "invalid" });
    hand.send(answer({ colour: 5 }));
    await rejected;
    assert.equal((await hand.ask(answer({ colour: "late" })))["error_code"], 6);
    // Names that the server has not asked for.
    for (const func of ["set", "set_all", "set_count", "insert", "add", "delete", "return"]) {
      for (const type of ["var", "list", "function"]) {
        const told = await hand.ask({ func, type, name: "price", value: 1, index: 0, id: 1, items: [] });
        assert.equal(told["error_code"], 3, `${func} ${type}`);
      }
    }
    const second = assert.rejects(ask.call({}), { reason: "disconnected" });
    await hand.next();
    hand.socket.send(JSON.stringify(answer({ colour: "x".repeat(20_000) })));
    assert.equal((await hand.socket.ended()).code, Close.tooLarge);
    await second;
  },
);
