/**
 * Going to another page over the socket: asked for, waited for, shown. Whatever does not go well ends as without this
 * script: the page is loaded in full. No more than one is wanted at a time, the one that was wanted last.
 *
 * @module
 */

import type { PageFrame } from "../protocol/frames.ts";
import { Attribute, EVENT_PREFIX } from "../protocol/markers.ts";
import type { Patches } from "./beside.ts";
import { announce, attribute, page, ReflexError } from "./core.ts";
import type { Entries, Kind } from "./entries.ts";
import { loadStyles, needsOthers, useStyles } from "./next_head.ts";
import { focusPage, forget, isFocused, sayTitle } from "./settle_page.ts";
import type { Client } from "./start.ts";
import { bare, isAppWide, isOfApp } from "./wish.ts";

/** Milliseconds. */
const Wait = {
  /** A page that is there by then is not announced as one that takes long. */
  quiet: 300,
  /** Then it is loaded in full. */
  patience: 10_000,
} as const;

/** Bytes of a URL that go over the socket (`Limits.visitUrl`). */
const LONGEST = 2048;

/** The way to a page. */
export interface Trip {
  readonly to: URL;
  readonly kind: Kind;
  /** The person stays where they are: it was asked for in place of this page. */
  readonly isQuiet?: boolean;
}

/** Goes to other pages. */
export interface Visits {
  /** Gets what a page needs before it is shown. */
  prepare(text: string): Promise<void>;
  /** Shows a page. */
  receive(frame: PageFrame): void;
  /** Goes where a frame leads that is no page; false where the browser has to. */
  follow(to: string, replace: boolean, loads: boolean): boolean;
  /** Goes to a page; the promise settles when it is shown, or will not be. */
  go(trip: Trip): Promise<void>;
  /** Has a page made ready; false where that cannot be asked for now. */
  ready(to: URL): boolean;
  /** Nothing is waited for any more. */
  stop(): void;
  /** Where somebody went back or forward. */
  traverse(): void;
  /** The page that is waited for. */
  readonly next: URL | undefined;
}

interface Pending extends Trip {
  readonly id: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly cancels: readonly (() => void)[];
}

