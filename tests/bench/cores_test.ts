import assert from "node:assert/strict";
import { expand, onCore } from "../../bench/cores.ts";

Deno.test("expand: single cores and ranges", () => {
  assert.deepEqual(expand("0,2-4"), ["0", "2", "3", "4"]);
  assert.deepEqual(expand(""), []);
});

Deno.test("onCore: without a core the command is as it was", () => {
  assert.deepEqual(onCore(undefined, ["deno", "run"]), { command: "deno", args: ["run"] });
  assert.deepEqual(onCore("1", ["deno", "run"]), { command: "taskset", args: ["-c", "1", "deno", "run"] });
});
