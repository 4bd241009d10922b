/**
 * The static parts of compiled JSX.
 *
 * The compiler turns an element into an array of strings, made once for each place in the source, and the values
 * that go between them. Each array is read once: what it offers is noted, the escapes that the compiler overdoes are
 * undone, and no blank is left where an attribute writes nothing.
 *
 * @module
 */

import { Attribute } from "../../protocol/mod.ts";
import type { OwnNames } from "./attribute_names.ts";
import { checkRawText, plainText } from "./_raw_text.ts";
import { unescapeHtml } from "./_escape.ts";
import { KeyHole } from "./_key.ts";
import { argsRefusal, reflexTargets } from "./_reflex.ts";
import type { StartTag } from "./_start_tag.ts";
import { readTemplate } from "./_template_reader.ts";

/** A `style` or `script` of a template: its static text, around and between the holes in it. */
export interface RawText {
  readonly element: string;
  readonly parts: readonly string[];
  readonly holes: readonly number[];
}

/** A static attribute that may be one of ours: what it is named is up to each app. */
export interface DataAttribute {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
  /** The name of its element. */
  readonly tag: string;
}

/** A hole that the compiler has not made. */
export interface AddedHole {
  readonly hole: number;
  /** Makes what stands there, given all values of the template. */
  readonly make: (values: readonly unknown[]) => unknown;
}

/** What there is to know of a template. Its class is the proof that the strings come from a compiler, not from JSON. */
export class Template {
  /**
   * The strings, mended. One value goes after each but the last. The first is the place for the key of the one element
   * that the template is: behind that element's name.
   */
  readonly strings: readonly string[];
  /** What stands in holes of its own that {@linkcode fill} adds: static keys, and what forms have besides. */
  readonly added: readonly AddedHole[];
  /** Which of the holes are attributes. */
  readonly attributes: readonly number[];
  /** Texts without entities. */
  readonly rawTexts: readonly RawText[];
  /** The static attributes that begin with `data-`. */
  readonly data: readonly DataAttribute[];
  /** Which of the holes are children inside svg or math. */
  readonly foreign: readonly number[];
  /** The start tags with holes. */
  readonly tags: readonly StartTag[];
  /** The one element that it is, if it is one. */
  readonly root: StartTag | undefined;
  /** Whether it is one hole and nothing else: a fragment around a child. */
  readonly isHole: boolean;

  constructor(strings: readonly string[]) {
    ({
      strings: this.strings,
      added: this.added,
      attributes: this.attributes,
      rawTexts: this.rawTexts,
      data: this.data,
      foreign: this.foreign,
      tags: this.tags,
      root: this.root,
      isHole: this.isHole,
    } = readTemplate(strings));
  }

  #targets: readonly string[] | undefined;
  #ownTargets: WeakMap<OwnNames, readonly string[]> | undefined;

  /**
   * What the static attributes offer, the same list each time.
   *
   * @param own the app's names, where it has its own
   * @throws TypeError for a malformed `data-reflex`, and for arguments by hand
   */
  targets(own: OwnNames | undefined): readonly string[] {
    if (own === undefined) return this.#targets ??= this.#readTargets(Attribute);
    const known = this.#ownTargets?.get(own);
    if (known !== undefined) return known;
    const targets = this.#readTargets(own);
    (this.#ownTargets ??= new WeakMap()).set(own, targets);
    return targets;
  }

  #readTargets({ reflex, args }: Pick<OwnNames, "reflex" | "args">): readonly string[] {
    return this.data.flatMap(({ name, value, tag }) => {
      if (name === args) throw argsRefusal(name, tag);
      return name === reflex ? reflexTargets(value, tag) : [];
    });
  }

  /**
   * Makes the values ready to stand between the strings. They are changed in place: they are nobody else's.
   *
   * @param values the first is free
   * @returns the key of the one element that the template is, if it is one and has one
   */
  fill(values: unknown[]): unknown {
    values[0] = "";
    for (const { hole, make } of this.added) values.splice(hole, 0, make(values));
    let key: unknown;
    for (const hole of this.attributes) {
      const value = values[hole];
      if (typeof value === "string") {
        if (value !== "") values[hole] = " " + value;
      } else if (value instanceof KeyHole) {
        key = this.#takeKey(values, hole, value) ?? key;
      }
    }
    if (this.#inner) this.#leaveKeys(values);
    for (const raw of this.rawTexts) {
      for (const hole of raw.holes) {
        const value = values[hole];
        values[hole] = typeof value === "string" ? unescapeHtml(value) : plainText(value, raw.element);
      }
      if (raw.holes.length > 0) this.checkRawText(raw, values, false);
    }
    return key;
  }

  /** Whether an element inside the root has had a key: the same place in the source has it always. */
  #inner = false;

  // The key of the root is the template's, since a list around may give another.
  #takeKey(values: unknown[], hole: number, { key }: KeyHole): unknown {
    if (this.root?.holes.includes(hole)) {
      values[hole] = "";
      return key;
    }
    this.#inner = true;
    return undefined;
  }

  // An element with an id is named by that.
  #leaveKeys(values: unknown[]): void {
    for (const tag of this.tags) {
      for (const hole of tag.holes) {
        if (values[hole] instanceof KeyHole && tag.hasId(values)) values[hole] = "";
      }
    }
  }

  /** Whether a child stands, or may stand, inside svg or math of this template. */
  holdsForeign(values: readonly unknown[], child: unknown): boolean {
    return this.foreign.some((hole) => values[hole] === child || Array.isArray(values[hole]));
  }

  /** Refuses a text that would not stay within its element, given the values that {@linkcode fill} made ready. */
  checkRawText(raw: RawText, values: readonly unknown[], foreign: boolean): void {
    const text = raw.parts.map((part, i) => part + (values[raw.holes[i] ?? -1] ?? "")).join("");
    checkRawText(text, raw.element, foreign);
  }
}

const templates = new WeakMap<readonly string[], Template>();
let lastStrings: readonly string[] | undefined;
let last: Template | undefined;

/** The template of these strings, read once. */
export function templateOf(strings: readonly string[]): Template {
  // A row is made of what the row above was made of.
  if (last !== undefined && strings === lastStrings) return last;
  let template = templates.get(strings);
  if (template === undefined) {
    template = new Template(strings);
    templates.set(strings, template);
  }
  lastStrings = strings;
  last = template;
  return template;
}
