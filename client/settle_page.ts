/**
 * What a person finds on a page that has come: nothing of what they did on the one before, the focus where the new begins,
 * and its title said.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { all, closest, defaultOf, first, get, has, page, said } from "./core.ts";
import type { Client } from "./start.ts";
import { targetOf } from "./entries.ts";

const TABINDEX = "tabindex";

/** What goes on as it is from page to page. */
const KEPT = `[${Attribute.permanent}],[${Attribute.ignore}],argyle-island`;

type Field = HTMLInputElement & { readonly options?: HTMLOptionsCollection };

/**
 * Brings fields to what the server has said of them, and what was opened likewise.
 *
 * @param writing the page stays what it is, and shows something else: what is opened stays so, and somebody goes on writing
 */
export function forget(writing?: Element | null): void {
  const body = page("body");
  for (const field of all<Field>(body, "input,textarea,select")) {
    if (closest(field, KEPT) || field.type === "file" || field === writing) continue;
    const state = defaultOf(field);
    if (field.options) {
      for (const option of field.options) option.selected = JSON.parse(state).includes(option.value);
    } else if (/^(checkbox|radio)$/.test(field.type)) field.checked = state === "true";
    else if (field.value !== state) field.value = state;
  }
  if (writing) return;
  for (const element of all<HTMLDialogElement>(body, "dialog,details")) {
    const was = said.get(element);
    if (closest(element, KEPT) || was === undefined || was === has(element, "open")) continue;
    if (!was && element instanceof HTMLDialogElement) element.close();
    else if (was) get(element, "setAttribute").call(element, "open", "");
    else get(element, "removeAttribute").call(element, "open");
  }
}

/** Gives the focus to where the page begins for whoever does not see it. */
export function focusPage(to: URL): void {
  const root = page("documentElement");
  const places = [targetOf(to), ...["[autofocus]", "main h1", "h1", "main"].map((one) => first(root, one))];
  for (const element of places) if (element && focus(element)) return;
}

function focus(element: Element): boolean {
  const run = () => {
    HTMLElement.prototype.focus.call(element, { preventScroll: true });
    return page("activeElement") === element;
  };
  if (!(element instanceof HTMLElement)) return false;
  if (run()) return true;
  if (has(element, TABINDEX)) return false;
  get(element, "setAttribute").call(element, TABINDEX, "-1");
  if (run()) return true;
  get(element, "removeAttribute").call(element, TABINDEX);
  return false;
}

/** Whether the focus is in an element that is still there. */
export function isFocused(element: Element | null): boolean {
  return !!element && element !== page("body") && page("activeElement") === element;
}

/** Says it to those who hear the page. */
export function sayTitle({ env }: Client): void {
  const title = page("title");
  // Where it cannot be had, the focus alone says that the page is another.
  env.load("care").then(({ sayNext }) => sayNext(title, env.clock), () => {});
}
