/**
 * Bringing the head to what the server says, without touching what others have put there.
 *
 * @module
 */

import { get, matches, page } from "./dom.ts";
import { DONE } from "./ours.ts";
import { ownScript } from "./page.ts";
import { contentOf, settle } from "./strangers.ts";

/** Brings our part of the head to the given elements (swept, and used up). */
export function morphHead(to: Element): void {
  const head = page("head"), old = new Set(contentOf(head).filter((element) => !matches(element, DONE)));
  const nonce = ownScript()?.nonce ?? "";
  let after: Element | undefined;
  const ours = [...get(to, "children")].map((next) => {
    const kept = [...old].find((element) => bare(element).isEqualNode(bare(next)));
    const element = kept ?? next;
    if (kept) old.delete(kept);
    else place(element as HTMLElement, after, nonce);
    after = element;
    return element;
  });
  for (const element of old) element.remove();
  settle(head, ours);
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
