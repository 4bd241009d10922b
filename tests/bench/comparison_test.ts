import assert from "node:assert/strict";
import { compare, warnings } from "../../bench/comparison.ts";
import { byteLine, type Line, memoryLine, rateLine, timeLine } from "../../bench/line.ts";
import type { Run } from "../../bench/measure.ts";
import type { Recording } from "../../bench/recording.ts";

const environment = {
  bench: "2026-11-20T10:00:00Z",
  rounds: 5,
  cpu: "one",
  cores: 2,
  load: 0.5,
  deno: "2.9.6",
  v8: "15.0",
  target: "x86_64-unknown-linux-gnu",
};

function recording(...lines: readonly Line[]): Recording {
  return { environment, lines: lines.map((line) => ({ part: "part", ...line })) };
}

function runs(...medians: readonly number[]): Run[] {
  return medians.map((median) => ({ median, p95: median, samples: 5 }));
}

const one = { name: "echo", runs: runs(1, 1, 1) };

function outcomes(before: readonly Line[], now: readonly Line[]): string[] {
  return compare(recording(...before), recording(...now)).map(({ outcome }) => outcome);
}

Deno.test("compare: a ratio whose quartiles lie below those of before is better, above is worse", () => {
  const before = timeLine({ measure: "click" }, runs(3, 3.1, 3.2), one);
  const [better] = compare(
    recording(before),
    recording(timeLine({ measure: "click" }, runs(1.5, 1.55, 1.6), one)),
  );
  assert.equal(better?.outcome, "better");
  assert.equal(better?.percent, -50);
  assert.equal(better?.key, "part click");
  const [worse] = compare(
    recording(before),
    recording(timeLine({ measure: "click" }, runs(6, 6.2, 6.4), one)),
  );
  assert.deepEqual([worse?.outcome, worse?.percent], ["worse", 100]);
  assert.deepEqual(worse?.now, { of: "ratio", middle: 6.2, low: 6.1, high: 6.3 });
});

Deno.test("compare: spreads that touch are noise", () => {
  const before = timeLine({ measure: "click" }, runs(3, 3.1, 3.2), one);
  assert.deepEqual(outcomes([before], [before]), ["within noise"]);
  const touching = timeLine({ measure: "click" }, runs(3.1, 3.2, 3.3), one);
  assert.deepEqual(outcomes([before], [touching]), ["within noise"]);
});

Deno.test("compare: where the floor has moved with the measure, the ratio has not changed", () => {
  const slow = { name: "echo", runs: runs(10, 10, 10) };
  const before = [
    timeLine({ measure: "echo" }, one.runs),
    timeLine({ measure: "click" }, runs(3, 3.1, 3.2), one),
  ];
  const now = [
    timeLine({ measure: "echo" }, slow.runs),
    timeLine({ measure: "click" }, runs(30, 31, 32), slow),
  ];
  assert.deepEqual(outcomes(before, now), ["floor moved", "within noise"]);
});

Deno.test("compare: a floor of a sum, or one that is taken off, is a floor too", () => {
  const sum = { name: "echo+commit", runs: one.runs };
  const above = { above: { name: "socket", bytes: [1000] } };
  const lines = (commit: number, socket: number) => [
    timeLine({ measure: "commit" }, runs(commit)),
    timeLine({ measure: "call" }, runs(3, 3, 3), sum),
    memoryLine({ measure: "socket" }, [socket]),
    memoryLine({ measure: "page" }, [5000], above),
  ];
  assert.deepEqual(outcomes(lines(1, 1000), lines(2, 2000)), [
    "floor moved",
    "within noise",
    "floor moved",
    "within noise",
  ]);
});

Deno.test("compare: a floor that is held against another is judged by its ratio", () => {
  const rendered = (times: Run[]) => [
    rateLine({ measure: "rendered" }, times, one),
    rateLine({ measure: "page" }, runs(1, 1), { name: "rendered", runs: runs(1, 1) }),
  ];
  assert.deepEqual(outcomes(rendered(runs(2, 2, 2)), rendered(runs(1, 1, 1))), ["worse", "within noise"]);
});

Deno.test("compare: against another floor, or in another unit, nothing can be said", () => {
  const before = timeLine({ measure: "click" }, runs(3, 3), one);
  const other = timeLine({ measure: "click" }, runs(9, 9), { name: "dom", runs: one.runs });
  assert.deepEqual(outcomes([before], [other]), ["other floor"]);
  assert.deepEqual(outcomes([before], [timeLine({ measure: "click" }, runs(9, 9))]), ["other floor"]);
  assert.deepEqual(outcomes([byteLine({ measure: "get" }, [1])], [memoryLine({ measure: "get" }, [9])]), [
    "other floor",
  ]);
});

Deno.test("compare: without a floor the smallest and largest run are the spread", () => {
  const line = (...medians: number[]) => [timeLine({ measure: "commit" }, runs(...medians))];
  assert.deepEqual(outcomes(line(1, 2, 3), line(4, 5, 6)), ["worse"]);
  assert.deepEqual(outcomes(line(1, 2, 4), line(3, 5, 6)), ["within noise"]);
});

Deno.test("compare: of what happens in a second more is better", () => {
  const line = (rate: number) => [rateLine({ measure: "calls" }, runs(rate, rate))];
  assert.deepEqual(outcomes(line(100), line(200)), ["better"]);
  assert.deepEqual(outcomes(line(200), line(100)), ["worse"]);
});

Deno.test("compare: one byte is a change where every run has counted the same", () => {
  const line = (...counts: number[]) => [byteLine({ measure: "get" }, counts)];
  assert.deepEqual(outcomes(line(2543, 2543), line(2544, 2544)), ["worse"]);
  assert.deepEqual(outcomes(line(2543, 2543), line(2542, 2542)), ["better"]);
  assert.deepEqual(outcomes(line(1218, 1221), line(1219, 1222)), ["within noise"]);
});

Deno.test("compare: a measure that only one run has is named, those that are gone last", () => {
  const old = byteLine({ measure: "old" }, [1]), both = byteLine({ measure: "both" }, [1]);
  const fresh = byteLine({ measure: "fresh", store: "kv" }, [1]);
  assert.deepEqual(
    compare(recording(old, both), recording(both, fresh)).map(({ key, outcome }) => [key, outcome]),
    [["part both", "within noise"], ["part fresh kv", "only now"], ["part old", "only before"]],
  );
});

Deno.test("compare: of nothing there are no percents", () => {
  const line = (bytes: number) => memoryLine({ measure: "page" }, [bytes]);
  const [change] = compare(recording(line(0)), recording(line(1024)));
  assert.equal(change?.outcome, "worse");
  assert.equal("percent" in (change ?? {}), false);
});

Deno.test("warnings: another machine or Deno is told, another time is not", () => {
  assert.deepEqual(warnings(environment, { ...environment, bench: "later", load: 0.6 }), []);
  assert.deepEqual(warnings(environment, { ...environment, cores: 8, deno: "2.9.7" }), [
    "cores: 2 before, 8 now",
    "Deno: 2.9.6 before, 2.9.7 now",
  ]);
  const { cpu: _, ...unknown } = environment;
  assert.deepEqual(warnings(environment, unknown), ["processor: one before, unknown now"]);
});

Deno.test("warnings: a load of more than half of the cores is told, on either side", () => {
  const said = ["the machine was busy: load 0.5 before, 1.1 now"];
  assert.deepEqual(warnings(environment, { ...environment, load: 1.1 }), said);
  assert.equal(warnings({ ...environment, load: 1.1 }, environment).length, 1);
});
