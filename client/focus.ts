/**
 * Where the focus goes when what had it is gone. Places are tried in turn: whether an element can have the focus right
 * now (is shown, enabled, not inert) the browser knows best.
 *
 * @module
 */

import { change } from "./core.ts";
import { all, attribute, closest, contains, get, has, listen, matches, onPage, page } from "./dom.ts";

/** What people come to with the Tab key, as far as its markup says. */
const TABBED =
  ":is(a[href],button,input,select,textarea,summary,iframe,[tabindex],[controls]):not([tabindex^='-'])";

const TABINDEX = "tabindex";

/** What had the focus before a dialog took it. */
const openers = new WeakMap<Element, Element>();

listen("focusin", (event) => {
  const { target, relatedTarget } = event as FocusEvent;
  const dialog = closest(target as Element, "dialog");
  if (dialog && relatedTarget && !contains(dialog, relatedTarget as Element)) {
    openers.set(dialog, relatedTarget as Element);
  }
});

/**
 * Finds another place for the focus.
 *
 * @param lost the element that had it: it has gone, or cannot have it any more
 * @param place where the outermost element stood that went with it
 * @param root that element
 */
export function refocus(
  lost: Element,
  place: Range,
  root: Element = onPage(lost) ? lost : topOf(lost),
): void {
  // The body is nobody's focus; and while this was loaded, the person may have gone on.
  if (!contains(lost, page("body")) && isFree(root)) focusFirst(places(lost, place, root), root);
}

/** Gives the focus to the first that can have it, when nothing has it, or something that is about to go. */
export function focusFirst(elements: Iterable<Element>, root?: Element): void {
  if (!isFree(root)) return;
  change(() => {
    for (const element of elements) if (focus(element)) return;
  });
}

/** Before an element begins to go and is seen for a while: the focus goes on at once. */
export function leave(root: Element): void {
  const active = page("activeElement"), place = new Range();
  if (!active || !contains(root, active) || !onPage(root)) return;
  place.setStartBefore(root);
  // What else comes with this change may be the place.
  queueMicrotask(() => refocus(active, place, root));
}

function isFree(root?: Element): boolean {
  const active = page("activeElement");
  return !active || active === page("body") || !!root && contains(root, active);
}

function focus(element: Element): boolean {
  if (!(element instanceof HTMLElement) || !onPage(element)) return false;
  HTMLElement.prototype.focus.call(element, { preventScroll: true });
  return page("activeElement") === element;
}

/** Gives the focus to what cannot have it by itself. The server knows nothing of that: a patch may take it away again. */
function force(element: Element): boolean {
  const hasIndex = has(element, TABINDEX);
  if (!hasIndex) get(element, "setAttribute").call(element, TABINDEX, "-1");
  if (focus(element)) return true;
  if (!hasIndex) get(element, "removeAttribute").call(element, TABINDEX);
  return false;
}

function topOf(element: Element): Element {
  const parent = get(element, "parentElement");
  return parent ? topOf(parent) : element;
}

/** Those of an element and all in it. */
function group(root: Element, belongs: (element: Element) => boolean): Element[] {
  return [root, ...all(root, "*")].filter(belongs);
}

function* places(lost: Element, place: Range, root: Element): Generator<Element> {
  // What could have it by our doing alone, until now.
  if (root === lost && onPage(lost) && force(lost)) return;

  const isLike = (one: Element) =>
    get(one, "localName") === get(lost, "localName") && attribute(one, "type") === attribute(lost, "type");
  const position = group(root, isLike).indexOf(lost);
  const counterpart = (row: Element) => {
    const likes = group(row, isLike);
    return likes[position] ?? likes.at(-1);
  };

  // Whoever was at a button does not want a keyboard on the screen.
  const rank = (one: Element) => +(isTyped(one) && !isTyped(lost));
  const inTurn = (elements: Element[]) => elements.sort((one, other) => rank(one) - rank(other));

  // What it has become, or what stands around it.
  for (let gone: Element | null = lost; gone && contains(root, gone); gone = get(gone, "parentElement")) {
    const id = attribute(gone, "id"), same = id && page("getElementById").call(document, id);
    if (!same || contains(root, same)) continue;
    const first = gone === lost ? same : counterpart(same);
    if (first && focus(first)) return copyCaret(lost, first);
    yield* inTurn(group(same, isTabbed));
    if (force(same)) return;
  }

  const opener = openers.get(closest(lost, "dialog") as Element);
  if (opener) yield opener;

  for (let gone = root;;) {
    const parent = place.startContainer as Element;
    const around = [...get(parent, "childNodes")];
    const [after, before] = [around.slice(place.startOffset), around.slice(0, place.startOffset).reverse()]
      .map((side) => side.filter((node): node is Element => node instanceof Element && node !== gone)) as [
        Element[],
        Element[],
      ];
    if (gone === root) {
      for (const side of [after, before]) {
        const row = side.find((one) => get(one, "nodeName") === get(root, "nodeName"));
        const like = row && counterpart(row);
        if (like) yield like;
      }
    }
    yield* inTurn([
      ...after.flatMap((one) => group(one, isTabbed)),
      ...before.flatMap((one) => group(one, isTabbed).reverse()),
    ]);
    // The parts of a table say nothing by themselves.
    if (contains(parent, page("body")) || (!matches(parent, "tbody,thead,tfoot,tr") && force(parent))) return;
    place.setStartBefore(gone = parent);
  }
}

function isTabbed(element: Element): boolean {
  return matches(element, TABBED);
}

/** Whether it brings a keyboard to a screen without one. */
function isTyped(element: Element): boolean {
  return /^([depmntw]|sea|url)/.test((element as HTMLInputElement).type);
}

/** A field of another kind may have none. */
function copyCaret(from: Element, to: Element): void {
  const { selectionStart: start, selectionEnd: end, selectionDirection: direction } =
    from as HTMLInputElement;
  if (start !== null && (to as HTMLInputElement).selectionStart != null) {
    (to as HTMLInputElement).setSelectionRange(start, end, direction ?? undefined);
  }
}
