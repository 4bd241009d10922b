/**
 * From an event on the page to a call: `data-reflex="click->Counter#increment"`. One listener for each event type
 * stands on the document, in the capturing phase, so that nothing needs to be bound when the page changes.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";
import { all, attribute, first, has, listen, matches, page } from "./dom.ts";
import { isApplying } from "./operations.ts";
import { isSubmitButton } from "./serialize.ts";

/** One of the calls that an element offers. */
export interface Offer {
  /** The DOM event. */
  readonly type: string;
  /** `Class#method`. */
  readonly target: string;
  /** Which list of `data-reflex-args` is meant. */
  readonly position: number;
}

/** What is done with an offer that somebody took up. */
export type Perform = (element: Element, offer: Offer, event: Event) => Promise<void>;

/** Reads `data-reflex`; what is not of the form `event->Class#method` offers nothing. */
export function parseOffers(text: string): Offer[] {
  return (text.match(/\S+/g) ?? []).flatMap((token, position) => {
    const [type, target] = token.split("->");
    return type && target ? [{ type, target, position }] : [];
  });
}

/** Listens to whatever the page offers, now and later. */
export function bind(perform: Perform): void {
  const types = new Set<string>();
  /** Pages repeat the same few texts thousands of times: looking for others leaves most elements to the browser. */
  const parsed = new Map<string, readonly Offer[]>();
  let others = `[${Attribute.reflex}]:not([${Attribute.reflex}=""])`;

  function scan(root: Element): void {
    offersOf(root);
    // Each text that is left out of the search makes it longer.
    for (let left = 8; left--;) {
      const element = first(root, others);
      if (!element) return;
      offersOf(element);
    }
    all(root, others).forEach(offersOf);
  }

  function offersOf(element: Element): readonly Offer[] {
    const text = attribute(element, Attribute.reflex);
    if (!text) return [];
    let offers = parsed.get(text);
    if (offers) return offers;
    parsed.set(text, offers = parseOffers(text));
    if (parsed.size < 99) others += `:not([${Attribute.reflex}=${JSON.stringify(text)}])`;
    for (const { type } of offers) {
      if (types.has(type)) continue;
      types.add(type);
      listen(type, hear, type === "click" || type === "submit");
    }
    return offers;
  }

  function hear(event: Event): void {
    if (isApplying()) return;
    const { type } = event;
    const path = event.composedPath();
    let found: Element | undefined;
    for (const element of path) {
      if (!(element instanceof Element)) continue;
      // Whatever stands inside raw HTML offers nothing.
      if (has(element, Attribute.raw)) found = undefined;
      if (!found && (event.bubbles || element === path[0])) {
        if (offersOf(element).some((offer) => offer.type === type)) found = element;
      }
    }
    if (!found || matches(found, ":disabled")) return;
    const link = type === "click" && matches(found, "a[href], area[href]");
    // Opening a link elsewhere is between the person and the browser.
    const { button, ctrlKey, metaKey, shiftKey } = event as MouseEvent;
    if (link && (button > 0 || ctrlKey || metaKey || shiftKey)) return;
    if (type === "submit" || link || (type === "click" && isSubmitButton(found))) event.preventDefault();
    for (const offer of offersOf(found)) {
      if (offer.type === type) void perform(found, offer, event);
    }
  }

  const root = page("documentElement");
  scan(root);
  new MutationObserver((records) => {
    // What was taken out and comes back at once was moved, and is known: rows in another order are many.
    let gone: Node | undefined;
    for (const { target, attributeName, addedNodes, removedNodes } of records) {
      if (attributeName) offersOf(target as Element);
      // By number: an iterator for each of thousands of lists takes as long as all the rest.
      for (let i = 0; i < addedNodes.length; i++) {
        const node = addedNodes[i];
        if (node !== gone && node instanceof Element) scan(node);
      }
      gone = removedNodes[0];
    }
  }).observe(root, { childList: true, subtree: true, attributeFilter: [Attribute.reflex] });
}
