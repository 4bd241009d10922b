/**
 * Islands: components that the server renders, and that live in the browser from then on.
 *
 * ```tsx
 * // counter_island.tsx
 * import { island } from "@argyle/argyle/islands";
 * import { useState } from "preact/hooks";
 *
 * function Counter({ start }: { start: number }) {
 *   const [count, setCount] = useState(start);
 *   return <button onClick={() => setCount(count + 1)}>{count}</button>;
 * }
 * export default island(import.meta.url, Counter);
 * ```
 *
 * @module
 */

import { createElement } from "preact";
import { type IslandMoment, type IslandOptions, markIsland, nameOfComponent } from "./island.ts";
import { register } from "./placing.ts";

export type { IslandMoment, IslandOptions };

/**
 * Makes an island of a component: it is rendered on the server as any other, and then lives in the browser, with a state
 * of its own that patches leave alone. It is the default export of a module of its own, and takes the props of the
 * component. They travel: text, numbers, dates, maps, sets, what refers to itself; not functions.
 *
 * @param module `import.meta.url`
 * @param component a function; hooks work in it
 * @param options when it comes to life
 * @throws TypeError for what is no component, a module that has an island already, and a moment that is none
 *
 * @example
 * ```tsx
 * import { island } from "@argyle/argyle/islands";
 * import { useState } from "preact/hooks";
 * function Zoom({ values }: { values: number[] }) {
 *   const [zoom, setZoom] = useState(1);
 *   return <button onClick={() => setZoom(zoom * 2)}>{values.map((value) => value * zoom).join(" ")}</button>;
 * }
 * export default island(import.meta.url, Zoom, { when: "visible" });
 * ```
 */
export function island<C extends (props: never) => unknown>(
  module: string,
  component: C,
  { when = "load", signal }: IslandOptions = {},
): C {
  if (typeof component !== "function" || typeof component.prototype?.render === "function") {
    throw new TypeError("Cannot make an island of what is not a function that renders.");
  }
  const name = nameOfComponent(component);
  if (URL.parse(module) === null) {
    throw new TypeError(`Cannot make the island ${name}: its first argument is import.meta.url.`);
  }
  checkMoment(when, name);
  register(module);
  const made = (props: unknown) => createElement(component as never, props as never);
  markIsland(Object.assign(made, { displayName: name }), { module, component, when, signal });
  return made as unknown as C;
}

function checkMoment(when: unknown, name: string): void {
  if (typeof when === "string" && /^(load|idle|visible|\(.*\))$/s.test(when)) return;
  throw new TypeError(
    `Cannot make the island ${name}: when is ${
      JSON.stringify(when)
    }, not "load", "idle", "visible" or a media query ` +
      `in parentheses.`,
  );
}
