import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import { z } from "zod";
import { action } from "../../protocol/action.ts";
import type { Groups } from "../../socksync/groups.ts";
import { list } from "../../socksync/list.ts";
import type { Peer } from "../../socksync/peer.ts";
import { variable } from "../../socksync/variable.ts";
import { alone, flush, Link, makePeer, type Pipe, type Said } from "./_ends.ts";

/** Two ends, of which the first or the second owns. */
function ends(isFirst: boolean) {
  const clock = new FakeClock(),
    [a, b] = [makePeer({ clock }), makePeer({ clock })],
    link = new Link(a.peer, b.peer);
  const [owner, other] = isFirst ? [a, b] : [b, a];
  const said = (): [mine: Said[], theirs: Said[]] => {
    link.run();
    const taken = (pipe: Pipe) => pipe.take();
    return isFirst ? [taken(link.fromA), taken(link.fromB)] : [taken(link.fromB), taken(link.fromA)];
  };
  const quiet = () => deepEqual([a.failures, b.failures, clock.waiting], [[], [], 0]);
  return { owner: owner.peer as Peer, other: other.peer as Peer, link, said, quiet, clock };
}

for (const isFirst of [true, false]) {
  const end = isFirst ? "this end" : "the other end";

  Deno.test(`paths: a variable that ${end} owns`, async () => {
    const { owner, other, link, said, quiet } = ends(isFirst), price = variable(42);
    owner.own({ price });
    const remote = other.variable("price"), seen: unknown[] = [];
    remote.subscribe((value) => seen.push(value));
    equal(remote.status, "loading");
    deepEqual(said(), [
      [{ func: "set", type: "var", name: "price", value: 42 }],
      [{ func: "subscribe", type: "var", name: "price" }, { func: "get", type: "var", name: "price" }],
    ]);
    await price.update((value) => value + 1);
    deepEqual(said(), [[{ func: "set", type: "var", name: "price", value: 43 }], []]);
    const got = remote.get();
    deepEqual(said()[1], [{ func: "get", type: "var", name: "price" }]);
    deepEqual([await got, remote.value, remote.status, seen], [43, 43, "fresh", [42, 43, 43]]);
    link.cut();
    equal(remote.status, "stale");
    await price.set(44);
    link.again();
    link.run();
    deepEqual([remote.value, remote.status], [44, "fresh"]);
    remote[Symbol.dispose]();
    deepEqual(said()[1].at(-1), { func: "unsubscribe", type: "var", name: "price" });
    await price.set(45);
    deepEqual(said(), [[], []]);
    quiet();
  });

  Deno.test(`paths: a list that ${end} owns`, async () => {
    const { owner, other, link, said, quiet, clock } = ends(isFirst),
      todos = list(["a", "b", "c"], { maxPageSize: 2 });
    owner.own({ todos });
    const remote = other.list("todos", { pageSize: 10 }), base = { type: "list", name: "todos" };
    deepEqual(said(), [
      [{ func: "set_all", ...base, page: 0, page_size: 2, total_item_count: 3, items: ["a", "b"] }],
      [{ func: "subscribe", ...base }, { func: "get", ...base, page: 0, page_size: 10 }],
    ]);
    const heard = async (done: Promise<unknown>) => {
      await done;
      const [mine, theirs] = said();
      deepEqual(theirs, []);
      clock.turn(0);
      return mine.map(({ type: _type, name: _name, ...rest }) => rest);
    };
    deepEqual(await heard(todos.insert(1, "n")), [
      { func: "set_count", total_item_count: 4 },
      { func: "delete", index: 1 },
      { func: "insert", index: 1, value: "n" },
    ]);
    deepEqual(await heard(todos.append("z")), [{ func: "set_count", total_item_count: 5 }]);
    deepEqual(await heard(todos.set(0, "A")), [{ func: "set", index: 0, value: "A" }]);
    deepEqual(await heard(todos.set(4, "Z")), []);
    deepEqual(await heard(todos.delete(0)), [
      { func: "set_count", total_item_count: 4 },
      { func: "delete", index: 0 },
      { func: "insert", index: 1, value: "b" },
    ]);
    deepEqual([remote.value, remote.count, remote.page, remote.pages, remote.pageSize], [
      ["n", "b"],
      4,
      0,
      2,
      2,
    ]);
    const got = remote.get({ page: 7 });
    deepEqual(said()[1], [{ func: "get", ...base, page: 7, page_size: 10 }]);
    deepEqual([await got, remote.page], [["c", "Z"], 1]);
    await todos.delete(3);
    await todos.delete(2);
    deepEqual(said()[0].at(-1), {
      func: "set_all",
      ...base,
      page: 0,
      page_size: 2,
      total_item_count: 2,
      items: ["n", "b"],
    });
    link.cut();
    await todos.replace(["x", "y", "z"]);
    link.again();
    link.run();
    deepEqual([remote.value, remote.status, remote.count], [["x", "y"], "fresh", 3]);
    remote[Symbol.dispose]();
    link.run();
    said();
    await todos.append("last");
    deepEqual(said(), [[], []]);
    quiet();
  });

  Deno.test(`paths: a function that ${end} owns`, async () => {
    const { owner, other, link, said, quiet } = ends(isFirst);
    owner.own({ add: action(z.object({ a: z.number(), b: z.number() }), ({ a, b }) => a + b) } as Groups);
    const add = other.function("add"), sum = add.call({ a: 1, b: 2 });
    await link.settle();
    const [mine, theirs] = said(), { id } = theirs[1] as { id: string };
    ok(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id), id);
    deepEqual(theirs, [
      { func: "subscribe", type: "function", name: "add" },
      { func: "call", type: "function", name: "add", id, args: { a: 1, b: 2 } },
    ]);
    deepEqual(mine, [{ func: "return", type: "function", name: "add", id, value: 3 }]);
    equal(await sum, 3);
    add[Symbol.dispose]();
    deepEqual(said()[1], [{ func: "unsubscribe", type: "function", name: "add" }]);
    quiet();
  });
}

