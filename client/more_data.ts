/**
 * What is told of an element besides itself and its form, where its attributes ask for it.
 *
 * @module
 */

import type { ElementData } from "../protocol/frames.ts";
import { Attribute, Option, OURS } from "../protocol/markers.ts";
import { all, attribute, get, has, page } from "./dom.ts";
import { rootsOf } from "./roots.ts";
import { warn } from "./warn.ts";

/** The data with what the element's attributes ask for. */
export function moreData(element: Element, data: ElementData): ElementData {
  const more: { -readonly [K in keyof ElementData]: ElementData[K] } = { ...data };
  const dataset = attribute(element, Option.dataset);
  if (dataset !== null) {
    // What is nearer wins, and what is the element's own before all.
    const found = elementsOf(element, dataset).reverse().map(ownData);
    more.a = Object.assign({}, ...found, data.a);
  }
  const every = attribute(element, Option.datasetAll);
  if (every !== null) {
    const lists = new Map<string, string[]>();
    for (const one of [element, ...elementsOf(element, every)]) {
      for (const [name, value] of Object.entries(ownData(one))) {
        lists.set(name, [...lists.get(name) ?? [], value]);
      }
    }
    more.d = Object.fromEntries(lists);
  }
  if (attribute(element, Option.serializeForm) === "false") delete more.f;
  const selector = attribute(element, Option.formSelector);
  if (selector !== null) {
    const fields = fieldsOf(selector, element);
    if (fields === undefined) delete more.f;
    else more.f = fields;
  }
  if (asks(element, Option.innerHtml)) more.h = get(element, "innerHTML");
  if (asks(element, Option.textContent)) more.t = get(element, "textContent") ?? "";
  if (asks(element, Option.suppressLogging)) more.q = true;
  const roots = rootsOf(element);
  if (roots !== undefined) more.r = roots;
  return more;
}

/** The fields of the form that a selector names; nothing, and a warning, where it names none. */
export function fieldsOf(selector: string, element: Element): ElementData["f"] {
  const form = select(element, selector)[0];
  if (form instanceof HTMLFormElement) {
    return [...new FormData(form)].map(([name, value]) => [
      name,
      typeof value === "string" ? value : value.name,
    ]);
  }
  warn(`${JSON.stringify(selector)} names no form.`, element);
  return undefined;
}

function asks(element: Element, name: string): boolean {
  return has(element, name) && attribute(element, name) !== "false";
}

/** Attributes that are a page's own data. */
function ownData(element: Element): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, value } of get(element, "attributes")) {
    if (name.startsWith("data-") && !OURS.test(name) && name !== Attribute.key) {
      found[name] = value;
    }
  }
  return found;
}

/** The elements that are asked for, the nearest first; each once. */
function elementsOf(element: Element, words: string): Element[] {
  const found = new Set<Element>();
  for (const word of words.match(/\S+/g) ?? []) for (const one of named(element, word)) found.add(one);
  found.delete(element);
  return [...found];
}

function named(element: Element, word: string): Iterable<Element> {
  const parent = get(element, "parentElement");
  switch (word) {
    case "combined":
    case "ancestors":
      return ancestors(element);
    case "parent":
      return parent ? [parent] : [];
    case "siblings":
      return parent ? get(parent, "children") : [];
    case "children":
      return get(element, "children");
    case "descendants":
      return all(element, "*");
    default:
      return select(element, word);
  }
}

function* ancestors(element: Element): Iterable<Element> {
  for (let one = get(element, "parentElement"); one; one = get(one, "parentElement")) yield one;
}

function select(element: Element, selector: string): Element[] {
  try {
    return all(page("documentElement"), selector);
  } catch {
    warn(`${JSON.stringify(selector)} selects nothing: it is no selector.`, element);
    return [];
  }
}
