import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import fc from "fast-check";
import { type List, list } from "../../socksync/list.ts";
import type { RemoteList } from "../../socksync/remote.ts";
import type { ListStep } from "../../socksync/source.ts";
import { flush, Link, makePeer, type Said } from "./_ends.ts";
import { after, type Expected, expected, type Place, sliceOf, whole } from "./_reference.ts";
import { attach, LateSource, ToldSource } from "./_sources.ts";

const MOST = 6;

/** Somebody who sees a page, and what the protocol says of them. */
class Reader {
  readonly link: Link;
  readonly failures: string[][];
  readonly clock = new FakeClock();
  mirror: RemoteList<number> | undefined;
  place: Place | undefined;
  #size: number | undefined;

  constructor(shared: Record<string, List<number>>, clock: FakeClock) {
    const owner = makePeer({ shared, clock }), reader = makePeer({ clock: this.clock });
    this.failures = [owner.failures, reader.failures];
    this.link = new Link(owner.peer, reader.peer);
  }

  /** What it was told since this was asked last. */
  told(): readonly Said[] {
    this.link.run();
    this.clock.turn(0);
    const told = this.link.fromA.take();
    for (const frame of this.link.fromB.take()) {
      ok(frame["func"] !== "error", `A reader complains: ${JSON.stringify(frame)}`);
    }
    for (const failures of this.failures) deepEqual(failures, []);
    return told;
  }

  /** Asks for a page; the first time, that is to subscribe. */
  get(page: number, size: number | undefined): Promise<unknown> {
    this.#size = size ?? this.#size;
    if (this.mirror !== undefined) {
      return this.mirror.get({ page, ...size !== undefined && { pageSize: size } });
    }
    this.mirror = this.link.b.list("x", { page, ...size !== undefined && { pageSize: size } }) as RemoteList<
      number
    >;
    return Promise.resolve();
  }

  wanted(page: number): Place {
    return { page, size: Math.min(this.#size ?? MOST, MOST) };
  }

  leave(): void {
    this.mirror?.[Symbol.dispose]();
    this.mirror = undefined;
    this.place = undefined;
    this.#size = undefined;
  }

  reconnect(): void {
    this.link.cut();
    this.link.again();
  }
}

const index = fc.nat(30), who = fc.nat(2);
const change = fc.oneof(
  fc.record({ do: fc.constant("insert" as const), index }),
  fc.record({ do: fc.constant("set" as const), index }),
  fc.record({ do: fc.constant("update" as const), index }),
  fc.record({ do: fc.constant("delete" as const), index }),
  fc.record({ do: fc.constant("append" as const) }),
  fc.record({ do: fc.constant("move" as const), index, to: index }),
  fc.record({ do: fc.constant("replace" as const), count: fc.nat(20) }),
);
const size = fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined });
const deed = fc.oneof(
  { weight: 6, arbitrary: change },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("get" as const), who, page: fc.nat(8), size }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reconnect" as const), who }) },
);
const late = fc.oneof(
  { weight: 2, arbitrary: deed },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("release" as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("turn" as const), ms: fc.constantFrom(1, 50, 100) }) },
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

let last = 1000;

/** Changes a list; gives the steps of that where they are told. */
function make(items: List<number>, count: number, change: Change): Promise<void> | undefined {
  const at = "index" in change ? change.index % Math.max(1, count) : 0, value = ++last;
  switch (change.do) {
    case "insert":
      return items.insert(change.index % (count + 1), value);
    case "append":
      return items.append(value);
    case "replace":
      return items.replace(Array.from({ length: change.count }, () => ++last));
  }
  if (count === 0) return undefined;
  if (change.do === "set") return items.set(at, value);
  if (change.do === "update") return items.update(at, (item) => item + 1_000_000).then(() => {});
  if (change.do === "delete") return items.delete(at);
  return items.move(at, change.to % count);
}

