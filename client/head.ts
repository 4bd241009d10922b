/**
 * Bringing the head to what the server says, without touching what others have put there.
 *
 * @module
 */

import { all, get, page } from "./dom.ts";
import { DONE } from "./ours.ts";
import { ownScript } from "./page.ts";

/** Elements that the page put into its head. */
let ours: Element[] | undefined;

/** Takes down what the page has put into its head; what comes later is not ours. */
export function markHead(): void {
  ours = all(page("head"), `:scope > :not(${DONE})`);
}

/** Brings our part of the head to the given elements (swept, and used up). */
export function morphHead(to: Element): void {
  const old = new Set(ours);
  const nonce = ownScript()?.nonce ?? "";
  let after: Element | undefined;
  ours = [...get(to, "children")].map((next) => {
    const kept = [...old].find((element) => bare(element).isEqualNode(bare(next)));
    const element = kept ?? next;
    if (kept) old.delete(kept);
    else place(element as HTMLElement, after, nonce);
    after = element;
    return element;
  });
  for (const element of old) element.remove();
}

function place(element: HTMLElement, after: Element | undefined, nonce: string): void {
  element.nonce = nonce;
  if (after) after.after(element);
  else page("head").prepend(element);
}

/** Without its nonce, which differs from response to response and which browsers hide. */
function bare(element: Element): Element {
  const copy = element.cloneNode(true) as Element;
  copy.removeAttribute("nonce");
  return copy;
}
