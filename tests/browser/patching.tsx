/**
 * Pages of plain markup that are patched by hand.
 *
 * @module
 */

import assert from "node:assert/strict";
import { App, raw } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import type { Page } from "./chromium.ts";
import { type ByHand, byHand } from "./frames.ts";
import { open, says, serve, type Serving } from "./serve.ts";

/** A page under test. Leaving its scope stops its server. */
export interface Patching extends AsyncDisposable {
  /** Its server. */
  readonly server: Serving;
  /** Its socket. */
  readonly hand: ByHand;
  /** Applies a patch, and waits until the page has. */
  patch(...operations: unknown[]): Promise<void>;
  /** The markup in `#main`. */
  markup(): Promise<string>;
  /** Fails where the page was fetched again: no patch has met what it did not expect. */
  assertNoResync(): void;
}

let patches = 0;

/** Opens a page whose `main` holds this markup. */
export async function patching(page: Page, html: string, head?: unknown): Promise<Patching> {
  const app = new App({ log: new MemoryLog() });
  app.page("/", () => (
    <>
      {head as never}
      <main id="main" dangerouslySetInnerHTML={raw(html)} />
      <i id="patched" hidden>0</i>
    </>
  ));
  // Other code on the page writes markup and styles.
  const server = serve(app, { csp: "off" }), hand = await byHand(page);
  await open(page, server.url);
  return {
    server,
    hand,
    async patch(...operations) {
      patches += 1;
      hand.patch(...operations, ["text", "patched", `${patches}`]);
      await says(page, "#patched", patches);
    },
    markup: () => page.evaluate(() => document.querySelector("#main")!.innerHTML),
    assertNoResync: () =>
      assert.deepEqual(
        server.requests.filter((line) => line === "GET /"),
        ["GET /"],
        "the page was fetched again",
      ),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