function stepsOf(
  before: readonly number[],
  change: Change,
  items: readonly number[],
): readonly ListStep<number>[] | undefined {
  const at = "index" in change ? change.index % Math.max(1, before.length) : 0;
  switch (change.do) {
    case "replace":
      return undefined;
    case "insert":
    case "append": {
      const index = change.do === "append" ? before.length : change.index % (before.length + 1);
      return [{ kind: "insert", index, value: items[index]! }];
    }
    case "set":
    case "update":
      return [{ kind: "set", index: at, value: items[at]! }];
    case "delete":
      return [{ kind: "delete", index: at }];
    case "move": {
      const to = change.to % before.length;
      return [{ kind: "delete", index: at }, { kind: "insert", index: to, value: before[at]! }];
    }
  }
}

Deno.test("lists: after every change every reader has its slice, and was told what the protocol says, in its order", async () => {
  const start = fc.array(fc.nat(99), { maxLength: 25, size: "max" });
  await fc.assert(
    fc.asyncProperty(start, fc.array(deed, { maxLength: 60, size: "max" }), async (initial, deeds) => {
      const shared = list<number>(initial, { maxPageSize: MOST }), clock = new FakeClock();
      attach(shared, clock);
      const readers = [0, 1, 2].map(() => new Reader({ x: shared }, clock));
      let items: readonly number[] = initial;
      for (const deed of deeds) {
        const reader = "who" in deed ? readers[deed.who]! : undefined;
        if (deed.do === "get") {
          const got = reader!.get(deed.page, deed.size);
          const { frames, place } = whole("x", items, reader!.wanted(deed.page));
          deepEqual(reader!.told(), frames);
          reader!.place = place;
          await got;
        } else if (deed.do === "leave") {
          reader!.leave();
          deepEqual(reader!.told(), []);
        } else if (deed.do === "reconnect") {
          reader!.reconnect();
          if (reader!.place !== undefined) {
            const { frames, place } = whole("x", items, reader!.wanted(reader!.place.page));
            deepEqual(reader!.told(), frames);
            reader!.place = place;
          } else deepEqual(reader!.told(), []);
        } else {
          const before = items;
          const done = make(shared, before.length, deed);
          if (done === undefined) continue;
          await done;
          items = await shared.slice(0, 1000);
          for (const reader of readers) {
            if (reader.place === undefined) continue;
            const { frames, place }: Expected = expected(
              "x",
              before,
              items,
              stepsOf(before, deed, items),
              reader.place,
            );
            deepEqual(reader.told(), frames);
            reader.place = place;
          }
        }
        for (const { mirror, place } of readers) {
          if (mirror === undefined || place === undefined) continue;
          deepEqual(mirror.value, sliceOf(items, place));
          deepEqual([mirror.page, mirror.pageSize, mirror.count, mirror.status], [
            place.page,
            place.size,
            items.length,
            "fresh",
          ]);
        }
      }
      for (const { link } of readers) link.a.close(), link.b.close();
      equal(clock.waiting, 0);
    }),
    { numRuns: 400 },
  );
});

Deno.test("lists: a change of many steps comes as them or as the page, whichever is shorter", async () => {
  const step = fc.record({ kind: fc.constantFrom("insert", "set", "delete"), index: fc.nat(70) });
  const long = fc.constantFrom(1, 30);
  const changes = fc.array(fc.tuple(fc.array(step, { minLength: 0, maxLength: 5, size: "max" }), long), {
    maxLength: 12,
    size: "max",
  });
  const places = fc.array(fc.record({ page: fc.nat(3), size: fc.integer({ min: 1, max: 20 }) }), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(60), places, changes, async (count, places, changes) => {
      let next = 0;
      const source = new ToldSource<string>(
        Array.from({ length: count }, () => `${++next}`.padStart(30, "0")),
      );
      const shared = list(source, { maxPageSize: 20 }), clock = new FakeClock();
      attach(shared, clock);
      const readers = places.map(({ page, size }) => {
        const reader = new Reader({ x: shared as never }, clock);
        void reader.get(page, size);
        const { frames, place } = whole("x", source.items, { page, size });
        deepEqual(reader.told(), frames);
        reader.place = place;
        return reader;
      });
      for (const [wanted, length] of changes) {
        const before = source.items, steps: ListStep<string>[] = [];
        let now = before;
        for (const { kind, index } of wanted) {
          const value = `${++next}`.padStart(length, "0");
          if (kind !== "insert" && now.length === 0) continue;
          const made = kind === "insert"
            ? { kind: "insert" as const, index: index % (now.length + 1), value }
            : kind === "set"
            ? { kind: "set" as const, index: index % now.length, value }
            : { kind: "delete" as const, index: index % now.length };
          steps.push(made);
          now = after(now, made);
        }
        source.tell(source.change(steps));
        for (const reader of readers) {
          const { frames, place } = expected<string>("x", before, source.items, steps, reader.place!);
          deepEqual(reader.told(), frames);
          reader.place = place;
          deepEqual(reader.mirror!.value as readonly unknown[], sliceOf(source.items, place));
        }
      }
      for (const { link } of readers) link.a.close(), link.b.close();
      await flush();
      equal(source.watches, 0);
      equal(clock.waiting, 0);
    }),
    { numRuns: 400 },
  );
});

