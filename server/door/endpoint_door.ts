/**
 * Opens a socket of an endpoint: who asks, whether they may, and that they go when that may have changed.
 *
 * @module
 */

import { Close, Path } from "../../protocol/markers.ts";
import { checkEndpointOrigin } from "../http/origin.ts";
import { HttpError } from "../http/error.ts";
import { FieldsLogger } from "../observe.ts";
import { matchPath } from "../page/page.ts";
import type { Endpoint, EndpointContext } from "../socket/endpoint.ts";
import { EndpointLine } from "../socket/endpoint_line.ts";
import { checkHandshake, upgrade } from "../socket/upgrade.ts";
import { type Doubt, Standing } from "./_standing.ts";
import type { Arrived, Parts, Site } from "./parts.ts";
import { passMiddleware } from "./passage.ts";

/**
 * Adds an endpoint to a site.
 *
 * @throws TypeError for a path that cannot be, or is taken by another; and where nobody has said who may come in
 */
export function addEndpoint({ endpoints }: Site, endpoint: Endpoint): void {
  const { path, pattern, authorize } = endpoint, name = JSON.stringify(path);
  if (path.startsWith(Path.root) || (pattern === undefined && !/^\/[^:*?#{}()\\]*$/.test(path))) {
    const like = pattern === undefined ? '"/ws/sync", without a pattern' : '"/room/:room"';
    throw new TypeError(`Cannot add the endpoint ${name}: its path is like ${like}.`);
  }
  if (typeof authorize !== "function") {
    throw new TypeError(
      `Cannot add the endpoint ${name}: say who may open it by \`authorize\`; \`anyone\` is a value.`,
    );
  }
  if (endpoints.some((other) => other.path === path)) {
    throw new TypeError(`Cannot add the endpoint ${name}: the path is taken.`);
  }
  endpoints.push(endpoint);
}

/** An endpoint, and what its pattern has found. */
export interface FoundEndpoint {
  readonly endpoint: Endpoint;
  readonly params: Record<string, string>;
}

/** The endpoint at a decoded path below the base: the one whose path it is, else the first whose pattern fits. */
export function findEndpoint(endpoints: readonly Endpoint[], path: string): FoundEndpoint | undefined {
  const exact = endpoints.find((endpoint) => endpoint.pattern === undefined && endpoint.path === path);
  if (exact !== undefined) return { endpoint: exact, params: {} };
  for (const endpoint of endpoints) {
    const params = endpoint.pattern === undefined ? undefined : matchPath(endpoint.pattern, path);
    if (params !== undefined) return { endpoint, params };
  }
  return undefined;
}

/**
 * Upgrades a request to a socket of an endpoint: own origin, or none and then no cookies; middleware lets it pass, the
 * endpoint lets it in, and there is room for one more.
 *
 * @param address whose the request is, where that is known
 * @returns the upgrade; or the answer of middleware that does not let it pass
 * @throws HttpError 403 for a foreign origin, or who may not come in; 405, 426, 400 for what is no handshake; 503 where
 * there is no room, or it is not known now who they are; 504 where `authorize` takes too long; whatever `authorize` throws
 */
export async function openEndpoint(
  { request, id, arrival, path, development }: Arrived,
  address: string | undefined,
  parts: Parts,
  { endpoint, params }: FoundEndpoint,
): Promise<Response> {
  checkHandshake(request);
  const origin = checkEndpointOrigin(request, arrival);
  // After the upgrade the request's headers are gone.
  const headers = new Headers(request.headers);
  // Browsers say their origin. Who says none is a program, or hides one: nobody vouches that the cookie's owner sent it.
  if (origin === undefined) headers.delete("cookie");
  const named = arrival.cookies ? await parts.cookie.read(headers.get("cookie"), arrival.secure) : undefined;
  // Before the store is asked, and user code: what is refused costs little.
  parts.hub.admit({ session: named?.id, address });
  const standing = named === undefined ? undefined : await Standing.of(named.id, parts);
  const asked = {
    request: new Request(arrival.url, { headers }),
    id,
    url: new URL(arrival.url),
    user: standing?.user,
  };
  const sessionId = standing?.session;
  // To middleware a visitor without a session is one with a new one, as at the first page.
  const values = await passMiddleware(parts.site.middleware, {
    ...asked,
    path,
    sessionId: sessionId ?? parts.cookie.create().id,
  });
  if (values instanceof Response) return values;
  const given = { ...asked, origin, sessionId, get: values.get } satisfies EndpointContext;
  const context = await inTime(
    "receive",
    endpoint,
    given,
    parts,
    () => endpoint.receive?.(given, params) ?? given,
  );
  if (context instanceof Response) return context;
  const isAllowed = await inTime("authorize", endpoint, context, parts, () => endpoint.authorize(context));
  // Only `true` lets anybody in: what user code forgot to await, or to compare, is no yes.
  if (isAllowed !== true) throw new HttpError(403, "You may not open this socket.");
  standing?.check();
  return connect(request, { address, standing, context, endpoint, development }, parts);
}

/** What is known of whoever may come in. */
interface Allowed {
  readonly address: string | undefined;
  readonly standing: Standing | undefined;
  readonly context: EndpointContext;
  readonly endpoint: Endpoint;
  readonly development: boolean;
}

// From the last question to the end nobody waits: what is counted here is listened to.
function connect(
  request: Request,
  { address, standing, context, endpoint, development }: Allowed,
  parts: Parts,
): Response {
  const { hub, limits, clock } = parts, owner = { session: standing?.session, address };
  hub.admit(owner);
  const log = new FieldsLogger(parts.log, { request: context.id });
  const { socket, response } = upgrade(request, limits);
  const rate = { perSecond: limits.syncFramesPerSecond, burst: limits.syncFrameBurst };
  const line = new EndpointLine(socket, limits, clock, log, rate);
  hub.add(owner, line);
  standing?.follow(log, (doubt) => line.close(...farewells[doubt]));
  line.start(() => endpoint.connect(line, context, { development }), () => {
    hub.remove(owner, line);
    standing?.leave();
  });
  return response;
}

/** Whoever is told this comes back, and is asked again. */
const farewells: Record<Doubt, [code: number, reason: string]> = {
  changed: [Close.age, "Who you are may have changed; come back."],
  unknown: [Close.failed, "It cannot be found out now who you are; come back."],
};

// What an endpoint asks of user code before the upgrade.
async function inTime<T>(
  what: "receive" | "authorize",
  { path }: Endpoint,
  { id }: EndpointContext,
  { clock, limits: { load: ms }, log }: Parts,
  ask: () => T | Promise<T>,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => {
    log.warn(`an endpoint's ${what} took too long`, { path, ms, request: id });
    reject(new HttpError(504, "It could not be found out in time whether you may open this socket."));
  });
  try {
    return await Promise.race([ask(), late]);
  } finally {
    cancel();
  }
}
