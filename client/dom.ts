/**
 * Reading the DOM past names that stand in its way: `<input name="attributes">` hides a form's own `attributes`, and
 * `<img name="body">` hides the document's `body`. Members of the prototypes cannot be hidden.
 *
 * @module
 */

/** A member of an element (or of a node, where nodes have it), whatever the fields inside it are called. */
export function get<K extends keyof Node>(node: Node, key: K): Node[K];
export function get<K extends keyof Element>(element: Element, key: K): Element[K];
export function get(node: Node, key: keyof Element): Element[keyof Element] {
  return Reflect.get(Element.prototype, key, node);
}

/** A member of the document, whatever the images and forms on the page are called. */
export function page<K extends keyof Document>(key: K): Document[K] {
  return Reflect.get(Document.prototype, key, document);
}

/** An attribute's value, or null. */
export function attribute(element: Element, name: string): string | null {
  return Element.prototype.getAttribute.call(element, name);
}

/** Whether an attribute is there. */
export function has(element: Element, name: string): boolean {
  return Element.prototype.hasAttribute.call(element, name);
}

/** Whether a selector names an element. */
export function matches(element: Element, selector: string): boolean {
  return Element.prototype.matches.call(element, selector);
}

/** The nearest element that a selector names, the element itself first. */
export function closest(element: Element, selector: string): Element | null {
  return Element.prototype.closest.call(element, selector);
}

/** The descendants that a selector names. */
export function all<E extends Element>(root: Element | DocumentFragment, selector: string): E[] {
  const { prototype } = root instanceof Element ? Element : DocumentFragment;
  return [...prototype.querySelectorAll.call(root, selector)] as E[];
}

/** The first descendant that a selector names. */
export function first(root: Element, selector: string): Element | null {
  return Element.prototype.querySelector.call(root, selector);
}

/** Whether a node is another one or in it. */
export function contains(root: Node, node: Node): boolean {
  return Element.prototype.contains.call(root, node);
}

/** Whether a node is still on the page. */
export function onPage(node: Node): boolean {
  return contains(document, node);
}

/** Tells the page, from an element or from the document, what has happened. False where a listener has cancelled it. */
export function announce(target: EventTarget, name: string, detail?: unknown): boolean {
  return Element.prototype.dispatchEvent.call(
    target,
    new CustomEvent(name, { bubbles: true, cancelable: true, detail }),
  );
}

/**
 * Listens on the document, in the capturing phase; without `active` the listener cannot prevent the default. (Chromium
 * sends no `mouseenter` for a listener that stands on the window.)
 */
export function listen(
  type: string,
  run: (event: Event) => void,
  active = false,
  target: EventTarget = document,
): void {
  EventTarget.prototype.addEventListener.call(target, type, run, { capture: true, passive: !active });
}
