/**
 * What leads to another page: links, forms, the browser's buttons, scripts.
 *
 * @module
 */

import { EVENT_PREFIX } from "../protocol/markers.ts";
import { announce } from "./core.ts";
import { entriesOf, type Kind } from "./entries.ts";
import { prefetch } from "./prefetch.ts";
import type { Client } from "./start.ts";
import { visitsOf } from "./visits.ts";
import { bare, clicked, isOfApp, submitted, type Wish } from "./wish.ts";

/** Goes to a page for a script; `to` is a URL that is not of `javascript:` and the like. */
export type Navigate = (to: URL, replace: boolean, signal: AbortSignal | undefined) => Promise<void>;

/** Takes over what the browser would do by itself. */
export function navigation(client: Client): Navigate {
  const { env } = client, entries = entriesOf(env), visits = client.visits = visitsOf(client, entries);

  /** Asks the page, and goes. */
  function go(target: EventTarget, to: URL, replace: boolean): Promise<void> {
    // A page takes its own place, as everywhere.
    const kind: Kind = replace || to.href === env.location.href ? "replace" : "push";
    if (announce(target, `${EVENT_PREFIX}navigate`, { url: to.href, kind })) {
      return visits.go({ to, kind, isQuiet: replace });
    }
    return Promise.reject(new DOMException("Stopped by a listener.", "AbortError"));
  }

  function take(event: Event, wish: Wish | undefined): void {
    if (!wish) return;
    event.preventDefault();
    const { to, replace, element } = wish;
    // Who clicks twice means it once.
    if (visits.next?.href === to.href) return;
    go(element, to, replace).catch(() => {});
  }

  // On the window, behind all others: what they have prevented is not followed.
  addEventListener("click", (event) => take(event, clicked(event, env.location.href)));
  addEventListener("submit", (event) => take(event, submitted(event, env.location.href)));
  addEventListener("popstate", () => visits.traverse());
  addEventListener("pagehide", () => {
    visits.stop();
    entries.keep();
  });
  prefetch(visits, env);

  return async (to, replace, signal) => {
    const here = env.location.href;
    if (!isOfApp(to, here) || (to.hash && bare(to) === bare(here))) {
      if (replace) env.location.replace(to.href);
      else env.location.href = to.href;
      return;
    }
    const shown = go(document, to, replace), aborted = Promise.withResolvers<never>();
    const abort = () => {
      aborted.reject(signal!.reason);
      // The server may be on its way there: it is called back.
      if (visits.next === to) void visits.go({ to: new URL(here), kind: "replace", isQuiet: true });
    };
    signal?.addEventListener("abort", abort);
    try {
      await Promise.race([shown, aborted.promise]);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  };
}
