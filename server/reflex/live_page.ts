/**
 * A page that lives on a socket: what it shows, and how it comes to show something else.
 *
 * @module
 */

import { errorSentences, WireError } from "../../protocol/errors.ts";
import type { Outcome } from "../../protocol/frames.ts";
import type { Operation } from "../../protocol/operations.ts";
import type { Refreshable } from "../bus/refreshes.ts";
import type { Offered, Piece, Told } from "../bus/told.ts";
import type { ContextValues } from "../http/context.ts";
import { HttpError } from "../http/error.ts";
import type { ContextParts } from "../page/context.ts";
import type { PlacedSlot } from "../page/live_slot.ts";
import { findShared, mayFollow, renderParts } from "../page/open_view.ts";
import type { Page, Untyped } from "../page/page.ts";
import type { Former } from "../page/page_data.ts";
import type { Reader, SharedView, Step } from "../page/shared_view.ts";
import { fullBody, type Part, type PartsById, type Render, type Shown } from "../page/shown.ts";
import { hashPage, noParts, type View } from "../page/view.ts";
import type { Snapshot } from "../session/records.ts";
import { makeReference } from "../observe.ts";
import type { Host } from "./host.ts";
import type { Reflex } from "./reflex.ts";
import { Mailbox } from "./mailbox.ts";
import { Person } from "./person.ts";
import { type Line, Screen } from "./screen.ts";
import { within, type Work } from "../trace/work.ts";
import { shownWithin, type Within } from "./within.ts";

/** What is known of a page once its first frame was good. */
export interface LivePageParts {
  /** The visit. */
  readonly visit: string;
  /** The session that the visit is of. */
  readonly session: string;
  /** Who it is, as the page was sealed for. */
  readonly identity: string;
  /** Their name; `undefined` before a login. */
  readonly user: string | undefined;
  /** When the page was sent, in milliseconds since 1970. */
  readonly sealedAt: number;
  /** The page that its socket has come from. */
  readonly former: Former | undefined;
  /** The page. */
  readonly page: Page;
  /** Its URL, as text: an object of it is twenty times as large. */
  readonly href: string;
  /** The params of its path. */
  readonly params: Record<string, string>;
  /** What middleware has set. */
  readonly values: ContextValues;
  /** The headers that the socket came with, packed. */
  readonly told: string;
  /** What the browser shows. */
  readonly view: View;
}

/** What a render is shown for: the call that has just run. */
export interface Ran {
  /** To be told with the patch. */
  readonly outcome: Outcome;
  /** The instance, for `ran()`. */
  readonly reflex?: Reflex;
  /** Where only some elements are to show what the call has done. */
  readonly within?: Within | undefined;
  /** What is to be done behind that. */
  readonly pieces?: readonly Piece[];
  /** The call, where somebody looks at it. */
  readonly work?: Work | undefined;
}

/** How a page is rendered. */
interface How {
  /** All of it, or only what has changed. */
  readonly all: boolean;
  /** When session and state were looked up, as topics count changes: what changes from then on makes another render. */
  readonly since: number | undefined;
  /** What it is a part of, where somebody looks. */
  readonly work?: Work | undefined;
}

/**
 * A live page. It renders, compares with what the browser shows, and sends the difference: after a call, and when
 * something has changed that it shows.
 */
export class LivePage implements Refreshable, Reader {
  /** What is known of it. */
  readonly parts: LivePageParts;
  readonly #host: Host;
  readonly #line: Line;
  readonly #screen: Screen;
  #detached = false;
  /** Whether its socket shows another page. */
  #isLeft = false;
  /** Whether the browser was told to load the page again: what would be sent, it would not look at. */
  #isOver = false;
  /** The last of those who show something: one at a time, so that what is newer is shown later. */
  #turn: Promise<void> | undefined;
  #checkedAt: number;
  #read: (() => void) | undefined;
  /** What it is told as soon as it shows what has changed before. */
  #late: Told[] | undefined;
  #mail: Mailbox | undefined;
  /** Whether it may be somebody else's by now, and could not be found out. */
  #isDoubted = false;
  /** What has changed since it was shown last, where somebody wants to know. */
  #topics: Set<string> | undefined;
  /** Until when its browser is fetching a cookie, after which it comes back by itself. */
  #ledUntil = 0;

