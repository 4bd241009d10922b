import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { SyncError } from "../../socksync/sync_error.ts";
import { alone, flush, type Said } from "./_ends.ts";

/** A reader of a list of numbers, at a server that may do as it likes. */
function reader(options: { page?: number; pageSize?: number; schema?: z.ZodType<unknown> } = {}) {
  const raw = alone(), mirror = raw.peer.list("x", options as { page?: number; pageSize?: number });
  raw.pipe.take();
  const say = (func: string, fields: Said = {}) => raw.say({ func, type: "list", name: "x", ...fields });
  const page = (items: unknown[], fields: Said = {}) =>
    say("set_all", { page: 0, page_size: 5, total_item_count: items.length, items, ...fields });
  /** Questions that were asked since this was called last. */
  const asked = () => raw.pipe.take().filter(({ func }) => func === "get").length;
  return { ...raw, mirror, say, page, asked };
}

const codes = (answers: readonly Said[]) =>
  answers.filter(({ func }) => func === "error").map(({ error_code }) => error_code).join();

Deno.test("faults: a delete that was sent once for each of many takes away too much, and the page is asked for again", () => {
  const { mirror, say, page, asked, clock } = reader();
  page([0, 1, 2, 3, 4], { total_item_count: 9 });
  say("set_count", { total_item_count: 8 });
  for (let other = 0; other < 5; other++) say("delete", { index: 0 });
  say("insert", { index: 0, value: 5 });
  equal(asked(), 0);
  clock.turn(250);
  equal(asked(), 1);
  page([1, 2, 3, 4, 5], { total_item_count: 8 });
  clock.turn(100_000);
  equal(asked(), 0);
  deepEqual([mirror.value, mirror.status], [[1, 2, 3, 4, 5], "fresh"]);
});

Deno.test("faults: a delete of a row that is not here is error 5, and the page is asked for again", () => {
  const { mirror, say, page, asked, clock } = reader();
  page([0, 1, 2, 3]);
  say("set_count", { total_item_count: 5 });
  equal(codes(say("delete", { index: 4 })), "5"); // it thinks that the page was full
  say("insert", { index: 0, value: -1 });
  deepEqual(mirror.value, [-1, 0, 1, 2, 3]);
  clock.turn(250);
  equal(asked(), 1);
  page([-1, 0, 1, 2, 3]);
  clock.turn(100_000);
  equal(asked(), 0);
});

Deno.test("faults: what is pushed before the first page, or to somebody who has none, changes nothing", () => {
  const { mirror, say, page, asked, clock } = reader();
  say("set_count", { total_item_count: 3 });
  for (const func of ["insert", "add", "set", "delete"]) equal(codes(say(func, { index: 0, value: 1 })), "");
  deepEqual([mirror.value, mirror.count, mirror.status], [[], 0, "loading"]);
  clock.turn(100_000);
  equal(asked(), 0);
  page([1, 2]);
  deepEqual(mirror.value, [1, 2]);
});

Deno.test("faults: a page beyond the end that is named as it was asked for is the last, and is asked for by its name", async () => {
  const { mirror, page, asked, clock, pipe } = reader({ page: 99, pageSize: 2 });
  const got = mirror.get({ page: 99 });
  page([4], { page: 99, page_size: 2, total_item_count: 5 });
  deepEqual([await got, mirror.page, mirror.pages], [[4], 2, 3]);
  equal(asked(), 0);
  clock.turn(250);
  equal(pipe.take().find(({ func }) => func === "get")!["page"], 2);
  page([4], { page: 2, page_size: 2, total_item_count: 5 });
  clock.turn(100_000);
  equal(asked(), 0);
});

