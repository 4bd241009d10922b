/**
 * The element that brings `deno task dev` into a page.
 *
 * @module
 */

import { Attribute, Path } from "../../protocol/markers.ts";
import { developer } from "../development.ts";

/**
 * The script element; nothing where the app was not started by `deno task dev`. Whoever calls has made sure that it is a
 * developer who asks.
 *
 * @param place the app's base, the response's nonce, and the request's id where the page tells of its failure
 */
export function developerScript(
  { base, nonce, request }: {
    readonly base: string;
    readonly nonce: string;
    readonly request?: string | undefined;
  },
): string {
  const known = developer();
  if (known === undefined) return "";
  const about = request === undefined ? "" : ` ${Attribute.devRequest}="${request}"`;
  return `<script type="module" nonce="${nonce}" src="${base}${Path.root}dev.js" ` +
    `${Attribute.dev}="${known.token}.${known.start}"${about}></script>`;
}