  constructor(parts: LivePageParts, host: Host, line: Line) {
    this.parts = parts;
    this.#host = host;
    this.#line = line;
    this.#screen = new Screen(parts.page, parts.view, host, line);
    this.#checkedAt = host.clock.now();
  }

  /** It is live: from now on it hears of what changes. */
  attach(): void {
    const { view } = this.parts;
    view.follow(this.#host.topics);
    view.live = this;
    view.shared?.attach(this);
    this.#mail = new Mailbox(this.parts, {
      tell: (told) => void this.#tellPerson(told),
      doubt: () => {
        if (this.#host.clock.now() >= this.#ledUntil) void this.#isStillTheirs();
      },
    });
    this.#mail.follow(this.#host.topics);
    this.#host.attendance.enter();
  }

  /** Whom it says to be on topics, is there from now on. */
  join(): void {
    const { visit, session, view } = this.parts;
    if (!this.#detached && !this.#isOver) this.#host.attendance.attend(visit, session, view.joins());
  }

  /** The socket is gone, and another may take up the view: a call that still runs leaves it alone. */
  detach(): void {
    const { view } = this.parts;
    this.#detached = true;
    this.#host.attendance.leave(this.parts.visit);
    this.#host.refreshes.remove(this);
    this.#host.resting.leave(view);
    view.leave(this.#host.topics);
    this.#mail?.leave(this.#host.topics);
    view.shared?.detach(this);
  }

  /**
   * The browser shows another page from now on: this one is left. Calls that were made on it have their outcomes told, and
   * show nothing any more.
   */
  leave(): void {
    const { visit, session, view } = this.parts;
    this.#isLeft = true;
    this.#tellLeft(this.#screen.release());
    // Who goes on to another page is not just away for a moment.
    this.#host.attendance.attend(visit, session, []);
    this.detach();
    view.end();
  }

  /** What the browser has to do to show another page. */
  operationsTo(next: Shown): readonly Operation[] {
    return this.#screen.operationsTo(next);
  }

  /** Whether its browser was told to load it again. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The view, where it is known what the browser shows. */
  get known(): View | undefined {
    return this.#screen.isSure ? this.parts.view : undefined;
  }

  /** Which version of its shared view the browser shows. */
  get at(): number {
    return this.parts.view.at;
  }

  /** Whether an offer is good now. */
  offers(isOffered: (offers: Offered) => boolean): boolean {
    return this.#screen.offers(isOffered);
  }

  /**
   * Makes sure that there is a render to check a call against: after a restart, this isolate has to make it.
   *
   * @throws WireError `render` where the page throws, `stale` where it has left or was lost
   */
  async base(seen: Snapshot): Promise<void> {
    const { view } = this.parts;
    if (view.shown !== undefined) return;
    if (view.shared !== undefined) {
      this.#resync("base");
      throw new WireError("stale");
    }
    let shown: Shown | undefined;
    try {
      shown = await this.#render(await this.#person(seen), true);
    } catch (cause) {
      throw new WireError("render", undefined, { cause });
    }
    if (shown === undefined) throw new WireError("stale");
    const hash = await hashPage({ head: shown.render.head, body: fullBody(shown) });
    if (this.#detached) throw new WireError("stale");
    this.#screen.isGuess = hash !== view.hash;
    view.show(shown.render, shown.parts, this.#host.topics);
    view.state = seen.version;
  }

  /**
   * Renders, and sends what has changed, with the outcome of the call that changed it.
   *
   * @param since when `seen` was looked up, where others may have changed it since; as topics count changes
   */
  show(seen: Snapshot, ran?: Ran, since?: number): void | Promise<void> {
    return this.#inTurn(() => this.#show(seen, ran, { all: true, since, work: ran?.work }));
  }

  /**
   * Shows a few elements in place of the page, or none, with the outcome of the call that wants it so. What the call has
   * changed is shown by the next render: the state that the view shows is the one before.
   */
  showPieces(
    pieces: readonly Piece[],
    outcome: Outcome,
    behind: readonly Piece[],
    work: Work | undefined,
  ): void | Promise<void> {
    return this.#inTurn(() => {
      if (this.#detached) return this.#tellLeft(outcome);
      this.#screen.work = work;
      this.#screen.owe(outcome, behind);
      if (pieces.length > 0) this.#screen.add(pieces);
      this.#screen.settle();
      this.#screen.work = undefined;
    });
  }

  /** Shows something before the call is over that wants it so: now or, to who cannot read it, never. */
  push(pieces: readonly Piece[]): void {
    if (!this.#detached && !this.#isOver && !this.#line.isBehind) this.#screen.add(pieces);
  }

  /** Does once more what stands behind an outcome that is told again. What it has brought offers nothing any more. */
  repeat(operations: string): void {
    const pieces = (JSON.parse(operations) as Operation[]).map((operation) => ({
      operation,
      offers: undefined,
    }));
    void this.#inTurn(() => this.#detached ? undefined : this.#screen.add(pieces));
  }

  /** It is not known whether what its call has done was committed: that is found out as soon as it can be. */
  doubt(): void {
    if (this.#detached || this.#isOver) return;
    this.#isDoubted = true;
    this.wake();
  }

  /** Its browser fetches a new cookie now. To be told that its session has ended would have it load the page twice. */
  lead(): void {
    this.#ledUntil = this.#host.clock.now() + this.#host.limits.ticket;
  }

  /** It is told something, once it shows what had changed before. */
  tell(told: Told): void {
    if (this.#detached || this.#isOver) return;
    this.#keepForLater(told);
    if (this.#late?.length === 1) this.#tellLate();
  }

  /** Something has changed that is shown. */
  wake(topic?: string): void {
    if (topic !== undefined && this.#host.watch !== undefined) (this.#topics ??= new Set()).add(topic);
    this.#host.refreshes.add(this);
  }

  async refresh(): Promise<void> {
    if (this.#detached || this.#isOver) return;
    // What is sent now would be old when it is read.
    if (this.#line.isBehind) return this.#line.whenRead(this.#onRead);
    try {
      await this.#inTurn(async () => {
        const { view } = this.parts;
        if (this.#detached || (!view.isBehind && !this.#isDoubted)) return; // a call has shown it meanwhile
        const { now: since } = this.#host.topics;
        const isDoubted = this.#isDoubted, seen = await this.#look();
        this.#isDoubted = false;
        const isOld = seen?.version !== view.state;
        if (seen !== undefined && (view.isBehind || (isDoubted && isOld))) {
          const work = this.#begin(this.#topics ?? []);
          try {
            await this.#show(seen, undefined, { all: isOld, since, work });
          } finally {
            work?.end("page");
          }
        }
      });
    } catch (error) {
      return this.#tryLater(error);
    }
    this.#tellNow();
  }

  step(step: Step): boolean {
    if (this.#detached || this.#isOver) return true;
    if (step.topics.length > 0) {
      this.#ask();
      return false;
    }
    if (this.#line.isBehind || step.from !== this.at) {
      this.#line.whenRead(this.#onRead);
      return false;
    }
    this.#advance(step);
    if (step.render.slots.length > 0) this.#expectParts();
    this.#checkNow();
    return true;
  }

  fail(reference: string | undefined): void {
    if (reference === undefined) this.#resync("left");
    else this.#line.send(["error", 0, "render", `${errorSentences.render} (Reference ${reference}.)`]);
  }

  // What a call has come to is its caller's, wherever they are by now.
  #tellLeft(outcome: Outcome | undefined): void {
    if (this.#isLeft && outcome !== undefined) this.#line.send(["done", ...outcome]);
  }

  // The store is away, for one.
  #tryLater(error: unknown): void {
    if (this.#detached || !this.#host.refreshes.again(this)) return;
    this.#host.log.error("pages could not be brought up to date, and will be", error, {
      page: this.parts.page.path,
    });
  }

  // One for all that waits, made when a reader is behind for the first time.
  get #onRead(): () => void {
    return this.#read ??= () => {
      if (this.#detached) return;
      this.#catchUp();
      if (this.parts.view.isBehind) this.wake();
      this.#tellLate();
    };
  }

  #keepForLater(told: Told): void {
    const late = this.#late ??= [];
    if (late.length >= MOST_LATE) late.shift();
    late.push(told);
  }

  // What was changed before it was said is shown first: it may be about that.
  #tellLate(): void {
    if (this.#late === undefined || this.#detached || this.#isOver) return;
    const { view, view: { shared } } = this.parts, now = () => this.#tellNow();
    if (this.#line.isBehind) this.#line.whenRead(this.#onRead);
    else if (shared?.isStale || shared?.isRendering) shared.whenFresh(now);
    else if (view.isBehind) this.wake();
    else if (this.#turn !== undefined) void this.#turn.then(now);
    else this.#tellNow();
  }

  #tellNow(): void {
    const late = this.#late;
    if (late === undefined || this.#detached || this.#isOver || this.#isDoubted) return;
    if (this.#line.isBehind) return this.#line.whenRead(this.#onRead);
    this.#late = undefined;
    this.#push([], "told", () => {
      for (const told of late) this.#screen.tell(told);
    });
    this.#checkNow();
  }

  // Work that no call of this page has asked for, where somebody looks.
  #begin(topics: Iterable<string>): Work | undefined {
    const { watch, causes } = this.#host, { page: { path: target }, visit } = this.parts;
    this.#topics = undefined;
    return watch?.begin({ kind: "push", target, visit: visit.slice(0, 6), causes: causes?.of(topics) });
  }

  #push(topics: Iterable<string>, as: "page" | "told", send: () => void): void {
    const work = this.#screen.work = this.#begin(topics);
    send();
    this.#screen.work = undefined;
    work?.end(as);
  }

  // Everybody's step is made once; what each has of its own is to be sent it.
  #advance(step: Step): void {
    this.#push(step.because ?? [], "page", () => this.#screen.advance(step));
  }

  // What is for one person is not for whoever has the page open after a logout elsewhere.
  async #tellPerson(told: Told): Promise<void> {
    if (await this.#isStillTheirs()) this.tell(told);
    else if (this.#isDoubted) this.#keepForLater(told);
  }

  // A page that is somebody else's by now is loaded again; what cannot be found out now is found out later.
  async #isStillTheirs(): Promise<boolean> {
    if (this.#detached || this.#isOver) return false;
    try {
      return await this.#look() !== undefined;
    } catch (error) {
      this.#isDoubted = true;
      this.#tryLater(error);
      return false;
    }
  }

  // What a call has shown is shown before the next one looks at it.
  #inTurn(run: () => void | Promise<void>): void | Promise<void> {
    const done = this.#turn === undefined ? run() : this.#turn.then(run);
    if (done === undefined) return; // it had nothing to wait for
    const turn = done.catch(() => {}); // whoever has asked hears of it; the next in turn must not
    this.#turn = turn;
    void turn.then(() => {
      if (this.#turn === turn) this.#turn = undefined;
    });
    return done;
  }

  #show(seen: Snapshot, ran: Ran | undefined, how: How): void | Promise<void> {
    if (this.#detached) return this.#tellLeft(ran?.outcome);
    if (ran !== undefined) this.#screen.owe(ran.outcome, ran.pieces);
    const shown = within(how.work, "render", () => this.#renderOrTell(seen, ran, how));
    if (shown instanceof Promise) {
      return shown.then((shown) => this.#finish(shown, seen, ran?.within, how.work));
    }
    this.#finish(shown, seen, ran?.within, how.work);
  }

  #finish(
    shown: Shown | undefined,
    seen: Snapshot,
    within: Within | undefined,
    work: Work | undefined,
  ): void {
    if (this.#detached) return;
    this.#screen.work = work;
    const { view } = this.parts;
    if (shown !== undefined) {
      const before = within === undefined ? undefined : this.#screen.base;
      const { limits: { topics }, renderer: { attributes: names } } = this.#host;
      const some = before && within && shownWithin(within, before, shown, { topics, names });
      this.#screen.replace(some ?? shown);
      // Around those elements the state is the one before.
      if (some === undefined) view.state = seen.version;
      this.#expectParts();
    }
    this.#screen.settle();
    this.#screen.work = undefined;
    if (view.shared === undefined) this.#host.resting.used(view);
  }

  // The call has been committed whatever becomes of the render, so that a page that throws is an error of its own.
  #renderOrTell(
    seen: Snapshot,
    ran: Ran | undefined,
    { all, since, work }: How,
  ): Shown | undefined | Promise<Shown | undefined> {
    try {
      const person = this.#person(seen, ran?.reflex, since);
      const shown = person instanceof Promise
        ? person.then((person) => this.#renderFor(person, seen, all))
        : this.#renderFor(person, seen, all);
      return shown instanceof Promise ? shown.catch((error) => this.#tell(error, work)) : shown;
    } catch (error) {
      return this.#tell(error, work);
    }
  }

  #tell(error: unknown, work: Work | undefined): undefined {
    if (error instanceof HttpError && error.status < 500) return this.#resync("left");
    if (work !== undefined) work.fault = "render";
    const reference = makeReference();
    const { path } = this.parts.page;
    this.#host.log.error("a page could not be rendered", error, { page: path, reference });
    this.fail(reference);
    this.#tryAgain();
  }

  // What was not shown is still to be shown, and nobody may ever ask for it again.
  #tryAgain(): void {
    if (!this.#detached && !this.#isOver) void this.#host.refreshes.again(this);
  }

  #renderFor(
    person: ContextParts,
    seen: Snapshot,
    all: boolean,
  ): Shown | undefined | Promise<Shown | undefined> {
    const { view } = this.parts;
    if (view.shared === undefined) return this.#render(person, all);
    return this.#renderShared(view.shared, person, { all, moved: seen.version !== view.state });
  }

  // `undefined`: the page has left with a response, which only a GET can follow. Most have nothing to wait for.
  #render(person: ContextParts, all: boolean): Shown | undefined | Promise<Shown | undefined> {
    const { page, view } = this.parts;
    const { renderer } = this.#host;
    const isAnew = all || view.isStale;
    const keep = this.#keep(all);
    view.isStale = false; // what changes from here on makes another render
    try {
      const render = isAnew ? renderer.render(page, person) : view.shown!.render;
      if ("slots" in render && render.slots.length === 0) return { render, parts: noParts };
      return this.#renderRest(render, person, keep);
    } catch (error) {
      view.isStale = true;
      throw error;
    }
  }

  async #renderRest(
    rendering: Render | Response | Promise<Render | Response>,
    person: ContextParts,
    keep: (slot: PlacedSlot) => Part | undefined,
  ): Promise<Shown | undefined> {
    const { page, view } = this.parts;
    const { renderer } = this.#host;
    try {
      const render = await rendering;
      if (render instanceof Response) {
        await render.body?.cancel();
        return this.#resync("left");
      }
      return { render, parts: await renderParts(page, render.slots, person, renderer, keep) };
    } catch (error) {
      view.isStale = true;
      throw error;
    }
  }

  async #renderShared(
    shared: SharedView,
    person: ContextParts,
    { all, moved }: { all: boolean; moved: boolean },
  ): Promise<Shown | undefined> {
    const { view } = this.parts;
    // Who they are, or what they have chosen, may lead them to another view.
    if (moved && !await this.#isOurs(person)) return this.#resync("key");
    if (shared.ended) return this.#resync("base");
    // Somebody else's call may have begun the render that shows what this one has done.
    if (shared.isStale || shared.isRendering) {
      const outcome = await shared.fresh();
      if ("left" in outcome) {
        await outcome.left.body?.cancel();
        return this.#resync("left");
      }
    }
    if (this.at !== shared.version && !this.#line.isBehind) this.#catchUp({ wholly: true, asked: true });
    const { shown } = view;
    if (shown === undefined) return this.#resync("behind");
    if (shown.render.slots.length === 0) return shown;
    const parts = await this.#renderParts(shown.render.slots, person, all);
    // Others may have changed the page meanwhile.
    return view.shown === undefined ? this.#resync("behind") : { render: view.shown.render, parts };
  }

  async #renderParts(slots: readonly PlacedSlot[], person: ContextParts, all: boolean): Promise<PartsById> {
    const { page, view } = this.parts;
    try {
      return await renderParts(page, slots, person, this.#host.renderer, this.#keep(all));
    } catch (error) {
      for (const { id } of slots) view.addStale(id);
      throw error;
    }
  }

  /** What need not be rendered again of the parts. */
  #keep(all: boolean): (slot: PlacedSlot) => Part | undefined {
    const { parts } = this.parts.view;
    const stale = this.parts.view.takeStale();
    return ({ id, open }) => {
      const part = all || stale.has(id) ? undefined : parts.get(id);
      return part?.slot.open === open ? part : undefined;
    };
  }

  /** Brings the browser to what the shared view has now. */
  #catchUp({ wholly = false, asked = false } = {}): void {
    const { shared } = this.parts.view;
    if (this.#detached || this.#isOver || shared === undefined || this.at === shared.version) return;
    const step = shared.stepFrom(this.at);
    if (step !== undefined && step.topics.length > 0 && !asked) return this.#ask();
    if (step !== undefined) this.#advance(step);
    else if (wholly) this.#push([], "page", () => this.#screen.showWhole());
    else return void this.#resync("behind");
    this.#expectParts();
  }

  // A place for a part that has none yet: what is in it is this person's.
  #expectParts(): void {
    const { view } = this.parts;
    for (const { id } of view.shown?.render.slots ?? none) if (!view.parts.has(id)) view.addStale(id);
    if (view.isStale || view.staleParts.size > 0) this.wake();
  }

  // Who only looks on makes no call that would find out that a right was withdrawn.
  #checkNow(): void {
    const { clock, limits } = this.#host;
    if (clock.now() - this.#checkedAt < limits.identity) return;
    this.#checkedAt = clock.now();
    this.#ask();
  }

  // Whether this person may see what the shared view has come to show. What they may, they are shown.
  #ask(): void {
    this.#inTurn(async () => {
      const seen = this.#detached ? undefined : await this.#look();
      if (seen === undefined) return;
      if (!await this.maySee(seen)) return void this.#resync("left");
      if (this.#line.isBehind) this.#line.whenRead(this.#onRead);
      else this.#catchUp({ asked: true });
    })?.catch((error) => {
      this.#host.log.error("a page could not be checked", error);
      // A call of theirs would show them what they were not asked about: loading the page asks.
      if (!this.#detached) this.#resync("left");
    });
  }

  /** Whether this person may see what there is to be shown: it is of their key, and of topics that are theirs to see. */
  async maySee(seen: Snapshot): Promise<boolean> {
    const { view } = this.parts;
    const [topic] = view.topics();
    if (view.shared === undefined && topic === undefined) return true; // most pages
    const person = await this.#person(seen);
    try {
      return await this.#isOurs(person) && await mayFollow(view.topics(), person);
    } catch (error) {
      if (error instanceof HttpError && error.status < 500) return false;
      throw error;
    }
  }

  async #isOurs(person: ContextParts): Promise<boolean> {
    const { page, view: { shared } } = this.parts;
    return shared === undefined || await findShared(page, person, this.#host) === shared;
  }

  /** The session and the visit, as they are; `undefined` where they are somebody else's by now. */
  async #look(): Promise<Snapshot | undefined> {
    const { session, visit, identity } = this.parts;
    const seen = await this.#host.records.read(session, visit);
    this.#checkedAt = this.#host.clock.now();
    if (seen.endedAt === undefined && seen.identity === identity) return seen;
    return this.#resync("identity");
  }

  #person(seen: Snapshot, ran?: Reflex, since?: number): ContextParts | Promise<ContextParts> {
    const session = this.#host.values.read(seen.values);
    return session instanceof Promise
      ? session.then((session) => this.#personOf(session, seen, ran, since))
      : this.#personOf(session, seen, ran, since);
  }

  #personOf(
    session: Untyped,
    seen: Snapshot,
    ran: Reflex | undefined,
    since: number | undefined,
  ): ContextParts {
    const { view: { errors } } = this.parts;
    return new Person(this.parts, { session, seen, errors, ran, since });
  }

  #resync(reason: string): undefined {
    this.#isOver = true;
    this.#host.attendance.away(this.parts.visit); // also where nobody comes back
    this.#line.send(["resync", reason]);
  }
}

const none: readonly PlacedSlot[] = [];

/** So much may be said to a page before it has read what it shows; then the oldest is forgotten. */
const MOST_LATE = 64;
