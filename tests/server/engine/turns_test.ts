import assert from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import { Turns } from "../../../server/engine/turns.ts";

Deno.test("Turns: who has taken one is alone until it is given back, and those who wait come in their order", async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const work = async (name: string) => {
    const leave = await turns.take("line");
    seen.push(`${name} in`);
    await Promise.resolve();
    seen.push(`${name} out`);
    leave();
  };
  await Promise.all(["a", "b", "c"].map(work));
  assert.deepEqual(seen, ["a in", "a out", "b in", "b out", "c in", "c out"]);
});

Deno.test("Turns: quiet waits for a line of this name, and for no other", async () => {
  const turns = new Turns();
  const leave = await turns.take("ann");
  await turns.quiet("bob");
  let quiet = false;
  const waiting = turns.quiet("ann").then(() => quiet = true);
  await Promise.resolve();
  assert.equal(quiet, false);
  leave();
  await waiting;
  await turns.quiet("ann");
});

Deno.test("Turns: one that ends by itself lets the next one in, and is given back in vain", async () => {
  const clock = new FakeClock(), turns = new Turns(clock);
  const leaveFirst = await turns.take("line", 300);
  const second = turns.take("line", 300);
  clock.turn(299);
  assert.equal(await Promise.race([second, "still waiting"]), "still waiting");
  clock.turn(1);
  const leaveSecond = await second;
  leaveFirst();
  let quiet = false;
  const waiting = turns.quiet("line").then(() => quiet = true);
  await Promise.resolve();
  assert.equal(quiet, false);
  leaveSecond();
  await waiting;
  assert.equal(clock.waiting, 0);
});
