/**
 * State in Deno KV: one file for one process, or Deno Deploy's own for many isolates. The embedded default.
 *
 * ```ts ignore it would leave a file behind
 * import { App } from "@argyle/argyle";
 * import { kv, openKv } from "@argyle/argyle/kv";
 *
 * const app = new App(kv(await openKv("./app.kv")));
 * ```
 *
 * @module
 */

import { type Clock, systemClock } from "../../protocol/clock.ts";
import { KvBus } from "./_kv_bus.ts";
import { Groups } from "./_kv_groups.ts";
import { KvStore } from "./_kv_store.ts";
import type { Engine } from "./store.ts";

export type { Bus, BusListener, Message, Publication } from "./bus.ts";
export { kvList, type KvListOptions, type KvListSource } from "./kv_list.ts";
export type { ListChange, ListSlice, ListSource, ListStep, ListWatch } from "../../socksync/source.ts";
export type { Check, Engine, Entry, Store, Write } from "./store.ts";

/**
 * Opens Deno KV, and says what to do where that fails. Closing it is yours, when nothing is served any more.
 *
 * @param path a file (its folder is made), `:memory:`, or nothing for the default of the project or of Deno Deploy
 * @throws Error that names the missing flag, permission or folder
 *
 * @example
 * ```ts
 * import { kv, openKv } from "@argyle/argyle/kv";
 * using db = await openKv(":memory:");
 * const { store } = kv(db);
 * ```
 */
export async function openKv(path?: string): Promise<Deno.Kv> {
  if (typeof Deno.openKv !== "function") {
    throw new Error(
      'Cannot open Deno KV: this program runs without it. Add "unstable": ["kv"] to deno.json, or run with ' +
        "--unstable-kv.",
    );
  }
  try {
    const folder = path === undefined || path === ":memory:" ? "" : path.replace(/[^/\\]*$/, "");
    if (folder !== "") await Deno.mkdir(folder, { recursive: true });
    return await Deno.openKv(path);
  } catch (cause) {
    const where = path === undefined ? "at its default place" : `at ${JSON.stringify(path)}`;
    const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\.?$/, ".");
    throw new Error(
      `Cannot open Deno KV ${where}: ${why} It needs --allow-read and --allow-write for its file and folder.`,
      { cause },
    );
  }
}

/**
 * An engine on Deno KV: its store, and a bus in the same database, so that a commit publishes or does neither.
 *
 * Values expire to the millisecond by a time of our own (KV's own expiry is a sweep about once a minute, and serves as
 * that here). A value has at most 65,000 bytes; a commit with what it publishes some 800 KB. Commits that come while one
 * is under way are made together.
 *
 * What is published is kept for ten minutes. Who could not read for more than half of that hears a `gap()` first.
 *
 * A file is for one process, whose threads hear each other at once. A second process on it loses nothing, but it waits
 * for its turn to write, up to some seconds, and hears the other only every other minute.
 *
 * @param db what `openKv()` or `Deno.openKv()` gave; it stays yours to close
 * @param options `clock`: the time by which values expire; the system's where left out
 * @throws TypeError where `db` is not a Deno.Kv
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import { kv, openKv } from "@argyle/argyle/kv";
 * using db = await openKv(":memory:");
 * const app = new App(kv(db));
 * ```
 */
export function kv(db: Deno.Kv, options: { clock?: Clock } = {}): Engine {
  if (typeof db?.atomic !== "function") {
    throw new TypeError(`Cannot use ${String(db)} as Deno KV. Give what \`await openKv()\` returns.`);
  }
  const clock = options.clock ?? systemClock, groups = new Groups(db, clock);
  const bus = new KvBus(db, groups, clock);
  return { store: new KvStore(db, groups, bus, clock), bus };
}
