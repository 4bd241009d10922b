/**
 * HTML in: the one place where a string becomes elements. They are parsed in a document without a window, so nothing
 * loads or runs, and are swept before anybody sees them.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import type { AttributesOperation } from "../protocol/operations.ts";
import { isUrlAttribute, safeUrl } from "../protocol/url.ts";
import { all, attribute, get, has, page } from "./dom.ts";
import { DONE } from "./ours.ts";
import { refuse } from "./refuse.ts";

/** What of Trusted Types is used; not every browser has them. */
interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy;
}

interface Policy {
  createHTML(html: string): string;
}

const asIs: Policy = { createHTML: (html) => html };
let policy: Policy | undefined;
let inert: Document | undefined;

/** The one sink: the markup becomes the children of an element without a page; it is not swept yet. */
export function fill<E extends Element>(context: E, html: string): E {
  policy ??= (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("argyle", asIs) ??
    asIs;
  context.innerHTML = policy.createHTML(html);
  return context;
}

/** The document without a window. */
export function inertDocument(): Document {
  return inert ??= page("implementation").createHTMLDocument("");
}

/** An element like `parent`, with the given markup in it as the page's parser would have read it there. */
export function parseInside(parent: Element, html: string): Element {
  return sweep(fill(inertDocument().importNode(parent, false), html));
}

/**
 * The same for markup that is elements and nothing else.
 *
 * @throws TypeError for any other
 */
export function parseElements(parent: Element, html: string): Element {
  const inside = parseInside(parent, html);
  const { length } = get(inside, "childNodes");
  if (!length || length > get(inside, "childElementCount")) {
    refuse(html);
  }
  return inside;
}

/**
 * The one element that is to take the place of `target`: of the same id and key, and without an id of the same name.
 * `undefined` for any other markup.
 */
export function parseElement(target: Element, html: string): Element | undefined {
  const inside = parseInside(get(target, "parentElement") as Element, html);
  const [element, other] = get(inside, "childNodes");
  return !other && element instanceof Element && identity(target) === identity(element) ? element : undefined;
}

function identity(element: Element): string {
  return `${attribute(element, "id") ?? get(element, "nodeName")} ${attribute(element, Attribute.key)}`;
}

/** An element with the given attributes, those of `target` to be: read and swept as they are in markup. */
export function parseAttributes(target: Element, changes: AttributesOperation[2]): Element {
  const html = Object.entries(changes).map(([name, value]) =>
    value === null ? "" : ` ${name}="${value.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"`
  );
  // How a name is read (`viewBox`, `xlink:href`) depends on the namespace alone.
  const context = inertDocument().createElementNS(get(target, "namespaceURI"), "g");
  return get(sweep(fill(context, `<g${html.join("")}>`)), "firstElementChild") as Element;
}

/** Takes out what could run or lead elsewhere. The server has written none of it; this is the second line. */
export function sweep<R extends Element | DocumentFragment>(root: R): R {
  for (const element of all(root, DONE)) get(element, "remove").call(element);
  for (const element of all(root, "*")) {
    for (const item of [...get(element, "attributes")]) {
      const { name, value } = item;
      const safe = isUrlAttribute(name) ? safeUrl(name, value) : value;
      if (/^(on|srcdoc$|http-equiv$)/.test(name)) get(element, "removeAttributeNode").call(element, item);
      else if (safe !== value) item.value = safe;
    }
    if (element instanceof HTMLTemplateElement) {
      sweep(element.content);
      // The parser of a page makes this a root, and no element.
      if (has(element, "shadowrootmode")) element.remove();
    }
    // Without a window there is no script, and so the parser has read elements where the page has text.
    if (get(element, "localName") === "noscript") element.textContent = element.innerHTML;
  }
  return root;
}
