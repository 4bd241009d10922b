/**
 * The floor of a render: Preact's bare `renderToString` of the rows of `rows.tsx`.
 *
 * @module
 */

import { jsx, jsxAttr, jsxEscape, jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { processorTime } from "../control.ts";
import { type Item, items } from "../rows.tsx";

/** The name of its line. */
export const RENDER = "render.bare";

// What Deno's precompiled JSX makes of `rows.tsx`, by hand: the compiler knows one runtime for the whole project, and
// this is Preact's own.
const table = ['<table><tbody id="rows">', "</tbody></table>"];
const row = [
  "<tr ",
  "><td>",
  "</td><td>Item ",
  '</td><td class="qty">',
  '</td><td>12.50</td><td><button class="bump" data-reflex="click->Table#bump" ',
  ">+1</button></td></tr>",
];

/** Renders the rows. */
export function renderRows(): string {
  return renderToString(
    jsxTemplate(table, jsxEscape(items.map((item) => jsx(Row, { ...item }, String(item.id))))),
  );
}

/** Renders them again and again. @returns the processor time of one render, in milliseconds */
export function renderTime(count: number): number {
  let last = 0;
  const start = processorTime();
  for (let done = 0; done < count; done++) {
    const html = renderRows();
    // Joining strings only notes that they belong together; reading a letter is what copies them into one.
    last += html.charCodeAt(html.length - 1);
  }
  const taken = processorTime() - start;
  if (last !== count * ">".charCodeAt(0)) throw new Error("Cannot time renders: they are no markup.");
  return taken / count;
}

function Row({ id, qty }: Item) {
  return jsxTemplate(
    row,
    jsxAttr("id", `row-${id}`),
    jsxEscape(id),
    jsxEscape(id),
    jsxEscape(qty),
    jsxAttr("data-id", id),
  );
}
