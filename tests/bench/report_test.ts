import assert from "node:assert/strict";
import { byteLine, rateLine } from "../../bench/line.ts";
import type { Recording } from "../../bench/recording.ts";
import { report } from "../../bench/report.ts";

const environment = {
  bench: "2026-11-20T10:00:00Z",
  commit: "c5ea10f",
  rounds: 5,
  cores: 2,
  load: 0.5,
  deno: "2.9.6",
  v8: "15.0",
  target: "x86_64-unknown-linux-gnu",
};
const run = (median: number) => ({ median, p95: median, samples: 5 });

function recording(bytes: number, rate: number, floor: number, deno = "2.9.6"): Recording {
  const lines = [
    byteLine({ measure: "get", store: "memory" }, [bytes]),
    rateLine({ measure: "echo" }, [run(floor)]),
    rateLine({ measure: "calls" }, [run(rate)], { name: "echo", runs: [run(1000)] }),
    byteLine({ measure: "script" }, [1]),
  ];
  return { environment: { ...environment, deno }, lines: lines.map((line) => ({ part: "all", ...line })) };
}

Deno.test("report: what got worse comes first, floors last, and the rest is a number", () => {
  const text = report(recording(2543, 300, 1000), recording(2544, 600, 900, "3.0.0"));
  assert.deepEqual(text.split("\n"), [
    "2026-11-20T10:00 (c5ea10f, load 0.5) against 2026-11-20T10:00 (c5ea10f, load 0.5):",
    "warning: Deno: 2.9.6 before, 3.0.0 now",
    "             measure         by         before       now",
    "worse        all get memory  +0.0393 %  2,543 bytes  2,544 bytes",
    "better       all calls       +100 %     ratio 0.3    ratio 0.6",
    "floor moved  all echo        -10 %      1,000 /s     900 /s",
    "2 changed beyond the noise, 1 within it; floors that have moved: 1.",
  ]);
});

Deno.test("report: without a change there is no table", () => {
  const same = recording(1, 2, 3);
  assert.equal(
    report(same, same).split("\n").slice(1).join("\n"),
    "0 changed beyond the noise, 4 within it; floors that have moved: 0.",
  );
});
