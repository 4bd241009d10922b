/** Commits to Deno KV that are made together: each must be as if it were alone. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Check, kv, openKv, type Store, type Write } from "@argyle/argyle/kv";
import { impatient, locked, replaced, withCommits } from "../../helpers/flaky_kv.ts";

const later = Date.now() + 3_600_000;

function put(key: string, value: string): Write {
  return { key, value, expiresAt: later };
}

/** Counts the atomic operations that reach KV. */
function counting(db: Deno.Kv): { db: Deno.Kv; commits(): number } {
  let count = 0;
  return { db: withCommits(db, () => void count++), commits: () => count };
}

Deno.test("groups: what comes while a commit is under way is one commit after it", async () => {
  using db = await openKv(":memory:");
  const counted = counting(db), { store } = kv(counted.db);
  const versions = await Promise.all(
    Array.from(
      { length: 50 },
      (_, i) => store.commit([{ key: `i${i}`, version: null }], [put(`v${i}`, "1")]),
    ),
  );
  assert.equal(counted.commits(), 2);
  assert.equal(new Set(versions).size, 2);
  for (let i = 0; i < 50; i++) {
    assert.deepEqual(await store.get([`v${i}`]), [{ value: "1", version: versions[i]! }]);
  }
});

Deno.test("groups: a commit alone is on its way before its caller goes on", async () => {
  using db = await openKv(":memory:");
  const counted = counting(db), { store } = kv(counted.db);
  const commit = store.commit([], [put("a", "1")]);
  assert.equal(counted.commits(), 1);
  await commit;
});

Deno.test("groups: of fifty together, the one whose check does not hold is refused, and no other", async () => {
  using db = await openKv(":memory:");
  const counted = counting(db), { store } = kv(counted.db);
  await store.commit([], [put("v25", "old")]);
  const first = store.commit([], [put("first", "1")]);
  const versions = await Promise.all(
    Array.from(
      { length: 50 },
      (_, i) => store.commit([{ key: `v${i}`, version: null }], [put(`v${i}`, "new")]),
    ),
  );
  await first;
  assert.deepEqual(versions.flatMap((version, i) => version === null ? [i] : []), [25]);
  assert.equal((await store.get(["v25"]))[0]?.value, "old");
  // The one before, the first, the group, and the group without the refused one.
  assert.equal(counted.commits(), 4);
});

Deno.test("groups: who wants what has expired gets it, among others who do not", async () => {
  using db = await openKv(":memory:");
  const { store } = kv(db);
  await store.commit([], [{ key: "v1", value: "gone", expiresAt: Date.now() - 1 }, put("v2", "there")]);
  const [first, ...versions] = await Promise.all([
    store.commit([], [put("first", "1")]),
    ...[0, 1, 2, 3].map((i) => store.commit([{ key: `v${i}`, version: null }], [put(`v${i}`, "new")])),
  ]);
  assert.ok(first);
  assert.deepEqual(versions.map((version) => version !== null), [true, true, false, true]);
});

Deno.test("groups: what touches the same keys happens in the order in which it came", async () => {
  using db = await openKv(":memory:");
  const { store } = kv(db);
  await Promise.all(
    Array.from({ length: 60 }, (_, i) => store.commit([], [put(`k${i % 3}`, `${i}`), put(`own${i}`, "1")])),
  );
  const entries = await store.get(["k0", "k1", "k2"]);
  assert.deepEqual(entries.map((entry) => entry?.value), ["57", "58", "59"]);
});

Deno.test("groups: nobody overtakes who waits and touches one of its keys", async () => {
  using db = await openKv(":memory:");
  const { store } = kv(db);
  await Promise.all([
    store.commit([], [put("first", "1")]),
    store.commit([], [put("x", "1")]),
    store.commit([], [put("x", "2"), put("y", "2")]),
    store.commit([], [put("y", "3")]),
  ]);
  assert.deepEqual((await store.get(["x", "y"])).map((entry) => entry?.value), ["2", "3"]);
});