Deno.test("paths: both ends own something of one name, and neither takes it for the other's", async () => {
  const { owner, other, link, quiet } = ends(true), [mine, theirs] = [variable("mine"), variable("theirs")];
  owner.own({ x: mine });
  other.own({ x: theirs });
  const [ofOther, ofOwner] = [owner.variable("x"), other.variable("x")];
  link.run();
  await mine.set("mine!");
  await theirs.set("theirs!");
  link.run();
  deepEqual([ofOther.value, ofOwner.value], ["theirs!", "mine!"]);
  other.receive('{"func":"unsubscribe_all"}');
  await mine.set("mine?");
  await theirs.set("theirs?");
  link.run();
  deepEqual(
    [ofOther.value, ofOwner.value],
    ["theirs!", "mine?"],
    "whoever says it drops what they see, not what is seen of them",
  );
  quiet();
});

Deno.test("paths: an item that is added is inserted", () => {
  const raw = alone(), mirror = raw.peer.list("x"), base = { type: "list", name: "x" };
  raw.say({ func: "set_all", ...base, page: 0, page_size: 5, total_item_count: 1, items: ["a"] });
  deepEqual(raw.say({ func: "add", ...base, index: 0, value: "b" }), []);
  deepEqual(raw.say({ func: "insert", ...base, index: 2, value: "c" }), []);
  deepEqual(mirror.value, ["b", "a", "c"]);
});

Deno.test("paths: subscribing pushes nothing, however often it is done, and what is forgotten is the page too", async () => {
  const shared = list([1, 2, 3], { maxPageSize: 1 }), raw = alone({ shared: { x: shared } });
  const say = (func: string, fields: Said = {}) => raw.say({ func, type: "list", name: "x", ...fields });
  for (let again = 0; again < 3; again++) deepEqual(say("subscribe"), []);
  await shared.append(4);
  equal(raw.pipe.take().length, 0, "no page, no news");
  equal(say("get", { page: 2 })[0]!["page"], 2);
  say("subscribe");
  await shared.set(2, 30);
  equal(raw.pipe.take().length, 1, "to subscribe again is nothing");
  deepEqual([say("unsubscribe"), say("subscribe")], [[], []]);
  await shared.set(2, 31);
  equal(raw.pipe.take().length, 0);
});

