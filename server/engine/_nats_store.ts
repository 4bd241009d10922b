/**
 * A store over cells. A commit within one cell is one message, which the server takes only while the last one is the
 * one that was read. A commit over several is laid down in all of them but one, and that one decides:
 * `docs/decisions/011-nats-store.md`.
 *
 * @module
 */

import { type Clock, systemClock } from "../../protocol/clock.ts";
import {
  cellOf,
  decodeCell,
  type Draft,
  draftAfter,
  encodeCell,
  type Head,
  holds,
  type Row,
  valueIn,
  withPending,
  withWrites,
  written,
} from "./_nats_cell.ts";
import type { Stream } from "./_nats_stream.ts";
import type { Check, Entry, Store, Write } from "./store.ts";
import { Turns } from "./turns.ts";

/** How often a call begins anew because others were faster. Each time one of them has got through. */
const TRIES = 200;

/** So often the commit of somebody else is given time, before it is undone. */
const PATIENCE = 6;

/** Cells whose last message is remembered. */
const HEADS = 500;

/** Messages of which it is remembered that they were removed, so that no cell names them any longer. */
const GONE = 10_000;

/** What headers and protocol take of a message. */
const AROUND = 512;

/** Messages that the sweep still looks at when nothing is written any more. */
const OWED = 1000;

/** How long the sweep rests when it has seen every message. */
const REST_MS = 60_000;

/** What a commit wants of one cell. */
interface Part {
  readonly checks: Check[];
  readonly writes: Write[];
}

/** What has become of one try. */
type Tried = { readonly version: string | null } | "again";

/** Texts by key in a stream of NATS JetStream. */
export class NatsStore implements Store {
  readonly name = "nats";
  readonly durable = true;
  readonly exclusive = false;
  readonly #stream: Stream;
  readonly #clock: Clock;
  readonly #heads = new Map<string, Head>();
  readonly #gone = new Set<number>();
  readonly #turns = new Turns();
  #isSweeping = false;
  #owed = 0;
  #sweepFrom = 1;
  #sweepTo = 0;
  #newest = 0;
  #sweepAt = 0;

  constructor(stream: Stream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
  }

  async get(keys: readonly string[]): Promise<(Entry | null)[]> {
    const cells = await Promise.all(keys.map(cellOf));
    for (let tried = 0; tried < TRIES; tried++) {
      const heads = await this.#moment(new Set(cells));
      const now = this.#clock.now();
      const rows = keys.map((key, at) =>
        visible(heads, cells[at]!).find((row) => row.key === key && row.expiresAt > now)
      );
      const entries = await this.#entries(rows);
      if (entries !== undefined) return entries;
    }
    throw busy("read");
  }

  async commit(checks: readonly Check[], writes: readonly Write[]): Promise<string | null> {
    const parts = await partsOf(checks, writes);
    const line = [...parts.keys()].sort()[0] ?? "";
    await this.#turns.quiet(line);
    let leave = () => {};
    try {
      for (let tried = 0; tried < TRIES; tried++) {
        const result = await this.#try(parts, writes.length > 0, tried);
        if (result !== "again") return result.version;
        if (tried === 1) leave = await this.#turns.take(line);
        if (tried > 1) await pause(tried);
      }
    } finally {
      leave();
    }
    throw busy("write");
  }

