/**
 * State in Redis 7, for as many processes and machines as share it. The client is yours: node-redis or ioredis.
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

import { createHash } from "node:crypto";
import { type Clock, systemClock } from "../../protocol/clock.ts";
import { type RedisClient, RedisCommands, type Script } from "./redis_client.ts";
import type { Check, Engine, Entry, Store, Write } from "./store.ts";

export type { RedisClient } from "./redis_client.ts";
export type { Check, Engine, Entry, Store, Write } from "./store.ts";

// Redis does one thing at a time, and takes some milliseconds for a megabyte: everybody would wait for more.
const VALUE_BYTES = 1024 * 1024, KEYS_AT_ONCE = 10;

// How much longer a value lies in Redis than it counts: our clock says when it ends, not that of Redis.
const SWEEP_AFTER = 60_000;

/**
 * An engine on Redis. It is shared: `ARGYLE_SECRET` must be set. Values expire to the millisecond by the app's clock;
 * Redis' own expiry clears away what has been out of date for a minute. A value has at most 1 MiB.
 *
 * An error of a commit means that Redis refused it, or that its answer was lost: then it may have happened. There is an
 * answer or an error within five seconds.
 *
 * @param client what `createClient()` of `npm:redis` or `new Redis()` of `npm:ioredis` gave; it stays yours to connect
 * and to close
 * @param options `prefix`: how every key begins, `argyle:` where left out; `clock`: the time by which values expire, the
 * system's where left out
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
  return { store: new RedisStore(new RedisCommands(client, clock), prefix, clock) };
}

class RedisStore implements Store {
  readonly name = "redis";
  readonly durable = true;
  readonly exclusive = false;
  readonly #commands: RedisCommands;
  readonly #prefix: string;
  readonly #clock: Clock;

  constructor(commands: RedisCommands, prefix: string, clock: Clock) {
    this.#commands = commands;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  async get(keys: readonly string[]): Promise<(Entry | null)[]> {
    if (keys.length > KEYS_AT_ONCE) {
      throw new RangeError(`Cannot read ${keys.length} keys at once: a store takes ${KEYS_AT_ONCE}.`);
    }
    if (keys.length === 0) return [];
    const texts = await this.#ask("read from", () => this.#commands.send("MGET", keys.map(this.#key)));
    const now = this.#clock.now();
    return keys.map((key, at) => readEnvelope(key, (texts as unknown[])[at], now));
  }

  async commit(checks: readonly Check[], writes: readonly Write[]): Promise<string | null> {
    const version = makeVersion(), now = this.#clock.now();
    const keys = [...checks, ...writes].map(({ key }) => this.#key(key));
    const args = [
      String(checks.length),
      String(now),
      version,
      ...checks.map((check) => check.version ?? ""),
      ...writes.flatMap((write) => [envelope(write, version), sweep(write.expiresAt - now)]),
    ];
    const done = await this.#ask("commit to", () => this.#commands.run(commitScript, keys, args));
    return Number(done) === 1 ? version : null;
  }

  readonly #key = (key: string): string => this.#prefix + key;

  // The client's own error is not handed on: that of ioredis carries the command with all that was to be stored, and
  // what is thrown here is logged whole.
  async #ask<T>(what: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw new Error(`Cannot ${what} Redis: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/**
 * The one script. It is fixed: names and values are its data, and never become a part of it. Nothing is written before
 * every check has held, and from the first write on there is nothing that Redis could refuse.
 *
 * A client may send a commit twice, where the connection broke under the first: what bears the commit's own version
 * already was written by it.
 */
const commitScript = script(`
local checks, now, version = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local refused = false
for i = 1, checks do
  local head = redis.call('GETRANGE', KEYS[i], 0, 63)
  local current, expires = '', ''
  if head ~= '' then
    current, expires = string.match(head, '^([%w_-]+):([^:]*):')
    if not current or #current ~= 16 then
      return redis.error_reply('FOREIGN a key was not written by Argyle')
    end
  end
  if current == version then
    return 1
  end
  if expires ~= '' and tonumber(expires) <= now then
    current = ''
  end
  if current ~= ARGV[3 + i] then
    refused = true
  end
end
if refused then
  return 0
end
local at = 4 + checks
for i = checks + 1, #KEYS do
  local value, sweep = ARGV[at], ARGV[at + 1]
  if value == '' then
    redis.call('DEL', KEYS[i])
  elseif sweep == '' then
    redis.call('SET', KEYS[i], value)
  else
    redis.call('SET', KEYS[i], value, 'PX', sweep)
  end
  at = at + 2
end
return 1
`);

function script(text: string): Script {
  return { text, sha1: createHash("sha1").update(text).digest("hex") };
}

// By chance, not counted: a counter would begin anew where Redis has lost it, and its versions would come back.
function makeVersion(): string {
  return crypto.getRandomValues(new Uint8Array(12)).toBase64({ alphabet: "base64url" });
}

// `VERSION:EXPIRES:VALUE`; nothing between the colons: never. Empty where the key is to be removed.
function envelope({ key, value, expiresAt }: Write, version: string): string {
  if (value === null) return "";
  // A text of UTF-16 has at most three bytes for each of its units.
  const bytes = value.length * 3 <= VALUE_BYTES ? 0 : new TextEncoder().encode(value).length;
  if (bytes > VALUE_BYTES) {
    throw new RangeError(`Cannot store ${key}: ${bytes} bytes, and Redis is given at most ${VALUE_BYTES}.`);
  }
  return `${version}:${Number.isFinite(expiresAt) ? expiresAt : ""}:${value}`;
}

const ENVELOPE = /^([\w-]{16}):([\d.e+-]*):/;

// What lies there may be anybody's: its size and its form are looked at before it is believed.
function readEnvelope(key: string, text: unknown, now: number): Entry | null {
  if (text === null) return null;
  const [head, version, expires] = typeof text === "string" && text.length <= VALUE_BYTES + 64
    ? ENVELOPE.exec(text) ?? []
    : [];
  if (head === undefined || version === undefined) {
    throw new Error(`Cannot read ${key} from Redis: it was not written by Argyle.`);
  }
  return expires !== "" && Number(expires) <= now
    ? null
    : { value: (text as string).slice(head.length), version };
}

// In how many milliseconds Redis may forget a value; empty: never.
function sweep(ms: number): string {
  return Number.isFinite(ms)
    ? String(Math.max(1, Math.min(Math.ceil(ms) + SWEEP_AFTER, Number.MAX_SAFE_INTEGER)))
    : "";
}
