import assert from "node:assert/strict";
import type { Store } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { FakeClock } from "@argyle/argyle/testing";
import { Claims, HOLD } from "../../../server/session/claims.ts";

const claimKey = "q", lineKey = "w";

/** A store, and isolates that claim in it. Each look of theirs is at its latest. */
function make() {
  const clock = new FakeClock(), { store } = memory({ clock });
  const claims = (own: Store = store, skew = 0) => {
    const clockOfIts = {
      now: () => clock.now() + skew,
      after: (ms: number, run: () => void) => clock.after(ms, run),
    };
    return new Claims(own, () => [claimKey, lineKey], clockOfIts, () => 0.999);
  };
  const read = async () => (await store.get([claimKey, lineKey])).map((entry) => entry?.value);
  const end = async () => {
    assert.ok(await store.commit([], [{ key: claimKey, value: null, expiresAt: 0 }]));
  };
  /** Turns the clock by so much, with everything that happens on the way. */
  const turn = async (ms: number) => {
    for (; ms > 0; ms--) {
      for (let tick = 0; tick < 20; tick++) await null;
      clock.turn(1);
    }
    for (let tick = 0; tick < 20; tick++) await null;
  };
  const claimed = async () => {
    const [entry] = await store.get([claimKey]);
    assert.ok(entry);
    return entry;
  };
  return { clock, store, claims, read, end, turn, claimed };
}

/** Whether it is done by now. */
async function isDone(work: Promise<unknown>): Promise<boolean> {
  return await Promise.race([work.then(() => true), Promise.resolve().then(() => null).then(() => false)]);
}

Deno.test("claims: those who claim are served in the order in which they came, whatever their clocks say", async () => {
  const { claims, read, end, turn } = make();
  const isolates = [0, 60_000, -60_000, 5000].map((skew) => claims(undefined, skew));
  const served: number[] = [];
  const work = isolates.map(async (isolate, at) => {
    for (let before = 0; before < at; before++) await turn(30);
    assert.ok(await isolate.claim("ann", String(at)));
    served.push(at);
  });
  for (let at = 0; at < isolates.length; at++) {
    while (served.length <= at) await turn(1);
    await turn(100 - 30 * at);
    assert.deepEqual(await read(), [String(at), [1, 2, 3].filter((n) => n > at).join(" ") || undefined]);
    await end();
  }
  await Promise.all(work);
  assert.deepEqual(served, [0, 1, 2, 3]);
  assert.deepEqual(await read(), [undefined, undefined]);
});

Deno.test("claims: one that stands for longer than a hold is cleared away, by whoever has seen it stand", async () => {
  for (const skew of [0, 60_000, -60_000]) {
    const { claims, read, turn, claimed } = make();
    assert.ok(await claims(undefined, -skew).claim("ann", "dead"));
    await turn(10_000);
    const gone = claims(undefined, skew).gone("ann", await claimed());
    await turn(HOLD - 1);
    assert.equal(await isDone(gone), false);
    assert.deepEqual(await read(), ["dead", undefined]);
    await turn(25);
    await gone;
    assert.deepEqual(await read(), [undefined, undefined]);
  }
});

Deno.test("claims: one that was given up before its time keeps nobody waiting any more", async () => {
  const { clock, claims, end, turn, claimed } = make();
  assert.ok(await claims().claim("ann", "a"));
  const other = claims(), entry = await claimed();
  const gone = [other.gone("ann", entry), other.gone("ann", entry)];
  await turn(50);
  assert.equal(clock.waiting, 1, "one of an isolate looks for all");
  await end();
  await turn(25);
  await Promise.all(gone);
  assert.equal(clock.waiting, 0);
});

Deno.test("claims: who has ended while standing in line is passed over", async () => {
  const { store, claims, end, read, turn } = make();
  assert.ok(await claims().claim("ann", "first"));
  const never: Store = {
    ...store,
    get: (keys) => isDead ? new Promise(() => {}) : store.get(keys),
    commit: (checks, writes) => store.commit(checks, writes),
  };
  let isDead = false;
  void claims(never).claim("ann", "dead");
  await turn(30);
  isDead = true;
  const last = claims().claim("ann", "last");
  await turn(30);
  assert.deepEqual(await read(), ["first", "dead last"]);
  await end();
  await turn(HOLD - 1);
  assert.equal(await isDone(last), false);
  await turn(60);
  assert.equal(await last, true);
  assert.deepEqual(await read(), ["last", undefined]);
});

Deno.test("claims: the one who has it has it, however often it asks", async () => {
  const { claims, read } = make();
  const isolate = claims(), name = isolate.name();
  assert.ok(await isolate.claim("ann", name));
  assert.ok(await isolate.claim("ann", name));
  assert.deepEqual(await read(), [name, undefined]);
});

Deno.test("claims: a store that refuses what holds, and a line that is too long, are not waited for", async () => {
  const { store, claims, turn, read } = make();
  const refused = claims({
    ...store,
    get: (keys) => store.get(keys),
    commit: () => Promise.resolve(null),
  }).claim("ann", "a");
  await turn(25);
  assert.equal(await refused, false);
  const line = Array.from({ length: 200 }, (_, n) => `n${n}`).join(" ");
  await store.commit([], [
    { key: claimKey, value: "a", expiresAt: Infinity },
    { key: lineKey, value: line, expiresAt: Infinity },
  ]);
  assert.equal(await claims().claim("ann", "b"), false);
  assert.deepEqual(await read(), ["a", line]);
});

Deno.test("claims: a clock that is set back makes nobody wait for longer", async () => {
  const { clock, store, claims, turn, claimed } = make();
  assert.ok(await claims().claim("ann", "dead"));
  let back = 0;
  const own = { now: () => clock.now() - back, after: (ms: number, run: () => void) => clock.after(ms, run) };
  const gone = new Claims(store, () => [claimKey, lineKey], own).gone("ann", await claimed());
  await turn(100);
  back = 3_600_000;
  await turn(HOLD + 50);
  assert.equal(await isDone(gone), true);
});

Deno.test("claims: a call waits in line for ten seconds, and leaves nothing of itself there", async () => {
  const { store, claims, turn, read } = make();
  const claim = claims().claim("ann", "patient");
  assert.ok(await claim);
  const line = claims().claim("ann", "waits");
  for (let n = 0; n < 105; n++) {
    await store.commit([], [{ key: claimKey, value: `n${n}`, expiresAt: Infinity }]);
    await turn(100);
  }
  assert.equal(await line, false);
  assert.deepEqual(await read(), ["n104", undefined]);
});
