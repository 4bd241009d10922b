import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { FakeClock } from "@argyle/argyle/testing";
import { attachList, list, listFeed } from "../../socksync/list.ts";
import type { ListChange } from "../../socksync/source.ts";
import { alone, flush, type Said } from "./_ends.ts";
import { ToldSource } from "./_sources.ts";

/** A list of twelve, seen by a reader who sees its first three. */
function scene() {
  const source = new ToldSource(Array.from({ length: 12 }, (_, i) => `${i}`));
  const shared = list(source, { maxPageSize: 3 });
  const raw = alone({ shared: { x: shared } });
  raw.say({ func: "subscribe", type: "list", name: "x" });
  raw.say({ func: "get", type: "list", name: "x" });
  raw.pipe.take();
  return { source, shared, raw, feed: listFeed(shared), clock: clockOf(shared) };
}

/** The clock of a list that is part of an app. */
function clockOf(shared: ReturnType<typeof list<string>>): FakeClock {
  const { clock } = alone();
  const means = {
    clock,
    changed() {},
    looked() {},
    failed: (what: string) => {
      throw new Error(what);
    },
  };
  attachList(shared, "$sync/x", means, { changed() {} });
  return clock;
}

function short(frames: readonly Said[]): string {
  return frames.map(({ func, total_item_count, items, index, value }) =>
    [
      func,
      ...[total_item_count, items, index, value].filter((said) => said !== undefined).map((said) =>
        JSON.stringify(said)
      ),
    ]
      .join(" ")
  ).join("; ");
}

const inserted = (n: number) => `set_count ${12 + n}; delete 2; insert 0 "n${n}"`;
const insert = (source: ToldSource<string>, n: number): ListChange<string> => source.insert(0, `n${n}`);

Deno.test("versions: a change that is told twice is shown once", () => {
  const { source, raw } = scene(), change = insert(source, 1);
  source.tell(change);
  source.tell(change);
  source.tell({ ...change });
  equal(short(raw.pipe.take()), inserted(1));
});

Deno.test("versions: changes that are told in another order are shown in theirs", () => {
  const { source, raw, clock } = scene(), changes = [1, 2, 3, 4].map((n) => insert(source, n));
  for (const i of [3, 1, 2]) source.tell(changes[i]!);
  equal(raw.pipe.take().length, 0);
  clock.turn(99);
  source.tell(changes[0]!);
  // The items that were read are those of the end; each step is told with its own.
  equal(short(raw.pipe.take()), [1, 2, 3, 4].map(inserted).join("; "));
  equal(clock.waiting, 0);
});

Deno.test("versions: a change that is missing is waited for, 100 ms; then the page comes as a whole, once", () => {
  const { source, raw, clock } = scene();
  insert(source, 1); // nobody tells
  source.tell(insert(source, 2));
  clock.turn(60);
  source.tell(insert(source, 3));
  clock.turn(39);
  equal(raw.pipe.take().length, 0);
  clock.turn(1);
  equal(short(raw.pipe.take()), 'set_all 15 ["n3","n2","n1"]');
  source.tell(insert(source, 4));
  equal(short(raw.pipe.take()), inserted(4));
  equal(clock.waiting, 0);
});

Deno.test("versions: a missing change is not waited for longer because others come all the time", () => {
  const { source, raw, clock } = scene();
  insert(source, 1);
  for (let n = 2; n < 10; n++) {
    source.tell(insert(source, n));
    clock.turn(20);
  }
  const taken = raw.pipe.take();
  equal(taken[0]!["func"], "set_all");
  equal(taken[0]!["total_item_count"], 18, "100 ms after the first that had come");
  deepEqual(taken.slice(1).map(({ func }) => func), Array(3).fill(["set_count", "delete", "insert"]).flat());
});

Deno.test("versions: a change that comes after it was given up is not shown again", () => {
  const { source, raw, clock } = scene(), missing = insert(source, 1);
  source.tell(insert(source, 2));
  clock.turn(100);
  raw.pipe.take();
  source.tell(missing);
  equal(raw.pipe.take().length, 0);
});

