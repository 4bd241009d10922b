/**
 * A process in which 10,000 see one list, each a peer of its own whose line is a function: how long the list takes to tell all
 * of them of an item, against as many lines that are sent the prepared frames. It reads the word `floor` or `list` a line of
 * input, and answers each with a line: the milliseconds of each change, as JSON.
 *
 * @module
 */

import assert from "node:assert/strict";
import { systemClock } from "../protocol/clock.ts";
import { defaultLimits } from "../protocol/limits.ts";
import { type GroupContext, type List, list, Peer, type Transport } from "../socksync/mod.ts";
import { Shelf } from "../socksync/owner.ts";
import { linesOf } from "./process.ts";
import { insertFrames, type Item, ITEMS, makeItem, PAGES, subscribeFrames } from "./sync_frames.ts";

/** Those who see the list. */
export const READERS = 10_000;
/** Changes of a turn. */
const CHANGES = 10;

/** The other end of a line in memory: keeps what it is sent until it is looked at. */
class End implements Transport {
  readonly page: number;
  #texts: string[] = [];

  constructor(page: number) {
    this.page = page;
  }

  send(text: string): void {
    this.#texts.push(text);
  }

  isBehind(): boolean {
    return false;
  }

  close(code: number, reason: string): void {
    throw new Error(`The line was closed: ${code} ${reason}`);
  }

  /** What has come since it was looked at last. */
  look(): readonly string[] {
    const texts = this.#texts;
    this.#texts = [];
    return texts;
  }
}

const nobody: GroupContext = {
  user: undefined,
  get: ({ name }) => {
    throw new TypeError(`Cannot get ${name}: there is no middleware.`);
  },
};

function makeEnds(): End[] {
  return Array.from({ length: READERS }, (_, index) => new End(index % PAGES));
}

function connect(items: List<Item>, ends: readonly End[]): void {
  const shelf = new Shelf();
  shelf.add({ items });
  for (const end of ends) {
    const peer = new Peer({
      clock: systemClock,
      limits: defaultLimits,
      context: nobody,
      shared: [shelf],
      tell: (error) => String(error),
      failed(what, error) {
        throw new Error(what, { cause: error });
      },
    });
    peer.open(end);
    for (const text of subscribeFrames("list", "items", end.page)) peer.receive(text);
    assert.equal(end.look().length, 1);
  }
}

function check(ends: readonly End[], number: number): void {
  const expected = Array.from({ length: PAGES }, (_, page) => insertFrames(page, number));
  for (const end of ends) assert.deepEqual(end.look(), expected[end.page]);
}

/** Tells the ends of one item after another. */
async function time(
  ends: readonly End[],
  first: number,
  tell: (number: number) => () => unknown,
): Promise<number[]> {
  const times: number[] = [];
  for (let number = first; number < first + CHANGES; number++) {
    const run = tell(number), start = performance.now();
    await run();
    times.push(performance.now() - start);
    check(ends, number);
  }
  return times;
}

if (import.meta.main) {
  const bare = makeEnds(), ends = makeEnds();
  const items = list(Array.from({ length: ITEMS }, (_, index) => makeItem(ITEMS - 1 - index)));
  connect(items, ends);
  const next = { floor: ITEMS, list: ITEMS };
  const turns = {
    floor: () =>
      time(bare, next.floor, (number) => {
        const prepared = Array.from({ length: PAGES }, (_, page) => insertFrames(page, number));
        return () => {
          for (const end of bare) for (const text of prepared[end.page]!) end.send(text);
        };
      }),
    list: () => time(ends, next.list, (number) => () => items.insert(0, makeItem(number))),
  };
  for await (const line of linesOf(Deno.stdin.readable)) {
    if (line !== "floor" && line !== "list") throw new TypeError(`Cannot take the turn ${line}.`);
    const times = await turns[line]();
    next[line] += CHANGES;
    Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(times)}\n`));
  }
  Deno.exit(0);
}
