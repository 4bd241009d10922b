/**
 * How publications lie in Deno KV. Topics are spread over a few shards; of each there is
 *
 * - `["argyle", "head", CHANNEL, SHARD]`, whose version is that of the shard's latest entry: what is watched;
 * - `["argyle", "log", CHANNEL, SHARD, VERSION]`: what one commit has published, in the order of commits;
 * - `["argyle", "part", CHANNEL, SHARD, INDEX, VERSION]`: the rest of an entry that is larger than a value may be.
 *
 * None of them is ever read before it is written, so that who publishes meets nobody.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { COMMIT } from "./_kv_values.ts";
import type { Message, Publication } from "./bus.ts";

/** Deno KV watches ten keys at once; a few are enough for writers not to wait for each other. */
export const SHARDS = 4;

/** How long the log is kept, in milliseconds. */
export const KEPT = 10 * 60_000;

/** A value of Deno KV has 64 KiB, less what surrounds ours. */
const PART_BYTES = 65_000;

/** A key has 2,048 bytes: of a longer channel stands its digest, as bytes, which no name is. */
const CHANNEL_BYTES = 512;

/** What surrounds a part in KV, beside its channel, at most. */
const AROUND_BYTES = 128;

const COMMA = 0x2c, OPEN = 0x5b, CLOSE = 0x5d;

/** A publication, ready to be written. */
export interface Announcement {
  readonly channel: string;
  /** Of each shard that it has messages for: these, as the members of a JSON array. */
  readonly shards: ReadonlyMap<number, Uint8Array>;
  /** The topics, each together with its channel. */
  readonly topics: ReadonlySet<string>;
  /** How many keys it writes, at most. */
  readonly mutations: number;
  /** How many bytes these keys have, at most. */
  readonly keyBytes: number;
  /** How many bytes it writes, at most, with the keys. */
  readonly bytes: number;
}

/**
 * Writes a publication down.
 *
 * @throws RangeError where it surely is more than a commit takes
 */
export function announce({ channel, messages }: Publication): Announcement {
  // Before it is written down: that would take as much memory again.
  const letters = messages.reduce((sum, { topic, text }) => sum + topic.length + text.length, 0);
  if (letters > COMMIT.bytes) {
    throw new RangeError(
      `Cannot publish ${letters} characters: Deno KV takes ${COMMIT.bytes} bytes at once. Publish less.`,
    );
  }
  const texts = new Map<number, string[]>(), topics = new Set<string>();
  for (const { topic, text } of messages) {
    const shard = shardOf(topic), own = texts.get(shard) ?? [];
    texts.set(shard, own);
    own.push(JSON.stringify(topic), JSON.stringify(text));
    topics.add(JSON.stringify([channel, topic]));
  }
  const encoder = new TextEncoder();
  const shards = new Map([...texts].map(([shard, own]) => [shard, encoder.encode(own.join(","))]));
  let mutations = 0, content = 0;
  for (const { length } of shards.values()) {
    mutations += 2 + Math.floor((length + 2) / PART_BYTES);
    content += length + 2;
  }
  // In a key a NUL takes two bytes.
  const keyBytes = mutations * (AROUND_BYTES + 2 * Math.min(3 * channel.length, CHANNEL_BYTES));
  return { channel, shards, topics, mutations, keyBytes, bytes: content + keyBytes };
}

/**
 * Adds publications to a commit. Those of one channel and shard become one entry, in their order: a commit has one
 * version, and an entry is named by it.
 */
