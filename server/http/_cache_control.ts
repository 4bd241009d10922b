/**
 * How long a file may be kept.
 *
 * @module
 */

/** A file whose name changes with its content. */
export const IMMUTABLE = "public, max-age=31536000, immutable";

/** Every other: kept, and asked for again each time. */
export const REVALIDATED = "public, max-age=0, must-revalidate";

/** The `cache-control` of a file, `chosen` where that says something. */
export function cacheControl(
  name: string,
  chosen: string | ((name: string) => string | undefined) | undefined,
): string {
  const said = typeof chosen === "function" ? chosen(name) : chosen;
  return said ?? (isHashed(name) ? IMMUTABLE : REVALIDATED);
}

/**
 * Whether a name holds a hash of the content before its extension: `app-3f9a1c2b.css`, `app.K3ZQ7A2M.js`. At least
 * eight hexadecimal or capital base32 characters, letters and digits both: a year would be long for
 * `plan-20261120.pdf` or `my-holidays.jpg`.
 */
export function isHashed(name: string): boolean {
  const [, hash = ""] =
    /[.-]([0-9a-f]{8,64}|[0-9A-F]{8,64}|[A-Z2-7]{8,64})\.[A-Za-z0-9]+(?:\.map)?$/.exec(name) ?? [];
  return /\d/.test(hash) && /[A-Za-z]/.test(hash);
}
