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
  const blank = new Map(Array.from(files.keys(), (name) => [name, named(name, unknown)] as const));
  const own = new Map(Array.from(files, ([name, code]) => [name, hash(renamed(code, blank))] as const));
  return new Map(Array.from(files.keys(), (name) => {
    // Also of what it imports, since the names of those stand in it: chunks may import each other.
    const all = [...reached(name, files)].map((other) => own.get(other)!).sort();
    return [name, named(name, hash([own.get(name)!, ...all].join(" ")).slice(0, unknown.length))] as const;
  }));
}

/** A text with new names in place of the old ones. */
function renamed(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/[A-Za-z0-9_-]+-[A-Z0-9]{8}\.js/g, (name) => names.get(name) ?? name);
}

function named(name: string, hash: string): string {
  return name.replace(/[A-Z0-9]{8}\.js$/, `${hash}.js`);
}

function reached(name: string, files: ReadonlyMap<string, string>): Set<string> {
  const found = new Set([name]);
  for (const at of found) {
    for (const [other] of files) if (files.get(at)!.includes(`./${other}`)) found.add(other);
  }
  return found;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
