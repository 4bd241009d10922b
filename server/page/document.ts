/**
 * The document around a render.
 *
 * @module
 */

import { Attribute, Path } from "../../protocol/markers.ts";
import { clientHash } from "./client_script.ts";

/** The path of one of the browser's scripts below an app's base: `client` is what every page carries. */
export function clientPath(name: string, hash: string = clientHash): string {
  return `${Path.root}${name}-${hash}.js`;
}

/**
 * The head of a page: what it wrote itself, and before it what every page needs and this one left out.
 *
 * @param head what the page's `<Head>` elements gave
 * @param name the app's name, the title of a page that has none
 */
export function completeHead(head: string, name: string): string {
  const viewport = /<meta [^>]*name="viewport"/i.test(head)
    ? ""
    : '<meta name="viewport" content="width=device-width, initial-scale=1">';
  const title = head.includes("<title")
    ? ""
    : `<title>${name.replace(/[&<]/g, (c) => c === "&" ? "&amp;" : "&lt;")}</title>`;
  return `<meta charset="utf-8">${viewport}${title}${head}`;
}

/** What makes a page live: its sealed data, and the name of its visit. */
export interface LiveData {
  /** The sealed page data. */
  readonly token: string;
  /** The visit. */
  readonly visit: string;
  /** Which scripts are the app's. */
  readonly hash: string;
}

/**
 * What stands before and behind the children of `body`. Ours in it is one script element, which also carries the sealed
 * page data, and for a developer the script of the log.
 *
 * @param head what the page has in its head
 * @param live `undefined` for a page that only shows: it has no script of ours
 * @param place the app's base, the response's nonce (none on a page that caches keep), the document's language, and
 * whether a developer looks at it: then the console has a line for each reflex
 */
export function documentAround(
  head: string,
  live: LiveData | undefined,
  { base, nonce, lang, development = false }: {
    base: string;
    nonce: string | undefined;
    lang: string;
    development?: boolean;
  },
): { before: string; after: string } {
  // Styles and scripts of the author's own head run under the nonce of this response; it is no part of the render.
  const allowed = nonce === undefined
    ? head
    : head.replace(/<(style|script)(?=[\s>])/g, `<$1 nonce="${nonce}"`);
  // A page's own scripts import ours by the package's name.
  const names = live === undefined || !head.includes("<script")
    ? ""
    : `<script type="importmap" nonce="${nonce}">${importMap(base, live.hash)}</script>`;
  const script = live === undefined
    ? ""
    : `<script type="module" nonce="${nonce}" src="${base}${clientPath("client", live.hash)}" ` +
      `${Attribute.page}="${live.token}" ${Attribute.visit}="${live.visit.slice(0, 6)}"></script>`;
  const log = live === undefined || !development
    ? ""
    : `<script type="module" nonce="${nonce}" src="${base}${clientPath("log")}"></script>`;
  return {
    before: `<!DOCTYPE html><html lang="${lang}"><head>${names}${allowed}${script}${log}</head><body>`,
    after: "</body></html>",
  };
}

function importMap(base: string, hash: string): string {
  const imports = {
    "@argyle/argyle/client": `${base}${clientPath("api", hash)}`,
    "@argyle/argyle/socksync": `${base}${clientPath("groups", hash)}`,
    "@argyle/argyle/stimulus": `${base}${clientPath("stimulus", hash)}`,
  };
  return JSON.stringify({ imports });
}