Deno.test("groups: one that KV refuses for itself does not fail the others, in whatever place", async () => {
  using db = await openKv(":memory:");
  const { store } = kv(db);
  for (const place of [0, 7, 19]) {
    const key = (i: number) => i === place ? "ü".repeat(1020) : `${place} ${i}`;
    const first = store.commit([], [put("first", "1")]);
    const settled = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => store.commit([], [put(key(i), "1")])),
    );
    await first;
    assert.deepEqual(settled.flatMap(({ status }, i) => status === "rejected" ? [i] : []), [place]);
    assert.match(String(Reflect.get(settled[place]!, "reason")), /Key too large for write/);
  }
});

Deno.test("groups: after an error that may have come too late nothing is done again", async () => {
  using db = await openKv(":memory:");
  let calls = 0;
  const { store } = kv(withCommits(db, () => ++calls === 2 ? new Error("connection reset") : undefined));
  const settled = await Promise.allSettled(
    Array.from({ length: 10 }, (_, i) => store.commit([], [put(`k${i}`, "1")])),
  );
  assert.deepEqual(settled.map(({ status }) => status === "fulfilled"), [true, ...new Array(9).fill(false)]);
  assert.equal(calls, 2);
});

Deno.test("groups: a file that stays locked is an error after some seconds, once for all of a group", async () => {
  using db = await openKv(":memory:");
  let calls = 0;
  const waited: number[] = [];
  const { store } = kv(withCommits(db, () => calls++ === 0 ? undefined : locked()), {
    clock: impatient(waited),
  });
  const settled = await Promise.allSettled(
    Array.from({ length: 10 }, (_, i) => store.commit([], [put(`k${i}`, "1")])),
  );
  assert.equal(settled.filter(({ status }) => status === "rejected").length, 9);
  assert.equal(calls - 1, waited.length + 1);
  const seconds = waited.reduce((sum, ms) => sum + ms, 0) / 1000;
  assert.ok(seconds > 1 && seconds < 8, `${seconds} seconds`);
});

Deno.test("groups: a reading that fails after a refusal is an error of all, and the next goes on", async () => {
  using db = await openKv(":memory:");
  const { store } = kv(replaced(db, { getMany: () => Promise.reject(new Error("connection reset")) }));
  await store.commit([], [put("taken", "1")]);
  const settled = await Promise.allSettled([
    store.commit([], [put("first", "1")]),
    store.commit([{ key: "taken", version: null }], [put("a", "1")]),
    store.commit([{ key: "free", version: null }], [put("b", "1")]),
  ]);
  assert.deepEqual(settled.map(({ status }) => status), ["fulfilled", "rejected", "rejected"]);
  assert.ok(await store.commit([], [put("after", "1")]));
});

Deno.test("groups: none is larger than KV takes: checks, keys, values, publications", async () => {
  using db = await openKv(":memory:");
  const { store } = kv(db);
  const all = async (count: number, commit: (i: number) => Promise<string | null>) => {
    const versions = await Promise.all(Array.from({ length: count }, (_, i) => commit(i)));
    assert.ok(versions.every((version) => version !== null));
    assert.ok(new Set(versions).size < count);
  };
  const checks = (i: number): Check[] =>
    Array.from({ length: 30 }, (_, at) => ({ key: `c${i}:${at}`, version: null }));
  await all(40, (i) => store.commit(checks(i), [put(`a${i}`, "1")]));
  await all(
    60,
    (i) => store.commit([{ key: `${i}${"\0".repeat(900)}`, version: null }], [put(`b${i}`, "1")]),
  );
  await all(60, (i) => store.commit([], [put(`c${i}`, "x".repeat(60_000))]));
  await all(30, (i) => store.commit([], Array.from({ length: 90 }, (_, at) => put(`d${i}:${at}`, "1"))));
  const messages = [{ topic: "t", text: "€".repeat(30_000) }];
  await all(30, (i) => store.commit([], [put(`e${i}`, "1")], { channel: `${i}`, messages }));
  await all(
    200,
    (i) =>
      store.commit([], [], { channel: `${i}\0${"c".repeat(1000)}`, messages: [{ topic: "t", text: "" }] }),
  );
});

Deno.test("groups: more than KV takes at once is a RangeError before anything is done", async () => {
  using db = await openKv(":memory:");
  const { store } = kv(db);
  const writes = Array.from({ length: 14 }, (_, i) => put(`k${i}`, "x".repeat(60_000)));
  await assert.rejects(() => store.commit([], writes), {
    name: "RangeError",
    message:
      /^Cannot commit \d+ bytes in 14 keys: Deno KV takes 810000 in 1000 at once\. Store or publish less in one call\.$/,
  });
  assert.deepEqual(await store.get(["k0"]), [null]);
});

