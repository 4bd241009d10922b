/**
 * Islands in the browser. What stands for `@argyle/argyle/islands` in a bundle: `island()` is the same to whoever calls
 * it, and `mounter()` brings it to life.
 *
 * @module
 */

import { createElement } from "preact";
import { type IslandMoment, islandOf, type IslandOptions, markIsland } from "./island.ts";
import { LiveIsland } from "./client_live.ts";

export type { IslandMoment, IslandOptions };

/** See `server.ts`. In the browser there is nothing to check: the server has done so. */
export function island<C extends (props: never) => unknown>(
  module: string,
  component: C,
  { when = "load", signal }: IslandOptions = {},
): C {
  const made = (props: unknown) => createElement(component as never, props as never);
  markIsland(made, { module, component, when, signal });
  return made as unknown as C;
}

/** An island that lives. */
export interface MountedIsland {
  /**
   * It has got other props, or its slot has come or gone.
   *
   * @param props written by devalue; none where it keeps what it has
   * @param merges whether they are only those that are others
   */
  update(props?: string, merges?: boolean): void;
  /** It has gone from the page. */
  unmount(): void;
}

/** Brings an island to life. It never throws: what goes wrong is told, and is that island's alone. */
export type Mount = (element: Element, props: string, how: "hydrate" | "render") => MountedIsland;

/**
 * What the module of an island gives to the page.
 *
 * @param exported its default export
 * @throws TypeError for what is no island
 */
export function mounter(exported: unknown): Mount {
  const facts = typeof exported === "function" ? islandOf(exported) : undefined;
  if (facts === undefined) throw new TypeError("The default export of this module is no island.");
  return (element, props, how) => {
    const alive = new LiveIsland(facts, element);
    alive.start(props, how);
    return alive;
  };
}
