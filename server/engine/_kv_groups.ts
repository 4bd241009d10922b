/**
 * Commits in groups. SQLite syncs its file at each commit, which takes as long for one as for fifty: what comes while a
 * commit is under way becomes one after it, whose checks and writes are those of all its members.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { type Announcement, append } from "./_kv_log.ts";
import { isLocked, unlocked } from "./_kv_locked.ts";
import { COMMIT, path, read } from "./_kv_values.ts";
import type { Check } from "./store.ts";

/** A value as it is to lie in KV, or `null` for none. */
export interface KvWrite {
  readonly key: string;
  readonly bytes: Uint8Array | null;
  readonly expiresAt: number;
}

/** What somebody wants to commit. */
export interface Member {
  readonly checks: readonly Check[];
  readonly writes: readonly KvWrite[];
  readonly announcement?: Announcement | undefined;
}

/** How much a member, or a group, takes of a commit: never less than it does. */
export interface Size {
  checks: number;
  mutations: number;
  keyBytes: number;
  bytes: number;
}

interface Waiting extends Member {
  readonly size: Size;
  resolve(version: string | null): void;
  reject(error: unknown): void;
}

/** Commits to one database, a group at a time. */
export class Groups {
  readonly #db: Deno.Kv;
  readonly #clock: Clock;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(db: Deno.Kv, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /**
   * Commits.
   *
   * @param size of the member
   * @returns the version, or `null` where one of its checks did not hold
   */
  commit(member: Member, size: Size = sizeOf(member)): Promise<string | null> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...member, size, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const { group, later } = take(this.#waiting);
      this.#waiting = later;
      await this.#settle(group, new Map());
    }
    this.#running = false;
  }

  /** @param expired the versions under which values lie that have expired, for keys that must not exist */
  async #settle(group: readonly Waiting[], expired: Map<string, string>): Promise<void> {
    let version;
    try {
      version = await this.#write(group, expired);
    } catch (error) {
      // KV tells with a TypeError that it has refused, and done nothing: one of them may be too large for it. After any
      // other error it may have happened, and must not be done again.
      const isRefusal = error instanceof TypeError && !isLocked(error);
      if (group.length > 1 && isRefusal) return await this.#halves(group, expired);
      for (const { reject } of group) reject(error);
      return;
    }
    if (version === null) return await this.#refused(group, expired);
    for (const { resolve } of group) resolve(version);
  }

  async #write(group: readonly Waiting[], expired: ReadonlyMap<string, string>): Promise<string | null> {
    const result = await unlocked(this.#clock, () => {
      const atomic = this.#db.atomic();
      // Members that check the same key were let in together only where they have seen the same.
      const checks = new Map(group.flatMap(({ checks }) => checks.map(({ key, version }) => [key, version])));
      for (const [key, version] of checks) {
        atomic.check({ key: path(key), versionstamp: version ?? expired.get(key) ?? null });
      }
      const now = this.#clock.now();
      for (const { key, bytes, expiresAt } of group.flatMap(({ writes }) => writes)) {
        if (bytes === null) atomic.delete(path(key));
        else {
          const sweep = expiresAt === Infinity ? {} : { expireIn: Math.max(1, expiresAt - now) };
          atomic.set(path(key), { value: bytes, expiresAt }, sweep);
        }
      }
      append(this.#db, atomic, group.flatMap(({ announcement }) => announcement ?? []));
      return atomic.commit();
    });
    return result.ok ? result.versionstamp : null;
  }

  // KV does not say whose check did not hold. What is read now tells it of all members but those that met somebody
  // between the commit and the reading.
  async #refused(group: readonly Waiting[], expired: Map<string, string>): Promise<void> {
    const isAlone = group.length === 1, checks = group.flatMap(({ checks }) => checks);
    // Of one alone the commit has said it; a value that has expired is absent to us but may still lie in KV.
    const asked = isAlone ? checks.filter(({ version }) => version === null) : checks;
    let found;
    try {
      found = await read(this.#db, this.#clock, [...new Set(asked.map(({ key }) => key))]);
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    const now = this.#clock.now();
    let isNew = false;
    for (const [key, { value, versionstamp }] of found) {
      if (value === null || value.expiresAt > now || expired.get(key) === versionstamp) continue;
      expired.set(key, versionstamp);
      isNew = true;
    }
    const holds = ({ key, version }: Check) => {
      const entry = found.get(key);
      if (entry === undefined) return true;
      return version === null
        ? entry.versionstamp === null || entry.value.expiresAt <= now
        : entry.versionstamp === version;
    };
    const left = group.filter((member) => member.checks.every(holds));
    for (const member of group) if (!left.includes(member)) member.resolve(null);
    if (left.length === 0) return;
    if (isNew || left.length < group.length) await this.#settle(left, expired);
    else if (isAlone) group[0]!.resolve(null);
    else await this.#halves(group, expired);
  }

  async #halves(group: readonly Waiting[], expired: Map<string, string>): Promise<void> {
    const half = group.length >> 1;
    await this.#settle(group.slice(0, half), expired);
    await this.#settle(group.slice(half), expired);
  }
}

