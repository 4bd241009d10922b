/**
 * The end of an app's bus that lies in this isolate: what is told to the others, and heard of them.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Clock } from "../../protocol/clock.ts";
import type { Bus, Message, Publication } from "../engine/bus.ts";
import type { Logger } from "../observe.ts";
import { Seen } from "./_seen.ts";
import { type Notice, readNotice, type ReadOffers, writeNotice } from "./notice.ts";

/** Writes texts so that it is known who has written them. */
export interface Seals {
  /** A text with what shows that it is ours, and was written for this context. */
  seal(context: string, text: string): string;
  /** The text, or `undefined` for what is not ours. */
  open(context: string, sealed: string): string | undefined;
}

/** Who is told what is heard. */
export interface ChannelListener {
  /**
   * An isolate has said something.
   *
   * @param isKnown whether it was this one, and what it said has been done here when it was said
   */
  hear(notice: Notice, from: string, isKnown: boolean): void;
  /** Something may have been missed. */
  gap(): void;
}

/** What a channel works with. */
export interface ChannelMeans {
  /** Left out where the app has one isolate. */
  readonly bus: Bus | undefined;
  /** The app's name, with its base. */
  readonly name: string;
  readonly seals: Seals;
  readonly readOffers: ReadOffers;
  /** Bytes that one list of operations may have. */
  readonly operationBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What is older was recorded, and is said again by somebody who should not. A minute of it is skew between machines. */
const OLD = 16 * 60_000;

/** Milliseconds until it is tried again to listen: twice as long each time. */
const AGAIN = 500, AGAIN_AT_LAST = 10_000;

/** So many messages of one's own may be open: calls that run, and commits of which nobody knows. */
const OPEN = 20_000;

/** Milliseconds between two lines of the log about messages that are not good. */
const QUIET = 60_000;

/**
 * So many notices that nobody waits for are published together, of so many characters before the last of them, so that no
 * bus refuses them; and so many wait for a bus that is away.
 */
const TOGETHER = 500, TOGETHER_LENGTH = 100_000, WAITING = 20_000;

/** One isolate's end. */
export class Channel {
  /** Names this isolate among those of the app. */
  readonly isolate: string = crypto.getRandomValues(new Uint8Array(9)).toBase64({ alphabet: "base64url" });
  readonly #means: ChannelMeans;
  readonly #seen = new Seen();
  /** Of what commits take along: the numbers, as long as it is not known whether the commit has happened. */
  readonly #numbers = new WeakMap<Publication, readonly number[]>();
  /** Of these, what was heard by now; or that it is not known, and never will be unless it is heard. */
  readonly #open = new Map<number, Notice | "unsure" | undefined>();
  #last = 0;
  #listener: ChannelListener | undefined;
  #listening: AsyncDisposable | undefined;
  /** Cancels the next try to listen. */
  #cancel: (() => void) | undefined;
  /** What is to be sent, and whether somebody is at it. */
  #waiting: Notice[] = [];
  #sending: Promise<void> | undefined;
  #dropped = 0;
  #complainAt = 0;

  constructor(means: ChannelMeans) {
    this.#means = means;
  }

  /** Whether there are others to be told. */
  get isShared(): boolean {
    return this.#means.bus !== undefined;
  }

  /** Whether it is known that nobody else is there now. */
  get isAlone(): boolean {
    const { bus, name } = this.#means;
    return bus === undefined || bus.isAlone?.(name) === true;
  }

  /**
   * Begins to listen: whatever others say from then on is heard. Where the bus cannot be reached, it is tried again, for as
   * long as it takes; what was missed until then is a gap.
   */
  async open(listener: ChannelListener): Promise<void> {
    this.#listener = listener;
    await this.#listen();
  }

  async #listen(tried = 0): Promise<void> {
    const { bus, name, clock, log } = this.#means;
    let listening: AsyncDisposable | undefined;
    try {
      listening = await bus?.listen(name, {
        hear: (message) => this.#guard(() => this.#hear(message)),
        gap: () => this.#guard(() => this.#listener?.gap()),
      });
    } catch (error) {
      if (tried === 0) {
        log.error("other isolates cannot be heard yet; it is tried again", error, { bus: bus!.name });
      }
      if (this.#listener === undefined) return;
      const pause = Math.min(AGAIN_AT_LAST, AGAIN * 2 ** tried) * (1 + Math.random()) / 2;
      this.#cancel = clock.after(pause, () => void this.#listen(tried + 1));
      return;
    }
    if (this.#listener === undefined) return await listening?.[Symbol.asyncDispose]();
    this.#listening = listening;
    if (tried > 0) this.#guard(() => this.#listener?.gap());
  }

  /** What is still to be sent is sent; then nothing is heard or said any more. */
  async close(): Promise<void> {
    this.#cancel?.();
    await this.#sending;
    this.#listener = undefined;
    await this.#listening?.[Symbol.asyncDispose]();
    this.#listening = undefined;
  }

  /**
   * Notices as messages, for a commit to take along; `undefined` where there is nothing to say, or nobody to hear it.
   * Whoever commits says what became of it: {@linkcode settle}.
   */
  publication(notices: readonly Notice[]): Publication | undefined {
    const first = this.#last + 1, publication = this.#publication(notices);
    if (publication === undefined) return undefined;
    const numbers = notices.map((_, at) => first + at);
    this.#numbers.set(publication, numbers);
    for (const number of numbers) this.#open.set(number, undefined);
    return publication;
  }

  /**
   * What became of a publication's commit.
   *
   * @param isKnown whether it is known: then this isolate has done its own part, or nothing has happened. Else it may have
   * happened, and where it is heard, it has: then it is news to this isolate too
   */
  settle(publication: Publication, isKnown: boolean): void {
    for (const number of this.#numbers.get(publication) ?? []) {
      const heard = this.#open.get(number);
      if (isKnown || heard !== undefined) this.#open.delete(number);
      else this.#open.set(number, "unsure");
      if (!isKnown && heard !== undefined && heard !== "unsure") {
        this.#listener?.hear(heard, this.isolate, false);
      }
    }
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= OPEN) break;
      this.#open.delete(oldest);
    }
  }

