/**
 * A process of many who are shown the same: it has the server change something, and takes the time until all of them have
 * it, by one clock. `audience.ts KIND URL CONTROL`, where a `socket` is bare, a `table` shows the shared table, a `board` the
 * text of the board, and `news` the text of `scaled.tsx`, in as many processes as there are URLs with commas between them;
 * `fan` are bare sockets to these. A `list` sees a page of the list of SockSync, a `window` is a bare socket that is sent the
 * same frames, and a `variable` sees the news of SockSync. It reads a command a line of input, and answers each with a line.
 *
 * @module
 */

import { order } from "./control.ts";
import { many } from "./many.ts";
import { quantile } from "./measure.ts";
import { Peer } from "./peer.ts";
import type { Started } from "./process.ts";
import { Reader, readPatch, type Shown } from "./reader.ts";
import { openBareWindow, openVariable, openWindow } from "./sync_members.ts";
import { Wire } from "./wire.ts";

/** What each of them is. */
export type Kind = "socket" | "table" | "board" | "fan" | "news" | "list" | "window" | "variable";

/** What it can be told. */
export type Command =
  /** Opens more readers; the answer is how many there are. */
  | readonly ["open", count: number]
  /** Has the server make changes; the answer is {@linkcode Times}. */
  | readonly ["change", changes: Changes]
  /** Reads nothing any more, neither of the sockets nor of anything else, until the next line comes. */
  | readonly ["freeze"]
  | readonly ["thaw"]
  /** Waits until all show a number; the answer is {@linkcode Counts}. */
  | readonly ["look", number: number];

/** Changes, one after the other. */
export interface Changes {
  readonly count: number;
  /** Milliseconds from one to the next; where left out, each waits until all have the last, and then {@linkcode PAUSE}. */
  readonly every?: number;
  /** Letters of each change of the board. */
  readonly length?: number;
  /** Has a reflex change the news, and not the server by itself. */
  readonly called?: boolean;
}

/** Milliseconds from the order to change to the receipt, or to that of the last. */
export interface Times {
  /** The number that all show now. */
  readonly number: number;
  /** Of each change: until the last one had it. */
  readonly last: readonly number[];
  /** Of each receipt of each change. */
  readonly p50: number;
  readonly p95: number;
  readonly samples: number;
}

/** Has an audience do something, and waits for its answer. */
export async function tell<T>({ tell, line }: Started, command: Command): Promise<T> {
  await tell(JSON.stringify(command));
  return JSON.parse(await line());
}

/** What has come since it was asked last: the fewest and the most of one reader, and of all together. */
export interface Counts {
  readonly patches: { readonly fewest: number; readonly most: number };
  readonly loads: number;
  readonly losses: number;
}

/** Milliseconds until a change has to be shown everywhere. */
const PATIENCE = 25_000;
/** Milliseconds between two changes that do not overlap: what the last has left to do is done. */
const PAUSE = 20;

/** Somebody who is shown numbers. */
export type Member = Pick<Reader, "shown" | "counted">;

/** What is done for a kind. */
interface Means {
  open(url: string, shown: Shown): Promise<Member>;
  /** Has the server change what it shows to the number, which is the next. */
  change(control: string, number: number, changes: Omit<Changes, "count">): Promise<unknown>;
}

const kinds: Readonly<Record<Kind, Means>> = {
  socket: {
    open: (url, shown) => openSocket(url, shown),
    change: (control, number) => order(control, "send", patchText(number)),
  },
  table: { open: Reader.open, change: (control) => order(control, "publish") },
  board: {
    open: Reader.open,
    change: (control, number, { length = 0 }) => order(control, "show", JSON.stringify({ number, length })),
  },
  fan: {
    open: (url, shown) => openSocket(`${url.replace("http", "ws")}fan`, shown, true),
    change: (control, number) => {
      const text = `["patch",${number},[["text","news","${number}"]]]`;
      return Promise.all(control.split(",").map((url) => order(url, "send", text)));
    },
  },
  news: {
    open: Reader.open,
    change: (control, number, { called = false }) =>
      called ? callDesk(number) : order(control, "show", JSON.stringify({ number })),
  },
  list: {
    open: openWindow,
    change: (control, number) => order(control, "insert", String(number)),
  },
  window: {
    open: openBareWindow,
    change: (control, number) => order(control, "sendWindows", String(number)),
  },
  variable: {
    open: openVariable,
    change: (control, number, { length = 0 }) =>
      order(control, "tell", JSON.stringify({ first: number, count: 1, length })),
  },
};

let desk: Peer | undefined;

// At the process that is named first, as the order is.
async function callDesk(number: number): Promise<void> {
  desk ??= await Peer.open(`${Deno.args[1]?.split(",")[0]}desk`);
  const element = { a: { id: "show", "data-number": `${number}` } };
  const { down } = await desk.call({ target: "Desk#show", args: [], element });
  if (!down.startsWith('["patch",')) throw new Error(`Cannot show ${number}: there is ${down}.`);
}

/** A text as long as the shared table's patch to the number. */
export function patchText(number: number): string {
  return `["patch",${number - FIRST},[["text",["row-500",2],"${number}"]]]`;
}

/** What the cell shows at first. */
const FIRST = 3;

// Reads what it is sent as a reader does, so that this is in both.
// Who joins later begins with whatever comes first.
async function openSocket(url: string, shown: Shown, isLate = false): Promise<Member> {
  const member = { shown: FIRST, counted: { patches: 0, loads: 0, losses: 0 } };
  const wire = await Wire.open(url, {
    aside(text) {
      const patch = readPatch(text);
      if (patch === undefined) return false;
      if (patch.number !== member.shown + 1 && !(isLate && member.counted.patches === 0)) {
        throw new Error(`Cannot go on from ${member.shown} with ${text}.`);
      }
      member.shown = patch.number;
      member.counted.patches++;
      shown(member.shown - 1, member.shown);
      return true;
    },
  });
  if (await wire.exchange("hello") !== "hello") throw new Error("Cannot use this socket: it is no echo.");
  return member;
}

