/**
 * The vocabulary that server and browser share: frames, operations, names, limits, errors. It needs no runtime: no
 * DOM, no `Deno`, no Preact. `protocol/README.md` tells the wire in prose.
 *
 * ```ts
 * import { defaultLimits, readClientFrame } from "@argyle/argyle/protocol";
 *
 * const frame = readClientFrame('["call",1,0,"Counter#increment"]', defaultLimits);
 * if (frame[0] === "call") console.log(frame[3]); // "Counter#increment"
 * ```
 *
 * @module
 */

export { type Clock, systemClock } from "./clock.ts";
export { readClientFrame, readServerFrame, writeFrame } from "./codec.ts";
export { type ErrorCode, errorSentences, WireError } from "./errors.ts";
export type {
  CallFrame,
  ClientFrame,
  DoneFrame,
  ElementData,
  ErrorFrame,
  GoFrame,
  HelloFrame,
  Json,
  Outcome,
  PageFrame,
  PatchFrame,
  PingFrame,
  PongFrame,
  ReadyFrame,
  ResyncFrame,
  ServerFrame,
  ShownFrame,
  TicketFrame,
  VisitFrame,
} from "./frames.ts";
export { canonicalJson, parseJson } from "./json.ts";
export { defaultLimits, type Limits } from "./limits.ts";
export {
  Attribute,
  Close,
  EVENT_PREFIX,
  IslandMark,
  Loading,
  Option,
  Path,
  VISIT_HEADER,
} from "./markers.ts";
export type {
  Address,
  AttributesOperation,
  BodyOperation,
  DoOperation,
  HeadOperation,
  InsertOperation,
  MorphOperation,
  Operation,
  OrderOperation,
  RemoveOperation,
  SelectOperation,
  TextOperation,
} from "./operations.ts";
export {
  issueFields,
  type Schema,
  type SchemaInput,
  type SchemaIssue,
  type SchemaOutput,
  type SchemaResult,
} from "./schema.ts";
export { BLOCKED_URL, isUrlAttribute, safeUrl } from "./url.ts";
export { PROTOCOL_VERSION } from "./version.ts";
