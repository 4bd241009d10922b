/**
 * Reading what is said of an operation by hand, and refusing what it may not do or does not mean.
 *
 * @module
 */

/** Refuses it; other operations go on. */
export function deny(what: string): never {
  throw new TypeError(`${what} is refused.`);
}

/** A text, or what is written like one; nothing is the empty text. */
export function text(value: unknown): string {
  return value instanceof Object ? deny("an object") : `${value ?? ""}`;
}

/** `likeThis` as `like-this`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, "-$&").toLowerCase();
}