export function append(
  db: Deno.Kv,
  atomic: Deno.AtomicOperation,
  announcements: readonly Announcement[],
): void {
  const entries = new Map<string, Map<number, Uint8Array[]>>();
  for (const { channel, shards } of announcements) {
    const own = entries.get(channel) ?? new Map<number, Uint8Array[]>();
    entries.set(channel, own);
    for (const [shard, bytes] of shards) {
      const members = own.get(shard);
      if (members === undefined) own.set(shard, [bytes]);
      else members.push(bytes);
    }
  }
  const sweep = { expireIn: KEPT };
  for (const [channel, shards] of entries) {
    const place = channelPart(channel);
    for (const [shard, members] of shards) {
      const bytes = array(members), version = db.commitVersionstamp();
      const parts = Math.ceil(bytes.length / PART_BYTES) - 1;
      atomic.set(["argyle", "head", place, shard], 1);
      atomic.set(["argyle", "log", place, shard, version], { parts, bytes: part(bytes, 0) }, sweep);
      for (let at = 1; at <= parts; at++) {
        atomic.set(["argyle", "part", place, shard, at, version], part(bytes, at), sweep);
      }
    }
  }
}

/** What KV is to watch. */
export function headKeys(channel: string): Deno.KvKey[] {
  const place = channelPart(channel);
  return Array.from({ length: SHARDS }, (_, shard) => ["argyle", "head", place, shard]);
}

/** The entries behind a version. */
export function behind(channel: string, shard: number, version: string): Deno.KvListSelector {
  const prefix = ["argyle", "log", channelPart(channel), shard];
  // Versions are of one length: nothing lies between one and itself with a letter more.
  return { prefix, start: [...prefix, `${version}!`] };
}

/** The further parts of an entry. */
export function partKeys({ key, value }: Deno.KvEntry<unknown>): Deno.KvKey[] {
  const [, , channel, shard, version] = key;
  const count = isEntry(value) ? value.parts : 0;
  return Array.from({ length: count }, (_, at) => ["argyle", "part", channel!, shard!, at + 1, version!]);
}

/** The messages of an entry, or `undefined` where it is not whole. */
export function messagesOf(value: unknown, parts: readonly unknown[]): Message[] | undefined {
  if (!isEntry(value) || !parts.every((part) => part instanceof Uint8Array)) return undefined;
  const texts = parseTexts(concat([value.bytes, ...parts]));
  if (texts === undefined) return undefined;
  return Array.from(
    { length: texts.length / 2 },
    (_, at) => ({ topic: texts[2 * at]!, text: texts[2 * at + 1]! }),
  );
}

function parseTexts(bytes: Uint8Array): string[] | undefined {
  try {
    const all: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(all) && all.length % 2 === 0 && all.every((text) => typeof text === "string")
      ? all
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

// How many further parts an entry may have: a commit has no room for more.
const PARTS = new Set<unknown>(
  Array.from({ length: Math.ceil(COMMIT.bytes / PART_BYTES) }, (_, count) => count),
);

interface Entry {
  readonly parts: number;
  readonly bytes: Uint8Array;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && "parts" in value && PARTS.has(value.parts) &&
    "bytes" in value && value.bytes instanceof Uint8Array;
}

function channelPart(channel: string): Deno.KvKeyPart {
  // A letter has at most three bytes.
  if (3 * channel.length <= CHANNEL_BYTES || new TextEncoder().encode(channel).length <= CHANNEL_BYTES) {
    return channel;
  }
  return new Uint8Array(createHash("sha256").update(channel).digest());
}

// FNV-1a: it need not be secret, only the same everywhere.
function shardOf(topic: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < topic.length; at++) hash = Math.imul(hash ^ topic.charCodeAt(at), 0x01000193);
  return (hash >>> 16) % SHARDS;
}

function array(members: readonly Uint8Array[]): Uint8Array {
  const pieces = members.flatMap((member, at) => at === 0 ? [member] : [Uint8Array.of(COMMA), member]);
  return concat([Uint8Array.of(OPEN), ...pieces, Uint8Array.of(CLOSE)]);
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function part(bytes: Uint8Array, at: number): Uint8Array {
  // A copy: of a view, its whole buffer would be stored.
  return bytes.slice(at * PART_BYTES, (at + 1) * PART_BYTES);
}
