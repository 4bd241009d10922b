/**
 * From a page that was opened to what its socket works with.
 *
 * @module
 */

import { hashOpened, type Opened } from "./open_view.ts";
import type { Former, PageData } from "./page_data.ts";
import { View } from "./view.ts";

/** What is known of it besides. */
export interface About {
  readonly visit: string;
  readonly url: URL;
  /** What it was rendered from. */
  readonly seen: { readonly version: string; readonly identity: string };
  readonly former: Former | undefined;
}

/** Its view, and its page data. */
export async function viewOf(
  opened: Opened,
  { visit, url, seen: { version: state, identity }, former }: About,
): Promise<{ view: View; data: PageData }> {
  const { render, parts, shared, at } = opened;
  const hash = await hashOpened(opened);
  const view = new View({ hash, state, render, parts, shared, at });
  const [topic] = view.topics();
  const isWatched = shared !== undefined || topic !== undefined;
  return {
    view,
    data: { visit, path: `${url.pathname}${url.search}`, hash, state, identity, isWatched, former },
  };
}
