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

/** Not every browser asks again for a module that it could not get: it is asked for another URL of it. */
let again = "";

/**
 * Loads the module of an island. Where there is none any more, since the server has others by now, the page is loaded
 * again: once. Where the network has gone, that would be the end of the page.
 *
 * @param away is told where the server cannot be reached
 * @throws where it cannot be had
 */
export async function loadIsland(name: string, away: () => void): Promise<IslandModule> {
  if (!/^\w[\w.-]*$/.test(name)) refuse(name); // of another place
  const url = new URL(`islands/${name}.js${again}`, import.meta.url).href, mark = `argyle-island ${name}`;
  const module: IslandModule = await import(url).catch(async (error) => {
    again += "?";
    await fetch(url, { method: "HEAD" }).then(() => {
      if (sessionStorage[mark]) return;
      sessionStorage[mark] = 1;
      location.reload();
    }, away).catch(() => {}); // without storage, it might be loaded for ever
    throw error;
  });
  try {
    delete sessionStorage[mark];
  } catch {
    // None was taken down.
  }
  return module;
}
