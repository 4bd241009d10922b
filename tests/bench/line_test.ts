import assert from "node:assert/strict";
import { byteLine, bytesOf, memoryLine, rateLine, timeLine } from "../../bench/line.ts";
import { toMarkdown } from "../../bench/table.ts";

const run = (median: number) => ({ median, p95: median, samples: 5 });
const floor = { name: "echo", runs: [run(1), run(1)] };

Deno.test("bytesOf: letters beyond ASCII count as what they take on the wire", () => {
  assert.equal(bytesOf("−€"), 6);
});

Deno.test("byteLine: the target is the count's", () => {
  const label = { measure: "bytes", target: 100 };
  assert.equal(byteLine(label, [99, 100]).verdict, "met");
  assert.equal(byteLine(label, [101]).verdict, "missed");
  assert.equal(byteLine(label, [99, 101]).verdict, "within noise");
  assert.equal("verdict" in byteLine({ measure: "bytes" }, [1]), false);
});

Deno.test("timeLine: the target is the ratio's", () => {
  const line = timeLine({ measure: "click", store: "memory", target: 1.5 }, [run(2), run(2)], floor);
  assert.deepEqual([line.floor, line.ratio, line.target, line.verdict], ["echo", 2, 1.5, "missed"]);
  assert.equal(timeLine({ measure: "click", target: 2 }, [run(2), run(2)], floor).verdict, "met");
});

Deno.test("timeLine: without a floor there is neither ratio nor verdict", () => {
  const line = timeLine({ measure: "echo" }, floor.runs);
  assert.equal("ratio" in line || "verdict" in line, false);
});

Deno.test("timeLine: a line survives JSON", () => {
  const line = timeLine({ measure: "click" }, [run(1 / 3), run(1 / 3)], floor);
  assert.deepEqual(JSON.parse(JSON.stringify(line)), line);
  assert.equal(line.median, 0.3333);
});

Deno.test("rateLine: a target can be a least, and says so", () => {
  const label = { measure: "calls", target: 0.35, bound: "at least" } as const;
  const line = rateLine(label, [run(0.5), run(0.5)], floor);
  assert.deepEqual([line.unit, line.bound, line.verdict], ["per second", "at least", "met"]);
  assert.equal(rateLine(label, [run(0.3), run(0.3)], floor).verdict, "missed");
  assert.equal("bound" in timeLine({ measure: "click", target: 2 }, [run(2), run(2)], floor), false);
});

Deno.test("rateLine: without a floor the target is the median's, and the spread the quartiles", () => {
  const label = { measure: "calls", target: 5000, bound: "at least" } as const;
  const rates = (...values: number[]) => rateLine(label, values.map(run)).verdict;
  assert.equal(rates(3000, 5000, 5500, 6000, 9000), "met");
  assert.equal(rates(3000, 4000, 5500, 6000, 9000), "within noise");
  assert.equal(rates(3000, 4000, 4500, 4900, 9000), "missed");
});

Deno.test("timeLine: what lies above another line, run by run, has a target of its own", () => {
  const line = timeLine({ measure: "script", target: 5 }, [run(7), run(6)], undefined, {
    name: "bare",
    runs: [run(3), run(1)],
  });
  assert.deepEqual([line.median, line.above, line.above_median, line.verdict], [4.5, "bare", 2, "met"]);
});

Deno.test("timeLine: what lies above another line can be a multiple of it", () => {
  const render = { name: "render", runs: [run(2), run(2)] };
  const line = timeLine({ measure: "change", target: 0.3 }, [run(3), run(3)], render, render);
  assert.deepEqual([line.median, line.ratio, line.verdict], [1, 0.5, "missed"]);
});

Deno.test("memoryLine: KB above another line, run by run", () => {
  const above = { name: "socket", bytes: [1024, 3072] };
  const line = memoryLine({ measure: "page", target: 8 }, [5 * 1024, 8 * 1024], { above });
  assert.deepEqual([line.unit, line.min, line.median, line.max], ["KB", 4, 4.5, 5]);
  assert.deepEqual([line.above, line.above_median, line.verdict], ["socket", 2, "met"]);
  assert.equal(memoryLine({ measure: "page", target: 4 }, [5 * 1024]).verdict, "missed");
});

Deno.test("memoryLine: with a floor the target is the ratio's", () => {
  const line = memoryLine({ measure: "view", target: 2 }, [3072, 3072], {
    above: { name: "socket", bytes: [1024, 1024] },
    floor: { name: "document", bytes: [1024, 1024] },
  });
  assert.deepEqual([line.ratio, line.floor_median, line.verdict], [2, 1, "met"]);
});

Deno.test("toMarkdown: a least, and what was taken off", () => {
  const above = { name: "socket", bytes: [1024] };
  const markdown = toMarkdown(
    [
      rateLine({ measure: "calls", target: 0.35, bound: "at least" }, [run(5000)], {
        name: "echo",
        runs: [run(10_000)],
      }),
      memoryLine({ measure: "page", target: 8 }, [5 * 1024], { above }),
    ].map((line) => JSON.stringify(line)).join("\n"),
  );
  assert.match(
    markdown,
    /\| calls \| {2}\| 5,000 \/s \| {2}\| echo \| 0\.5 \(0\.5 … 0\.5\) \| at least 0\.35 \| met \|/,
  );
  assert.match(markdown, /\| page \| {2}\| 4 KB \| {2}\| above socket \| {2}\| 8 \| met \|/);
});

Deno.test("toMarkdown: a row for each measure, with the environment above", () => {
  const environment = {
    bench: "2026-11-20T10:00:00Z",
    commit: "c5ea10f",
    rounds: 5,
    cores: 2,
    load: 0.5,
    deno: "2.9.6",
  };
  const lines = [
    environment,
    timeLine({ measure: "click", store: "memory", target: 1.5 }, [run(2), run(3)], floor),
    byteLine({ measure: "get" }, [1234]),
  ];
  const markdown = toMarkdown(lines.map((line) => JSON.stringify(line)).join("\n") + "\n");
  assert.match(
    markdown,
    /^2026-11-20, commit c5ea10f, 2 cores, Deno 2\.9\.6, 5 rounds, load 0\.5 at the start:\n/,
  );
  assert.match(
    markdown,
    /\| click \| memory \| 2\.5 ms \| 2 … 3 \| echo \| 2\.5 \(2\.25 … 2\.75\) \| 1\.5 \| missed \|/,
  );
  assert.match(markdown, /\| get \| {2}\| 1,234 bytes \| {2}\| {2}\| {2}\| {2}\| {2}\|/);
});
