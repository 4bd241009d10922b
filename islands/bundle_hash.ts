/**
 * Names files by their contents alone. esbuild's own names follow from where packages lie, too, and so are others on
 * another machine.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Bundle } from "./bundle_types.ts";

/** What stands for the hash in a file's name while it is not known. */
const unknown = "000000000000";

/** What esbuild calls a file. */
const fileName = /[A-Za-z0-9_-]+-[A-Z0-9]{8}\.js/g;

/** The same bundle under names that are the same wherever it is made. */
export function nameByContent({ entries, files, maps, ...rest }: Bundle): Bundle {
  const names = namesByContent(files);
  const nameOf = (name: string) => renamed(name, names);
  return {
    ...rest,
    entries: new Map(Array.from(entries, ([island, name]) => [island, nameOf(name)])),
    files: new Map(
      Array.from(files, ([name, code]) => [nameOf(name), renamed(code, names)] as const)
        .sort(([a], [b]) => a < b ? -1 : 1),
    ),
    maps: new Map(Array.from(maps, ([name, map]) => [nameOf(name), map])),
  };
}

/**
 * New names for files that name each other.
 *
 * @param files by name, `chunk-KCJBHIC6.js`
 * @returns the new names, by the old ones
 */
export function namesByContent(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(Array.from(files.keys(), (name) => {
    const whole = hash(contentOf(name, files)).slice(0, unknown.length);
    return [name, named(name, whole)] as const;
  }));
}

/**
 * What a file is, and what it imports, whatever they are called: each is numbered as it is met. A hash of each alone would
 * not do, since chunks may import each other; nor one without the order, since to import two the other way round is
 * something else.
 */
function contentOf(name: string, files: ReadonlyMap<string, string>): string {
  const met = new Map([[name, 0]]);
  let content = "";
  for (const [file] of met) {
    const text = files.get(file)!.replace(fileName, (other) => {
      if (!files.has(other)) return other;
      if (!met.has(other)) met.set(other, met.size);
      return `${named(other, unknown)} ${met.get(other)}`;
    });
    content += `${text.length} ${text}`;
  }
  return content;
}

/** A text with new names in place of the old ones. */
function renamed(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(fileName, (name) => names.get(name) ?? name);
}

function named(name: string, hash: string): string {
  return name.replace(/[A-Z0-9]{8}\.js$/, `${hash}.js`);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