Deno.test("versions: two gaps one after the other are waited for each", () => {
  const { source, raw, clock } = scene(), changes = [1, 2, 3, 4].map((n) => insert(source, n));
  source.tell(changes[1]!);
  source.tell(changes[3]!);
  clock.turn(80);
  source.tell(changes[0]!);
  equal(short(raw.pipe.take()), [1, 2].map(inserted).join("; "));
  clock.turn(80);
  equal(raw.pipe.take().length, 0, "the second gap has its own 100 ms");
  source.tell(changes[2]!);
  equal(short(raw.pipe.take()), [3, 4].map(inserted).join("; "));
});

Deno.test("versions: a change far ahead, and one without steps, show the page as a whole", () => {
  const { source, raw, clock } = scene();
  for (let n = 0; n < 500; n++) insert(source, n);
  source.tell(insert(source, 500));
  clock.turn(100);
  equal(short(raw.pipe.take()), 'set_all 513 ["n500","n499","n498"]');
  for (let n = 0; n < 5; n++) insert(source, n);
  source.tell({ version: source.version, count: source.items.length });
  equal(short(raw.pipe.take()), 'set_all 518 ["n4","n3","n2"]', "at once: nothing is waited for");
  equal(clock.waiting, 0);
});

Deno.test("versions: no more than a thousand changes wait", () => {
  const { source, raw, clock } = scene();
  insert(source, 1);
  for (let n = 0; n < 1000; n++) source.tell(insert(source, n));
  equal(raw.pipe.take().length, 0);
  source.tell(insert(source, 1000));
  equal(short(raw.pipe.take()), 'set_all 1014 ["n1000","n999","n998"]');
  equal(clock.waiting, 0);
});

Deno.test("versions: where something may have been missed, it is looked up, and shown after a hold", () => {
  const { source, raw, feed, clock } = scene();
  feed.doubt();
  equal(clock.waiting, 0, "nothing was missed");
  insert(source, 1);
  insert(source, 2);
  feed.doubt();
  clock.turn(99);
  equal(raw.pipe.take().length, 0);
  clock.turn(1);
  equal(short(raw.pipe.take()), 'set_all 14 ["n2","n1","0"]');
});

Deno.test("versions: what was doubted and comes by itself is shown as it is", () => {
  const { source, raw, feed, clock } = scene(), change = insert(source, 1);
  feed.doubt();
  clock.turn(50);
  source.tell(change);
  clock.turn(100);
  equal(short(raw.pipe.take()), inserted(1));
});

Deno.test("versions: whoever has all left is forgotten, with what waited for them", async () => {
  const { source, raw, clock } = scene();
  insert(source, 1);
  source.tell(insert(source, 2));
  raw.say({ func: "unsubscribe_all" });
  await flush();
  deepEqual([clock.waiting, source.watches], [0, 0]);
  clock.turn(1000);
  insert(source, 3);
  raw.say({ func: "subscribe", type: "list", name: "x" });
  equal(short(raw.say({ func: "get", type: "list", name: "x" })), 'set_all 15 ["n3","n2","n1"]');
  equal(source.watches, 1);
  source.tell(insert(source, 4));
  equal(short(raw.pipe.take().slice(1)), inserted(4));
  equal(clock.waiting, 0);
});

Deno.test("versions: a list that a page looks at is watched on, whoever leaves", async () => {
  const { source, raw, shared, clock } = scene();
  let changes = 0;
  const means = {
    clock,
    changed: () => void changes++,
    looked() {},
    failed: (what: string) => {
      throw new Error(what);
    },
  };
  attachList(shared, "$sync/x", means, { changed() {} });
  equal(shared.allows({ user: undefined, get: () => undefined as never }), true);
  raw.say({ func: "unsubscribe_all" });
  await flush();
  equal(source.watches, 1);
  const change = insert(source, 1);
  source.tell(change);
  source.tell(change);
  insert(source, 2);
  source.tell(insert(source, 3));
  equal(changes, 2, "each is told once; nothing waits where nobody sees a page");
  equal(clock.waiting, 0);
  raw.say({ func: "subscribe", type: "list", name: "x" });
  raw.say({ func: "get", type: "list", name: "x" });
  source.tell(insert(source, 4));
  equal(short(raw.pipe.take().slice(1)), inserted(4));
  await listFeed(shared).close();
  equal(source.watches, 0);
});
