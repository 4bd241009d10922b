/**
 * One run: people click, things go wrong, and when all is quiet again, everything is held against the truth.
 *
 * @module
 */

import { Book } from "./book.ts";
import { checkLog } from "./checks.ts";
import type { Client, Watching } from "./client.ts";
import { compare, halfDone, readTruth } from "./compare.ts";
import { clickOn, openPages, until } from "./crowd.ts";
import { expectedLines } from "./expected.ts";
import { happen, pause } from "./faults.ts";
import { Figures } from "./figures.ts";
import type { Hearing, LogLine } from "./processes.ts";
import { makeScene, type Scene } from "./scene.ts";
import { describe, type Fault, makeSchedule } from "./schedule.ts";

/** What kind of run. */
export interface RunOptions {
  readonly seed: number;
  /** How long things go wrong. */
  readonly seconds: number;
  readonly store: "redis" | "kv";
  /** Processes on Redis, three where left out; on KV there is one. */
  readonly processes?: number;
  /** Pages. */
  readonly clients: number;
  /** Whether browsers are told that the network is back when it is, as a telephone tells them: it is over sooner then. */
  readonly wakes?: boolean;
  /** Hears how it goes. */
  readonly tell?: (line: string) => void;
}

/** What came of it. */
export interface RunResult {
  /** Sentences; none where all was well. */
  readonly wrong: readonly string[];
  readonly summary: string;
}

/** Milliseconds until every page is live and has its outcomes, once nothing goes wrong any more. */
const SETTLING = 60_000;

/** Makes a run. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { seed, seconds, store, clients: count, tell = () => {} } = options, began = performance.now();
  const wrong: string[] = [], log: LogLine[] = [], figures = new Figures(), book = new Book();
  using _errors = noteErrors(wrong);
  await using scene = await makeScene(store, options.processes ?? 3, hearing(wrong, log));
  await using pages = new AsyncDisposableStack();
  const watch = new Watch(figures, wrong);
  const clients = await openPages(count, { seed, scene, book, watching: watch });
  for (const client of clients) pages.use(client);
  figures.pages = clients.length;
  const hasStore = scene.redis !== undefined, { processes, lines } = scene;
  const schedule = makeSchedule(seed, {
    seconds,
    processes: processes.length,
    lines: lines.length,
    hasStore,
  });
  tell(
    `${count} pages are live after ${
      Math.round(performance.now() - began)
    } ms; ${schedule.length} faults follow`,
  );
  await Promise.all([
    letHappen(schedule, scene, watch, tell),
    ...clients.map((client, at) => clickOn(client, seed * 1000 + at, seconds)),
  ]);
  try {
    const persons = new Map(clients.map(({ name, person }) => [name, person.name]));
    const personOf = (tab: string) => persons.get(tab) ?? tab;
    await settle(clients, book, personOf, options, figures);
    wrong.push(...await compare(clients, book, personOf));
  } catch (error) {
    wrong.push(error instanceof Error ? error.message : String(error));
  }
  figures.broadcasts = clients.reduce((sum, { heard }) => sum + heard, 0);
  const { counts, wrong: unexpected } = checkLog(log, expectedLines);
  const logged = [...counts].map(([kind, count]) => `${count} ${kind}`).join(", ") || "nothing";
  const summary = figures.summary(book.clicks.values(), (performance.now() - began) / 1000);
  return { wrong: [...wrong, ...unexpected], summary: `${summary}\nlogged: ${logged}` };
}

async function letHappen(
  schedule: readonly Fault[],
  scene: Scene,
  watch: Watch,
  tell: (line: string) => void,
): Promise<void> {
  const start = performance.now(), all: Promise<void>[] = [];
  for (const fault of schedule) {
    await pause(Math.max(0, start + fault.at - performance.now()));
    tell(describe(fault));
    watch.fault(fault);
    all.push(happen(fault, scene));
  }
  await Promise.all(all);
}

async function settle(
  clients: readonly Client[],
  book: Book,
  personOf: (tab: string) => string,
  { wakes = false }: RunOptions,
  figures: Figures,
): Promise<void> {
  const quiet = performance.now();
  const isSettled = () => book.open.length === 0 && clients.every(({ live }) => live);
  const late = () => {
    const open = Map.groupBy(book.open, (name) => name.split(":")[0]);
    const waiting = [...open].map(([tab, names]) => `${names.length} of ${tab} from ${names[0]}`);
    const away = clients.filter(({ live }) => !live).map(({ name }) => name);
    return `clicks have no outcome: ${waiting.join(", ") || "none"}; not live are: ${
      away.join(", ") || "none"
    }`;
  };
  if (wakes) { for (const client of clients) client.wake(); }
  await until(isSettled, SETTLING, late);
  figures.settled = performance.now() - quiet;
  figures.halfDone = halfDone(book, await readTruth(clients), personOf).length;
}

/** Watches how pages fare. */
class Watch implements Watching {
  readonly #figures: Figures;
  readonly #wrong: string[];
  #lastFault = 0;
  /** The last fault before each page was lost. */
  readonly #lostBy = new Map<Client, number>();

  constructor(figures: Figures, wrong: string[]) {
    this.#figures = figures;
    this.#wrong = wrong;
  }

  fault({ what }: Fault): void {
    this.#figures.faults[what]++;
    this.#lastFault = performance.now();
  }

  online(client: Client, wasAway: number): void {
    const lostBy = this.#lostBy.get(client);
    if (lostBy === undefined) return;
    this.#lostBy.delete(client);
    const figures = this.#figures;
    figures.longestAway = Math.max(figures.longestAway, wasAway);
    figures.longestFaultToLive = Math.max(figures.longestFaultToLive, performance.now() - lostBy);
  }

  offline(client: Client): void {
    this.#figures.losses++;
    this.#lostBy.set(client, this.#lastFault);
  }

  reloaded(client: Client, why: string): void {
    this.#figures.reloads++;
    this.#wrong.push(`the page of ${client.name} was loaded anew: ${why}`);
  }

  resynced(): void {
    this.#figures.resyncs++;
  }
}

function hearing(wrong: string[], log: LogLine[]): Hearing {
  return {
    logged: (_, line) => log.push(line),
    said: (process, line) => wrong.push(`process ${process} says: ${line}`),
    died: (name, { code, signal }) => wrong.push(`${name} has ended by itself with ${signal ?? code}`),
  };
}

// What a listener of a page throws, or a promise of its script, is nobody's: it is a fault of the script.
function noteErrors(wrong: string[]): Disposable {
  const note = (what: string, event: Event, error: unknown) => {
    event.preventDefault();
    wrong.push(`${what}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
  };
  const thrown = (event: ErrorEvent) => note("an error in a page", event, event.error);
  const rejected = (event: PromiseRejectionEvent) => note("a rejection in a page", event, event.reason);
  addEventListener("error", thrown);
  addEventListener("unhandledrejection", rejected);
  return {
    [Symbol.dispose]() {
      removeEventListener("error", thrown);
      removeEventListener("unhandledrejection", rejected);
    },
  };
}
