/**
 * The first and the last that happens to a request: who may ask at all, which door is meant, what every answer carries.
 *
 * @module
 */

import type { Limits } from "../../protocol/limits.ts";
import { Path } from "../../protocol/markers.ts";
import { compress } from "../http/compress.ts";
import { HttpError } from "../http/error.ts";
import { secureHeaders } from "../http/headers.ts";
import { arrive } from "../http/host.ts";
import { checkPostOrigin } from "../http/origin.ts";
import { readPath } from "../http/path.ts";
import type { Islands } from "../islands/islands.ts";
import { type Logger, makeRequestId } from "../observe.ts";
import { type ScriptsByPath, serveClient } from "./client_door.ts";
import { findTool, serveDevScript } from "./dev_door.ts";
import { findEndpoint, openEndpoint } from "./endpoint_door.ts";
import { failure, readFailure } from "./failure.ts";
import { islandFileOf, serveIslands } from "./islands_door.ts";
import type { Arrived, Parts } from "./parts.ts";
import { serveSite } from "./site_door.ts";
import { openSocket } from "./socket_door.ts";
import { redeemTicket } from "./ticket_door.ts";

/** The response's header with the id of its request. */
const REQUEST_ID_HEADER = "x-request-id";

/** What the front door knows of the house. */
export interface House {
  readonly base: string;
  readonly limits: Limits;
  readonly log: Logger;
  /** The browser's scripts. */
  readonly scripts: ScriptsByPath;
  /** The modules of islands. */
  readonly islands: Islands;
  /** Names and origins that are ours. */
  readonly allowed: { readonly hosts: readonly string[]; readonly origins: readonly string[] };
  /** Whether an edge in front of us decides which names reach us. */
  readonly deployed: boolean;
  /** Whether every answer is a line of the log. */
  readonly accessLog: boolean;
  /** Whether details of an error may be shown to who asks. */
  readonly development: boolean;
  /** Whether no more sockets are taken. */
  readonly draining: boolean;
  /** Whose address a request comes from, where that is known. */
  senderOf(request: Request): string | undefined;
  /** The parts, once keys and store are there. */
  ready(): Promise<Parts>;
  /** A page is about to be served over plain http to another machine. */
  plain(host: string): void;
}

/** Answers any request, and never rejects. */
export async function answer(request: Request, house: House): Promise<Response> {
  // Asked by whatever watches over us, under whatever name it knows us: before the check of the host.
  if (URL.parse(request.url)?.pathname === `${house.base}${Path.health}`) return await health(house);
  const id = makeRequestId();
  const began = performance.now();
  const response = await answerSafely(request, id, house);
  if (house.accessLog) {
    const path = URL.parse(request.url)?.pathname; // not the query: it may hold what nobody else may read
    const ms = Math.round(performance.now() - began);
    house.log.info("answered", { method: request.method, path, status: response.status, ms, request: id });
  }
  return response;
}

async function answerSafely(request: Request, id: string, house: House): Promise<Response> {
  let secure = false;
  let response: Response;
  try {
    const arrival = arrive(request, house.allowed, house.deployed);
    secure = arrival.secure;
    response = await open({ request, id, arrival, path: "", development: house.development }, house);
    if (response.status === 101) return response;
    if (request.method === "HEAD" && response.body !== null) {
      // Whoever makes the body of a HEAD hears that nobody wants it.
      await response.body.cancel();
      response = new Response(null, response);
    }
    response = compress(request, response);
    // The headers of `Response.redirect()`, or of what `fetch` gave, cannot be changed: ours go on a copy.
    response = new Response(response.body, response);
  } catch (error) {
    const known = readFailure(error, { request, id, development: house.development }, house.log);
    response = failure(request, known, house.base, error instanceof HttpError ? error.headers : {});
  }
  response.headers.set(REQUEST_ID_HEADER, id);
  secureHeaders(response.headers, secure);
  return response;
}

/**
 * The path below an app's base.
 *
 * @throws HttpError 404 for what is not below it, and so is nobody's
 */
export function below(base: string, path: string): string {
  if (path === base) return "/";
  if (path.startsWith(`${base}/`)) return path.slice(base.length);
  if (path === "/favicon.ico") return path;
  throw new HttpError(404, "There is no such page.");
}

async function open({ request, id, arrival, development }: Arrived, house: House): Promise<Response> {
  const path = below(house.base, readPath(arrival.url, house.limits));
  if ((request.headers.get("cookie")?.length ?? 0) > house.limits.cookies) {
    throw new HttpError(431, `Cookies have at most ${house.limits.cookies} bytes.`);
  }
  checkPostOrigin(request, arrival);
  const arrived: Arrived = { request, id, arrival, path, development };
  const script = house.scripts.get(path);
  if (script !== undefined) return serveClient(request, script);
  const tool = development ? await findTool(path) : undefined;
  if (tool !== undefined) return serveClient(request, tool);
  const devScript = await serveDevScript(arrived);
  if (devScript !== undefined) return devScript;
  const file = islandFileOf(path);
  if (file !== undefined) return await serveIslands(request, file, house.islands, development);
  if (path === Path.socket) {
    if (house.draining) throw new HttpError(503, "The server restarts.", { headers: { "retry-after": "1" } });
    return await openSocket(arrived, house.senderOf(request), await house.ready());
  }
  const parts = await house.ready();
  if (path === Path.ticket) return await redeemTicket(arrived, parts);
  const found = findEndpoint(parts.site.endpoints, path);
  if (found !== undefined) return await openEndpoint(arrived, house.senderOf(request), parts, found);
  if (!arrival.cookies) house.plain(arrival.url.host);
  return await serveSite(arrived, parts);
}

// Healthy is who has reached the store for the keys, and does not stop.
async function health(house: House): Promise<Response> {
  const headers = new Headers({ "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  secureHeaders(headers, false);
  try {
    await house.ready();
    if (!house.draining) return new Response("ok", { headers });
  } catch (error) {
    house.log.error("the app is not ready", error);
  }
  return new Response(house.draining ? "stopping" : "not ready", { status: 503, headers });
}
