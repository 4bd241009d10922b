/**
 * The shared views of one app.
 *
 * @module
 */

import { canonicalJson } from "../../protocol/json.ts";
import type { KeyedParts } from "./context.ts";
import type { Page } from "./page.ts";
import { type SharedMeans, SharedView } from "./shared_view.ts";

/** Shared views by what they show. One that nobody shows is kept as long as there is room, the latest longest. */
export class SharedViews {
  readonly #limit: number;
  readonly #means: SharedMeans;
  readonly #views = new Map<string, SharedView>();
  /** Those that nobody shows, with their bytes, in the order in which that came to be. */
  readonly #idle = new Map<SharedView, number>();
  #bytes = 0;

  /** @param limit bytes of renders to keep of views that nobody shows */
  constructor(limit: number, means: Omit<SharedMeans, "used">) {
    this.#limit = limit;
    this.#means = { ...means, render: means.render, used: (view) => this.#used(view) };
  }

  /** How many there are. */
  get size(): number {
    return this.#views.size;
  }

  /** The view of a page for those who have this in common. */
  get(page: Page, given: KeyedParts): SharedView {
    const name = nameOf(page, given);
    let view = this.#views.get(name);
    if (view === undefined) {
      view = new SharedView(page, given, name, this.#means);
      this.#views.set(name, view);
    }
    if (view.readers === 0) this.#used(view);
    return view;
  }

  #used(view: SharedView): void {
    this.#bytes -= this.#idle.get(view) ?? 0;
    this.#idle.delete(view);
    if (view.ended || view.readers > 0) return;
    const { bytes } = view;
    this.#idle.set(view, bytes);
    this.#bytes += bytes;
    for (const [oldest, size] of this.#idle) {
      // The one that has just been asked for is there for whoever has asked, however large.
      if (this.#bytes <= this.#limit || oldest === view) break;
      this.#idle.delete(oldest);
      this.#bytes -= size;
      this.#views.delete(oldest.name);
      oldest.end();
    }
  }
}

/** Names what a view shows: all that its page is given. */
export function nameOf(page: Page, { params, query, key }: KeyedParts): string {
  return canonicalJson([page.path, params, query ?? null, key]);
}
