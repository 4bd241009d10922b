/**
 * A bus in Deno KV: a log, and keys that are watched.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { KvChannel } from "./_kv_channel.ts";
import { type Groups, sizeOf } from "./_kv_groups.ts";
import { announce } from "./_kv_log.ts";
import { COMMIT } from "./_kv_values.ts";
import type { Bus, BusListener, Publication } from "./bus.ts";

/** Carries messages through Deno KV, to whoever has the same database. */
export class KvBus implements Bus {
  readonly name = "kv";
  readonly replay = true;
  readonly #db: Deno.Kv;
  readonly #groups: Groups;
  readonly #clock: Clock;
  readonly #channels = new Map<string, KvChannel>();

  constructor(db: Deno.Kv, groups: Groups, clock: Clock) {
    this.#db = db;
    this.#groups = groups;
    this.#clock = clock;
  }

  async publish(publication: Publication): Promise<void> {
    const member = { checks: [], writes: [], announcement: announce(publication) };
    const size = sizeOf(member);
    if (size.bytes > COMMIT.bytes) {
      throw new RangeError(
        `Cannot publish ${size.bytes} bytes: Deno KV takes ${COMMIT.bytes} at once. Publish less.`,
      );
    }
    await this.#groups.commit(member, size);
  }

  async listen(channel: string, listener: BusListener): Promise<AsyncDisposable> {
    const existing = this.#channels.get(channel);
    const shared = existing ?? new KvChannel(this.#db, this.#clock, channel, () => {
      if (this.#channels.get(channel) === shared) this.#channels.delete(channel);
    });
    this.#channels.set(channel, shared);
    return await shared.join(listener);
  }
}
