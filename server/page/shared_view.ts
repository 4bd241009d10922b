/**
 * One page as many people see it: rendered once, compared once, written once.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { Operation } from "../../protocol/operations.ts";
import type { Topic } from "../bus/topic.ts";
import type { Refreshable, Refreshes } from "../bus/refreshes.ts";
import type { Listener } from "../bus/told.ts";
import type { Follower, Topics } from "../bus/topics.ts";
import { diff, PieceNames } from "../patch/diff.ts";
import type { OldOffers } from "./offers.ts";
import type { KeyedParts } from "./context.ts";
import type { Page } from "./page.ts";
import { SharedBytes } from "./shared_bytes.ts";
import {
  isWhole,
  partDifference,
  type PartsById,
  placed,
  type Render,
  settle,
  touched,
  whole,
} from "./shown.ts";

/** From one render to another, for all who show the one. */
export class Step {
  /** The version that they show. */
  readonly from: number;
  /** The version that they will show. */
  readonly to: number;
  /** The new render. */
  readonly render: Render;
  /** What to do. */
  readonly operations: readonly Operation[];
  /** The same as JSON. */
  readonly text: string;
  /** Ids of parts that it may empty. */
  readonly touched: ReadonlySet<string>;
  /** Topics that the new render depends on and the old one did not: not everybody may see them. */
  readonly topics: readonly Topic[];
  /** What they could call until now. */
  readonly previous: OldOffers;
  /** Topics that made it necessary. */
  because: Iterable<string> | undefined;
  #number = -1;
  #frame = "";

  constructor(
    { version: from, render: before }: Version,
    { version: to, render }: Version,
    operations: readonly Operation[],
    until: number,
  ) {
    this.from = from;
    this.to = to;
    this.render = render;
    this.operations = operations;
    this.text = JSON.stringify(operations);
    this.touched = touched(operations, render.slots);
    this.topics = render.topics.filter(({ name }) => !before.topics.some((topic) => topic.name === name));
    this.previous = { offers: [before.offers], until };
  }

  /** The frame of a browser's patch of that number. Many have the same. */
  frame(number: number): string {
    if (number !== this.#number) {
      this.#number = number;
      this.#frame = `["patch",${number},${this.text}]`;
    }
    return this.#frame;
  }
}

/** A render of a shared view, and which one it is. */
interface Version {
  readonly version: number;
  readonly render: Render;
}

/** What a step is for somebody who shows parts of their own. */
export interface OwnStep {
  /** The parts for which there still is a place. */
  readonly parts: PartsById;
  /** Whether they do what all do, before their own. */
  readonly shares: boolean;
  /** What they alone have to do. */
  readonly operations: readonly Operation[];
}

/** What a step is for somebody who shows these parts. */
export function ownStep({ render, operations, touched }: Step, before: PartsById): OwnStep {
  if (before.size === 0 && render.slots.length === 0) return { parts: before, shares: true, operations: [] };
  const shown = { render, parts: placed({ render, parts: before }) };
  const own = isWhole(operations) ? undefined : partDifference(before, shown, touched);
  return own === undefined
    ? { parts: shown.parts, shares: false, operations: whole(shown) }
    : { parts: shown.parts, shares: true, operations: own };
}

/** Somebody who shows a shared view. None of it may throw. */
export interface Reader extends Listener {
  /** The view has changed. False where it still shows what it did. */
  step(step: Step): boolean;
  /** The page has left with a response; or could not be rendered, and a line of the log has that reference. */
  fail(reference: string | undefined): void;
  /** Which version it shows. */
  readonly at: number;
}

/** What became of a render. */
export type Outcome =
  | { readonly render: Render; readonly version: number }
  | { readonly left: Response };

/** A shared view. Its versions count its renders that differ. */
export class SharedView implements Follower, Refreshable {
  /** What it is of. */
  readonly page: Page;
  /** What its page was given. */
  readonly given: KeyedParts;
  /** Its name among the app's. */
  readonly name: string;
  readonly #means: SharedMeans;
  readonly #readers = new Set<Reader>();
  readonly #names = new PieceNames();
  readonly #bytes = new SharedBytes();
  /** Whether a topic has changed that it shows. */
  isStale = true;
  /** Counts its renders; 0 before the first. */
  version = 0;
  #render: Render | undefined;
  /** What those show who are behind, oldest first. */
  readonly #bases: Version[] = [];
  readonly #steps = new Map<number, Step>();
  #followed: ReadonlySet<string> = new Set();
  #turn: Promise<Outcome> | undefined;
  #next: Promise<Outcome> | undefined;
  #ended = false;
  /** What has changed since it was shown last, where somebody wants to know. */
  #changed: Set<string> | undefined;
  /** Who waits until it is fresh. */
  #waiting: (() => void)[] | undefined;

