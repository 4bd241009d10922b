/**
 * What the panel knows: the reflexes of the page and the pushes that it got, the newest first.
 *
 * @module
 */

import type { ServerFrame } from "../protocol/frames.ts";
import { EVENT_PREFIX } from "../protocol/markers.ts";
import type { Operation } from "../protocol/operations.ts";
import type { Cause, Stage, TimingFrame } from "../protocol/timing.ts";
import { addressOf } from "./panel_address.ts";
import type { ReflexDetail, ReflexStage } from "./reflex_event.ts";

/** A stage of the server's; `bind`, from the event to the frame; `wire`, there and back; `apply`, in the page. */
export type PanelStage = Stage | "bind" | "wire" | "apply";

/** In this order they follow each other. */
export const STAGES: readonly PanelStage[] = [
  ...["bind", "wire", "wait", "check", "run", "commit", "render", "diff", "patch", "apply"] as const,
];

/** An operation that came. */
export interface Applied {
  readonly name: string;
  /** Where, for people. */
  readonly at: string;
  readonly bytes: number;
}

/** A reflex, or a push. */
export interface Note {
  readonly kind: "reflex" | "push";
  /** `Class#method`. */
  title: string;
  /** What became of it. */
  state: string;
  /** How it was shown, as the server says. */
  shown: string;
  /** Milliseconds of each stage, as far as they are known. */
  readonly stages: Map<PanelStage, number>;
  readonly operations: Applied[];
  causes: readonly Cause[];
  up: number;
  down: number;
  /** The patch that it came with. */
  version: number;
  sentAt: number;
  cameAt: number;
}

/** So many are kept. */
const MOST = 100;

/** Listens to frames, and to the events of the page. */
export class Notes {
  /** The newest first. */
  readonly all: Note[] = [];
  readonly #byNumber = new Map<number, Note>();
  readonly #byDetail = new WeakMap<ReflexDetail, { began: number; note?: Note }>();
  readonly #changed: (note: Note) => void;
  readonly #patched: (operations: readonly Operation[]) => void;
  /** The call that was sent last. */
  #last: Note | undefined;

  /**
   * @param changed hears of each note that is new, or says more than before
   * @param patched hears of operations, before the page does
   */
  constructor(changed: (note: Note) => void, patched: (operations: readonly Operation[]) => void) {
    this.#changed = changed;
    this.#patched = patched;
  }

  /** Begins to listen. */
  start(): void {
    this.#on("created", (detail) => this.#byDetail.set(detail, { began: performance.now() }));
    // It is told in the same breath in which its frame is sent.
    this.#on("delivered", (detail) => this.#sent(detail));
    for (const stage of ["success", "halted", "forbidden", "error"] as const) {
      this.#on(stage, (detail) => this.#settled(detail));
    }
  }

  /** Forgets all. */
  clear(): void {
    this.all.length = 0;
    this.#byNumber.clear();
  }

  /** A frame was sent. */
  sent(text: string): void {
    const [kind, n, , target] = JSON.parse(text);
    if (kind !== "call") return;
    const known = this.#byNumber.get(n);
    if (known !== undefined && known.state === UNDER_WAY) {
      known.state = AGAIN;
      return this.#changed(known);
    }
    const note = this.#last = this.#add({ ...empty(), kind: "reflex", title: target, up: size(text) });
    this.#byNumber.set(n, note);
  }

  /** A frame has come. */
  came(text: string): void {
    const frame = JSON.parse(text) as ServerFrame | TimingFrame;
    switch (frame[0]) {
      case "patch": {
        const [, version, operations, outcome] = frame;
        this.#patched(operations);
        const note = outcome && this.#byNumber.get(outcome[0]) ||
          this.#add({ ...empty(), kind: "push", title: "push", state: "shown" });
        note.version = version;
        note.operations.push(...operations.map(appliedOf));
        return this.#arrived(note, text);
      }
      case "done":
      case "error": {
        const note = this.#byNumber.get(frame[1]);
        if (note !== undefined) this.#arrived(note, text);
        return;
      }
      case "timing":
        return this.#timed(frame);
    }
  }

  #on(stage: ReflexStage, run: (detail: ReflexDetail) => void): void {
    document.addEventListener(EVENT_PREFIX + stage, ({ detail }: CustomEventInit<ReflexDetail>) => {
      if (detail?.reflex) run(detail); // else it is a fault that is no reflex's
    }, true);
  }

  #sent(detail: ReflexDetail): void {
    const known = this.#byDetail.get(detail), note = this.#last;
    if (known === undefined || note?.title !== detail.reflex) return;
    known.note = note;
    note.stages.set("bind", note.sentAt - known.began);
    this.#changed(note);
  }

  #settled(detail: ReflexDetail): void {
    const note = this.#byDetail.get(detail)?.note;
    if (note === undefined) return;
    const { stage, code, message } = detail;
    note.state = stage === "error" ? `error (${code})` : stage;
    if (message) note.state += `: ${message}`;
    if (note.cameAt > 0) note.stages.set("apply", performance.now() - note.cameAt);
    this.#changed(note);
  }

  #arrived(note: Note, text: string): void {
    note.cameAt = performance.now();
    note.down += size(text);
    this.#changed(note);
  }

  #timed([, n, version, outcome, stages, causes = []]: TimingFrame): void {
    const note = n > 0 ? this.#byNumber.get(n) : this.#pushOf(version);
    if (note === undefined) return;
    if (note.kind === "push" || n > 0) note.shown = outcome;
    if (causes.length > 0) note.causes = causes;
    if (note.kind === "push") note.title = outcome === "told" ? "told" : "push";
    let taken = 0;
    for (const [stage, ms] of stages) {
      note.stages.set(stage, ms);
      taken += ms;
    }
    if (n > 0) note.stages.set("wire", Math.max(0, note.cameAt - note.sentAt - taken));
    this.#changed(note);
  }

  // What many share is sent to all of them as a push: to whom has called, too. And not every render is another page.
  #pushOf(version: number): Note {
    const known = version > 0 ? this.all.find((note) => note.version === version) : undefined;
    return known ?? this.#add({ ...empty(), kind: "push", title: "push", state: "nothing has changed" });
  }

  #add(note: Note): Note {
    this.all.unshift(note);
    this.all.length = Math.min(this.all.length, MOST);
    this.#changed(note);
    return note;
  }
}

const UNDER_WAY = "under way", AGAIN = "under way, sent again";

function empty(): Omit<Note, "kind" | "title"> {
  return {
    state: UNDER_WAY,
    shown: "",
    stages: new Map(),
    operations: [],
    causes: [],
    up: 0,
    down: 0,
    version: 0,
    sentAt: performance.now(),
    cameAt: 0,
  };
}

function appliedOf(operation: Operation): Applied {
  return { name: operation[0], at: addressOf(operation), bytes: size(JSON.stringify(operation)) };
}

function size(text: string): number {
  return new TextEncoder().encode(text).length;
}
