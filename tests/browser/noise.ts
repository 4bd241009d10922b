/**
 * What a page complains about while a test looks elsewhere.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";

const heard = new WeakMap<Page, string[]>();

/** Begins to collect console errors, uncaught errors and failed requests of a page. */
export function listen(page: Page): void {
  const lines: string[] = [];
  heard.set(page, lines);
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    const { url } = message.location();
    // Chromium asks for it on its own account.
    if (!url.endsWith("/favicon.ico")) lines.push(`console: ${message.text()} (${url})`);
  });
  page.on("pageerror", (error) => lines.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "unknown";
    // What the page itself gives up, by navigation or an AbortSignal, has not failed.
    if (reason !== "net::ERR_ABORTED") lines.push(`request: ${request.method()} ${request.url()} ${reason}`);
  });
}

/** What a page of `browse` has complained about so far, one line each. */
export function noise(page: Page): readonly string[] {
  const lines = heard.get(page);
  if (lines === undefined) throw new TypeError("Cannot tell the noise of a page that browse did not open.");
  return lines;
}

/** Fails if the page has complained about anything but what is expected. */
export function assertQuiet(page: Page, { except = [] }: { except?: RegExp[] } = {}): void {
  const unexpected = noise(page).filter((line) => !except.some((pattern) => pattern.test(line)));
  assert.deepEqual(unexpected, []);
}
