import assert from "node:assert/strict";
import fc from "fast-check";
import { topic } from "@argyle/argyle";
import { FakeClock } from "@argyle/argyle/testing";
import type { TopicContext } from "@argyle/argyle/types";
import { Attendance, AWAY, type Joined } from "../../../server/bus/attendance.ts";
import { joiningOf, peopleOf, Presence } from "../../../server/bus/presence.ts";

const asAnn = '{"name":"Ann"}', asBob = '{"name":"Bob"}';

function make(limit = 1000) {
  const published: string[] = [];
  const presence = new Presence({ publish: (topic) => void published.push(topic) }, limit);
  const names = (topic: string) => presence.on(topic).map((data) => (data as { name: string }).name).join();
  return { presence, names, published };
}

Deno.test("presence: people in the order in which they came, each once, gone with their last place", () => {
  const { presence, names, published } = make();
  presence.come("room", "ann", "tab 1", asAnn);
  presence.come("room", "bob", "tab 2", asBob);
  presence.come("room", "ann", "tab 3", asAnn);
  assert.equal(names("room"), "Ann,Bob");
  assert.equal(presence.on("room"), presence.on("room")); // made once
  presence.go("room", "ann", "tab 1");
  presence.go("room", "ann", "tab 1");
  presence.go("room", "nobody", "tab 1");
  presence.go("other", "ann", "tab 1");
  assert.equal(names("room"), "Ann,Bob");
  presence.go("room", "ann", "tab 3");
  assert.equal(names("room"), "Bob");
  presence.go("room", "bob", "tab 2");
  assert.deepEqual([names("room"), presence.size], ["", 0]);
  assert.deepEqual(published, Array(4).fill("room~people"));
});

Deno.test("presence: what was said last is shown; what a place has said before is no news", () => {
  const { presence, names, published } = make();
  presence.come("room", "ann", "tab 1", asAnn);
  presence.come("room", "ann", "tab 2", asBob);
  presence.come("room", "ann", "tab 1", asAnn);
  assert.equal(names("room"), "Bob");
  presence.go("room", "ann", "tab 2");
  assert.equal(names("room"), "Bob");
  assert.equal(published.length, 2);
});

Deno.test("presence: beyond the limit the first ones are listed, and the others wake nobody", () => {
  const { presence, published } = make(1000);
  for (let n = 0; n < 1500; n++) presence.come("room", `${n}`, "tab", JSON.stringify({ n }));
  assert.equal(presence.on("room").length, 1000);
  assert.equal(published.length, 1000);
  presence.come("room", "1200", "tab", '{"n":-1}');
  presence.go("room", "1200", "tab");
  assert.equal(published.length, 1000);
  presence.go("room", "7", "tab");
  assert.equal(published.length, 1001);
  assert.deepEqual(presence.on("room").at(-1), { n: 1000 }); // moves up
  presence.come("room", "1000", "tab", '{"n":"new"}');
  assert.deepEqual(presence.on("room").at(-1), { n: "new" });
  for (let n = 0; n < 1500; n++) presence.go("room", `${n}`, "tab");
  assert.equal(presence.size, 0);
});

Deno.test("presence: nobody can write to what all are shown", () => {
  const { presence } = make();
  presence.come("room", "ann", "tab", '{"name":"Ann","pets":[{"name":"Rex"}],"__proto__":{"x":1}}');
  const [ann] = presence.on("room") as [{ name: string; pets: { name: string }[] }];
  assert.throws(() => ann.pets[0]!.name = "Eve", TypeError);
  assert.throws(() => (presence.on("room") as unknown[]).push({}), TypeError);
  assert.equal("x" in {}, false);
});

Deno.test("presence: whatever comes and goes, it is what a plain list would be", () => {
  const step = fc.record({
    comes: fc.boolean(),
    person: fc.integer({ min: 0, max: 3 }),
    place: fc.integer({ min: 0, max: 2 }),
    text: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const { presence, published } = make(2);
    const model: { person: number; text: number; places: Map<number, number> }[] = [];
    let shown = "[]";
    for (const { comes, person, place, text } of steps) {
      const before = published.length;
      const at = model.findIndex((one) => one.person === person), known = model[at];
      if (comes) {
        presence.come("t", `${person}`, `${place}`, `${text}`);
        if (known === undefined) model.push({ person, text, places: new Map([[place, text]]) });
        else if (known.places.get(place) !== text) {
          known.places.set(place, text);
          known.text = text;
        }
      } else {
        presence.go("t", `${person}`, `${place}`);
        if (known?.places.delete(place) && known.places.size === 0) model.splice(at, 1);
      }
      const expected = JSON.stringify(model.slice(0, 2).map(({ text }) => text));
      assert.equal(JSON.stringify(presence.on("t")), expected);
      if (expected !== shown) assert.equal(published.length, before + 1); // told when it is another
      shown = expected;
      assert.equal(presence.size, model.length > 0 ? 1 : 0);
    }
  }));
});

