/** Isolates that share one memory, on a clock that is turned by hand: whoever calls gets there, in a few tries. */
import assert from "node:assert/strict";
import type { Store } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { type Clock, defaultLimits, WireError } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import fc from "fast-check";
import { Turns } from "../../../server/engine/turns.ts";
import { Retries } from "../../../server/reflex/retries.ts";
import { HOLD } from "../../../server/session/claims.ts";
import { Records } from "../../../server/session/records.ts";

/** An isolate of the simulation. */
interface Isolate {
  /** Milliseconds by which its clock is wrong. */
  readonly skew: number;
  /** Milliseconds that a body takes, by caller. */
  readonly callers: readonly number[];
  /** When it ends without a word, in milliseconds; never where left out. */
  readonly dies?: number | undefined;
}

/** What became of one call. */
interface Done {
  readonly isolate: number;
  readonly body: number;
  readonly tries: number;
  readonly took: number;
  readonly error: unknown;
}

/** All of it. */
interface Simulated {
  readonly done: readonly Done[];
  /** What the session's counter says in the end. */
  readonly count: number;
  /** How many calls were committed, also by those who have ended since. */
  readonly committed: number;
  /** Every key that was written, and the two of claims in the end. */
  readonly written: readonly string[];
  /** How often the store was asked, by which keys. */
  readonly asked: readonly string[];
  readonly claims: readonly unknown[];
}

/** Has each caller call so many times, one call after the other, all of one session. */
async function simulate(
  isolates: readonly Isolate[],
  { calls, latency, claim }: { calls: (body: number) => number; latency: () => number; claim?: string },
): Promise<Simulated> {
  const clock = new FakeClock(), { store } = memory({ clock }), start = clock.now();
  const done: Done[] = [], written = new Set<string>(), asked: string[] = [];
  if (claim !== undefined) {
    await store.commit([], [{ key: "app/:q:{ann}", value: claim, expiresAt: Infinity }]);
  }
  let committed = 0, waiting = 0;
  const work: Promise<void>[] = [];
  for (const [at, { skew, callers, dies = Infinity }] of isolates.entries()) {
    const isDead = () => clock.now() - start >= dies;
    const own: Clock = {
      now: () => clock.now() + skew,
      after: (ms, run) => clock.after(ms, () => isDead() || run()),
    };
    const pass = (ms: number) => new Promise<void>((resolve) => void own.after(ms, resolve));
    // It takes a while until the store hears of it, and another until its answer is there.
    const far: Store = {
      ...store,
      async get(keys) {
        asked.push(keys.map((key) => key.at("app/:".length)).join(""));
        await pass(latency());
        const entries = await store.get(keys);
        await pass(latency());
        return entries;
      },
      async commit(checks, writes) {
        await pass(latency());
        for (const { key } of writes) written.add(key);
        const version = await store.commit(checks, writes);
        if (version !== null && writes.some(({ key }) => key.startsWith("app/:v:"))) committed++;
        await pass(latency());
        return version;
      },
    };
    const records = new Records(far, "app/", defaultLimits, own);
    const retries = new Retries({
      records,
      topics: { now: 0 },
      turns: new Turns(own),
      clock: own,
      limits: defaultLimits,
    });
    for (const [caller, body] of callers.entries()) {
      const visit = `visit-${at}-${caller}`;
      const all = async () => {
        for (let n = 1; n <= calls(body); n++) {
          let tries = 0;
          const began = clock.now();
          const error = await retries.run("ann", visit, async (seen) => {
            tries++;
            await pass(body);
            const values = `{"n":${(JSON.parse(seen.values).n ?? 0) + 1}}`;
            const outcome = { n, hash: "h", frame: "f" };
            return await records.commit("ann", visit, seen, {
              values,
              read: true,
              outcome,
              acknowledged: n - 1,
            });
          }).then(() => undefined, (error) => error);
          done.push({ isolate: at, body, tries, took: clock.now() - began, error });
        }
      };
      if (dies === Infinity) {
        waiting++;
        work.push(all().then(() => void waiting--));
      } else void all();
    }
  }
  for (let ms = 0; waiting > 0; ms++) {
    assert.ok(ms < 300_000, "it does not come to an end");
    for (let tick = 0; tick < 60; tick++) await null;
    clock.turn(1);
  }
  await Promise.all(work);
  const [session, ...claims] = await store.get(["app/:s:{ann}", "app/:q:{ann}", "app/:w:{ann}"]);
  return { done, count: JSON.parse(session!.value).n, committed, written: [...written], asked, claims };
}

/** Numbers from 0 up to 1 that come again with their seed. */
function random(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const isolate = fc.record({
  skew: fc.integer({ min: -60_000, max: 60_000 }),
  callers: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 5 }),
});

