/**
 * Taking part in patches: before and after an element changes.
 *
 * @module
 */

import { client } from "./core.ts";
import { Hook } from "./hook.ts";

/**
 * What a script of the page is asked, and told.
 *
 * @example
 * ```ts
 * import { type MorphHook, morphHook } from "@argyle/argyle/client";
 * const keepMaps: MorphHook = { before: (element) => !element.matches(".map") };
 * morphHook(keepMaps);
 * ```
 */
export interface MorphHook {
  /**
   * Before an element is brought to other markup, or removed. `false` leaves it as it is, with all that is in it.
   *
   * @param next the element as the server has it now, on no page; null where it is removed
   */
  before?(element: Element, next: Element | null): boolean | void;
  /** After that, at the end of the patch; it may have gone from the page. */
  after?(element: Element): void;
}

/**
 * Asks before a patch changes an element, and tells when it has. What a hook throws is told as an error of any listener,
 * and stops nothing.
 *
 * @param options a signal ends it
 *
 * @example
 * ```ts
 * import { morphHook } from "@argyle/argyle/client";
 * const controller = new AbortController();
 * morphHook({
 *   before: (element, next) => !(element.matches(".playing") && next === null),
 *   after: (element) => element.dispatchEvent(new CustomEvent("chart:redraw")),
 * }, { signal: controller.signal });
 * ```
 */
export function morphHook(hook: MorphHook, { signal }: { readonly signal?: AbortSignal } = {}): void {
  if (!client) return;
  client.hooked = true;
  client.need().catch(() => {}); // the first patch tries again, and waits for it
  const listen = (name: string, hear: (event: CustomEvent<[Element, Element | null]>) => void) =>
    document.addEventListener(name, hear as (event: Event) => void, signal ? { signal } : {});
  listen(Hook.before, (event) => hook.before?.(...event.detail) === false && event.preventDefault());
  listen(Hook.after, ({ detail: [element] }) => hook.after?.(element));
}
