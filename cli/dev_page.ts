/**
 * The page that stands in for the app's while that does not run.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { makeNonce } from "../server/http/headers.ts";
import { devScripts } from "../server/page/dev_scripts.ts";
import type { Fault } from "./dev_fault.ts";

/** The page and its headers. It loads the app's page as soon as there is one. */
export function idlePage(
  fault: Fault | undefined,
  token: string,
): [html: string, headers: Record<string, string>] {
  const nonce = makeNonce();
  const title = fault?.title ?? "The app starts";
  const text = fault === undefined ? "This page shows it as soon as it listens." : faultText(fault);
  // No start has this number: whatever comes next is news.
  const script =
    `<script type="module" nonce="${nonce}" ${Attribute.dev}="${token}.0">${devScripts.dev}</script>`;
  const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<meta name="color-scheme" content="light dark"><title>${escape(title)}</title>${script}</head>` +
    `<body><main><h1>${escape(title)}</h1><pre>${escape(text)}</pre></main></body></html>`;
  return [html, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `default-src 'none'; script-src 'nonce-${nonce}'; connect-src 'self'; ` +
      "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  }];
}

/** A fault in plain text, for programs and for browsers without scripts. */
export function faultText({ title, message, place, lines = [] }: Fault): string {
  const where = place === undefined ? [] : [`${place.file}:${place.line}:${place.column}`];
  const width = String(lines.at(-1)?.line ?? "").length;
  const shown = lines.flatMap(({ line, text }) => {
    const row = `${String(line).padStart(width)} | ${text}`;
    return line === place?.line
      ? [row, `${" ".repeat(width)} | ${text.slice(0, place.column - 1).replace(/[^\t]/g, " ")}^`]
      : [row];
  });
  return [title, message, ...where, ...shown].join("\n");
}

function escape(text: string): string {
  return text.replace(/[&<]/g, (c) => c === "&" ? "&amp;" : "&lt;");
}
