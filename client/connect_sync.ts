/**
 * The door to SockSync for browsers, Deno and Node.
 *
 * @module
 */

import type { Groups, GroupsOf, SyncPeer } from "../socksync/groups.ts";
import { ownEnvironment } from "./sync_environment.ts";
import { syncPeer } from "./sync_peer.ts";

/**
 * What a connection may be told.
 *
 * @example
 * ```ts
 * import { connectSync, type ConnectSyncOptions } from "@argyle/argyle/client";
 * const program: ConnectSyncOptions = {
 *   headers: { authorization: "Bearer 4f9d" },
 *   signal: AbortSignal.timeout(60_000),
 * };
 * const connect = () => connectSync("wss://example.com/ws/socksync", program);
 * ```
 */
export interface ConnectSyncOptions {
  /** What this end owns: the other one may subscribe to it, and call it. */
  readonly groups?: Groups;
  /** Closes it for ever, as `close` does. */
  readonly signal?: AbortSignal;
  /** WebSocket protocols, of which the server has to take one. `app.sync` takes none. */
  readonly protocols?: string | readonly string[];
  /** Headers of the handshake. Deno and Node (from 22 on) send them; in a browser they are a `TypeError`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Connects to an endpoint of `app.sync`, or to any other SockSync peer, and stays connected until it is closed: a line that
 * is lost comes back by itself, what was subscribed to is subscribed to again and asked for anew, and meanwhile it is
 * `stale`.
 *
 * It connects at once, later and later where that fails (10 s apart at most), at once when a page's network is back or the
 * page is looked at again, and within the second where a server restarts. A line on which nothing is heard for 30 s is
 * tried, and given up 10 s later. It sends 1,600 frames at once and 400 a second; the others wait.
 *
 * In Node before 22, `WebSocket` is there with `--experimental-websocket`.
 *
 * @param url of the endpoint, `ws:` or `wss:`, `http:` or `https:`; in a browser it may be relative to the page
 * @param options what this end owns, and how long and with what it connects
 * @returns the other end, typed by the server's `app.sync()` value or an object of groups
 * @throws TypeError for an address that is none, for headers in a browser, and for groups that are none
 *
 * @example
 * ```ts
 * import { anyone, App } from "@argyle/argyle";
 * import { connectSync } from "@argyle/argyle/client";
 * import { variable } from "@argyle/argyle/socksync";
 *
 * const app = new App();
 * const prices = app.sync("/ws/prices", { tea: variable(3) }, { authorize: anyone });
 *
 * // Elsewhere; of the server there is the type alone.
 * async function watch(host: string) {
 *   using peer = connectSync<typeof prices>(`wss://${host}/ws/prices`);
 *   const tea = peer.variable("tea");
 *   using _watch = tea.subscribe((price) => console.log(price));
 *   return await tea.get();
 * }
 * ```
 */
export function connectSync<T = unknown>(
  url: string | URL,
  options: ConnectSyncOptions = {},
): SyncPeer<GroupsOf<T>> {
  return syncPeer<GroupsOf<T>>(url, options, ownEnvironment());
}
