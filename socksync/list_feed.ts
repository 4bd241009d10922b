/**
 * Everybody who sees a list here, and how they are told of its changes.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import { Code, FrameError } from "./frames.ts";
import { HOLD, ListOrder } from "./list_order.ts";
import { ListWindows, type Seeing } from "./list_windows.ts";
import { all, attempt, type Maybe, type Outcome, then } from "./maybe.ts";
import { encode, type Reader } from "./reader.ts";
import type { ListChange, ListSlice, ListSource, ListWatch } from "./source.ts";
import { setAllFrame, Spreading } from "./spreading.ts";
import { lastPage, type Page } from "./window.ts";

/** What the feed of a list tells, and works with. */
export interface FeedMeans {
  readonly clock: Clock;
  /** The list has changed, whoever has done it. */
  changed(): void;
  /** Somebody looks at it. */
  looked(): void;
  /** Something went wrong for which nobody waits. */
  failed(what: string, error: unknown): void;
}

/** What could not be read is read again: after so long at first, and so long at most. */
const AGAIN = 1000, AGAIN_AT_LAST = 30_000;
/** So many pages are read at once, at most; so often the last one, while the list changes meanwhile. */
const AT_ONCE = 64, READS = 20;

/** So many questions of one reader wait while one of its is answered: more than a person asks, however slow the source. */
const QUESTIONS = 256;

/** Shows a list to its readers, one thing after another. */
export class ListFeed<T> {
  readonly #source: ListSource<T>;
  readonly #windows = new ListWindows();
  #means: FeedMeans;
  #order = new ListOrder<T>(() => this.#means.clock, () => this.#run());
  /** What was shown when nobody looked any more. */
  #left: number | undefined;
  /** Those who are to be shown their page. */
  readonly #wishes = new Set<Seeing>();
  /** Those whose page could not be read: they know. */
  readonly #unlucky = new Set<Seeing>();
  #tries = 0;
  #isBusy = false;
  /** Whether it is the wishes' turn. */
  #isForWishes = false;
  #watch: Maybe<Outcome<ListWatch>> | undefined;
  #isKept = false;
  #cancelDoubt: (() => void) | undefined;
  #cancelAgain: (() => void) | undefined;

  constructor(source: ListSource<T>, means: FeedMeans) {
    this.#source = source;
    this.#means = means;
  }

  /** Whether somebody sees it. */
  get isSeen(): boolean {
    return this.#isKept || !this.#windows.isEmpty;
  }

  /** From now on it is part of an app, and goes on looking until it is closed. */
  attach(means: FeedMeans): void {
    this.#means = means;
  }

  /**
   * Shows a page to a reader, and tells it of changes of that page from then on.
   *
   * @throws FrameError where too many of its questions wait
   */
  join(name: string, reader: Reader, page: number, size: number): void {
    const asking = this.#windows.of(name, reader);
    // One after another: each question has its answer, and the last answer is of the last question.
    if (asking?.isAsked) {
      if (asking.next.length < QUESTIONS) return void asking.next.push({ page, size });
      throw new FrameError(Code.other, `At most ${QUESTIONS} questions about a list wait.`);
    }
    this.#want(name, reader, [{ page, size }]);
    this.#beginWatch();
    this.#run();
    this.#means.looked();
  }

