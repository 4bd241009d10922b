import assert from "node:assert/strict";
import {
  add,
  hold,
  interleave,
  judge,
  quantile,
  type Run,
  runsOf,
  summarize,
  takeOff,
  type Turn,
} from "../../bench/measure.ts";

function run(median: number): Run {
  return { median, p95: 2 * median, samples: 10 };
}

Deno.test("quantile: the middle lies between two values where their number is even", () => {
  assert.equal(quantile([4, 1, 3], 0.5), 3);
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
});

Deno.test("quantile: the ends are the smallest and the largest, whatever the order", () => {
  const values = [10, 9, 1, 2];
  assert.deepEqual([quantile(values, 0), quantile(values, 1)], [1, 10]);
  assert.deepEqual(values, [10, 9, 1, 2]);
});

Deno.test("quantile: parts are linear between two values", () => {
  assert.equal(quantile([0, 100], 0.25), 25);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

function recorder(order: string[]): (name: string, samples?: number[]) => Turn {
  return (name, samples = [1]) => () => {
    order.push(name);
    return Promise.resolve({ [name]: samples });
  };
}

Deno.test("interleave: floor and measure take turns, every other lap in the opposite order", async () => {
  const order: string[] = [], turn = recorder(order);
  await interleave([turn("a"), turn("b"), turn("c")], { rounds: 3 });
  assert.equal(order.join(""), "abc" + "cba" + "abc");
});

Deno.test("interleave: the laps of a round are one run", async () => {
  const order: string[] = [], turn = recorder(order);
  const all = await interleave([turn("a", [1, 2]), turn("b", [3])], { rounds: 2, laps: 3 });
  assert.equal(order.join(""), "abbaab" + "baabba");
  assert.deepEqual(runsOf(all, "a").map(({ samples, median }) => [samples, median]), [[6, 1.5], [6, 1.5]]);
  assert.deepEqual(runsOf(all, "b").map(({ samples }) => samples), [3, 3]);
});

Deno.test("interleave: cold rounds are taken and not counted", async () => {
  const order: string[] = [], turn = recorder(order);
  const all = await interleave([turn("a"), turn("b")], { rounds: 2, cold: 1 });
  assert.equal(order.join(""), "ab" + "ba" + "ab");
  assert.equal(runsOf(all, "a").length, 2);
});

Deno.test("interleave: one turn may time several measures", async () => {
  const all = await interleave([() => Promise.resolve({ one: [1], other: [2] })], { rounds: 1 });
  assert.equal(runsOf(all, "other")[0]?.median, 2);
});

Deno.test("interleave: no rounds, no samples and unknown names are refused", async () => {
  await assert.rejects(interleave([], { rounds: 0 }), /Cannot take turns 0 times/);
  await assert.rejects(interleave([], { rounds: 1, laps: 1.5 }), /Cannot take turns 1.5 times/);
  await assert.rejects(interleave([recorder([])("a", [])], { rounds: 1 }), /Cannot measure a/);
  assert.throws(() => runsOf(new Map(), "a"), /Cannot find the runs of a/);
});

Deno.test("interleave: a turn that fails ends it", async () => {
  const failing: Turn = () => Promise.reject(new Error("wrong answer"));
  const order: string[] = [];
  await assert.rejects(interleave([failing, recorder(order)("a")], { rounds: 2 }), /wrong answer/);
  assert.deepEqual(order, []);
});

Deno.test("summarize: the median of the medians, with their ends", () => {
  assert.deepEqual(summarize([run(3), run(1), run(2)]), {
    median: 2,
    min: 1,
    max: 3,
    p95: 4,
    runs: 3,
    samples: 30,
  });
});

Deno.test("hold: each run is held against the floor of its own round", () => {
  // The machine was ten times slower in the second round: the ratio has not changed.
  const held = hold([run(2), run(20), run(2)], [run(1), run(10), run(1)]);
  assert.deepEqual(held, { floor_median: 1, ratio: 2, ratio_low: 2, ratio_high: 2 });
});

Deno.test("hold: the spread is the quartiles of the ratios", () => {
  const held = hold([1, 2, 3, 4, 100].map(run), [1, 1, 1, 1, 1].map(run));
  assert.deepEqual([held.ratio_low, held.ratio, held.ratio_high], [2, 3, 4]);
});

Deno.test("hold: a floor with fewer runs gives no ratio", () => {
  assert.ok(Number.isNaN(hold([run(1), run(1)], [run(1)]).ratio));
});

Deno.test("add: two floors one after the other are their sum, round by round", () => {
  assert.deepEqual(add([run(1), run(2)], [run(10), run(20)]).map(({ median }) => median), [11, 22]);
});

Deno.test("takeOff: what is left is run by run, of the p95 too", () => {
  assert.deepEqual(takeOff([run(10), run(20)], [run(1), run(2)]), [
    { median: 9, p95: 19, samples: 10 },
    { median: 18, p95: 38, samples: 10 },
  ]);
  assert.ok(Number.isNaN(takeOff([run(10)], [])[0]?.median));
});

Deno.test("judge: a spread on one side of the target is a verdict, around it is noise", () => {
  assert.equal(judge({ low: 1, high: 1.5 }, 1.5), "met");
  assert.equal(judge({ low: 1.6, high: 2 }, 1.5), "missed");
  assert.equal(judge({ low: 1.4, high: 1.6 }, 1.5), "within noise");
});

Deno.test("judge: a target can be a least", () => {
  assert.equal(judge({ low: 0.35, high: 0.5 }, 0.35, "at least"), "met");
  assert.equal(judge({ low: 0.1, high: 0.34 }, 0.35, "at least"), "missed");
  assert.equal(judge({ low: 0.3, high: 0.4 }, 0.35, "at least"), "within noise");
});
