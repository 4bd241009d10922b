/**
 * The snapshots of the visits that were called last, so that their records are not parsed again at each call.
 *
 * @module
 */

import type { Snapshot } from "./records.ts";

/** Characters of what is kept, and how many stand for what is around them. */
const LIMIT = 4 * 1024 * 1024, AROUND = 2048;

interface Known {
  readonly session: string;
  readonly snapshot: Snapshot;
  readonly size: number;
}

/** Keeps the last snapshot of a visit, as long as there is room; the least recently kept go first. */
export class KnownSnapshots {
  readonly #visits = new Map<string, Known>();
  #size = 0;

  /** What was known last. Whether it still holds is for the versions to say. */
  get(session: string, visit: string): Snapshot | undefined {
    const known = this.#visits.get(visit);
    return known?.session === session ? known.snapshot : undefined;
  }

  /** Keeps what is known now. */
  keep(session: string, visit: string, snapshot: Snapshot): void {
    const before = this.#visits.get(visit);
    if (before !== undefined) this.#drop(visit, before);
    const size = AROUND + snapshot.values.length + 2 * (snapshot.entries.visit?.value.length ?? 0);
    this.#visits.set(visit, { session, snapshot, size });
    this.#size += size;
    if (this.#size > LIMIT) this.#makeRoom();
  }

  #makeRoom(): void {
    for (const [oldest, known] of this.#visits) {
      if (this.#size <= LIMIT) return;
      this.#drop(oldest, known);
    }
  }

  #drop(visit: string, { size }: Known): void {
    this.#visits.delete(visit);
    this.#size -= size;
  }
}
