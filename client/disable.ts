/**
 * A button that cannot be pressed again while its call is under way, and says so: `data-reflex-disable-with`.
 *
 * @module
 */

import { Option } from "../protocol/markers.ts";
import { attribute, get } from "./dom.ts";

/** The value of `disabled` that is ours: the server writes another. */
const OURS = "reflex";

/**
 * Disables the button of an element: itself, or the one that has submitted it.
 *
 * @returns takes it back, as far as the server has not said otherwise meanwhile
 */
export function disable(element: Element, submitter: Element | null | undefined): (() => void) | undefined {
  const label = attribute(element, Option.disableWith);
  if (label === null) return undefined;
  const button = submitter ?? (element instanceof HTMLFormElement ? submitButton(element) : element);
  if (!button || attribute(button, "disabled") !== null) return undefined;
  const restore = label === "" ? undefined : relabel(button, label);
  get(button, "setAttribute").call(button, "disabled", OURS);
  return () => {
    if (attribute(button, "disabled") === OURS) get(button, "removeAttribute").call(button, "disabled");
    restore?.();
  };
}

function submitButton(form: HTMLFormElement): Element | undefined {
  const fields: HTMLFormControlsCollection = Reflect.get(HTMLFormElement.prototype, "elements", form);
  return [...fields].find((field) => /^(submit|image)$/.test((field as HTMLButtonElement).type));
}

// Only a text changes, and no element: a patch finds all where it was.
function relabel(button: Element, label: string): (() => void) | undefined {
  if (button instanceof HTMLInputElement) {
    const before = button.value;
    button.value = label;
    return () => {
      if (button.value === label) button.value = before;
    };
  }
  const text = firstText(button), before = text?.nodeValue;
  if (!text) return undefined;
  text.nodeValue = label;
  return () => {
    if (text.nodeValue === label) text.nodeValue = before ?? "";
  };
}

function firstText(root: Node): Node | undefined {
  for (const node of root.childNodes) {
    if (node.nodeType === 3 && node.nodeValue?.trim()) return node;
    const inside = firstText(node);
    if (inside) return inside;
  }
  return undefined;
}