  /** Tells it no more. */
  leave(name: string, reader: Reader): void {
    if (!this.#forget(name, reader) || !this.#windows.isEmpty) return;
    // What waits is for nobody: whoever comes next is shown the list as it is then.
    this.#rest();
    if (this.#isKept) return this.#order.skip();
    this.#leaveAlone();
  }

  /** Somebody else looks at the list, for as long as the app lives: changes are noticed. */
  look(): void {
    this.#isKept = true;
    this.#beginWatch();
    this.#means.looked();
    if (this.#order.version !== undefined) return;
    then(attempt(() => this.#source.read(0, 0)), (outcome) => {
      if ("error" in outcome) return this.#means.failed("a list could not be looked at", outcome.error);
      const { version } = outcome.value;
      // Where somebody sees it, it begins with what they are shown.
      if (this.#windows.isEmpty) this.#order.begin(version);
      if (this.#left !== undefined && version > this.#left) this.#means.changed();
    });
  }

  /** Nobody else looks at it any more. */
  unlook(): void {
    if (!this.#isKept) return;
    this.#isKept = false;
    if (this.#windows.isEmpty) this.#leaveAlone();
  }

  /** The list has changed: this object has done it, or it was told. */
  accept(change: ListChange<T>): void {
    if (!this.isSeen) {
      if (this.#left !== undefined) this.#left = Math.max(this.#left, change.version);
      return this.#means.changed();
    }
    if (!this.#order.add(change)) return;
    if (this.#windows.isEmpty) this.#order.skip();
    this.#means.changed();
    this.#run();
  }

  /** Something may have been missed: what is shown is read anew where there is something newer. */
  doubt(): void {
    if (this.#order.version === undefined) return;
    then(attempt(() => this.#source.read(0, 0)), (outcome) => {
      if ("error" in outcome) return this.#means.failed("a list could not be looked at", outcome.error);
      const { version, count } = outcome.value, isNews = () => version > (this.#order.version ?? version);
      if (!isNews()) return;
      // What is under way has the time of a hold to come by itself.
      this.#cancelDoubt?.();
      this.#cancelDoubt = this.#means.clock.after(HOLD, () => {
        if (isNews()) this.accept({ version, count });
      });
    });
  }

  /** Ends all; readers are forgotten, and told nothing more. */
  async close(): Promise<void> {
    this.#isKept = false;
    for (const { name, reader } of [...this.#windows.all()]) this.#forget(name, reader);
    this.#rest();
    await this.#endWatch();
  }

  #run(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (;;) {
      const work = attempt(() => this.#work());
      if (work instanceof Promise) {
        return void work.then((outcome) => {
          this.#isBusy = false;
          if ("error" in outcome) this.#means.failed("a list could not be shown", outcome.error);
          this.#run();
        });
      }
      if ("error" in work) this.#means.failed("a list could not be shown", work.error);
      else if (!work.value) break;
    }
    this.#isBusy = false;
  }

  // Whether there was something to do. Changes and wishes by turns, so that neither keeps the other waiting for ever.
  #work(): Maybe<boolean> {
    this.#isForWishes = !this.#isForWishes;
    if (this.#isForWishes && this.#wishes.size > 0) return this.#show();
    const changes = this.#order.take();
    if (changes === "missed") this.#lose(this.#windows.all());
    else if (changes !== undefined) return this.#spread(changes);
    return this.#wishes.size > 0 && this.#show();
  }

  #spread(changes: readonly ListChange<T>[]): Maybe<boolean> {
    const spreading = new Spreading(changes, this.#windows.windows(), (seeing) => this.#isLate(seeing));
    const order = this.#order,
      reads = spreading.ranges().map(([start, end]) => attempt(() => this.#source.read(start, end)));
    return then(all(reads), (outcomes) => {
      order.pass(changes.at(-1)!.version);
      const { lost, errors } = spreading.finish(outcomes);
      this.#lose(lost);
      for (const error of errors) this.#means.failed("a change of a list could not be shown as one", error);
      return true;
    });
  }

  // Until they have been shown their page anew, changes of it are nothing to them.
  #lose(seeings: Iterable<Seeing>): void {
    for (const seeing of seeings) {
      seeing.since = Infinity;
      if (!seeing.isLate && this.#windows.has(seeing)) this.#wishes.add(seeing);
    }
  }

  // Those who want the same page get the same text.
  #show(): Maybe<boolean> {
    const order = this.#order, byPage = Map.groupBy(this.#wishes, ({ page, size }) => `${page}/${size}`);
    const shown = [...byPage.values()].slice(0, AT_ONCE).map((seeings) => {
      for (const seeing of seeings) this.#wishes.delete(seeing);
      const { page, size } = seeings[0]!;
      return then(attempt(() => this.#read(page, size)), (outcome) => {
        if (!("error" in outcome)) return this.#showTo(seeings, outcome.value);
        this.#missOut(seeings, outcome.error);
        return Infinity;
      });
    });
    return then(all(shown), (versions) => {
      // The earliest: whoever was shown that one needs all changes from there on.
      const version = Math.min(...versions);
      if (version < Infinity) order.begin(version);
      return true;
    });
  }

  // A page beyond the end is the last: of the list as it is when that is read.
  #read(
    wanted: number,
    size: number,
    page = wanted,
    tries = READS,
  ): Maybe<{ slice: ListSlice<T>; page: number }> {
    return then(this.#source.read(page * size, page * size + size), (slice) => {
      const reachable = Math.min(wanted, lastPage(slice.count, size));
      if (reachable === page) return { slice, page };
      if (tries > 1) return this.#read(wanted, size, reachable, tries - 1);
      throw new Error("The list grows and shrinks faster than its last page can be read.");
    });
  }

  // Gives the version that somebody has seen now; Infinity where nobody has.
  #showTo(seeings: readonly Seeing[], { slice, page }: { slice: ListSlice<T>; page: number }): number {
    const { version, count, items } = slice, texts = new Map<string, string>();
    let json: string, isShown = false;
    try {
      json = encode(items);
    } catch (error) {
      this.#missOut(seeings, error);
      return Infinity;
    }
    this.#tries = 0;
    for (const seeing of seeings) {
      this.#unlucky.delete(seeing);
      // What was asked for is given; what is only news can wait.
      if (!seeing.isAsked && this.#isLate(seeing)) continue;
      const { name, size, reader, next, page: wanted } = seeing;
      if (!this.#windows.place(seeing, page, version)) continue;
      isShown = true;
      const text = texts.get(name) ?? setAllFrame({ name, page, size, count }, json);
      texts.set(name, text);
      reader.send(text);
      // Who asks for the same again and again does not have it read again and again.
      while (next[0]?.page === wanted && next[0].size === size) {
        next.shift();
        reader.send(text);
      }
      this.#answered(seeing);
    }
    return isShown ? version : Infinity;
  }

  #isLate(seeing: Seeing): boolean {
    if (seeing.isLate) return true;
    seeing.isLate = seeing.reader.isBehind(() => {
      seeing.isLate = false;
      if (!this.#windows.has(seeing)) return;
      this.#wishes.add(seeing);
      this.#run();
    });
    if (seeing.isLate) seeing.since = Infinity;
    return seeing.isLate;
  }

  // They are told that it does not work now, and shown their page when it does.
  #missOut(seeings: readonly Seeing[], error: unknown): void {
    this.#means.failed("a page of a list could not be shown", error);
    for (const seeing of seeings) {
      if (!this.#windows.has(seeing) || this.#unlucky.has(seeing)) continue;
      this.#unlucky.add(seeing);
      seeing.reader.failed("list", seeing.name);
      this.#answered(seeing);
    }
    if (this.#unlucky.size === 0) return; // they have left meanwhile
    this.#cancelAgain ??= this.#means.clock.after(Math.min(AGAIN * 2 ** this.#tries++, AGAIN_AT_LAST), () => {
      this.#cancelAgain = undefined;
      for (const seeing of this.#unlucky) this.#wishes.add(seeing);
      this.#run();
    });
  }

  #want(name: string, reader: Reader, [first, ...next]: readonly Page[]): void {
    this.#forget(name, reader);
    this.#wishes.add(this.#windows.want({ name, reader, ...first! }, next));
  }

  // It was answered: the page, or that there is none now.
  #answered({ name, reader, next }: Seeing): void {
    if (next.length > 0) this.#want(name, reader, next);
  }

  #forget(name: string, reader: Reader): boolean {
    const seeing = this.#windows.leave(name, reader);
    if (!seeing) return false;
    this.#wishes.delete(seeing);
    this.#unlucky.delete(seeing);
    return true;
  }

  // Nothing is to be done later.
  #rest(): void {
    this.#cancelDoubt?.();
    this.#cancelAgain?.();
    this.#cancelAgain = undefined;
    this.#tries = 0;
  }

  #beginWatch(): void {
    if (this.#source.watch === undefined || this.#watch !== undefined) return;
    const watch = this.#watch = attempt(() => this.#source.watch!((change) => this.accept(change)));
    then(watch, (outcome) => {
      if (!("error" in outcome)) return this.doubt(); // it may have changed before somebody watched
      if (this.#watch === watch) this.#watch = undefined; // whoever comes next tries again
      this.#means.failed("a list cannot be watched", outcome.error);
    });
  }

  #leaveAlone(): void {
    this.#endWatch().catch((error) => this.#means.failed("a list could not be left alone", error));
  }

  async #endWatch(): Promise<void> {
    const watch = this.#watch;
    this.#watch = undefined;
    this.#left = this.#order.version ?? this.#left;
    this.#order.clear();
    this.#order = new ListOrder<T>(() => this.#means.clock, () => this.#run()); // what is still under way is of before
    const outcome = await watch;
    if (outcome !== undefined && "value" in outcome) await outcome.value[Symbol.dispose]();
  }
}
