/**
 * How the calls of an element are made, typed.
 *
 * @module
 */

import { Attribute, Option } from "../../protocol/markers.ts";

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

const kinds: { readonly [K in keyof Required<OfferOptions>]: readonly [name: string, kind: Kind] } = {
  debounce: [Option.debounce, "milliseconds"],
  throttle: [Option.throttle, "milliseconds"],
  confirm: [Option.confirm, "text"],
  disableWith: [Option.disableWith, "text"],
  dataset: [Option.dataset, "text"],
  datasetAll: [Option.datasetAll, "text"],
  serializeForm: [Option.serializeForm, "choice"],
  formSelector: [Option.formSelector, "text"],
  innerHtml: [Option.innerHtml, "flag"],
  textContent: [Option.textContent, "flag"],
  suppressLogging: [Option.suppressLogging, "flag"],
  permanent: [Attribute.permanent, "flag"],
};

/**
 * The attributes of options.
 *
 * @throws TypeError for one that there is not, or whose value is of another kind
 */
export function optionAttributes(options: OfferOptions): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, key)) {
      throw new TypeError(`Cannot offer a call with ${key}; there are ${Object.keys(kinds).join(", ")}.`);
    }
    if (value === undefined) continue;
    const [name, kind] = kinds[key as keyof OfferOptions];
    const text = written(kind, value);
    if (text === undefined) {
      throw new TypeError(`Cannot offer a call with ${key}: ${JSON.stringify(value)} is no ${wanted[kind]}.`);
    }
    if (text !== false) attributes[name] = text;
  }
  return attributes;
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