/** How much of a commit something takes. */
export function sizeOf({ checks, writes, announcement }: Member): Size {
  let keyBytes = announcement?.keyBytes ?? 0, bytes = announcement?.bytes ?? 0;
  for (const { key } of checks) keyBytes += keySize(key), bytes += keySize(key);
  for (const { key, bytes: value } of writes) {
    keyBytes += keySize(key);
    bytes += keySize(key) + (value === null ? 0 : value.length + AROUND_BYTES);
  }
  return {
    checks: checks.length,
    mutations: writes.length + (announcement?.mutations ?? 0),
    keyBytes,
    bytes,
  };
}

// What surrounds a value in KV, and a key, at most.
const AROUND_BYTES = 96, AROUND_KEY_BYTES = 16;

// A letter has at most three bytes, a NUL two.
function keySize(key: string): number {
  return AROUND_KEY_BYTES + 3 * key.length;
}

/** What is next, in the order of arrival: nobody overtakes whom it meets. */
function take(waiting: readonly Waiting[]): { group: Waiting[]; later: Waiting[] } {
  const group: Waiting[] = [], later: Waiting[] = [];
  const taken = new Touched(), passed = new Touched();
  const size: Size = { checks: 0, mutations: 0, keyBytes: 0, bytes: 0 };
  for (const one of waiting) {
    const isIn = group.length === 0 ||
      fits(size, one.size) && !taken.meets(one) && !passed.meets(one) && !passed.isToldBefore(one);
    if (!isIn) {
      later.push(one);
      passed.add(one);
      continue;
    }
    group.push(one);
    taken.add(one);
    for (const name of names) size[name] += one.size[name];
  }
  return { group, later };
}

const names = ["checks", "mutations", "keyBytes", "bytes"] as const;

function fits(size: Size, more: Size): boolean {
  return names.every((name) => size[name] + more[name] <= COMMIT[name]);
}

/** What some members look at, change and tell. */
class Touched {
  readonly #checked = new Map<string, string | null>();
  readonly #written = new Set<string>();
  readonly #told = new Set<string>();

  add({ checks, writes, announcement }: Member): void {
    for (const { key, version } of checks) this.#checked.set(key, version);
    for (const { key } of writes) this.#written.add(key);
    for (const topic of announcement?.topics ?? []) this.#told.add(topic);
  }

  /** Whether one of them changes what another looks at or changes. Two may look at the same, where it is the same. */
  meets({ checks, writes }: Member): boolean {
    return writes.some(({ key }) => this.#written.has(key) || this.#checked.has(key)) ||
      checks.some(({ key, version }) =>
        this.#written.has(key) || this.#checked.has(key) && this.#checked.get(key) !== version
      );
  }

  /** Whether they tell something of a topic. */
  isToldBefore({ announcement }: Member): boolean {
    return announcement !== undefined && this.#told.size > 0 &&
      !this.#told.isDisjointFrom(announcement.topics);
  }
}
