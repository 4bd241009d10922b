/**
 * Conditional requests, in the order of RFC 9110, section 13.2.2.
 *
 * @module
 */

/** What a file is compared by. */
export interface Validators {
  /** Its strong entity tag, with the quotes. */
  readonly tag: string | null;
  /** When it was last written, milliseconds since 1970. */
  readonly modified: number | undefined;
}

/** Whether GET or HEAD of a file that exists is to be answered, need not be (304), or must not be (412). */
export function conditions(headers: Headers, { tag, modified }: Validators): "met" | "unchanged" | "failed" {
  const match = headers.get("if-match");
  if (match !== null) {
    if (!names(match, tag, "strong")) return "failed";
  } else if (isLater(modified, headers.get("if-unmodified-since")) === true) {
    return "failed";
  }
  const noneMatch = headers.get("if-none-match");
  if (noneMatch !== null) return names(noneMatch, tag, "weak") ? "unchanged" : "met";
  return isLater(modified, headers.get("if-modified-since")) === false ? "unchanged" : "met";
}

// A proxy that compresses makes our tag a weak one; for `if-none-match` that is as good.
function names(list: string, tag: string | null, comparison: "strong" | "weak"): boolean {
  if (list.trim() === "*") return true;
  for (const [found, weak = ""] of list.matchAll(/(W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g)) {
    if (found.slice(weak.length) === tag && (weak === "" || comparison === "weak")) return true;
  }
  return false;
}

// `undefined` where either is not known. The header has seconds.
function isLater(modified: number | undefined, header: string | null): boolean | undefined {
  const date = header === null ? NaN : readDate(header);
  return modified === undefined || Number.isNaN(date) ? undefined : Math.floor(modified / 1000) * 1000 > date;
}

/** The three forms of a date in HTTP, as milliseconds since 1970; NaN for everything else. */
function readDate(text: string): number {
  const time = "\\d\\d:\\d\\d:\\d\\d";
  if (new RegExp(`^[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} ${time} GMT$`).test(text)) {
    return Date.parse(text);
  }
  if (new RegExp(`^[A-Z][a-z]{5,8}, \\d\\d-[A-Z][a-z]{2}-\\d\\d ${time} GMT$`).test(text)) {
    return Date.parse(text);
  }
  if (new RegExp(`^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d ${time} \\d{4}$`).test(text)) {
    return Date.parse(`${text} GMT`);
  }
  return NaN;
}
