/**
 * One page as one visit sees it: what was rendered last, what it offers, and how often it was patched.
 *
 * @module
 */

import type { Offers } from "./offers.ts";

/** What a render gave. */
export interface Render {
  /** Everything in `head` but our script. */
  readonly head: string;
  /** The children of `body`. */
  readonly body: string;
  /** The calls it contains. */
  readonly offers: Offers;
}

/** A view. The browser shows `render`, as long as it has applied `version` patches to the page of `hash`. */
export interface View {
  /** Of the page that the browser got by GET. */
  readonly hash: string;
  /** Patches since. */
  version: number;
  /** What the browser shows; `undefined` where this isolate does not know it. */
  render: Render | undefined;
  /** The offers of the render before, and until when they are good. */
  previous: { offers: Offers; until: number } | undefined;
  /** The version of the state that `render` shows. */
  state: string;
}

/**
 * Names a render: two that differ have different names (64 bits of SHA-256, base64url).
 */
export async function hashRender(render: Pick<Render, "head" | "body">): Promise<string> {
  const bytes = new TextEncoder().encode(`${render.head}\n${render.body}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return digest.subarray(0, 8).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Views whose socket is not there yet, or gone for a moment; the least recently parked go first. */
export class ParkedViews {
  readonly #limit: number;
  readonly #views = new Map<string, { view: View; bytes: number }>();
  #bytes = 0;

  /** @param limit bytes of renders to keep */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes of the renders that are kept, as strings of two bytes a character at worst. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a view for a while. */
  park(visit: string, view: View): void {
    this.take(visit);
    if (view.render === undefined) return;
    const bytes = 2 * (view.render.head.length + view.render.body.length) + 1024;
    this.#views.set(visit, { view, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#views.keys()) {
      if (this.#bytes <= this.#limit) break;
      this.take(oldest);
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
