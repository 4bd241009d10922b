import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { FakeClock } from "@argyle/argyle/testing";
import { Admission, BusyError } from "../../../server/door/admission.ts";

const limits = { renders: 2, rendersWaiting: 6, renderWait: 5000, pagesLoading: 4 };

function setUp(more: Partial<typeof limits> = {}) {
  const clock = new FakeClock(), lines: string[] = [];
  const log = { warn: (message: string) => void lines.push(message) };
  return { clock, lines, admission: new Admission({ ...limits, ...more }, clock, log, () => 0.5) };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Comes, begins, and stays until it is told to leave. */
function come(admission: Admission) {
  const place = admission.come();
  const seen = { place, is: "waiting" as "waiting" | "begun" | "sent away" };
  place.enter();
  void Promise.resolve(place.begin()).then(
    () => seen.is = "begun",
    (error) => {
      assert.ok(error instanceof BusyError);
      seen.is = "sent away";
      place.leave();
    },
  );
  return seen;
}

Deno.test("Admission: so many begin in a turn, in their order; then so many wait for data", async () => {
  const { admission } = setUp();
  const all = Array.from({ length: 6 }, () => come(admission));
  const begun = () => all.map(({ is }) => is === "begun");
  await Promise.resolve();
  assert.deepEqual(begun(), [true, true, false, false, false, false]);
  await turn();
  assert.deepEqual(begun(), [true, true, true, true, false, false]);
  await turn();
  await turn();
  assert.deepEqual(begun(), [true, true, true, true, false, false], "four wait for data, and that is all");
  all[1]!.place.leave();
  await turn();
  assert.deepEqual(begun(), [true, true, true, true, true, false]);
  all[5]!.place.leave();
  await turn();
  assert.equal(all[5]!.is, "sent away", "it was in line, and is not any more");
  for (const { place } of all) place.leave();
  await turn();
  assert.deepEqual(admission.size, { waiting: 0, begun: 0 });
});

Deno.test("Admission: who is first in line comes before who has just come", async () => {
  const { admission } = setUp({ pagesLoading: 1 });
  const first = come(admission), second = come(admission);
  await turn();
  first.place.leave();
  const third = come(admission);
  await turn();
  assert.deepEqual([second.is, third.is], ["begun", "waiting"]);
  second.place.leave();
  await turn();
  assert.equal(third.is, "begun");
  third.place.leave();
});

Deno.test("Admission: who waits too long is sent away, who came later not yet; one timer", async () => {
  const { admission, clock } = setUp({ pagesLoading: 1 });
  const first = come(admission), second = come(admission);
  clock.turn(3000);
  const third = come(admission);
  clock.turn(2000);
  await turn();
  assert.deepEqual([first.is, second.is, third.is], ["begun", "sent away", "waiting"]);
  clock.turn(3000);
  await turn();
  assert.equal(third.is, "sent away");
  assert.deepEqual(admission.size, { waiting: 0, begun: 1 });
  first.place.leave();
});

Deno.test("Admission: the more were sent away, the later the next is to come back, for 30 s at most; it is told once a minute", async () => {
  const { admission, clock, lines } = setUp();
  const all = Array.from({ length: 8 }, () => come(admission)), place = admission.come();
  const after = Array.from({ length: 20_000 }, () => {
    try {
      place.enter();
    } catch (error) {
      assert.ok(error instanceof BusyError);
      return Number(error.headers["retry-after"]);
    }
    throw new Error("There was room.");
  });
  assert.deepEqual([after[0], after[999], after[1999], after.at(-1)], [1, 4, 7, 30]);
  assert.deepEqual(after, after.toSorted((a, b) => a - b));
  assert.equal(lines.length, 1);
  clock.turn(60_000);
  assert.throws(() => place.enter(), BusyError);
  assert.equal(lines.length, 2);
  // Once nobody is in line any more, all of that is over.
  while (all.some(({ is }) => is === "begun" || is === "waiting") && admission.size.begun > 0) {
    for (const { place, is } of all) if (is === "begun") place.leave();
    await turn();
  }
  assert.deepEqual(admission.size, { waiting: 0, begun: 0 });
});
