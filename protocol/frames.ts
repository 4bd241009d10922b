/**
 * Every frame of the page socket, both directions. `protocol/README.md` is the same in prose, heading by heading.
 *
 * A frame is one JSON array in one text message; its first item names its kind. Arrays because a frame is read by
 * position on every click: no key is sent that both ends know already.
 *
 * @module
 */

import type { ErrorCode } from "./errors.ts";
import type { Operation } from "./operations.ts";

/**
 * A JSON value, as `JSON.parse` gives it.
 *
 * @example
 * ```ts
 * import type { Json } from "@argyle/argyle/protocol";
 * const order: Json = { id: 7, lines: [{ title: "Tea", price: 4.5 }], note: null };
 * ```
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * What the browser tells about the element that was acted on. Every word in it is a stranger's. Absent keys were
 * empty.
 *
 * @example
 * ```ts
 * import type { ElementData } from "@argyle/argyle/protocol";
 * // <input id="by" name="by">, into which somebody has typed 5, in its form
 * const element: ElementData = { a: { id: "by", name: "by" }, v: "5", f: [["by", "5"]] };
 * ```
 */
export interface ElementData {
  /** Attributes by name, without `data-reflex…`, `class` and `style`. */
  readonly a?: { readonly [name: string]: string };
  /** The property `value`, where the element has one and it differs from the attribute; never of a password field. */
  readonly v?: string;
  /** The property `checked` of a checkbox or radio button. */
  readonly c?: boolean;
  /** The values of the selected options of a `select multiple`. */
  readonly m?: readonly string[];
  /** All values of `data-*` attributes of the elements that were asked for, by attribute. */
  readonly d?: { readonly [name: string]: readonly string[] };
  /** The HTML in the element, where it was asked for. */
  readonly h?: string;
  /** The text of the element, likewise. */
  readonly t?: string;
  /** The names of the form's fields that the person has used, where the form is being checked. */
  readonly u?: readonly string[];
  /** Nothing of the call is to be logged. */
  readonly q?: boolean;
  /** Ids of the elements outside of which nothing is to change. */
  readonly r?: readonly string[];
  /** The successful controls of the enclosing form, in document order, files by their name. */
  readonly f?: readonly (readonly [name: string, value: string])[];
}

/**
 * The first frame of a socket: which page this is, and how many patches the browser has applied to it.
 *
 * @example
 * ```ts
 * import { type HelloFrame, PROTOCOL_VERSION } from "@argyle/argyle/protocol";
 * const frame: HelloFrame = ["hello", PROTOCOL_VERSION, "TOKEN", 0];
 * ```
 */
export type HelloFrame = readonly ["hello", protocol: number, token: string, version: number];

/**
 * A call of a reflex. `n` increases within a visit; `ack` is the largest `n` up to which every outcome has come.
 * The same call is sent again byte for byte.
 *
 * @example
 * ```ts
 * import type { CallFrame } from "@argyle/argyle/protocol";
 * const frame: CallFrame = ["call", 3, 2, "Counter#increment", [5], { a: { id: "increment" } }];
 * ```
 */
export type CallFrame = readonly [
  "call",
  n: number,
  ack: number,
  target: string,
  args?: readonly Json[],
  element?: ElementData,
];

/**
 * Asks whether anybody is there; answered by `pong`.
 *
 * @example
 * ```ts
 * import type { PingFrame } from "@argyle/argyle/protocol";
 * const frame: PingFrame = ["ping"];
 * ```
 */
export type PingFrame = readonly ["ping"];

/**
 * The browser wants to show another page of the app. `id` increases in the life of a page's script, also from page to
 * page; `url` is path and query; `prepare` where somebody only points at the link: nothing is answered, and a visit of
 * the same URL soon afterwards finds it ready. A later visit supersedes an earlier one.
 *
 * @example
 * ```ts
 * import type { VisitFrame } from "@argyle/argyle/protocol";
 * const frame: VisitFrame = ["visit", 1, "/orders?page=2"];
 * ```
 */
export type VisitFrame = readonly ["visit", id: number, url: string, prepare?: 1 | undefined];

/**
 * The browser shows the page of the visit of this id. Calls behind it were made there; those that come before it were made
 * on the page before.
 *
 * @example
 * ```ts
 * import type { ShownFrame } from "@argyle/argyle/protocol";
 * const frame: ShownFrame = ["shown", 1];
 * ```
 */
export type ShownFrame = readonly ["shown", id: number];

/**
 * What a browser sends.
 *
 * @example
 * ```ts
 * import { type ClientFrame, defaultLimits, readClientFrame } from "@argyle/argyle/protocol";
 * const about = (frame: ClientFrame): string => frame[0] === "call" ? frame[3] : frame[0];
 * console.assert(about(readClientFrame('["call",1,0,"Counter#peek"]', defaultLimits)) === "Counter#peek");
 * ```
 */
export type ClientFrame = HelloFrame | CallFrame | PingFrame | VisitFrame | ShownFrame;

/**
 * What became of call `n`, as it travels inside a patch: `[n]`, or `[n, value]` when the reflex returned one.
 *
 * @example
 * ```ts
 * import type { Outcome } from "@argyle/argyle/protocol";
 * const nothing: Outcome = [1], counted: Outcome = [2, 5];
 * ```
 */
