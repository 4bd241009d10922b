/**
 * The floors of a GET: bare handlers that answer with a document of the same bytes, prepared or with its rows rendered
 * by Preact alone, and compressed where the measure is.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { renderRows } from "./render.ts";

/** An example's document as its page was served. */
export interface Prepared {
  readonly html: string;
}

/** The documents of the examples, and of the table that is each visitor's own. */
export interface Documents {
  readonly counter: Prepared;
  readonly table: Prepared;
  readonly tablePrivate: Prepared;
}

/** Where the floors of GETs are served, below the floors' URL, and the names of their lines. */
export const DocumentPath = {
  counter: "prepared/counter",
  table: "prepared/table",
  rendered: "rendered/table",
} as const;

/** Gets a document. */
export async function prepared(url: string): Promise<Prepared> {
  const response = await fetch(url);
  const html = await response.text();
  if (!response.ok) throw new Error(`Cannot prepare the document of ${url}: ${response.status}.`);
  return { html };
}

/** Answers where the path is one of a document's. */
export function serveDocument(request: Request, pathname: string, all: Documents): Response | undefined {
  const html = documentAt(pathname.slice(1), all);
  if (html === undefined) return undefined;
  const headers = new Headers({ "content-type": "text/html; charset=utf-8" });
  if (!request.headers.get("accept-encoding")?.includes("gzip")) return new Response(html, { headers });
  headers.set("content-encoding", "gzip");
  // Nonce and page data differ in every answer, so that nobody can compress ahead.
  return new Response(gzipSync(html) as Uint8Array<ArrayBuffer>, { headers });
}

function documentAt(path: string, { counter, table, tablePrivate }: Documents): string | undefined {
  if (path === DocumentPath.counter) return counter.html;
  if (path === DocumentPath.table) return table.html;
  return path === DocumentPath.rendered ? withRows(tablePrivate.html) : undefined;
}

// Everything around the rows is as it was prepared.
function withRows(html: string): string {
  const from = html.indexOf("<tbody"), to = html.indexOf("</table>");
  return html.slice(0, from) + renderRows().slice("<table>".length, -"</table>".length) + html.slice(to);
}
