/**
 * Leading somewhere else.
 *
 * @module
 */

import { HttpError } from "./error.ts";
import type { PathParams } from "./params.ts";

/**
 * A response that leads to another path of this site, or with `external` to another site.
 *
 * @param to a path that begins with one slash, or is relative; with `external`, any http or https URL
 * @param status 303 (get it), 302, 307 or 308 (send the same again)
 * @param options `external`: whether `to` may lead to another site
 * @throws HttpError 400 for what leads elsewhere: `//evil.test` and `/\evil.test` do, though they look like paths
 *
 * @example
 * ```ts
 * import { App, redirect } from "@argyle/argyle";
 * const app = new App();
 * app.page("/old", () => redirect("/new"));
 * ```
 */
export function redirect(
  to: string,
  status: 301 | 302 | 303 | 307 | 308 = 303,
  options: { external?: boolean } = {},
): Response {
  return new Response(null, { status, headers: { location: locationOf(to, options.external === true) } });
}

/**
 * Where a text leads to: a path of this site, or with `external` a URL of another.
 *
 * @throws HttpError 400 for what leads elsewhere
 */
export function locationOf(to: string, external = false): string {
  const here = "http://here.invalid";
  const url = URL.parse(to, here);
  // A path may still begin with two slashes when its dots are gone: `/.//evil.test`.
  const safe = url !== null && ![...to].some((letter) => letter < " " || letter === "\x7f") &&
    (url.origin === here ? !url.pathname.startsWith("//") : external && /^https?:$/.test(url.protocol));
  if (!safe) throw new HttpError(400, "This leads to another site.");
  // As the parser has understood it, so that the browser cannot understand it otherwise.
  return url.origin === here ? `${url.pathname}${url.search}${url.hash}` : url.href;
}

/**
 * A path with its params filled in and escaped.
 *
 * @param path as it was given to `app.page`
 * @param params by name; a param with a `?` may be left out, with its slash
 * @throws TypeError for a param that is missing or empty
 *
 * @example
 * ```ts
 * import { href } from "@argyle/argyle";
 * href("/rooms/:room", { room: "a b" }); // "/rooms/a%20b"
 * ```
 */
export function href<const Path extends string>(path: Path, params: PathParams<Path>): string {
  const values = params as unknown as Readonly<Record<string, string | undefined>>;
  return path.replace(
    /(\/?):([A-Za-z_$][\w$]*)(\([^)]*\))?(\?)?/g,
    (_, slash: string, name: string, _pattern, may) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value !== undefined && value !== "") return `${slash}${encodeURIComponent(value)}`;
      if (may) return "";
      throw new TypeError(`Cannot write the path ${path}: it needs ${name}.`);
    },
  );
}
