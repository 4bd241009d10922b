/**
 * Where a reflex leads the browser.
 *
 * @module
 */

import { locationOf } from "../http/redirect.ts";

/**
 * The page on which a reflex runs, with another query.
 *
 * @example
 * ```ts
 * import type { OtherQuery } from "@argyle/argyle/types";
 * const secondPage: OtherQuery = { query: { page: 2, q: undefined } };
 * ```
 */
export interface OtherQuery {
  /**
   * What is another: names that are left out stay as they are, `undefined` and `null` take one away, a list stands for
   * several of one name.
   */
  readonly query: {
    readonly [name: string]:
      | string
      | number
      | boolean
      | null
      | undefined
      | readonly (string | number | boolean)[];
  };
}

/**
 * How a reflex leads the browser.
 *
 * @example
 * ```ts
 * import type { LeadOptions } from "@argyle/argyle/types";
 * const inPlace: LeadOptions = { replace: true };
 * ```
 */
export interface LeadOptions {
  /** Whether the browser's history has the new page in the place of this one; `false` where left out. */
  readonly replace?: boolean;
}

/**
 * The path that a redirect of a reflex names.
 *
 * @param here the page's URL
 * @throws HttpError 400 for what leads elsewhere; TypeError for a value that a query cannot hold
 */
export function leadOf(to: string | OtherQuery, here: URL): string {
  if (typeof to === "string") return locationOf(to);
  const params = new URLSearchParams(here.search);
  for (const [name, value] of Object.entries(to.query)) {
    params.delete(name);
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, textOf(name, one));
  }
  const search = params.toString();
  return locationOf(search === "" ? here.pathname : `${here.pathname}?${search}`);
}

function textOf(name: string, value: unknown): string {
  if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return String(value);
  throw new TypeError(
    `Cannot redirect with the query ${JSON.stringify(name)}: its value is no text, number or boolean.`,
  );
}
