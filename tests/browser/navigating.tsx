/**
 * A small site whose pages are gone to over the socket.
 *
 * @module
 */

import { App, Head, on, redirect, Reflex } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { MemoryLog } from "../helpers/peer.ts";
import type { Page } from "./chromium.ts";
import { online, open } from "./serve.ts";

/** Counts; and goes elsewhere. */
export class Shelf extends Reflex<{ count?: number }> {
  add(): number {
    return this.session.count = (this.session.count ?? 0) + 1;
  }

  leave(): void {
    this.redirect("/orders?page=3");
  }

  turn(page: number): void {
    this.redirect({ query: { page } }, { replace: true });
  }

  async slow(): Promise<string> {
    await gates.get("reflex")?.promise;
    return "done";
  }
}

/** Pages, and reflexes, that wait for a test: `/slow/NAME` waits for the gate of that name. */
export const gates: Map<string, PromiseWithResolvers<void>> = new Map();

/** Shuts a gate; the function that it returns opens it. */
export function shut(name: string): () => void {
  const gate = Promise.withResolvers<void>();
  gates.set(name, gate);
  return () => {
    gates.delete(name);
    gate.resolve();
  };
}

function Frame({ title, children }: { title: string; children?: unknown }) {
  return (
    <>
      <Head>
        <title>{title}</title>
      </Head>
      <nav>
        <a id="to-home" href="/">Home</a>
        <a id="to-orders" href="/orders">Orders</a>
        <a id="to-long" href="/long">Long</a>
        <a id="to-note" href="/long#note">Note</a>
        <a id="to-form" href="/form">Form</a>
        <a id="to-gone" href="/gone">Gone</a>
        <a id="to-slow" href="/slow/a">Slow</a>
        <a id="to-moved" href="/moved">Moved</a>
        <details id="more">
          <summary>More</summary>
          <p>More</p>
        </details>
        <input id="note-field" aria-label="Note" />
        <video id="kept" data-reflex-permanent />
      </nav>
      <main id="main">
        <h1>{title}</h1>
        {children as never}
      </main>
    </>
  );
}

/** The site. */
export function site(options: AppOptions = {}): App<{ count?: number }> {
  const app = new App<{ count?: number }>({ log: new MemoryLog(), navigation: true, ...options });
  app.reflexes({ Shelf });
  app.page("/", ({ session }) => (
    <Frame title="Home">
      <output id="count">{session.count ?? 0}</output>
      <button type="button" id="add" {...on("click", Shelf, "add")}>Add</button>
      <button type="button" id="leave" {...on("click", Shelf, "leave")}>Leave</button>
      <button type="button" id="slow" {...on("click", Shelf, "slow")}>Slow</button>
    </Frame>
  ));
  app.page("/orders", ({ query }) => (
    <Frame title={`Orders ${query.get("page") ?? 1}`}>
      <a id="second" href="?page=2">2</a>
      <button type="button" id="turn" {...on("click", Shelf, "turn", 4)}>4</button>
      <button type="button" id="add" {...on("click", Shelf, "add")}>Add</button>
    </Frame>
  ));
  app.page("/long", () => (
    <Frame title="Long">
      <div style={{ height: "5000px" }}>Much</div>
      <h2 id="note">Note</h2>
      <a id="to-top" href="#main">Top</a>
      <div style={{ height: "5000px" }}>More</div>
    </Frame>
  ));
  app.page("/form", ({ query }) => (
    <Frame title={`Form ${query.get("q") ?? ""}`}>
      <form id="search" action="/form" data-navigate="replace">
        <input id="q" name="q" value={query.get("q") ?? ""} aria-label="Words" />
        <button id="go" name="by" value="button">Search</button>
        <button id="by-post" formmethod="post">Post</button>
      </form>
      <output id="said">{query.toString()}</output>
    </Frame>
  ));
  app.page("/slow/:name", async ({ params }) => {
    await gates.get(params.name!)?.promise;
    return <Frame title={`Slow ${params.name}`} />;
  });
  app.page("/moved", () => redirect("/orders?page=7"));
  app.route("/file", { GET: () => new Response("A file.", { headers: { "content-type": "text/plain" } }) });
  return app;
}

/** Goes to a page and waits until its links go over the socket. */
export async function enter(page: Page, url: string): Promise<void> {
  await open(page, url);
  await ready(page);
}

/** Waits until the page is live and its links go over the socket. */
export async function ready(page: Page): Promise<void> {
  await online(page);
  await page.waitForFunction(() => history.scrollRestoration === "manual");
}

/** Marks the document: whoever loads another loses the mark. */
export async function mark(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(globalThis, { isMarked: true }));
}

/** Whether it is still the marked document. */
export function isMarked(page: Page): Promise<boolean> {
  return page.evaluate(() => "isMarked" in globalThis);
}

/** Path, query and fragment in the address bar. */
export function address(page: Page): string {
  return page.url().replace(/^\w+:\/\/[^/]+/, "");
}

/** Waits for the address. */
export async function isAt(page: Page, path: string): Promise<void> {
  await page.waitForURL((url) => url.pathname + url.search + url.hash === path);
}
