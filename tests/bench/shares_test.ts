import assert from "node:assert/strict";
import { shares } from "../../bench/shares.ts";

Deno.test("shares: of all efforts together", () => {
  assert.equal(
    shares([{ elapsed: 100, load: 40, server: 90 }, { elapsed: 300, load: 40, server: 270 }]),
    "load 20 % of a core, server 90 %",
  );
});

Deno.test("shares: a load that has no time left is told", () => {
  assert.match(shares([{ elapsed: 100, load: 95, server: 80 }]), /; the load's core was full/);
  assert.doesNotMatch(shares([{ elapsed: 100, load: 95, server: 99 }]), /full/);
});

Deno.test("shares: where the system does not tell, the note says so", () => {
  assert.match(shares([{ elapsed: 100, load: 0, server: 0 }]), /^this system does not tell/);
});
