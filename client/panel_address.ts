/**
 * Where an operation does what it does: for people, and as the elements of the page.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import type { Address, Operation } from "../protocol/operations.ts";
import { all, get, page } from "./dom.ts";

/** The place, as a person writes it. */
export function addressOf(operation: Operation): string {
  switch (operation[0]) {
    case "head":
    case "body":
      return "";
    case "select":
      return operation[1];
    case "do":
      return `${operation[1]} ${operation[2] ?? ""}`;
    case "remove":
      return operation.slice(1).map((at) => written(at as Address)).join(", ");
    default:
      return written(operation[1]);
  }
}

function written(address: Address): string {
  const [id, ...steps] = typeof address === "string" ? [address] : address;
  return [id === "" ? "body" : `#${id}`, ...steps.map((step) => step === -1 ? "parent" : step)].join(" › ");
}

/** Elements that it is about, as far as they are on the page now; of what is removed, what it stood in. */
export function elementsOf(operation: Operation): Element[] {
  switch (operation[0]) {
    case "head":
      return [];
    case "body":
      return [page("body")];
    case "select":
      return selected(operation[1]);
    case "do":
      return operation[2] === null ? [] : selected(operation[2]);
    case "remove":
      return operation.slice(1).flatMap((at) => parentOf(found(at as Address)));
    case "before":
    case "after":
      return added(operation[2]) ?? parentOf(found(operation[1]));
    case "order":
      return parentOf(found(operation[1]));
    default:
      return [found(operation[1])].filter((one) => one !== undefined);
  }
}

function found(address: Address): Element | undefined {
  const [id, ...steps] = typeof address === "string" ? [address] : address;
  let element: Element | null | undefined = id === ""
    ? page("body")
    : page("getElementById").call(document, id as string);
  for (const step of steps) {
    if (!element) break;
    element = typeof step === "string"
      ? all(element, `[${Attribute.key}]`).find((one) => one.getAttribute(Attribute.key) === step)
      : step === -1
      ? get(element, "parentElement")
      : get(element, "children")[step];
  }
  return element ?? undefined;
}

function parentOf(element: Element | undefined): Element[] {
  const parent = element && get(element, "parentElement");
  return parent ? [parent] : [];
}

// The elements of a markup, once they are there, by the id of the first: to read it whole would be to parse it again.
function added(html: string): Element[] | undefined {
  const [, id] = /^\s*<[^>]*\sid="([^"&]+)"/.exec(html) ?? [];
  const element = id === undefined ? null : page("getElementById").call(document, id);
  return element ? [element] : undefined;
}

// The author's selector may be one that this browser does not know, or an XPath.
function selected(selector: string): Element[] {
  try {
    return all(page("body"), selector);
  } catch (error) {
    if (error instanceof DOMException) return [];
    throw error;
  }
}
