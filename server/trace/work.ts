/**
 * What the server does for a page, stage by stage, for those who look. Where nobody does, there is no work to be noted,
 * and all that is left of this is a test for `undefined`.
 *
 * @module
 */

import type { Cause, Stage } from "../../protocol/timing.ts";

/** What is known of a work when it begins. */
export interface Task {
  /** A call of a reflex, what a page is sent unasked, a page that is loaded, or one that is gone to over the socket. */
  readonly kind: "reflex" | "push" | "page" | "visit";
  /** `Class#method`, or the path of the page as it was declared; nothing of what is gone to, before it is found. */
  readonly target: string;
  /** The first letters of the visit's name; `undefined` where it has none yet. */
  readonly visit?: string | undefined;
  /** Whether the app has such a reflex: else its name is a stranger's word. */
  readonly isKnown?: boolean;
  /** The number of the call. */
  readonly n?: number;
  /** Bytes of its frame. */
  readonly up?: number;
  /** When its frame came, as `performance.now()` has it: it may have waited in line. */
  readonly came?: number;
  /** Whether its element asks to be left out of the log. */
  readonly isQuiet?: boolean;
  /** What a push is for. */
  readonly causes?: readonly Cause[] | undefined;
}

/** Counts what is sent to one browser. */
export interface Counter {
  readonly sent: number;
  countSent(): void;
}

/** Somebody who looks. None of it may throw. */
export interface Watcher {
  /** Work begins; `undefined` where this one is of no interest. */
  begin(work: Work): Watching | undefined;
}

/** Somebody who looks at one work. */
export interface Watching {
  /** A stage begins, and the one before is over. */
  enter?(stage: Stage): void;
  /** Runs what happens in that stage. */
  around?<T>(run: () => T): T;
  /** It is done. */
  end(): void;
}

/** One call, one push or one page. */
export class Work {
  readonly task: Task;
  /** What each stage has taken, in milliseconds. */
  readonly stages: Map<Stage, number> = new Map();
  /** Operations that were sent. */
  operations = 0;
  /** The patch that was sent last. */
  version = 0;
  /** Bytes that were sent meanwhile. */
  down = 0;
  /** How it was shown, or the code of its error. */
  outcome = "";
  /** The code of what went wrong besides, such as a render after a call that was committed. */
  fault: string | undefined;
  readonly #watching: readonly Watching[];
  readonly #counter: Counter | undefined;
  readonly #sent: number;
  #stage: Stage | undefined;
  #since: number;
  #isOver = false;

  constructor(task: Task, watchers: readonly Watcher[], counter?: Counter) {
    this.task = task;
    this.#since = performance.now();
    if (task.came !== undefined) this.stages.set("wait", this.#since - task.came);
    counter?.countSent();
    this.#counter = counter;
    this.#sent = counter?.sent ?? 0;
    this.#watching = watchers.map((watcher) => watcher.begin(this)).filter((one) => one !== undefined);
  }

  /** A stage begins. One that was there before goes on: a call that others have overtaken is tried again. */
  enter(stage: Stage): void {
    if (this.#isOver) return;
    this.#leave();
    this.#stage = stage;
    for (const one of this.#watching) one.enter?.(stage);
  }

  /** Runs what happens in a stage. */
  within<T>(stage: Stage, run: () => T): T {
    this.enter(stage);
    let all = run;
    for (const one of this.#watching) {
      const inner = all;
      if (one.around !== undefined) all = () => one.around!(inner);
    }
    return all();
  }

  /** A patch was sent. */
  patched(operations: number, version: number): void {
    this.operations += operations;
    this.version = version;
  }

  /** So much was sent, where nobody counts. */
  weigh(bytes: number): void {
    this.down = bytes;
  }

  /** It is done. */
  end(outcome: string): void {
    this.#leave();
    this.#isOver = true;
    this.outcome = outcome;
    if (this.#counter !== undefined) this.down = this.#counter.sent - this.#sent;
    for (const one of this.#watching) one.end();
  }

  #leave(): void {
    const now = performance.now();
    if (this.#stage !== undefined) {
      this.stages.set(this.#stage, (this.stages.get(this.#stage) ?? 0) + now - this.#since);
    }
    this.#since = now;
  }
}

/** Those who look at what is done for one browser. */
export class Watch {
  readonly #watchers: readonly Watcher[];
  readonly #counter: Counter | undefined;

  constructor(watchers: readonly Watcher[], counter?: Counter) {
    this.#watchers = watchers;
    this.#counter = counter;
  }

  /** Work begins. */
  begin(task: Task): Work {
    return new Work(task, this.#watchers, this.#counter);
  }
}

/** Runs what happens in a stage of a work, where somebody looks at it. */
export function within<T>(work: Work | undefined, stage: Stage, run: () => T): T {
  return work === undefined ? run() : work.within(stage, run);
}
