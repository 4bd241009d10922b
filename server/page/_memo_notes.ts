/**
 * What the render of a remembered component reads besides its props, and what it does besides writing.
 *
 * @module
 */

import type { Json } from "../../protocol/mod.ts";
import type { OwnNames } from "./attribute_names.ts";
import type { Recorder } from "./binding.ts";
import type { Rendering } from "./_rendering.ts";
import { hold, isHeld, isSteady } from "./_steady.ts";

/** A call that a string offers. */
export interface Offered {
  readonly target: string;
  readonly args: readonly Json[];
}

/** All that belongs to a string. */
export interface Noted {
  /** The classes that it names, and how: that is up to the app. */
  readonly names: readonly (readonly [owner: object, name: string])[];
  /** The names for attributes under which it was written, likewise. */
  readonly attributes: OwnNames | undefined;
  /** What it offers. */
  offers: readonly Offered[];
  /** What it puts into the document's head. */
  readonly heads: readonly string[];
  /** The contexts that were read, with what they held. */
  readonly reads: ReadonlyMap<string | symbol, unknown>;
  /** How many contexts there were, where all were looked at: a provider stands inside. */
  readonly contexts: number | undefined;
}

/** The hooks that keep nothing and are the same each time: `useRef`, `useMemo`, `useCallback`, `useContext`. */
const pure: ReadonlySet<unknown> = new Set([5, 7, 8, 9]);

let current: Notes | undefined;

/** Notes that a component has called a hook of Preact, by its number. */
export function noteHook(type: unknown): void {
  if (current !== undefined && !pure.has(type)) current.isAnew = true;
}

/** Notes that what is rendered has to be rendered each time. */
export function noteAnew(): void {
  if (current !== undefined) current.isAnew = true;
}

/** Takes notes, and hands on to the page around what it is told. */
export class Notes implements Recorder, Noted {
  readonly #outer = current;
  readonly #rendering: Rendering;
  readonly attributes: OwnNames | undefined;
  names: [owner: object, name: string][] = none;
  offers: Offered[] = none;
  heads: string[] = none;
  reads: Map<string | symbol, unknown> = noReads;
  contexts: number | undefined = undefined;
  /** Whether it has to be rendered each time. */
  isAnew = false;

  constructor(rendering: Rendering) {
    this.#rendering = rendering;
    this.attributes = rendering.attributes;
  }

  /** Notes are taken from here on. */
  begin(): void {
    current = this;
  }

  /** They are not any more. */
  end(): void {
    current = this.#outer;
    if (this.isAnew) noteAnew();
  }

  nameOf(owner: object): string {
    const name = this.#rendering.recorder.nameOf(owner);
    if (this.names === none) this.names = [];
    if (this.names.every(([other]) => other !== owner)) this.names.push([owner, name]);
    return name;
  }

  offer(target: string, args: readonly Json[]): void {
    if (this.offers === none) this.offers = [];
    // What it offers is what it was when it was written, whatever happens to an object among the arguments.
    this.offers.push({ target, args: copy(args) });
    this.#rendering.recorder.offer(target, args);
  }

  /** A part is somebody's, and nothing to be remembered. */
  get live(): Recorder["live"] {
    const { recorder } = this.#rendering;
    return recorder.live === undefined ? undefined : (slot) => recorder.live!(slot);
  }

  get islands(): Recorder["islands"] {
    return this.#rendering.recorder.islands;
  }

  /** As the head of a render: takes markup. */
  add(html: string): void {
    if (this.heads === none) this.heads = [];
    this.heads.push(html);
    this.#rendering.head.add(html);
  }

  /** Notes that a context was read. */
  read(context: object, id: string | symbol): void {
    const value = readContext(context, id);
    if (!isSteady(value)) {
      this.isAnew = true;
      return;
    }
    if (this.reads === noReads) this.reads = new Map();
    this.reads.set(id, hold(value));
  }
}

/** Notes what is read of the contexts around. */
export class ContextReader implements ProxyHandler<object> {
  readonly #notes: Notes;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  get(context: object, id: string | symbol): unknown {
    this.#notes.read(context, id);
    return Reflect.get(context, id);
  }

  has(context: object, id: string | symbol): boolean {
    this.#notes.read(context, id);
    return Reflect.has(context, id);
  }

  getOwnPropertyDescriptor(context: object, id: string | symbol): PropertyDescriptor | undefined {
    this.#notes.read(context, id);
    return Reflect.getOwnPropertyDescriptor(context, id);
  }

  ownKeys(context: object): (string | symbol)[] {
    const ids = Reflect.ownKeys(context);
    for (const id of ids) this.#notes.read(context, id);
    this.#notes.contexts = ids.length;
    return ids;
  }
}

function copy(args: readonly Json[]): readonly Json[] {
  return args.some((value) => typeof value === "object") ? structuredClone(args) : [...args];
}

const none: never[] = [];
const noReads: Map<string | symbol, unknown> = new Map();

/** Whether the app has the same names, of classes and of attributes, as when the string was written. */
export function areNamed({ names, attributes: before }: Noted, { recorder, attributes }: Rendering): boolean {
  return before === attributes &&
    (names.length === 0 || names.every(([owner, name]) => recorder.nameOf(owner) === name));
}

/** Whether the contexts around hold what they held when the string was written. */
export function areRead({ reads, contexts }: Noted, context: object): boolean {
  if (contexts !== undefined && Reflect.ownKeys(context).length !== contexts) return false;
  for (const [id, held] of reads) if (!isHeld(held, readContext(context, id))) return false;
  return true;
}

/** Does again what was noted: the page offers what its strings offer, wherever they come from. */
export function replay({ offers, heads }: Noted, rendering: Rendering): void {
  if (offers !== rendering.offered && offers.length > 0) {
    rendering.offered = offers;
    for (const { target, args } of offers) rendering.recorder.offer(target, args);
  }
  if (heads.length > 0) { for (const html of heads) rendering.head.add(html); }
}

/** Whether two strings offer the same, and nothing with arguments. */
export function offerAlike(a: readonly Offered[], b: readonly Offered[]): boolean {
  return a.length === b.length &&
    a.every(({ target, args }, i) => args.length === 0 && b[i]?.args.length === 0 && b[i].target === target);
}

// Preact's contexts hold the component that provides them; old ones hold the value itself.
function readContext(context: object, id: string | symbol): unknown {
  const value: unknown = Reflect.get(context, id);
  if (typeof value !== "object" || value === null || !("sub" in value) || !("props" in value)) return value;
  return (value.props as { value?: unknown }).value;
}
