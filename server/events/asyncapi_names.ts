/**
 * Names in an AsyncAPI document, and the way from one part of it to another.
 *
 * @module
 */

import type { Reference } from "./asyncapi_types.ts";

/** A reference to what stands below these keys: a JSON pointer, written as the fragment of a URL. */
export function refTo(...keys: readonly string[]): Reference {
  return { $ref: `#/${keys.map(escaped).join("/")}` };
}

/**
 * The keys of a reference into its own document.
 *
 * @returns `undefined` for one that leads elsewhere, or cannot be read
 */
export function keysOf(ref: string): readonly string[] | undefined {
  if (ref === "#") return [];
  if (!ref.startsWith("#/")) return undefined;
  try {
    return ref.slice(2).split("/").map((part) =>
      decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")
    );
  } catch {
    return undefined; // escapes that are none
  }
}

/** What stands below these keys; `undefined` where nothing does. */
export function follow(root: unknown, keys: readonly string[]): unknown {
  let at = root;
  for (const key of keys) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** A path in letters, digits and `_`, by which channels are called: `/room/:room` is `room_room`. */
export function wordsOf(path: string): string {
  return path.match(/[A-Za-z0-9]+/g)?.join("_") ?? "root";
}

/**
 * A name as a key: letters and digits of any script, `_`, `-` and `.`; anything else is `_`. References could be written
 * to all names, but programs read them in more ways than one.
 */
export function keyFor(name: string): string {
  return name.replace(/[^\p{L}\p{N}_.-]/gu, "_");
}

/** A name that nobody has yet: with `_2` and so on behind it where somebody has. */
export function unique(name: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(name)) return name;
  for (let n = 2;; n++) if (!isTaken(`${name}_${n}`)) return `${name}_${n}`;
}

/**
 * The address of a path as AsyncAPI writes it, `/room/{room}`, and the names of its params. Patterns of params and the
 * signs of what may be absent are left out; a wildcard is `{0}`, as in params.
 */
export function addressOf(path: string): { readonly address: string; readonly params: readonly string[] } {
  const params: string[] = [];
  let wildcards = 0;
  const address = path
    .replace(/\{|\}[?+*]?/g, "")
    .replace(
      /:([\p{ID_Start}_$][\p{ID_Continue}$]*)(?:\((?:\\.|[^)\\])*\))?[?+*]?|\*/gu,
      (_, name?: string) => {
        params.push(name ?? `${wildcards++}`);
        return `{${params.at(-1)}}`;
      },
    );
  return { address, params };
}

function escaped(key: string): string {
  return encodeURIComponent(key.toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1"));
}
