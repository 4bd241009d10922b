/**
 * Two have changed a field: its person, who has not sent it yet, and the server. What the person made of it stays, and
 * the page is told.
 *
 * @module
 */

import { EVENT_PREFIX } from "../protocol/markers.ts";
import { defaultOf } from "./core.ts";
import { announce } from "./dom.ts";
import type { Held } from "./fields.ts";

/** Tells of the fields that are one: radio buttons of one name, or a single field of any other kind. */
export function tellConflict(unit: readonly Held[]): void {
  const states = unit.map(([field, , , base, mine]) => [base, mine, defaultOf(field)]);
  // Both have made the same of it.
  if (states.every(([, mine, theirs]) => mine === theirs)) return;
  const chosen = (side: number) => unit[states.findIndex((state) => state[side] === "true")]?.[0];
  const [{ type, multiple, options }] = unit[0]!;
  const [base, mine, theirs] = states[0]!.map((state, side) => {
    if (type === "radio") return chosen(side)?.value;
    if (!options) return state;
    const values = JSON.parse(state);
    return multiple ? values : values[0];
  });
  announce(chosen(1) ?? unit[0]![0], `${EVENT_PREFIX}conflict`, { base, mine, theirs });
}
