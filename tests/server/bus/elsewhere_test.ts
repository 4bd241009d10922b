import assert from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import fc from "fast-check";
import { Elsewhere } from "../../../server/bus/elsewhere.ts";
import type { Notice } from "../../../server/bus/notice.ts";
import { Presence } from "../../../server/bus/presence.ts";

/** Isolates on a bus that can lose what is said, be away, and lose isolates. Everything arrives at once. */
class Isolates {
  readonly clock = new FakeClock();
  readonly all = new Map<string, Isolate>();
  /** Every notice that went over the bus. */
  readonly said: string[] = [];
  isAway = false;
  /** Messages from now on that are lost without anybody hearing of it. */
  losing = 0;
  #queue: (() => void)[] = [];

  start(name: string): Isolate {
    const presence = new Presence({ publish: () => {} }, 1000);
    const elsewhere = new Elsewhere({
      isolate: name,
      presence,
      clock: this.clock,
      send: (...notices) => this.#say(name, notices),
    });
    const isolate = { name, elsewhere, people: () => presence.on("room").map(String).toSorted() };
    this.all.set(name, isolate);
    elsewhere.begin();
    return isolate;
  }

  /** It is there no more, and says nothing about it. */
  kill(name: string): void {
    this.all.delete(name);
  }

  turn(ms: number): void {
    for (let left = ms; left > 0; left -= 100) {
      this.clock.turn(Math.min(left, 100));
      this.deliver();
    }
  }

  deliver(): void {
    for (let run = this.#queue.shift(); run !== undefined; run = this.#queue.shift()) run();
  }

  #say(from: string, notices: readonly Notice[]): void {
    for (const notice of notices) {
      if (!this.all.has(from) || this.isAway) continue;
      this.said.push(`${from} ${notice[0]}`);
      if (this.losing > 0 && this.losing-- > 0) continue;
      // As it is written and read.
      const text = JSON.stringify(notice);
      for (const [name, { elsewhere }] of this.all) {
        this.#queue.push(() => this.all.has(name) && elsewhere.hear(JSON.parse(text), from));
      }
    }
  }
}

interface Isolate {
  readonly name: string;
  readonly elsewhere: Elsewhere;
  people(): string[];
}

const come = ({ elsewhere }: Isolate, who: string, place = who, shown = who) =>
  elsewhere.come("room", who, place, JSON.stringify(shown));
const go = ({ elsewhere }: Isolate, who: string, place = who) => elsewhere.go("room", who, place);

Deno.test("elsewhere: who comes and goes in one isolate does so in all", () => {
  const isolates = new Isolates(), a = isolates.start("a"), b = isolates.start("b");
  come(a, "ann");
  come(b, "bob");
  isolates.deliver();
  for (const { people } of [a, b]) assert.deepEqual(people(), ["ann", "bob"]);
  come(a, "ann", "ann", "Ann!");
  go(b, "bob");
  isolates.deliver();
  for (const { people } of [a, b]) assert.deepEqual(people(), ["Ann!"]);
});

Deno.test("elsewhere: a person in two isolates is one, and gone with the last of them", () => {
  const isolates = new Isolates(), a = isolates.start("a"), b = isolates.start("b"), c = isolates.start("c");
  come(a, "ann", "one");
  come(b, "ann", "one"); // the same visit, which has just gone over
  isolates.deliver();
  assert.deepEqual(c.people(), ["ann"]);
  go(a, "ann", "one");
  isolates.deliver();
  for (const { people } of [a, b, c]) assert.deepEqual(people(), ["ann"]);
  go(b, "ann", "one");
  isolates.deliver();
  for (const { people } of [a, b, c]) assert.deepEqual(people(), []);
});

Deno.test("elsewhere: one that starts later hears who is there, also where they are thousands", () => {
  const isolates = new Isolates(), a = isolates.start("a");
  const names = Array.from({ length: 5000 }, (_, n) => `person ${n}`);
  for (const name of names) a.elsewhere.come("room", name, name, JSON.stringify(name));
  const presence = new Presence({ publish: () => {} }, 10_000);
  const late = new Elsewhere({
    isolate: "late",
    presence,
    clock: isolates.clock,
    send: (...notices) => notices.forEach((notice) => a.elsewhere.hear(notice, "late")),
  });
  isolates.all.set("late", { name: "late", elsewhere: late, people: () => [] });
  late.begin();
  isolates.turn(200);
  assert.deepEqual(presence.on("room").map(String).toSorted(), names.toSorted());
});

Deno.test("elsewhere: however many ask at once, they are answered once", () => {
  const isolates = new Isolates();
  come(isolates.start("a"), "ann");
  for (let n = 0; n < 20; n++) isolates.start(`b${n}`);
  isolates.turn(300);
  assert.equal(isolates.said.filter((said) => said === "a all").length, 1);
  for (const { people } of isolates.all.values()) assert.deepEqual(people(), ["ann"]);
});

Deno.test("elsewhere: those of an isolate that was killed are gone within five seconds", () => {
  const isolates = new Isolates(), a = isolates.start("a"), b = isolates.start("b"), c = isolates.start("c");
  come(a, "ann");
  come(b, "bob");
  isolates.turn(3000);
  isolates.kill("a");
  isolates.turn(2000);
  assert.deepEqual(b.people(), ["ann", "bob"]);
  isolates.turn(3000);
  for (const { people } of [b, c]) assert.deepEqual(people(), ["bob"]);
  assert.equal(b.elsewhere.size, 0);
});

