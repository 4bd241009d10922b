import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import { attachList, type List, list, listFeed } from "../../socksync/list.ts";
import { alone, flush, nobody } from "./_ends.ts";
import { LateSource } from "./_sources.ts";

/** A list whose source answers when the test says so. */
function scene() {
  const source = new LateSource<number>([1, 2, 3, 4]), shared = list<number>(source, { maxPageSize: 2 });
  const clock = new FakeClock(), failures: string[] = [];
  const failed = (what: string, error: unknown) => void failures.push(`${what}: ${error}`);
  attachList(shared as List<number>, "$sync/x", { clock, changed() {}, looked() {}, failed }, {
    changed() {},
  });
  const see = () => {
    const raw = alone({ shared: { x: shared } });
    raw.say({ func: "subscribe", type: "list", name: "x" });
    raw.say({ func: "get", type: "list", name: "x" });
    return raw;
  };
  /** Gives all answers, in the order of their questions. */
  const settle = async () => {
    await flush();
    while (source.waiting > 0) {
      source.release(0);
      await flush();
    }
  };
  return { source, shared, clock, failures, see, settle };
}

const ask = { func: "get", type: "list", name: "x" };

Deno.test("turns: whoever asks for a page gets it, though the list changes faster than it can be read", async () => {
  const { source, shared, see, settle } = scene(), first = see();
  await settle();
  first.say({ ...ask, page: 1 }); // whatever comes in before that page, has it read
  await settle();
  const done = [shared.insert(0, 9)];
  await flush();
  source.release(0); // it is told of, and what comes into the page is being read
  await flush();
  const second = see();
  // Before each answer there is another change: something is always waiting to be told.
  let turns = 0;
  for (; second.pipe.texts.length === 0 && turns < 50; turns++) {
    done.push(shared.insert(0, turns));
    await flush();
    source.release(source.waiting - 1); // it is told of
    await flush();
    source.release(0); // and what was read before is there
    await flush();
  }
  ok(turns < 10, `${turns} turns`);
  await settle();
  await Promise.all(done);
  equal(first.pipe.frames.at(-1)!["value"], source.items[2]);
});

Deno.test("turns: changes are told, though pages are asked for all the time", async () => {
  const { source, shared, see, settle } = scene(), reader = see(), other = see();
  await settle();
  reader.pipe.take();
  const done = shared.insert(0, 9);
  other.say(ask);
  source.release(0);
  await flush();
  let turns = 0;
  for (; reader.pipe.texts.length === 0 && turns < 50; turns++) {
    other.say({ ...ask, page: turns % 2 });
    await flush();
    source.release(0);
    await flush();
  }
  ok(turns < 10, `${turns} turns`);
  await settle();
  await done;
});

Deno.test("turns: many questions of one reader are read one at a time, and the same one once", async () => {
  const { source, see, settle } = scene(), raw = see();
  await flush();
  equal(source.waiting, 1);
  for (let n = 0; n < 100; n++) raw.say({ ...ask, page: n < 50 ? 0 : 1 });
  raw.pipe.take();
  equal(source.waiting, 1);
  source.release(0);
  await flush();
  equal(raw.pipe.take().length, 51, "the fifty were the same as the first");
  equal(source.waiting, 1, "one page is read, not a hundred");
  await settle();
  deepEqual(
    raw.pipe.take().map(({ page, items }) => [page, items]),
    Array.from({ length: 50 }, () => [1, [3, 4]]),
  );
});

Deno.test("turns: many pages that are to be shown anew are read some at a time", async () => {
  const { source, shared, settle } = scene();
  const replaced = shared.replace(Array.from({ length: 500 }, (_, i) => i));
  await settle();
  await replaced;
  const raws = Array.from({ length: 200 }, (_, page) => {
    const raw = alone({ shared: { x: shared } });
    raw.say({ func: "subscribe", type: "list", name: "x" });
    raw.say({ ...ask, page });
    return raw;
  });
  let most = 0;
  for (await flush(); source.waiting > 0; await flush()) {
    most = Math.max(most, source.waiting);
    source.release(0);
  }
  equal(most, 64);
  for (const [page, raw] of raws.entries()) deepEqual(raw.pipe.frames[0]!["items"], [2 * page, 2 * page + 1]);
});

Deno.test("turns: what ends after all have left is not what the next one begins with", async () => {
  const { source, shared, clock, see, settle } = scene(), first = see();
  await settle();
  const deleted = shared.delete(0);
  source.release(0); // it is told, and what moves up is being read
  await flush();
  equal(source.waiting, 1);
  first.say({ func: "unsubscribe_all" });
  await settle();
  await deleted;
  for (let n = 0; n < 3; n++) {
    const done = shared.insert(0, n);
    await settle();
    await done;
  }
  const second = see();
  await settle();
  second.pipe.take();
  const done = shared.insert(0, 9);
  await settle();
  await done;
  deepEqual(
    second.pipe.take().map(({ func }) => func),
    ["set_count", "delete", "insert"],
    "without waiting for any other",
  );
  equal(clock.waiting, 0);
});

Deno.test("turns: a page that begins to look does not make a reader miss what was before", async () => {
  const { source, shared, see, settle, clock } = scene(), raw = see();
  await flush(); // its page is being read, as it is now
  const change = shared.insert(0, 9);
  shared.allows(nobody); // and somebody looks, at the list as it is by now
  await flush();
  source.release(source.waiting - 1);
  await flush();
  source.release(0);
  await settle();
  await change;
  clock.turn(100);
  await settle();
  const mirror: unknown[] = [];
  for (const { func, items, index, value } of raw.pipe.frames) {
    if (func === "set_all") mirror.splice(0, Infinity, ...items as unknown[]);
    if (func === "delete") mirror.splice(Number(index), 1);
    if (func === "insert") mirror.splice(Number(index), 0, value);
  }
  deepEqual(mirror, source.items.slice(0, 2));
  await listFeed(shared).close();
});

Deno.test("turns: each question about a page has its answer, in their order, however slow the source", async () => {
  const source = new LateSource<number>([1, 2, 3, 4, 5]), shared = list<number>(source, { maxPageSize: 2 });
  const { say, pipe } = alone({ shared: { x: shared } });
  say({ func: "subscribe", type: "list", name: "x" });
  for (const page of [2, 0, 1, 1]) say({ func: "get", type: "list", name: "x", page });
  const pages: unknown[] = [];
  while (source.waiting > 0) {
    source.release(0);
    await flush();
    pages.push(...pipe.take().map(({ page, items }) => [page, items]));
  }
  deepEqual(pages, [[2, [5]], [0, [1, 2]], [1, [3, 4]], [1, [3, 4]]]);
});

Deno.test("turns: only so many questions of one reader wait; one more is told so, and the others are answered", async () => {
  const { source, see, settle } = scene(), raw = see();
  await flush();
  for (let n = 0; n < 256; n++) raw.say({ ...ask, page: n % 2 });
  raw.pipe.take();
  raw.say({ ...ask, page: 1 });
  deepEqual(raw.pipe.take(), [{
    func: "error",
    error_code: 8,
    message: "At most 256 questions about a list wait.",
    type: "list",
    name: "x",
  }]);
  equal(source.waiting, 1);
  await settle();
  equal(raw.pipe.take().length, 257);
  raw.say({ ...ask, page: 1 });
  await settle();
  deepEqual(raw.pipe.take().map(({ items }) => items), [[3, 4]]);
});
