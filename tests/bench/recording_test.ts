import assert from "node:assert/strict";
import { byteLine, memoryLine, rateLine, timeLine } from "../../bench/line.ts";
import { keyOf, readRecording } from "../../bench/recording.ts";

const environment = {
  bench: "2026-11-20T10:00:00Z",
  rounds: 5,
  cores: 2,
  load: 0.5,
  deno: "2.9.6",
  v8: "15.0",
  target: "x86_64-unknown-linux-gnu",
};
const run = (median: number) => ({ median, p95: median, samples: 5 });
const line = { part: "sizes", ...byteLine({ measure: "get", store: "memory" }, [7]) };

function text(...lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

Deno.test("readRecording: what the bench prints is read as it was", () => {
  const floor = { name: "echo", runs: [run(1)] };
  const lines = [
    line,
    { part: "counter", ...timeLine({ measure: "click" }, [run(2)], floor) },
    { part: "load", ...rateLine({ measure: "calls" }, [run(2)]) },
    {
      part: "memory",
      ...memoryLine({ measure: "page" }, [5000], { above: { name: "socket", bytes: [1000] } }),
    },
  ];
  assert.deepEqual(readRecording(text(environment, ...lines), "old"), { environment, lines });
});

Deno.test("readRecording: a malformed or foreign text is refused with its line", () => {
  const refused = (text: string, why: RegExp) => assert.throws(() => readRecording(text, "old.jsonl"), why);
  refused("", /^TypeError: Cannot compare with old\.jsonl: it is empty\.$/);
  refused("# Bench\n", /line 1 is not the first line of a bench/);
  refused(text(line), /line 1 is not the first line of a bench/);
  refused(text(environment), /it has no measures/);
  refused(`${text(environment, line)}{"part":`, /line 3 is not a measure of a bench/);
  refused(text(environment, line, environment), /line 3 begins a second run/);
  refused(text(environment, line, line), /line 3 says sizes get memory again/);
});

Deno.test("readRecording: a measure needs its part, a known unit and figures", () => {
  for (
    const wrong of [{ part: undefined }, { unit: "miles" }, { median: "7" }, { store: "disk" }, {
      floor: "echo",
    }]
  ) {
    assert.throws(
      () => readRecording(text(environment, { ...line, ...wrong }), "old"),
      /line 2 is not a measure/,
    );
  }
});

Deno.test("keyOf: the same measure of another part or store is another", () => {
  assert.equal(keyOf({ part: "counter", measure: "echo" }), "counter echo");
  assert.equal(keyOf({ part: "counter", measure: "trip", store: "kv" }), "counter trip kv");
});
