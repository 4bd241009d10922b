/**
 * Reads the streams of all channels that an engine listens to, over one connection of its own, and comes back by itself
 * where that is lost.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { RedisChannel } from "./_redis_channel.ts";
import type { RedisClient } from "./_redis_client.ts";
import { RedisLine } from "./_redis_line.ts";
import { IDLE, lookScript } from "./_redis_log.ts";

// Redis holds a reading back until there is something to read, for so many milliseconds; an answer may then take as
// long again. So a line on which nothing moves is given up within five seconds. As often the streams are looked after.
const BLOCK = 2500, ANSWER = 2500;

/** Entries of each stream in one answer, at most. With fewer, a reader loses ground to those who publish much at once. */
const COUNT = 1024;

/** So often reading may fail at one place before it is passed over. */
const TRIES = 3;

const FIRST_PAUSE = 100, LONGEST_PAUSE = 5000;

/** Reads from its making on until it is closed. */
export class RedisReading {
  readonly #client: RedisClient;
  readonly #clock: Clock;
  readonly #channels: () => readonly RedisChannel[];
  readonly #opened = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;
  #isClosed = false;
  #line: RedisLine | undefined;
  #wake: (() => void) | undefined;
  #lookedAt = 0;
  #failed = 0;

  /** Channels for which Redis holds a reading back right now. */
  held: readonly RedisChannel[] = [];

  /** @param channels gives those whose cursor is known */
  constructor(client: RedisClient, clock: Clock, channels: () => readonly RedisChannel[]) {
    this.#client = client;
    this.#clock = clock;
    this.#channels = channels;
    this.#opened.promise.catch(() => {}); // told to whoever asks
    this.#ended = this.#run();
  }

  /**
   * Resolves when it has begun to read. From then on it never gives up.
   *
   * @throws Error where it could not: then it has ended
   */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** Goes on at once where it waits to connect again, or has had nothing to read. */
  wake(): void {
    this.#wake?.();
  }

  /** Ends it, and resolves when its connection is closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#line?.[Symbol.dispose]();
    this.wake();
    await this.#ended;
  }

  async #run(): Promise<void> {
    let isOpened = false;
    for (let tried = 0; !this.#isClosed;) {
      try {
        using line = this.#line = new RedisLine(this.#client, this.#clock);
        await line.opened();
        await this.#look(line);
        isOpened = true;
        this.#opened.resolve();
        tried = 0;
        await this.#readAll(line);
      } catch (error) {
        // There is nobody to tell it to: whoever publishes meets the same, and whoever listens hears what was said
        // meanwhile, or that something was missed.
        this.#opened.reject(error);
        if (!isOpened) return;
      } finally {
        this.held = [];
      }
      // By chance, so that all who were cut off do not come back at one moment.
      if (!this.#isClosed) {
        await this.#pause(Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tried++));
      }
    }
  }

  async #readAll(line: RedisLine): Promise<void> {
    // Few at first, twice as many each time: where the line is slow, an answer must not take longer than is waited for.
    for (let count = 1; !this.#isClosed; count = Math.min(COUNT, count * 2)) {
      const channels = this.#channels();
      if (channels.length === 0) {
        await this.#pause(BLOCK);
        continue;
      }
      this.#failed++;
      const isIdle = !await this.#read(line, channels, count);
      this.#failed = 0;
      if (isIdle || this.#clock.now() - this.#lookedAt >= BLOCK) await this.#look(line);
    }
  }

  /** @returns whether there was something */
  async #read(line: RedisLine, channels: readonly RedisChannel[], count: number): Promise<boolean> {
    this.held = channels;
    const places = [...channels.map(({ key }) => key), ...channels.map(({ cursor }) => cursor)];
    const args = ["COUNT", String(count), "BLOCK", String(BLOCK), "STREAMS", ...places];
    const answer = await line.send("XREAD", args, BLOCK + ANSWER);
    this.held = [];
    if (answer === null || this.#isClosed) return false;
    for (const [name, entries] of streamsOf(answer)) {
      channels.find((channel) => channel.name === name)?.take(entries);
    }
    return true;
  }

  // What a reading does not tell: that a stream is gone, or is an older one, where nothing new is said.
  async #look(line: RedisLine): Promise<void> {
    const channels = this.#channels(), isStuck = this.#failed >= TRIES;
    const cursors = channels.map(({ cursor }) => isStuck ? "" : cursor);
    const found = await line.run(lookScript, channels.map(({ key }) => key), [String(IDLE), ...cursors]);
    this.#lookedAt = this.#clock.now();
    if (isStuck) this.#failed = 0;
    for (const [at, channel] of channels.entries()) {
      const { name, id, hasMissed } = readLook(found, at);
      channel.name = name;
      if (hasMissed || isStuck) channel.skipTo(id);
    }
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(ms, resolve);
    this.#wake = resolve;
    if (!this.#isClosed) await promise;
    this.#wake = undefined;
    cancel();
  }
}

/**
 * What `lookScript` has found of the stream at this place.
 *
 * @throws Error where the answer is something else
 */
export function readLook(found: unknown, at: number): { name: string; id: string; hasMissed: boolean } {
  const [name, id, missed] = Array.isArray(found) && Array.isArray(found[at]) ? found[at] : [];
  if (typeof name === "string" && typeof id === "string") {
    return { name, id, hasMissed: Number(missed) === 1 };
  }
  throw new Error("it has answered something else than places.");
}

// Pairs, or an object where the client speaks RESP3; a map or a flat list where it is told to.
function streamsOf(answer: unknown): Iterable<readonly unknown[]> {
  if (answer instanceof Map) return answer;
  if (!Array.isArray(answer)) return Object.entries(answer as Record<string, unknown>);
  return answer.every((pair) => Array.isArray(pair)) ? answer : pairs(answer);
}

function* pairs(flat: readonly unknown[]): Iterable<readonly unknown[]> {
  for (let i = 0; i < flat.length; i += 2) yield [flat[i], flat[i + 1]];
}
