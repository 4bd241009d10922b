/**
 * Where a person is on the page, kept while it changes: fields, focus, caret, selection. Where something was scrolled,
 * that is kept as well, by the script beside this one.
 *
 * @module
 */

import { patches, withCare } from "./beside.ts";
import { page } from "./dom.ts";
import { settleFields } from "./fields.ts";

/** Runs a change of the page. `wholly` when the window's own position may be at stake. */
export function keepPlace(change: () => void, wholly: boolean): void {
  // Writing into a field moves its caret.
  const restores = [settleFields, keepFocus(), patches?.keepScroll(wholly)];
  try {
    change();
  } finally {
    for (const restore of restores) restore?.();
  }
}

/** Where the focus was before the change under way. One for all: each one makes every change of the page dearer. */
let place: Range | undefined;

function keepFocus(): () => void {
  const active = (page("activeElement") ?? page("documentElement")) as HTMLInputElement;
  // Not every element has a caret; those that have none say null, or nothing.
  const { selectionStart: start, selectionEnd: end, selectionDirection: direction } = active;
  // A boundary stays where it is, whatever comes and goes around it: nothing else is so cheap.
  (place ??= new Range()).setStartBefore(active);
  return () => {
    if (page("activeElement") !== active) active.focus({ preventScroll: true });
    if (page("activeElement") !== active) {
      const where = place!.cloneRange();
      return withCare((care) => care.refocus(active, where));
    }
    // The element may be of another kind by now, without a caret or with its first.
    if (start == null || active.selectionStart === null) return;
    if (active.selectionStart === start && active.selectionEnd === end) return;
    active.setSelectionRange(start, end as number, direction as "none");
  };
}
