/**
 * Props of islands as text, for the way to the browser.
 *
 * @module
 */

import { stringify } from "devalue";
import { isValidElement } from "preact";

/** What is used of a signal, of whichever library. */
interface Signal {
  peek(): unknown;
}

const brand = Symbol.for("preact-signals");

function isSignal(value: unknown): value is Signal {
  return typeof value === "object" && value !== null && (value as { brand?: unknown }).brand === brand &&
    typeof (value as Partial<Signal>).peek === "function";
}

/** Stands for an element, which does not travel. */
const ELEMENT = Symbol("element");

/** A signal travels as what it holds. An element looks like plain data. */
const special = {
  Signal: (value: unknown) => isSignal(value) && { value: value.peek() },
  Element: (value: unknown) => isValidElement(value) && ELEMENT,
};

/**
 * Writes props.
 *
 * @param name of the island, for the error
 * @throws TypeError that names the path to what cannot travel
 */
export function writeProps(props: object, name: string): string {
  try {
    return stringify(props, special);
  } catch (error) {
    const { path, value } = error as { path?: unknown; value?: unknown };
    if (typeof path !== "string") throw error; // a getter has thrown, or the like
    throw new TypeError(`Cannot send props${path} to the island ${name}: ${kind(value)}.`, {
      cause: error,
    });
  }
}

function kind(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (value === ELEMENT) return "an element; what the server renders stands between the tags of the island";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value !== "object" || value === null) return String(value);
  if ("then" in value && typeof value.then === "function") return "a promise";
  const { constructor } = value;
  if (Object.hasOwn(value, "__proto__")) return "an object with the key __proto__";
  return typeof constructor === "function" && constructor !== Object
    ? `an instance of ${constructor.name || "an unnamed class"}`
    : "an object that is no plain one";
}
