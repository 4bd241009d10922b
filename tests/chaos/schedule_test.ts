import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, type Fault, type Ground, makeSchedule } from "./schedule.ts";

const grounds: fc.Arbitrary<Ground> = fc.record({
  seconds: fc.integer({ min: 1, max: 120 }),
  processes: fc.integer({ min: 1, max: 4 }),
  lines: fc.integer({ min: 1, max: 4 }),
  hasStore: fc.boolean(),
});

const ground: Ground = { seconds: 60, processes: 3, lines: 3, hasStore: true };

Deno.test("schedule: one seed, one list; another seed, another list", () => {
  fc.assert(fc.property(fc.nat(), grounds, (seed, ground) => {
    assert.deepEqual(makeSchedule(seed, ground), makeSchedule(seed, ground));
  }));
  assert.notDeepEqual(makeSchedule(1, ground), makeSchedule(2, ground));
});

Deno.test("schedule: it is in order, within its time, and about what there is", () => {
  fc.assert(fc.property(fc.nat(), grounds, (seed, ground) => {
    let last = 0;
    for (const fault of makeSchedule(seed, ground)) {
      assert(fault.at >= last);
      last = fault.at;
      assert(endOf(fault) <= ground.seconds * 1000, describe(fault));
      if (fault.what === "kill") assert(fault.whom < ground.processes);
      else if (fault.what === "kill store") assert(ground.hasStore);
      else if (fault.whom.line === "clients") assert(fault.whom.at < ground.lines);
      else assert(ground.hasStore && fault.whom.at < ground.processes);
    }
  }));
});

Deno.test("schedule: two faults never happen to one thing at once", () => {
  fc.assert(fc.property(fc.nat(), grounds, (seed, ground) => {
    const until = new Map<string, number>();
    for (const fault of makeSchedule(seed, ground)) {
      const whom = fault.what === "kill store" ? fault.what : JSON.stringify(fault.whom);
      assert((until.get(whom) ?? -1) < fault.at, describe(fault));
      until.set(whom, endOf(fault));
    }
  }));
});

Deno.test("schedule: two minutes have every kind of fault, and one that lasts until silence is noticed", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const faults = makeSchedule(seed, { ...ground, seconds: 120 });
    const kinds = new Set(faults.map(({ what }) => what));
    assert.deepEqual([...kinds].sort(), ["cut", "delay", "freeze", "kill", "kill store", "refuse"]);
    assert(faults.some((fault) => fault.what === "freeze" && fault.ms > 5000));
  }
});

Deno.test("schedule: a fault is a line of text", () => {
  assert.deepEqual(
    ([
      { at: 5, what: "kill", whom: 1, ms: 100 },
      { at: 1200, what: "freeze", whom: { line: "store", at: 2 }, directions: ["up", "down"], ms: 40 },
      { at: 1300, what: "delay", whom: { line: "clients", at: 0 }, by: 20, ms: 50 },
    ] satisfies Fault[]).map(describe),
    [
      "      5 ms kill process 1 for 100 ms",
      "   1200 ms freeze line of process 2 to its store up and down for 40 ms",
      "   1300 ms delay clients' line 0 by 20 ms for 50 ms",
    ],
  );
});

function endOf(fault: Fault): number {
  return fault.at + ("ms" in fault ? fault.ms : 0);
}
