/**
 * The names of a generated reflex, in every spelling that the files need.
 *
 * @module
 */

import { Reflex } from "../server/reflex/reflex.ts";
import { Registry } from "../server/reflex/registry.ts";
import { Refusal } from "./refusal.ts";

/** Far below the 255 bytes that file systems take, endings and all. */
const MOST_LETTERS = 64;

/** Words of the language: none of them makes a file or a class that one could talk about. */
const reservedWords = new Set(
  `arguments as async await break case catch class const continue debugger default delete do else enum eval export
  extends false finally for from function get if implements import in instanceof interface let new null of package
  private protected public return set static super switch this throw true try type typeof undefined var void while
  with yield`.split(/\s+/),
);

/** What the generated files import or use by these very names, and two that nothing may be called. */
const taken = new Set([
  "App",
  "Context",
  "Deno",
  "Head",
  "Html",
  "Infinity",
  "NaN",
  "PageContext",
  "Reflex",
  "Request",
]);

/** One name, spelled for each place where it stands. */
export interface ReflexName {
  /** The class: `CartItem`. */
  readonly className: string;
  /** The files, without their endings: `cart_item`. */
  readonly fileName: string;
  /** Paths and ids: `cart-item`. */
  readonly dashed: string;
  /** For people: `Cart item`. */
  readonly title: string;
}

/** A method, spelled for each place where it stands. */
export interface MethodName {
  /** `addItem`. */
  readonly method: string;
  /** For ids: `add-item`. */
  readonly dashed: string;
  /** For people: `Add item`. */
  readonly title: string;
}

/**
 * Reads the name of a reflex, in whichever way its words are put together: `cart item`, `CartItem`, `cart_item` and
 * `cart-item` are the same.
 *
 * @throws Refusal for what cannot name a class and its files
 */
export function readReflexName(name: string): ReflexName {
  const what = `Cannot make a reflex named ${JSON.stringify(name)}`;
  const words = split(name, what);
  const className = words.map(capital).join("");
  if (reservedWords.has(words.join("_"))) {
    throw new Refusal(`${what}: it is a reserved word of the language.`);
  }
  if (taken.has(className)) throw new Refusal(`${what}: the files use the name ${className} themselves.`);
  return { className, fileName: words.join("_"), dashed: words.join("-"), title: capital(words.join(" ")) };
}

/**
 * Reads the names of its methods, likewise.
 *
 * @throws Refusal for what no page could call, and for a name that comes twice
 */
export function readMethodNames(names: readonly string[]): MethodName[] {
  const methods = names.map(readMethodName);
  const twice = methods.find(({ method }, index) =>
    methods.findIndex((each) => each.method === method) < index
  );
  if (twice !== undefined) throw new Refusal(`Cannot make the method ${twice.method}: it is named twice.`);
  return methods;
}

function readMethodName(name: string): MethodName {
  const what = `Cannot make a method named ${JSON.stringify(name)}`;
  const words = split(name, what);
  const method = words.map((word, index) => index === 0 ? word : capital(word)).join("");
  if (!isCallable(method)) throw new Refusal(`${what}: every reflex has ${method} already, for itself.`);
  return { method, dashed: words.join("-"), title: capital(words.join(" ")) };
}

// The registry knows what may be called, and keeps knowing it when Reflex gets a new member.
function isCallable(method: string): boolean {
  class Probe extends Reflex {}
  Object.defineProperty(Probe.prototype, method, { value() {} });
  const registry = new Registry();
  registry.add("Probe", Probe);
  return registry.find(`Probe#${method}`) !== undefined;
}

/** The words of a name in small letters. What is let through has no dots, slashes or blanks at its ends. */
function split(name: string, what: string): string[] {
  if (name.trim() === "") throw new Refusal(`${what}: it is empty.`);
  if (name.length > MOST_LETTERS) {
    throw new Refusal(`${what}: it has ${name.length} letters, more than ${MOST_LETTERS}.`);
  }
  if (/^[0-9]/.test(name)) throw new Refusal(`${what}: it begins with a digit.`);
  if (/[/\\.]/.test(name)) throw new Refusal(`${what}: it is a path. The folder is given by --dir.`);
  if (!/^[A-Za-z][A-Za-z0-9]*([ _-]+[A-Za-z0-9]+)*$/.test(name)) {
    throw new Refusal(`${what}: it is more than letters a to z and digits, in words.`);
  }
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[ _-]+/);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
