/**
 * When an island comes to life.
 *
 * @module
 */

import { EVENT_PREFIX, IslandMark } from "../protocol/markers.ts";
import { get, matches } from "./dom.ts";

/**
 * Waits for the moment of an island.
 *
 * @param when as its server says: nothing for now, `idle`, `visible`, or a media query
 * @returns what ends the wait
 */
export function seen(island: Element, when: string | null, run: () => void): (() => void) | undefined {
  if (when === "idle" && "requestIdleCallback" in globalThis) {
    const idle = requestIdleCallback(run);
    return () => cancelIdleCallback(idle);
  }
  // It has no box itself, and what is in its slot may be something else when it would be seen.
  const boxes = when === "visible"
    ? [...get(island, "children")].filter((child) => !matches(child, IslandMark.slot))
    : [];
  if (boxes[0]) {
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) run();
    }, { rootMargin: "200px" });
    for (const box of boxes) observer.observe(box);
    return () => observer.disconnect();
  }
  if (when?.startsWith("(")) {
    const query = matchMedia(when);
    if (!query.matches) return hear(query, ["change"], run);
  }
  run();
  return undefined;
}

/**
 * Waits until the server may be reached again.
 *
 * @returns what ends the wait
 */
export function back(run: () => void): () => void {
  return hear(globalThis, [`${EVENT_PREFIX}connected`, "online"], run);
}

function hear(target: EventTarget, names: readonly string[], run: () => void): () => void {
  const controller = new AbortController();
  for (const name of names) target.addEventListener(name, run, controller);
  return () => controller.abort();
}
