/**
 * What the browser told about the element and its form. Every word is a stranger's until a schema or a typed reader
 * has read it.
 *
 * @module
 */

import type { ElementData } from "../../protocol/frames.ts";

/**
 * A text that a stranger sent. It is an object, so that it does not pass for a checked string by accident.
 *
 * @example
 * ```ts
 * import { Reflex } from "@argyle/argyle";
 * class Rows extends Reflex {
 *   open() {
 *     const row = this.element.dataset("id").int(); // a number, or the call is refused
 *     this.state.row = row;
 *   }
 * }
 * ```
 */
export class Untrusted {
  readonly #name: string;
  readonly #value: string | undefined;

  /**
   * A text, as it came.
   *
   * @param name what it is called in a refusal
   * @param value what came, if anything
   */
  constructor(name: string, value: string | undefined) {
    this.#name = name;
    this.#value = value;
  }

  /** Whether anything came. */
  get present(): boolean {
    return this.#value !== undefined;
  }

  /**
   * The text as it came, `""` where nothing did.
   *
   * @param max most characters
   * @throws UntrustedError (a RangeError) for a longer one
   */
  text(max = 10_000): string {
    const value = this.#value ?? "";
    if (value.length > max) throw new UntrustedError(this.#name, `has more than ${max} characters`);
    return value;
  }

  /**
   * The text as a whole number.
   *
   * @throws UntrustedError (a RangeError) for anything else, also beyond `Number.MAX_SAFE_INTEGER`
   */
  int(): number {
    const number = Number(this.#value);
    if (this.#value === undefined || !/^-?\d+$/.test(this.#value) || !Number.isSafeInteger(number)) {
      throw new UntrustedError(this.#name, "is not a whole number");
    }
    return number;
  }

  /**
   * The text as a finite number.
   *
   * @throws UntrustedError (a RangeError) for anything else
   */
  number(): number {
    const number = Number(this.#value);
    if (this.#value === undefined || this.#value.trim() === "" || !Number.isFinite(number)) {
      throw new UntrustedError(this.#name, "is not a number");
    }
    return number;
  }
}

/**
 * A stranger's word was not of the kind that was asked for. Where a reflex does not catch it, the call is refused as
 * `invalid`, with the message under the field's name.
 *
 * @example
 * ```ts
 * import { Reflex } from "@argyle/argyle";
 * import type { UntrustedError } from "@argyle/argyle/types";
 * class Rows extends Reflex {
 *   problem = "";
 *   open() {
 *     try {
 *       this.state.row = this.element.dataset("row").int();
 *     } catch (error) {
 *       this.problem = (error as UntrustedError).message; // "data-row is not a whole number."
 *     }
 *   }
 * }
 * ```
 */
export class UntrustedError extends RangeError {
  /** The field, attribute or property. */
  readonly field: string;

  /**
   * A refusal.
   *
   * @param field what was read
   * @param why what is wrong with it
   */
  constructor(field: string, why: string) {
    super(`${field} ${why}.`);
    this.name = "UntrustedError";
    this.field = field;
  }
}

/**
 * The element that was acted on, as the browser told it.
 *
 * @example
 * ```ts
 * import { Reflex } from "@argyle/argyle";
 * import type { ElementReader } from "@argyle/argyle/types";
 * const rowOf = (element: ElementReader) => element.dataset("rowId").int(); // data-row-id
 * class Rows extends Reflex {
 *   open() {
 *     this.state.row = rowOf(this.element);
 *   }
 * }
 * ```
 */
export class ElementReader {
  readonly #data: ElementData;

  /**
   * Reads what a frame told.
   *
   * @param data from the frame
   */
  constructor(data: ElementData) {
    this.#data = data;
  }

  /** The attribute of this name; `data-reflex…`, `class` and `style` are never sent. */
  attribute(name: string): Untrusted {
    const attributes = this.#data.a ?? {};
    return new Untrusted(name, Object.hasOwn(attributes, name) ? attributes[name] : undefined);
  }

  /** The `data-*` attribute, by its name in a dataset: `dataset("userId")` is `data-user-id`. */
  dataset(name: string): Untrusted {
    return this.attribute(attributeOf(name));
  }

  /** All values of this `data-*` attribute of the elements that `data-reflex-dataset-all` names, its own first. */
  datasetAll(name: string): readonly Untrusted[] {
    const lists = this.#data.d ?? {}, attribute = attributeOf(name);
    return (Object.hasOwn(lists, attribute) ? lists[attribute] ?? [] : []).map((value) =>
      new Untrusted(attribute, value)
    );
  }

  /** The HTML in it, where `data-reflex-include-inner-html` asks for it. */
  get innerHtml(): Untrusted {
    return new Untrusted("innerHtml", this.#data.h);
  }

  /** The text of it, where `data-reflex-include-text-content` asks for it. */
  get textContent(): Untrusted {
    return new Untrusted("textContent", this.#data.t);
  }

  /** The property `value`. */
  get value(): Untrusted {
    return new Untrusted("value", this.#data.v ?? this.#data.a?.["value"]);
  }

  /** The values of the options selected in a `select multiple`; else none. */
  get values(): readonly Untrusted[] {
    return (this.#data.m ?? []).map((value) => new Untrusted("value", value));
  }

  /** Whether a checkbox or radio button is checked; `false` for any other element. */
  get checked(): boolean {
    return this.#data.c ?? false;
  }
}

function attributeOf(name: string): string {
  return `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * The fields of the enclosing form, in their order. It has no properties of its own: neither a spread nor
 * `Object.assign` copies anything out of it.
 *
 * @example
 * ```ts
 * import { Reflex } from "@argyle/argyle";
 * import type { FormReader } from "@argyle/argyle/types";
 * const tagsOf = (fields: FormReader) => fields.all("tag").map((tag) => tag.text(40));
 * class Notes extends Reflex {
 *   add() {
 *     this.state.note = { text: this.fields.get("text").text(), tags: tagsOf(this.fields) };
 *   }
 * }
 * ```
 */
export class FormReader {
  readonly #fields: readonly (readonly [string, string])[];

  /**
   * Reads what a frame told.
   *
   * @param data from the frame
   */
  constructor(data: ElementData) {
    this.#fields = data.f ?? [];
  }

  /** The first field of this name; where there is none, a text that is not `present`. */
  get(name: string): Untrusted {
    return new Untrusted(name, this.#fields.find(([field]) => field === name)?.[1]);
  }

  /** Every field of this name, in the form's order. */
  all(name: string): readonly Untrusted[] {
    return this.#fields.filter(([field]) => field === name).map(([, value]) => new Untrusted(name, value));
  }

  /** The names, each once. */
  names(): readonly string[] {
    return [...new Set(this.#fields.map(([name]) => name))];
  }
}

/**
 * What an action reads where its call has no argument: the form's fields, then the element's own name and value, then
 * its `data-*` attributes. A name that comes several times is a list of its values.
 */
export function implicitInput(data: ElementData): Record<string, unknown> {
  const input = new Map<string, unknown>();
  for (const [name, value] of data.f ?? []) {
    const before = input.get(name);
    input.set(
      name,
      before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value],
    );
  }
  const attributes = data.a ?? {};
  const name = Object.hasOwn(attributes, "name") ? attributes["name"] : undefined;
  const value = data.v ?? (Object.hasOwn(attributes, "value") ? attributes["value"] : undefined);
  if (name && data.m !== undefined) input.set(name, [...data.m]);
  else if (name && value !== undefined && data.c !== false) input.set(name, value);
  else if (name && data.c === false) input.delete(name);
  for (const [attribute, text] of Object.entries(attributes)) {
    if (!attribute.startsWith("data-")) continue;
    input.set(attribute.slice(5).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()), text);
  }
  // No name of a stranger's becomes a key that JavaScript gives a meaning to.
  for (const name of ["__proto__", "constructor", "prototype"]) input.delete(name);
  return Object.fromEntries(input);
}
