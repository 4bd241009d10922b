import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import { z } from "zod";
import { action } from "../../protocol/action.ts";
import { defaultLimits } from "../../protocol/limits.ts";
import type { Groups } from "../../socksync/groups.ts";
import { attachList, list, listFeed } from "../../socksync/list.ts";
import { Shelf } from "../../socksync/owner.ts";
import { Peer } from "../../socksync/peer.ts";
import { variable } from "../../socksync/variable.ts";
import { flush, Link, nobody, type Said } from "./_ends.ts";
import { LateSource, ToldSource } from "./_sources.ts";

const FRAMES = 100_000;

/** Numbers that look random and are the same for the same seed. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(most: number): number {
    this.#state = this.#state + 0x6d2b79f5 | 0;
    let t = Math.imul(this.#state ^ this.#state >>> 15, 1 | this.#state);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return Math.floor(((t ^ t >>> 14) >>> 0) / 4294967296 * most);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

const funcs = [
  "subscribe",
  "subscribe",
  "get",
  "get",
  "get",
  "call",
  "call",
  "unsubscribe",
  "unsubscribe_all",
  "set",
  "set_all",
  "set_count",
  "insert",
  "add",
  "delete",
  "return",
  "error",
  "dance",
  "__proto__",
  "",
  null,
  7,
  ["get"],
];
const types = [
  "var",
  "var",
  "list",
  "list",
  "list",
  "function",
  "function",
  "tree",
  "constructor",
  null,
  1,
  {},
];
const names = [
  "a",
  "b",
  "c",
  "d",
  "f",
  "g",
  "a",
  "b",
  "c",
  "f",
  "nobody",
  "__proto__",
  "x".repeat(100),
  null,
  3,
  ["b"],
];
const numbers = [0, 1, 2, 3, 5, 10, -1, 0.5, 1e9, 1e300, "0", "2", "x", null, true, [], {}];
const values = [0, "text", null, [1, [2]], { a: { b: 1 } }, true, "é😀\u2028"];
const ids = [1, 2, 3, "1", "i", "i".repeat(128), "i".repeat(129), null, {}, -0.5, ""];

function frame(dice: Dice): Said {
  const said: Said = { func: dice.of(funcs), type: dice.of(types), name: dice.of(names) };
  const fields: Record<string, () => unknown> = {
    page: () => dice.of(numbers),
    page_size: () => dice.of(numbers),
    total_item_count: () => dice.of(numbers),
    index: () => dice.of(numbers),
    value: () => dice.of(values),
    items: () => dice.of([[], [1], [1, 2, 3], "items", Array(50).fill(0), { length: 3 }]),
    id: () => dice.of(ids),
    args: () => dice.of([{}, { how: dice.of(["now", "later", "throw", "never", "nonsense"]) }, null, [], 1]),
    error_code: () => dice.of(numbers),
    message: () => dice.of(values),
  };
  for (const [field, value] of Object.entries(fields)) if (dice.below(3) > 0) said[field] = value();
  if (dice.below(20) === 0) delete said[dice.of(["func", "type", "name"])];
  return said;
}

/** A message: most are frames, some were frames. */
function message(dice: Dice): unknown {
  const text = JSON.stringify(frame(dice)), at = dice.below(text.length);
  switch (dice.below(12)) {
    case 0:
      return text.slice(0, at) + dice.of(['"', "{", "]", "\\", "\0", "é", "9", ",", ""]) +
        text.slice(at + dice.below(3));
    case 1:
      return dice.of([
        "",
        text.slice(0, at),
        text + text,
        `[${text}]`,
        "null",
        "[".repeat(100),
        '"func"',
        "1e999",
      ]);
    case 2:
      return dice.of([new ArrayBuffer(8), undefined, new Uint8Array(2)]);
    default:
      return text;
  }
}

/** A peer of which it can be seen whether a group still holds it. */
class Held extends Peer {
  looks = 0;

  override isBehind(whenRead: () => void): boolean {
    this.looks++;
    return super.isBehind(whenRead);
  }
}

function scene() {
  const clock = new FakeClock(), failures: string[] = [];
  const failed = (what: string, error: unknown) => void failures.push(`${what}: ${error}`);
  const late = new LateSource<number>([1, 2, 3, 4, 5, 6, 7]), told = new ToldSource<number>([1, 2, 3]);
  const never = new Promise<void>(() => {});
  const f = action(z.looseObject({ how: z.string().optional() }), ({ how }) => {
    if (how === "throw") throw new Error("No.");
    return how === "never" ? never : how === "later" ? Promise.resolve([how]) : how;
  });
  const groups = {
    a: variable<unknown>(0),
    b: list<number>([1, 2, 3, 4, 5, 6, 7, 8], { maxPageSize: 3 }),
    c: list<number>(late, { maxPageSize: 4 }),
    d: list<number>(told, { maxPageSize: 2 }),
    f,
    g: variable("secret", { authorize: () => false }),
  };
  for (const [name, group] of Object.entries(groups)) {
    if (!("slice" in group)) continue;
    attachList(group, name, { clock, failed, changed() {}, looked() {} }, { changed() {} });
  }
  const shelf = new Shelf();
  shelf.add(groups as Groups);
  const make = () => {
    const limits = { ...defaultLimits, syncCalls: 20, syncGroups: 20 };
    return new Held({
      clock,
      limits,
      context: nobody,
      shared: [shelf],
      tell: (error) => String(error),
      failed,
    });
  };
  // Either end owns all of it, and sees it at the other.
  const links = Array.from({ length: 4 }, () => new Link(make(), make()));
  return {
    clock,
    failures,
    late,
    told,
    groups,
    links,
    peers: links.flatMap(({ a, b }) => [a as Held, b as Held]),
  };
}