Deno.test("peopleOf, joiningOf: topics of their own that nobody else can name, with the topic's own authorize", () => {
  const verbs: string[] = [];
  const Room = topic("room/:room", { authorize: ({ verb }) => (verbs.push(verb), verb !== "join") });
  const room = Room({ room: "a~people" });
  const context: TopicContext = {
    user: undefined,
    verb: "subscribe",
    get: () => assert.fail("nothing is set"),
  };
  assert.equal(peopleOf(room).name, "room/a%7Epeople~people");
  assert.equal(peopleOf(room).allows(context), true);
  assert.equal(joiningOf(room).allows(context), false);
  assert.deepEqual(verbs, ["subscribe", "join"]);
  assert.throws(() => topic("room~people"), TypeError);
});

function attend() {
  const clock = new FakeClock(), { presence, names, published } = make();
  const attendance = new Attendance(presence, clock);
  const join = (name: string, person = "ann", text = asAnn): Joined => ({ name, person, text });
  return { attendance, clock, presence, names, published, join };
}

Deno.test("attendance: a page that is away for less than a second has never left", () => {
  const { attendance, clock, names, published, join } = attend();
  attendance.enter(); // one that looks on
  attendance.enter();
  attendance.attend("1", "s", [join("room")]);
  attendance.leave("1");
  clock.turn(AWAY - 1);
  attendance.away("1"); // told twice, it is not a second more
  attendance.enter();
  attendance.attend("1", "s", [join("room")]);
  assert.equal(clock.waiting, 0);
  clock.turn(AWAY);
  assert.deepEqual([names("room"), published.length], ["Ann", 1]);
  attendance.leave("1");
  clock.turn(AWAY - 1);
  assert.equal(names("room"), "Ann");
  clock.turn(1);
  assert.deepEqual([names("room"), published.length], ["", 2]);
  assert.deepEqual([attendance.size, clock.waiting], [0, 0]);
});

Deno.test("attendance: each has a second of its own, and all of them one timer", () => {
  const { attendance, clock, names, join } = attend();
  attendance.enter();
  for (const n of ["1", "2", "3"]) {
    attendance.enter();
    attendance.attend(n, n, [join("room", n, `{"name":"${n}"}`)]);
  }
  for (const n of ["1", "2", "3"]) {
    attendance.leave(n);
    assert.equal(clock.waiting, 1);
    clock.turn(300);
  }
  assert.equal(names("room"), "1,2,3");
  clock.turn(100);
  assert.equal(names("room"), "2,3");
  clock.turn(300);
  assert.equal(names("room"), "3");
  clock.turn(300);
  assert.deepEqual([names("room"), clock.waiting], ["", 0]);
});

Deno.test("attendance: while no page is live nothing waits; who looks next sees who is there then", () => {
  const { attendance, clock, presence, names, join } = attend();
  attendance.enter();
  attendance.attend("1", "s", [join("room")]);
  attendance.enter();
  attendance.attend("2", "t", [join("room", "bob", asBob)]);
  attendance.leave("1");
  clock.turn(500);
  attendance.leave("2");
  assert.equal(clock.waiting, 0);
  assert.equal(attendance.on("room").length, 2);
  clock.turn(500);
  assert.deepEqual(attendance.on("room"), [{ name: "Bob" }]);
  attendance.enter();
  attendance.attend("3", "t", [join("room", "bob", asBob)]);
  clock.turn(500);
  assert.deepEqual([names("room"), attendance.size], ["Bob", 1]); // another page of his
  attendance.leave("3");
  clock.turn(5000);
  assert.deepEqual([attendance.size, presence.size, clock.waiting], [0, 0, 0]);
});

Deno.test("attendance: what a page does not say any more, is over; the last word on a topic counts", () => {
  const { attendance, clock, presence, names, join } = attend();
  attendance.enter();
  attendance.attend("1", "s", [join("a"), join("b", "ann", asBob), join("b")]);
  assert.deepEqual([names("a"), names("b")], ["Ann", "Ann"]);
  attendance.attend("1", "s", [join("b", "bob", asBob)]);
  assert.deepEqual([names("a"), names("b")], ["", "Bob"]);
  attendance.attend("1", "s", []);
  assert.deepEqual([attendance.size, presence.size], [0, 0]);
  attendance.enter();
  attendance.attend("2", "s", []);
  attendance.leave("2");
  assert.deepEqual([attendance.size, clock.waiting], [0, 0]);
});

Deno.test("attendance: a session that is over has left, from all its pages and no other", () => {
  const { attendance, clock, names, join } = attend();
  for (const n of ["1", "2", "3"]) {
    attendance.enter();
    attendance.attend(n, n === "3" ? "t" : "s", [n === "3" ? join("room", "bob", asBob) : join("room")]);
  }
  attendance.leave("2");
  attendance.endSession("s");
  assert.deepEqual([names("room"), attendance.size, clock.waiting], ["Bob", 1, 0]);
});

Deno.test("attendance: when the app stops, nothing waits", () => {
  const { attendance, clock, presence, join } = attend();
  for (const n of ["1", "2", "3"]) {
    attendance.enter();
    attendance.attend(n, n, [join("room", n)]);
  }
  attendance.leave("1");
  assert.equal(clock.waiting, 1);
  attendance.end();
  assert.equal(clock.waiting, 0);
  attendance.leave("2");
  attendance.leave("3");
  assert.deepEqual([attendance.size, presence.size, clock.waiting], [0, 0, 0]);
});
