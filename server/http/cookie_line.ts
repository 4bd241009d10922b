/**
 * The cookies of a browser that is not asked again: as it has sent them, and as answers have changed them since.
 *
 * @module
 */

import { parseSetCookie } from "cookie";

/**
 * The `Cookie` header after a browser has taken these `Set-Cookie` headers.
 *
 * @param path the app's base: cookies of another path are sent with some of its pages and not with others
 * @param now milliseconds since 1970
 * @returns `undefined` where only the browser itself can tell
 */
export function cookiesAfter(
  header: string,
  lines: readonly string[],
  path: string,
  now: number,
): string | undefined {
  let pairs = header.split(";").map((pair) => pair.trim()).filter((pair) => pair !== "");
  for (const line of lines) {
    const { name, path: own, maxAge, expires } = parseSetCookie(line);
    if (own !== "/" && own !== path) return undefined;
    pairs = pairs.filter((pair) => pair.split("=", 1)[0] !== name);
    const isOver = maxAge === undefined ? expires !== undefined && expires.getTime() <= now : maxAge <= 0;
    // As it was written: a browser sends back what it was given, escapes and all.
    if (!isOver) pairs.push(line.split(";", 1)[0]!.trim());
  }
  return pairs.join("; ");
}
