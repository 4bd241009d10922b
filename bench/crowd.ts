/**
 * A process of many visitors: it opens as many connections as it is told, a line of input at a time, says how many there
 * are, and keeps them open until its input ends. `crowd.ts KIND URL`, where a `socket` is bare, a `page` is live and
 * idle, and a `reader` has also made one call on the table.
 *
 * @module
 */

import { bump } from "./calls.ts";
import { Peer } from "./peer.ts";
import { linesOf } from "./process.ts";
import { Wire } from "./wire.ts";

/** What each of them is. */
export type Kind = "socket" | "page" | "reader";

/** So many connections are opened at once. */
const AT_ONCE = 16;

type Opened = Wire | Peer;

const open: Readonly<Record<Kind, (url: string) => Promise<Opened>>> = {
  async socket(url) {
    const wire = await Wire.open(url);
    const answer = await wire.exchange("hello");
    if (answer !== "hello") throw new Error(`Cannot use the echo: it says ${answer.slice(0, 200)}.`);
    return wire;
  },
  page: (url) => Peer.open(url),
  async reader(url) {
    const peer = await Peer.open(url);
    const { down } = await oneByOne(() => peer.call(bump));
    if (!down.startsWith('["patch",') || !down.includes("row-500")) {
      throw new Error(`Cannot use this reader: it is told ${down.slice(0, 200)}.`);
    }
    return peer;
  },
};

let last: Promise<unknown> = Promise.resolve();

/** Renders of one moment are one text to the server: each reader's has a number of its own in it. */
function oneByOne<T>(run: () => Promise<T>): Promise<T> {
  const next = last.then(run);
  last = next.catch(() => {}); // whoever has asked hears of it
  return next;
}

/** Opens more of them, some at once. */
async function grow(all: Opened[], more: number, one: () => Promise<Opened>): Promise<void> {
  let left = more;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) all.push(await one());
  }));
}

if (import.meta.main) {
  const [kind = "", url = ""] = Deno.args;
  const one = open[kind as Kind];
  if (one === undefined) throw new TypeError(`Cannot be ${JSON.stringify(kind)}: socket, page or reader.`);
  const all: Opened[] = [];
  for await (const line of linesOf(Deno.stdin.readable)) {
    await grow(all, Number(line), () => one(url));
    Deno.stdout.writeSync(new TextEncoder().encode(`${all.length}\n`));
  }
  // Whoever has read the server's memory believes that all of them were there.
  for (const opened of all) opened.assertOpen();
  Deno.exit(0);
}
