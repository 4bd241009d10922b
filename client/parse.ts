/**
 * HTML in: the one place where a string becomes elements. They are parsed in a document without a window, so nothing
 * loads or runs, and are swept before anybody sees them.
 *
 * @module
 */

import { isUrlAttribute, safeUrl } from "../protocol/url.ts";
import { all, attribute, get, page } from "./dom.ts";

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

/** The one sink: the markup becomes the children of an element without a page. */
function fill<E extends Element>(context: E, html: string): E {
  policy ??= (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("argyle", asIs) ??
    asIs;
  context.innerHTML = policy.createHTML(html);
  return context;
}

function inertDocument(): Document {
  return inert ??= page("implementation").createHTMLDocument("");
}

/** An element like `parent`, with the given markup in it as the page's parser would have read it there. */
export function parseInside(parent: Element, html: string): Element {
  return sweep(fill(inertDocument().importNode(parent, false), html));
}

/**
 * The one element with this id that is to take the place of the one on the page.
 *
 * @throws TypeError for any other markup
 */
export function parseElement(target: Element, id: string, html: string): Element {
  const parent = get(target, "parentElement");
  const children = get(parseInside(parent ?? inertDocument().body, html), "children");
  const [element] = children;
  if (!element || children.length > 1 || attribute(element, "id") !== id) {
    throw new TypeError(`Cannot morph #${id}: the markup is not one such element.`);
  }
  return element;
}

/** A whole page, not swept yet: our script element is still to be read. */
export function parseDocument(html: string): Element {
  return fill(inertDocument().createElement("html"), html);
}

/** Takes out what could run or lead elsewhere. The server has written none of it; this is the second line. */
export function sweep<R extends Element | DocumentFragment>(root: R): R {
  for (const element of all(root, "script, base, meta[http-equiv]")) Element.prototype.remove.call(element);
  for (const element of all(root, "*")) {
    for (const item of [...get(element, "attributes")]) {
      const { name, value } = item;
      if (name.startsWith("on") || name === "srcdoc") get(element, "removeAttributeNode").call(element, item);
      else if (isUrlAttribute(name) && safeUrl(name, value) !== value) item.value = safeUrl(name, value);
    }
    if (element instanceof HTMLTemplateElement) sweep(element.content);
    // Without a window there is no script, and so the parser has read elements where the page has text.
    if (get(element, "localName") === "noscript") element.textContent = element.innerHTML;
  }
  return root;
}
