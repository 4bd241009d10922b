/**
 * Typed events over one line: what is sent and answered, and what the server sends by itself.
 *
 * @module
 */

import { EVENTS_PROBE } from "../protocol/events_probe.ts";
import { Listeners } from "../socksync/listeners.ts";
import type { Unsubscribe } from "../socksync/remote.ts";
import type { ConnectEventsOptions } from "./connect_events.ts";
import { type EventIssue, EventsError } from "./events_error.ts";
import { Feed } from "./events_feed.ts";
import { type Data, full, Questions } from "./events_questions.ts";
import type { EventsStatus, SendOptions } from "./events_types.ts";
import { syncAddress } from "./sync_address.ts";
import type { SyncEnvironment } from "./sync_environment.ts";
import { type LineEnd, type Link, SyncLine } from "./sync_line.ts";

/** Messages that wait to be read in one loop. */
export const MOST_KEPT = 1000;

/** Milliseconds until an answer is given up, where nobody says another. */
const DEADLINE = 30_000;

/** One client. It has the members of `EventsClient`, for any events. */
export class Events implements LineEnd, Disposable {
  status: EventsStatus = "connecting";
  lastClose: { readonly code: number; readonly reason: string } | undefined;
  missed = 0;
  readonly #onErrors: (errors: readonly EventIssue[]) => void;
  readonly #questions: Questions;
  readonly #listeners = new Map<string, Listeners<Data>>();
  readonly #watchers = new Listeners<void>(failed);
  readonly #feeds = new Set<Feed<Data>>();
  readonly #line: SyncLine | undefined;
  readonly #leave: (() => void) | undefined;

  /**
   * Connects.
   *
   * @throws TypeError as `connectEvents`
   */
  constructor(
    url: string | URL,
    { signal, protocols = [], headers, onErrors = failed }: ConnectEventsOptions,
    env: SyncEnvironment,
  ) {
    this.#questions = new Questions(env.clock);
    this.#onErrors = onErrors;
    const address = syncAddress(url, env.base), handshake = { protocols: [protocols].flat(), headers };
    const close = () => this.close();
    if (signal?.aborted) {
      close();
      return;
    }
    this.#line = new SyncLine(this, {
      connect: () => env.connect(address, handshake),
      probe: EVENTS_PROBE,
    }, env);
    signal?.addEventListener("abort", close);
    this.#leave = () => signal?.removeEventListener("abort", close);
  }

  open(link: Link): void {
    this.#questions.open(link);
    this.#change("online");
  }

  lost(code: number, reason: string): void {
    this.lastClose = { code, reason };
    this.#questions.lost();
    if (this.status !== "closed") this.#change("offline");
  }

  receive(text: unknown): void {
    try {
      const message: Data = JSON.parse(text as string);
      const { type, id, errors } = message, question = this.#questions.get(id);
      if (type === undefined && Array.isArray(errors)) {
        if (question) question.fail(refusal(errors));
        else if (id === undefined) this.#onErrors(errors);
      } else if (typeof type !== "string") throw new TypeError("A message came without a type.");
      // An answer for which nobody waits any more is nobody's business.
      else if (id !== undefined) question?.hear(message);
      else this.#push(type, message);
    } catch (error) {
      failed(error);
    }
  }

  send(type: string, data?: Data, options: SendOptions = {}): Promise<Data> {
    const answer = new Promise<Data>((resolve, fail) => {
      const end = this.#questions.ask(type, data, { timeout: DEADLINE, ...options }, {
        hear(message) {
          end();
          resolve(bodyOf(message));
        },
        fail,
      });
    });
    // Whoever does not wait for it must not be ended by a line that is lost.
    answer.catch(() => {});
    return answer;
  }

  stream(type: string, data?: Data, options: SendOptions = {}): AsyncIterableIterator<Data, void, void> {
    let end = () => {};
    const feed = new Feed<Data>(() => end()), fail = (error: unknown) => feed.end({ error });
    const hear = (message: Data) => {
      const body = bodyOf(message), isLast = isEnd(body);
      if (!isLast && feed.kept.length < MOST_KEPT) return feed.give(body);
      end();
      if (isLast) feed.end();
      else fail(full("read"));
    };
    try {
      end = this.#questions.ask(type, data, options, { hear, fail });
    } catch (error) {
      fail(error);
    }
    return feed;
  }

  notify(type: string, data?: Data): void {
    const end = this.#questions.ask(type, data, { timeout: DEADLINE }, {
      isLate: true,
      hear: () => end(),
      fail: (error) => {
        const { errors } = error as EventsError;
        if (errors.length > 0) this.#onErrors(errors);
      },
    });
  }

  on(type: string, listener: (data: Data) => void): Unsubscribe {
    const known = this.#listeners.get(type) ?? new Listeners<Data>(failed);
    this.#listeners.set(type, known);
    return known.add(listener);
  }

  watch(listener: () => void): Unsubscribe {
    return this.#watchers.add(listener);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Data, void, void> {
    const feed = new Feed<Data>(() => this.#feeds.delete(feed));
    if (this.status === "closed") feed.end();
    else this.#feeds.add(feed);
    return feed;
  }

  close(): void {
    if (this.status === "closed") return;
    this.status = "closed";
    this.#questions.close();
    this.#line?.stop();
    this.#leave?.();
    for (const feed of this.#feeds) feed.end();
    this.#watchers.tell();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #push(type: string, message: Data): void {
    this.#listeners.get(type)?.tell(bodyOf(message));
    let isMissed = false;
    for (const feed of this.#feeds) {
      if (feed.kept.length >= MOST_KEPT) {
        feed.kept.shift();
        this.missed++;
        isMissed = true;
      }
      feed.give(message);
    }
    if (isMissed) this.#watchers.tell();
  }

  #change(status: EventsStatus): void {
    this.status = status;
    this.#watchers.tell();
  }
}

function bodyOf({ type: _type, id: _id, ...data }: Data): Data {
  return data;
}

/** What follows the last message of a handler that gives several. */
function isEnd(body: Data): boolean {
  return body["end"] === true && Object.keys(body).length === 1;
}

function refusal(errors: readonly EventIssue[]): EventsError {
  const all = errors.map((issue) => [issue?.loc ?? [], issue?.msg].flat().join(": "));
  return new EventsError("refused", `The server has refused it: ${all.join("; ")}`, errors);
}

function failed(error: unknown): void {
  // deno-lint-ignore no-console -- nobody else is there to be told
  console.error("Events:", error);
}
