/**
 * Ranges, as RFC 9110, section 14 has them: one range of bytes, or the whole file.
 *
 * @module
 */

/** A part of a file. */
export interface Range {
  /** The first byte, from 0. */
  readonly first: number;
  /** Bytes, at least one. */
  readonly length: number;
}

/**
 * Reads a `range` header. Several ranges, other units and what is not valid are ignored, which a server may: several
 * ranges make a response larger than the file, and nobody's player asks for them.
 *
 * @param size bytes of the file
 */
export function readRange(header: string | null, size: number): Range | "whole" | "unsatisfiable" {
  const [, from = "", to = ""] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? "") ?? [];
  if (from === "") {
    if (to === "") return "whole";
    const length = Math.min(Number(to), size);
    if (Number(to) === 0) return "unsatisfiable";
    // The last bytes of nothing are nothing, which no `content-range` can say.
    return size === 0 ? "whole" : { first: size - length, length };
  }
  const first = Number(from), last = to === "" ? Infinity : Number(to);
  if (last < first) return "whole";
  if (first >= size) return "unsatisfiable";
  return { first, length: Math.min(last, size - 1) - first + 1 };
}

/**
 * Whether the range counts: it does not where the peer's part is of another version. A date never says that it is
 * not: a file may change twice in one second.
 */
export function ifRange(headers: Headers, tag: string | null): boolean {
  const wanted = headers.get("if-range");
  return wanted === null || wanted === tag;
}
