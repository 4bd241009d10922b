/**
 * Having a page made ready while somebody points at its link.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { listen } from "./core.ts";
import type { Environment } from "./environment.ts";
import type { Visits } from "./visits.ts";
import { bare, linkOf, nearest, pathOf } from "./wish.ts";

/** Milliseconds. */
const Wait = {
  /** Whoever only passes by is gone by then. */
  pointing: 65,
  /** So long a page is ready (`Limits.prepare`). */
  ready: 10_000,
} as const;

/** Pages of which it is known when they were asked for. */
const MOST = 100;

/** Listens to pointers, fingers and the focus. */
export function prefetch(visits: Visits, { clock, location }: Environment): void {
  const asked = new Map<string, number>();
  let cancel: (() => void) | undefined;

  function leave(): void {
    cancel?.();
    cancel = undefined;
  }

  function point(event: Event, wait: number): void {
    leave();
    const link = linkOf(event, location.href);
    if (!link || nearest(pathOf(event), Attribute.prefetch) === "false" || saves()) return;
    const to = bare(link.to);
    if (to === bare(location.href) || clock.now() - (asked.get(to) ?? -Infinity) < Wait.ready) return;
    cancel = clock.after(wait, () => {
      cancel = undefined;
      if (!visits.ready(link.to)) return;
      if (asked.size >= MOST) asked.clear();
      asked.set(to, clock.now());
    });
  }

  for (const type of ["pointerover", "focusin"]) listen(type, (event) => point(event, Wait.pointing));
  listen("touchstart", (event) => point(event, 0));
  for (const type of ["pointerout", "focusout"]) listen(type, leave);
}

/** Whether somebody pays for each byte. */
function saves(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return !!connection?.saveData;
}
