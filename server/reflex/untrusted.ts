/**
 * A stranger's words, and what is said where they are not of the kind that was asked for.
 *
 * @module
 */

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

  /**
   * The text as yes or no: `true`, `on`, `yes`, `1` or `false`, `off`, `no`, `0`, in any case; no where nothing came, as
   * of a checkbox that is not checked, or an empty text.
   *
   * @throws UntrustedError (a RangeError) for anything else
   */
  bool(): boolean {
    const value = (this.#value ?? "").toLowerCase();
    if (/^(true|on|yes|1)$/.test(value)) return true;
    if (/^(false|off|no|0|)$/.test(value)) return false;
    throw new UntrustedError(this.#name, "is not yes or no");
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
