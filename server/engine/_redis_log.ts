/**
 * What lies in the stream of a channel, what writes it, and what looks after it.
 *
 * Every entry names the one before it. Whoever has read that one has missed nothing, and whoever has not has: because
 * the stream was trimmed, or is another one than it was. A mark is an entry that says nothing else.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Message, Publication } from "./bus.ts";
import { type Script, script } from "./_redis_client.ts";

// Redis does one thing at a time: everybody would wait for more. A log holds two whole publications at any time.
const MESSAGE_BYTES = 1024 * 1024, PUBLICATION_BYTES = 8 * MESSAGE_BYTES, MESSAGES = 5000, TOPIC = 512;

// What somebody who was cut off hears when he is back. Ten minutes: a machine that starts again is back by then.
// What Redis gives for it is bounded by the number, and where messages are large by the bytes.
const LOG = { entries: 10_000, bytes: 64 * 1024 * 1024, age: 600_000 };

/** After so many milliseconds without a word a stream goes, unless somebody listens. */
export const IDLE = 3_600_000;

/** An entry as it was read. Where it names no entry before it, it is not ours. */
export interface LogEntry {
  readonly id: string;
  readonly before?: string;
  readonly message?: Message;
}

// The last id that the stream has given away. One of the far future is not by the clock: somebody has written it, and
// after the very last there is none. Such a stream begins anew, before anything else is written.
// The first id of a stream is its own: one that begins in the millisecond in which another was lost would give the same
// ids away again, and be taken for it.
const ADD = `
local function last(stream)
  if redis.call('PTTL', stream) == -2 then
    return '0-0'
  end
  local info, id = redis.call('XINFO', 'STREAM', stream), '0-0'
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      id = info[i + 1]
    end
  end
  if #string.match(id, '^%d+') > 14 then
    redis.call('DEL', stream)
    id = '0-0'
  end
  return id
end
local function add(stream, id, ...)
  local own = '*'
  if id == '0-0' then
    local time = redis.call('TIME')
    own = string.format('%.0f-%.0f', time[1] * 1000 + math.floor(time[2] / 1000), (time[2] + 1) * 1000000)
  end
  return redis.call('XADD', stream, own, 'p', id, ...)
end
`;

/**
 * Lua: `append(stream, from)` writes what `publicationArgs` has given, from `ARGV[from]` on; a mark where there
 * are no messages. Its first write is one that Redis refuses where it is full.
 */
export const APPEND: string = `${ADD}
local function append(stream, from)
  local id = last(stream)
  if from + 3 > #ARGV then
    id = add(stream, id)
  end
  for i = from + 3, #ARGV, 2 do
    id = add(stream, id, 't', ARGV[i], 'x', ARGV[i + 1])
  end
  local oldest = string.match(id, '^%d+') - ARGV[from + 1]
  redis.call('XTRIM', stream, 'MAXLEN', '~', ARGV[from])
  redis.call('XTRIM', stream, 'MINID', '~', string.format('%.0f', math.max(oldest, 0)))
  redis.call('PEXPIRE', stream, ARGV[from + 2])
end
`;

/** Appends to the one stream that is its key. Arguments: `publicationArgs`. */
export const appendScript: Script = script(`${APPEND}
append(KEYS[1], 1)
return 1
`);

/**
 * Looks after streams. Arguments: `IDLE`, and for each stream the entry that was read last, or nothing.
 *
 * For each it gives the stream's name as Redis has it, the entry from which to read on, and 1 where something was
 * missed, else 0. One that is not there is begun: so that it is known by its first entry, and not taken for another that
 * is begun later. One that is listened to does not go.
 */
export const lookScript: Script = script(`${ADD}
local found = {}
for i = 1, #KEYS do
  local stream, cursor = KEYS[i], ARGV[i + 1]
  local id, missed = last(stream), 0
  if id == '0-0' then
    id, missed = add(stream, id), 1
  elseif cursor ~= '' and cursor ~= id then
    if redis.call('XREAD', 'COUNT', 1, 'STREAMS', stream, cursor) then
      id = cursor
    else
      missed = 1
    end
  end
  if redis.call('PTTL', stream) < ARGV[1] / 2 then
    redis.call('PEXPIRE', stream, ARGV[1])
  end
  found[i] = { stream, id, missed }
end
return found
`);

/**
 * What `append` is given.
 *
 * @throws RangeError for what is too large
 */
export function publicationArgs({ channel, messages }: Publication): string[] {
  if (messages.length > MESSAGES) {
    throw new RangeError(
      `Cannot publish ${messages.length} messages at once to ${channel}: Redis is given at most ${MESSAGES}.`,
    );
  }
  let bytes = 0;
  for (const { topic, text } of messages) {
    if (topic.length > TOPIC) {
      throw new RangeError(`Cannot publish: a topic has ${topic.length} characters, and at most ${TOPIC}.`);
    }
    const own = Buffer.byteLength(text);
    if (own > MESSAGE_BYTES) {
      throw new RangeError(
        `Cannot publish to ${topic}: ${own} bytes, and Redis is given at most ${MESSAGE_BYTES} in a message.`,
      );
    }
    bytes += own;
  }
  if (bytes > PUBLICATION_BYTES) {
    throw new RangeError(
      `Cannot publish ${bytes} bytes at once to ${channel}: Redis is given at most ${PUBLICATION_BYTES}.`,
    );
  }
  const average = Math.max(1, bytes / Math.max(1, messages.length));
  return [
    String(Math.min(LOG.entries, Math.floor(LOG.bytes / average))),
    String(LOG.age),
    String(IDLE),
    ...messages.flatMap(({ topic, text }) => [topic, text]),
  ];
}

/** What a mark is given to `append`. */
export const markArgs: readonly string[] = publicationArgs({ channel: "", messages: [] });

const ID = /^\d{1,20}-\d{1,20}$/;

/**
 * Reads an entry that may be anybody's.
 *
 * @throws Error where it is no entry of a stream at all
 */
export function readEntry(entry: unknown): LogEntry {
  const [id, fields] = Array.isArray(entry) ? entry : [];
  if (typeof id !== "string" || !ID.test(id)) throw new Error("it has answered something else than entries.");
  if (!Array.isArray(fields)) return { id };
  const [p, before, t, topic, x, text] = fields;
  if (p !== "p" || typeof before !== "string" || !ID.test(before)) return { id };
  if (fields.length === 2) return { id, before };
  return fields.length === 6 && t === "t" && x === "x" && isUpTo(TOPIC, topic) && isUpTo(MESSAGE_BYTES, text)
    ? { id, before, message: { topic, text } }
    : { id };
}

function isUpTo(length: number, text: unknown): text is string {
  return typeof text === "string" && text.length <= length;
}

/** Whether an entry was written after another. */
export function isAfter(id: string, other: string): boolean {
  const [ms = "", n = ""] = id.split("-"), [otherMs = "", otherN = ""] = other.split("-");
  return ms === otherMs ? isMore(n, otherN) : isMore(ms, otherMs);
}

// Numbers of up to twenty digits, without leading zeros.
function isMore(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}
