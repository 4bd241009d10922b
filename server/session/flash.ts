/**
 * Messages that are shown once, and how they are kept until they are.
 *
 * @module
 */

/**
 * A message for the person, shown once.
 *
 * @example
 * ```tsx
 * import { App } from "@argyle/argyle";
 * import type { Flash } from "@argyle/argyle/types";
 * const Message = ({ flash }: { flash: Flash }) => <p class={flash.kind}>{flash.text}</p>;
 * new App().page("/", ({ flash }) => <main>{flash.map((flash) => <Message flash={flash} />)}</main>);
 * ```
 */
export interface Flash {
  /** As the reflex has named it: `notice`, `error`. */
  readonly kind: string;
  /** What it says. */
  readonly text: string;
}

/** What of a visit's messages a call leaves. */
export interface VisitFlash {
  /** Shown by every render of the visit up to its next call. */
  readonly flash: readonly Flash[];
  /** Whether no render of the page has shown them yet: then the next call keeps them. */
  readonly isUnseen: boolean;
}

/** Where a call's messages are to be seen: on its page now, at its next render, or on the page that comes after it. */
export type FlashPlace = "now" | "next render" | "next page";

/** Nothing to be shown. */
export const noFlash: readonly Flash[] = [];

/** The visit's messages after a call, and those for the next page. */
export function placeFlash(
  seen: VisitFlash,
  added: readonly Flash[],
  place: FlashPlace,
): VisitFlash & { readonly forNextPage: readonly Flash[] } {
  const unseen = seen.isUnseen ? [...seen.flash, ...added] : added.length === 0 ? noFlash : added;
  if (place === "next page") return { flash: noFlash, isUnseen: false, forNextPage: unseen };
  return { flash: unseen, isUnseen: place === "next render" && unseen.length > 0, forNextPage: noFlash };
}

/** The text of a session's record: its values, an object; with messages that wait, a list of both. */
export function sessionText(values: string, flash: readonly Flash[]): string {
  return flash.length === 0 ? values : `[${values},${JSON.stringify(flatFlash(flash))}]`;
}

/** The same, read. */
export function readSession(text: string): { readonly values: string; readonly flash: readonly Flash[] } {
  if (!text.startsWith("[")) return { values: text, flash: noFlash };
  const [values, flat] = JSON.parse(text) as [unknown, string[]];
  return { values: JSON.stringify(values), flash: readFlash(flat) };
}

/** Kind, text, kind, text … */
export function flatFlash(flash: readonly Flash[]): string[] {
  return flash.flatMap(({ kind, text }) => [kind, text]);
}

/** The same, read. */
export function readFlash(flat: readonly string[]): Flash[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => ({ kind: flat[2 * i]!, text: flat[2 * i + 1]! }));
}