/** Starts on the page that is shown. */
export function visitsOf(client: Client, entries: Entries): Visits {
  const { env } = client, root = page("documentElement");
  let last = 0;
  let pending: Pending | undefined;
  let patches: Patches | undefined;
  /** What was asked for before the page that is waited for, and may still be answered. */
  const passed = new Set<string>();
  /** Whether there is a line, and no doubt about the page: what comes meanwhile would not be looked at. */
  let isReady = attribute(root, Attribute.status) === "online";
  /** The page that is shown, whatever the address bar says. */
  let shown = bare(env.location.href);

  function go(trip: Trip): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // whoever wants to know hears of it
    if (pending) passed.add(pathOf(pending.to));
    end(new DOMException("Another page was wanted since.", "AbortError"), true);
    const path = pathOf(trip.to);
    passed.delete(path);
    if (!mayAsk(path)) {
      load(trip);
      reject(inFull());
      return promise;
    }
    entries.hold(true);
    const cancels = [
      env.clock.after(Wait.quiet, () => show(true)),
      env.clock.after(Wait.patience, fail),
    ];
    pending = { ...trip, id: ++last, resolve, reject, cancels };
    // Whatever comes waits for what a page may need.
    client.need().then((script) => patches = script, () => {});
    client.say(["visit", last, path]);
    return promise;
  }

  /** Nothing is waited for any more. @param goesOn to yet another page */
  function end(error?: Error, goesOn = false): void {
    const one = pending;
    pending = undefined;
    one?.cancels.forEach((cancel) => cancel());
    if (error) one?.reject(error);
    else one?.resolve();
    if (goesOn) return;
    passed.clear();
    show(false);
    entries.hold(false);
  }

  function mayAsk(path: string): boolean {
    return isReady && path.length <= LONGEST && !path.startsWith("//");
  }

  function show(isLong: boolean): void {
    for (const [name, value] of [[Attribute.navigating, ""], ["aria-busy", "true"]] as const) {
      if (isLong) root.setAttribute(name, value);
      else root.removeAttribute(name);
    }
  }

  function load({ to, kind }: Trip): void {
    const { href } = env.location, isHere = kind === "traverse" && to.href === href;
    if (kind === "push") env.location.href = to.href;
    else if (!isHere) env.location.replace(to.href);
    // A fragment of this page is not loaded by itself.
    if (isHere || (to.hash && bare(to) === bare(href))) env.location.reload();
  }

  /** The page that is waited for is loaded in full. */
  function fail(): void {
    const trip = pending;
    if (!trip) return;
    end(inFull());
    load(trip);
  }

  // A visit ends with its socket; and what a page may be after a doubt, nobody knows.
  const { online, offline } = client.calls;
  client.calls.online = (send) => {
    isReady = true;
    online(send);
  };
  client.calls.offline = () => {
    isReady = false;
    offline();
    const lost = pending;
    // A page that is put away is not waited for: of that we hear a moment later.
    if (lost) env.clock.after(0, () => lost === pending && fail());
  };

  function receive([, id, path, token, visit, operations]: PageFrame): void {
    const mine = pending?.id === id ? pending : undefined, here = env.location.href;
    const to = URL.parse(path, here);
    if (!to || !isOfApp(to, here) || needsOthers(operations)) return pending ? fail() : env.location.reload();
    to.hash ||= mine?.to.hash ?? "";
    const isSame = new URL(shown).pathname === to.pathname, isQuiet = isSame && mine?.isQuiet;
    const title = page("title"), active = page("activeElement");
    // Before the page changes: what it names by a relative URL lies beside its own.
    try {
      if (mine) entries.go(to, mine.kind);
    } catch {
      return fail(); // browsers take no more than so many entries in so many seconds
    }
    forget(isSame ? active : null);
    if (patches) useStyles(patches);
    client.become({ token, visit }, -1);
    client.patch(0, operations);
    client.say(["shown", id]);
    shown = bare(to);
    // The page that was wanted since comes behind it; this one is only passed through.
    if (!mine) return;
    if (!isQuiet) entries.place(to, mine.kind);
    if (!isSame || !isFocused(active)) focusPage(to);
    if (!isQuiet || page("title") !== title) sayTitle(client);
    end();
    announce(document, `${EVENT_PREFIX}navigated`, { url: to.href, kind: mine.kind });
  }

  return {
    go,
    receive,
    get next() {
      return pending?.to;
    },
    async prepare(text) {
      await loadStyles((JSON.parse(text) as PageFrame)[5], client);
    },
    follow(href, replace, loads) {
      const to = URL.parse(href, env.location.href);
      if (!to) return false;
      // That has crossed this one on its way.
      if (pending && !loads && passed.has(pathOf(to))) return true;
      const kind = replace ? "replace" : "push";
      if (pending || loads || !isAppWide() || !isOfApp(to, env.location.href)) {
        const trip = { to, kind: pending && kind === "push" ? pending.kind : kind } as const;
        end(inFull());
        load(trip);
      } else void go({ to, kind, isQuiet: replace });
      return true;
    },
    ready(to) {
      const path = pathOf(to), isWanted = !pending && mayAsk(path);
      if (isWanted) client.say(["visit", ++last, path, 1]);
      return isWanted;
    },
    stop() {
      end(new DOMException("The page was put away.", "AbortError"));
    },
    traverse() {
      const wasThere = entries.come(), to = new URL(env.location.href);
      if (pending || bare(to) !== shown) void go({ to, kind: "traverse" });
      else if (wasThere) entries.place(to, "traverse");
    },
  };
}

function pathOf({ pathname, search }: URL): string {
  return pathname + search;
}

function inFull(): ReflexError {
  return new ReflexError("disconnected", "The page is loaded in full.");
}
