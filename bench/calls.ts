/**
 * The calls that are measured, with exactly what a browser tells about the element; the browser's part compares.
 *
 * @module
 */

import type { Target } from "./peer.ts";

/** A call, and where to click for it. */
export interface Click extends Target {
  readonly selector: string;
}

/** Adds one to the counter. */
export const add: Click = {
  selector: "#increment",
  target: "Counter#add",
  args: [1],
  element: { a: { type: "button", id: "increment", "aria-label": "One more" } },
};

/** Adds one to a cell in the middle of the table. */
export const bump: Click = {
  selector: "#row-500 .bump",
  target: "Table#bump",
  args: [],
  element: { a: { "data-id": "500" } },
};

/** Puts a row on top of the table. */
export const insertTop = button("insert-top", "Table#insertTop");

/** Takes the first row away. */
export const deleteFirst = button("delete-first", "Table#deleteFirst");

/** Turns the table round. */
export const reverse = button("reverse", "Table#reverse");

function button(id: string, target: string): Click {
  return { selector: `#${id}`, target, args: [], element: { a: { type: "button", id } } };
}
