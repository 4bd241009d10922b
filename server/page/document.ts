/**
 * The document around a render.
 *
 * @module
 */

import { Attribute, IslandMark, Path } from "../../protocol/markers.ts";
import { clientHash } from "./client_script.ts";
import { developerScript } from "./developer_script.ts";

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

/** So much of a visit's name stands in its page, for people. */
export const VISIT_LETTERS = 6;

/** Paths of scripts for developers: what has to be there before the page's own, and what may come behind it. */
export interface Tools {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Whether a document has islands: `none`, patches may bring them, or it has some now. */
export type IslandsOf = "none" | "later" | "now";

/**
 * Looks for islands in a document.
 *
 * @param later whether the app has any at all
 * @param bodies what is in the document; asked for only where that is so
 */
export function islandsOf(later: boolean, bodies: () => Iterable<string>): IslandsOf {
  if (!later) return "none";
  return [...bodies()].some((body) => body.includes(`<${IslandMark.element}`)) ? "now" : "later";
}

/**
 * What stands before and behind the children of `body`. Ours in it is one script element, which also carries the sealed
 * page data, and for a developer those of the tools.
 *
 * @param head what the page has in its head
 * @param live `undefined` for a page that only shows: it has no script of ours
 * @param place the app's base, the response's nonce (none on a page that caches keep), the document's language, whether
 * links are followed over the socket, whether it has islands, with the scripts that are the app's; for a developer who looks
 * at it the tools, and `dev` with the request's id, on a page about its failure
 */
export function documentAround(
  head: string,
  live: LiveData | undefined,
  { base, nonce, lang, navigation = false, islands = "none", hash = live?.hash, tools, dev }: {
    base: string;
    nonce: string | undefined;
    lang: string;
    navigation?: boolean;
    islands?: IslandsOf;
    hash?: string | undefined;
    tools?: Tools | undefined;
    dev?: { readonly request?: string | undefined } | undefined;
  },
): { before: string; after: string } {
  // Styles and scripts of the author's own head run under the nonce of this response; it is no part of the render.
  const allowed = nonce === undefined
    ? head
    : head.replace(/<(style|script)(?=[\s>])/g, `<$1 nonce="${nonce}"`);
  // A page's own scripts, and its islands, import ours by the package's name: also those of the page that comes after it.
  const mayImport = live === undefined ? islands === "now" : islands !== "none" || head.includes("<script");
  const under = nonce === undefined ? "" : ` nonce="${nonce}"`;
  const names = mayImport ? `<script type="importmap"${under}>${importMap(base, hash)}</script>` : "";
  const alive = islands === "now"
    ? `<script type="module"${under} src="${base}${clientPath("islands", hash)}"></script>`
    : "";
  const script = live === undefined
    ? ""
    : `<script type="module" nonce="${nonce}" src="${base}${clientPath("client", live.hash)}" ` +
      `${Attribute.page}="${live.token}" ${Attribute.visit}="${live.visit.slice(0, VISIT_LETTERS)}"` +
      `${navigation ? ` ${Attribute.navigate}` : ""}></script>`;
  const loading = (paths: readonly string[] = []) =>
    live === undefined
      ? ""
      : paths.map((path) => `<script type="module" nonce="${nonce}" src="${base}${path}"></script>`).join("");
  // A page that caches keep is the same for everybody.
  const told = dev === undefined || nonce === undefined ? "" : developerScript({ base, nonce, ...dev });
  const scripts = loading(tools?.before) + script + alive + loading(tools?.after) + told;
  return {
    before: `<!DOCTYPE html><html lang="${lang}"><head>${names}${allowed}${scripts}</head><body>`,
    after: "</body></html>",
  };
}

function importMap(base: string, hash: string | undefined): string {
  const imports = {
    "@argyle/argyle/client": `${base}${clientPath("api", hash)}`,
    "@argyle/argyle/socksync": `${base}${clientPath("groups", hash)}`,
    "@argyle/argyle/stimulus": `${base}${clientPath("stimulus", hash)}`,
  };
  return JSON.stringify({ imports });
}
