/**
 * How the calls of an element are made, typed.
 *
 * @module
 */

import { checkRoots } from "../page/_roots.ts";
import type { CallOptions } from "../page/binding.ts";

/**
 * How the calls of an element are made.
 *
 * @example
 * ```ts
 * import type { OfferOptions } from "@argyle/argyle/types";
 * const careful: OfferOptions = { confirm: "Delete it?", disableWith: "Deleting…" };
 * ```
 */
export interface OfferOptions {
  /** Milliseconds of quiet before a call is made. */
  readonly debounce?: number;
  /** Milliseconds in which one call is made, the first. */
  readonly throttle?: number;
  /** What the person is asked first. */
  readonly confirm?: string;
  /** What the button says, disabled, while a call is under way. */
  readonly disableWith?: string;
  /** Whose `data-*` attributes are told too, one of each name: `combined`, `parent`, … or a selector. */
  readonly dataset?: string;
  /** Whose `data-*` attributes are told too, all of them. */
  readonly datasetAll?: string;
  /** Ids of the elements outside of which nothing changes: `#list,#total`. */
  readonly root?: string;
  /** `false`: the form is not sent. */
  readonly serializeForm?: boolean;
  /** Which form is sent. */
  readonly formSelector?: string;
  /** Whether the element's HTML is told. */
  readonly innerHtml?: boolean;
  /** Whether the element's text is told. */
  readonly textContent?: boolean;
  /** Whether nothing of the calls is logged. */
  readonly suppressLogging?: boolean;
  /** Whether no patch touches the element. */
  readonly permanent?: boolean;
}

type Kind = "milliseconds" | "text" | "flag" | "choice";

const kinds: { readonly [K in keyof Required<OfferOptions>]: Kind } = {
  debounce: "milliseconds",
  throttle: "milliseconds",
  confirm: "text",
  disableWith: "text",
  dataset: "text",
  datasetAll: "text",
  root: "text",
  serializeForm: "choice",
  formSelector: "text",
  innerHtml: "flag",
  textContent: "flag",
  suppressLogging: "flag",
  permanent: "flag",
};

/**
 * Options as values of attributes.
 *
 * @throws TypeError for one that there is not, or whose value is of another kind
 */
export function callOptions(options: OfferOptions): CallOptions {
  const read: { -readonly [K in keyof CallOptions]: CallOptions[K] } = {};
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, key)) {
      throw new TypeError(`Cannot offer a call with ${key}; there are ${Object.keys(kinds).join(", ")}.`);
    }
    if (value === undefined) continue;
    const kind = kinds[key as keyof OfferOptions], text = written(kind, value);
    if (text === undefined) {
      throw new TypeError(`Cannot offer a call with ${key}: ${JSON.stringify(value)} is no ${wanted[kind]}.`);
    }
    if (text !== false) read[key as keyof OfferOptions] = text;
  }
  if (read.root !== undefined) checkRoots(read.root);
  return read;
}

const wanted: Readonly<Record<Kind, string>> = {
  milliseconds: "number of milliseconds",
  text: "text",
  flag: "true or false",
  choice: "true or false",
};

/** `false`: there is no attribute. `undefined`: the value is of another kind. */
function written(kind: Kind, value: unknown): string | false | undefined {
  switch (kind) {
    case "milliseconds":
      return typeof value === "number" && value >= 0 && value < 2 ** 31 ? String(value) : undefined;
    case "text":
      return typeof value === "string" ? value : undefined;
    case "flag":
      return typeof value === "boolean" ? value && "" : undefined;
    case "choice":
      return typeof value === "boolean" ? String(value) : undefined;
  }
}