/** One thing that somebody does: reads, and commits on what was read, or on there being nothing. */
interface Step {
  readonly reads: readonly string[];
  readonly isFirst: boolean;
  readonly writes: readonly { readonly key: string; readonly becomes: "value" | "nothing" | "expired" }[];
}

/** What came of it. */
interface Done {
  readonly checks: readonly Check[];
  readonly writes: Step["writes"];
  readonly version: string | null;
}

const keys = ["a", "b", "c"];
const step: fc.Arbitrary<Step> = fc.record({
  reads: fc.subarray(keys),
  isFirst: fc.boolean(),
  writes: fc.uniqueArray(
    fc.record({
      key: fc.constantFrom(...keys),
      becomes: fc.constantFrom("value" as const, "value" as const, "nothing" as const, "expired" as const),
    }),
    { selector: ({ key }) => key, maxLength: 3 },
  ),
});

async function play(store: Store, prefix: string, steps: readonly Step[]): Promise<Done[]> {
  const done: Done[] = [];
  for (const { reads, isFirst, writes } of steps) {
    const entries = await store.get(reads.map((key) => prefix + key));
    const checks = reads.map((key, at) => ({ key, version: isFirst ? null : entries[at]?.version ?? null }));
    const version = await store.commit(
      checks.map(({ key, version }) => ({ key: prefix + key, version })),
      writes.map(({ key, becomes }) => ({
        key: prefix + key,
        value: becomes === "nothing" ? null : "x",
        expiresAt: becomes === "expired" ? Date.now() - 1 : later,
      })),
    );
    done.push({ checks, writes, version });
  }
  return done;
}

/** Whether the same could have come of it with one after the other. */
function isSerial(all: readonly (readonly Done[])[], last: Readonly<Record<string, string | null>>): boolean {
  const failed = new Set<string>();
  function goesOn(places: readonly number[], state: Readonly<Record<string, string | null>>): boolean {
    const name = JSON.stringify([places, state]);
    if (failed.has(name)) return false;
    if (places.every((place, who) => place === all[who]!.length)) {
      if (keys.every((key) => state[key] === last[key])) return true;
    }
    const found = all.some((own, who) => {
      const done = own[places[who]!];
      if (done === undefined) return false;
      const holds = done.checks.every(({ key, version }) => state[key] === version);
      if (holds !== (done.version !== null)) return false;
      const written = done.version === null ? [] : done.writes.map(({ key, becomes }) => [
        key,
        becomes === "value" ? done.version : null,
      ]);
      return goesOn(places.with(who, places[who]! + 1), { ...state, ...Object.fromEntries(written) });
    });
    if (!found) failed.add(name);
    return found;
  }
  return goesOn(all.map(() => 0), Object.fromEntries(keys.map((key) => [key, null])));
}

Deno.test("groups: whatever is committed at once has the effect of some order, though the file is locked at times", async () => {
  using db = await openKv(":memory:");
  let run = 0, refused = 0, grouped = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.boolean()),
      async (people, isLocked) => {
        const flaky = withCommits(db, () => isLocked.next().value ? locked() : undefined);
        const { store } = kv(flaky, { clock: impatient() }), prefix = `${run++}:`;
        const all = await Promise.all(people.map((steps) => play(store, prefix, steps)));
        const entries = await store.get(keys.map((key) => prefix + key));
        const last = Object.fromEntries(keys.map((key, at) => [key, entries[at]?.version ?? null]));
        assert.ok(isSerial(all, last), JSON.stringify({ all, last }));
        const versions = all.flat().flatMap(({ version }) => version ?? []);
        refused += all.flat().length - versions.length;
        grouped += versions.length - new Set(versions).size;
      },
    ),
    { numRuns: 600 },
  );
  assert.ok(refused > 100 && grouped > 100, `${refused} were refused, ${grouped} shared a commit`);
});

Deno.test("isSerial: an increment that was lost is found", () => {
  const lost = (version: string): Done => ({
    checks: [{ key: "a", version: null }],
    writes: [{ key: "a", becomes: "value" }],
    version,
  });
  assert.ok(!isSerial([[lost("1")], [lost("2")]], { a: "2", b: null, c: null }));
});
