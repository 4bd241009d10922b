/**
 * Redeems the ticket that a login or a cookie left: the one moment at which a socket's page gets cookies.
 *
 * @module
 */

import { sessionAddress } from "../bus/audience.ts";
import { readBody } from "../http/body.ts";
import { writeCookie } from "../http/cookie.ts";
import { HttpError } from "../http/error.ts";
import type { Arrived, Parts } from "./parts.ts";

const TICKET_BYTES = 64;

/**
 * Takes a ticket as the text body of a POST from our own page, and answers 204 with the cookies, that of a new session
 * first.
 *
 * @throws HttpError 405 for another method; 403 for a ticket that is not this session's, used, or too old
 */
export async function redeemTicket({ request, arrival }: Arrived, parts: Parts): Promise<Response> {
  if (request.method !== "POST") {
    throw new HttpError(405, "A ticket is redeemed by POST.", { headers: { allow: "POST" } });
  }
  const session = arrival.cookies
    ? await parts.cookie.read(request.headers.get("cookie"), arrival.secure)
    : undefined;
  const ticket = await readTicket(request, parts);
  if (session === undefined || ticket === undefined) throw refused();
  const cookies = await redeem(ticket, session.id, arrival.secure, parts);
  if (cookies === undefined) throw refused();
  const headers = new Headers({ "cache-control": "no-store" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 204, headers });
}

/**
 * Redeems a ticket.
 *
 * @returns the `Set-Cookie` headers; `undefined` for a ticket that is not this session's, used, or too old
 */
export async function redeem(
  ticket: string,
  session: string,
  secure: boolean,
  parts: Parts,
): Promise<readonly string[] | undefined> {
  const renewed = parts.cookie.create();
  const redeemed = await parts.identities.redeem(ticket, session, renewed.id);
  if (redeemed === undefined) return undefined;
  if (redeemed.isRenewed) endSession(session, parts);
  const own = redeemed.isRenewed ? [await parts.cookie.write(renewed, secure)] : [];
  return [...own, ...redeemed.cookies.map((cookie) => writeCookie(cookie, secure)), ...redeemed.setCookies];
}

// Other tabs are loaded again: their browser has the new cookie by then, or in a moment.
function endSession(session: string, { attendance, topics, channel }: Parts): void {
  attendance.endSession(session);
  const address = sessionAddress(session);
  topics.publish(address);
  channel.send(["changed", address]);
}

async function readTicket(request: Request, { clock, limits }: Parts): Promise<string | undefined> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^text\/plain\b/.test(type) || request.headers.has("content-encoding")) return undefined;
  const bytes = await readBody(request, { body: limits.body, bodyBytes: TICKET_BYTES }, clock);
  const text = new TextDecoder().decode(bytes);
  return /^[A-Za-z0-9_-]{22}$/.test(text) ? text : undefined;
}

function refused(): HttpError {
  return new HttpError(403, "The ticket is not good, or no longer.");
}
