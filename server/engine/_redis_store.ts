/**
 * The store of Redis: one string for each value, and a script for each commit.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Publication } from "./bus.ts";
import type { RedisBus } from "./_redis_bus.ts";
import { ask, type RedisCommands, script } from "./_redis_client.ts";
import { APPEND, publicationArgs } from "./_redis_log.ts";
import type { Check, Entry, Store, Write } from "./store.ts";

// Redis does one thing at a time, and takes some milliseconds for a megabyte: everybody would wait for more.
const VALUE_BYTES = 1024 * 1024, KEYS_AT_ONCE = 10;

// How much longer a value lies in Redis than it counts: our clock says when it ends, not that of Redis.
const SWEEP_AFTER = 60_000;

/** Keeps texts in Redis. */
export class RedisStore implements Store {
  readonly name = "redis";
  readonly durable = true;
  readonly exclusive = false;
  readonly transactional: RedisBus;
  readonly #commands: RedisCommands;
  readonly #prefix: string;
  readonly #clock: Clock;

  constructor(commands: RedisCommands, bus: RedisBus, prefix: string, clock: Clock) {
    this.#commands = commands;
    this.transactional = bus;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  async get(keys: readonly string[]): Promise<(Entry | null)[]> {
    if (keys.length > KEYS_AT_ONCE) {
      throw new RangeError(`Cannot read ${keys.length} keys at once: a store takes ${KEYS_AT_ONCE}.`);
    }
    if (keys.length === 0) return [];
    const texts = await ask("read from", () => this.#commands.send("MGET", keys.map(this.#key)));
    const now = this.#clock.now();
    return keys.map((key, at) => readEnvelope(key, (texts as unknown[])[at], now));
  }

  async commit(
    checks: readonly Check[],
    writes: readonly Write[],
    publication?: Publication,
  ): Promise<string | null> {
    const version = makeVersion(), now = this.#clock.now();
    const keys = [...checks, ...writes].map(({ key }) => this.#key(key));
    const args = [
      String(checks.length),
      String(now),
      version,
      String(writes.length),
      ...checks.map((check) => check.version ?? ""),
      ...writes.flatMap((write) => [envelope(write, version), sweep(write.expiresAt - now)]),
    ];
    const isPublished = publication !== undefined && publication.messages.length > 0;
    if (isPublished) {
      keys.push(this.transactional.key(publication.channel));
      args.push(...publicationArgs(publication));
    }
    const done = await ask(
      "commit to",
      () => this.#commands[isPublished ? "runInOrder" : "run"](commitScript, keys, args),
    );
    return Number(done) === 1 ? version : null;
  }

  readonly #key = (key: string): string => this.#prefix + key;
}

/**
 * The one script. It is fixed: names and values are its data, and never become a part of it. Nothing is written before
 * every check has held, and from the first write on there is nothing that Redis could refuse: to append is the one
 * write that it can, and comes first.
 *
 * A client may send a commit twice, where the connection broke under the first: what bears the commit's own version
 * already was written by it. What is written without a check is looked at for that where it would be published twice.
 */
const commitScript = script(`
${APPEND}
local checks, now, version, writes = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
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
  if current ~= ARGV[4 + i] then
    refused = true
  end
end
if refused then
  return 0
end
local at = 5 + checks
if #KEYS > checks + writes then
  for i = checks + 1, checks + writes do
    if redis.call('GETRANGE', KEYS[i], 0, 16) == version .. ':' then
      return 1
    end
  end
  append(KEYS[#KEYS], at + 2 * writes)
end
for i = checks + 1, checks + writes do
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