  async #try(parts: ReadonlyMap<string, Part>, isWriting: boolean, tried: number): Promise<Tried> {
    // What was read or written last is mostly still the last; if not, the server says so. A mere check has to ask.
    const known = isWriting && tried === 0 ? this.#known(parts.keys()) : undefined;
    const heads = known ?? await (isWriting ? this.#read(parts.keys()) : this.#moment(new Set(parts.keys())));
    const unsettled = [...parts.keys()].filter((cell) => isUnsettled(heads.get(cell)!));
    if (unsettled.length > 0) {
      await Promise.all(unsettled.map((cell) => this.#settle(cell, heads.get(cell)!, tried < PATIENCE)));
      return "again";
    }
    const now = this.#clock.now(), version = makeVersion();
    if (![...parts].every(([cell, { checks }]) => holds(heads.get(cell)!, checks, now))) {
      return known === undefined ? { version: null } : await this.#try(parts, isWriting, tried + 1);
    }
    if (!isWriting) return { version };
    const isDone = parts.size === 1
      ? await this.#alone([...parts][0]!, heads, version, now)
      : await this.#together(parts, heads, version, now);
    if (!isDone) return "again";
    this.#sweep();
    return { version };
  }

  async #alone(
    [cell, { writes }]: readonly [string, Part],
    heads: ReadonlyMap<string, Head>,
    version: string,
    now: number,
  ): Promise<boolean> {
    const head = heads.get(cell)!;
    const draft = draftAfter(head, withWrites(head.rows, writes, version, 0), now);
    return await this.#write(cell, draft, head.seq) !== null;
  }

  async #together(
    parts: ReadonlyMap<string, Part>,
    heads: ReadonlyMap<string, Head>,
    id: string,
    now: number,
  ): Promise<boolean> {
    const cells = [...parts.keys()];
    const decider = cells.find((cell) => heads.get(cell)!.seq > 0) ?? cells[0]!;
    const others = cells.filter((cell) => cell !== decider);
    const decision = (head: Head) =>
      draftAfter(head, withWrites(head.rows, parts.get(decider)!.writes, id, 0), now, {
        decided: { id, cells: others },
      });
    const intention = (cell: string, since: number) =>
      draftAfter(heads.get(cell)!, heads.get(cell)!.rows, now, {
        pending: { id, decider, since, writes: parts.get(cell)!.writes },
      });
    // What is too large is found before anything is written.
    for (const cell of others) this.#encode(intention(cell, Number.MAX_SAFE_INTEGER));
    this.#encode(decision(heads.get(decider)!));
    // "There is none" can come back when a cell is removed; a number never does. So what decides has a message.
    const before = heads.get(decider)!.seq > 0
      ? heads.get(decider)!
      : await this.#write(decider, { rows: [], dead: [] }, 0, { isKept: true });
    if (before === null) return false;
    const prepared = await Promise.all(others.map(async (cell) => ({
      cell,
      head: await this.#write(cell, intention(cell, before.seq), heads.get(cell)!.seq),
    })));
    const decided = prepared.every(({ head }) => head !== null)
      ? await this.#write(decider, decision(before), before.seq)
      : null;
    if (decided === null) {
      // Nobody but this call could have decided it, and it does not.
      await Promise.all(prepared.map(async ({ cell, head }) => {
        if (head !== null) await this.#write(cell, draftAfter(head, head.rows, now), head.seq);
      }));
      return false;
    }
    // It has happened. Whoever comes next can do the rest as well, so a failure here is nobody's.
    const laid = new Map(prepared.map(({ cell, head }) => [cell, head!]));
    await this.#finish(decider, decided, laid).catch(() => {});
    return true;
  }

  /** Brings to an end what others have begun. `isPatient`: they may still be at it. */
  async #settle(cell: string, head: Head, isPatient: boolean): Promise<void> {
    if (head.decided !== undefined) {
      await this.#finish(cell, head, await this.#read(head.decided.cells));
      return;
    }
    const { id, decider, since } = head.pending!;
    const deciding = (await this.#read([decider])).get(decider)!;
    const hasHappened = deciding.decided?.id === id, now = this.#clock.now();
    if (!hasHappened && deciding.seq === since) {
      // One more message like the last one, and it can be decided no more.
      if (isPatient || await this.#write(decider, draftAfter(deciding, deciding.rows, now), since) === null) {
        return;
      }
    }
    // Decided and forgotten would look the same as undone; but then this head is no longer the last one.
    await this.#write(cell, draftAfter(head, hasHappened ? withPending(head) : head.rows, now), head.seq);
  }

