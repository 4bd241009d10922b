/**
 * The static parts of compiled JSX.
 *
 * The compiler turns an element into an array of strings, made once for each place in the source, and the values
 * that go between them. Each array is read once: what it offers is noted, the escapes that the compiler overdoes are
 * undone, and no blank is left where an attribute writes nothing.
 *
 * @module
 */

import { checkRawText, plainText } from "./_raw_text.ts";
import { unescapeHtml } from "./_escape.ts";
import { readTemplate } from "./_template_reader.ts";

/** A `style` or `script` of a template: its static text, around and between the holes in it. */
export interface RawText {
  readonly element: string;
  readonly parts: readonly string[];
  readonly holes: readonly number[];
}

/** What there is to know of a template. Its class is the proof that the strings come from a compiler, not from JSON. */
export class Template {
  /** The strings, mended. One value goes after each but the last. */
  readonly strings: readonly string[];
  /** Which of the holes are attributes. */
  readonly attributes: readonly number[];
  /** Texts without entities. */
  readonly rawTexts: readonly RawText[];
  /** What the static `data-reflex` attributes offer. */
  readonly targets: readonly string[];
  /** Which of the holes are children inside svg or math. */
  readonly foreign: readonly number[];

  constructor(strings: readonly string[]) {
    ({
      strings: this.strings,
      attributes: this.attributes,
      rawTexts: this.rawTexts,
      targets: this.targets,
      foreign: this.foreign,
    } = readTemplate(strings));
  }

  /** Makes the values ready to stand between the strings. They are changed in place: they are nobody else's. */
  fill(values: unknown[]): void {
    for (const hole of this.attributes) {
      const value = values[hole];
      if (typeof value === "string" && value !== "") values[hole] = " " + value;
    }
    for (const raw of this.rawTexts) {
      for (const hole of raw.holes) {
        const value = values[hole];
        values[hole] = typeof value === "string" ? unescapeHtml(value) : plainText(value, raw.element);
      }
      if (raw.holes.length > 0) this.checkRawText(raw, values, false);
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

/** The template of these strings, read once. */
export function templateOf(strings: readonly string[]): Template {
  const known = templates.get(strings);
  if (known !== undefined) return known;
  const template = new Template(strings);
  templates.set(strings, template);
  return template;
}
