/**
 * Operations by hand that change elements. Around each, fields, focus, caret and scroll positions are kept.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { isOpenAttribute } from "../protocol/operation_rules.ts";
import { call, own } from "./call.ts";
import { changeAttributes, DONE, holdFields, morph, parseElement, parseInside, place } from "./core.ts";
import { deny, kebab, text } from "./deny.ts";
import { RADIOS } from "./fields.ts";

import type { Detail } from "./own_operation.ts";
import { targets } from "./targets.ts";

type Change = (element: Element, detail: Detail, name: string) => void;

/** Members of an element that put nodes into it, beside it or in its place. */
type Put = "append" | "prepend" | "before" | "after" | "replaceWith" | "replaceChildren";

/** By operation; of those that have a position, by that. */
const puts: Record<string, Put | ""> = {
  append: "append",
  prepend: "prepend",
  innerHtml: "replaceChildren",
  textContent: "replaceChildren",
  outerHtml: "replaceWith",
  replace: "replaceWith",
  insertAdjacentHtml: "",
  insertAdjacentText: "",
};

const positions: Record<string, Put> = {
  beforebegin: "before",
  afterbegin: "prepend",
  beforeend: "append",
  afterend: "after",
};

/** By name. */
export const changes: Record<string, Change> = {
  // A name is anything: also one that every object has.
  __proto__: null as never,

  graft(element, { parent }) {
    around(element);
    place(within(targets(parent as string)[0]), element, null);
  },
  morph(element, { html, raw, childrenOnly }) {
    const to = childrenOnly
      ? parseInside(within(element), text(html))
      : around(element) && parseElement(element, text(html).trim());
    if (raw) unbind(to?.parentElement ?? to);
    morph(element, to ?? deny("the markup"), childrenOnly as boolean);
  },
  remove(element) {
    around(element);
    call(element, "remove");
  },
  addCssClass: changeClass,
  removeCssClass: changeClass,
  setAttribute: changeAttribute,
  removeAttribute: changeAttribute,
  setDatasetProperty: changeAttribute,
  setStyle: setStyles,
  setStyles,
};

for (const name in puts) changes[name] = put;

function put(element: Element, { html, raw, text: said, position }: Detail, name: string): void {
  const method = puts[name] || (positions[`${position ?? "beforeend"}`] ?? deny("the place"));
  const context = /end|Children/.test(method) ? within(element) : around(element);
  const inside = parseInside(context, text(html));
  if (raw) unbind(inside);
  call(element, method, ...(/ext/.test(name) ? [text(said)] : own(inside, "childNodes")));
}

/** Raw markup calls nothing, whatever it says. */
function unbind(root: Element | undefined): void {
  for (const element of call(root!, "querySelectorAll", `[${Attribute.reflex}]`)) {
    call(element, "removeAttribute", Attribute.reflex);
  }
}

/** What the element stands in. */
function around(element: Element): Element {
  return within(own(element, "parentElement"));
}

/**
 * An element whose content is about to change. Head and body stay where they are, what stands in a template is nowhere,
 * and scripts are done.
 */
function within(element: Element | null | undefined): Element {
  if (!element || call(element, "matches", `html,template,${DONE}`)) deny("the place");
  holdFields(element, RADIOS);
  return element;
}

function changeClass(element: Element, { name }: Detail, operation: string): void {
  // "addCssClass" is the list's "add".
  own(element, "classList")[operation.replace("CssClass", "") as "add"](...[name].flat() as string[]);
  if (!call(element, "getAttribute", "class")) call(element, "removeAttribute", "class");
}

function changeAttribute(element: Element, { name, value }: Detail, operation: string): void {
  const said = text(name), attribute = /D/.test(operation) ? `data-${kebab(said)}` : said;
  if (!isOpenAttribute(attribute)) deny(`the attribute ${attribute}`);
  changeAttributes(element, { [attribute]: /^r/.test(operation) ? null : text(value) });
}

function setStyles(element: Element, { styles, name, value }: Detail): void {
  for (const [key, said] of Object.entries(styles ?? { [name as string]: value })) {
    own(element as HTMLElement, "style").setProperty(/^--/.test(key) ? key : kebab(key), said as string);
  }
}
