/**
 * The interpreter: what a server may do to a page, done.
 *
 * @module
 */

import type { Operation } from "../protocol/operations.ts";
import { Attribute } from "../protocol/markers.ts";
import { closest, page } from "./dom.ts";
import { morphHead } from "./head.ts";
import { keepPlace } from "./keep.ts";
import { morph } from "./morph.ts";
import { parseElement, parseInside } from "./parse.ts";

let applying = false;

/** Whether the page is being changed: events that arrive now (a blur, a focus) are not a person's. */
export function isApplying(): boolean {
  return applying;
}

/**
 * Applies operations in order.
 *
 * @throws TypeError when the page has no such element, or the markup is not what it should be
 */
export function applyOperations(operations: readonly Operation[]): void {
  change(() => operations.forEach(apply), operations.some(([name]) => name === "body"));
}

/** Brings the whole page to another one. */
export function replacePage(head: Element, body: Element): void {
  change(() => {
    morphHead(head);
    morph(page("body"), body, true);
  }, true);
}

function change(run: () => void, wholly: boolean): void {
  applying = true;
  try {
    keepPlace(run, wholly);
  } finally {
    applying = false;
  }
}

function apply([name, ...rest]: Operation): void {
  const [id = "", html = id] = rest;
  if (name === "body") return morph(page("body"), parseInside(page("body"), html), true);
  if (name === "head") return morphHead(parseInside(page("head"), html));
  const element = page("getElementById").call(document, id);
  if (name satisfies "morph" !== "morph" || !element) {
    throw new TypeError(`Cannot ${name} #${id}: nothing to do it to.`);
  }
  // Scripts are done when they have run, and what is permanent is not ours.
  if (element instanceof HTMLScriptElement || closest(element, `[${Attribute.permanent}]`)) return;
  morph(element, parseElement(element, id, html));
}
