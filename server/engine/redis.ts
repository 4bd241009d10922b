/**
 * State in Redis 7, and what isolates tell each other, for as many processes and machines as share it. The client is yours: node-redis or ioredis.
 *
 * ```ts
 * import { App } from "@argyle/argyle";
 * import { redis } from "@argyle/argyle/redis";
 * import { createClient } from "redis";
 *
 * const client = createClient({ url: "redis://127.0.0.1:6379" });
 * client.on("error", (error) => console.error("Redis:", error.message)); // without a listener it ends the process
 * // await client.connect();
 *
 * const app = new App({ ...redis(client), name: "shop" });
 * ```
 *
 * @module
 */

import { type Clock, systemClock } from "../../protocol/clock.ts";
import { RedisBus } from "./_redis_bus.ts";
import { type RedisClient, RedisCommands, sender } from "./_redis_client.ts";
import { RedisStore } from "./_redis_store.ts";
import type { Engine } from "./store.ts";

export type { RedisClient, RedisConnection } from "./_redis_client.ts";
export type { Bus, BusListener, Message, Publication } from "./bus.ts";
export type { Check, Engine, Entry, Store, Write } from "./store.ts";

/**
 * An engine on Redis. It is shared: `ARGYLE_SECRET` must be set. Values expire to the millisecond by the app's clock;
 * Redis' own expiry clears away what has been out of date for a minute. A value has at most 1 MiB.
 *
 * An error of a commit means that Redis refused it, or that its answer was lost: then it may have happened. There is an
 * answer or an error within five seconds.
 *
 * What is published with a commit happens with it, or not at all. A message has at most 1 MiB, a publication 8 MiB and
 * 5,000 messages. Whoever was cut off hears what was said meanwhile: the last ten minutes, 10,000 messages or 64 MiB.
 * To listen, the client is duplicated, once for all channels; that connection is closed when the last one has left. What
 * others have written into a channel is dropped and told as a gap.
 *
 * @param client what `createClient()` of `npm:redis` or `new Redis()` of `npm:ioredis` gave; it stays yours to connect
 * and to close
 * @param options `prefix`: how every key begins, `argyle:` where left out; `clock`: the time by which values expire
 * and by which nobody waits too long, the system's where left out
 * @throws TypeError where `client` is neither
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import { redis } from "@argyle/argyle/redis";
 * import { Redis } from "ioredis";
 * const client = new Redis({ lazyConnect: true });
 * const app = new App({ ...redis(client, { prefix: "argyle:staging:" }), name: "shop" });
 * client.disconnect();
 * ```
 */
export function redis(client: RedisClient, options: { prefix?: string; clock?: Clock } = {}): Engine {
  const { prefix = "argyle:", clock = systemClock } = options;
  const commands = new RedisCommands(sender(client), clock);
  const bus = new RedisBus(client, commands, prefix, clock);
  return { store: new RedisStore(commands, bus, prefix, clock), bus };
}