  /** Carries a decision to the other cells, and forgets it when all of them have it. */
  async #finish(decider: string, head: Head, others: ReadonlyMap<string, Head>): Promise<void> {
    const now = this.#clock.now();
    await Promise.all([...others].map(async ([cell, other]) => {
      if (other.pending?.id !== head.decided!.id) return;
      await this.#write(cell, draftAfter(other, withPending(other), now), other.seq);
    }));
    await this.#write(decider, draftAfter(head, head.rows, now), head.seq);
  }

  /** The cells as they are at one moment, and with them those that decide what is pending in them. */
  async #moment(wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, Head>> {
    let heads = await this.#read(wanted);
    for (let tried = 0; tried < TRIES; tried++) {
      const deciders = [...wanted].flatMap((cell) => heads.get(cell)!.pending?.decider ?? []);
      const cells = new Set([...wanted, ...deciders]);
      if (cells.size <= 1) return heads;
      // Read twice and found the same: so they all were between the two.
      const again = await this.#read(cells);
      if ([...cells].every((cell) => heads.get(cell)?.seq === again.get(cell)!.seq)) return again;
      heads = again;
    }
    throw busy("read");
  }

  async #read(cells: Iterable<string>): Promise<ReadonlyMap<string, Head>> {
    return new Map(
      await Promise.all(Array.from(cells, async (cell): Promise<[string, Head]> => {
        const message = await this.#stream.last(cell);
        const head = message === null
          ? { seq: 0, rows: [], dead: [] }
          : decodeCell(message.seq, message.data);
        this.#remember(cell, head);
        return [cell, head];
      })),
    );
  }

  /** `undefined` where a message has gone meanwhile, so that the rows are no longer true. */
  async #entries(rows: readonly (Row | undefined)[]): Promise<(Entry | null)[] | undefined> {
    const elsewhere = new Set(
      rows.flatMap((row) => row === undefined || row.value !== undefined ? [] : row.at),
    );
    const messages = new Map(
      await Promise.all(Array.from(elsewhere, async (seq): Promise<[number, Head | null]> => {
        const message = await this.#stream.at(seq);
        return [seq, message === null ? null : decodeCell(seq, message.data)];
      })),
    );
    const entries: (Entry | null)[] = [];
    for (const row of rows) {
      if (row === undefined) {
        entries.push(null);
        continue;
      }
      const message = messages.get(row.at);
      if (message === null) return undefined;
      const value = row.value ?? valueIn(message!, row);
      if (value === undefined) throw new Error(`Cannot read ${row.key}: message ${row.at} does not hold it.`);
      entries.push({ value, version: row.version });
    }
    return entries;
  }

  /** @returns the head as it is now, or `null` where somebody else was faster */
  async #write(
    cell: string,
    wanted: Draft,
    expected: number,
    { isKept = false } = {},
  ): Promise<Head | null> {
    const draft = { ...wanted, dead: wanted.dead.filter((seq) => !this.#gone.has(seq)) };
    const seq = await this.#stream.publish(cell, this.#encode(draft), expected);
    if (seq === null) {
      this.#heads.delete(cell);
      return null;
    }
    this.#newest = Math.max(this.#newest, seq);
    const head = written(draft, seq);
    this.#remember(cell, head);
    if (!isKept && !isUnsettled(head)) void this.#tidy(cell, head);
    return head;
  }

  #encode(draft: Draft): Uint8Array<ArrayBuffer> {
    const data = encodeCell(draft), limit = this.#stream.limit - AROUND;
    if (data.length <= limit) return data;
    const values = [...draft.rows, ...draft.pending?.writes ?? []];
    const [largest] = values.sort((a, b) => (b.value?.length ?? 0) - (a.value?.length ?? 0));
    throw new RangeError(
      `Cannot store ${largest?.key}: ${data.length} bytes with what is committed beside it, and this NATS server ` +
        `takes ${limit} in one message (max_payload).`,
    );
  }

  /**
   * Removes what nothing needs any more. What fails here is written down in the cell, and is tried again at its next
   * commit, or by the sweep.
   */
  async #tidy(cell: string, head: Head): Promise<void> {
    try {
      if (head.rows.length === 0) {
        this.#heads.delete(cell);
        await this.#stream.purge(cell, head.seq);
        return;
      }
      await Promise.all(head.dead.map(async (seq) => {
        await this.#stream.remove(seq);
        this.#gone.add(seq);
        if (this.#gone.size > GONE) this.#gone.delete(this.#gone.keys().next().value!);
      }));
    } catch {
      // As said above. Whether the server can be reached is told by the calls that somebody waits for.
    }
  }

  /** Looks at one more message of the stream, and removes its cell where everything in it has expired. */
  #sweep(): void {
    this.#owed = Math.min(this.#owed + 1, OWED);
    if (this.#isSweeping || this.#clock.now() < this.#sweepAt) return;
    this.#isSweeping = true;
    // What fails is looked at again in the next round.
    this.#sweepOwed().catch(() => {}).finally(() => this.#isSweeping = false);
  }

  async #sweepOwed(): Promise<void> {
    while (this.#owed > 0 && this.#clock.now() >= this.#sweepAt) {
      this.#owed--;
      await this.#sweepOne();
    }
  }

  async #sweepOne(): Promise<void> {
    if (this.#sweepFrom === 1) this.#sweepTo = this.#newest;
    const message = await this.#stream.from(this.#sweepFrom);
    // A round ends where the stream ended when it began: what is written meanwhile would always be ahead of it.
    if (message === null || message.seq > this.#sweepTo) {
      this.#sweepFrom = 1;
      this.#sweepAt = this.#clock.now() + REST_MS;
      return;
    }
    this.#sweepFrom = message.seq + 1;
    if (this.#isLive(decodeCell(message.seq, message.data))) return;
    const head = (await this.#read([message.cell])).get(message.cell)!;
    if (head.seq === 0 || this.#isLive(head)) return;
    if (isUnsettled(head)) await this.#settle(message.cell, head, false);
    // An empty message first: it is refused if somebody has written meanwhile. Then what lies before it can go.
    else await this.#write(message.cell, draftAfter(head, [], this.#clock.now()), head.seq);
  }

  #isLive({ rows, pending }: Head): boolean {
    const now = this.#clock.now();
    return [...rows, ...pending?.writes ?? []].some(({ expiresAt }) => expiresAt > now);
  }

  #known(cells: Iterable<string>): ReadonlyMap<string, Head> | undefined {
    const heads = new Map<string, Head>();
    for (const cell of cells) {
      const head = this.#heads.get(cell);
      if (head === undefined) return undefined;
      heads.set(cell, head);
    }
    return heads;
  }

  // Without the large values: what follows needs to know only where they are.
  #remember(cell: string, head: Head): void {
    this.#heads.delete(cell);
    if (head.seq === 0 || isUnsettled(head)) return;
    this.#heads.set(cell, written(head, head.seq));
    if (this.#heads.size > HEADS) this.#heads.delete(this.#heads.keys().next().value!);
  }
}

