/**
 * What a browser shows, and the patches that make it show something else.
 *
 * @module
 */

import { canonicalJson } from "../../protocol/json.ts";
import type { Outcome } from "../../protocol/frames.ts";
import type { DoOperation, Operation } from "../../protocol/operations.ts";
import type { Offered, Piece, Told } from "../bus/told.ts";
import { type Effect, effectOf } from "../operations/effect.ts";
import type { Page } from "../page/page.ts";
import { ownStep, type Step } from "../page/shared_view.ts";
import { isTheirs, mend, mendings } from "../patch/mend.ts";
import { difference, fullBody, isWhole, partDifference, placed, type Shown, whole } from "../page/shown.ts";
import type { View } from "../page/view.ts";
import type { Connection } from "../socket/connection.ts";
import type { Work } from "../trace/work.ts";
import type { Host } from "./host.ts";

/** A line to a browser. */
export type Line = Pick<Connection, "send" | "sendText" | "isBehind" | "whenRead">;

/** One browser's screen. */
export class Screen {
  /** What is believed of it. */
  readonly view: View;
  /** Whether that is this isolate's guess: what is shown may differ, so that the next patch is the whole page. */
  isGuess = false;
  /** What is shown now is a part of it, where somebody looks. */
  work: Work | undefined;
  readonly #page: Page;
  readonly #host: Pick<Host, "topics" | "renderer" | "clock" | "limits">;
  readonly #line: Line;
  #added = 0;
  /** The outcome of the call that is being shown, and the operations that stand behind what shows it. */
  #owed: { readonly outcome: Outcome; readonly pieces: readonly Piece[] } | undefined;
  /** Ids of elements whose text, or which attributes, are not those of the render, but whose place is. */
  #touched: Map<string, Set<string> | "text"> | undefined;

  constructor(
    page: Page,
    view: View,
    host: Pick<Host, "topics" | "renderer" | "clock" | "limits">,
    line: Line,
  ) {
    this.#page = page;
    this.view = view;
    this.#host = host;
    this.#line = line;
  }

  /** Whether an offer is good now: one of what is shown, and for a while one of what was before. */
  offers(isOffered: (offers: Offered) => boolean): boolean {
    const { shown, previous } = this.view;
    if (shown !== undefined) {
      if (isOffered(shown.render.offers)) return true;
      for (const part of shown.parts.values()) if (isOffered(part.offers)) return true;
    }
    for (const offers of this.view.pieces?.values() ?? []) if (isOffered(offers)) return true;
    return previous !== undefined && previous.until > this.#host.clock.now() &&
      previous.offers.some(isOffered);
  }

  /**
   * The outcome of a call goes with the patch that shows what the call has done.
   *
   * @param pieces what is to be done behind that
   */
  owe(outcome: Outcome, pieces: readonly Piece[] = noPieces): void {
    this.#owed = { outcome, pieces };
  }

