/**
 * The names that server and browser agree on: attributes, paths, headers, DOM events, close codes.
 *
 * @module
 */

/**
 * Attributes in the page.
 *
 * @example
 * ```ts
 * import { Attribute } from "@argyle/argyle/protocol";
 * const style = `[${Attribute.status}="offline"] main { opacity: 0.5 }`;
 * ```
 */
export const Attribute = {
  /** `event->Class#method`, several separated by blanks. */
  reflex: "data-reflex",
  /** JSON: one list of arguments for each token of `data-reflex`. */
  args: "data-reflex-args",
  /** An element that no patch touches. */
  permanent: "data-reflex-permanent",
  /** The key of an element in a list, where it has no id. */
  key: "data-k",
  /** An element whose content is a part of its own: what stands around it is patched without it. */
  live: "data-argyle-live",
  /** The border around raw HTML; nothing inside it is bound. */
  raw: "data-raw",
  /** On the script element: the sealed page data. */
  page: "data-argyle",
  /** On the script element: which visit the page data belongs to; opaque. */
  visit: "data-argyle-visit",
  /** On the root element, by the browser: `connecting`, `online`, `offline`. */
  status: "data-argyle-status",
} as const;

/**
 * Below an app's base, where the framework itself answers.
 *
 * @example
 * ```ts
 * import { Path } from "@argyle/argyle/protocol";
 * const isPage = (path: string) => !path.startsWith(Path.root);
 * console.assert(isPage("/orders") && !isPage(Path.socket));
 * ```
 */
export const Path = {
  /** Everything of ours begins so. */
  root: "/_argyle/",
  /** The page socket. */
  socket: "/_argyle/socket",
  /** Where one-time tickets are redeemed. */
  ticket: "/_argyle/ticket",
  /** Says whether the server takes requests: 200, or 503. */
  health: "/_argyle/health",
} as const;

/**
 * A resync names its visit by sending its sealed page data in this header.
 *
 * @example
 * ```ts
 * import { VISIT_HEADER } from "@argyle/argyle/protocol";
 * const isResync = (request: Request) => request.headers.has(VISIT_HEADER);
 * console.assert(!isResync(new Request("http://localhost/")));
 * ```
 */
export const VISIT_HEADER = "argyle-visit";

/**
 * DOM events: `argyle:` and `success`, `error`, `connected` or `disconnected`.
 *
 * @example
 * ```ts
 * import { EVENT_PREFIX } from "@argyle/argyle/protocol";
 * globalThis.addEventListener(`${EVENT_PREFIX}error`, (event) => {
 *   const { code, message } = (event as CustomEvent).detail;
 *   console.warn(code, message);
 * });
 * ```
 */
export const EVENT_PREFIX = "argyle:";

/**
 * Close codes of the page socket; 1000–1015 as RFC 6455 has them.
 *
 * @example
 * ```ts
 * import { Close } from "@argyle/argyle/protocol";
 * const restarts = ({ code }: { code: number }) => code === Close.restart || code === Close.away;
 * console.assert(restarts(new CloseEvent("close", { code: 1012 })));
 * ```
 */
export const Close = {
  /** The server stops or restarts; come back, with jitter. */
  restart: 1012,
  /** What Deno itself says when `deno serve` stops; the same to us. */
  away: 1001,
  /** Too large a frame. */
  tooLarge: 1009,
  /** Refused too often, or no valid first frame in time. */
  policy: 1008,
  /** Too far behind in reading. */
  behind: 1013,
  /** Another socket has taken over this visit. */
  replaced: 4001,
  /** Old enough; come back to be checked again. */
  age: 4002,
  /** The wire's version differs; load the page anew. */
  upgrade: 4003,
} as const;