Deno.test("faults: a server that is wrong for ever is not asked for ever", () => {
  const { say, page, asked, clock } = reader();
  const wrong = () => page([1, 2], { total_item_count: 50 });
  wrong();
  let questions = 0;
  for (let second = 0; second < 3600; second++) {
    clock.turn(1000);
    const now = asked();
    questions += now;
    if (now > 0) wrong();
  }
  equal(questions, 5);
  equal(clock.waiting, 0);
  // As long as it says something new, it is asked now and then: at most each half minute.
  questions = 0;
  for (let second = 0; second < 3600; second++) {
    say("set_count", { total_item_count: 50 + second });
    clock.turn(1000);
    const now = asked();
    questions += now;
    if (now > 0) wrong();
  }
  ok(questions > 50 && questions <= 3600 / 30, `${questions} questions in an hour`);
  // And once it is right, all is.
  page([1, 2, 3], { total_item_count: 3 });
  clock.turn(100_000);
  equal(asked(), 0);
});

Deno.test("faults: a page is looked at now and then, however often it changes", () => {
  const { say, page, asked, clock } = reader();
  page([0, 1, 2, 3, 4], { total_item_count: 5 });
  say("delete", { index: 0 });
  let questions = 0;
  for (let n = 0; n < 100; n++) {
    say("set", { index: 0, value: n });
    clock.turn(20);
    questions += asked();
  }
  ok(questions >= 1 && questions <= 5, `${questions} questions in two seconds`);
});

Deno.test("faults: indexes below nothing and between rows harm nobody", () => {
  const { mirror, say, page, asked, clock } = reader();
  page([0, 1, 2]);
  for (const func of ["insert", "set", "delete"]) {
    equal(codes(say(func, { index: -1, value: 9 })), "5");
    equal(codes(say(func, { index: 0.5, value: 9 })), "8");
    equal(codes(say(func, { index: 1e300, value: 9 })), "5");
    equal(codes(say(func, { index: "-1", value: 9 })), "8");
  }
  deepEqual(mirror.value, [0, 1, 2]);
  clock.turn(250);
  equal(asked(), 1, "and the page is asked for once for all of them");
});

Deno.test("faults: more than a page is never held", () => {
  const { mirror, say, page } = reader();
  page([0, 1, 2, 3, 4], { total_item_count: 5 });
  for (let n = 0; n < 100; n++) say("insert", { index: 0, value: n });
  equal(mirror.value.length, 5);
  equal(codes(page([0, 1, 2, 3, 4, 5])), "8");
});

Deno.test("faults: a page is not larger than it was asked for, whatever its owner says of it", async () => {
  const { mirror, say, page, peer, pipe } = reader({ pageSize: 5 });
  const tooLarge = (size: number) => codes(page([0], { page_size: size, total_item_count: 1e6 }));
  equal(tooLarge(6), "8");
  deepEqual([mirror.value, mirror.status], [[], "loading"]);
  page([0]);
  equal(tooLarge(1e12), "8");
  for (let n = 0; n < 100; n++) say("insert", { index: 0, value: n });
  equal(mirror.value.length, 5);
  // The answer to what was asked before may still come.
  const got = mirror.get({ pageSize: 2 });
  page([0, 1, 2]);
  page([0, 1], { page_size: 2 });
  deepEqual([await got, mirror.pageSize], [[0, 1], 2]);
  // On another line it was never asked.
  peer.lost();
  peer.open(pipe);
  equal(tooLarge(3), "8");
  page([0, 1], { page_size: 2 });
  const more = mirror.get({ pageSize: 9 });
  page([0, 1], { page_size: 9 });
  await more;
  equal(mirror.pageSize, 9);
});

Deno.test("faults: errors that name nothing end nothing; what was asked for ends at its deadline", async () => {
  const { mirror, say, page, peer, clock } = reader(), value = peer.variable("v"), f = peer.function("f");
  page([1]);
  const asked = [mirror.get(), value.get(), f.call({})].map((promise) =>
    promise.then(() => undefined, (error) => error as SyncError)
  );
  for (
    const error of [{}, { error_code: 1 }, { error_code: 8, message: "list index out of range" }, {
      message: {},
    }]
  ) {
    equal(say("error", { ...error, type: undefined, name: undefined }).length, 0);
  }
  clock.turn(29_999);
  equal(mirror.status, "fresh");
  clock.turn(1);
  for (const error of await Promise.all(asked)) equal(error?.reason, "timeout");
  equal(clock.waiting, 0);
});

