import assert from "node:assert/strict";
import type { Store } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { defaultLimits } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import { KnownSnapshots } from "../../../server/session/_known.ts";
import { Identities } from "../../../server/session/identities.ts";
import { type Change, Records, type Snapshot } from "../../../server/session/records.ts";

function make() {
  const clock = new FakeClock();
  const { store } = memory({ clock });
  const identities = new Identities(store, "app/", defaultLimits, clock);
  return { clock, store, identities, records: () => new Records(store, "app/", defaultLimits, clock) };
}

const call = (n: number, change: Partial<Change> = {}): Change => ({
  read: true,
  values: `{"n":${n}}`,
  outcome: { n, hash: `h${n}`, frame: `["done",${n}]` },
  acknowledged: n - 1,
  ...change,
});

/** All that is known, without what it was read from. */
function known({ entries: _, keys: __, ...rest }: Snapshot) {
  return rest;
}

Deno.test("records: what a commit gives is what a reader finds who has nothing but the store", async () => {
  const { records } = make();
  const own = records();
  let seen = await own.read("ann", "v1");
  const states = [undefined, { open: true }, undefined, null, { open: false }] as const;
  for (const [i, state] of states.entries()) {
    const ticket = i === 3 ? { id: "t", user: "ann" } : undefined;
    const change = call(i + 1, { state, acknowledged: Math.max(0, i - 2), ticket });
    const next = await own.commit("ann", "v1", seen, {
      ...change,
      outcome: { ...change.outcome, ticket: ticket?.id },
    });
    assert.ok(next);
    const fresh = await records().read("ann", "v1");
    // To the letter: a ticket that is not there is not there in either.
    assert.deepEqual(JSON.parse(JSON.stringify(known(next))), JSON.parse(JSON.stringify(known(fresh))));
    assert.deepEqual(known(await own.read("ann", "v1")), known(next));
    seen = next;
  }
  assert.equal(seen.visit.last, 5);
  assert.deepEqual(seen.visit.state, { open: false });
});

Deno.test("records: what others have written is seen, part by part", async () => {
  const { identities, records } = make();
  const own = records(), other = records();
  const first = await own.commit("ann", "v1", await own.read("ann", "v1"), call(1));
  assert.ok(first);
  // Another tab writes the session, and the list of visits.
  await other.commit("ann", "v2", await other.read("ann", "v2"), call(1, { values: '{"n":9}' }));
  const second = await own.read("ann", "v1");
  assert.equal(second.values, '{"n":9}');
  assert.notEqual(second.version, first.version);
  assert.equal(await own.commit("ann", "v1", first, call(2)), undefined, "the session is another");
  // Another isolate takes up the same visit.
  await other.commit("ann", "v1", await other.read("ann", "v1"), call(2, { state: { by: "other" } }));
  const third = await own.read("ann", "v1");
  assert.deepEqual(third.visit, (await other.read("ann", "v1")).visit);
  assert.equal(third.visit.last, 2);
  // A login elsewhere.
  const ticket = { id: "t", user: "ann" };
  await other.commit("ann", "v1", third, call(3, { ticket }));
  await identities.redeem("t", "ann", "renewed");
  const last = await own.read("ann", "v1");
  assert.ok(last.endedAt !== undefined && last.identity !== third.identity);
});

Deno.test("records: what has expired is not known any more", async () => {
  const { clock, records } = make();
  const own = records();
  await own.commit("ann", "v1", await own.read("ann", "v1"), call(1));
  clock.turn(defaultLimits.token);
  const seen = await own.read("ann", "v1");
  assert.deepEqual([seen.visit.last, seen.values], [0, '{"n":1}']);
});

Deno.test("records: one visit's name says nothing to another session", async () => {
  const { records } = make();
  const own = records();
  await own.commit("ann", "v1", await own.read("ann", "v1"), call(1));
  const seen = await own.read("bob", "v1");
  assert.deepEqual([seen.visit.last, seen.values, seen.keys[0]], [0, "{}", "app/:i:{bob}"]);
});

Deno.test("records: a read costs one look at the store, and a commit one", async () => {
  const { clock, store } = make();
  const asked: string[] = [];
  const counted: Store = {
    ...store,
    get: (keys) => (asked.push(`get ${keys.length}`), store.get(keys)),
    commit: (checks, writes) => {
      asked.push(`commit ${checks.length} ${writes.length}`);
      return store.commit(checks, writes);
    },
  };
  const own = new Records(counted, "app/", defaultLimits, clock);
  const first = await own.commit("ann", "v1", await own.read("ann", "v1"), call(1));
  assert.ok(first);
  await own.commit("ann", "v1", await own.read("ann", "v1"), call(2, { read: false, values: undefined }));
  assert.deepEqual(asked, ["get 5", "commit 4 3", "get 5", "commit 2 1"]);
});

Deno.test("known snapshots: the least recently kept make room, at four million characters", () => {
  const known = new KnownSnapshots();
  const snapshot = { values: "x".repeat(1_000_000), entries: {} } as Snapshot;
  for (const visit of ["a", "b", "c"]) known.keep("ann", visit, snapshot);
  known.keep("ann", "a", snapshot);
  for (const visit of ["d", "e"]) known.keep("ann", visit, snapshot);
  const kept = ["a", "b", "c", "d", "e"].filter((visit) => known.get("ann", visit) !== undefined);
  assert.deepEqual(kept, ["a", "c", "d", "e"]);
  known.keep("ann", "f", { ...snapshot, values: "x".repeat(5_000_000) });
  assert.equal(known.get("ann", "f"), undefined, "it alone is too much");
  for (let i = 0; i < 10_000; i++) known.keep("ann", `v${i}`, { ...snapshot, values: "{}" });
  assert.equal(known.get("ann", "v0"), undefined);
  assert.ok(known.get("ann", "v9999"));
});
