/**
 * What a new app may be, and how a person is asked.
 *
 * @module
 */

import { Refusal } from "./refusal.ts";

/** Where a new app can keep sessions. */
export const stores = ["kv", "memory", "redis", "nats"] as const;

/** One of them. */
export type StoreName = (typeof stores)[number];

/**
 * Asks a question that has a usual answer.
 *
 * @example
 * ```ts
 * import type { Ask } from "@argyle/argyle/init";
 * const usually: Ask = (_question, usual) => usual;
 * console.assert(usually("Folder", "my-app") === "my-app");
 * ```
 */
export type Ask = (question: string, usual: string) => string;

/** Asks at the terminal. Where there is none, nobody can be asked, and the usual answer is taken. */
export const terminal: Ask = (question, usual) => {
  if (!Deno.stdin.isTerminal()) return usual;
  // Not as what `prompt` begins with: that stands in the line, and whoever types another answer types behind it.
  const answer = prompt(`${question} [${usual}]:`);
  // Escape, or the end of what is typed.
  if (answer === null) throw new Refusal("Nothing was made.");
  return answer.trim() === "" ? usual : answer;
};

/**
 * Reads the name of an app.
 *
 * @throws Refusal for what cannot stand in a cookie's name, and in a file's
 */
export function readName(text: string): string {
  const name = text.trim();
  if (/^[a-z][a-z0-9-]{0,39}$/.test(name)) return name;
  throw new Refusal(
    `Cannot name an app ${
      JSON.stringify(text)
    }: it is 1 to 40 of a to z, 0 to 9 and "-", and begins with a letter.`,
  );
}

/**
 * Reads the name of a store.
 *
 * @throws Refusal for another
 */
export function readStore(text: string): StoreName {
  const store = stores.find((store) => store === text.trim().toLowerCase());
  if (store !== undefined) return store;
  throw new Refusal(
    `Cannot keep sessions in ${JSON.stringify(text)}: it is unknown. There are: ${stores.join(", ")}.`,
  );
}