Deno.test("faults: a server that says that a group is not there is believed, until it says otherwise", async () => {
  const { mirror, page, peer, say } = reader(), value = peer.variable("v");
  const got = mirror.get();
  say("error", { error_code: 3, message: "x is not registered." });
  await rejects(got, /x is not registered/);
  deepEqual([mirror.status, mirror.error?.code], ["refused", 3]);
  page([1]);
  deepEqual([mirror.status, mirror.error, mirror.value], ["fresh", undefined, [1]]);
  say("error", { error_code: 1, message: "Subscription required." });
  equal(mirror.status, "fresh", "what is here is not wrong because of an error about something else");
  equal(value.status, "loading");
});

Deno.test("faults: what a schema refuses is not taken over, and is right again once the server is", () => {
  const { mirror, say, page, asked, clock } = reader({ schema: z.number() });
  equal(codes(page([1, "two"])), "8");
  deepEqual([mirror.status, mirror.value], ["refused", []]);
  equal(codes(say("delete", { index: 1 })), "");
  clock.turn(250);
  equal(asked(), 1, "it has changed: it may be right by now");
  page([1]);
  deepEqual([mirror.status, mirror.value], ["fresh", [1]]);
  say("set_count", { total_item_count: 2 });
  equal(codes(say("insert", { index: 0, value: "zero" })), "8");
  deepEqual([mirror.status, mirror.value], ["refused", [1]]);
  clock.turn(250);
  equal(asked(), 1);
  equal(codes(page(["zero", 1])), "8");
  say("set", { index: 0, value: 0 });
  clock.turn(1000);
  equal(asked(), 1);
  page([0, 1]);
  deepEqual([mirror.status, mirror.value, mirror.error], ["fresh", [0, 1], undefined]);
});

Deno.test("faults: one who asks for another page is not answered by news of the page that is here", async () => {
  const { mirror, page } = reader({ pageSize: 2 });
  page([0, 1], { page_size: 2, total_item_count: 9 });
  let isAnswered = false;
  const got = mirror.get({ page: 2 }).then((items) => (isAnswered = true, items));
  page([1, 2], { page_size: 2, total_item_count: 8 });
  await undefined;
  await undefined;
  equal(isAnswered, false);
  page([5, 6], { page: 2, page_size: 2, total_item_count: 8 });
  deepEqual([await got, mirror.page], [[5, 6], 2]);
});

Deno.test("faults: the page that a list begins with is no answer to who has asked for another before it came", async () => {
  const { mirror, page } = reader({ pageSize: 2 });
  const answers: unknown[] = [];
  for (const wanted of [1, 2]) void mirror.get({ page: wanted }).then((items) => answers.push(items));
  const pages = [[0, 1], [2, 3], [4]];
  for (const [number, items] of pages.entries()) {
    equal(answers.length, 0, `page ${number}`);
    page(items, { page: number, page_size: 2, total_item_count: 5 });
    for (let turns = 0; turns < 5; turns++) await undefined;
  }
  // Whoever was overtaken has what is here then.
  deepEqual([answers, mirror.page], [[[4], [4]], 2]);
});

Deno.test("faults: one who asks for smaller pages is not answered by news of the larger one that is here", async () => {
  const { mirror, page } = reader({ pageSize: 3 });
  page([1, 2, 3], { page_size: 3, total_item_count: 9 });
  const got = mirror.get({ pageSize: 2 }).then((items) => [...items]);
  page([0, 1, 2], { page_size: 3, total_item_count: 10 });
  deepEqual(mirror.value, [0, 1, 2]);
  await flush();
  page([0, 1], { page_size: 2, total_item_count: 10 });
  deepEqual([await got, mirror.pageSize, mirror.pages], [[0, 1], 2, 5]);
});

