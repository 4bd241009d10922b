/**
 * Which URLs may stand in an attribute. Render and browser use the same list.
 *
 * @module
 */

const urlAttributes =
  /^(href|src|action|formaction|xlink:href|data|poster|background|ping|srcset|cite|manifest)$/;

/**
 * What a refused URL becomes.
 *
 * @example
 * ```ts
 * import { BLOCKED_URL, safeUrl } from "@argyle/argyle/protocol";
 * console.assert(safeUrl("href", "javascript:alert(1)") === BLOCKED_URL);
 * ```
 */
export const BLOCKED_URL = "about:blank#blocked";

/**
 * Whether an attribute of this (lower-case) name holds a URL.
 *
 * @example
 * ```ts
 * import { isUrlAttribute } from "@argyle/argyle/protocol";
 * console.assert(isUrlAttribute("formaction") && !isUrlAttribute("title"));
 * ```
 */
export function isUrlAttribute(name: string): boolean {
  return urlAttributes.test(name);
}

/**
 * The URL itself, or {@linkcode BLOCKED_URL} where following it could run script: only `http`, `https`, `mailto`,
 * `tel`, `sms`, relative URLs, `blob:` and `data:image/…` (the last two in `src`, `srcset` and `poster`) pass. The
 * decision is the URL parser's, so that a tab inside `java\tscript:` hides nothing.
 *
 * @param attribute its name in lower case
 * @param value the URL; for `srcset` and `ping` all of them
 *
 * @example
 * ```ts
 * import { safeUrl } from "@argyle/argyle/protocol";
 * safeUrl("href", "/orders?page=2"); // "/orders?page=2"
 * safeUrl("href", " java\tscript:alert(1)"); // "about:blank#blocked"
 * ```
 */
export function safeUrl(attribute: string, value: string): string {
  const urls = attribute === "srcset"
    ? value.split(",").map((candidate) => candidate.trim().split(/\s/)[0]!)
    : attribute === "ping"
    ? value.split(/\s+/)
    : [value];
  return urls.every((url) => allowed(attribute, url)) ? value : BLOCKED_URL;
}

function allowed(attribute: string, value: string): boolean {
  const url = URL.parse(value, "http://relative.invalid/");
  if (url === null) return true; // the browser cannot parse it either, so it goes nowhere
  const { protocol, pathname } = url;
  if (/^(https?|mailto|tel|sms):$/.test(protocol)) return true;
  if (!/^(src|srcset|poster)$/.test(attribute)) return false;
  return protocol === "blob:" || (protocol === "data:" && /^image\//i.test(pathname));
}
