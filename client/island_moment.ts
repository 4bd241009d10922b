/**
 * When an island comes to life.
 *
 * @module
 */

import { get } from "./dom.ts";

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
  const boxes = when === "visible" ? boxesIn(island) : [];
  if (boxes[0]) {
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) run();
    }, { rootMargin: "200px" });
    for (const box of boxes) observer.observe(box);
    return () => observer.disconnect();
  }
  if (when?.startsWith("(")) {
    const query = matchMedia(when), controller = new AbortController();
    if (!query.matches) {
      query.addEventListener("change", run, { signal: controller.signal });
      return () => controller.abort();
    }
  }
  run();
  return undefined;
}

/** The elements in it that have a box; it has none itself. */
function boxesIn(element: Element): Element[] {
  return [...get(element, "children")].flatMap((child) =>
    get(child, "localName").startsWith("argyle-") ? boxesIn(child) : child
  );
}
