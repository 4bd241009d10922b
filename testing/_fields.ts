/**
 * Fields, as a person fills them.
 *
 * @module
 */

import type { PageWindow } from "./_window.ts";

/**
 * What a person writes into a field, ticks (`true`) or chooses; several options as a list.
 *
 * @example
 * ```ts
 * import type { FieldValue } from "@argyle/argyle/testing";
 * const fields: Record<string, FieldValue> = { name: "Ann", agree: true, sizes: ["s", "l"] };
 * ```
 */
export type FieldValue = string | boolean | readonly string[];

/** Inputs that hold no text: a click changes them. */
const TICKED = "input[type=checkbox], input[type=radio]";
const WRITTEN = "input, textarea";
const BUTTONS = "button, input[type=submit], input[type=image], input[type=reset], input[type=button]";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/**
 * Writes a text over the one that is there.
 *
 * @throws Error for what is no field of text
 */
export function write(window: PageWindow, element: Element, text: string, name: string): void {
  if (!element.matches(WRITTEN) || element.matches(`${TICKED}, ${BUTTONS}, input[type=file]`)) {
    throw new Error(`Cannot type into ${name}: ${described(element)} holds no text.`);
  }
  const field = element as HTMLInputElement;
  if (field.readOnly) throw new Error(`Cannot type into ${name}: it is read only.`);
  field.value = text;
  field.dispatchEvent(
    window.event("InputEvent", "input", { ...bubbling, data: text, inputType: "insertText" }),
  );
}

/**
 * Ticks a box or a radio button, or unticks a box.
 *
 * @throws Error for what is neither, and for a radio button that is to be unticked
 */
export function tick(element: Element, on: boolean, name: string): void {
  if (!element.matches(TICKED)) {
    throw new Error(`Cannot check ${name}: ${described(element)} is no checkbox and no radio button.`);
  }
  const field = element as HTMLInputElement;
  if (field.checked === on) return;
  if (!on && field.type === "radio") {
    throw new Error(`Cannot uncheck ${name}: of radio buttons one is chosen, and another let go.`);
  }
  field.click();
}

/**
 * Chooses options by their values, and no others.
 *
 * @throws Error for what is no select, and for a value that it does not offer
 */
export function choose(window: PageWindow, element: Element, values: readonly string[], name: string): void {
  if (!element.matches("select")) {
    throw new Error(`Cannot select in ${name}: ${described(element)} has no options.`);
  }
  const options = [...(element as HTMLSelectElement).options];
  for (const value of values) {
    if (options.some((option) => option.value === value)) continue;
    const offered = options.map((option) => JSON.stringify(option.value)).join(", ");
    throw new Error(`Cannot select ${JSON.stringify(value)} in ${name}: it offers ${offered || "nothing"}.`);
  }
  for (const option of options) option.selected = values.includes(option.value);
  element.dispatchEvent(window.event("Event", "input", bubbling));
  element.dispatchEvent(window.event("Event", "change", bubbling));
}

/**
 * Fills the fields of a form by their names.
 *
 * @throws Error for a name that it does not have
 */
export function fill(
  window: PageWindow,
  form: HTMLFormElement,
  entries: Readonly<Record<string, FieldValue>>,
  name: string,
): void {
  const fields = fieldsOf(window.document, form);
  for (const [key, entry] of Object.entries(entries)) {
    const named = fields.filter((field) => field.name === key);
    const [field] = named;
    if (field === undefined) {
      const names = [...new Set(fields.map((field) => field.name))].filter(Boolean).join(", ");
      throw new Error(`Cannot fill in ${key} of ${name}: its fields are ${names || "none"}.`);
    }
    const where = `${key} of ${name}`;
    if (named.every((field) => field.matches(":disabled"))) {
      throw new Error(`Cannot fill in ${where}: it is disabled.`);
    }
    if (typeof entry === "boolean") tick(field, entry, where);
    else if (field.matches("select")) choose(window, field, [entry].flat(), where);
    else if (field.matches(TICKED)) tickAmong(named, [entry].flat(), where);
    else if (typeof entry === "string") {
      write(window, field, entry, where);
      field.dispatchEvent(window.event("Event", "change", bubbling));
    } else throw new Error(`Cannot fill in ${where}: it takes one text.`);
  }
}

/** The button that submits a form when somebody presses Enter in it. */
export function submitterOf(document: Document, form: HTMLFormElement): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLButtonElement>("button, input[type=submit], input[type=image]")]
    .find((button) => button.form === form && isSubmit(button));
}

/** Whether an element is a button that submits its form. */
export function isSubmit(element: Element): boolean {
  const { type, form } = element as HTMLButtonElement;
  return !!form && element.matches(BUTTONS) && /^(submit|image)$/.test(type);
}

/** An element in a sentence. */
export function described(element: Element): string {
  const type = element.getAttribute("type");
  return `<${element.localName}${type === null ? "" : ` type="${type}"`}>`;
}

/** Of events that everybody around hears. */
export const bubbling = { bubbles: true, composed: true } as const;

function tickAmong(fields: readonly Field[], values: readonly string[], name: string): void {
  for (const value of values) {
    if (fields.some((field) => field.value === value)) continue;
    const offered = fields.map((field) => JSON.stringify(field.value)).join(", ");
    throw new Error(`Cannot check ${JSON.stringify(value)} of ${name}: it offers ${offered}.`);
  }
  for (const field of fields) {
    const on = values.includes(field.value);
    if (on || field.type !== "radio") tick(field, on, name);
  }
}

function fieldsOf(document: Document, form: HTMLFormElement): Field[] {
  return [...document.querySelectorAll<Field>("input, textarea, select")].filter((field) =>
    field.form === form
  );
}
