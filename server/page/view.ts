/**
 * One page as one visit sees it: what its browser shows, what it offers, and how often it was patched.
 *
 * @module
 */

import type { Topic } from "../bus/topic.ts";
import type { Listener, Offered } from "../bus/told.ts";
import type { Follower, Topics } from "../bus/topics.ts";
import { type FormErrors, noErrors } from "./form.ts";
import type { Join } from "./joins.ts";
import type { OldOffers } from "./offers.ts";
import type { SharedView } from "./shared_view.ts";
import type { PartsById, Render, Shown } from "./shown.ts";

/** What a page consists of, when it is opened. */
export interface ViewParts {
  /** Names the page that the browser got by GET. */
  readonly hash: string;
  /** The version of the state that it shows. */
  readonly state: string;
  /** What the browser shows; `undefined` where this isolate does not know it. */
  readonly render: Render | undefined;
  readonly parts?: PartsById;
  /** The view that it shares with others, and the version of it that `render` is. */
  readonly shared?: SharedView | undefined;
  readonly at?: number;
}

/**
 * A view. The browser shows what it says, as long as it has applied `version` patches to the page of `hash`. What changes
 * while it is not on a socket, it finds out when it is on one.
 */
export class View implements Follower {
  readonly hash: string;
  /** Patches since. */
  version = 0;
  /** The version of the state that it shows. */
  state: string;
  /** What it shares with others. */
  readonly shared: SharedView | undefined;
  /** Which version of that its browser shows. */
  at: number;
  /** The offers of the render before, and until when they are good. */
  previous: OldOffers | undefined;
  /** What operations by hand have brought to it offers. */
  pieces: Map<string, Offered> | undefined;
  /** What was wrong with the fields of its forms. */
  errors: FormErrors = noErrors;
  /** Told when something that it shows has changed, and when it shows something else. */
  live: (Listener & { wake(topic?: string): void; join(): void }) | undefined;
  /** Whether the page itself has changed; of a shared one its shared view knows. */
  isStale = false;
  /** The parts that have. */
  get staleParts(): ReadonlySet<string> {
    return this.#staleParts;
  }

  #staleParts: Set<string> = noneStale;
  #render: Render | undefined;
  #parts: PartsById;
  #followed: ReadonlySet<string> = none;

  constructor({ hash, state, render, parts = noParts, shared, at = 0 }: ViewParts) {
    this.hash = hash;
    this.state = state;
    this.shared = shared;
    this.at = at;
    this.#render = shared === undefined ? render : undefined;
    this.#parts = parts;
    shared?.countParts(at, noParts, parts);
  }

  /** What its browser shows; `undefined` where this isolate does not know it, or not any more. */
  get shown(): Shown | undefined {
    const render = this.shared === undefined ? this.#render : this.shared.base(this.at);
    return render === undefined ? undefined : { render, parts: this.#parts };
  }

  /** Its parts. */
  get parts(): PartsById {
    return this.#parts;
  }

  /** Whether something has changed that it shows. */
  get isBehind(): boolean {
    if (this.isStale || this.staleParts.size > 0) return true;
    return this.shared !== undefined && (this.shared.isStale || this.shared.version !== this.at);
  }

  /** Who it says is on which topic. */
  *joins(): Iterable<Join> {
    yield* this.#render?.joins ?? [];
    for (const part of this.#parts.values()) yield* part.joins;
  }

  /** What its person has to be allowed: to see what makes the page anew, or a part of it, and to be seen on topics. */
  *topics(): Iterable<Topic> {
    yield* this.shared?.topics ?? this.#render?.topics ?? [];
    for (const part of this.#parts.values()) yield* part.topics;
    for (const { asks } of this.joins()) yield asks;
  }

  /** From now on its browser shows this. */
  show(render: Render, parts: PartsById, topics: Topics): void {
    if (this.shared === undefined) this.#render = render;
    else this.shared.countParts(this.at, this.#parts, parts);
    this.#parts = parts;
    this.follow(topics);
  }

  /** A part of it has to be rendered again. */
  addStale(id: string): void {
    if (this.#staleParts === noneStale) this.#staleParts = new Set();
    this.#staleParts.add(id);
  }

  /** The parts that have to be rendered again; from now on, none has. */
  takeStale(): ReadonlySet<string> {
    const stale = this.#staleParts;
    this.#staleParts = noneStale;
    return stale;
  }

  /** Takes note of what changes from now on, and of what has changed since it was made. */
  follow(topics: Topics): void {
    const render = this.#render;
    const isNothing = (render === undefined || render.topics.length === 0) && this.#parts.size === 0;
    const next: Set<string> | undefined = isNothing ? undefined : new Set();
    for (const { name } of render?.topics ?? []) {
      next?.add(name);
      if (topics.hasChanged(name, render!.since)) this.isStale = true;
    }
    for (const [id, part] of this.#parts) {
      for (const { name } of part.topics) {
        next?.add(name);
        if (topics.hasChanged(name, part.since)) this.addStale(id);
      }
    }
    topics.change(this, this.#followed, next ?? none);
    this.#followed = next ?? none;
    this.live?.join();
  }

  /** Nobody is there to be told of what changes. */
  leave(topics: Topics): void {
    topics.change(this, this.#followed, none);
    this.#followed = none;
    this.live = undefined;
  }

  /** It will not be shown again. */
  end(): void {
    this.shared?.countParts(this.at, this.#parts, noParts);
    this.#parts = noParts;
  }

  /** Nobody is expected to use it soon. */
  rest(): void {
    this.#render?.rest?.();
  }

  changed(topic: string): void {
    if (this.#render?.topics.some(({ name }) => name === topic)) this.isStale = true;
    for (const [id, part] of this.#parts) {
      if (part.topics.some(({ name }) => name === topic)) this.addStale(id);
    }
    this.live?.wake(topic);
  }

  addListeners(listeners: Set<Listener>): void {
    if (this.live !== undefined) listeners.add(this.live);
  }
}

const none: ReadonlySet<string> = new Set();
/** Thousands of live pages have none. */
const noneStale = new Set<string>();

/** Most pages have none. */
export const noParts: PartsById = new Map();

/**
 * Names a page that was rendered: two that differ have different names (64 bits of SHA-256, base64url).
 */
export async function hashPage({ head, body }: { head: string; body: string }): Promise<string> {
  return await hashBytes(new TextEncoder().encode(`${head}\n${body}`));
}

/** The same of bytes. */
export async function hashBytes(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return digest.subarray(0, 8).toBase64({ alphabet: "base64url", omitPadding: true });
}
