/**
 * Tests in a real browser: one browser per test file, a fresh context (cookies, storage, cache) per test.
 * `chromium_test.ts` beside this file shows the use.
 *
 * @module
 */

import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { findBrowser } from "./find.ts";
import { launch } from "./launch.ts";
import { listen } from "./noise.ts";

export { assertQuiet, noise } from "./noise.ts";
export type { BrowserContext, Page } from "playwright-core";

/** What a test gets. All of it is closed when the test ends. */
export interface Browsing {
  /** An empty page. */
  page: Page;
  /** The context of the page: one visitor. */
  context: BrowserContext;
  /** Opens one more tab of the same visitor. */
  newPage(): Promise<Page>;
  /** A second visitor, with cookies and storage of their own. */
  newVisitor(): Promise<Browsing>;
}

/** Choices of one test. */
export interface BrowseOptions {
  /** Milliseconds for the whole test, 30,000 unless told; one step inside may take a third of it. */
  timeout?: number;
  /** Passed to Playwright for the first visitor, such as `{ javaScriptEnabled: false }`. */
  context?: BrowserContextOptions;
}

let browser: Browser | undefined;
let prepared = false;

/** Registers a test that runs in a browser. */
export function browse(
  title: string,
  run: (browsing: Browsing) => void | Promise<void>,
  { timeout = 30_000, context = {} }: BrowseOptions = {},
): void {
  prepare();
  // Resources are watched, ops are not: a page that goes away during its socket's handshake leaves one in Deno 2.9 that
  // never completes (tests/hostile/socket_test.tsx shows it), and pages come and go here.
  Deno.test(title, { timeout, sanitizeOps: false }, async () => {
    if (browser === undefined) throw new Error("Cannot browse: the browser has not started.");
    const visitors: BrowserContext[] = [];
    try {
      await run(await visit(browser, visitors, { timeout, context }));
    } finally {
      await Promise.all(visitors.map((visitor) => visitor.close()));
    }
  });
}

/** The browser starts and ends outside the tests, so that the sanitizers stay on inside them. */
function prepare(): void {
  if (prepared) return;
  prepared = true;
  Deno.test.beforeAll(async () => {
    browser = await launch(await findBrowser());
  });
  Deno.test.afterAll(async () => {
    await browser?.close();
  });
}

async function visit(
  browser: Browser,
  visitors: BrowserContext[],
  { timeout, context }: Required<BrowseOptions>,
): Promise<Browsing> {
  const visitor = await browser.newContext(context);
  visitors.push(visitor);
  // A step that waits in vain says for what; the limit of the whole test could not.
  visitor.setDefaultTimeout(timeout / 3);
  visitor.on("page", listen);
  return {
    page: await visitor.newPage(),
    context: visitor,
    newPage: () => visitor.newPage(),
    newVisitor: () => visit(browser, visitors, { timeout, context: {} }),
  };
}
