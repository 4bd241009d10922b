/**
 * What a visitor does before a page lives: gets it, opens its socket, and says hello.
 *
 * @module
 */

import { writeFrame } from "../protocol/codec.ts";
import { Attribute, Path, VISIT_HEADER } from "../protocol/markers.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import { Wire } from "./wire.ts";

/** A page as its visitor has it. */
export interface Loaded {
  readonly url: string;
  readonly html: string;
  /** The sealed page data. */
  readonly token: string;
  readonly cookie: string;
}

/**
 * Gets a page: as a new visitor, or once more.
 *
 * @throws Error where the server does not answer as it should
 */
export async function loadPage(url: string, before?: Loaded): Promise<Loaded> {
  const response = await fetch(url, { headers: visitHeaders(before) });
  return readPage(url, response, await response.text(), before);
}

/** The headers of a GET: a new visitor's, or of the same visit once more. */
export function visitHeaders(before: Loaded | undefined): Record<string, string> {
  return before === undefined ? {} : { cookie: before.cookie, [VISIT_HEADER]: before.token };
}

/**
 * What came.
 *
 * @throws Error where that is no page
 */
export function readPage(url: string, response: Response, html: string, before?: Loaded): Loaded {
  const [, token] = html.match(new RegExp(` ${Attribute.page}="([^"]+)"`)) ?? [];
  const [cookie = before?.cookie] = response.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
  if (!response.ok || token === undefined || cookie === undefined) {
    throw new Error(`Cannot use the page at ${url}: ${response.status}, without page data or a cookie.`);
  }
  return { url, html, token, cookie };
}

/** Opens the socket of a page. @param aside as {@linkcode Wire.open} has it */
export async function openSocket({ url, cookie }: Loaded, aside: (text: string) => boolean): Promise<Wire> {
  const { origin } = new URL(url);
  const headers = { origin, cookie };
  return await Wire.open(`${origin.replace("http", "ws")}${Path.socket}`, { headers, aside });
}

/** The first frame. @param version how many patches the page shows */
export function hello({ token }: Pick<Loaded, "token">, version = 0): string {
  return writeFrame(["hello", PROTOCOL_VERSION, token, version]);
}
