/**
 * A text that takes less room while nobody reads it.
 *
 * @module
 */

// A page that begins with a byte order mark keeps it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The body of a page. One letter beyond Latin-1, a `€`, has V8 keep two bytes for each letter of a text: while it is at
 * rest it is kept as UTF-8.
 */
export class PageText {
  /** In characters. */
  readonly length: number;
  #text: string | undefined;
  #bytes: Uint8Array | undefined;

  constructor(text: string) {
    this.length = text.length;
    this.#text = text;
  }

  /** The text. */
  get value(): string {
    if (this.#text !== undefined) return this.#text;
    this.#text = decoder.decode(this.#bytes);
    this.#bytes = undefined;
    return this.#text;
  }

  /** Nobody is expected to read it soon. */
  rest(): void {
    // What is not well formed would not come back as it was.
    if (this.#text === undefined || !/[^\0-\xff]/.test(this.#text) || !this.#text.isWellFormed()) return;
    this.#bytes = new TextEncoder().encode(this.#text);
    this.#text = undefined;
  }
}
