/**
 * What a person sees when there is no page to see.
 *
 * @module
 */

import { STATUS_TEXT } from "./status_text.ts";

/**
 * A small document about an error: readable in the dark, on a phone and by a screen reader; no script but a developer's, no
 * style but the browser's.
 *
 * @param status of the response
 * @param message a sentence for the person
 * @param more `detail` is the stack, in development; `after` seconds the browser loads the page again by itself; `script`
 * is a developer's script element
 */
export function errorPage(
  status: number,
  message: string,
  { detail, after, script = "" }: {
    readonly detail?: string | undefined;
    readonly after?: string | undefined;
    readonly script?: string;
  } = {},
): string {
  const title = `${status} ${STATUS_TEXT[status] ?? "Error"}`;
  const stack = detail === undefined ? "" : `<pre>${escape(detail)}</pre>`;
  const again = after === undefined ? "" : `<meta http-equiv="refresh" content="${Number(after)}">`;
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<meta name="color-scheme" content="light dark">${again}<title>${title}</title>${script}</head>` +
    `<body><main><h1>${title}</h1><p>${escape(message)}</p>${stack}</main></body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<]/g, (c) => c === "&" ? "&amp;" : "&lt;");
}
