/**
 * What the browser tells about the element that was acted on.
 *
 * @module
 */

import type { ElementData } from "../protocol/frames.ts";
import { Attribute } from "../protocol/markers.ts";
import { attribute, get } from "./dom.ts";
import { isCheckable, markSent } from "./fields.ts";

type Data = { -readonly [K in keyof ElementData]: ElementData[K] } & { a?: Record<string, string> };

/** Reads an element, and the form it belongs to; `submitter` is the button that submitted the form. */
export function elementData(element: Element, submitter: HTMLElement | null): ElementData {
  const data: Data = {};
  for (const { name, value } of get(element, "attributes")) {
    if (!name.startsWith(Attribute.reflex) && name !== "class" && name !== "style") {
      (data.a ??= {})[name] = value;
    }
  }
  const value = valueOf(element);
  if (value !== (attribute(element, "value") ?? "")) data.v = value;
  if (element instanceof HTMLInputElement && isCheckable(element)) {
    data.c = element.checked;
  }
  if (element instanceof HTMLSelectElement && element.multiple) {
    const values = [...element.selectedOptions].map((option) => option.value);
    if (values.length > 0) data.m = values;
  }
  markSent(element);
  const form = formOf(element);
  if (!form) return data;
  const fields = fieldsOf(form, submitter ?? element);
  if (fields.length > 0) data.f = fields;
  for (const field of Reflect.get(HTMLFormElement.prototype, "elements", form)) markSent(field);
  return data;
}

/** A form's `value` may be a field of that name, and a password leaves only with its form. */
function valueOf(element: Element): string {
  const { type, value } = element as HTMLInputElement;
  if (typeof value !== "string" || type === "password") return attribute(element, "value") ?? "";
  return value;
}

function formOf(element: Element): HTMLFormElement | null {
  if (element instanceof HTMLFormElement) return element;
  const { form } = element as HTMLInputElement;
  return form instanceof HTMLFormElement
    ? form
    : get(element, "closest").call(element, "form") as HTMLFormElement | null;
}

function fieldsOf(form: HTMLFormElement, by: Element): [name: string, value: string][] {
  const button = isSubmitButton(by) && by.form === form ? by : null;
  return [...new FormData(form, button)]
    .map(([name, value]) => [name, typeof value === "string" ? value : value.name]);
}

/** Whether an element is a button that submits its form. */
export function isSubmitButton(element: Element): element is HTMLButtonElement | HTMLInputElement {
  if (!(element instanceof HTMLButtonElement || element instanceof HTMLInputElement)) return false;
  return element.form !== null && (element.type === "submit" || element.type === "image");
}
