/**
 * Components whose HTML is remembered.
 *
 * @module
 */

import { componentName } from "./_child.ts";
import { type Component, isClass } from "./_component.ts";
import type { Props } from "./_element.ts";
import type { Html } from "./html.ts";
import { Memory } from "./_memo_cache.ts";
import { MEMORY, ownProps, type Remembered } from "./_memo_render.ts";

/**
 * Makes a component whose HTML is written again, instead of rendered again, while its props are equal. It pays where
 * there are many and few of them change: the rows of a table.
 *
 * The HTML has to follow from the props and from Preact's contexts, and from nothing else: no clock, no variable of the
 * module that changes. It is then the same for everybody, and is kept for everybody: not because a key is equal, but
 * because all that it was made of is. What is compared, each time:
 *
 * - the props, by name, with `Object.is`, and the key that its element shows;
 * - the value of each context that it, or what is below it, has read;
 * - the names that the app has for the classes it offers calls of.
 *
 * What it offers by `on()` or `data-reflex` is offered again with each page that it stands in, and its `<Head>` is added
 * again. Rendered each time are components that use state, effects or `useId`; classes; what stands in `svg`, `math`,
 * `select` or `<Head>`; and whatever is given an object that could change unnoticed: children, or data that is not
 * frozen all the way down. Pass what a row shows, `<Row {...item} />`, not the item.
 * Functions are compared as they are, so that one made in a page is never equal. A render that finds nothing remembered
 * takes several times as long as one without `memo`. All strings of the process take 16 MiB at most; those not used
 * lately go first.
 *
 * @param component a function; hooks of Preact work in it
 * @throws TypeError for a class
 *
 * @example
 * ```tsx
 * import { memo } from "@argyle/argyle";
 * const Row = memo(({ id, title }: { id: number; title: string }) => <tr id={`row-${id}`}><td>{title}</td></tr>);
 * const Rows = ({ items }: { items: { id: number; title: string }[] }) => (
 *   <tbody id="rows">{items.map((item) => <Row key={item.id} {...item} />)}</tbody>
 * );
 * ```
 */
export function memo<C extends (props: never) => Html>(component: C): C {
  const inner = component as unknown as Component & { contextType?: unknown };
  if (typeof inner !== "function" || isClass(inner) || inner.contextType != null) {
    throw new TypeError(`Cannot memo ${componentName(component)}: it is not a function that renders.`);
  }
  const remembered = function (this: unknown, props: Props, context: unknown): unknown {
    return inner.call(this, ownProps(props), context);
  };
  const made: Remembered & { displayName: string } = Object.assign(remembered as Component, {
    displayName: componentName(component),
    [MEMORY]: { memory: new Memory(), component: inner },
  });
  return made as unknown as C;
}
