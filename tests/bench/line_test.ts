import assert from "node:assert/strict";
import { byteLine, bytesOf, timeLine } from "../../bench/line.ts";
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
