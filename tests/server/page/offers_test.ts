import assert from "node:assert/strict";
import { Offers } from "../../../server/page/offers.ts";

Deno.test("offers: a call is offered with its arguments, whatever the order of their keys, and no others", () => {
  const offers = new Offers();
  offers.add("Todos#move", [7, { to: 1, from: 2 }]);
  offers.add("Todos#clear", []);
  assert.ok(offers.hasCall("Todos#move", [7, { from: 2, to: 1 }]));
  assert.ok(offers.hasCall("Todos#clear", []));
  for (const args of [[], [7], ["7", { to: 1, from: 2 }], [7, { to: 1 }]]) {
    assert.ok(!offers.hasCall("Todos#move", args), JSON.stringify(args));
  }
  assert.ok(!offers.hasCall("Todos#clear", [null]));
  assert.ok(!offers.hasCall("Todos#other", []));
});

Deno.test("offers: a target is offered with any arguments, and named once", () => {
  const offers = new Offers();
  offers.add("Todos#move", [7]);
  offers.add("Todos#move", [8]);
  offers.add("Todos#move", [7]);
  offers.add("Todos#clear", []);
  assert.deepEqual([...offers.targets()], ["Todos#move", "Todos#clear"]);
  assert.ok(offers.hasTarget("Todos#move") && offers.hasTarget("Todos#clear"));
  assert.ok(!offers.hasTarget("Todos#move [7]") && !offers.hasTarget("Todos#mov") && !offers.hasTarget(""));
});
