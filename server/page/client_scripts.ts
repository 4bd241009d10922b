/**
 * The browser's scripts as an app serves them: with its names for attributes.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { Option, OPTIONED, OURS } from "../../protocol/markers.ts";
import { type OwnNames, renamings } from "./attribute_names.ts";
import { clientHash, clientScripts } from "./client_script.ts";

/** The scripts, and what is theirs in their URLs. */
export interface ClientScripts {
  /** It follows from what is in all of them. */
  readonly hash: string;
  /** By name. */
  readonly codes: typeof clientScripts;
}

/** The scripts of an app without names of its own. */
export const defaultScripts: ClientScripts = { hash: clientHash, codes: clientScripts };

/**
 * The scripts for an app's names. They say each name in full, so that one text can be put in place of another; what tells
 * our names from others' becomes a list of them.
 */
export function scriptsFor(own: OwnNames | undefined): ClientScripts {
  if (own === undefined) return defaultScripts;
  const options = (Object.keys(Option) as (keyof typeof Option)[]).map((key) => own[key]);
  const places = new Map([
    [String(OPTIONED), listed(options)],
    [String(OURS), listed(renamings(own).map(([, to]) => to))],
    ...renamings(own),
  ]);
  // The longest first: names begin alike.
  const texts = [...places.keys()].sort((a, b) => b.length - a.length).map(RegExp.escape);
  // In one go: a new name may be the old one of another.
  const pattern = new RegExp(texts.join("|"), "g");
  const named = Object.entries(clientScripts).map(([name, code]) =>
    [name, code.replace(pattern, (text) => places.get(text) ?? text)] as const
  );
  const whole = named.map(([, code]) => code).join("\n");
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, clientHash.length);
  const codes = named.map(([name, code]) => [name, code.replaceAll(clientHash, hash)]);
  return { hash, codes: Object.fromEntries(codes) as typeof clientScripts };
}

// Names of letters, digits and hyphens: they stand in a pattern as they are.
function listed(names: readonly string[]): string {
  return `/^(?:${names.join("|")})$/`;
}