  /** There is no patch to come: what is owed is told alone. */
  settle(): void {
    if (this.#owed === undefined) return;
    if (this.#owed.pieces.length > 0) return this.#patch([]);
    this.work?.enter("patch");
    this.#line.send(["done", ...this.#owed.outcome]);
    this.#owed = undefined;
  }

  /** The outcome that is owed, for somebody else to tell. What was to be done behind it is not done. */
  release(): Outcome | undefined {
    const outcome = this.#owed?.outcome;
    this.#owed = undefined;
    return outcome;
  }

  /**
   * What the browser has to do to show another page. What this one offers is good for a while, as with every render that
   * is shown no more.
   */
  operationsTo(next: Shown): readonly Operation[] {
    const { shown: before } = this.view;
    const after = { render: next.render, parts: placed(next) };
    this.#keepOffers();
    if (this.isGuess || before === undefined) return whole(after);
    const operations = difference(before, after);
    if (this.#touched === undefined) return operations;
    return mend(before.render, after.render, this.#touched, operations) ?? whole(after);
  }

  /** Whether the browser shows the render, as far as is known here. */
  get isSure(): boolean {
    return !this.isGuess && this.#touched === undefined;
  }

  /** The page that it shows, but for what was pushed; `undefined` where that is not known, or others decide on it. */
  get base(): Shown | undefined {
    return this.isGuess || this.view.shared !== undefined ? undefined : this.view.shown;
  }

  /**
   * Has it show something besides the render. The next one makes the page true again: texts and attributes of elements
   * by sending those; where there was other markup nobody here knows what an address leads to, and all is sent.
   */
  add(pieces: readonly Piece[]): void {
    this.#note(pieces);
    this.#patch(pieces.map(({ operation }) => operation));
  }

  /** The same for what everybody is told. */
  tell({ text, pieces }: Told): void {
    this.#note(pieces);
    this.work?.enter("patch");
    this.#line.sendText(`["patch",${++this.view.version},${text}]`);
    this.work?.patched(pieces.length, this.view.version);
  }

  /** Has it show something else. */
  replace(next: Shown): void {
    const { view } = this;
    this.work?.enter("diff");
    const before = this.isGuess ? undefined : view.shown;
    const after = { render: next.render, parts: placed(next) };
    const operations = before === undefined
      ? whole(after)
      : this.#touched === undefined
      ? this.#difference(before, after)
      : mend(before.render, after.render, this.#touched, this.#difference(before, after)) ?? whole(after);
    if (before !== undefined && isWhole(operations)) this.#doubt(after);
    this.#keepOffers();
    view.show(after.render, after.parts, this.#host.topics);
    this.#beSure();
    if (operations.length > 0) this.#patch(operations);
  }

  /** Has it show the next version of a shared view, as everybody. */
  advance(step: Step): void {
    const { view } = this;
    const { render } = step;
    const mending = this.#touched === undefined ? [] : mendings(render, this.#touched);
    if (this.isGuess || mending === undefined) return this.showWhole();
    if (view.parts.size === 0) view.previous = step.previous;
    else this.#keepOffers();
    view.at = step.to;
    this.#touched = undefined;
    if (view.parts.size === 0 && render.slots.length === 0) {
      if (step.operations.length > 0) this.#patchText(step);
      if (mending.length > 0) this.#patch(mending);
      return;
    }
    const { parts, shares, operations } = ownStep(step, view.parts);
    if (!shares) this.#doubt({ render, parts });
    else if (step.operations.length > 0) this.#patchText(step);
    if (operations.length > 0 || mending.length > 0) this.#patch([...operations, ...mending]);
    if (parts.size !== view.parts.size) view.show(render, parts, this.#host.topics);
  }

  /** Has it show the last version of a shared view, whatever it shows. */
  showWhole(): void {
    const { view } = this;
    this.#keepOffers();
    view.at = view.shared?.version ?? view.at;
    this.#beSure();
    const { shown } = view;
    if (shown !== undefined) this.#patch(whole({ render: shown.render, parts: placed(shown) }));
  }

  #difference(before: Shown, after: Shown): readonly Operation[] {
    if (this.view.shared === undefined) return difference(before, after);
    return partDifference(before.parts, after, noIds) ?? whole(after);
  }

  #beSure(): void {
    this.isGuess = false;
    this.#touched = undefined;
  }

  #patch(operations: readonly Operation[]): void {
    const { outcome, pieces = noPieces } = this.#owed ?? {};
    this.#owed = undefined;
    const all = pieces.length === 0
      ? operations
      : [...operations, ...pieces.map(({ operation }) => operation)];
    this.work?.enter("patch");
    this.#line.send(["patch", ++this.view.version, all, outcome]);
    this.work?.patched(all.length, this.view.version);
    this.#note(pieces);
  }

  // What is not the render's any more, and what can be called that the render does not offer.
  #note(pieces: readonly Piece[]): void {
    for (const { operation, offers } of pieces) {
      if (operation[0] === "do") this.#noteEffect(operation);
      else this.isGuess = true;
      if (offers !== undefined) this.#noteOffers(operation, offers);
    }
  }

  #noteEffect(operation: DoOperation): void {
    const effect = effectOf(operation);
    if (effect === undefined || this.isGuess) return;
    const { id, changes } = effect;
    // What a render has not written it need not put right.
    if (id !== undefined && (!this.#shows(id) || this.#isTheirs(id, changes))) return;
    if (id === undefined || typeof changes === "string" && changes !== "text") {
      this.isGuess = true;
      return;
    }
    const touched = this.#touched ??= new Map(), known = touched.get(id);
    if (changes === "text" || known === "text") touched.set(id, "text");
    else touched.set(id, new Set([...known ?? [], ...changes]));
  }

  #noteOffers(operation: Operation, offers: Offered): void {
    const pieces = this.view.pieces ??= new Map();
    // What takes the place of something takes back what that offered, too; what is put in beside it does not.
    const [name, at, target] = operation;
    const isBeside = name === "do" && effectOf(operation) === undefined;
    const place = isBeside
      ? `${BESIDE}${this.#added++}`
      : canonicalJson(name === "do" ? [at, target ?? null] : at);
    pieces.delete(place);
    pieces.set(place, offers);
    if (pieces.size > MOST_PIECES) pieces.delete(pieces.keys().next().value!);
  }

  // What is in a permanent element, or an ignored one, is left alone whatever it is.
  #isTheirs(id: string, changes: Effect["changes"]): boolean {
    const { shown } = this.view;
    return (changes === "text" || changes === "content") && shown !== undefined && isTheirs(shown.render, id);
  }

  #shows(id: string): boolean {
    const { shown } = this.view;
    return shown === undefined ||
      [shown.render, ...shown.parts.values()].some(({ body }) => body.includes(`id="${id}"`));
  }

  // The text is the same for all. What was published before it was rendered is in it, and what the call has done too,
  // unless that shows in a part, or has yet to be rendered.
  #patchText(step: Step): void {
    const { view } = this;
    this.work?.enter("patch");
    const frame = step.frame(++view.version);
    const isAll = this.#owed?.pieces.length === 0 && step.render.slots.length === 0 &&
      view.shared?.isStale === false;
    const outcome = isAll ? this.#owed?.outcome : undefined;
    if (isAll) this.#owed = undefined;
    this.#line.sendText(
      outcome === undefined ? frame : `${frame.slice(0, -1)},${JSON.stringify(outcome)}]`,
    );
    this.work?.patched(step.operations.length, view.version);
  }

  #keepOffers(): void {
    const { shown } = this.view;
    const { clock, limits } = this.#host;
    const gone = [...this.view.pieces ?? []].filter(([place]) => !place.startsWith(BESIDE));
    for (const [place] of gone) this.view.pieces?.delete(place);
    if (shown === undefined) return;
    const offers = [...offersOf(shown), ...gone.map(([, offers]) => offers)];
    this.view.previous = { offers, until: clock.now() + limits.oldOffers };
  }

  #doubt(shown: Shown): void {
    this.#host.renderer.warnOfDoubt(this.#page, fullBody(shown));
  }
}

/** Places with offers of their own, before the oldest are forgotten: a page of a hundred rows, and more. */
const MOST_PIECES = 256;

/** What was put in beside what a render has written stays when the next one comes, and so do its calls. */
const BESIDE = "+";

const noIds: ReadonlySet<string> = new Set();
const noPieces: readonly Piece[] = [];

function offersOf({ render, parts }: Shown): Offered[] {
  return parts.size === 0
    ? [render.offers]
    : [render.offers, ...[...parts.values()].map(({ offers }) => offers)];
}
