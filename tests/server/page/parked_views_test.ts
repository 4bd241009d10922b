import assert from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import { Topics } from "../../../server/bus/topics.ts";
import { topic } from "../../../server/bus/topic.ts";
import { Offers } from "../../../server/page/offers.ts";
import { ParkedViews } from "../../../server/page/parked_views.ts";
import { View } from "../../../server/page/view.ts";

const News = topic("news");

function view(body: string, topics = [] as ReturnType<typeof News>[]): View {
  return new View({
    hash: body,
    state: "0",
    render: { head: "", body, offers: new Offers(), slots: [], topics, joins: [], since: 0 },
  });
}

Deno.test("ParkedViews: keeps what fits, and lets the least recently parked go", () => {
  const parked = new ParkedViews(3 * (2 * 100 + 1024), new FakeClock());
  for (const visit of ["a", "b", "c"]) parked.park(visit, view("x".repeat(100)));
  parked.park("a", view("y".repeat(100)));
  parked.park("d", view("x".repeat(100)));
  assert.deepEqual(["a", "b", "c", "d"].map((visit) => parked.has(visit)), [true, false, true, true]);
  assert.equal(parked.bytes, 3 * (2 * 100 + 1024));
  parked.park("huge", view("x".repeat(10_000)));
  assert.equal(parked.bytes, 0);
});

Deno.test("ParkedViews: what is taken is gone, and a view that shows nothing known is not kept", () => {
  const parked = new ParkedViews(10_000, new FakeClock());
  parked.park("a", view("a"));
  assert.equal(parked.take("a")?.hash, "a");
  assert.equal(parked.take("a"), undefined);
  parked.park("b", new View({ hash: "b", state: "0", render: undefined }));
  assert.equal(parked.has("b"), false);
  assert.equal(parked.bytes, 0);
});

Deno.test("View: finds out what has changed since it was made, and follows its topics while somebody shows it", () => {
  const topics = new Topics();
  const made = view("a", [News()]), other = view("b", [topic("other")()]);
  topics.publish("news");
  for (const one of [made, other]) one.follow(topics);
  assert.deepEqual([made.isBehind, other.isBehind], [true, false]);
  assert.equal(topics.size, 2);
  let woken = 0;
  other.live = { wake: () => void woken++, tell() {}, join() {} };
  topics.publish("other");
  assert.deepEqual([other.isBehind, woken], [true, 1]);
  for (const one of [made, other]) one.leave(topics);
  topics.publish("other");
  assert.deepEqual([topics.size, woken], [0, 1]);
});

Deno.test("ParkedViews: what no socket has followed for a second rests when others come", () => {
  const clock = new FakeClock(), parked = new ParkedViews(1_000_000, clock);
  const rested: string[] = [];
  for (const visit of ["a", "b", "c", "d"]) {
    const render = {
      head: "",
      body: visit,
      offers: new Offers(),
      slots: [],
      topics: [],
      joins: [],
      since: 0,
    };
    const rest = () => void rested.push(visit);
    parked.park(visit, new View({ hash: visit, state: "0", render: { ...render, rest } }));
    clock.turn(400);
  }
  assert.deepEqual(rested, ["a"]);
  parked.take("b");
  clock.turn(5000);
  parked.park("e", view("e"));
  assert.deepEqual(rested, ["a", "c", "d"]);
  assert.equal(clock.waiting, 0);
});
