/**
 * JSON from strangers: measured before it is parsed, and compared in one canonical form.
 *
 * @module
 */

import { WireError } from "./errors.ts";
import type { Json } from "./frames.ts";
import type { Limits } from "./limits.ts";

const QUOTE = 34, COMMA = 44, BACKSLASH = 92, OPEN = 91, CLOSE = 93, OPEN_BRACE = 123, CLOSE_BRACE = 125;

/**
 * Parses a text after one linear scan of its shape: `JSON.parse` itself takes 200,000 levels without complaint,
 * and whatever walks the value afterwards would overflow.
 *
 * @throws WireError `malformed` for text that is not JSON, is nested deeper than `limits.depth` or has more than
 * `limits.keys` commas
 *
 * @example
 * ```ts
 * import { defaultLimits, parseJson } from "@argyle/argyle/protocol";
 * parseJson('{"by":5}', defaultLimits); // { by: 5 }
 * ```
 */
export function parseJson(text: string, limits: Pick<Limits, "depth" | "keys">): Json {
  let depth = 0, items = 0, inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === BACKSLASH) i++;
      else if (c === QUOTE) inString = false;
    } else if (c === QUOTE) {
      inString = true;
    } else if (c === OPEN || c === OPEN_BRACE) {
      if (++depth > limits.depth) {
        throw new WireError("malformed", `The frame is nested deeper than ${limits.depth} levels.`);
      }
    } else if (c === CLOSE || c === CLOSE_BRACE) {
      depth--;
    } else if (c === COMMA) {
      if (++items > limits.keys) {
        throw new WireError("malformed", `The frame has more than ${limits.keys} items.`);
      }
    }
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WireError("malformed", "The frame is not JSON.", { cause });
  }
}

/**
 * A text that is equal for equal JSON values: keys sorted, no blanks. `undefined` in lists is `null`, in objects
 * absent, as in `JSON.stringify`.
 *
 * @throws TypeError for what JSON cannot carry (a bigint, NaN, an infinity, a cycle)
 *
 * @example
 * ```ts
 * import { canonicalJson } from "@argyle/argyle/protocol";
 * canonicalJson({ b: 1, a: [true] }); // '{"a":[true],"b":1}'
 * ```
 */
export function canonicalJson(value: unknown): string {
  // Most are lists of a few ids, and such a list is canonical as it is.
  if (Array.isArray(value) && value.every(isPlain)) return JSON.stringify(value);
  return JSON.stringify(value, (key, item) => {
    if (typeof item === "number" && !Number.isFinite(item)) {
      throw new TypeError(`Cannot write ${item} as JSON (at ${JSON.stringify(key)}).`);
    }
    if (item === null || typeof item !== "object" || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  }) ?? "null";
}

function isPlain(item: unknown): boolean {
  return typeof item === "string" || typeof item === "boolean" || item === null ||
    (typeof item === "number" && Number.isFinite(item));
}
