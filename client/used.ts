/**
 * Fields that a person has used: has changed and left, or sent. What is wrong with others, nobody wants to hear yet.
 *
 * @module
 */

import { Attribute, EVENT_PREFIX } from "../protocol/markers.ts";
import { listen } from "./dom.ts";
import type { ReflexDetail } from "./reflex_event.ts";

const used = new WeakSet<EventTarget>();

function fieldsOf(form: HTMLFormElement): HTMLInputElement[] {
  return [...Reflect.get(HTMLFormElement.prototype, "elements", form)] as HTMLInputElement[];
}

/** The names of those of a form. */
export function usedNames(form: HTMLFormElement): string[] {
  return [
    ...new Set(fieldsOf(form).filter((field) => used.has(field) && field.name).map(({ name }) => name)),
  ];
}

/** Whoever sends a form has used all of it. */
export function useAll(form: HTMLFormElement): void {
  for (const field of fieldsOf(form)) used.add(field);
}

/** Whoever has changed a field and left it has used it; what came before this script is told when it is there. */
export function useChanged({ type, target }: Event): void {
  if (type === "change" && target) used.add(target);
}

listen("change", useChanged);
// What was sent and went well begins anew.
listen(`${EVENT_PREFIX}success`, (event) => {
  const { target } = event, { reflex } = (event as CustomEvent<ReflexDetail>).detail;
  if (!(target instanceof HTMLFormElement) || reflex === Attribute.check) return;
  for (const field of fieldsOf(target)) used.delete(field);
});
