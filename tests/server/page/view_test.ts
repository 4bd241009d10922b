import assert from "node:assert/strict";
import { Offers } from "../../../server/page/offers.ts";
import { hashRender, ParkedViews, type View } from "../../../server/page/view.ts";

function view(body: string): View {
  return {
    hash: "h",
    version: 0,
    render: { head: "", body, offers: new Offers() },
    previous: undefined,
    state: "0",
  };
}

Deno.test("ParkedViews: keeps what fits, and lets the least recently parked go", () => {
  const parked = new ParkedViews(3 * (2 * 100 + 1024));
  const body = "x".repeat(100);
  for (const visit of ["a", "b", "c"]) parked.park(visit, view(body));
  parked.park("a", view(body));
  parked.park("d", view(body));
  assert.deepEqual(["a", "b", "c", "d"].map((visit) => parked.has(visit)), [true, false, true, true]);
  assert.equal(parked.bytes, 3 * (2 * 100 + 1024));
  parked.park("huge", view("x".repeat(10_000)));
  assert.equal(parked.bytes, 0);
});

Deno.test("ParkedViews: what is taken is gone, and a view that shows nothing known is not kept", () => {
  const parked = new ParkedViews(10_000);
  const one = view("one");
  parked.park("a", one);
  assert.equal(parked.take("a"), one);
  assert.equal(parked.take("a"), undefined);
  parked.park("b", { ...one, render: undefined });
  assert.equal(parked.has("b"), false);
  assert.equal(parked.bytes, 0);
});

Deno.test("hashRender: head and body do not run into each other", async () => {
  assert.notEqual(await hashRender({ head: "a", body: "b" }), await hashRender({ head: "ab", body: "" }));
  assert.equal(await hashRender({ head: "a", body: "b" }), await hashRender({ head: "a", body: "b" }));
});