/** Answers are answers, whatever was said. */
function check({ fromA, fromB }: Link, seen: Map<unknown, number>): void {
  for (const pipe of [fromA, fromB]) {
    for (const text of pipe.texts.splice(0)) {
      ok(text.length < 2000, `${text.length} characters`);
      ok(!text.includes("secret"));
      const { func, error_code: code } = JSON.parse(text) as Said;
      equal(typeof func, "string");
      seen.set(code ?? func, (seen.get(code ?? func) ?? 0) + 1);
      if (func === "error") ok(Number.isInteger(code) && Number(code) >= 1 && Number(code) <= 8);
    }
  }
}

async function run(seed: number): Promise<void> {
  const dice = new Dice(seed), { clock, failures, late, told, groups, links, peers } = scene();
  const seen = new Map<unknown, number>(), calls: Promise<unknown>[] = [], changes: Promise<unknown>[] = [];
  let next = 100;
  const change = () => {
    next++;
    const which = dice.of([groups.b, groups.c]), count = which === groups.c ? late.items.length : lengthOfB;
    const deed = dice.below(4);
    if (count > 20 || deed === 0 && count > 0) {
      if (which === groups.b) lengthOfB--;
      return which.delete(dice.below(count));
    }
    if (deed === 1 && count > 0) return which.set(dice.below(count), next);
    if (deed === 2 && count > 0) return which.move(dice.below(count), dice.below(count));
    if (which === groups.b) lengthOfB++;
    return which.insert(dice.below(count + 1), next);
  };
  let lengthOfB = 8;
  const use = (peer: Peer) => {
    const quiet = (promise: Promise<unknown>) => void calls.push(promise.catch(() => {}));
    switch (dice.below(6)) {
      case 0:
        return quiet(peer.variable("a").get());
      case 1:
        return quiet(
          peer.list(dice.of(["b", "c", "d"])).get({ page: dice.below(5), pageSize: 1 + dice.below(5) }),
        );
      case 2:
        return peer.list(dice.of(["b", "c", "d"]))[Symbol.dispose]();
      case 3:
        return quiet(peer.function("f").call({ how: dice.of(["now", "later", "throw", "never"]) }));
      case 4:
        return peer.variable("g")[Symbol.dispose]();
      default:
        return void peer.variable("nobody");
    }
  };
  for (let sent = 0; sent < FRAMES; sent++) {
    const link = dice.of(links);
    dice.of([link.a, link.b]).receive(message(dice));
    switch (dice.below(40)) {
      case 0:
        changes.push(change());
        break;
      case 1:
        if (told.items.length > 9) told.items = told.items.slice(0, 2);
        if (dice.below(2) === 0) told.tell(told.insert(0, ++next));
        else told.insert(0, ++next); // and nobody tells
        break;
      case 2:
        changes.push(groups.a.set(++next));
        break;
      case 3:
        use(dice.of([link.a, link.b]));
        break;
      case 4:
        late.release(dice.below(10));
        clock.turn(dice.of([1, 50, 100, 3000]));
        break;
      case 5:
        dice.of([link.fromA, link.fromB]).stop();
        break;
      case 6:
        link.fromA.resume();
        link.fromB.resume();
        link.run();
        check(link, seen);
        break;
      case 7:
        await flush();
        break;
      case 8:
        if (dice.below(5) > 0) break;
        link.cut();
        check(link, seen);
        link.again();
        break;
    }
  }
  const settle = async () => {
    for (let quiet = 0; quiet < 4; quiet++) {
      do {
        late.release(0);
        for (const link of links) {
          await link.settle();
          check(link, seen);
        }
      } while (late.waiting > 0);
      clock.turn(100);
    }
  };
  // With lines that are as they should be, and nobody who says what is not so, all is right.
  await settle();
  await Promise.all(changes);
  for (const link of links) {
    link.cut();
    for (const peer of [link.a, link.b]) {
      for (const name of ["b", "c", "d"]) peer.list(name);
      peer.variable("a");
    }
    link.again();
  }
  await settle();
  listFeed(groups.d).doubt();
  clock.turn(100);
  await settle();
  const b = await groups.b.slice(0, 100);
  for (const peer of peers) {
    for (const [name, items] of [["b", b], ["c", late.items], ["d", told.items]] as const) {
      const { page, pageSize, value, count, status } = peer.list(name);
      equal(status, "fresh");
      deepEqual(
        [value, count],
        [items.slice(page * pageSize, page * pageSize + pageSize), items.length],
        name,
      );
    }
    deepEqual([peer.variable("a").value, peer.variable("a").status], [groups.a.value, "fresh"]);
  }
  deepEqual(failures, []);
  for (
    const kind of [
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      "set",
      "set_all",
      "set_count",
      "insert",
      "delete",
      "return",
      "call",
    ]
  ) {
    ok(seen.get(kind)! >= 20, `${kind} was seen ${seen.get(kind)} times`);
  }
  await groups.a.set(0);
  ok(peers.every(({ looks }) => looks > 0));
  // And when all have left, nothing is left of them.
  for (const peer of peers) peer.close();
  await Promise.all(calls);
  await flush();
  for (const peer of peers) peer.looks = 0;
  await groups.a.set(-1);
  await groups.b.append(-1);
  deepEqual(peers.map(({ looks, isInterested }) => [looks, isInterested]), peers.map(() => [0, false]));
  deepEqual([groups.b, groups.c, groups.d].map((list) => listFeed(list).isSeen), [false, false, false]);
  deepEqual([told.watches, late.waiting, clock.waiting], [0, 0, 0]);
}

Deno.test("random: a hundred thousand frames of any kind, both ways, crash nothing, leave nothing, and end well", async () => {
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  try {
    await run(seed);
  } catch (error) {
    throw new Error(`With SEED=${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
});