Deno.test("faults: one who asks for a page is answered by another, where a server gives that", async () => {
  const { mirror, page } = reader({ pageSize: 2 });
  page([0, 1], { page_size: 2, total_item_count: 9 });
  const got = mirror.get({ page: 4 });
  page([2, 3], { page: 1, page_size: 2, total_item_count: 9 });
  deepEqual([await got, mirror.page], [[2, 3], 1]);
});

Deno.test("faults: what is disposed of, and what is asked of a peer that was closed, is not waited for", async () => {
  const { mirror, peer, clock, pipe } = reader(), value = peer.variable("v");
  const waiting = [mirror.get(), value.get()];
  mirror[Symbol.dispose]();
  await rejects(waiting[0]!, SyncError);
  await rejects(mirror.get(), SyncError);
  ok(peer.list("x") !== mirror);
  peer.close();
  await rejects(waiting[1]!, SyncError);
  pipe.take();
  for (const get of [value.get(), peer.variable("w").get(), peer.list("y").get()]) {
    await rejects(get, /closed/);
  }
  equal(pipe.texts.length, 0);
  equal(clock.waiting, 0);
});

Deno.test("faults: a page or a size that is none is refused here", async () => {
  const { mirror, peer } = reader();
  for (const page of [-1, 0.5, NaN, Infinity]) {
    await rejects(mirror.get({ page }), RangeError);
    await rejects(mirror.get({ pageSize: page }), RangeError);
    for (const options of [{ page }, { pageSize: page }]) {
      let error: unknown;
      try {
        peer.list("other", options);
      } catch (thrown) {
        error = thrown;
      }
      ok(error instanceof RangeError);
    }
  }
});

Deno.test("faults: whatever the server of the original does, all is right once it has answered properly", async () => {
  const index = fc.oneof(
    fc.integer({ min: -2, max: 8 }),
    fc.constantFrom<unknown>(0.5, "1", "x", null, 1e300),
  );
  const value = fc.oneof(fc.nat(9), fc.constant("text"), fc.constant(null));
  const count = fc.oneof(fc.nat(12), fc.constantFrom<unknown>(-1, "3", 1.5));
  const frame: fc.Arbitrary<Said> = fc.oneof(
    fc.record({ func: fc.constantFrom("insert", "add", "set"), index, value }, { requiredKeys: ["func"] }),
    fc.record({ func: fc.constant("delete"), index }, { requiredKeys: ["func"] }),
    fc.record({ func: fc.constant("set_count"), total_item_count: count }, { requiredKeys: ["func"] }),
    fc.record({
      func: fc.constant("set_all"),
      page: fc.constantFrom<unknown>(0, 1, 99, -1, "0"),
      page_size: fc.constantFrom<unknown>(3, 0, 5, "2"),
      total_item_count: count,
      items: fc.array(value, { maxLength: 4 }),
    }, { requiredKeys: ["func"] }),
    fc.record({ func: fc.constant("error"), error_code: fc.nat(8) }),
    fc.constant({ func: "turn" }),
  );
  await fc.assert(
    fc.property(fc.array(frame, { maxLength: 60, size: "max" }), (frames) => {
      const { mirror, say, page, asked, clock, failures } = reader({ pageSize: 3 });
      let questions = 0;
      for (const { func, ...fields } of frames) {
        if (func === "turn") clock.turn(250);
        else say(String(func), fields);
        ok(mirror.value.length <= Math.max(mirror.pageSize, 3));
        questions += asked();
      }
      ok(questions <= frames.filter(({ func }) => func === "turn").length);
      page([7, 8], { page_size: 3 });
      for (let later = 0; later < 20; later++) {
        clock.turn(100_000);
        if (asked() > 0) page([7, 8], { page_size: 3 });
      }
      deepEqual([mirror.value, mirror.count, mirror.status, mirror.page], [[7, 8], 2, "fresh", 0]);
      equal(asked(), 0);
      equal(clock.waiting, 0);
      deepEqual(failures, []);
    }),
    { numRuns: 500 },
  );
});
