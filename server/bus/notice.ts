/**
 * What isolates of one app tell each other, and how it is written.
 *
 * @module
 */

import type { Operation } from "../../protocol/operations.ts";
import type { ListStep } from "../../socksync/source.ts";
import type { Offered, Piece, Told } from "./told.ts";

/** Somebody on a topic: what it is, who and where they are, and what they are shown as, as JSON. */
export type Present = readonly [topic: string, person: string, place: string, text: string];

/** Something that an isolate tells the others. */
export type Notice =
  /** A topic has changed. */
  | readonly ["changed", topic: string]
  /** Those who follow an address are told something. */
  | readonly ["told", address: string, told: Told]
  /** A variable has its next value; as JSON, or empty where that is too large to be said. */
  | readonly ["value", topic: string, number: number, json: string]
  /** A list has changed; its steps are left out where they are unknown, or too large to be said. */
  | readonly ["list", topic: string, version: number, count: number, steps?: readonly ListStep<unknown>[]]
  /** An event was published to a topic at an endpoint; as it is sent, with its type for whoever looks. */
  | readonly ["event", topic: string, path: string, type: string, json: string]
  /** Somebody is on a topic there, or is shown as something else. */
  | readonly ["come", ...Present]
  /** Somebody is not on a topic there any more. */
  | readonly ["go", topic: string, person: string, place: string]
  /** It is alive, has told of so many who came or went, and so many are there. */
  | readonly ["here", told: number, people: number]
  /** Everybody is asked who is there. */
  | readonly ["who"]
  /** That many it has told of, and these are there; more of them follow unless they are the last. */
  | readonly ["all", told: number, isLast: boolean, present: readonly Present[]];

/** Makes of what was written what answers for it. */
export type ReadOffers = (calls: readonly string[]) => Offered;

/** A notice as JSON. */
export function writeNotice(notice: Notice): string {
  if (notice[0] !== "told") return JSON.stringify(notice);
  const [, address, { text, pieces }] = notice;
  const offers = pieces.map(({ offers }) => offers === undefined ? 0 : [...offers.calls()]);
  // The operations are JSON already.
  return `["told",${JSON.stringify(address)},${text},${JSON.stringify(offers)}]`;
}

/** Reads a notice; `undefined` for what is none. */
export function readNotice(value: unknown, readOffers: ReadOffers): Notice | undefined {
  if (!Array.isArray(value)) return undefined;
  const [kind, ...rest] = value as unknown[];
  switch (kind) {
    case "changed":
      return areTexts(rest, 1) ? ["changed", rest[0]!] : undefined;
    case "told":
      return readTold(rest, readOffers);
    case "value":
      return areTexts([rest[0], rest[2]], 2) && isCount(rest[1])
        ? ["value", rest[0] as string, rest[1], rest[2] as string]
        : undefined;
    case "list":
      return readList(rest);
    case "event":
      return areTexts(rest, 4) ? ["event", rest[0]!, rest[1]!, rest[2]!, rest[3]!] : undefined;
    case "come":
      return isPresent(rest) ? ["come", ...(rest as readonly string[] as Present)] : undefined;
    case "go":
      return areTexts(rest, 3) ? ["go", rest[0]!, rest[1]!, rest[2]!] : undefined;
    case "here":
      return isCount(rest[0]) && isCount(rest[1]) ? ["here", rest[0], rest[1]] : undefined;
    case "who":
      return ["who"];
    case "all": {
      const [told, isLast, present] = rest;
      if (!isCount(told) || typeof isLast !== "boolean" || !Array.isArray(present)) return undefined;
      return present.every(isPresent) ? ["all", told, isLast, present] : undefined;
    }
    default:
      return undefined;
  }
}

function readTold([address, operations, offers]: unknown[], readOffers: ReadOffers): Notice | undefined {
  if (typeof address !== "string" || !Array.isArray(operations) || !Array.isArray(offers)) return undefined;
  if (offers.length !== operations.length || !operations.every(isOperation)) return undefined;
  const pieces: Piece[] = [];
  for (const [at, operation] of operations.entries()) {
    const calls: unknown = offers[at];
    if (calls !== 0 && !(Array.isArray(calls) && areTexts(calls, calls.length))) return undefined;
    pieces.push({ operation, offers: calls === 0 ? undefined : readOffers(calls) });
  }
  return ["told", address, { text: JSON.stringify(operations), pieces }];
}

function readList([topic, version, count, steps]: unknown[]): Notice | undefined {
  if (typeof topic !== "string" || !isCount(version) || !isCount(count)) return undefined;
  if (steps === undefined) return ["list", topic, version, count];
  return Array.isArray(steps) && steps.every(isStep) ? ["list", topic, version, count, steps] : undefined;
}

function isStep(value: unknown): value is ListStep<unknown> {
  const { kind, index } = (value ?? {}) as { kind?: unknown; index?: unknown };
  return isCount(index) && (kind === "delete" || kind === "insert" || kind === "set");
}

// Operations by hand have this one form; what they may contain, the browser that does them checks once more.
function isOperation(value: unknown): value is Operation {
  return Array.isArray(value) && value[0] === "do" && typeof value[1] === "string" && value.length <= 4;
}

function isPresent(value: unknown): value is Present {
  return Array.isArray(value) && areTexts(value, 4);
}

function areTexts(list: readonly unknown[], count: number): list is string[] {
  return list.length === count && list.every((item) => typeof item === "string");
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number >= 0;
}
