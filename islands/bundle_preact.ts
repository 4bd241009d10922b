/**
 * The one Preact of all islands of an app.
 *
 * @module
 */

import { BundleError } from "./bundle_error.ts";
import type { ModuleGraph, Package } from "./bundle_graph.ts";

/** Older ones take an object of somebody's JSON for an element. */
const OLDEST = 11;

/**
 * The Preact that our own half of the browser imports. Whatever version an island names, it gets this one: two of them
 * in a page do not know each other's hooks.
 *
 * @param client our module that imports it
 * @throws BundleError where there is none, or an old one
 */
export function preactOf(graph: ModuleGraph, client: string): Package {
  const found = graph.resolve("preact", client);
  const id = found !== undefined && "url" in found ? graph.modules.get(found.url)?.package : undefined;
  const preact = graph.packages.get(id ?? "") ??
    [...graph.packages.values()].find(({ name }) => name === "preact");
  if (preact === undefined) throw new BundleError([{ text: "Cannot bundle islands: Preact is not there." }]);
  if (Number.parseInt(preact.version) < OLDEST) {
    throw new BundleError([{
      text: `Cannot bundle islands with Preact ${preact.version}: it has to be ${OLDEST} or newer.`,
    }]);
  }
  return preact;
}
