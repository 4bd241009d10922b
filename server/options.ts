/**
 * What an app can be told, and how it is read.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Schema } from "../protocol/schema.ts";
import type { DocsOptions } from "./events/asyncapi_options.ts";
import { environment } from "./environment.ts";
import type { IslandPlace } from "../islands/placing.ts";
import type { IslandBuildOptions } from "./islands/open.ts";
import type { Logger } from "./observe.ts";
import type { AttributeNames } from "./page/attribute_names.ts";
import type { MissingElement } from "./operations/operations.ts";
import type { Layout, Untyped } from "./page/page.ts";
import type { Engine } from "./engine/store.ts";

/**
 * What an app can be told. Everything has a default that is safe in production.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { AppOptions } from "@argyle/argyle/types";
 * const options: AppOptions<{ count?: number }> = { name: "shop", origins: ["https://shop.test"] };
 * const app = new App(options);
 * ```
 */
export interface AppOptions<Session extends object = Untyped> extends Partial<Engine> {
  /**
   * Names the app in its cookie, its records and the title of pages without one; `app` where left out. Two apps on one
   * host need different names (or bases), on two ports too: cookies ignore ports.
   */
  readonly name?: string;
  /** The path that everything is below: `/live`; nothing where left out. */
  readonly base?: string;
  /**
   * Reads what is stored of a session, fills defaults and mends old shapes: it must pass `{}`. What it refuses is
   * logged, and the session begins anew. Where left out, a session is what was stored.
   */
  readonly session?: Schema<unknown, Session>;
  /**
   * One to four of at least 32 random bytes each; the first seals, all open. `ARGYLE_SECRET` (with commas) where left
   * out; else one that the app makes, and keeps where its store is its own.
   */
  readonly secrets?: readonly string[];
  /**
   * Names that the app answers to, `shop.test` or `shop.test:8443`; this machine's and IP addresses where left out.
   * Once `hosts` or `origins` is set, those too are refused (421) unless named.
   */
  readonly hosts?: readonly string[];
  /**
   * The app's own origins as browsers see them, `https://shop.test`: needed behind a proxy that ends TLS. Their names
   * need not stand in `hosts`. `ARGYLE_ORIGIN` (with commas) where left out.
   */
  readonly origins?: readonly string[];
  /**
   * How many proxies of yours stand in front of the app; 0 where left out. With one or more, a request comes from the
   * address that the outermost of them has added to `X-Forwarded-For`; without, that header means nothing. It counts
   * for `limits.socketsPerAddress`. One too many, and whoever asks says who they are; one too few, and all are your proxy.
   */
  readonly trustProxy?: number;
  /** What stands around every page; the first outermost. */
  readonly layout?: Layout<Session> | readonly Layout<Session>[];
  /** The language of its documents; `en` where left out. */
  readonly lang?: string;
  /**
   * Names for `data-reflex` and its like: `{ reflex: "data-sr", debounce: "data-wait" }`. What is not named follows the
   * name of `reflex`, as `data-sr-confirm` does. The names that they replace mean nothing in the app's markup.
   */
  readonly attributes?: Partial<AttributeNames>;
  /**
   * Whether links and GET forms of the app's pages are followed over the socket, so that nothing is loaded anew: but those
   * that say `data-navigate="false"`, or stand in what does. Where left out, those are that say `data-navigate`.
   */
  readonly navigation?: boolean;
  /** What happens in the browser where an operation by hand finds no element; a warning in its console where left out. */
  readonly missingElement?: MissingElement;
  /**
   * The documentation of the app's events: who sees `/asyncapi` and `/asyncapi.json`, and what stands in them. Where left out,
   * a developer does, with `ARGYLE_ENV=development` on this machine, and nobody else.
   */
  readonly docs?: DocsOptions;
  /** Where the bundles of its islands are, or what finds them for browsers where others have made and serve them. */
  readonly islands?: IslandBuildOptions | IslandPlace;
  /** Limits other than the defaults: bytes, milliseconds, numbers. */
  readonly limits?: Partial<Limits>;
  /** Where messages for the operator go; the console where left out. */
  readonly log?: Logger;
  /**
   * Whether every request, but of health, is a line of the log: its method, path without the query, status,
   * milliseconds and id. Where left out, only what went wrong is.
   */
  readonly accessLog?: boolean;
  /**
   * Whether every call of a reflex is a line of the log: what it called, how it was shown or why it failed, milliseconds,
   * bytes that it sent. Where left out, it is with `ARGYLE_ENV=development`. An element with
   * `data-reflex-suppress-logging` has none.
   */
  readonly logCalls?: boolean;
  /** The time; the system's where left out. */
  readonly clock?: Clock;
}

/**
 * A base as it is used: `""`, or `/live`.
 *
 * @throws TypeError for one that is not like that
 */
export function readBase(base: string): string {
  if (base === "" || base === "/") return "";
  if (!/^(\/[A-Za-z0-9._~-]+)+$/.test(base)) {
    throw new TypeError(
      `Cannot use the base ${JSON.stringify(base)}: it is like "/live", without a slash at its end.`,
    );
  }
  return base;
}

/**
 * The origins of the options, else of `ARGYLE_ORIGIN`.
 *
 * @throws TypeError for what is no origin
 */
export function readOrigins(origins: readonly string[] | undefined): string[] {
  return (origins ?? listed(environment("ARGYLE_ORIGIN"))).map(readOrigin);
}

function readOrigin(origin: string): string {
  const url = URL.parse(origin);
  if (url === null || !/^https?:$/.test(url.protocol) || url.origin !== origin.replace(/\/$/, "")) {
    throw new TypeError(`Cannot use the origin ${JSON.stringify(origin)}: it is like "https://shop.test".`);
  }
  return url.origin;
}

function listed(text: string | undefined): string[] {
  return (text ?? "").split(",").map((item) => item.trim()).filter((item) => item !== "");
}