/** A change under way. */
interface Change {
  readonly start: number;
  /** How many have not got it. */
  left: number;
  end: number;
  readonly shown: PromiseWithResolvers<void>;
}

/** All of them. */
class Audience {
  readonly #kind: Means;
  readonly #urls: readonly string[];
  readonly #control: string;
  readonly #members: Member[] = [];
  #opened = 0;
  /** Changes under way, by number. */
  readonly #changes = new Map<number, Change>();
  #delays: number[] = [];
  #number: number | undefined;
  #counted = { patches: [] as number[], loads: 0, losses: 0 };

  constructor(kind: Means, url: string, control: string) {
    this.#kind = kind;
    this.#urls = url.split(",");
    this.#control = control;
  }

  async open(count: number): Promise<number> {
    await many(count, async () => {
      const url = this.#urls[this.#opened++ % this.#urls.length]!;
      this.#members.push(await this.#kind.open(url, (before, now) => this.#shown(before, now)));
    });
    this.#count();
    return this.#members.length;
  }

  async change({ count, every, ...how }: Changes): Promise<Times> {
    const begin = performance.now(), numbers: number[] = [];
    let ordered: Promise<unknown> = Promise.resolve();
    let number = this.#number ?? Math.max(...this.#members.map(({ shown }) => shown));
    this.#delays = [];
    for (let made = 0; made < count; made++) {
      number++;
      numbers.push(number);
      const change: Change = {
        start: performance.now(),
        left: this.#members.length,
        end: NaN,
        shown: Promise.withResolvers(),
      };
      this.#changes.set(number, change);
      const next = number;
      // One after the other, on whichever connection. One that waits for the last is late, and counts as such.
      ordered = ordered.then(() => this.#kind.change(this.#control, next, how));
      if (every === undefined) {
        await shownToAll(change);
        await wait(PAUSE);
      } else await wait(begin + (made + 1) * every - performance.now());
    }
    await ordered;
    const all = numbers.map((number) => this.#changes.get(number)!);
    for (const change of all) await shownToAll(change);
    this.#number = number;
    this.#changes.clear();
    return {
      number,
      last: all.map(({ start, end }) => end - start),
      p50: quantile(this.#delays, 0.5),
      p95: quantile(this.#delays, 0.95),
      samples: this.#delays.length,
    };
  }

  async look(number: number): Promise<Counts> {
    const late = performance.now() + PATIENCE;
    while (!this.#members.every(({ shown }) => shown === number)) {
      if (performance.now() > late) {
        const shown = new Set(this.#members.map(({ shown }) => shown));
        throw new Error(`Cannot see ${number} everywhere: there is ${[...shown].join(", ")}.`);
      }
      await wait(10);
    }
    this.#number = number;
    const before = this.#counted, now = this.#count();
    const patches = now.patches.map((count, member) => count - (before.patches[member] ?? 0));
    return {
      patches: { fewest: Math.min(...patches), most: Math.max(...patches) },
      loads: now.loads - before.loads,
      losses: now.losses - before.losses,
    };
  }

  #count(): { patches: number[]; loads: number; losses: number } {
    const all = this.#members.map(({ counted }) => counted);
    return this.#counted = {
      patches: all.map(({ patches }) => patches),
      loads: all.reduce((sum, { loads }) => sum + loads, 0),
      losses: all.reduce((sum, { losses }) => sum + losses, 0),
    };
  }

  // Who is shown a number has all before it.
  #shown(before: number, now: number): void {
    const time = performance.now();
    for (let number = before + 1; number <= now; number++) {
      const change = this.#changes.get(number);
      if (change === undefined) continue;
      this.#delays.push(time - change.start);
      if (--change.left > 0) continue;
      change.end = time;
      change.shown.resolve();
    }
  }
}

async function shownToAll(change: Change): Promise<void> {
  const { promise, reject } = change.shown;
  const late = setTimeout(
    () => reject(new Error(`Cannot show a change to all: ${change.left} have not got it.`)),
    PATIENCE,
  );
  try {
    await promise;
  } finally {
    clearTimeout(late);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** Answers commands until the input ends. Nothing is read ahead of the line that thaws. */
async function run(audience: Audience): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let text = "";;) {
    const read = await Deno.stdin.read(buffer);
    if (read === null) return;
    const lines = (text + new TextDecoder().decode(buffer.subarray(0, read))).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) await obey(audience, JSON.parse(line));
  }
}

async function obey(audience: Audience, command: Command): Promise<void> {
  if (command[0] === "open") return say(await audience.open(command[1]));
  if (command[0] === "change") return say(await audience.change(command[1]));
  if (command[0] === "look") return say(await audience.look(command[1]));
  say("frozen");
  // Until there is another line, or the bench has ended.
  Deno.stdin.readSync(new Uint8Array(64));
  say("thawed");
}

function say(answer: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(answer)}\n`));
}

if (import.meta.main) {
  const [kind = "", url = "", control = ""] = Deno.args;
  const found = Object.hasOwn(kinds, kind) ? kinds[kind as Kind] : undefined;
  if (found === undefined) {
    throw new TypeError(`Cannot be ${JSON.stringify(kind)}: there are ${Object.keys(kinds).join(", ")}.`);
  }
  await run(new Audience(found, url, control));
  Deno.exit(0);
}