Deno.test("paths: nothing is heard before what comes first is done, and all of it after that, in order", async () => {
  const told = makePeer({ shared: { x: variable(1) } }),
    { pipe } = alone(),
    { promise, resolve } = Promise.withResolvers<void>();
  told.peer.open(pipe, promise);
  told.peer.receive('{"func":"subscribe","type":"var","name":"x"}');
  told.peer.receive('{"func":"get","type":"var","name":"x"}');
  told.peer.receive(new ArrayBuffer(1));
  told.peer.receive('{"func":"get","type":"var","name":"y"}');
  await flush();
  equal(pipe.texts.length, 0);
  told.peer.own({ y: variable(2) });
  resolve();
  await flush();
  deepEqual(pipe.frames.map(({ func, error_code }) => [func, error_code]), [
    ["set", undefined],
    ["error", 8],
    ["error", 1],
  ]);
});

Deno.test("paths: one who says too much meanwhile is let go, and nothing of it is kept", async () => {
  for (const message of ["{}", `{"func":"${"x".repeat(1000)}"}`, new ArrayBuffer(1 << 20)]) {
    const told = makePeer({ limits: { buffered: 10_000 } }), { pipe } = alone();
    const { promise, resolve } = Promise.withResolvers<void>();
    told.peer.open(pipe, promise);
    let said = 0;
    for (; told.peer.isOpen; said++) told.peer.receive(message);
    ok(said <= 101, `${said} messages`);
    deepEqual(pipe.closed, { code: 1013, reason: "Too much waits to be looked at." });
    told.peer.receive(message);
    resolve();
    await flush();
    equal(pipe.texts.length, 0);
  }
});

Deno.test("paths: while somebody is asked whether one may, what comes after waits, and is of that line alone", async () => {
  let answer = (_may: boolean) => {};
  const x = variable(1, { authorize: () => new Promise<boolean>((resolve) => answer = resolve) });
  const raw = alone({ shared: { x, y: variable(2) } });
  raw.say({ func: "subscribe", type: "var", name: "y" });
  raw.say({ func: "subscribe", type: "var", name: "x" });
  raw.say({ func: "get", type: "var", name: "x" });
  deepEqual(raw.say({ func: "get", type: "var", name: "y" }), []);
  answer(true);
  await flush();
  deepEqual(raw.pipe.take().map(({ value }) => value), [1, 2]);
  raw.say({ func: "unsubscribe_all" });
  raw.say({ func: "subscribe", type: "var", name: "x" });
  raw.peer.lost();
  raw.peer.open(raw.pipe);
  answer(true);
  await flush();
  equal(raw.say({ func: "unsubscribe", type: "var", name: "x" }).length, 0);
  answer(true);
  await flush();
  deepEqual(raw.pipe.take().map(({ message }) => message), ["Subscription required."]);
});

Deno.test("paths: a peer that was given another line has only that", async () => {
  const x = variable(1), told = makePeer({ shared: { x } }), [first, second] = [alone().pipe, alone().pipe];
  told.peer.open(first);
  told.peer.receive('{"func":"subscribe","type":"var","name":"x"}');
  told.peer.open(second);
  await x.set(2);
  deepEqual([first.texts, second.texts], [[], []]);
});

Deno.test("paths: a name that cannot be, or is taken, is refused where it is given", () => {
  const { peer } = makePeer({ shared: { x: variable(1) }, limits: { syncGroups: 3 } });
  throws(() => peer.own({ x: variable(1) }), /^TypeError: Cannot own "x": the name is taken\.$/);
  throws(() => peer.own({ ["n".repeat(65)]: variable(1) }), /a name has at most 64 characters/);
  throws(() => peer.own({ y: 1 as never }), /it is no variable, list or action/);
  peer.own({ x: list([]) }); // of another kind
  peer.own({ ["n".repeat(64)]: variable(1) });
  throws(() => peer.own({ y: variable(1), z: variable(1) }), /Cannot own more than 3 groups/);
  peer.own({ y: variable(1) });
});
