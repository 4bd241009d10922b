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

/** A JSON value, as `JSON.parse` gives it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * What the browser tells about the element that was acted on. Every word in it is a stranger's. Absent keys were
 * empty.
 */
export interface ElementData {
  /** Attributes by name, without `data-reflex…`, `class` and `style`. */
  readonly a?: { readonly [name: string]: string };
  /** The property `value`, where the element has one and it differs from the attribute. */
  readonly v?: string;
  /** The property `checked` of a checkbox or radio button. */
  readonly c?: boolean;
  /** The values of the selected options of a `select multiple`. */
  readonly m?: readonly string[];
  /** The successful controls of the enclosing form, in document order, files by their name. */
  readonly f?: readonly (readonly [name: string, value: string])[];
}

/** The first frame of a socket: which page this is, and how many patches the browser has applied to it. */
export type HelloFrame = readonly ["hello", protocol: number, token: string, version: number];

/**
 * A call of a reflex. `n` increases within a visit; `ack` is the largest `n` up to which every outcome has come.
 * The same call is sent again byte for byte.
 */
export type CallFrame = readonly [
  "call",
  n: number,
  ack: number,
  target: string,
  args?: readonly Json[],
  element?: ElementData,
];

/** Asks whether anybody is there; answered by `pong`. */
export type PingFrame = readonly ["ping"];

/** What a browser sends. */
export type ClientFrame = HelloFrame | CallFrame | PingFrame;

/** What became of call `n`, as it travels inside a patch: `[n]`, or `[n, value]` when the reflex returned one. */
export type Outcome = readonly [n: number, value?: Json | undefined];

/** The page is live. `version` is the number of patches that the server counts as applied. */
export type ReadyFrame = readonly ["ready", version: number];

/** The server does not know what the browser shows: the browser gets its own URL again. */
export type ResyncFrame = readonly ["resync", reason: string];

/** Operations that take the page from `version - 1` to `version`, and the outcome of the call that caused them. */
export type PatchFrame = readonly [
  "patch",
  version: number,
  operations: readonly Operation[],
  outcome?: Outcome | undefined,
];

/** The outcome of a call that changed nothing on the page. */
export type DoneFrame = readonly ["done", n: number, value?: Json | undefined];

/** The outcome of a call that failed (`n` > 0), or a fault of a frame without a number (`n` = 0). */
export type ErrorFrame = readonly [
  "error",
  n: number,
  code: ErrorCode,
  message: string,
  fields?: { readonly [field: string]: string } | undefined,
];

/** Cookies wait behind this one-time ticket: the browser posts it to the ticket endpoint, then resyncs. */
export type TicketFrame = readonly ["ticket", ticket: string];

/** The answer to `ping`. */
export type PongFrame = readonly ["pong"];

/** What a server sends. */
export type ServerFrame =
  | ReadyFrame
  | ResyncFrame
  | PatchFrame
  | DoneFrame
  | ErrorFrame
  | TicketFrame
  | PongFrame;
