/**
 * Text ⇄ frame: the one place where `unknown` becomes a frame.
 *
 * @module
 */

import { WireError } from "./errors.ts";
import type { ClientFrame, ElementData, Json, ServerFrame } from "./frames.ts";
import { parseJson } from "./json.ts";
import type { Limits } from "./limits.ts";
import { MOST_ROOTS } from "./roots.ts";

/**
 * Reads a frame that a browser sent. The browser is a stranger: size, shape and kind of every item are checked.
 *
 * @param text the WebSocket message; one that is not text is refused
 * @param limits the app's; `frame` and `field` count bytes of UTF-8
 * @throws WireError `too_large` or `malformed`, with a sentence that says where, and the call's number as its `n` where
 * one could be read
 *
 * @example
 * ```ts
 * import { defaultLimits, readClientFrame } from "@argyle/argyle/protocol";
 * readClientFrame('["call",1,0,"Counter#increment"]', defaultLimits); // ["call", 1, 0, "Counter#increment"]
 * ```
 */
export function readClientFrame(text: unknown, limits: Limits): ClientFrame {
  if (typeof text !== "string") throw new WireError("malformed", "A frame is text, not binary.");
  if (!fits(text, limits.frame)) {
    throw new WireError("too_large", `A frame has at most ${limits.frame} bytes.`);
  }
  const frame = parseJson(text, limits);
  if (!Array.isArray(frame)) throw new WireError("malformed", "A frame is a JSON array.");
  switch (frame[0]) {
    case "hello":
      return readHello(frame);
    case "call":
      return readCall(frame, limits);
    case "visit":
      return readVisit(frame, limits);
    case "shown":
      return readShown(frame);
    case "ping":
      return ["ping"];
    default:
      throw new WireError("malformed", `Unknown frame ${quote(frame[0])}.`);
  }
}

// ["hello", 3, "AQ…", 0]
function readHello([, protocol, token, version]: Json[]): ClientFrame {
  if (!isCount(protocol)) throw new WireError("malformed", "hello: the protocol is a whole number.");
  if (typeof token !== "string") throw new WireError("malformed", "hello: the token is a string.");
  if (!isCount(version)) throw new WireError("malformed", "hello: the version is a whole number.");
  return ["hello", protocol, token, version];
}

// ["visit", 2, "/orders?page=2"]
function readVisit([, id, url, prepare]: Json[], limits: Limits): ClientFrame {
  if (!isCount(id) || id === 0) throw new WireError("malformed", "visit: the id is a whole number above 0.");
  if (typeof url !== "string") throw new WireError("malformed", "visit: the URL is a string.");
  if (!fits(url, limits.visitUrl)) {
    throw new WireError("malformed", `visit: a URL has at most ${limits.visitUrl} bytes.`);
  }
  if (!isPath(url)) throw new WireError("malformed", `visit: ${quote(url)} is no path of this site.`);
  if (prepare !== undefined && prepare !== 1) {
    throw new WireError("malformed", "visit: what says that it is to be prepared is a 1.");
  }
  return prepare === undefined ? ["visit", id, url] : ["visit", id, url, 1];
}

// ["shown", 2]
function readShown([, id]: Json[]): ClientFrame {
  if (!isCount(id) || id === 0) throw new WireError("malformed", "shown: the id is a whole number above 0.");
  return ["shown", id];
}

