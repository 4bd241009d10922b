/**
 * A page that performs whatever operations a test hands over, and takes down what happens.
 *
 * @module
 */

import { App, Head, on, raw, Reflex } from "@argyle/argyle";
import type { DoOperation, Json } from "@argyle/argyle/protocol";
import { MemoryLog } from "../helpers/peer.ts";
import type { Page } from "./chromium.ts";
import { open } from "./serve.ts";

const script = `
import { operation, perform } from "@argyle/argyle/client";
Object.assign(globalThis, { perform, operation, heard: [], errors: [] });
addEventListener("error", (event) => {
  if (!event.message.includes("Cannot perform")) return;
  errors.push(event.message.replace(/^Uncaught TypeError: /, "") + (event.error instanceof TypeError ? "" : " (no TypeError)"));
  event.preventDefault();
});
document.documentElement.dataset.ready = "";
`;

class Counter extends Reflex<{ count?: number }> {
  increment(): void {
    this.session.count = (this.session.count ?? 0) + 1;
  }
}

/** An app of one page with this in `#place`. */
export function performing(markup = ""): App<{ count?: number }> {
  const app = new App<{ count?: number }>({ log: new MemoryLog() });
  app.reflexes({ Counter });
  app.route("/own.js", {
    GET: () => new Response(script, { headers: { "content-type": "text/javascript" } }),
  });
  app.page("/", ({ session }) => (
    <main>
      <Head>
        <title>Performing</title>
        <meta name="described" content="before" />
        <script type="module" src="/own.js" />
      </Head>
      <div id="place" dangerouslySetInnerHTML={raw(markup)} />
      <output id="count">{session.count ?? 0}</output>
      <button id="increment" {...on("click", Counter, "increment")}>Increment</button>
      <input id="field" />
      <section id="plain"></section>
    </main>
  ));
  app.page("/other", () => <main id="other">Other</main>);
  return app;
}

/** Goes to the page and waits until its script has run. */
export async function openPerforming(page: Page, url: string): Promise<void> {
  await open(page, url);
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
}

/** What the page's script has put on the window. */
export interface Performing {
  perform(operations: unknown): Promise<void>;
  operation(name: string, run: (element: Element, detail: Record<string, Json>) => void): void;
  /** The names and targets of events. */
  heard: string[];
  errors: string[];
}

/** Performs operations; done when they are. */
export async function perform(page: Page, ...operations: DoOperation[]): Promise<void> {
  // As JSON, as they come; the types of what goes into a page are too deep for the compiler.
  await page.evaluate(
    (json) => (globalThis as unknown as Performing).perform(JSON.parse(json)),
    JSON.stringify(operations),
  );
}

/** The errors that were reported since the last look. */
export async function errors(page: Page): Promise<string[]> {
  return await page.evaluate(() => (globalThis as unknown as Performing).errors.splice(0));
}
