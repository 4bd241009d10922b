/**
 * What the browser tells about the element that was acted on.
 *
 * @module
 */

import type { ElementData } from "../protocol/frames.ts";
import { Attribute, OURS } from "../protocol/markers.ts";
import { attribute, closest, get } from "./dom.ts";
import { isCheckable, markSent } from "./fields.ts";

// What an element looks like, and what only the patch knows it by.
const UNSAID = RegExp(`^(class|style|${Attribute.key})$`);

type Data = { -readonly [K in keyof ElementData]: ElementData[K] } & { a?: Record<string, string> };

/** Reads an element, and the form it belongs to; `submitter` is the button that submitted the form. */
export function elementData(element: Element, submitter?: HTMLElement | null): ElementData {
  const data: Data = {};
  for (const { name, value } of get(element, "attributes")) {
    if (!OURS.test(name) && !UNSAID.test(name)) {
      (data.a ??= {})[name] = value;
    }
  }
  // A form's `value` and `form` may be fields of that name.
  const { type, value, form: owner } = element as HTMLInputElement;
  // A password leaves only with its form.
  const tells = typeof value === "string" && type !== "password";
  if (tells && value !== (attribute(element, "value") ?? "")) data.v = value;
  if (isCheckable(element)) data.c = (element as HTMLInputElement).checked;
  if (type === "select-multiple") {
    const values = [...(element as HTMLSelectElement).selectedOptions].map((option) => option.value);
    if (values.length > 0) data.m = values;
  }
  markSent(element);
  const form = isForm(owner) ? owner : closest(element, "form") as HTMLFormElement | null;
  if (!form) return data;
  const by = submitter ?? element;
  const fields = [...new FormData(form, isSubmitButton(by) && by.form === form ? by : null)];
  if (fields.length > 0) {
    data.f = fields.map(([name, value]) => [name, typeof value === "string" ? value : value.name]);
  }
  for (const field of Reflect.get(HTMLFormElement.prototype, "elements", form)) markSent(field);
  return data;
}

function isForm(value: unknown): value is HTMLFormElement {
  return value instanceof HTMLFormElement;
}

/** Whether an element is a button that submits its form. */
export function isSubmitButton(element: Element): element is HTMLButtonElement | HTMLInputElement {
  const { type, form } = element as HTMLInputElement;
  return isForm(form) && /^(submit|image)$/.test(type);
}