export type Outcome = readonly [n: number, value?: Json | undefined];

/**
 * The page is live. `version` is the number of patches that the server counts as applied.
 *
 * @example
 * ```ts
 * import type { ReadyFrame } from "@argyle/argyle/protocol";
 * const frame: ReadyFrame = ["ready", 0];
 * ```
 */
export type ReadyFrame = readonly ["ready", version: number];

/**
 * The server does not know what the browser shows: the browser gets its own URL again. The reason is for people.
 *
 * @example
 * ```ts
 * import type { ResyncFrame } from "@argyle/argyle/protocol";
 * const frame: ResyncFrame = ["resync", "base"];
 * ```
 */
export type ResyncFrame = readonly ["resync", reason: string];

/**
 * Operations that take the page from `version - 1` to `version`, and the outcome of the call that caused them;
 * without one where no call of this page did.
 *
 * @example
 * ```ts
 * import type { PatchFrame } from "@argyle/argyle/protocol";
 * const frame: PatchFrame = ["patch", 1, [["morph", "count", '<output id="count">5</output>']], [1]];
 * ```
 */
export type PatchFrame = readonly [
  "patch",
  version: number,
  operations: readonly Operation[],
  outcome?: Outcome | undefined,
];

/**
 * The outcome of a call that changed nothing on the page; the value is left out where the reflex returned none.
 *
 * @example
 * ```ts
 * import type { DoneFrame } from "@argyle/argyle/protocol";
 * const frame: DoneFrame = ["done", 2, 5];
 * ```
 */
export type DoneFrame = readonly ["done", n: number, value?: Json | undefined];

/**
 * The outcome of a call that failed (`n` above 0), or a fault without a number (`n` is 0). `fields` comes with `invalid`
 * alone.
 *
 * @example
 * ```ts
 * import type { ErrorFrame } from "@argyle/argyle/protocol";
 * const frame: ErrorFrame = [
 *   "error",
 *   1,
 *   "invalid",
 *   "The input is not valid.",
 *   { name: "A name, please" },
 * ];
 * ```
 */
export type ErrorFrame = readonly [
  "error",
  n: number,
  code: ErrorCode,
  message: string,
  fields?: { readonly [field: string]: string } | undefined,
];

/**
 * Cookies wait behind this one-time ticket, 22 letters: the browser posts it to the ticket endpoint, then resyncs.
 *
 * @example
 * ```ts
 * import type { TicketFrame } from "@argyle/argyle/protocol";
 * const frame: TicketFrame = ["ticket", "AAECAwQFBgcICQoLDA0ODw"];
 * ```
 */
export type TicketFrame = readonly ["ticket", ticket: string];

/**
 * The browser leaves for another page of this site; where cookies wait behind a ticket, once it has posted that. With
 * `replace`, that page takes the place of this one in the history. It is also the answer to a {@linkcode VisitFrame} of
 * what is no page that a socket can bring: the browser loads it in full.
 *
 * @example
 * ```ts
 * import type { GoFrame } from "@argyle/argyle/protocol";
 * const frame: GoFrame = ["go", "/orders/7"];
 * const replacing: GoFrame = ["go", "/orders?page=2", null, 1];
 * ```
 */
export type GoFrame = readonly [
  "go",
  path: string,
  ticket?: string | null | undefined,
  replace?: 1 | undefined,
];

/**
 * The page is another one from now on: the operations bring what the browser was shown to it. Its patches count from 0;
 * `token` is its sealed page data and `visit` its name, as they stand on the script element of a page that was loaded.
 * `url` is where it stands, after redirects: path and query, and a fragment where a redirect named one. Where cookies
 * wait behind a ticket, the browser posts it, and goes on.
 *
 * @example
 * ```ts
 * import type { PageFrame } from "@argyle/argyle/protocol";
 * const frame: PageFrame = ["page", 1, "/orders", "TOKEN", "1LmSnQ", [["text", "title", "Orders"]]];
 * ```
 */
export type PageFrame = readonly [
  "page",
  id: number,
  url: string,
  token: string,
  visit: string,
  operations: readonly Operation[],
  ticket?: string | undefined,
];

/**
 * The answer to `ping`.
 *
 * @example
 * ```ts
 * import type { PongFrame } from "@argyle/argyle/protocol";
 * const frame: PongFrame = ["pong"];
 * ```
 */
export type PongFrame = readonly ["pong"];

/**
 * What a server sends.
 *
 * @example
 * ```ts
 * import { readServerFrame, type ServerFrame } from "@argyle/argyle/protocol";
 * const isOutcome = ([kind, , , outcome]: ServerFrame) =>
 *   kind === "done" || kind === "error" || (kind === "patch" && outcome !== undefined);
 * console.assert(isOutcome(readServerFrame('["done",1]')));
 * ```
 */
export type ServerFrame =
  | ReadyFrame
  | ResyncFrame
  | PatchFrame
  | DoneFrame
  | ErrorFrame
  | TicketFrame
  | GoFrame
  | PageFrame
  | PongFrame;
