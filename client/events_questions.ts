/**
 * Messages on their way to a server, and their answers on their way back.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import { fits } from "../protocol/codec.ts";
import { EventsError } from "./events_error.ts";
import type { SendOptions } from "./events_types.ts";
import type { Link } from "./sync_line.ts";
import { LOOK, Most } from "./sync_pace.ts";

/** What is in a message. */
export type Data = Record<string, unknown>;

/** Messages that wait to be sent. */
export const Waiting = {
  /** Without a line. */
  offline: 1000,
  /** While there is one: in half a minute they are gone. */
  online: 10_000,
} as const;

/** What is sent and not answered: four fifths of what a server lets wait of one connection. */
export const Out = {
  messages: 204,
  letters: 800_000,
} as const;

/** The longest that a timer can be set to. */
const LONGEST = 2 ** 31 - 1;

/** What becomes of a message. */
export interface Asking {
  /** An answer has come. */
  hear(answer: Data): void;
  /** None comes any more; it was sent. */
  fail(error: unknown): void;
  /** Its time counts from when it is sent. */
  readonly isLate?: true;
}

/** A message that is not answered. */
interface Question {
  readonly text: string;
  hear(answer: Data): void;
  fail(error: unknown): void;
  /** It is on its way. */
  sent(): void;
}

/** All messages of one client: every one is answered, so that a server is sent no more than it takes. */
export class Questions {
  readonly #clock: Clock;
  readonly #waiting = new Set<Question>();
  /** What waits, and what is sent and not answered, by its id. */
  readonly #all = new Map<unknown, Question>();
  #isClosed = false;
  #link: Link | undefined;
  /** Cancels the next look whether more may go. */
  #later: (() => void) | undefined;
  #newest = 0;
  /** Letters that are sent and not answered. */
  #letters = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One that is not answered. */
  get(id: unknown): Pick<Question, "hear" | "fail"> | undefined {
    return this.#all.get(id);
  }

  /** There is a line. */
  open(link: Link): void {
    this.#link = link;
    this.#sendNext();
  }

  /** The line is gone: what was sent may have been done. */
  lost(): void {
    this.#link = undefined;
    this.#later?.();
    for (const question of [...this.#all.values()]) {
      if (!this.#waiting.has(question)) question.fail(disconnected("The line was lost before the answer."));
    }
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
    this.#link = undefined;
    this.#later?.();
    for (const { fail } of [...this.#all.values()]) fail(closed());
  }

  /**
   * Asks, and gives what ends the waiting.
   *
   * @throws EventsError for what cannot be sent, or the reason of the signal
   */
  ask(
    type: string,
    data: Data | undefined,
    { signal, timeout = Infinity }: SendOptions,
    asking: Asking,
  ): () => void {
    signal?.throwIfAborted();
    this.#admit();
    const id = ++this.#newest, text = textOf(type, data, id);
    let cancel: (() => void) | undefined;
    const end = () => {
      if (!this.#all.delete(id)) return;
      cancel?.();
      signal?.removeEventListener("abort", abort);
      if (!this.#waiting.delete(question)) this.#letters -= text.length;
      this.#sendNext();
    };
    const fail = (error: unknown) => {
      end();
      asking.fail(error);
    };
    const abort = () => fail(signal!.reason);
    const late = () => fail(new EventsError("timeout", `${type} was not answered within ${timeout} ms.`));
    const wait = () => {
      cancel?.();
      if (timeout <= LONGEST) cancel = this.#clock.after(timeout, late);
    };
    const hear = (answer: Data) => {
      wait();
      asking.hear(answer);
    };
    const question = { text, hear, fail, sent: () => asking.isLate && wait() };
    signal?.addEventListener("abort", abort);
    if (!asking.isLate) wait();
    this.#all.set(id, question);
    this.#waiting.add(question);
    this.#sendNext();
    return end;
  }

  #admit(): void {
    if (this.#isClosed) throw closed();
    if (this.#waiting.size >= (this.#link ? Waiting.online : Waiting.offline)) throw full("sent");
  }

  // What waits, waits here: the line forgets what it has when it is lost.
  #sendNext(): void {
    const link = this.#link;
    if (!link) return;
    this.#later?.();
    for (const question of this.#waiting) {
      const { length } = question.text, out = this.#all.size - this.#waiting.size;
      if (out >= Out.messages || this.#letters + length > Out.letters) return;
      if (!link.pace.mayGo()) {
        this.#later = this.#clock.after(LOOK, () => this.#sendNext());
        return;
      }
      this.#waiting.delete(question);
      this.#letters += length;
      question.sent();
      link.expect();
      link.pace.send(question.text);
    }
  }
}

/** @throws EventsError `invalid` */
function textOf(type: string, data: Data | undefined, id: number): string {
  try {
    const text = JSON.stringify({ ...data, type, id });
    if (fits(text, Most.frame)) return text;
    throw new RangeError(`a message has at most ${Most.frame} bytes.`);
  } catch (cause) {
    throw new EventsError("invalid", `Cannot send ${type}: ${(cause as Error).message}`, [], { cause });
  }
}

/** More waits than may. */
export function full(what: string): EventsError {
  return new EventsError("full", `Too many messages wait to be ${what}.`);
}

function disconnected(message: string): EventsError {
  return new EventsError("disconnected", message);
}

function closed(): EventsError {
  return disconnected("The client is closed.");
}
