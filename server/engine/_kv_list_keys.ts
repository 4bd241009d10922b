/**
 * Where a list lies in Deno KV, and how its order compares.
 *
 * @module
 */

/** What tells one item from all others of its list: what it is ordered by, where it is, and a number of its own. */
export type ItemKey = readonly Deno.KvKeyPart[];

/** The most that an item may be ordered by, in bytes. */
export const ORDER_BYTES = 1000;

/** The keys of one list. */
export class Paths {
  readonly #prefix: Deno.KvKey;

  constructor(prefix: Deno.KvKey) {
    this.#prefix = prefix;
  }

  /** What the list is: its version, its count, and the top of its tree. */
  get root(): Deno.KvKey {
    return [...this.#prefix, "root"];
  }

  /** Generations that are written, or are to be removed. */
  get leavings(): Deno.KvKey {
    return [...this.#prefix, "leavings"];
  }

  leaving(generation: string): Deno.KvKey {
    return [...this.leavings, generation];
  }

  items(generation: string): Deno.KvKey {
    return [...this.#prefix, "items", generation];
  }

  item(generation: string, key: ItemKey): Deno.KvKey {
    return [...this.items(generation), ...key];
  }

  buckets(generation: string): Deno.KvKey {
    return [...this.#prefix, "buckets", generation];
  }

  bucket(generation: string, id: number): Deno.KvKey {
    return [...this.buckets(generation), id];
  }
}

/** A key as it stands in a message. */
export function keyText(key: Deno.KvKey): string {
  const part = (one: Deno.KvKeyPart) => {
    if (typeof one === "bigint") return `${one}n`;
    return typeof one === "object" ? `[${one}]` : JSON.stringify(one);
  };
  return `[${key.map(part).join(", ")}]`;
}

const kinds = ["object", "string", "bigint", "number", "boolean"];

/** Compares as Deno KV orders keys: bytes, strings, whole numbers, numbers, booleans; part by part. */
export function compareKeys(one: ItemKey, other: ItemKey): number {
  for (let at = 0; at < one.length && at < other.length; at++) {
    const order = compareParts(one[at]!, other[at]!);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

function compareParts(one: Deno.KvKeyPart, other: Deno.KvKeyPart): number {
  const kind: string = typeof one, otherKind: string = typeof other;
  if (kind !== otherKind) return kinds.indexOf(kind) - kinds.indexOf(otherKind);
  if (kind === "string") return one === other ? 0 : compareBytes(utf8(one), utf8(other));
  if (kind === "object") return compareBytes(one as Uint8Array, other as Uint8Array);
  return one === other ? 0 : (one as number) < (other as number) ? -1 : 1;
}

// JavaScript compares halves of what has two, and has 𝄞 before ﬁ.
function utf8(text: Deno.KvKeyPart): Uint8Array {
  return new TextEncoder().encode(text as string);
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const both = Math.min(one.length, other.length);
  for (let at = 0; at < both; at++) {
    if (one[at] !== other[at]) return one[at]! - other[at]!;
  }
  return one.length - other.length;
}

/** How many bytes a key takes; a NUL in a text takes one more. */
export function keyBytes(key: ItemKey): number {
  let bytes = 0;
  for (const part of key) {
    if (typeof part === "string") bytes += utf8(part).length + 2;
    else if (typeof part === "bigint") bytes += Math.ceil(part.toString(16).length / 2) + 4;
    else bytes += typeof part === "object" ? part.length + 2 : 10;
  }
  return bytes;
}

/**
 * What an item is ordered by, as it can be a part of a key.
 *
 * @throws TypeError for what has no order, RangeError for what is too long
 */
export function checkOrder(order: unknown): ItemKey {
  if (!Array.isArray(order) || !order.every(isPart)) {
    throw new TypeError(
      "Cannot order an item: orderBy gives an array of strings, numbers, bigints, booleans or Uint8Arrays.",
    );
  }
  const bytes = keyBytes(order);
  if (bytes > ORDER_BYTES) {
    throw new RangeError(
      `Cannot order an item by ${bytes} bytes: at most ${ORDER_BYTES}. Order by less of it.`,
    );
  }
  return order;
}

function isPart(part: unknown): part is Deno.KvKeyPart {
  if (typeof part === "number") return !Number.isNaN(part);
  return part instanceof Uint8Array || kinds.slice(1).includes(typeof part);
}
