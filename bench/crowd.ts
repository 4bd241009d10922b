/**
 * A process of many visitors: it opens as many connections as it is told, a line of input at a time, says how many there
 * are, and keeps them open until its input ends. `crowd.ts KIND URL`, where a `socket` is bare, a `page` is live and
 * idle, a `caller` has also made one call on a table of its own, a `reader` was shown a change of the shared table, and a
 * `sync` has a page of a list and nine variables over SockSync.
 *
 * @module
 */

import { bump } from "./calls.ts";
import { many } from "./many.ts";
import { Peer } from "./peer.ts";
import { linesOf } from "./process.ts";
import { PAGES, subscribeFrames, variableName } from "./sync_frames.ts";
import { Wire } from "./wire.ts";

/** What each of them is. */
export type Kind = "socket" | "page" | "caller" | "reader" | "sync";

/** Milliseconds until a change has to be shown everywhere. */
const PATIENCE = 10_000;

interface Crowd {
  /** Opens one more. */
  open(): Promise<void>;
  /** All that are asked for are open. */
  all?(): Promise<void>;
  readonly opened: readonly (Wire | Peer)[];
}

const crowds: Readonly<Record<Kind, (url: string) => Crowd>> = {
  socket(url) {
    const opened: Wire[] = [];
    return {
      opened,
      async open() {
        const wire = await Wire.open(url);
        const answer = await wire.exchange("hello");
        if (answer !== "hello") throw new Error(`Cannot use the echo: it says ${answer.slice(0, 200)}.`);
        opened.push(wire);
      },
    };
  },
  page: (url) => pages(url),
  sync(url) {
    const opened: Wire[] = [];
    return {
      opened,
      async open() {
        const wire = await Wire.open(url);
        // Frames are looked at in order: when the last is answered, the others were taken.
        for (let index = 0; index < 9; index++) {
          wire.send(subscribeFrames("var", variableName(index))[0]);
        }
        const [subscribe, get] = subscribeFrames("list", "items", opened.length % PAGES);
        wire.send(subscribe);
        const answer = await wire.exchange(get);
        if (!answer.startsWith('{"func":"set_all"')) {
          throw new Error(`Cannot use this endpoint: it says ${answer.slice(0, 200)}.`);
        }
        opened.push(wire);
      },
    };
  },
  caller(url) {
    const crowd = pages(url);
    return {
      ...crowd,
      async open() {
        const peer = await Peer.open(url);
        const { down } = await oneByOne(() => peer.call(bump));
        if (!down.startsWith('["patch",') || !down.includes("row-500")) {
          throw new Error(`Cannot use this caller: it is told ${down.slice(0, 200)}.`);
        }
        crowd.opened.push(peer);
      },
    };
  },
  reader(url) {
    const crowd = pages(url);
    return {
      ...crowd,
      async all() {
        await crowd.opened[0]?.call(bump);
        const late = performance.now() + PATIENCE;
        for (const peer of crowd.opened) {
          while (peer.look().length !== 1) {
            if (performance.now() > late) {
              throw new Error("Cannot use this reader: it is not shown what changes.");
            }
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        }
      },
    };
  },
};

function pages(url: string): Crowd & { readonly opened: Peer[] } {
  const opened: Peer[] = [];
  return {
    opened,
    async open() {
      opened.push(await Peer.open(url));
    },
  };
}

let last: Promise<unknown> = Promise.resolve();

/** Renders of one moment are one text to the server: each caller's has a number of its own in it. */
function oneByOne<T>(run: () => Promise<T>): Promise<T> {
  const next = last.then(run);
  last = next.catch(() => {}); // whoever has asked hears of it
  return next;
}

if (import.meta.main) {
  const [kind = "", url = ""] = Deno.args;
  const make = Object.hasOwn(crowds, kind) ? crowds[kind as Kind] : undefined;
  if (make === undefined) {
    throw new TypeError(`Cannot be ${JSON.stringify(kind)}: there are ${Object.keys(crowds).join(", ")}.`);
  }
  const crowd = make(url);
  for await (const line of linesOf(Deno.stdin.readable)) {
    await many(Number(line), () => crowd.open());
    await crowd.all?.();
    Deno.stdout.writeSync(new TextEncoder().encode(`${crowd.opened.length}\n`));
  }
  // Whoever has read the server's memory believes that all of them were there.
  for (const opened of crowd.opened) opened.assertOpen();
  Deno.exit(0);
}
