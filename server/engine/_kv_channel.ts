/**
 * Follows one channel of the bus in Deno KV, for all who listen to it.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { behind, headKeys, messagesOf, partKeys, SHARDS } from "./_kv_log.ts";
import { unlocked } from "./_kv_locked.ts";
import { KEYS_AT_ONCE } from "./_kv_values.ts";
import { Listening } from "./_kv_listening.ts";
import type { BusListener } from "./bus.ts";

/**
 * How long after it was read to its end the log surely still has all that came since, in milliseconds: half of what it
 * is kept for, because clocks differ.
 */
export const TRUSTED = 5 * 60_000;

/** A watch may die without a word, and a process may be stopped: so often, in milliseconds, the heads are looked at. */
export const LOOK_EVERY = 2 * 60_000;

// A watch that has failed is begun again after 50, 100, 200 … ms with jitter, at last after ten seconds.
const AGAIN_AFTER = 50, AGAIN_AT_MOST = 10_000;

type Heads = readonly Deno.KvEntryMaybe<unknown>[];

/** Where the log of a shard was read to. */
interface Cursor {
  version: string;
  /** When all that came before had been read, in milliseconds since 1970. */
  readAt: number;
}

/** Reads a channel's log as it grows, while somebody listens. */
export class KvChannel {
  readonly #db: Deno.Kv;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #keys: Deno.KvKey[];
  readonly #leave: () => void;
  readonly #listening = new Set<Listening>();
  #members = 0;
  #cursors: Cursor[] = [];
  // One reads at a time, so that who joins knows exactly where.
  #turns: Promise<unknown> = Promise.resolve();
  #following: Promise<void> | undefined;
  #watch: ReadableStreamDefaultReader<Heads> | undefined;
  #cancelLook = () => {};
  #wake = () => {};
  #ended = false;

  /** @param leave called when nobody listens any more: then it is of no use */
  constructor(db: Deno.Kv, clock: Clock, name: string, leave: () => void) {
    this.#db = db;
    this.#clock = clock;
    this.#name = name;
    this.#keys = headKeys(name);
    this.#leave = leave;
  }

  /** Lets one more listen. */
  async join(listener: BusListener): Promise<AsyncDisposable> {
    this.#members++;
    try {
      return await this.#turn(async () => {
        const now = this.#clock.now();
        const versions = (await this.#readHeads()).map(({ versionstamp }) => versionstamp ?? "");
        if (this.#cursors.length === 0) {
          this.#cursors = versions.map((version) => ({ version, readAt: now }));
          this.#following = this.#follow();
          this.#lookLater();
        }
        const listening = new Listening(listener, versions, () => {
          this.#listening.delete(listening);
          return this.#left();
        });
        this.#listening.add(listening);
        return listening;
      });
    } catch (error) {
      await this.#left();
      throw error;
    }
  }

  async #left(): Promise<void> {
    if (--this.#members > 0) return;
    this.#leave();
    this.#ended = true;
    this.#cancelLook();
    this.#wake();
    await this.#watch?.cancel();
    await this.#following;
    await this.#turns;
  }

  // What is given ends well or badly; the next turn comes in either case.
  #turn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(run);
    this.#turns = turn.catch(() => {});
    return turn;
  }

  #readHeads(): Promise<Heads> {
    return unlocked(this.#clock, () => this.#db.getMany<unknown[]>(this.#keys));
  }

  // A watch leaves out what comes too fast, and may fail or end; the log has it all.
  async #follow(): Promise<void> {
    for (let failed = 0; !this.#ended; failed++) {
      try {
        this.#watch = this.#db.watch<unknown[]>(this.#keys).getReader();
        for (;;) {
          const { done, value } = await this.#watch.read();
          if (done || this.#ended) break;
          await this.#turn(() => this.#catchUp(value));
          failed = 0;
        }
        if (!this.#ended) await this.#look();
      } catch (error) {
        await this.#watch?.cancel().catch(() => {});
        // The database was closed under us: there is nothing to come back to.
        if (error instanceof Deno.errors.BadResource) return this.#lost();
        // Else it is tried again. What could not be read makes a gap when it can.
      }
      if (!this.#ended) await this.#pause(failed);
    }
  }

  #pause(failed: number): Promise<void> {
    const most = Math.min(AGAIN_AFTER * 2 ** Math.min(failed, 10), AGAIN_AT_MOST);
    return new Promise((resolve) => {
      const cancel = this.#clock.after(most * (0.5 + Math.random() / 2), resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #lost(): void {
    this.#ended = true;
    this.#cancelLook();
    this.#leave();
    for (const listening of this.#listening) listening.gap();
  }

  #lookLater(): void {
    this.#cancelLook = this.#clock.after(LOOK_EVERY, async () => {
      try {
        // A watch that has not told of it is begun again.
        if (await this.#look()) await this.#watch?.cancel();
      } catch {
        // The cursors are as they were: the next look, or the watch, reads on, or finds a gap.
      }
      if (!this.#ended) this.#lookLater();
    });
  }

  /** Looks at the heads: whether there was something new. */
  #look(): Promise<boolean> {
    return this.#turn(async () => {
      const now = this.#clock.now();
      return await this.#catchUp(await this.#readHeads(), now);
    });
  }

  /** @param at when the heads were like this, at the earliest; left out where nobody knows, as of a watch */
  async #catchUp(heads: Heads, at?: number): Promise<boolean> {
    const grown = [];
    for (let shard = 0; shard < SHARDS; shard++) {
      const cursor = this.#cursors[shard]!, head = heads[shard]?.versionstamp ?? "";
      if (head > cursor.version) grown.push({ shard, head, cursor });
      else if (at !== undefined) cursor.readAt = at;
    }
    const done = await Promise.allSettled(grown.map(async ({ shard, head, cursor }) => {
      const start = this.#clock.now(), isLate = start - cursor.readAt > TRUSTED;
      if (isLate) this.#gap();
      await unlocked(this.#clock, () => this.#read(shard, cursor));
      if (head > cursor.version) {
        // The log has lost what was written with the head.
        cursor.version = head;
        if (!isLate) this.#gap();
      }
      cursor.readAt = start;
    }));
    for (const one of done) if (one.status === "rejected") throw one.reason;
    return grown.length > 0;
  }

  async #read(shard: number, cursor: Cursor): Promise<void> {
    for await (const entry of this.#db.list(behind(this.#name, shard, cursor.version))) {
      const messages = messagesOf(entry.value, await this.#readParts(partKeys(entry)));
      if (messages === undefined) this.#gap();
      else {
        for (const listening of this.#listening) listening.hear(shard, entry.versionstamp, messages);
      }
      cursor.version = entry.versionstamp;
    }
  }

  async #readParts(keys: readonly Deno.KvKey[]): Promise<unknown[]> {
    const parts: unknown[] = [];
    for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
      const ten = keys.slice(at, at + KEYS_AT_ONCE);
      const entries = await this.#db.getMany<unknown[]>(ten);
      parts.push(...entries.map(({ value }) => value));
    }
    return parts;
  }

  #gap(): void {
    for (const listening of this.#listening) listening.gap();
  }
}