  /**
   * Tells the others.
   *
   * @throws what the bus throws: RangeError for what is too large; Error where it cannot be reached
   */
  async publish(notices: readonly Notice[]): Promise<void> {
    // What was said before goes first: whoever hears a newcomer's word knows by then that they are there.
    const before = this.#sendWaiting(), publication = this.#publication(notices);
    await Promise.all([publication && this.#means.bus!.publish(publication), before]);
  }

  /** Tells the others, soon; nobody waits for it, and where it fails it is a line of the log. */
  send(...notices: readonly Notice[]): void {
    if (this.#means.bus === undefined || this.#listening === undefined) return;
    this.#waiting.push(...notices);
    if (this.#waiting.length > WAITING) this.#waiting.splice(0, this.#waiting.length - WAITING);
    this.#sending ??= this.#send().finally(() => this.#sending = undefined);
  }

  async #send(): Promise<void> {
    // What is said in one turn is published together, and what is said while the bus is busy.
    await new Promise<void>((resolve) => setImmediate(resolve));
    await this.#sendWaiting();
  }

  async #sendWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      try {
        const { bus, name } = this.#means, messages = this.#take();
        if (messages.length > 0) await bus!.publish({ channel: name, messages });
      } catch (error) {
        this.#complain("other isolates could not be told what has happened here", error);
      }
    }
  }

  // None where nobody would hear them.
  #take(): readonly Message[] {
    const messages: Message[] = [], { bus, name } = this.#means;
    let taken = 0, length = 0;
    try {
      while (taken < Math.min(this.#waiting.length, TOGETHER) && length < TOGETHER_LENGTH) {
        const notice = this.#waiting[taken++]!;
        if (bus!.isAlone?.(name)) continue;
        const message = this.#write(notice);
        messages.push(message);
        length += message.text.length;
      }
    } finally {
      this.#waiting.splice(0, taken); // also one that cannot be written
    }
    return messages;
  }

  // ["AbC…", 17, 1790000000000, "changed", "items"]
  #write(notice: Notice): Message {
    const topic = topicOf(notice, this.isolate);
    const head = JSON.stringify([this.isolate, ++this.#last, this.#means.clock.now()]).slice(0, -1);
    return { topic, text: this.#means.seals.seal(this.#context(topic), `${head},${writeNotice(notice)}]`) };
  }

  #hear({ topic, text }: Message): void {
    const { seals, clock, readOffers, operationBytes } = this.#means;
    // Offers and presence come on top of operations, and are not more than they; values and steps are less than the rest.
    if (text.length > 2 * operationBytes + 65_536) return this.#drop("is too large");
    const opened = seals.open(this.#context(topic), text);
    if (opened === undefined) return this.#drop("was not written by this app, or with another secret");
    const [from, number, at, said] = JSON.parse(opened) as [string, number, number, unknown];
    if (Math.abs(clock.now() - at) > OLD) return this.#drop("is too old, or from the future");
    if (!this.#seen.add(from, number)) return;
    const notice = readNotice(said, readOffers);
    if (notice === undefined) return this.#drop("says what this version does not understand");
    this.#listener?.hear(notice, from, from === this.isolate && this.#isDone(number, notice));
  }

  // Whether what this isolate has said was done here when it was said. Where its commit is not over, that shows then.
  #isDone(number: number, notice: Notice): boolean {
    if (!this.#open.has(number)) return true;
    if (this.#open.get(number) === "unsure") return !this.#open.delete(number);
    this.#open.set(number, notice);
    return true;
  }

  #publication(notices: readonly Notice[]): Publication | undefined {
    const { bus, name } = this.#means;
    if (bus === undefined || notices.length === 0 || bus.isAlone?.(name)) return undefined;
    return { channel: name, messages: notices.map((notice) => this.#write(notice)) };
  }

  #drop(why: string): void {
    this.#dropped++;
    this.#complain("a message of the bus was dropped", new Error(`It ${why}.`), { dropped: this.#dropped });
  }

  // A bus that is away, or somebody who writes nonsense, is not to fill the log.
  #complain(what: string, error: unknown, fields = {}): void {
    const now = this.#means.clock.now();
    if (now < this.#complainAt) return;
    this.#complainAt = now + QUIET;
    const { bus, log } = this.#means;
    log.error(what, error, { bus: bus?.name ?? "", ...fields });
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#means.log.error("what another isolate has said could not be taken in", error);
    }
  }

  // What is sealed for one place cannot be moved to another.
  #context(topic: string): string {
    return `${this.#means.name}\n${topic}`;
  }
}

// What an isolate says of who is there is heard in its order.
function topicOf(notice: Notice, isolate: string): string {
  switch (notice[0]) {
    case "changed":
    case "told":
    case "value":
    case "list":
    case "event":
      return notice[1];
    default:
      return `$isolate/${isolate}`;
  }
}
