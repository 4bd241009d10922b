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
  : Path extends `${infer Head}/${infer Rest}` ? PathParams<Head> & PathParams<Rest>
  // The name ends where a pattern, an extension or another text begins: `:id(\\d+)`, `:id.json`, `:from-:to`.
  : Path extends `${string}:${infer Name}(${string}` ? { readonly [K in Name]: string }
  : Path extends `${string}:${infer Name}.${string}` ? { readonly [K in Name]: string }
  : Path extends `${string}:${infer Name}-${infer Rest}` ? { readonly [K in Name]: string } & PathParams<Rest>
  : Path extends `${string}:${infer Name}?` ? { readonly [K in Name]?: string }
  : Path extends `${string}:${infer Name}` ? { readonly [K in Name]: string }
  : Path extends "*" ? { readonly "0": string }
  : Record<never, never>;
