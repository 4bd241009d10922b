/**
 * Cells: keys that are changed together lie in one subject of a stream, and the last message there says what each
 * of them is. It holds what was just written, and for all else the number of the message that does.
 *
 * @module
 */

import type { Check, Write } from "./store.ts";

/** Characters of a value that goes along with every message of its cell, and of all that do. */
const SMALL = 512, CARRIED = 2048;

/** One key. */
export interface Row {
  readonly key: string;
  readonly version: string;
  readonly expiresAt: number;
  /** The message that holds the value; 0: the one that is about to be written. */
  readonly at: number;
  /** The value, where the message at hand holds it. */
  readonly value?: string;
}

/** What a commit over several cells wants to do here. It has happened if the deciding cell says so. */
export interface Pending {
  /** The commit, which is the version that it writes. */
  readonly id: string;
  /** The cell that decides. */
  readonly decider: string;
  /** The message there that is still the last one while nothing is decided. */
  readonly since: number;
  readonly writes: readonly Write[];
}

/** A commit that this cell has decided, while others may not have heard of it. */
export interface Decided {
  readonly id: string;
  readonly cells: readonly string[];
}

/** What is to be said of a cell. */
export interface Draft {
  readonly rows: readonly Row[];
  /** Messages that nothing here needs any more, and that may still lie in the stream. */
  readonly dead: readonly number[];
  readonly pending?: Pending | undefined;
  readonly decided?: Decided | undefined;
}

/** The last message of a cell. */
export interface Head extends Draft {
  /** Its number; 0 where there is none. */
  readonly seq: number;
}

/**
 * The cell of a key: what stands in the first braces (as in Redis Cluster), else the whole key; hashed, so that no
 * key can be a wildcard, too long, or read by whoever sees the subjects.
 */
export async function cellOf(key: string): Promise<string> {
  const tag = /\{([^}]+)\}/.exec(key)?.[1];
  const bytes = new TextEncoder().encode(tag === undefined ? `key ${key}` : `tag ${tag}`);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return hash.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** A cell as it is written. */
export function encodeCell({ rows, dead, pending, decided }: Draft): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({
    k: rows.map(({ key, version, expiresAt, at, value }) => [key, version, time(expiresAt), at || value]),
    d: dead.length === 0 ? undefined : dead,
    p: pending && {
      ...pending,
      writes: pending.writes.map(({ key, value, expiresAt }) => [key, value, time(expiresAt)]),
    },
    c: decided,
  }));
}

/**
 * A cell as it was read.
 *
 * @throws Error for what no store has written
 */
export function decodeCell(seq: number, data: Uint8Array): Head {
  try {
    const { k, d = [], p, c } = JSON.parse(new TextDecoder().decode(data)) as {
      k: [string, string, number | null, string | number][];
      d?: number[];
      p?: Omit<Pending, "writes"> & { writes: [string, string | null, number | null][] };
      c?: Decided;
    };
    const rows = k.map(([key, version, expiresAt, value]): Row => ({
      key,
      version,
      expiresAt: expiresAt ?? Infinity,
      ...(typeof value === "number" ? { at: value } : { at: seq, value }),
    }));
    const writes = p?.writes.map(([key, value, expiresAt]) => ({
      key,
      value,
      expiresAt: expiresAt ?? Infinity,
    }));
    return { seq, rows, dead: d, pending: p && { ...p, writes: writes ?? [] }, decided: c };
  } catch (cause) {
    throw new Error(`Cannot read message ${seq} of the NATS stream: no store has written it.`, { cause });
  }
}

/** Whether the checks hold. */
export function holds({ rows }: Head, checks: readonly Check[], now: number): boolean {
  return checks.every(({ key, version }) => {
    const row = rows.find((row) => row.key === key);
    return (row === undefined || row.expiresAt <= now ? null : row.version) === version;
  });
}

/** The rows as the pending commit makes them. */
export function withPending(head: Head): readonly Row[] {
  const { seq, rows, pending } = head;
  return pending === undefined ? rows : withWrites(rows, pending.writes, pending.id, seq);
}

/** The rows after some writes; the last one of a key counts. `at`: the message that holds the values. */
export function withWrites(
  rows: readonly Row[],
  writes: readonly Write[],
  version: string,
  at: number,
): readonly Row[] {
  const next = new Map(rows.map((row) => [row.key, row]));
  for (const { key, value, expiresAt } of writes) {
    if (value === null) next.delete(key);
    else next.set(key, { key, version, expiresAt, at, value });
  }
  return [...next.values()];
}

/**
 * What follows a head: these rows as far as they have not expired, and what is dead by that. Small values whose text is
 * at hand go along, so that reading them is one question.
 */
export function draftAfter(
  head: Head,
  rows: readonly Row[],
  now: number,
  rest: Pick<Draft, "pending" | "decided"> = {},
): Draft {
  let carried = 0;
  const live = rows.filter(({ expiresAt }) => expiresAt > now).map((row): Row => {
    if (row.at === 0 || !isSmall(row) || carried + row.value!.length > CARRIED) return row;
    carried += row.value!.length;
    return { ...row, at: 0 };
  });
  const needed = new Set(live.map(({ at }) => at));
  const known = new Set([...head.dead, ...head.rows.map(({ at }) => at), head.seq]);
  return { rows: live, dead: [...known].filter((seq) => seq > 0 && !needed.has(seq)), ...rest };
}

/** A head as it is remembered: a draft that has become the last message, with the texts of small values alone. */
export function written(draft: Draft, seq: number): Head {
  const rows = draft.rows.map((row): Row => {
    const { key, version, expiresAt, at } = row;
    return { key, version, expiresAt, at: at || seq, ...(isSmall(row) ? { value: row.value! } : {}) };
  });
  return { ...draft, rows, seq };
}

function isSmall({ value }: Row): boolean {
  return value !== undefined && value.length <= SMALL;
}

/** The value of a row in the message that holds it; `undefined` where it does not. */
export function valueIn({ pending, rows }: Head, { key, version }: Row): string | undefined {
  const own = rows.find((row) => row.key === key && row.version === version)?.value;
  if (own !== undefined || pending?.id !== version) return own;
  return pending.writes.findLast((write) => write.key === key)?.value ?? undefined;
}

function time(expiresAt: number): number | null {
  return expiresAt === Infinity ? null : expiresAt;
}
