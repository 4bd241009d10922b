/**
 * The interpreter: what a server may do to a page, done.
 *
 * @module
 */

import type { AttributesOperation, Operation } from "../protocol/operations.ts";
import { find, forget } from "./address.ts";
import { patches } from "./beside.ts";
import { get, matches, page } from "./dom.ts";
import { holdFields, isField, RADIOS } from "./fields.ts";
import { keepPlace } from "./keep.ts";
import { morph } from "./morph.ts";
import { keepOpen, markOpen, OPEN } from "./open.ts";
import { FIXED, isOurs } from "./ours.ts";
import { parseAttributes, parseElement, parseElements, parseInside } from "./parse.ts";
import { after, drop, morphAttributes, place } from "./plain_morph.ts";
import { refuse } from "./refuse.ts";
import { tellNow } from "./watch.ts";

let applying = false;

/** Whether the page is being changed: events that arrive now (a blur, a focus) are not a person's. */
export function isApplying(): boolean {
  return applying;
}

/**
 * Applies operations in order; those by hand when the others have left the person where they were.
 *
 * @throws TypeError when the page has no such element, or the markup is not what it should be
 */
export function applyOperations(operations: readonly Operation[]): void {
  change(() => operations.forEach(apply), operations.some(([name]) => name === "body"), true);
  for (const operation of operations) if (operation[0] === "do") patches?.perform(operation);
}

/** Brings the whole page to another one. */
export function replacePage(head: Element, body: Element): void {
  change(
    () => {
      patches?.morphHead(head);
      morph(page("body"), body, true);
    },
    true,
    true,
  );
}

/**
 * Changes the page, and leaves fields, focus and scroll positions as they were.
 *
 * @param wholly when the window's own position may be at stake
 * @param ours what comes to the page is the server's
 */
export function change(run: () => void, wholly = false, ours?: true): void {
  tellNow();
  applying = true;
  try {
    keepPlace(run, wholly);
  } finally {
    applying = false;
    forget();
    tellNow(ours);
    patches?.tellChanged();
  }
}

function apply(operation: Operation): void {
  const [name] = operation;
  switch (name) {
    case "body":
      return morph(page("body"), parseInside(page("body"), operation[1]), true);
    case "head":
      return patches?.morphHead(parseInside(page("head"), operation[1]));
    case "do":
      return;
    case "select":
      return patches?.select(operation[1], operation[2]);
    case "remove":
      // All are found before the first is gone: positions are those of the page as it was.
      return operation.slice(1).map((at) => find(at)).forEach(remove);
  }
  const element = find(operation[1]);
  if (!element) return;
  const fixed = matches(element, FIXED) || patches?.isHeld(element, operation);
  switch (name) {
    case "morph":
      if (!fixed) morph(element, parseElement(element, operation[2]) ?? refuse(operation[2]));
      return;
    case "attributes":
      if (!fixed) changeAttributes(element, operation[2]);
      return;
    case "text":
      if (!fixed && isOurs(element)) write(element, operation[2]);
      return;
    case "before":
    case "after":
      return putBeside(element, name === "after" ? after(element) : element, operation[2]);
    case "order":
      return patches?.order(element, operation[2]);
    default:
      refuse(name satisfies never);
  }
}

/** Changes attributes of an element, by name. */
export function changeAttributes(element: Element, changes: AttributesOperation[2]): void {
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
  else {
    const to = parseInside(element, "");
    to.textContent = text;
    morph(element, to, true);
  }
}

function putBeside(element: Element, at: Node | null, html: string): void {
  const parent = get(element, "parentElement") as Element, to = parseElements(parent, html);
  holdFields(parent); // a select
  holdFields(to, RADIOS);
  markOpen(to);
  if (patches) patches.insert(element, at, to);
  else for (const next of [...get(to, "children")]) place(parent, next, at);
}

function remove(element: Element | undefined): void {
  if (!element || matches(element, "script")) return;
  holdFields(element, RADIOS);
  drop(element);
}
