/**
 * Opens a page of an app, as a new person.
 *
 * @module
 */

import { type Clock, systemClock } from "../protocol/clock.ts";
import { consoleLogger, type Logger } from "../server/observe.ts";
import { CookieJar } from "./_jar.ts";
import type { Served } from "./_network.ts";
import { TestPage } from "./test_page.ts";

/**
 * How a page is opened.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import { FakeClock, open, type OpenOptions } from "@argyle/argyle/testing";
 * const clock = new FakeClock();
 * const app = new App({ origins: ["https://shop.test"], clock });
 * app.page("/", () => "Hello");
 * const options: OpenOptions = { origin: "https://shop.test", clock };
 * await using ann = await open(app, "/", options);
 * console.assert(ann.text("body") === "Hello");
 * ```
 */
export interface OpenOptions {
  /** Cookies that the person has, as a request's header has them; none where left out. */
  readonly cookie?: string;
  /** What every request of the person carries: `{ "accept-language": "de" }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the person finds the app; `http://localhost` where left out. */
  readonly origin?: string;
  /** The browser's time: give it and the app one clock, to be turned by hand. The system's where left out. */
  readonly clock?: Clock;
  /** Whether the browser runs the framework's script; `false` is a browser without JavaScript. */
  readonly script?: boolean;
  /** Milliseconds of real time after which an outcome is waited for no more; 5,000 where left out. A page has 10,000. */
  readonly patience?: number;
  /** Who hears of duplicate ids; the console where left out. */
  readonly log?: Logger;
}

/**
 * Opens a page of an app, as a person who has not been there before; `page.tab()` opens another one of the same person.
 * No port and no browser is needed, and no permission but `--allow-env`, for which the document's library asks: the script
 * that the app serves to browsers runs in a document in memory, and speaks to the app in the frames that it always
 * speaks. Leaving the scope closes the page.
 *
 * @param path the page, with the app's base where it has one
 * @throws Error where the page cannot be reached, or leads to another origin
 *
 * @example
 * ```tsx
 * import { App, on, Reflex } from "@argyle/argyle";
 * import { open } from "@argyle/argyle/testing";
 * class Counter extends Reflex {
 *   increment() {
 *     this.session.count = (this.session.count ?? 0) + 1;
 *   }
 * }
 * const app = new App();
 * app.reflexes({ Counter });
 * app.page("/", ({ session }) => <button id="n" {...on("click", Counter, "increment")}>{session.count ?? 0}</button>);
 *
 * await using ann = await open(app, "/");
 * await ann.click("#n");
 * console.assert(ann.text("#n") === "1");
 * ```
 */
export async function open(app: Served, path: string, options: OpenOptions = {}): Promise<TestPage> {
  const {
    cookie = "",
    headers = {},
    origin = "http://localhost",
    clock = systemClock,
    script = true,
    patience = 5000,
    log = consoleLogger,
  } = options;
  const jar = new CookieJar(cookie);
  return await TestPage.open({
    app,
    jar,
    origin: new URL(origin).origin,
    headers: new Headers({ accept: "text/html", ...headers }),
    clock,
    log,
    patience,
    isScripted: script,
  }, path);
}
