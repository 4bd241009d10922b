/**
 * One channel of the bus between threads.
 *
 * @module
 */

import type { BusListener, Message } from "./bus.ts";

/** What is posted. Numbers and times tell who hears it whether something is missing before it. */
interface Post {
  /** Who posts: by chance, a line has one. */
  readonly by: string;
  /** Counts what it posts, from 1. */
  readonly number: number;
  /** When it posted what came before, in milliseconds since 1970; 0 where nothing did. */
  readonly before: number;
  /** Where it was posted, and how much its thread had posted by then. */
  readonly thread: string;
  readonly tick: number;
  readonly messages: readonly Message[];
}

interface Listening {
  readonly listener: BusListener;
  /** How much this thread had posted before. */
  readonly tick: number;
}

// Of this thread.
const thread = crypto.randomUUID();
let ticks = 0;

// So many publishers are told apart; one that was forgotten is a stranger again.
const PUBLISHERS = 1000;

/**
 * Posts and hears. Where another thread does not read for a while, the runtime keeps some hundred posts for it; of more
 * the oldest are dropped, and nobody is told.
 */
export class BroadcastLine {
  readonly #name: string;
  readonly #by = crypto.randomUUID();
  readonly #listening = new Set<Listening>();
  readonly #numbers = new Map<string, number>();
  #next: Message[] = [];
  #posted = 0;
  #postedAt = 0;
  #channels: { readonly inlet: BroadcastChannel; readonly outlet: BroadcastChannel } | undefined;
  #since = 0;

  /** @param channel of the bus */
  constructor(channel: string) {
    this.#name = `argyle:${channel}`;
  }

  /** Tells all threads, this one too. What is told in one turn is one post: so much less waits for who is slow. */
  async post(messages: readonly Message[]): Promise<void> {
    this.#next = this.#next.concat(messages);
    await Promise.resolve();
    if (this.#next.length > 0) this.#post(this.#next.splice(0));
  }

  #post(messages: readonly Message[]): void {
    const before = this.#postedAt;
    this.#postedAt = Date.now();
    const post: Post = { by: this.#by, number: ++this.#posted, before, thread, tick: ++ticks, messages };
    if (this.#channels !== undefined) return this.#channels.outlet.postMessage(post);
    const outlet = new BroadcastChannel(this.#name);
    outlet.postMessage(post);
    outlet.close();
  }

  /** Lets one more listen. */
  join(listener: BusListener): AsyncDisposable {
    if (this.#channels === undefined) this.#open();
    const listening = { listener, tick: ticks };
    this.#listening.add(listening);
    return {
      [Symbol.asyncDispose]: () => {
        if (this.#listening.delete(listening) && this.#listening.size === 0) this.#close();
        return Promise.resolve();
      },
    };
  }

  // A channel does not hear itself. What this thread posts goes in where its other end hears it, in one order with all.
  #open(): void {
    const inlet = new BroadcastChannel(this.#name), outlet = new BroadcastChannel(this.#name);
    inlet.onmessage = ({ data }) => this.#hear(data);
    // It cannot be read, so that nobody knows what it was.
    inlet.onmessageerror = () => this.#gap();
    this.#since = Date.now();
    this.#channels = { inlet, outlet };
  }

  #close(): void {
    this.#channels?.inlet.close();
    this.#channels?.outlet.close();
    this.#channels = undefined;
    this.#numbers.clear();
  }

  // Whatever runs in the process can post here: it is looked at before it is believed.
  #hear(data: unknown): void {
    if (!isPost(data)) return;
    const isOurs = data.thread === thread;
    if (!isOurs && this.#isMissing(data)) this.#gap();
    for (const listening of [...this.#listening]) {
      if (isOurs && data.tick <= listening.tick) continue;
      for (const { topic, text } of data.messages) {
        if (this.#listening.has(listening)) listening.listener.hear({ topic, text });
      }
    }
  }

  /** Whether the runtime has dropped what the same publisher posted before. */
  #isMissing({ by, number, before }: Post): boolean {
    const last = this.#numbers.get(by);
    this.#numbers.delete(by);
    this.#numbers.set(by, number);
    if (this.#numbers.size > PUBLISHERS) {
      const [oldest = by] = this.#numbers.keys();
      this.#numbers.delete(oldest);
    }
    // Of a stranger nobody knows how much it has posted, but when: before we listened it was not for us.
    return last === undefined ? before >= this.#since : number !== last + 1;
  }

  #gap(): void {
    for (const { listener } of [...this.#listening]) listener.gap();
  }
}

function isPost(data: unknown): data is Post {
  if (typeof data !== "object" || data === null) return false;
  const { by, number, before, thread, tick, messages } = data as Partial<Record<keyof Post, unknown>>;
  return typeof by === "string" && Number.isSafeInteger(number) && typeof before === "number" &&
    typeof thread === "string" && Number.isSafeInteger(tick) && Array.isArray(messages) &&
    messages.every(isMessage);
}

function isMessage(data: unknown): data is Message {
  if (typeof data !== "object" || data === null) return false;
  const { topic, text } = data as Partial<Record<keyof Message, unknown>>;
  return typeof topic === "string" && typeof text === "string";
}
