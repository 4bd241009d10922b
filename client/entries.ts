/**
 * The history's entries of this page, and where the window was scrolled in each. The browser's own memory of that knows
 * nothing of when a page is shown.
 *
 * @module
 */

import { all, attribute, page } from "./core.ts";
import type { Environment } from "./environment.ts";

/** What somebody goes to another entry for, or to the same with another page. */
export type Kind = "push" | "replace" | "traverse";

/** Entries and positions. */
export interface Entries {
  /** Until it is over, the window's position says nothing about an entry. */
  hold(isHeld: boolean): void;
  /** The address is this from now on. */
  go(to: URL, kind: Kind): void;
  /** The browser shows the address of another entry. @returns whether that was there before: somebody went back or forward */
  come(): boolean;
  /** Brings the window to where it belongs in an entry: where it was, at its fragment, at the top. */
  place(to: URL, kind: Kind): void;
  /** Keeps the positions beyond the life of this document. */
  keep(): void;
}

const STORE = "argyle:scroll";

/** Entries of which a position is kept. */
const MOST = 100;

type Position = readonly [left: number, top: number];

/** The entry that is shown when this begins is one of them. */
export function entriesOf({ random }: Environment): Entries {
  const positions = new Map<number, Position>(stored());
  let key = adopt(), held = false;

  /** The name of the entry that is shown; one that has none gets one, beside what others have written there. */
  function adopt(): number {
    const state = history.state ?? {}, name = state.argyle ?? random();
    const isOpen = Object.getPrototypeOf(state) === Object.prototype;
    if (isOpen && state.argyle !== name) history.replaceState({ ...state, argyle: name }, "");
    return name;
  }

  function note(): void {
    positions.delete(key);
    positions.set(key, [scrollX, scrollY]);
    for (const old of positions.keys()) if (positions.size > MOST) positions.delete(old);
  }

  function begin(): void {
    history.scrollRestoration = "manual";
    if (positions.has(key)) place(new URL(location.href), "traverse");
  }

  function place(to: URL, kind: Kind): void {
    const was = kind === "traverse" && positions.get(key), target = was ? undefined : targetOf(to);
    const [left, top] = was || [0, 0];
    if (target) target.scrollIntoView({ behavior: "instant" });
    else scrollTo({ left, top, behavior: "instant" });
    note();
  }

  addEventListener("scroll", () => held || note());
  addEventListener("pageshow", ({ persisted }) => {
    // What came late has made the page longer.
    const [left, top] = positions.get(key) ?? [];
    if (persisted) history.scrollRestoration = "manual";
    else if (top !== undefined && top > scrollY) scrollTo({ left: left!, top, behavior: "instant" });
  });
  begin();

  return {
    place,
    hold(isHeld) {
      held = isHeld;
    },
    come() {
      const { state } = history;
      key = adopt();
      // A fragment has made it, and the browser has gone there.
      if (!state) note();
      return !!state;
    },
    go({ href }, kind) {
      if (kind === "push") {
        note();
        const next = random();
        history.pushState({ argyle: next }, "", href);
        key = next;
      } else if (kind === "replace") history.replaceState({ argyle: key }, "", href);
      else if (href !== location.href) history.replaceState(history.state, "", href);
    },
    keep() {
      // Should the next document know nothing of this, the browser finds the place again.
      history.scrollRestoration = "auto";
      try {
        sessionStorage.setItem(STORE, JSON.stringify([...positions]));
      } catch {
        // Whoever allows no storage begins each document at its top.
      }
    },
  };
}

function stored(): [number, Position][] {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
  } catch {
    return [];
  }
}

/** The element that a URL's fragment names. */
export function targetOf({ hash }: URL): Element | undefined {
  const name = hash.slice(1);
  if (!name) return undefined;
  const names = [name];
  try {
    names.push(decodeURIComponent(name));
  } catch {
    // It is none but itself.
  }
  return names.map((one) =>
    page("getElementById").call(document, one) ??
      all(page("documentElement"), "a[name]").find((anchor) => attribute(anchor, "name") === one)
  ).find((element) => element);
}
