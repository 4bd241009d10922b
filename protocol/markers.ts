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
  /** What `data-reflex` offers with an event alone: nothing is done, and the page is brought up to date. */
  refresh: "$#refresh",
  /** What a bound form calls while it is being filled in. */
  check: "$#check",
  /** An element that no patch touches. */
  permanent: "data-reflex-permanent",
  /** What of an element patches leave alone: all of it; or the attributes that it names, and `children`. */
  ignore: "data-reflex-ignore",
  /** Classes of an element while it comes. */
  enter: "data-reflex-enter",
  /** Classes of an element while it goes. */
  leave: "data-reflex-leave",
  /** What is said of a list when elements have come to it or gone. */
  announce: "data-reflex-announce",
  /** The key of an element in a list, where it has no id. */
  key: "data-k",
  /** An element whose content is a part of its own: what stands around it is patched without it. */
  live: "data-argyle-live",
  /** The border around raw HTML; nothing inside it is bound. */
  raw: "data-raw",
  /**
   * On a link, a form, or an element around them: whether following it goes over the socket. `""` and `"true"` do so,
   * `"replace"` does so in the place of this page in the history, `"false"` does not; the nearest counts. On our script
   * element: the whole app does.
   */
  navigate: "data-navigate",
  /** On the script element: the sealed page data. */
  page: "data-argyle",
  /** On the script element: which visit the page data belongs to; opaque. */
  visit: "data-argyle-visit",
  /** On a developer's script element: the token of the channel, and which start of the process the page comes from. */
  dev: "data-argyle-dev",
  /** Beside it, on a page about a failure: the id of the request. */
  devRequest: "data-argyle-dev-request",
  /** On a developer's root element, by the browser: whether the app is `starting`, `ready` or `failed`. */
  devState: "data-argyle-dev-state",
  /** On the root element, by the browser: `connecting`, `online`, `offline`. */
  status: "data-argyle-status",
  /** `false`: nothing is made ready when somebody points at a link. */
  prefetch: "data-navigate-prefetch",
  /** In the head: where the next page has another one, it is loaded in full. */
  track: "data-navigate-track",
  /** On the root element, by the browser: the next page is awaited, and that takes long. */
  navigating: "data-argyle-navigating",
} as const;

/**
 * Attributes that say how the calls of an element are made.
 *
 * @example
 * ```ts
 * import { Option } from "@argyle/argyle/protocol";
 * const selector = `[${Option.debounce}]`;
 * ```
 */
export const Option = {
  /** Milliseconds of quiet before the call is made. */
  debounce: "data-reflex-debounce",
  /** Milliseconds in which one call is made, the first. */
  throttle: "data-reflex-throttle",
  /** What the person is asked first. */
  confirm: "data-reflex-confirm",
  /** What a button says, disabled, while its call is under way. */
  disableWith: "data-reflex-disable-with",
  /** Whose `data-*` attributes are sent along, one of each name. */
  dataset: "data-reflex-dataset",
  /** Whose `data-*` attributes are sent along, all of them. */
  datasetAll: "data-reflex-dataset-all",
  /** `false`: the form is not sent. */
  serializeForm: "data-reflex-serialize-form",
  /** Which form is sent. */
  formSelector: "data-reflex-form-selector",
  /** The element's HTML is sent. */
  innerHtml: "data-reflex-include-inner-html",
  /** The element's text is sent. */
  textContent: "data-reflex-include-text-content",
  /** Nothing of the call is logged. */
  suppressLogging: "data-reflex-suppress-logging",
  /** Elements outside of which nothing changes. */
  root: "data-reflex-root",
} as const;

/**
 * An island in the page: its element, and the element in it that holds what the server shows there.
 *
 * @example
 * ```ts
 * import { IslandMark } from "@argyle/argyle/protocol";
 * const selector = `${IslandMark.element}[${IslandMark.name}]`;
 * ```
 */
export const IslandMark = {
  /** The element. It has no box. */
  element: "argyle-island",
  /** The element in it whose content is the page's: what stands between the tags of the island. It has no box either. */
  slot: "argyle-slot",
  /** Which module it is of: its name, as it is served, without `.js`. */
  name: "data-argyle-island",
  /** When it comes to life; at once where left out. */
  when: "data-argyle-when",
  /** Its props. */
  props: "data-argyle-props",
  /** What its ids count on, where it has any. */
  ids: "data-argyle-ids",
  /** On an island: whoever looks may see what goes wrong in it. In it: this is what went wrong. */
  error: "data-argyle-error",
  /** The event that tells of one that does not work. */
  failed: "argyle:island-error",
  /** The event by which an operation gives it props. */
  given: "argyle:-props",
} as const;

/** The name of an attribute of ours, in the browser. An app with names of its own has others: they are put here as text. */
export const OURS = /^data-reflex/;

/** The name of one of these that says how calls are made; likewise. */
export const OPTIONED = /^data-reflex-(?!(args|permanent|ignore|enter|leave|announce)$)/;

/**
 * How an element shows that a reflex of its is under way.
 *
 * @example
 * ```ts
 * import { Loading } from "@argyle/argyle/protocol";
 * const style = `.${Loading.name} { opacity: 0.6 }`;
 * ```
 */
export const Loading = {
  /** Milliseconds that it may take without showing. */
  patience: 120,
  /** The class of the element. */
  name: "reflex-loading",
  /** Its attribute, `true`. */
  busy: "aria-busy",
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
  /** The modules of islands, and what they share. */
  islands: "/_argyle/islands/",
  /** The channel of `deno task dev`, at the root of its origin; an app does not answer there. */
  dev: "/_argyle/dev",
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
  /** The server stops or restarts; come back, within as many milliseconds as the reason begins with, each at its own. */
  restart: 1012,
  /** What Deno itself says when `deno serve` stops; the same to us. */
  away: 1001,
  /** Too large a frame. */
  tooLarge: 1009,
  /** Refused too often, or no valid first frame in time. */
  policy: 1008,
  /** The page could not be found out about: the store is away, for one; come back. */
  failed: 1011,
  /** Too far behind in reading, or said hello too often: come back later. */
  behind: 1013,
  /** Another socket has taken over this visit. */
  replaced: 4001,
  /** Old enough; come back to be checked again. */
  age: 4002,
  /** The wire's version differs; load the page anew. */
  upgrade: 4003,
} as const;

/**
 * What of a form's address says which reflex it is: a browser without our script posts it to the page, with this in the
 * query.
 */
export const POST_PARAM = "$reflex";
