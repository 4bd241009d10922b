import assert from "node:assert/strict";
import { hashPage } from "../../../server/page/view.ts";

Deno.test("hashPage: head and body do not run into each other", async () => {
  assert.notEqual(await hashPage({ head: "a", body: "b" }), await hashPage({ head: "ab", body: "" }));
  assert.equal(await hashPage({ head: "a", body: "b" }), await hashPage({ head: "a", body: "b" }));
});
