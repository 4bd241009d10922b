/**
 * How often the calls of an element are made: after a while of quiet (`data-reflex-debounce`), or once in a while
 * (`data-reflex-throttle`).
 *
 * @module
 */

import { Option } from "../protocol/markers.ts";
import { attribute, contains, listen } from "./dom.ts";
import { warn } from "./warn.ts";

/** What waits, and what may not come yet, by element and by the name of an offer. */
const paces = new Map<Element, Map<string, Pace>>();

interface Pace {
  readonly timer: ReturnType<typeof setTimeout>;
  /** What waits; nothing where the offer only rests. */
  readonly run: (() => void) | undefined;
}

/** Runs at once, later, or not at all, as the element says. */
export function pace(element: Element, name: string, run: () => void): void {
  const debounce = milliseconds(element, Option.debounce);
  if (debounce !== undefined) {
    clearTimeout(paces.get(element)?.get(name)?.timer);
    set(element, name, debounce, run);
    return;
  }
  const throttle = milliseconds(element, Option.throttle);
  if (throttle !== undefined) {
    if (paces.get(element)?.has(name)) return;
    set(element, name, throttle, undefined);
  }
  run();
}

function set(element: Element, name: string, after: number, run: (() => void) | undefined): void {
  const own = paces.get(element) ?? new Map<string, Pace>();
  paces.set(element, own);
  own.set(name, { timer: setTimeout(() => end(element, name), after), run });
}

function end(element: Element, name: string): void {
  const own = paces.get(element), pace = own?.get(name);
  if (!own?.delete(name)) return;
  if (own.size === 0) paces.delete(element);
  clearTimeout(pace?.timer);
  pace?.run?.();
}

/** What waits in an element is done at once. */
function flush(root: Element): void {
  for (const [element, own] of [...paces]) {
    if (!contains(root, element)) continue;
    for (const [name, { run }] of [...own]) if (run !== undefined) end(element, name);
  }
}

// Whoever leaves a field or sends a form has done with it.
for (const type of ["focusout", "submit"]) {
  listen(type, ({ target }) => target instanceof Element && flush(target));
}

function milliseconds(element: Element, name: string): number | undefined {
  const text = attribute(element, name);
  if (text === null) return undefined;
  const number = Number(text);
  if (text.trim() !== "" && number >= 0 && number < 2 ** 31) return number;
  warn(`${name}=${JSON.stringify(text)} is not a number of milliseconds.`, element);
  return undefined;
}
