/**
 * Answers GET and HEAD of a page that is the same for everybody, and that caches may keep.
 *
 * @module
 */

import { ContextValues } from "../http/context.ts";
import { publicPolicy } from "../http/headers.ts";
import { documentAround, islandsOf } from "../page/document.ts";
import type { Page } from "../page/page.ts";
import { noFlash } from "../session/flash.ts";
import { within, type Work } from "../trace/work.ts";
import type { Arrived, Parts } from "./parts.ts";

/**
 * Serves a public page: no cookie, no nonce, no sealed data, no script; an entity tag instead.
 *
 * @throws what the page throws
 */
export async function servePublicPage(
  { request, arrival }: Arrived,
  { page, params }: { page: Page; params: Record<string, string> },
  parts: Parts,
  work: Work | undefined,
): Promise<Response> {
  const anybody = {
    owner: arrival.url.href, // its loads may read all of it
    url: new URL(arrival.url),
    params,
    session: {},
    state: {},
    user: undefined,
    flash: noFlash,
    values: new ContextValues(),
  };
  const rendered = await within(work, "render", () => parts.renderer.render(page, anybody));
  if (rendered instanceof Response) return rendered;
  work?.enter("patch");
  const { base, lang, renderer, scripts: { hash } } = parts;
  const islands = islandsOf(renderer.hasIslands, () => [rendered.body]);
  const around = { base, nonce: undefined, lang, islands, hash };
  const { before, after } = documentAround(rendered.head, undefined, around);
  const html = before + rendered.body + after;
  const bytes = new TextEncoder().encode(html);
  work?.weigh(bytes.length);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).subarray(0, 12);
  const headers = new Headers({
    "cache-control": page.options.cache!,
    "content-security-policy": await publicPolicy(html, arrival.secure),
    etag: `"${digest.toBase64({ alphabet: "base64url", omitPadding: true })}"`,
    vary: "accept-encoding",
  });
  if (isKnown(request.headers.get("if-none-match"), headers.get("etag")!)) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("content-type", "text/html; charset=utf-8");
  headers.set("content-length", String(bytes.length));
  return new Response(request.method === "HEAD" ? null : bytes, { headers });
}

// Compared weakly: what we have zipped has the same tag, marked as weak.
function isKnown(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(",").some((item) => item.trim().replace(/^W\//, "") === etag || item.trim() === "*");
}
