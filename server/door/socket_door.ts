/**
 * Opens a page socket.
 *
 * @module
 */

import { Close } from "../../protocol/markers.ts";
import { HttpError } from "../http/error.ts";
import { checkSocketOrigin } from "../http/origin.ts";
import type { Host } from "../reflex/host.ts";
import { Visit } from "../reflex/visit.ts";
import { FieldsLogger, type Logger } from "../observe.ts";
import { Connection } from "../socket/connection.ts";
import { packHeaders } from "../socket/told_headers.ts";
import { upgrade } from "../socket/upgrade.ts";
import { CallLog } from "../trace/call_log.ts";
import { TimingLine } from "../trace/timing_line.ts";
import { Watch, type Watcher } from "../trace/work.ts";
import type { Arrived, Parts } from "./parts.ts";

/**
 * Upgrades a request to a page socket: own origin, a session cookie that verifies, room for one more. The page's
 * sealed data comes in the first frame.
 *
 * @param address whose the request is, where that is known
 * @throws HttpError 403 without the one or the other, 503 where there is no room
 */
export async function openSocket(
  { request, id, arrival, development }: Arrived,
  address: string | undefined,
  parts: Parts,
): Promise<Response> {
  checkSocketOrigin(request, arrival);
  const session = arrival.cookies
    ? await parts.cookie.read(request.headers.get("cookie"), arrival.secure)
    : undefined;
  if (session === undefined) throw new HttpError(403, "A page's socket has a session; load the page first.");
  const { hub, hellos } = parts, owner = { session: session.id, address };
  hub.admit(owner);
  // After the upgrade the request's headers are gone.
  // To copy them has Deno keep two lists of them for as long as the socket lives: only for who reads them.
  const headers = parts.site.middleware.length === 0 ? noHeaders : new Headers(request.headers);
  const told = packHeaders(request.headers), cookie = request.headers.get("cookie") ?? "";
  // What goes wrong in the socket's life is found by the id of its request.
  const log = new FieldsLogger(parts.log, { request: id });
  const { socket, response } = upgrade(request, parts.limits);
  const connection = new Connection(socket, parts.limits, parts.clock, log);
  // The origin that was checked is the one in the browser's address bar, also behind a proxy.
  const origin = arrival.origins.includes(arrival.url.origin) ? arrival.url.origin : arrival.origins[0]!;
  // Each socket has a log of its own, and all else from the app: a copy of that would be the largest thing that it keeps.
  const watch = watchOf(connection, { log, development }, parts);
  const host: Host = Object.assign(Object.create(parts), { log, watch });
  const visit = new Visit(host, connection, session.id, { id, origin, headers, told, cookie, development });
  hub.add(owner, connection);
  connection.start({
    frame(frame, text) {
      if (frame[0] !== "hello" || hellos.take(session.id) === 0) return visit.frame(frame, text);
      // Whatever it is that makes the browser come again and again, its calls are not to blame: it keeps them.
      connection.close(Close.behind, "Said hello too often; come back later.");
    },
    closed: () => {
      hub.remove(owner, connection);
      visit.closed();
    },
  });
  return response;
}

// Whoever looks at what is done for this browser. Where nobody does, there is nothing to look with.
function watchOf(
  connection: Connection,
  { log, development }: { log: Logger; development: boolean },
  { telemetry, logCalls, hasPanel, clock }: Parts,
): Watch | undefined {
  const watchers: Watcher[] = [];
  if (telemetry !== undefined) watchers.push(telemetry.request);
  if (logCalls) watchers.push(new CallLog(log, clock));
  if (development && hasPanel) watchers.push(new TimingLine(connection));
  return watchers.length === 0 ? undefined : new Watch(watchers, connection);
}

const noHeaders = new Headers();
