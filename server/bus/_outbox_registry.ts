/**
 * Which isolates have an outbox, in one record: `APP:o` holds `[ID, BEAT, ID, BEAT, …]`. A beat is a number that its
 * isolate counts on as long as it lives. What it is says nothing, only that it changes does: no two clocks are compared.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { ForeignValue } from "../engine/foreign_value.ts";
import type { Check, Store, Write } from "../engine/store.ts";
import type { Logger } from "../observe.ts";

/** How long slots and registry outlive what was last written to them, in milliseconds. */
export const OUTBOX_AGE = 3_600_000;

// Each refusal means that another isolate has got through.
const TRIES = 50;

/** What became of a change. */
export type Changed = "done" | "refused" | "unwanted";

/** The registry of one app. */
export class OutboxRegistry {
  readonly #store: Store;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(store: Store, app: string, clock: Clock, log: Logger) {
    this.#store = store;
    // Braces of its own would say that all of them belong together.
    this.#key = `${app.replaceAll("{", "%7B").replaceAll("}", "%7D")}:o`;
    this.#clock = clock;
    this.#log = log;
  }

  /** The key of a slot. In braces, because slots are changed with the records of others and not with each other. */
  readonly slotKey = (id: string, at: number): string => `${this.#key}:{${id}.${at}}`;

  /** The beat of each isolate. */
  async read(): Promise<Map<string, number>> {
    return (await this.#read()).beats;
  }

  /**
   * Changes the registry, and with it what else is given: all of it, or nothing.
   *
   * @param alter changes the beats; `false` where that is not wanted as they are
   */
  async attempt(
    alter: (beats: Map<string, number>) => boolean,
    checks: readonly Check[] = [],
    writes: readonly Write[] = [],
  ): Promise<Changed> {
    const { beats, version } = await this.#read();
    if (!alter(beats)) return "unwanted";
    const value = beats.size === 0 ? null : JSON.stringify([...beats].flat());
    const own = version === undefined ? [] : [{ key: this.#key, version }];
    const write = { key: this.#key, value, expiresAt: this.#clock.now() + OUTBOX_AGE };
    return await this.#store.commit([...own, ...checks], [write, ...writes]) === null ? "refused" : "done";
  }

  /** Changes the registry alone, however many others do. @returns whether it was wanted */
  async change(alter: (beats: Map<string, number>) => boolean): Promise<boolean> {
    for (let tried = 0; tried < TRIES; tried++) {
      const changed = await this.attempt(alter);
      if (changed !== "refused") return changed === "done";
    }
    throw new Error(`Cannot register in ${this.#store.name}: others were faster ${TRIES} times.`);
  }

  // What is no registry, by damage or because its secret was retired, is overwritten: an isolate that is not in it any
  // more finds that out at its next beat, and registers again.
  async #read(): Promise<{ beats: Map<string, number>; version: string | null | undefined }> {
    let version: string | null | undefined;
    try {
      const [entry = null] = await this.#store.get([this.#key]);
      version = entry === null ? null : entry.version;
      return { beats: entry === null ? new Map() : readBeats(entry.value), version };
    } catch (error) {
      if (!(error instanceof ForeignValue || error instanceof SyntaxError)) throw error;
      this.#log.error("the registry of outboxes is begun anew", error);
      return { beats: new Map(), version };
    }
  }
}

function readBeats(text: string): Map<string, number> {
  const list: unknown = JSON.parse(text), beats = new Map<string, number>();
  if (!Array.isArray(list)) throw new SyntaxError("Cannot read the registry of outboxes: it is no list.");
  for (let at = 0; at + 1 < list.length; at += 2) {
    const id: unknown = list[at], beat: unknown = list[at + 1];
    // An id becomes part of keys.
    if (typeof id === "string" && /^[\w-]{12}$/.test(id) && typeof beat === "number") beats.set(id, beat);
  }
  return beats;
}
