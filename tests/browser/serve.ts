/**
 * A real server for a page under test. Every page of the suite runs under Trusted Types as well, so that a second
 * sink in the browser's script would be seen wherever it is.
 *
 * @module
 */

import type { AnyApp } from "@argyle/argyle/types";
import { Attribute } from "@argyle/argyle/protocol";
import type { Page } from "./chromium.ts";

/** A policy beside the app's own: a browser enforces both. */
export const TRUSTED_TYPES = "require-trusted-types-for 'script'; trusted-types argyle";

const CSP = "content-security-policy";

/** A server that listens. Leaving its scope stops it. */
export interface Serving extends AsyncDisposable {
  /** Where it listens, without a slash at its end. */
  readonly url: string;
  /** The requests for pages that have come, `GET /path`. */
  readonly requests: readonly string[];
  /** Answers for the next requests for `/`, in place of the app's. */
  readonly instead: Response[];
}

/** Choices of a server. */
export interface ServeOptions {
  /** The port of a server that stood there before; any free one where left out. */
  readonly port?: number;
  /** `types` adds Trusted Types, which is the default; `own` leaves the app's policy alone; `off` takes it away. */
  readonly csp?: "types" | "own" | "off";
}

/** Serves an app. */
export function serve(app: AnyApp, { port = 0, csp = "types" }: ServeOptions = {}): Serving {
  const requests: string[] = [], instead: Response[] = [], open = new Set<Request>();
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async (request, info) => {
    const { pathname } = new URL(request.url);
    requests.push(`${request.method} ${pathname}`);
    open.add(request);
    const response = (pathname === "/" && instead.shift()) || await app.fetch(request, info);
    if (csp === "types" && response.headers.has(CSP)) response.headers.append(CSP, TRUSTED_TYPES);
    if (csp === "off" && response.status !== 101) response.headers.delete(CSP);
    open.delete(request);
    return response;
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    instead,
    async [Symbol.asyncDispose]() {
      // The app first, as `app.listen` does: sockets are told to come back.
      await app[Symbol.asyncDispose]();
      // Deno 2.9 waits without end for an upgrade whose page went away in the middle of it (a tab that is closed as
      // soon as it has loaded): its op never completes. What the app has yet to answer is a fault of ours.
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, 3000);
      await Promise.race([server.shutdown(), late]);
      clearTimeout(timer);
      const waiting = [...open].map(({ method, url }) => `${method} ${url}`);
      if (waiting.length > 0) throw new Error(`The app has yet to answer ${waiting.join(", ")}.`);
    },
  };
}

/** Waits until the page is live. */
export async function online(page: Page): Promise<void> {
  await page.locator(`html[${Attribute.status}=online]`).waitFor({ state: "attached" });
}

/** Goes to a page and waits until it is live. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await online(page);
}

/** Waits for a frame: with it a browser tells what a script has scrolled. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise(requestAnimationFrame));
}

/** Waits until an element says this. */
export async function says(page: Page, selector: string, text: string | number): Promise<void> {
  await page.waitForFunction(
    ([selector, text]) => document.querySelector(selector!)?.textContent === text,
    [selector, `${text}`],
  );
}
