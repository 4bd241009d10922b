// deno-lint-ignore-file no-console -- a program speaks to the terminal
/**
 * What `dev` says at the terminal.
 *
 * @module
 */

const dim = 2, red = 31, green = 32, cyan = 36;

/** Writes lines; in colours where a person reads them who has not said that they want none. */
export class Terminal {
  readonly #coloured = !Deno.noColor && Deno.stdout.isTerminal();

  /** The app listens for the first time, or did not get so far. */
  listens(url: string, ms?: number): void {
    console.log(
      `${this.#paint("Argyle", green)} ${this.#paint(url, cyan)} ${this.#paint(took(ms), dim)}`.trimEnd(),
    );
  }

  /** Something went as it should. */
  done(what: string, about: string, ms?: number): void {
    console.log(`${this.#paint(what, green)} ${about} ${this.#paint(took(ms), dim)}`.trimEnd());
  }

  /** Something did not. */
  failed(what: string): void {
    console.log(this.#paint(what, red));
  }

  /** What the app's process has written to its standard error. */
  passOn(text: string): void {
    const bytes = new TextEncoder().encode(text);
    for (let sent = 0; sent < bytes.length;) sent += Deno.stderr.writeSync(bytes.subarray(sent));
  }

  #paint(text: string, colour: number): string {
    return this.#coloured && text !== "" ? `\x1b[${colour}m${text}\x1b[0m` : text;
  }
}

function took(ms: number | undefined): string {
  return ms === undefined ? "" : `(${Math.round(ms)} ms)`;
}