  constructor(page: Page, given: KeyedParts, name: string, means: SharedMeans) {
    this.page = page;
    this.given = given;
    this.name = name;
    this.#means = means;
  }

  /** Whether it is kept no longer: whoever shows it loads the page again. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether it is being rendered. */
  get isRendering(): boolean {
    return this.#turn !== undefined;
  }

  /** What its last render depends on. */
  get topics(): readonly Topic[] {
    return this.#render?.topics ?? [];
  }

  /** How many show it. */
  get readers(): number {
    return this.#readers.size;
  }

  /** What its renders take, in bytes at two for a character, and what one of them is sent as. */
  get bytes(): number {
    const renders = [this.#render, ...this.#bases.map(({ render }) => render)];
    const characters = renders.reduce(
      (sum, render) => sum + (render?.body.length ?? 0) + (render?.head.length ?? 0),
      0,
    );
    return 2 * (characters + this.name.length) + this.#bytes.size + 2048;
  }

  /** The whole body of one of its renders, with somebody's parts in it. Nobody may write into the bytes. */
  bytesOf(render: Render, parts: PartsById): Uint8Array<ArrayBuffer>[] {
    const { size } = this.#bytes, pieces = this.#bytes.of(render, parts);
    if (this.#bytes.size !== size) this.#means.used(this);
    return pieces;
  }

  /** The render of a version, as long as it is kept. */
  base(version: number): Render | undefined {
    if (version === this.version) return this.#render;
    return this.#bases.find((base) => base.version === version)?.render;
  }

  /**
   * What there is to show now. Who comes while it is being rendered, from data that have not changed since, gets the
   * same.
   *
   * @throws what the page throws
   */
  fresh(): Promise<Outcome> {
    if (!this.isStale) return this.#turn ?? Promise.resolve(this.#outcome());
    if (this.#turn === undefined) return this.#begin();
    const begin = () => this.#begin();
    return this.#next ??= this.#turn.then(begin, begin);
  }

  /** Runs something when what has changed by now is shown, or could not be. */
  whenFresh(run: () => void): void {
    (this.#waiting ??= []).push(run);
    this.#means.refreshes.add(this);
  }

  addListeners(listeners: Set<Listener>): void {
    for (const reader of this.#readers) listeners.add(reader);
  }

  changed(topic?: string): void {
    if (topic !== undefined && this.#means.isWatched) this.#note(topic);
    this.isStale = true;
    if (this.#readers.size > 0) this.#means.refreshes.add(this);
  }

  async refresh(): Promise<void> {
    await this.#refresh();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const run of waiting ?? []) run();
  }

  async #refresh(): Promise<void> {
    if (this.#ended || this.#readers.size === 0) return; // rendered when somebody comes
    let reference: string | undefined;
    try {
      const outcome = await this.fresh();
      if (!("left" in outcome)) return;
      await outcome.left.body?.cancel();
    } catch (error) {
      reference = this.#means.failed(error, this.page);
      if (reference !== undefined) void this.#means.refreshes.again(this);
    }
    for (const reader of [...this.#readers]) reader.fail(reference);
  }

  /** Somebody shows it. */
  attach(reader: Reader): void {
    this.#readers.add(reader);
    this.#means.used(this);
  }

  /** Somebody does so no longer. */
  detach(reader: Reader): void {
    if (!this.#readers.delete(reader)) return;
    if (this.#readers.size > 0) return;
    this.#means.refreshes.remove(this);
    this.#means.used(this);
  }

  /** Somebody shows other parts in a version of it than before: a name that is in one of them is no address. */
  countParts(version: number, before: PartsById, after: PartsById): void {
    if (before.size === 0 && after.size === 0) return;
    const render = this.base(version);
    if (render !== undefined) settle({ render, parts: after }, before);
    for (const [id, part] of before) if (after.get(id) !== part) this.#names.remove(part);
    for (const [id, part] of after) this.#names.add(part, id);
  }

  /** What those have to do who show an older version; `undefined` where that is too old. */
  stepFrom(version: number): Step | undefined {
    let step = this.#steps.get(version);
    if (step !== undefined) return step;
    const before = this.base(version);
    if (before === undefined) return undefined;
    step = this.#makeStep({ version, render: before }, { version: this.version, render: this.#render! });
    this.#steps.set(version, step);
    return step;
  }

  /** It is kept no longer. */
  end(): void {
    this.#ended = true;
    this.isStale = true;
    this.#means.topics.change(this, this.#followed, none);
    this.#followed = none;
    this.#means.refreshes.remove(this);
  }

  #begin(): Promise<Outcome> {
    this.#next = undefined;
    this.isStale = false; // what changes from here on makes another render
    const turn = this.#turn = this.#run().finally(() => {
      if (this.#turn === turn) this.#turn = undefined;
    });
    return turn;
  }

  async #run(): Promise<Outcome> {
    let render: Render | Response;
    try {
      render = await this.#means.render(this.page, this.given);
    } catch (error) {
      this.isStale = true;
      throw error;
    }
    if (render instanceof Response) {
      this.isStale = true;
      return { left: render };
    }
    this.#take(render);
    return this.#outcome();
  }

  #outcome(): Outcome {
    return { render: this.#render!, version: this.version };
  }

  #take(render: Render): void {
    const before = this.#render, from = this.version;
    this.#follow(render);
    this.#render = render;
    this.#bytes.keep(render);
    if (before === undefined) this.version = 1;
    else {
      const step = this.#makeStep({ version: from, render: before }, { version: from + 1, render });
      if (step.operations.length === 0 && step.topics.length === 0 && isAlike(before, render)) return;
      step.because = this.#changed;
      this.#changed = undefined;
      this.version = step.to;
      this.#steps.clear();
      this.#bases.push({ version: from, render: before });
      this.#tell(step);
    }
    this.#means.used(this);
  }

  // What has changed while it was being rendered may not be in it.
  #follow({ topics: all, since }: Render): void {
    if (this.#ended) return;
    const { topics } = this.#means;
    const names = new Set(all.map(({ name }) => name));
    topics.change(this, this.#followed, names);
    this.#followed = names;
    if (all.some(({ name }) => topics.hasChanged(name, since))) this.changed();
  }

  #note(topic: string): void {
    const changed = this.#changed ??= new Set();
    if (changed.size < MOST_NAMED) changed.add(topic);
  }

  #tell(step: Step): void {
    const late = new Set<number>();
    for (const reader of [...this.#readers]) if (!this.#step(reader, step)) late.add(reader.at);
    if (this.#bases.length <= this.#means.limits.bases) return;
    // The oldest that nobody shows; but a page that is on its way to somebody shows the latest.
    const unused = this.#bases.findIndex(({ version }) => !late.has(version));
    this.#bases.splice(Math.max(unused, 0), 1);
  }

  // What goes wrong for one is not to keep the others from theirs.
  #step(reader: Reader, step: Step): boolean {
    try {
      return reader.step(step);
    } catch (error) {
      reader.fail(this.#means.failed(error, this.page));
      return false;
    }
  }

  #makeStep(from: Version, to: Version): Step {
    const { clock, limits } = this.#means;
    const operations = diff(from.render, to.render, this.#names);
    return new Step(from, to, operations, clock.now() + limits.oldOffers);
  }
}

const none: ReadonlySet<string> = new Set();

/** So many topics are named as what has made a render necessary. */
const MOST_NAMED = 8;

// Nothing to do for a browser; but what is offered, and where parts belong, may be another.
function isAlike(before: Render, after: Render): boolean {
  return before.slots.length === after.slots.length &&
    before.slots.every(({ id, open }, i) => id === after.slots[i]!.id && open === after.slots[i]!.open);
}

/** What shared views work with. */
export interface SharedMeans {
  readonly limits: Pick<Limits, "bases" | "oldOffers">;
  readonly clock: Clock;
  readonly topics: Topics;
  readonly refreshes: Refreshes;
  /** Whether somebody wants to know why it is rendered. */
  readonly isWatched?: boolean;
  render(page: Page, given: KeyedParts): Promise<Render | Response>;
  /**
   * A page could not be shown anew.
   *
   * @returns what finds it in the log; `undefined` where the page has refused, and says so to whoever loads it
   */
  failed(error: unknown, page: Page): string | undefined;
  /** A view has more or fewer readers or bytes than before. */
  used(view: SharedView): void;
}
