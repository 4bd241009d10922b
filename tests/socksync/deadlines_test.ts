import assert from "node:assert/strict";
import fc from "fast-check";
import { Deadlines } from "../../socksync/deadlines.ts";
import { FakeClock } from "../../testing/fake_clock.ts";

Deno.test("Deadlines: each is told at its time, in order, and what is over is not told", () => {
  const clock = new FakeClock(), deadlines = new Deadlines(clock), told: string[] = [];
  deadlines.after(100, () => told.push("one"));
  clock.turn(30);
  const cancel = deadlines.after(100, () => told.push("two"));
  deadlines.after(20, () => told.push("short"));
  clock.turn(20);
  assert.deepEqual(told, ["short"]);
  deadlines.after(100, () => told.push("three"));
  cancel();
  cancel();
  clock.turn(50);
  assert.deepEqual(told, ["short", "one"]);
  clock.turn(49);
  assert.equal(told.length, 2);
  clock.turn(1);
  assert.deepEqual(told, ["short", "one", "three"]);
  assert.equal(clock.waiting, 0);
});

Deno.test("Deadlines: a thousand of one length are one timer, and none when all are over", () => {
  const clock = new FakeClock(), deadlines = new Deadlines(clock);
  const cancels = Array.from({ length: 1000 }, () => deadlines.after(100, () => assert.fail("it is over")));
  assert.equal(clock.waiting, 1);
  for (const cancel of cancels) cancel();
  assert.equal(clock.waiting, 0);
  clock.turn(1000);
});

Deno.test("Deadlines: whoever is late may end others and begin anew", () => {
  const clock = new FakeClock(), deadlines = new Deadlines(clock), told: string[] = [];
  deadlines.after(100, () => {
    told.push("first");
    cancel();
    deadlines.after(100, () => told.push("again"));
  });
  const cancel = deadlines.after(100, () => told.push("ended"));
  clock.turn(100);
  assert.deepEqual([told, clock.waiting], [["first"], 1]);
  clock.turn(100);
  assert.deepEqual([told, clock.waiting], [["first", "again"], 0]);
});

Deno.test("Deadlines: one that throws does not keep the others from being told", () => {
  const clock = new FakeClock(), deadlines = new Deadlines(clock), told: string[] = [];
  deadlines.after(100, () => {
    throw new Error("no");
  });
  deadlines.after(100, () => told.push("two"));
  assert.throws(() => clock.turn(100), /^Error: no$/);
  clock.turn(0);
  assert.deepEqual([told, clock.waiting], [["two"], 0]);
});

Deno.test("Deadlines: one of weeks is not told at once, and one without an end never", () => {
  const asked: number[] = [], clock = new FakeClock(), told: string[] = [];
  const deadlines = new Deadlines({
    now: () => clock.now(),
    after(ms, run) {
      asked.push(ms);
      return clock.after(ms, run);
    },
  });
  const month = 30 * 86_400_000;
  deadlines.after(month, () => told.push("month"));
  deadlines.after(Infinity, () => told.push("never"));
  clock.turn(month - 1);
  assert.deepEqual(told, []);
  clock.turn(1);
  assert.deepEqual(told, ["month"]);
  // A longer timer of the system's rings at once.
  assert.ok(asked.every((ms) => ms < 2 ** 31), asked.join());
  clock.turn(month);
  assert.deepEqual(told, ["month"]);
});

Deno.test("Deadlines: as a timer for each would do", () => {
  const lengths = fc.constantFrom(1, 5, 20);
  const deeds = fc.array(fc.oneof(
    fc.record({ kind: fc.constant("begin" as const), ms: lengths }),
    fc.record({ kind: fc.constant("end" as const), which: fc.nat(50) }),
    fc.record({ kind: fc.constant("turn" as const), ms: fc.nat(30) }),
  ));
  fc.assert(fc.property(deeds, (deeds) => {
    const one = new FakeClock(), other = new FakeClock();
    const all = [{ clock: one, timers: new Deadlines(one) }, { clock: other, timers: other }].map((
      given,
    ) => ({
      ...given,
      told: [] as string[],
      cancels: [] as (() => void)[],
    }));
    for (const deed of deeds) {
      for (const { clock, timers, told, cancels } of all) {
        const number = cancels.length;
        if (deed.kind === "turn") clock.turn(deed.ms);
        else if (deed.kind === "end") cancels[deed.which]?.();
        else cancels.push(timers.after(deed.ms, () => told.push(`${number} at ${clock.now()}`)));
      }
    }
    // Of those that are late at the same moment, lanes have no order among each other.
    const [ours = [], theirs = []] = all.map(({ told }) => told.toSorted());
    assert.deepEqual(ours, theirs);
  }));
});
