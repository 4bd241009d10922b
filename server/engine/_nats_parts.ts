/**
 * Publications as bytes: several small ones make one message of the stream, a large one makes several.
 *
 * @module
 */

import type { Message } from "./bus.ts";

/** Bytes of a publication. */
export const LARGEST = 8 * 1024 * 1024;

/** Characters of a topic, and of a channel as it stands in a subject. */
const TOPIC = 512, TOKEN = 1024;

/** Publications of which some parts are there, and their bytes. */
const OPEN = 64, OPEN_BYTES = 4 * LARGEST;

/** After so long without its next part, a publication will not be whole any more: its sender gives up after seconds. */
const PATIENCE_MS = 15_000;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * A channel as one token of a subject, from which it can be told again: whatever is not a letter, digit, `-` or `_` is
 * written as its number, so that nothing is a wildcard or a separator.
 *
 * @throws RangeError for one that is too long
 */
export function tokenOf(channel: string): string {
  // One more character, so that it is never empty.
  const token = `=${channel.replace(/[^\w-]/g, (c) => `=${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}`;
  if (token.length <= TOKEN) return token;
  throw new RangeError(
    `Cannot use a channel of ${channel.length} characters with NATS: written as a subject it has ${token.length}, ` +
      `and ${TOKEN} is the limit. Give a shorter name.`,
  );
}

/**
 * Messages that are heard together.
 *
 * @throws RangeError for what is too large
 */
export function encode(messages: readonly Message[]): Uint8Array<ArrayBuffer> {
  const topic = messages.find(({ topic }) => topic.length > TOPIC)?.topic;
  if (topic !== undefined) {
    throw new RangeError(
      `Cannot publish about a topic of ${topic.length} characters: ${TOPIC} is the limit. Give a shorter one.`,
    );
  }
  // Before it is written out, which could take many times its memory.
  const length = messages.reduce((sum, { text }) => sum + text.length, 0);
  if (length > LARGEST) throw tooLarge(length);
  const bytes = new TextEncoder().encode(
    messages.map(({ topic, text }) => JSON.stringify([topic, text])).join(","),
  );
  if (bytes.length + 2 > LARGEST) throw tooLarge(bytes.length);
  return bytes;
}

/** What was encoded, one behind the other. */
export function join(publications: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = publications.reduce((sum, { length }) => sum + length + 1, 1);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const bytes of publications) {
    whole[at] = at === 0 ? 0x5b : 0x2c;
    whole.set(bytes, at + 1);
    at += bytes.length + 1;
  }
  whole[at] = 0x5d;
  return whole;
}

/** The messages; `undefined` for what no bus has written. */
export function decode(data: Uint8Array): readonly Message[] | undefined {
  if (data.length > LARGEST) return undefined;
  let read: unknown;
  try {
    read = JSON.parse(utf8.decode(data));
  } catch {
    return undefined; // What strangers write is no failure of ours.
  }
  if (!Array.isArray(read) || !read.every(isPair)) return undefined;
  return read.map(([topic, text]) => ({ topic, text }));
}

function isPair(pair: unknown): pair is [string, string] {
  return Array.isArray(pair) && pair.length === 2 && typeof pair[0] === "string" &&
    pair[0].length <= TOPIC && typeof pair[1] === "string";
}

interface Open {
  readonly token: string;
  readonly count: number;
  readonly parts: Uint8Array[];
  bytes: number;
  at: number;
}

/** Puts parts together again. Those of several senders come mixed, those of one publication in their order. */
export class Parts {
  readonly #lost: (token: string) => void;
  readonly #open = new Map<string, Open>();
  #bytes = 0;

  /** @param lost is told of a channel where a publication has begun that will not be heard */
  constructor(lost: (token: string) => void) {
    this.#lost = lost;
  }

  /** @returns the publication if this was its last part */
  add(token: string, header: string, data: Uint8Array, now: number): Uint8Array | undefined {
    const [, id, ...numbers] = /^([\w-]{1,64}) (\d{1,5}) (\d{1,5})$/.exec(header) ?? [];
    const [index = 0, count = 0] = numbers.map(Number);
    if (id === undefined || index >= count) return undefined;
    const key = `${token} ${id}`;
    // What began before anybody listened has no first part, and is not missed.
    const open = this.#open.get(key) ??
      (index === 0 ? { token, count, parts: [], bytes: 0, at: now } : undefined);
    if (open === undefined || open.count !== count || index < open.parts.length) return undefined;
    if (index > open.parts.length || open.bytes + data.length > LARGEST) {
      this.#drop(key, open);
      return undefined;
    }
    open.parts.push(data);
    open.bytes += data.length;
    open.at = now;
    this.#bytes += data.length;
    this.#open.delete(key);
    if (open.parts.length === count) {
      this.#bytes -= open.bytes;
      return concatenate(open);
    }
    this.#open.set(key, open);
    while (this.#open.size > OPEN || this.#bytes > OPEN_BYTES) this.#drop(...this.#oldest());
    return undefined;
  }

  /** Gives up what has waited too long. */
  expire(now: number): void {
    while (this.#open.size > 0) {
      const [key, open] = this.#oldest();
      if (now - open.at < PATIENCE_MS) return;
      this.#drop(key, open);
    }
  }

  /** Gives all of them time again: it was not their senders that were silent. */
  touch(now: number): void {
    for (const open of this.#open.values()) open.at = now;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#open.clear();
    this.#bytes = 0;
  }

  #oldest(): [string, Open] {
    return this.#open.entries().next().value!;
  }

  #drop(key: string, open: Open): void {
    if (this.#open.delete(key)) this.#bytes -= open.bytes;
    this.#lost(open.token);
  }
}

function concatenate({ parts, bytes }: Open): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function tooLarge(size: number): RangeError {
  return new RangeError(
    `Cannot publish ${size} bytes at once: ${LARGEST} is the limit. Say what has changed, and let who hears it read ` +
      `it from where it is kept.`,
  );
}
