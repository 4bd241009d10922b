import assert from "node:assert/strict";
import { Window } from "happy-dom";
import { Book } from "./book.ts";
import { checkClicks, checkLog, checkPage, checkVisit, type Truth } from "./checks.ts";
import { expectedLines } from "./expected.ts";
import { type Ledger, note } from "./ledger.ts";
import { shown } from "./same.ts";

const personOf = (tab: string) => tab.split("-")[0]!;

/** A book and a state in which all is well: two clicks, one of them said in a room, and one that has failed. */
function well(): {
  book: Book;
  truth: Truth & { sessions: Map<string, Ledger>; rooms: Map<string, string[]> };
} {
  const book = new Book();
  book.made("p0-a:1", undefined);
  book.made("p0-b:1", "r0");
  book.made("p0-b:2", "r0");
  book.told("p0-a:1", undefined);
  book.told("p0-b:1", undefined);
  book.told("p0-b:2", "unavailable");
  const ledger = ["p0-a:1", "p0-b:1"].reduce(note, {} as Ledger);
  return { book, truth: { sessions: new Map([["p0", ledger]]), rooms: new Map([["r0", ["p0-b:1"]]]) } };
}

function found({ book, truth }: ReturnType<typeof well>): string[] {
  return checkClicks(book.clicks, truth, personOf);
}

Deno.test("checks: all is well; also where what was reported has happened all the same", () => {
  const all = well();
  assert.deepEqual(found(all), []);
  all.truth.sessions.set("p0", note(all.truth.sessions.get("p0")!, "p0-b:2"));
  assert.deepEqual(found(all), []);
});

Deno.test("checks: an acknowledged click that is lost", () => {
  const all = well();
  all.truth.sessions.set("p0", note({}, "p0-b:1"));
  assert.deepEqual(found(all), ["p0-a:1 was acknowledged, and is lost"]);
  all.truth.sessions.delete("p0");
  assert.equal(found(all).length, 2);
});

Deno.test("checks: a click that is in the state twice, acknowledged or not", () => {
  for (const name of ["p0-a:1", "p0-b:2"]) {
    const all = well();
    for (let times = 0; times < 2; times++) {
      all.truth.sessions.set("p0", note(all.truth.sessions.get("p0")!, name));
    }
    assert(found(all).every((sentence) => sentence === `${name} is in the state of p0 more than once`));
    assert(found(all).length > 0);
  }
});

Deno.test("checks: a click of which its person was never told, or twice", () => {
  const all = well();
  all.book.made("p0-a:2", undefined);
  assert.deepEqual(found(all), ["p0-a:2 was neither acknowledged nor reported"]);
  all.book.told("p0-a:2", "expired");
  all.book.told("p0-a:2", "busy");
  assert.deepEqual(found(all), ["p0-a:2 was told of 2 times: expired, busy"]);
});

Deno.test("checks: a click that its room does not have, and one that nobody has made", () => {
  const all = well();
  all.truth.rooms.set("r0", []);
  all.truth.sessions.set("p0", note(all.truth.sessions.get("p0")!, "p0-a:7"));
  assert.deepEqual(found(all), [
    "p0-b:1 was acknowledged, and is not in its room",
    "p0-a:7 is in the state, and nobody has made it",
  ]);
});

Deno.test("checks: a visit that has counted what its session has not, or something twice", () => {
  const session = note({}, "p0-a:1"), visit = ["p0-a:1", "p0-a:2", "p0-a:1"].reduce(note, {} as Ledger);
  assert.deepEqual(checkVisit("p0-a", session, session), []);
  assert.deepEqual(checkVisit("p0-a", visit, session), [
    "p0-a:1 is in the state of the visit of p0-a more than once",
    "p0-a:2 is in the state of the visit of p0-a, and not in its session",
  ]);
});

Deno.test("checks: pages are the same whatever the order of attributes; a text, an attribute, an element are not", async () => {
  const window = new Window();
  const parse = (html: string) =>
    shown(new window.DOMParser().parseFromString(html, "text/html") as unknown as Document);
  const page = parse(
    '<title>A</title><body><p id="a" class="b">1<script>2</script></p><div id="left"><i>x</i></div>',
  );
  const same = parse('<title>A</title><body><p class="b" id="a">1</p><div id="left"><i>x</i></div>');
  assert.deepEqual(checkPage("p0-a", page, same), []);
  for (
    const other of [
      '<title>B</title><body><p class="b" id="a">1</p><div id="left"><i>x</i></div>',
      '<title>A</title><body><p class="b" id="a">2</p><div id="left"><i>x</i></div>',
      '<title>A</title><body><p class="c" id="a">1</p><div id="left"><i>x</i></div>',
      '<title>A</title><body><p class="b" id="a">1</p><div id="left"></div>',
      '<title>A</title><body><p class="b" id="a">1</p><div id="left"><i>x</i></div><hr>',
    ]
  ) {
    assert.match(
      checkPage("p0-a", page, parse(other)).join(),
      /^the page of p0-a differs from a fresh one in line \d/,
    );
  }
  await window.happyDOM.close();
});

Deno.test("checks: a log may say that the store is away, and nothing else", () => {
  const { counts, wrong } = checkLog([
    {
      level: "error",
      message: "the call Clicker#press could not be carried out",
      error: "Error: Cannot read from Redis: write EPIPE\n at x",
    },
    {
      level: "error",
      message: "the call Clicker#press could not be carried out",
      error: "TypeError: x is undefined",
    },
    { level: "error", message: "the reflex Clicker#press failed", error: "Error: write EPIPE" },
  ], expectedLines);
  assert.deepEqual([...counts], [["calls without a store", 1]]);
  assert.deepEqual(wrong, [
    "a log says 1 times: error the call Clicker#press could not be carried out: TypeError: x is undefined",
    "a log says 1 times: error the reflex Clicker#press failed: Error: write EPIPE",
  ]);
});
