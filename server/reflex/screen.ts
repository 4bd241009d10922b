/**
 * What a browser shows, and the patches that make it show something else.
 *
 * @module
 */

import { canonicalJson } from "../../protocol/json.ts";
import type { Outcome } from "../../protocol/frames.ts";
import type { Operation } from "../../protocol/operations.ts";
import type { Offers } from "../page/offers.ts";
import type { Page } from "../page/page.ts";
import { ownStep, type Step } from "../page/shared_view.ts";
import { mend } from "../patch/mend.ts";
import { difference, fullBody, isWhole, partDifference, placed, type Shown, whole } from "../page/shown.ts";
import type { View } from "../page/view.ts";
import type { Connection } from "../socket/connection.ts";
import type { Host } from "./host.ts";
import type { Piece } from "./showing.ts";

/** A line to a browser. */
export type Line = Pick<Connection, "send" | "sendText" | "isBehind" | "whenRead">;

/** One browser's screen. */
export class Screen {
  /** What is believed of it. */
  readonly view: View;
  /** Whether that is this isolate's guess: what is shown may differ, so that the next patch is the whole page. */
  isGuess = false;
  readonly #page: Page;
  readonly #host: Pick<Host, "topics" | "renderer" | "clock" | "limits">;
  readonly #line: Line;
  /** Of the call that is being shown. */
  #owed: Outcome | undefined;
  /** Ids of elements whose text or attributes are not those of the render, but whose place is. */
  #touched: Set<string> | undefined;
  /** What was shown besides the render offers, by the place that it was shown at. */
  #pieces: Map<string, Offers> | undefined;

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
  offers(isOffered: (offers: Offers) => boolean): boolean {
    const { shown, previous } = this.view;
    if (shown !== undefined) {
      if (isOffered(shown.render.offers)) return true;
      for (const part of shown.parts.values()) if (isOffered(part.offers)) return true;
    }
    for (const offers of this.#pieces?.values() ?? []) if (isOffered(offers)) return true;
    return previous !== undefined && previous.until > this.#host.clock.now() &&
      previous.offers.some(isOffered);
  }

  /** The outcome of a call goes with the patch that shows what the call has done. */
  owe(outcome: Outcome): void {
    this.#owed = outcome;
  }

  /** There is no patch to come: an outcome that was not told is told alone. */
  settle(): void {
    const outcome = this.#take();
    if (outcome !== undefined) this.#line.send(["done", ...outcome]);
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
   * Has it show something besides the render, which is kept for what it offers. The next one makes the page true again:
   * texts and attributes of elements by sending those elements; where there was other markup nobody here knows what an
   * address leads to, and all is sent.
   */
  add(pieces: readonly Piece[]): void {
    for (const { operation: [name, at], offers } of pieces) {
      if ((name === "text" || name === "attributes") && typeof at === "string") {
        (this.#touched ??= new Set()).add(at);
      } else this.isGuess = true;
      if (offers === undefined) continue;
      const places = this.#pieces ??= new Map(), place = canonicalJson(at);
      places.delete(place);
      places.set(place, offers);
      if (places.size > MOST_PIECES) places.delete(places.keys().next().value!);
    }
    this.#patch(pieces.map(({ operation }) => operation));
  }

  /** Has it show something else. */
  replace(next: Shown): void {
    const { view } = this;
    const before = this.isGuess ? undefined : view.shown;
    const after = { render: next.render, parts: placed(next) };
    const operations = before === undefined
      ? whole(after)
      : this.#touched !== undefined
      ? this.#mended(before, after) ?? whole(after)
      : view.shared === undefined
      ? difference(before, after)
      : partDifference(before.parts, after, none) ?? whole(after);
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
    if (!this.isSure) return this.showWhole();
    if (view.parts.size === 0) view.previous = step.previous;
    else this.#keepOffers();
    view.at = step.to;
    if (view.parts.size === 0 && render.slots.length === 0) {
      if (step.operations.length > 0) this.#patchText(step);
      return;
    }
    const { parts, shares, operations } = ownStep(step, view.parts);
    if (!shares) this.#doubt({ render, parts });
    else if (step.operations.length > 0) this.#patchText(step);
    if (operations.length > 0) this.#patch(operations);
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

  #mended(before: Shown, after: Shown): readonly Operation[] | undefined {
    if (this.view.shared !== undefined || before.parts.size > 0 || after.parts.size > 0) return undefined;
    return mend(before.render, after.render, this.#touched ?? []);
  }

  #beSure(): void {
    this.isGuess = false;
    this.#touched = undefined;
  }

  #patch(operations: readonly Operation[]): void {
    this.#line.send(["patch", ++this.view.version, operations, this.#take()]);
  }

  // The text is the same for all. What was published before it was rendered is in it, and what the call has done too,
  // unless that shows in a part, or has yet to be rendered.
  #patchText(step: Step): void {
    const { view } = this;
    const frame = step.frame(++view.version);
    const isAll = this.#owed !== undefined && step.render.slots.length === 0 &&
      view.shared?.isStale === false;
    const outcome = isAll ? this.#take() : undefined;
    this.#line.sendText(
      outcome === undefined ? frame : `${frame.slice(0, -1)},${JSON.stringify(outcome)}]`,
    );
  }

  #take(): Outcome | undefined {
    const outcome = this.#owed;
    this.#owed = undefined;
    return outcome;
  }

  #keepOffers(): void {
    const { shown } = this.view;
    const { clock, limits } = this.#host;
    const pieces = this.#pieces?.values() ?? [];
    this.#pieces = undefined;
    if (shown === undefined) return;
    const offers = [...offersOf(shown), ...pieces];
    this.view.previous = { offers, until: clock.now() + limits.oldOffers };
  }

  #doubt(shown: Shown): void {
    this.#host.renderer.warnOfDoubt(this.#page, fullBody(shown));
  }
}

/** Places with offers of their own, before the oldest are forgotten: a page of a hundred rows, and more. */
const MOST_PIECES = 256;

const none: ReadonlySet<string> = new Set();

function offersOf({ render, parts }: Shown): Offers[] {
  return parts.size === 0
    ? [render.offers]
    : [render.offers, ...[...parts.values()].map(({ offers }) => offers)];
}