async function partsOf(
  checks: readonly Check[],
  writes: readonly Write[],
): Promise<ReadonlyMap<string, Part>> {
  const parts = new Map<string, Part>();
  const part = async (key: string): Promise<Part> => {
    const cell = await cellOf(key);
    const found = parts.get(cell) ?? { checks: [], writes: [] };
    parts.set(cell, found);
    return found;
  };
  for (const check of checks) (await part(check.key)).checks.push(check);
  for (const write of writes) (await part(write.key)).writes.push(write);
  return parts;
}

// A commit that is pending counts if the cell that decides says so, at the same moment.
function visible(heads: ReadonlyMap<string, Head>, cell: string): readonly Row[] {
  const head = heads.get(cell)!;
  const { pending } = head;
  return pending !== undefined && heads.get(pending.decider)?.decided?.id === pending.id
    ? withPending(head)
    : head.rows;
}

function isUnsettled({ pending, decided }: Head): boolean {
  return pending !== undefined || decided !== undefined;
}

function makeVersion(): string {
  return crypto.getRandomValues(new Uint8Array(12)).toBase64({ alphabet: "base64url" });
}

function pause(tried: number): Promise<void> {
  // With full jitter: two that undo each other's commits must not meet again and again. In real time, whatever the
  // app's clock says: it is no part of what is kept.
  return new Promise((resolve) => void systemClock.after(Math.random() * 2 ** Math.min(tried, 5), resolve));
}

function busy(what: string): Error {
  return new Error(`NATS could not ${what}: others were faster ${TRIES} times.`);
}
