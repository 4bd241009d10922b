/**
 * How a publication lies in the slots of an outbox: `SEQUENCE.PART.PARTS:TEXT`. The parts of one lie in as many slots;
 * where one of them is missing, its slot was used again, and so all of it had been published.
 *
 * @module
 */

import type { Publication } from "../engine/bus.ts";

/** How many slots an isolate has: as many as a store reads at once. */
export const SLOTS = 10;

/** In a slot that nothing can be committed to any more. */
export const CLOSED = "closed";

// 60,000 bytes where each is of three: that fits into a value of every store, with a tag before it.
const PART = 20_000;

const HEADER = /^(\d{1,16})\.(\d)\.(\d{1,2}):/;

/** What one slot holds. */
export interface SlotPart {
  /** Of the publication; they grow in the order of their commits. */
  readonly sequence: number;
  readonly part: number;
  readonly parts: number;
  readonly text: string;
}

/**
 * The texts of a publication, one for each slot that it takes.
 *
 * @throws RangeError where it takes more than there are
 */
export function publicationTexts({ channel, messages }: Publication): string[] {
  const text = JSON.stringify([channel, ...messages.flatMap(({ topic, text }) => [topic, text])]);
  const texts: string[] = [];
  for (let from = 0; from < text.length;) {
    let to = Math.min(from + PART, text.length);
    // What stores take is well-formed: no part ends within a character.
    if (to < text.length && isHigh(text.charCodeAt(to - 1))) to--;
    texts.push(text.slice(from, to));
    from = to;
    if (texts.length > SLOTS) {
      throw new RangeError(
        `Cannot publish with a commit: ${text.length} characters as JSON, and it takes about ${
          SLOTS * PART
        }. ` +
          `Publish where it can be read instead.`,
      );
    }
  }
  return texts;
}

/** The value of a slot. */
export function writeSlot({ sequence, part, parts, text }: SlotPart): string {
  return `${sequence}.${part}.${parts}:${text}`;
}

/** What a slot holds; `undefined` where it is empty, closed or anybody's. */
export function readSlot(value: string): SlotPart | undefined {
  const [header = "", sequence, part, parts] = HEADER.exec(value) ?? [];
  if (header === "") return undefined;
  return {
    sequence: Number(sequence),
    part: Number(part),
    parts: Number(parts),
    text: value.slice(header.length),
  };
}

/** A publication that lies in slots; `undefined` where it makes no sense. */
export interface Kept {
  readonly sequence: number;
  readonly publication: Publication | undefined;
}

/** The publications that lie in slots as a whole, in the order of their commits. */
export function keptPublications(values: readonly string[]): Kept[] {
  const bySequence = new Map<number, SlotPart[]>();
  for (const value of values) {
    const part = readSlot(value);
    if (part === undefined) continue;
    bySequence.set(part.sequence, [...bySequence.get(part.sequence) ?? [], part]);
  }
  const kept: Kept[] = [];
  for (const [sequence, parts] of [...bySequence].sort(([a], [b]) => a - b)) {
    if (parts.length < parts[0]!.parts) continue;
    const text = parts.sort((a, b) => a.part - b.part).map(({ text }) => text).join("");
    kept.push({ sequence, publication: readPublication(text) });
  }
  return kept;
}

function readPublication(text: string): Publication | undefined {
  const list = parseList(text);
  if (list === undefined || list.length < 3 || list.length % 2 === 0) return undefined;
  const [channel = "", ...rest] = list;
  const messages = [];
  for (let at = 0; at < rest.length; at += 2) messages.push({ topic: rest[at]!, text: rest[at + 1]! });
  return { channel, messages };
}

function parseList(text: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof item === "string") ? list : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
