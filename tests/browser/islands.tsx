/**
 * A page with islands, of which a test says what it is.
 *
 * @module
 */

import { App, type Html, topic } from "@argyle/argyle";
import { bundled, withIslands } from "../helpers/islands.ts";
import { MemoryLog } from "../helpers/peer.ts";
import type { Page } from "./chromium.ts";
import { says } from "./serve.ts";

declare global {
  var told: string[] | undefined;
}

const News = topic("news");

/** The islands of these tests. */
export const islands = await bundled(
  "broken",
  "chart",
  "counter",
  "fold",
  "frame",
  "later",
  "outer",
  "signals",
);

/** A page of which the test says what it is. */
export function shown(first: () => Html) {
  const state = { html: first, round: 0 };
  const app = new App({ log: new MemoryLog(), islands });
  app.page("/", ({ subscribe }) => {
    subscribe(News());
    return (
      <main id="main">
        {state.html()}
        <output id="round">{state.round}</output>
      </main>
    );
  });
  return {
    app,
    served: withIslands(app, islands),
    /** Has it be something else when it is asked for. */
    will(html: () => Html): void {
      Object.assign(state, { html, round: state.round + 1 });
    },
    /** Shows something else, as somebody else would have it. */
    async show(page: Page, html: () => Html): Promise<void> {
      Object.assign(state, { html, round: state.round + 1 });
      await app.publish(News());
      await says(page, "#round", state.round);
    },
    /** Operations by hand, to all who are there. */
    broadcast: (operations: Parameters<typeof app.broadcast>[1]) => app.broadcast(News(), operations),
  };
}

/** Which islands have come and gone. */
export function seen(page: Page): Promise<string[]> {
  return page.evaluate(() => globalThis.told ?? []);
}

/** Waits until a counter lives, and has it count one more. */
export async function count(page: Page, id: string, to: number): Promise<void> {
  await page.waitForFunction((id) => (globalThis.told ?? []).includes(`${id} came`), id);
  await page.locator(`#${id} .count`).click();
  await says(page, `#${id} .count`, to);
}