Deno.test("elsewhere: of one that ends, people have the time to come back elsewhere: nobody sees them go", () => {
  const isolates = new Isolates(), a = isolates.start("a"), b = isolates.start("b"), c = isolates.start("c");
  come(a, "ann");
  come(a, "bob");
  isolates.deliver();
  a.elsewhere.end();
  for (const who of ["ann", "bob"]) go(a, who);
  isolates.kill("a");
  isolates.turn(2000);
  assert.deepEqual(c.people(), ["ann", "bob"]);
  come(b, "ann");
  isolates.turn(3000);
  for (const { people } of [b, c]) assert.deepEqual(people(), ["ann"]);
});

Deno.test("elsewhere: while the bus is away nobody seems to leave; what happened meanwhile is known when it is back", () => {
  const isolates = new Isolates(), a = isolates.start("a"), b = isolates.start("b");
  come(a, "ann");
  come(b, "bob");
  isolates.turn(2000);
  isolates.isAway = true;
  isolates.turn(60_000);
  come(a, "cid");
  go(a, "ann");
  isolates.turn(1000);
  assert.deepEqual(a.people(), ["bob", "cid"]);
  assert.deepEqual(b.people(), ["ann", "bob"]);
  isolates.isAway = false;
  isolates.turn(2000);
  for (const { people } of [a, b]) assert.deepEqual(people(), ["bob", "cid"]);
});

Deno.test("elsewhere: what was lost is missed at the next beat, and asked for", () => {
  const isolates = new Isolates(), a = isolates.start("a"), b = isolates.start("b");
  come(a, "ann");
  isolates.turn(1000);
  isolates.losing = 1;
  come(a, "bob");
  isolates.turn(100);
  assert.deepEqual(b.people(), ["ann"]);
  isolates.turn(1200);
  assert.deepEqual(b.people(), ["ann", "bob"]);
});

Deno.test("elsewhere: after a gap everybody is asked", () => {
  const isolates = new Isolates(), a = isolates.start("a"), b = isolates.start("b");
  come(a, "ann");
  isolates.deliver();
  isolates.losing = 1;
  go(a, "ann");
  come(a, "bob");
  b.elsewhere.gap();
  isolates.turn(200);
  assert.deepEqual(b.people(), ["bob"]);
});

Deno.test("elsewhere: while nobody is on a topic, nothing is said and nothing waits", () => {
  const isolates = new Isolates(), a = isolates.start("a"), b = isolates.start("b");
  isolates.turn(10_000);
  assert.deepEqual(isolates.said, ["a who", "b who"]);
  assert.equal(isolates.clock.waiting, 0);
  come(a, "ann");
  come(b, "bob");
  isolates.turn(5000);
  go(a, "ann");
  go(b, "bob");
  isolates.turn(10_000);
  const { length } = isolates.said;
  isolates.turn(60_000);
  assert.ok(isolates.said.length === length, isolates.said.slice(length, length + 5).join());
  assert.equal(isolates.clock.waiting, 0);
});

Deno.test("elsewhere: whatever comes, goes, is lost, is killed and starts, five seconds later all know who is there", () => {
  const names = ["a", "b", "c", "d"], people = ["ann", "bob", "cid"];
  const step = fc.oneof(
    fc.record({ do: fc.constantFrom("come", "go"), at: fc.nat(3), who: fc.nat(2), place: fc.nat(1) }),
    fc.record({
      do: fc.constantFrom("kill", "start", "end", "gap"),
      at: fc.nat(3),
      who: fc.nat(2),
      place: fc.nat(1),
    }),
    fc.record({ do: fc.constant("turn"), at: fc.nat(40), who: fc.nat(2), place: fc.nat(1) }),
    fc.record({
      do: fc.constantFrom("lose", "away", "back"),
      at: fc.nat(3),
      who: fc.nat(2),
      place: fc.nat(1),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const isolates = new Isolates();
      const truth = new Map<string, Set<string>>();
      let started = 0;
      const names_ = new Map<number, string>();
      const start = (at: number) => {
        const name = `${names[at]}${++started}`;
        names_.set(at, name);
        truth.set(name, new Set());
        isolates.start(name);
      };
      for (let at = 0; at < 3; at++) start(at);
      for (const { do: what, at, who, place } of steps) {
        const name = names_.get(at) ?? "", isolate = isolates.all.get(name), there = truth.get(name);
        const key = `${people[who]} ${place}`;
        if (what === "turn") isolates.turn(at * 100);
        else if (what === "lose") isolates.losing = at;
        else if (what === "away") isolates.isAway = true;
        else if (what === "back") isolates.isAway = false;
        else if (what === "start") isolate ?? start(at);
        else if (isolate === undefined) continue;
        else if (what === "come") {
          there!.add(key);
          come(isolate, people[who]!, `${place}`);
        } else if (what === "go") {
          there!.delete(key);
          go(isolate, people[who]!, `${place}`);
        } else if (what === "gap") isolate.elsewhere.gap();
        else {
          if (what === "end") isolate.elsewhere.end();
          isolates.kill(name);
          truth.delete(name);
        }
        if (who === 0) isolates.deliver();
      }
      isolates.losing = 0;
      isolates.isAway = false;
      isolates.turn(6000);
      const all = new Set([...truth.values()].flatMap((keys) => [...keys].map((key) => key.split(" ")[0])));
      for (const { name, people } of isolates.all.values()) {
        assert.deepEqual(people(), [...all].toSorted(), name);
      }
    }),
    { numRuns: 300 },
  );
});
