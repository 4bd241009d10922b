/**
 * The interpreter: what a server may do to a page, done.
 *
 * @module
 */

import type { Operation } from "../protocol/operations.ts";
import { Attribute } from "../protocol/markers.ts";
import { get, page } from "./dom.ts";
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

function apply(operation: Operation): void {
  switch (operation[0]) {
    case "morph":
      return morphOne(operation[1], operation[2]);
    case "body":
      return morph(page("body"), parseInside(page("body"), operation[1]), true);
    case "head":
      return morphHead(parseInside(page("head"), operation[1]));
    default:
      operation satisfies never;
      throw new TypeError(`Cannot apply ${operation}: no such operation.`);
  }
}

function morphOne(id: string, html: string): void {
  const element = page("getElementById").call(document, id);
  if (!element) throw new TypeError(`Cannot morph #${id}: no such element.`);
  if (element instanceof HTMLScriptElement) return;
  if (get(element, "closest").call(element, `[${Attribute.permanent}]`)) return;
  morph(element, parseElement(element, id, html));
}