const several = fc.record({
  isolates: fc.array(isolate, { minLength: 1, maxLength: 6 }),
  slowest: fc.integer({ min: 1, max: 12 }),
  seed: fc.integer(),
});

Deno.test("retries: whoever calls is done within six tries, with as many others in as many isolates", async () => {
  await fc.assert(
    fc.asyncProperty(several, async ({ isolates, slowest, seed }) => {
      const next = random(seed);
      const { done, count, committed, claims } = await simulate(isolates, {
        calls: () => 8,
        latency: () => next() * slowest,
      });
      assert.deepEqual(done.filter(({ error, tries }) => error !== undefined || tries > 6), []);
      assert.deepEqual([count, committed], [done.length, done.length]);
      assert.deepEqual(claims, [null, null], "nothing is left behind");
    }),
    { numRuns: 60 },
  );
});

Deno.test("retries: isolates that end without a word hold nobody for long", async () => {
  await fc.assert(
    fc.asyncProperty(several, fc.array(fc.nat({ max: 1500 }), { minLength: 1 }), async (given, deaths) => {
      const next = random(given.seed);
      const dying = given.isolates.map((isolate, at) => ({ ...isolate, dies: deaths[at] }));
      const isolates = [...dying, { skew: 0, callers: [5, 5] }];
      const { done, count, committed } = await simulate(isolates, {
        calls: () => 8,
        latency: () => next() * given.slowest,
      });
      assert.deepEqual(done.filter(({ error }) => error !== undefined), []);
      assert.equal(count, committed);
      const holds = dying.reduce(
        (sum, { callers, dies }) => dies === undefined ? sum : sum + callers.length,
        0,
      );
      // Each may have stood in a line, and be waited for there; the rest is the work of all the others.
      const work = dying.reduce(
        (sum, { callers }) => sum + callers.reduce((sum, body) => sum + body + 200, 0),
        0,
      );
      const longest = Math.max(...done.map(({ took }) => took));
      assert.ok(longest < 2 * HOLD * (holds + 1) + 2 * work, `${longest} ms`);
    }),
    { numRuns: 60 },
  );
});

Deno.test("retries: a slow call keeps quick ones waiting for no longer than a hold, here and elsewhere", async () => {
  const next = random(7);
  const { done, count, committed } = await simulate(
    [{ skew: 0, callers: [2000, 1, 1] }, { skew: 30_000, callers: [2, 900] }, { skew: 0, callers: [3] }],
    { calls: (body) => body < 10 ? 1500 : 2, latency: () => next() },
  );
  const quick = done.filter(({ body }) => body < 10), slow = done.filter(({ body }) => body >= 10);
  assert.deepEqual(quick.filter(({ error, tries }) => error !== undefined || tries > 6), []);
  assert.ok(
    Math.max(...quick.map(({ took }) => took)) <= HOLD,
    `${Math.max(...quick.map(({ took }) => took))}`,
  );
  for (const { error, tries } of slow) {
    if (error === undefined) continue;
    assert.ok(error instanceof WireError && error.code === "busy");
    assert.equal(tries, defaultLimits.conflicts);
  }
  assert.ok(slow.some(({ error }) => error !== undefined), "there is a storm");
  assert.ok(slow.some(({ error }) => error === undefined), "when the storm is over it is done");
  assert.deepEqual([count, committed], Array(2).fill(done.filter(({ error }) => error === undefined).length));
});

Deno.test("retries: who meets nobody writes no claim, and waits for nothing", async () => {
  const { done, written } = await simulate([{ skew: 0, callers: [0] }], { calls: () => 5, latency: () => 0 });
  assert.deepEqual(done.map(({ tries }) => tries), [1, 1, 1, 1, 1]);
  assert.deepEqual(written.filter((key) => /:[qw]:/.test(key)), []);
});

Deno.test("retries: a claim that nobody stands behind is looked at some thirty times, and never again", async () => {
  const { done, asked, claims } = await simulate([{ skew: 0, callers: [0, 0, 0] }], {
    calls: () => 2,
    latency: () => 0,
    claim: "somebody's",
  });
  assert.deepEqual(done.map(({ error }) => error), Array(6).fill(undefined));
  const looks = asked.filter((kinds) => kinds === "q").length;
  assert.ok(looks > 10 && looks < 40, `${looks} looks`);
  assert.ok(asked.length - looks < 30, `${asked.length - looks} reads besides`);
  assert.ok(done[0]!.took >= HOLD && done[0]!.took < HOLD + 50, `${done[0]!.took} ms`);
  assert.deepEqual(claims, [null, null]);
});
