/**
 * The door to typed events for browsers, Deno and Node.
 *
 * @module
 */

import { Events } from "./events_client.ts";
import type { EventIssue } from "./events_error.ts";
import type { EventsClient } from "./events_types.ts";
import { ownEnvironment } from "./sync_environment.ts";

export { type EventIssue, EventsError } from "./events_error.ts";

/**
 * What a connection to typed events may be told.
 *
 * @example
 * ```ts
 * import { connectEvents, type ConnectEventsOptions } from "@argyle/argyle/client";
 * const program: ConnectEventsOptions = {
 *   headers: { authorization: "Bearer 4f9d" },
 *   signal: AbortSignal.timeout(60_000),
 *   onErrors: (errors) => console.warn(errors.map(({ msg }) => msg)),
 * };
 * const connect = () => connectEvents("wss://example.com/room/lobby/7", program);
 * ```
 */
export interface ConnectEventsOptions {
  /** Closes it for ever, as `close` does. */
  readonly signal?: AbortSignal;
  /** WebSocket protocols, of which the server has to take one. `app.events` takes none. */
  readonly protocols?: string | readonly string[];
  /** Headers of the handshake. Deno and Node (from 22 on) send them; in a browser they are a `TypeError`. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Hears what the server finds wrong with a message of `notify`, and with one that it could not read, of which it does not
   * know which it is. On the console where left out.
   */
  readonly onErrors?: (errors: readonly EventIssue[]) => void;
}

/**
 * Connects to an endpoint of `app.events`, and stays connected until it is closed: a line that is lost comes back by itself.
 * What has not been sent by then is sent then, in its order; what was sent and not answered rejects as `disconnected`.
 *
 * It connects at once, later and later where that fails (10 s apart at most), at once when a page's network is back or the
 * page is looked at again, and within the second where a server restarts. A line on which nothing is heard for 30 s is
 * tried, and given up 10 s later. 204 messages are sent before the first of them is answered, and 400 a second once 1,600
 * are; of the others 10,000 wait, and 1,000 without a line.
 *
 * In Node before 22, `WebSocket` is there with `--experimental-websocket`.
 *
 * @param url of the endpoint, `ws:` or `wss:`, `http:` or `https:`; in a browser it may be relative to the page
 * @param options how long and with what it connects
 * @returns the connection, typed by the server's `app.events()` value
 * @throws TypeError for an address that is none, and for headers in a browser
 *
 * @example
 * ```ts
 * import { connectEvents, EventsError } from "@argyle/argyle/client";
 *
 * async function say(msg: string) {
 *   // `connectEvents<typeof rooms>` knows what may be sent, and what comes; of the server there is the type alone.
 *   using client = connectEvents("wss://example.com/room/lobby/7");
 *   client.on("message", ({ msg, sender }) => console.log(sender, msg));
 *   try {
 *     await client.send("message", { msg });
 *   } catch (error) {
 *     if (error instanceof EventsError) console.warn(error.reason, error.errors);
 *   }
 * }
 * ```
 */
export function connectEvents<T = unknown>(
  url: string | URL,
  options: ConnectEventsOptions = {},
): EventsClient<T> {
  return new Events(url, options, ownEnvironment()) as EventsClient as EventsClient<T>;
}
