/**
 * Markup that the author vouches for.
 *
 * @module
 */

/**
 * Markup made by {@linkcode raw}. It cannot come out of JSON or a form: the class knows its own.
 *
 * @example
 * ```tsx
 * import { raw } from "@argyle/argyle";
 * import type { Raw } from "@argyle/argyle/types";
 * const Article = ({ body }: { body: Raw }) => <article dangerouslySetInnerHTML={body} />;
 * const article = <Article body={raw("<b>Written in the editor</b>")} />;
 * ```
 */
export class Raw {
  readonly #html: string;

  /**
   * Takes the markup.
   *
   * @param html written as it is
   * @throws TypeError when it is not a string
   */
  constructor(html: string) {
    if (typeof html !== "string") {
      throw new TypeError(`Cannot make raw HTML: ${typeof html} is not a string.`);
    }
    this.#html = html;
  }

  /** The markup, under the name that Preact reads. */
  get __html(): string {
    return this.#html;
  }

  /** Whether a value was made by {@linkcode raw}. */
  static is(value: unknown): value is Raw {
    return typeof value === "object" && value !== null && #html in value;
  }
}

/**
 * Says that a string is markup to be written as it is. What a stranger wrote goes through a sanitiser first. Nothing
 * inside is bound to a reflex: the element gets the attribute `data-raw`.
 *
 * @param html the markup
 * @throws TypeError when it is not a string
 *
 * @example
 * ```tsx
 * import { raw } from "@argyle/argyle";
 * const article = <article dangerouslySetInnerHTML={raw("<b>Written in the editor</b>")} />;
 * ```
 */
export function raw(html: string): Raw {
  return new Raw(html);
}