Deno.test("lists: with a source that answers late and in any order, nothing is ever wrong, and all is right in the end", async () => {
  const start = fc.array(fc.nat(99), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      start,
      fc.array(late, { maxLength: 120, size: "max" }),
      fc.boolean(),
      async (initial, deeds, isEarly) => {
        const source = new LateSource<number>(initial), clock = new FakeClock();
        source.isEarly = isEarly;
        const shared = list<number>(source, { maxPageSize: MOST });
        attach(shared, clock);
        const readers = [0, 1, 2].map(() => new Reader({ x: shared }, clock)), done: Promise<unknown>[] = [];
        const gone = (promise: Promise<unknown>) =>
          void done.push(promise.catch((error) => ok(error.reason === "disconnected", error)));
        const settle = async () => {
          await flush();
          for (const reader of readers) {
            await reader.link.settle();
            reader.told();
            const { mirror } = reader;
            if (mirror === undefined || mirror.status === "loading") continue;
            ok(mirror.value.length <= mirror.pageSize);
            const seen = { page: mirror.page, size: mirror.pageSize }, value = JSON.stringify(mirror.value);
            ok(
              source.history.some((items) =>
                items.length === mirror.count && JSON.stringify(sliceOf(items, seen)) === value
              ),
              `${value} of ${mirror.count} is no page of the list at any time`,
            );
          }
        };
        for (const deed of deeds) {
          const reader = "who" in deed ? readers[deed.who]! : undefined;
          if (deed.do === "get") gone(reader!.get(deed.page, deed.size));
          else if (deed.do === "leave") reader!.leave();
          else if (deed.do === "reconnect") reader!.reconnect();
          else if (deed.do === "release") source.release(deed.which);
          else if (deed.do === "turn") clock.turn(deed.ms);
          else {
            const made = make(shared, source.items.length, deed);
            if (made !== undefined) done.push(made);
          }
          await settle();
        }
        // Every change has been told by then: nothing has to be waited for.
        while (source.waiting > 0) {
          source.release(0);
          await settle();
        }
        await Promise.all(done);
        for (const { mirror } of readers) {
          if (mirror === undefined) continue;
          equal(mirror.status, "fresh");
          const place = { page: mirror.page, size: mirror.pageSize };
          deepEqual(mirror.value, sliceOf(source.items, place));
          equal(mirror.count, source.items.length);
        }
        for (const { link } of readers) link.a.close(), link.b.close();
        equal(clock.waiting, 0);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("lists: changes that nobody waits for come in the order in which they were made", async () => {
  const shared = list<string>([]), { peer } = makePeer();
  peer.own({ x: shared });
  const done = [
    shared.append("a"),
    shared.insert(0, "b"),
    shared.update(0, (item) => `${item}!`),
    shared.move(0, 1),
    shared.replace(["c", "d"]),
    shared.set(1, "e"),
    shared.delete(0),
  ];
  await Promise.all(done);
  deepEqual(await shared.slice(0, 9), ["e"]);
});
