/**
 * Types of a path's params.
 *
 * @module
 */

/**
 * The params of a path, as a type: `PathParams<"/room/:room">` is `{ room: string }`. A param with a `?` may be
 * absent; a wildcard is under its position, `"0"`.
 *
 * @example
 * ```ts
 * import type { PathParams } from "@argyle/argyle";
 * const params: PathParams<"/room/:room/:message?"> = { room: "lobby" };
 * ```
 */
export type PathParams<Path extends string> = string extends Path ? { readonly [name: string]: string }
  : Simplify<Segments<Path>>;

type Segments<Path extends string> = Path extends `${infer Head}/${infer Rest}`
  ? Segment<Head> & Segments<Rest>
  : Segment<Path>;

type Segment<Part extends string> = Part extends `${string}:${infer Name}?`
  ? { readonly [K in Word<Name>]?: string }
  : Part extends `${string}:${infer Name}` ? { readonly [K in Word<Name>]: string }
  : Part extends "*" ? { readonly "0": string }
  // deno-lint-ignore ban-types -- the neutral element of an intersection
  : {};

// `:id(\\d+)` and `:id.json`: the name ends where a letter of a name does.
type Word<Name extends string> = Name extends `${infer Before}(${string}` ? Before
  : Name extends `${infer Before}.${string}` ? Before
  : Name extends `${infer Before}-${string}` ? Before
  : Name;

// deno-lint-ignore ban-types -- likewise
type Simplify<T> = { [K in keyof T]: T[K] } & {};
