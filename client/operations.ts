/**
 * The interpreter: what a server may do to a page, done.
 *
 * @module
 */

import type { AttributesOperation, Operation } from "../protocol/operations.ts";
import { find, forget } from "./address.ts";
import { rest } from "./beside.ts";
import { get, matches, page } from "./dom.ts";
import { holdFields, isField, RADIOS } from "./fields.ts";
import { morphHead } from "./head.ts";
import { keepPlace } from "./keep.ts";
import { morph } from "./morph.ts";
import { keepOpen, markOpen, OPEN } from "./open.ts";
import { FIXED, isEdited } from "./ours.ts";
import { parseAttributes, parseElement, parseElements, parseInside } from "./parse.ts";
import { after, morphAttributes, place } from "./plain_morph.ts";
import { refuse } from "./refuse.ts";

let applying = false;

/** Whether the page is being changed: events that arrive now (a blur, a focus) are not a person's. */
export function isApplying(): boolean {
  return applying;
}

/** Whether operations need the script beside this one, and it is not there. */
export function needsRest(operations: readonly Operation[]): boolean {
  return !rest && operations.some(([name]) => /order|select/.test(name));
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
    forget();
  }
}

function apply(operation: Operation): void {
  const [name] = operation;
  switch (name) {
    case "body":
      return morph(page("body"), parseInside(page("body"), operation[1]), true);
    case "head":
      return morphHead(parseInside(page("head"), operation[1]));
    case "select":
      return rest?.select(operation[1], operation[2]);
    case "remove":
      // All are found before the first is gone: positions are those of the page as it was.
      return operation.slice(1).map((at) => find(at)).forEach(remove);
  }
  const element = find(operation[1]);
  if (!element) return;
  const fixed = matches(element, FIXED);
  switch (name) {
    case "morph":
      if (!fixed) morph(element, parseElement(element, operation[2]) ?? refuse(operation[2]));
      return;
    case "attributes":
      if (!fixed) changeAttributes(element, operation[2]);
      return;
    case "text":
      if (!fixed && !isEdited(element)) write(element, operation[2]);
      return;
    case "before":
    case "after":
      return putBeside(element, name === "after" ? after(element) : element, operation[2]);
    case "order":
      return rest?.order(element, operation[2]);
    default:
      refuse(name satisfies never);
  }
}

function changeAttributes(element: Element, changes: AttributesOperation[2]): void {
  const to = parseAttributes(element, changes), names = Object.keys(changes);
  if (names.includes(OPEN)) keepOpen(element, to);
  holdFields(element);
  morphAttributes(element, to, names);
}

function write(element: Element, text: string): void {
  if (isField(element)) holdFields(element); // a textarea
  const first = get(element, "firstChild");
  // An empty text is a node that no parser makes.
  if (text && first?.nodeType === 3 && first === get(element, "lastChild")) first.nodeValue = text;
  else Reflect.set(Element.prototype, "textContent", text, element);
}

function putBeside(element: Element, at: Node | null, html: string): void {
  const parent = get(element, "parentElement") as Element, to = parseElements(parent, html);
  holdFields(parent); // a select
  holdFields(to, RADIOS);
  for (const next of [...get(to, "children")]) {
    place(parent, next, at);
    markOpen(next);
  }
}

function remove(element: Element | undefined): void {
  if (!element || matches(element, "script")) return;
  holdFields(element, RADIOS);
  get(element, "remove").call(element);
}
