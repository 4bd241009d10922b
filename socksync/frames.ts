/**
 * What is said on a line, and what is wrong with what was said.
 *
 * @module
 */

/** The kinds of groups, as frames name them. */
export type GroupType = "var" | "list" | "function";

/** The numbers of errors. */
export const Code = {
  /** The frame says nothing that can be done with its group, or not now. */
  func: 1,
  type: 2,
  name: 3,
  field: 4,
  index: 5,
  id: 6,
  json: 7,
  other: 8,
} as const;

/** A frame as it came: an object, of which nothing is known yet. */
export type Frame = Readonly<Record<string, unknown>>;

/** What a call is named by: whatever the caller likes, a text or a number. */
export type CallId = string | number;

/** What is wrong with a frame. Its message is for whoever has sent that. */
export class FrameError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** The longest name of a group. Names of strangers are given back at no greater length. */
export const ECHOED = 64;

/** The longest id of a call, in characters. */
const LONGEST_ID = 128;

/** The answer to a frame with which something is wrong: it names what the frame has named. */
export function errorFrame(code: number, message: string, frame?: Frame): string {
  const answer: Record<string, unknown> = { func: "error", error_code: code, message };
  for (const key of ["type", "name"]) {
    if (typeof frame?.[key] === "string") answer[key] = echo(frame[key]);
  }
  if (isId(frame?.["id"])) answer["id"] = frame["id"];
  return JSON.stringify(answer);
}

/** A stranger's word, as it may be said back. */
export function echo(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "";
  return text.slice(0, ECHOED);
}

/** Whether something can name a call. */
export function isId(value: unknown): value is CallId {
  return (typeof value === "string" && value.length <= LONGEST_ID) || Number.isFinite(value);
}

/**
 * Checks that fields are there, in this order.
 *
 * @throws FrameError 4
 */
export function needFields(frame: Frame, ...names: readonly string[]): void {
  for (const name of names) {
    if (frame[name] === undefined) throw new FrameError(Code.field, `${name} is required.`);
  }
}

/**
 * Reads a whole number; a text of decimal digits is one too.
 *
 * @param least the smallest that it may be; any where left out
 * @throws FrameError 8
 */
export function readWhole(frame: Frame, name: string, least = -Infinity): number {
  const value = frame[name],
    number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (!Number.isInteger(number)) throw new FrameError(Code.other, `${name} is not an integer.`);
  if ((number as number) >= least) return number as number;
  throw new FrameError(Code.other, `${name} is ${least} or more.`);
}

/**
 * Reads an index below a bound.
 *
 * @throws FrameError 8 for what is no number, 5 for one that is out of bounds
 */
export function readIndex(frame: Frame, bound: number): number {
  const index = readWhole(frame, "index");
  if (index >= 0 && index < bound) return index;
  throw new FrameError(Code.index, `${echo(frame["index"])} is out of bounds.`);
}

/**
 * Reads what names a call.
 *
 * @throws FrameError 8
 */
export function readId(frame: Frame): CallId {
  const { id } = frame;
  if (isId(id)) return id;
  throw new FrameError(Code.other, `id is not a number, or a text of at most ${LONGEST_ID} characters.`);
}

/** An id of our own: a UUID. Pages without https have no `crypto.randomUUID`. */
export function makeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = bytes[6]! & 15 | 64;
  bytes[8] = bytes[8]! & 63 | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
