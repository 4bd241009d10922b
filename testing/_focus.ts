/**
 * Who can have the focus. In happy-dom everything can, the body too.
 *
 * @module
 */

import type { Window } from "happy-dom";

/** What can have the focus, as far as its markup says. */
export const FOCUSABLE =
  ":is(a[href],area[href],button,input,select,textarea,summary,iframe,[controls],[tabindex],[contenteditable]):not([hidden],[hidden] *)";

/** Has a window refuse the focus to what could not have it in a browser. */
export function giveFocusAsBrowsersDo({ HTMLElement: { prototype } }: Window): void {
  const { focus } = prototype;
  prototype.focus = function () {
    if (this.matches(FOCUSABLE)) focus.call(this);
  };
}
