/**
 * Views whose socket is not there yet, or gone for a moment.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { View } from "./view.ts";

/** Milliseconds in which most sockets have come. */
const MOMENT = 1000;

/** Views by their visits; the least recently parked go first. */
export class ParkedViews {
  readonly #limit: number;
  readonly #clock: Clock;
  /** Since when each is here that has not been put to rest. */
  readonly #awake = new Map<string, number>();
  readonly #views = new Map<string, { view: View; bytes: number }>();
  #bytes = 0;

  /** @param limit bytes of renders to keep */
  constructor(limit: number, clock: Clock) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Bytes of the renders that are kept, as strings of two bytes a character at worst; shared ones are not in it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a view for a while. One that shows nothing known ends. */
  park(visit: string, view: View): void {
    this.take(visit)?.end();
    if (view.shown === undefined && view.shared === undefined) return view.end();
    const bytes = sizeOf(view);
    this.#views.set(visit, { view, bytes });
    this.#rest(visit);
    this.#bytes += bytes;
    for (const oldest of this.#views.keys()) {
      if (this.#bytes <= this.#limit) break;
      this.take(oldest)?.end();
    }
  }

  // A socket follows its page in a moment. Of those that it has not followed, some rest whenever one more comes: no
  // timer for what may never be asked for.
  #rest(visit: string): void {
    const now = this.#clock.now();
    this.#awake.set(visit, now);
    let left = 2;
    for (const [waiting, since] of this.#awake) {
      if (now - since < MOMENT || left-- === 0) break;
      this.#awake.delete(waiting);
      this.#views.get(waiting)?.view.rest();
    }
  }

  /** Whether a view of this visit is kept. */
  has(visit: string): boolean {
    return this.#views.has(visit);
  }

  /** Takes a view out, where it is still kept. */
  take(visit: string): View | undefined {
    const parked = this.#views.get(visit);
    if (parked === undefined) return undefined;
    this.#views.delete(visit);
    this.#awake.delete(visit);
    this.#bytes -= parked.bytes;
    return parked.view;
  }
}

function sizeOf({ shared, shown, parts }: View): number {
  let characters = 0;
  if (shared === undefined && shown !== undefined) {
    characters = shown.render.head.length + shown.render.body.length;
  }
  for (const part of parts.values()) characters += part.body.length + 256;
  return 2 * characters + 1024;
}
