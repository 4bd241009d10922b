/**
 * Views whose socket is not there yet, or gone for a moment.
 *
 * @module
 */

import type { Topics } from "../bus/topics.ts";
import type { View } from "./view.ts";

/** Views by their visits; the least recently parked go first. */
export class ParkedViews {
  readonly #limit: number;
  readonly #topics: Topics;
  readonly #views = new Map<string, { view: View; bytes: number }>();
  #bytes = 0;

  /** @param limit bytes of renders to keep */
  constructor(limit: number, topics: Topics) {
    this.#limit = limit;
    this.#topics = topics;
  }

  /** Bytes of the renders that are kept, as strings of two bytes a character at worst; shared ones are not in it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a view for a while; what changes meanwhile, it notes. One that shows nothing known ends. */
  park(visit: string, view: View): void {
    this.take(visit)?.end(this.#topics);
    const { shown } = view;
    if (shown === undefined) return view.end(this.#topics);
    view.follow(this.#topics);
    const bytes = sizeOf(view);
    this.#views.set(visit, { view, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#views.keys()) {
      if (this.#bytes <= this.#limit) break;
      this.take(oldest)?.end(this.#topics);
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
