/**
 * What the browser told about the element and its form. Every word is a stranger's until a schema or a typed reader
 * has read it.
 *
 * @module
 */

import type { ElementData } from "../../protocol/frames.ts";
import { defaultLimits } from "../../protocol/limits.ts";
import { isMeant, pathOf, Tree } from "./nested.ts";
import { Untrusted, UntrustedError } from "./untrusted.ts";

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
  readonly #depth: number;

  /**
   * Reads what a frame told.
   *
   * @param data from the frame
   * @param depth steps that a name may have, in `nested()`
   */
  constructor(data: ElementData, depth: number = defaultLimits.depth) {
    this.#fields = data.f ?? [];
    this.#depth = depth;
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

  /**
   * All fields as their names say where they belong: `order[address][city]` is in `order.address.city`, `tags[]` is an
   * item of the list `tags`, and `lines[][title]`, `lines[][price]`, `lines[][title]` … are items of `lines` with both.
   * A name that comes several times is a list, empty texts stay, a file is its name. What is in it is a stranger's word:
   * give it to a schema.
   *
   * @throws UntrustedError (a RangeError) for `__proto__`, `constructor` or `prototype` in a name, for a name of more than
   * `limits.depth` steps, and for one that makes a group of what another made a value
   *
   * @example
   * ```ts
   * import { Reflex } from "@argyle/argyle";
   * import { z } from "zod";
   * const Order = z.object({ address: z.object({ city: z.string() }), tags: z.array(z.string()).max(9).default([]) });
   * class Orders extends Reflex {
   *   save() {
   *     const order = Order.safeParse(this.fields.nested().order); // order[address][city], order[tags][]
   *     if (!order.success) this.invalid({ order: "Something is missing" });
   *     this.state.order = order.data;
   *   }
   * }
   * ```
   */
  nested(): Record<string, unknown> {
    const tree = new Tree(this.#depth);
    for (const [name, value] of this.#fields) {
      const path = pathOf(name);
      if (isMeant(path)) throw new UntrustedError(name, "is no name for a field");
      tree.add(name, value, path);
    }
    return tree.toObject();
  }
}

/**
 * What an action reads where its call has no argument: the form's fields, then the element's own name and value, then
 * its `data-*` attributes. A name that comes several times is a list of its values; `a[b]` and `a[]` are groups and lists,
 * as {@linkcode FormReader.nested} has them. No name of a stranger's becomes a key that JavaScript gives a meaning to.
 *
 * @param depth steps that a name may have
 * @throws UntrustedError for names that contradict each other or have too many steps
 */
export function implicitInput(data: ElementData, depth: number): Record<string, unknown> {
  const tree = new Tree(depth);
  const fields = data.f ?? [];
  for (const [name, value] of fields) {
    const path = pathOf(name);
    if (!isMeant(path)) tree.add(name, value, path);
  }
  addElement(tree, data, fields);
  for (const [attribute, text] of Object.entries(data.a ?? {})) {
    if (!attribute.startsWith("data-")) continue;
    const name = attribute.slice(5).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (!isMeant([name])) tree.set(name, text);
  }
  return tree.toObject();
}

function addElement(tree: Tree, data: ElementData, fields: NonNullable<ElementData["f"]>): void {
  const attributes = data.a ?? {};
  const name = Object.hasOwn(attributes, "name") ? attributes["name"] : undefined;
  const value = data.v ?? (Object.hasOwn(attributes, "value") ? attributes["value"] : undefined);
  if (!name) return;
  const path = pathOf(name);
  if (isMeant(path)) return;
  if (path.length > 1) {
    // Its form has told it already.
    if (fields.some(([field]) => field === name)) return;
    if (data.m !== undefined) { for (const item of data.m) tree.add(name, item, path); }
    else if (value !== undefined && data.c !== false) tree.add(name, value, path);
    return;
  }
  if (data.m !== undefined) tree.set(name, [...data.m]);
  else if (value !== undefined && data.c !== false) tree.set(name, value);
  else if (data.c === false) tree.delete(name);
}
