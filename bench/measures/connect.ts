/**
 * Bytes that a page exchanges until it lives, after its document and the upgrade.
 *
 * @module
 */

import { byteLine, bytesOf, type Line } from "../line.ts";

/** The line of an example: both directions together, where nothing has changed since the page was rendered. */
export function connectLine(
  example: string,
  greetings: readonly { readonly up: string; readonly down: string }[],
): Line {
  const [{ up, down } = { up: "", down: "" }] = greetings;
  const note = `${bytesOf(up)} up, ${bytesOf(down)} down`;
  const sums = greetings.map(({ up, down }) => bytesOf(up) + bytesOf(down));
  return byteLine({ measure: `${example}.connect`, store: "memory", target: 200, note }, sums);
}
