/**
 * Objects that live as long as elements of a name are on the page: for what a reflex cannot do, since it happens in the
 * browser alone.
 *
 * @module
 */

import { EVENT_PREFIX } from "../protocol/markers.ts";
import type { ReflexDetail, ReflexStage } from "./reflex_event.ts";

/**
 * What is done with elements of a behaviour.
 *
 * @example
 * ```ts
 * import { type Behavior, behavior } from "@argyle/argyle/client";
 * const focus: Behavior = { connect: (element) => element.focus() };
 * behavior("focus", focus); // <input data-behavior="focus">
 * ```
 */
export interface Behavior {
  /**
   * An element has come to the page, or has got the name.
   *
   * @param signal aborts when it has gone, or lost the name
   */
  connect?(element: HTMLElement, signal: AbortSignal): void;
  /** It has gone, or lost the name. */
  disconnect?(element: HTMLElement): void;
  /** A reflex of the element, or of one in it, has come to another stage. */
  reflex?(element: HTMLElement, detail: ReflexDetail): void;
}

const ATTRIBUTE = "data-behavior";

const stages: readonly ReflexStage[] = [
  "created",
  "before",
  "queued",
  "delivered",
  "nothing",
  "success",
  "halted",
  "forbidden",
  "error",
  "after",
  "finalize",
];

const behaviors = new Map<string, Behavior>();

/** What is connected, by element and by name. */
const connected = new Map<Element, Map<string, AbortController>>();

/**
 * Gives elements with `data-behavior="name"` a behaviour, those that are there and those that will be. Several names are
 * separated by blanks. An element that is moved stays connected.
 *
 * @param name without blanks
 * @throws TypeError for a name that is taken, or is none
 *
 * @example
 * ```ts
 * import { behavior } from "@argyle/argyle/client";
 * behavior("clock", { // <time data-behavior="clock"></time>
 *   connect(element, signal) {
 *     const timer = setInterval(() => element.textContent = new Date().toLocaleTimeString(), 1000);
 *     signal.addEventListener("abort", () => clearInterval(timer));
 *   },
 * });
 * ```
 */
export function behavior(name: string, does: Behavior): void {
  if (!/^\S+$/.test(name)) throw new TypeError(`Cannot name a behaviour ${JSON.stringify(name)}.`);
  if (behaviors.has(name)) throw new TypeError(`Cannot add the behaviour ${name}: the name is taken.`);
  behaviors.set(name, does);
  if (!globalThis.document) return;
  if (behaviors.size === 1) watch();
  for (const element of document.querySelectorAll(`[${ATTRIBUTE}~=${CSS.escape(name)}]`)) bring(element);
}

function watch(): void {
  new MutationObserver((records) => {
    const touched = new Set<Element>();
    for (const { target, addedNodes, removedNodes, attributeName } of records) {
      if (attributeName) touched.add(target as Element);
      for (const node of [...addedNodes, ...removedNodes]) {
        if (!(node instanceof Element)) continue;
        for (const element of [node, ...node.querySelectorAll(`[${ATTRIBUTE}]`)]) touched.add(element);
      }
    }
    // What was taken from where it stood may stand elsewhere by now.
    for (const element of touched) bring(element);
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: [ATTRIBUTE] });
  for (const stage of stages) document.addEventListener(EVENT_PREFIX + stage, tell);
}

/** Brings what is connected to what an element says, if it is on the page. */
function bring(element: Element): void {
  const said: string[] = element.isConnected ? element.getAttribute(ATTRIBUTE)?.match(/\S+/g) ?? [] : [];
  const own = connected.get(element) ?? new Map<string, AbortController>();
  for (const [name, controller] of [...own]) {
    if (said.includes(name)) continue;
    own.delete(name);
    guard(name, () => {
      controller.abort();
      behaviors.get(name)?.disconnect?.(element as HTMLElement);
    });
  }
  for (const name of said) {
    const does = behaviors.get(name);
    if (does === undefined || own.has(name)) continue;
    const controller = new AbortController();
    own.set(name, controller);
    guard(name, () => does.connect?.(element as HTMLElement, controller.signal));
  }
  if (own.size > 0) connected.set(element, own);
  else connected.delete(element);
}

function tell(event: Event): void {
  const { target } = event;
  for (const [element, own] of [...connected]) {
    if (!(target instanceof Node) || !element.contains(target)) continue;
    for (const name of own.keys()) {
      guard(
        name,
        () =>
          behaviors.get(name)?.reflex?.(element as HTMLElement, (event as CustomEvent<ReflexDetail>).detail),
      );
    }
  }
}

// What goes wrong in one is told as what goes wrong in a listener, and keeps no other from its turn.
function guard(name: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    reportError(new Error(`The behaviour ${name} has failed.`, { cause: error }));
  }
}
