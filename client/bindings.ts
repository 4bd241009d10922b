/**
 * From an event on the page to a call: `data-reflex="click->Counter#increment"`. One listener for each event type
 * stands on the document, in the capturing phase, so that nothing needs to be bound when the page changes.
 *
 * @module
 */

import { Attribute, Option, OPTIONED } from "../protocol/markers.ts";
import { type LoadPatches, type LoadRest, patches, rest } from "./beside.ts";
import { all, attribute, closest, first, get, has, listen, matches, page } from "./dom.ts";
import { isApplying } from "./operations.ts";
import { watch } from "./watch.ts";
import type { Perform } from "./perform.ts";
import { isSubmitButton } from "./serialize.ts";

/** One of the calls that an element offers. */
export interface Offer {
  /** The DOM event. */
  readonly type: string;
  /** Which of these events: `.prevent.once`, or nothing. */
  readonly words: string;
  /** `Class#method`. */
  readonly target: string;
  /** Which list of `data-reflex-args` is meant. */
  readonly position: number;
}

/** What only some pages need: words behind an event, and attributes that say how a call is made. */
export interface Options {
  /** Whether an event is one that an offer with words means; `beyond` the element, or in it. */
  accepts(element: Element, offer: Offer, event: Event, beyond: boolean): boolean;
  /** Elements that may offer something for events that happen beyond them. */
  beyond(offers: readonly Offer[], event: Event): readonly Element[];
  /** Makes the call as the element's attributes say. */
  take(element: Element, offer: Offer, event: Event, perform: Perform): void;
}

/**
 * Reads `data-reflex`: `event->Class#method`, or an event alone. Behind an event stand words; those of a key are its
 * names, and of other events what is none of ours is part of the name, as in `shown.bs.modal`.
 */
export function parseOffers(text: string): Offer[] {
  return (text.match(/\S+/g) ?? []).map((token, position) => {
    const [event, target = Attribute.refresh] = token.split("->") as [string, string?];
    const [words] = event.match(
      /((?<=^key(down|up|press))\..+|(\.(prevent|stop|once|self|outside|window|document))*)$/,
    ) as RegExpMatchArray;
    return { type: event.slice(0, event.length - words.length), words, target, position };
  });
}

/**
 * Listens to whatever the page offers, now and later.
 *
 * @param load gets what only some pages need
 * @param need gets what every patch needs from now on
 */
export function bind(perform: Perform, load: LoadRest, need: LoadPatches): void {
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
    for (const { type, words } of offers) {
      // They are there when the first event comes, if that can be.
      if (words) load().catch(() => {});
      if (/window/.test(words)) add(type, words, hearBeyond, window);
      add(type, words, hear, document);
    }
    return offers;
  }

  function add(type: string, words: string, run: (event: Event) => void, target: EventTarget): void {
    const name = type + (target === document);
    // A page is not to scroll less smoothly because it is listened to.
    if (!types.has(name)) listen(type, run, !!words || !/touch|wheel/.test(type), target);
    types.add(name);
  }

  function meant(element: Element, event: Event, beyond = false): readonly Offer[] {
    return offersOf(element).filter((offer) =>
      offer.type === event.type &&
      (offer.words ? rest?.options.accepts(element, offer, event, beyond) : !beyond)
    );
  }

  function hear(event: Event): void {
    if (isApplying()) return;
    const path = event.composedPath();
    let found: Element | undefined;
    for (const element of path) {
      if (!(element instanceof Element)) continue;
      // Whatever stands inside raw HTML offers nothing.
      if (has(element, Attribute.raw)) found = undefined;
      if (!found && (event.bubbles || element === path[0]) && meant(element, event)[0]) found = element;
    }
    if (found) take(found, event, false);
    hearBeyond(event);
  }

  function hearBeyond(event: Event): void {
    rest?.options.beyond([...parsed.values()].flat(), event).forEach((element) => take(element, event, true));
  }

  function take(element: Element, event: Event, beyond: boolean): void {
    const { type } = event;
    if (matches(element, ":disabled")) return;
    const link = type === "click" && matches(element, "a[href], area[href]");
    // Opening a link elsewhere is between the person and the browser.
    const { button, ctrlKey, metaKey, shiftKey } = event as MouseEvent;
    if (link && (button > 0 || ctrlKey || metaKey || shiftKey)) return;
    if (!beyond && (type === "submit" || link || (type === "click" && isSubmitButton(element)))) {
      event.preventDefault();
    }
    for (const offer of meant(element, event, beyond)) {
      const go = (change?: () => never) => void perform(element, offer, event, change);
      if (!offer.words && !isOptioned(element)) go();
      else if (rest) rest.options.take(element, offer, event, perform);
      else {
        load().then(
          ({ options }) => options.take(element, offer, event, perform),
          (error) =>
            go(() => {
              throw error;
            }), // it is told as any call's failure is
        );
      }
    }
  }

  scan(page("documentElement"));
  watch((records) => {
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
  }, (records) => {
    if (patches) patches.note(records);
    // Without it, nobody knows who has put what on the page; and patches wait for it.
    else need().then(({ note }) => note(records), () => {});
  });
}

/** Whether attributes of an element, or what it stands in, say how its calls are made. */
function isOptioned(element: Element): boolean {
  return [...get(element, "attributes")].some(({ name }) => OPTIONED.test(name)) ||
    !!closest(element, `[${Option.root}]`);
}
