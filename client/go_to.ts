/**
 * Going to another page, for scripts.
 *
 * @module
 */

import { client } from "./core.ts";

/**
 * How a page is gone to.
 *
 * @example
 * ```ts
 * import { navigate, type NavigateOptions } from "@argyle/argyle/client";
 * const options: NavigateOptions = { replace: true, signal: AbortSignal.timeout(3000) };
 * const search = (text: string) => navigate(`/search?q=${encodeURIComponent(text)}`, options);
 * ```
 */
export interface NavigateOptions {
  /** It takes the place of this page in the history. Where only the query differs, the window stays where it is scrolled. */
  readonly replace?: boolean;
  /** Where it aborts, this page stays, and the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Goes to another page of the app over the socket, as a marked link does. A page that cannot be had so is loaded in full.
 * What is outside of the app, or elsewhere on this page, is the browser's to go to, and the promise resolves at once.
 *
 * The promise resolves when the page is shown. It rejects with an `AbortError` when another page was wanted since or a
 * listener of `argyle:navigate` has stopped it, with the reason of `signal`, and with a `ReflexError` (`disconnected`) where
 * the page is loaded in full: then this one ends.
 *
 * @param to a URL, read as a link of this page would be
 * @throws TypeError for what is none, and for one that is not of `http:` or `https:`
 *
 * @example
 * ```ts
 * import { navigate } from "@argyle/argyle/client";
 * function openRows(): void {
 *   for (const row of document.querySelectorAll<HTMLElement>("tr[data-href]")) {
 *     row.addEventListener("dblclick", () => void navigate(row.dataset.href!));
 *   }
 * }
 * ```
 */
export async function navigate(to: string | URL, options: NavigateOptions = {}): Promise<void> {
  const { replace = false, signal } = options;
  const url = URL.parse(to, document.baseURI);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`Cannot go to ${JSON.stringify(`${to}`)}.`);
  }
  signal?.throwIfAborted();
  const script = await client?.env.load("navigation").catch(() => undefined);
  signal?.throwIfAborted();
  if (script?.navigate) return await script.navigate(url, replace, signal);
  if (replace) location.replace(url);
  else location.assign(url);
}
