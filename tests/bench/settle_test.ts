import assert from "node:assert/strict";
import { isSettled } from "../../bench/settle.ts";

Deno.test("isSettled: three readings in a row that are as good as equal", () => {
  assert.equal(isSettled([1000, 1000]), false);
  assert.equal(isSettled([5000, 1000, 1001, 1002]), true);
  assert.equal(isSettled([1000, 1001, 1010]), false);
});
