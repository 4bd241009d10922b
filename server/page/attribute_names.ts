/**
 * The names that an app gives the attributes of `data-reflex` and its like.
 *
 * @module
 */

import { Attribute, Option } from "../../protocol/mod.ts";

/**
 * The attributes that an app may name otherwise, each under the name by which it is known here.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { AttributeNames } from "@argyle/argyle/types";
 * const attributes: Partial<AttributeNames> = { reflex: "data-sr", debounce: "data-wait" };
 * const app = new App({ attributes });
 * ```
 */
export type AttributeNames = {
  readonly [Key in "reflex" | "permanent" | "ignore" | "enter" | "leave" | "announce" | keyof typeof Option]:
    string;
};

/** The names of one app that has its own; an app without has none of these. */
export interface OwnNames extends AttributeNames {
  /** For `data-reflex-args`, which nobody writes by hand. */
  readonly args: string;
}

const defaults: AttributeNames = {
  reflex: Attribute.reflex,
  permanent: Attribute.permanent,
  ignore: Attribute.ignore,
  enter: Attribute.enter,
  leave: Attribute.leave,
  announce: Attribute.announce,
  ...Option,
};

/**
 * The names as an app has them. What is not named follows the name of `reflex`.
 *
 * @returns `undefined` where all are as they are by default
 * @throws TypeError for a key that is none, a name that cannot be, and two attributes of one name
 */
export function readAttributeNames(given: Partial<AttributeNames> = {}): OwnNames | undefined {
  for (const [key, name] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, key)) {
      throw new TypeError(
        `Cannot name the attribute ${JSON.stringify(key)}: there is none; the nearest is ${nearest(key)}.`,
      );
    }
    if (name !== undefined) checkName(key, name);
  }
  const { reflex = Attribute.reflex } = given;
  const follow = (name: string) => reflex + name.slice(Attribute.reflex.length);
  const names = Object.fromEntries(
    Object.entries(defaults).map(([key, name]) => [key, given[key as keyof AttributeNames] ?? follow(name)]),
  ) as AttributeNames;
  const own: OwnNames = { ...names, args: follow(Attribute.args) };
  const keys = new Map<string, string>();
  for (const [key, name] of Object.entries(own)) {
    const other = keys.get(name);
    if (other !== undefined) {
      throw new TypeError(
        `Cannot name the attribute ${key} ${JSON.stringify(name)}: ${other} has that name.`,
      );
    }
    keys.set(name, key);
  }
  return renamings(own).every(([from, to]) => from === to) ? undefined : own;
}

/** Each name by default, and what stands in its place. */
export function renamings(own: OwnNames): [from: string, to: string][] {
  const { args } = own;
  return [
    [Attribute.args, args],
    ...Object.entries(defaults).map(([key, name]) =>
      [name, own[key as keyof AttributeNames]] as [string, string]
    ),
  ];
}

function checkName(key: string, name: unknown): void {
  const said = typeof name === "string" ? JSON.stringify(name.slice(0, 80)) : `a ${typeof name}`;
  // They stand in selectors and in scripts, as they are.
  if (typeof name !== "string" || !/^data-[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new TypeError(
      `Cannot name the attribute ${key} ${said}: a name is like "data-sr", of lower-case letters, digits and hyphens.`,
    );
  }
  if (name === Attribute.key || name === Attribute.raw || /^data-argyle(-|$)/.test(name)) {
    throw new TypeError(`Cannot name the attribute ${key} ${said}: the framework has another of that name.`);
  }
}

/** The key that is most like a word: the fewest letters are to be put in, taken out or changed. */
function nearest(word: string): string {
  const text = word.slice(0, 40).toLowerCase();
  const keys = Object.keys(defaults).map((key) => [key, distance(text, key.toLowerCase())] as const);
  return keys.reduce((best, one) => one[1] < best[1] ? one : best)[0];
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
