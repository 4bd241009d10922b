/**
 * Text ⇄ HTML. The three characters are the ones that the renderer itself escapes, so that both ways to write a
 * page give the same bytes.
 *
 * @module
 */

const special = /["&<]/;

function isPlain(text: string): boolean {
  if (text.length > 20) return !special.test(text);
  // Most texts are short, and starting the pattern would take longer.
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34 || code === 38 || code === 60) return false;
  }
  return true;
}

/** A text as HTML, good between tags and between double quotes. */
export function escapeHtml(text: string): string {
  if (isPlain(text)) return text;
  let html = "";
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const entity = entityOf(text.charCodeAt(at));
    if (entity === undefined) continue;
    html += text.slice(from, at) + entity;
    from = at + 1;
  }
  return html + text.slice(from);
}

function entityOf(code: number): string | undefined {
  if (code === 34) return "&quot;";
  if (code === 38) return "&amp;";
  return code === 60 ? "&lt;" : undefined;
}

const characters: Record<string, string> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

/** Undoes {@linkcode escapeHtml}, and what the compiler escapes in static text (`>` and `'` too). */
export function unescapeHtml(html: string): string {
  return html.includes("&")
    ? html.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => characters[entity]!)
    : html;
}

/** Static HTML of the compiler, with no more escaped than {@linkcode escapeHtml} would escape. */
export function relaxHtml(html: string): string {
  return html.includes("&") ? html.replace(/&(?:gt|#39);/g, (entity) => characters[entity]!) : html;
}
