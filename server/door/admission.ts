/**
 * Who may have a page rendered now, who waits for it, and who is sent away before any work is done.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Clock } from "../../protocol/clock.ts";
import type { Limits } from "../../protocol/limits.ts";
import { HttpError } from "../http/error.ts";
import type { Logger } from "../observe.ts";

/** There is no room for one more page. It is told by the built-in page: an app's own would have to be rendered. */
export class BusyError extends HttpError {
  /** @param after seconds until it is worth coming back */
  constructor(after: number) {
    super(503, `Many are here at once. This page tries again by itself, in ${after} s.`, {
      headers: { "retry-after": String(after) },
    });
    this.name = "BusyError";
  }
}

/** What a page costs until it has been measured; and the most seconds that somebody is sent away for. */
const GUESS_MS = 5, LONGEST = 30;

/** Milliseconds of renders after which the event loop takes a breath, and of that: then it hears the network. */
const STRETCH = 30, BREATH = 4;

/** Milliseconds that a turn may take where pages are cheap: then more of them begin in one, this many times as many. */
const TURN = 16, MORE = 4;

/** Milliseconds between two lines of the log that say so. */
const TELL = 60_000;

interface Waiting {
  readonly until: number;
  readonly begin: () => void;
  readonly refuse: (error: BusyError) => void;
}

/**
 * Renders take turns with everything else: in a turn of the event loop only so many begin, and in a long line there is a
 * moment after each few turns in which sockets, files and whoever asks for our health are heard. What has begun and is not
 * done when the loop has turned waits for data: that takes no processor, and so nobody's turn.
 */
export class Admission {
  readonly #limits: Pick<Limits, "renders" | "rendersWaiting" | "renderWait" | "pagesLoading">;
  readonly #clock: Clock;
  readonly #log: Pick<Logger, "warn">;
  readonly #random: () => number;
  /** Pages that came in and have not begun: those in line, and those of whom it is not yet known who asks. */
  #waiting = 0;
  /** Pages that have begun and are not answered. */
  #begun = 0;
  /** Pages that have begun in this turn. */
  #now = 0;
  /** How many may, and when the first of them did. */
  #most: number;
  #began = 0;
  /** Milliseconds that a page has taken of late. */
  #cost: number | undefined;
  /** When this turn began, where anybody was in line. */
  #since: number | undefined;
  /** When the loop had nothing to do, as far as is known here. */
  #breathed = performance.now();
  #turning = false;
  readonly #line = new Set<Waiting>();
  #cancel: (() => void) | undefined;
  /** Milliseconds from one page to the next while somebody waits. */
  #pace = GUESS_MS;
  /** Whoever was sent away stands in line all the same: they come back. */
  #away = 0;
  #told = -Infinity;

  /** @param random spreads those who are sent away */
  constructor(
    limits: Pick<Limits, "renders" | "rendersWaiting" | "renderWait" | "pagesLoading">,
    clock: Clock,
    log: Pick<Logger, "warn">,
    random: () => number = Math.random,
  ) {
    this.#limits = limits;
    this.#most = limits.renders;
    this.#clock = clock;
    this.#log = log;
    this.#random = random;
  }

