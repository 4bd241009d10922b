/**
 * The modules of islands, beside the page's scripts.
 *
 * @module
 */

import { refuse } from "./refuse.ts";

/** What such a module gives. */
export interface IslandModule {
  mount(element: Element, props: string, how: "hydrate" | "render"): unknown;
}

/**
 * Loads the module of an island. Where there is none any more, since the server has others by now, the page is loaded
 * again: once. Where the network has gone, that would be the end of the page.
 *
 * @throws where it cannot be had
 */
export async function loadIsland(name: string): Promise<IslandModule> {
  if (!/^\w[\w.-]*$/.test(name)) refuse(name); // of another place
  const url = new URL(`islands/${name}.js`, import.meta.url).href, mark = `argyle-island ${name}`;
  try {
    const module: IslandModule = await import(url);
    remember(mark, false);
    return module;
  } catch (error) {
    if (remember(mark, true) && await fetch(url, { method: "HEAD" }).then(() => true, () => false)) {
      location.reload();
    }
    throw error;
  }
}

/** Takes down, or forgets, that a page was loaded again. False where that was so, or cannot be known. */
function remember(mark: string, isMissing: boolean): boolean {
  try {
    const isNew = !sessionStorage.getItem(mark);
    if (isMissing) sessionStorage.setItem(mark, "1");
    else sessionStorage.removeItem(mark);
    return isNew;
  } catch {
    return false; // no storage
  }
}