// Two slashes begin another site's address, and a backslash is a slash to a browser; a fragment is the browser's own.
function isPath(url: string): boolean {
  return /^\/(?![\/\\])[^#]*$/.test(url) && ![...url].some((letter) => letter < " " || letter === "\x7f");
}

// ["call", 3, 2, "Counter#increment", [5], {"a":{"id":"increment"}}]
function readCall(frame: Json[], limits: Limits): ClientFrame {
  const n = frame[1];
  if (!isCount(n) || n === 0) throw new WireError("malformed", "call: the number is a whole number above 0.");
  try {
    return readNumberedCall(n, frame, limits);
  } catch (error) {
    // From here on it is known which call is refused, so that its caller can be told.
    if (error instanceof WireError) throw new WireError(error.code, error.message, { n, cause: error.cause });
    throw error;
  }
}

function readNumberedCall(n: number, frame: Json[], limits: Limits): ClientFrame {
  const [, , ack, target, args = [], element = {}] = frame;
  if (!isCount(ack)) throw new WireError("malformed", "call: the acknowledgement is a whole number.");
  if (typeof target !== "string") throw new WireError("malformed", "call: the target is a string.");
  if (target.length > limits.name || !/^[A-Za-z0-9_$.]+#[A-Za-z0-9_$]+$/.test(target)) {
    throw new WireError("malformed", `call: ${quote(target)} is not of the form Class#method.`);
  }
  if (!Array.isArray(args)) throw new WireError("malformed", "call: the arguments are a list.");
  if (args.length > limits.args) {
    throw new WireError("malformed", `call: at most ${limits.args} arguments.`);
  }
  return ["call", n, ack, target, args as Json[], readElement(element, limits)];
}

function readElement(element: Json, limits: Limits): ElementData {
  if (!isObject(element)) throw new WireError("malformed", "call: the element is an object.");
  const { a, v, c, m, f, d, h, t, q, r, u } = element;
  if (a !== undefined && !(isObject(a) && Object.values(a).every(isString))) {
    throw new WireError("malformed", "call: the attributes are strings by name.");
  }
  if (v !== undefined && !isString(v)) throw new WireError("malformed", "call: the value is a string.");
  if (c !== undefined && typeof c !== "boolean") {
    throw new WireError("malformed", "call: checked is a boolean.");
  }
  if (m !== undefined && !(Array.isArray(m) && m.every(isString))) {
    throw new WireError("malformed", "call: the selected values are strings.");
  }
  if (d !== undefined && !(isObject(d) && Object.values(d).every(isStrings))) {
    throw new WireError("malformed", "call: the data are lists of strings by name.");
  }
  for (const text of [h, t]) {
    if (text === undefined) continue;
    if (!isString(text)) throw new WireError("malformed", "call: what is in the element is a string.");
    if (!fits(text, limits.field)) {
      throw new WireError("too_large", `What is in an element has at most ${limits.field} bytes.`);
    }
  }
  if (q !== undefined && typeof q !== "boolean") {
    throw new WireError("malformed", "call: whether to log is a boolean.");
  }
  if (u !== undefined && !isStrings(u)) {
    throw new WireError("malformed", "call: the names of fields are strings.");
  }
  if (r !== undefined && !(isStrings(r) && (r as Json[]).length <= MOST_ROOTS)) {
    throw new WireError("malformed", `call: the roots are at most ${MOST_ROOTS} strings.`);
  }
  if (f !== undefined) checkFields(f, limits);
  return element as ElementData;
}

function checkFields(fields: Json, limits: Limits): void {
  const pairs = Array.isArray(fields) &&
    fields.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isString));
  if (!pairs) throw new WireError("malformed", "call: the fields are pairs of name and value.");
  if (fields.length > limits.fields) {
    throw new WireError("too_large", `A form has at most ${limits.fields} fields.`);
  }
  for (const [name, value] of fields as [string, string][]) {
    if (!fits(value, limits.field)) {
      throw new WireError("too_large", `The field ${quote(name)} has more than ${limits.field} bytes.`);
    }
  }
}

/**
 * Reads a frame that a server sent. The server is trusted with the page, so only the kind is looked at.
 *
 * @throws SyntaxError for text that is not JSON, TypeError for what is not a frame
 *
 * @example
 * ```ts
 * import { readServerFrame } from "@argyle/argyle/protocol";
 * const frame = readServerFrame('["done",2,5]');
 * if (frame[0] === "done") console.assert(frame[1] === 2);
 * ```
 */
export function readServerFrame(text: string): ServerFrame {
  const frame = JSON.parse(text);
  if (!Array.isArray(frame) || typeof frame[0] !== "string") {
    throw new TypeError("Cannot read a frame: not one.");
  }
  return frame as unknown as ServerFrame;
}

/**
 * A frame as text. Items that are `undefined` at the end are left out.
 *
 * @example
 * ```ts
 * import { writeFrame } from "@argyle/argyle/protocol";
 * console.assert(writeFrame(["done", 1, undefined]) === '["done",1]');
 * ```
 */
export function writeFrame(frame: ClientFrame | ServerFrame): string {
  let end = frame.length;
  while (frame[end - 1] === undefined) end--;
  return JSON.stringify(end === frame.length ? frame : frame.slice(0, end));
}

/** Whether a text has at most `bytes` bytes as UTF-8, without encoding it where its length tells already. */
export function fits(text: string, bytes: number): boolean {
  if (text.length > bytes) return false;
  return text.length * 3 <= bytes || new TextEncoder().encode(text).length <= bytes;
}

function isCount(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isString(value: Json): value is string {
  return typeof value === "string";
}

function isStrings(value: Json): boolean {
  return Array.isArray(value) && value.every(isString);
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function quote(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