  /** Pages that wait, and pages that have begun. */
  get size(): { readonly waiting: number; readonly begun: number } {
    return { waiting: this.#waiting, begun: this.#begun };
  }

  /** A request that may come to want a page. */
  come(): Place {
    return new Place(this);
  }

  /**
   * Counts a page in.
   *
   * @throws BusyError where there are too many
   */
  enter(): void {
    if (this.#waiting >= this.#limits.rendersWaiting) throw this.#refusal();
    this.#waiting++;
  }

  /** Counts one out that has not begun. */
  giveUp(): void {
    this.#waiting--;
  }

  /** Counts one out that has begun. */
  done(): void {
    this.#begun--;
    this.#call();
  }

  /**
   * Begins a page that was counted in, now or when its turn has come.
   *
   * @param begins is called when it does
   * @returns its turn, where it has to wait, which rejects with a {@linkcode BusyError} where that takes too long; and what
   * takes it out of the line
   */
  begin(begins: () => void): { readonly turn: Promise<void>; readonly giveUp: () => void } | undefined {
    if (this.#line.size === 0 && this.#hasRoom()) {
      this.#start();
      begins();
      return undefined;
    }
    const { promise: turn, resolve, reject: refuse } = Promise.withResolvers<void>();
    const begin = () => {
      begins();
      resolve();
    };
    const waiting = { until: this.#clock.now() + this.#limits.renderWait, begin, refuse };
    this.#line.add(waiting);
    this.#watch();
    const giveUp = () => {
      if (!this.#line.delete(waiting)) return;
      refuse(new BusyError(1));
      this.#call();
    };
    return { turn, giveUp };
  }

  #hasRoom(): boolean {
    return this.#now < this.#most && this.#begun < this.#limits.pagesLoading;
  }

  #start(): void {
    this.#waiting--;
    this.#begun++;
    this.#now++;
    if (this.#away > 0) this.#away--;
    if (this.#turning) return;
    this.#turning = true;
    this.#began = performance.now();
    if (this.#since === undefined) this.#breathed = this.#began;
    setImmediate(() => this.#turned());
  }

  // The loop has turned: whatever has begun is rendered, or waits for data. But a loop that always has something to do
  // looks at the network once in a while only: during 500 renders, a socket that pinged all the time was answered twice
  // (Deno 2.9). With a moment in which there is nothing to do, it was hundreds of times.
  #turned(): void {
    const now = performance.now(), { renders } = this.#limits;
    const cost = (now - this.#began) / this.#now;
    this.#cost = this.#cost === undefined ? cost : (this.#cost + cost) / 2;
    this.#most = Math.max(renders, Math.min(MORE * renders, Math.floor(TURN / this.#cost)));
    if (this.#since !== undefined) {
      this.#pace += ((now - this.#since) / this.#now - this.#pace) / 8;
    }
    if (this.#isBreathless(now)) setTimeout(() => this.#next(), BREATH);
    else this.#next();
  }

  #next(): void {
    const now = performance.now();
    if (this.#isBreathless(now)) this.#breathed = now;
    this.#since = this.#line.size > 0 ? now : undefined;
    if (this.#line.size === 0) this.#away = 0;
    this.#turning = false;
    this.#now = 0;
    this.#call();
  }

  // A line that is gone in the next turn is none.
  #isBreathless(now: number): boolean {
    return this.#line.size > this.#most && now - this.#breathed >= STRETCH;
  }

  // Whose turn it is.
  #call(): void {
    for (const next of this.#line) {
      if (!this.#hasRoom()) break;
      this.#line.delete(next);
      this.#start();
      next.begin();
    }
    if (this.#line.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  // All wait for the same time: one timer, for the first in line, is enough.
  #watch(): void {
    const [first] = this.#line;
    if (first === undefined || this.#cancel !== undefined) return;
    this.#cancel = this.#clock.after(Math.max(1, first.until - this.#clock.now()), () => {
      this.#cancel = undefined;
      const now = this.#clock.now();
      for (const waiting of this.#line) {
        if (waiting.until > now) break;
        this.#line.delete(waiting);
        waiting.refuse(this.#refusal());
      }
      this.#watch();
    });
  }

  // When it would be their turn, as far as can be said, or earlier: not all at one moment, and none after the line is gone.
  #refusal(): BusyError {
    this.#tell();
    const ms = (this.#waiting + ++this.#away) * this.#pace;
    const after = Math.ceil(ms / 1000 * (0.25 + 0.75 * this.#random()));
    return new BusyError(Math.min(LONGEST, Math.max(1, after)));
  }

  #tell(): void {
    const now = this.#clock.now();
    if (now - this.#told < TELL) return;
    this.#told = now;
    this.#log.warn("pages are sent away: more are asked for at once than can be rendered", this.size);
  }
}

/** A request's place among those who want a page. */
export class Place {
  readonly #admission: Admission;
  #is: "outside" | "waiting" | "begun" | "gone" = "outside";
  /** Takes it out of the line. */
  #giveUp: (() => void) | undefined;

  /** @param admission where it may come in */
  constructor(admission: Admission) {
    this.#admission = admission;
  }

  /**
   * Comes in; again does nothing.
   *
   * @throws BusyError where there is no room
   */
  enter(): void {
    if (this.#is !== "outside") return;
    this.#admission.enter();
    this.#is = "waiting";
  }

  /**
   * Its page may be rendered when this is done; again it is at once.
   *
   * @throws BusyError where there is no room, or no turn in time
   */
  begin(): Promise<void> | undefined {
    this.enter();
    if (this.#is !== "waiting") return undefined;
    const line = this.#admission.begin(() => this.#is = "begun");
    this.#giveUp = line?.giveUp;
    return line?.turn;
  }

  /** It is answered: by its page, or by middleware that did not wait for it. */
  leave(): void {
    const was = this.#is;
    this.#is = "gone";
    if (was === "waiting") this.#admission.giveUp();
    else if (was === "begun") this.#admission.done();
    this.#giveUp?.();
  }
}
