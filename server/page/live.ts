/**
 * A small page in the page.
 *
 * @module
 */

import { Fragment } from "preact";
import { jsx } from "preact/jsx-runtime";
import { Attribute } from "../../protocol/mod.ts";
import { topicOf, type Watchable } from "../bus/topic.ts";
import type { Node } from "./_element.ts";
import { Written } from "./_memo_cache.ts";
import { noteAnew } from "./_memo_notes.ts";
import { currentRendering } from "./_rendering.ts";
import { describe } from "./_child.ts";
import type { Html } from "./html.ts";
import type { PageContext, Untyped } from "./page.ts";

/**
 * What {@linkcode Live} takes.
 *
 * @example
 * ```tsx
 * import { Live, topic } from "@argyle/argyle";
 * import type { LiveProps } from "@argyle/argyle/types";
 * const Cart = topic("cart/:user");
 * const props: LiveProps<{ cart?: string[] }> = {
 *   topic: [],
 *   id: "cart",
 *   children: ({ session }) => <b>{session.cart?.length ?? 0}</b>,
 * };
 * const cart = <Live {...props} />;
 * ```
 */
export interface LiveProps<Session = Untyped> {
  /** What makes it anew. */
  readonly topic: Watchable | readonly Watchable[];
  /**
   * Gives what is in it, from a context of its own. It may load and subscribe. What it takes from the page around it is
   * as old as that: look up what changes.
   */
  readonly children: (context: PageContext<Session>) => Html | Promise<Html>;
  /** The element's id; one that follows from its place where left out. */
  readonly id?: string;
  /** The element's name; where left out, `argyle-live`, which has no box. In a list or a table, `li` or `tbody`. */
  readonly as?: string;
}

const noBox = "argyle-live";

/** Elements that hold no elements. */
const BARRED =
  /^(?:script|style|title|textarea|template|iframe|noscript|select|option|svg|math|area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr|html|head|body)$/;

/**
 * A part of a page that is rendered by itself: when one of its topics is published, the page around it stays as it is.
 * It is one person's, also in a page that many share: there it is the place for what differs from one to the next.
 *
 * @throws TypeError outside the body of a page, for children that are no function, and for an id or element that cannot
 * be
 *
 * @example
 * ```tsx
 * import { App, Live, topic } from "@argyle/argyle";
 * const Price = topic("price");
 * let price = 42;
 * const app = new App();
 * app.page("/", () => (
 *   <main>
 *     <h1>Tea</h1>
 *     <Live topic={Price()}>{() => <output>{price}</output>}</Live>
 *   </main>
 * ));
 * price = 43;
 * await app.publish(Price()); // the text of the output is all that is rendered and sent
 * ```
 */
export function Live<Session = Untyped>(props: LiveProps<Session>): Html;
export function Live(this: { readonly __v: Node } | undefined, props: LiveProps): Html {
  const rendering = currentRendering();
  if (this === undefined || rendering?.recorder.live === undefined || rendering.heads > 0) {
    throw new TypeError("Cannot render <Live>: it stands in the body of a page.");
  }
  const { topic, children, as: name = noBox } = props;
  if (typeof children !== "function") {
    throw new TypeError(`Cannot render <Live>: its child is ${describe(children)}, not a function.`);
  }
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9-]*)?$/.test(name) || BARRED.test(name)) {
    throw new TypeError(
      `Cannot render <Live as=${JSON.stringify(name)}>: it is no element that holds others.`,
    );
  }
  const id = props.id ?? rendering.ids.name(this.__v);
  if (!/^[A-Za-z][\w.:-]*$/.test(id)) {
    throw new TypeError(
      `Cannot render <Live id=${JSON.stringify(id)}>: an id is a letter, and letters or digits.`,
    );
  }
  // What is in it is not the string's of whoever remembers what is around it.
  noteAnew();
  const style = name === noBox ? ' style="display:contents"' : "";
  const open = `<${name} id="${id}" ${Attribute.live}${style}>`;
  const topics = (Array.isArray(topic) ? topic as readonly Watchable[] : [topic as Watchable]).map(topicOf);
  const mark = rendering.recorder.live({ id, name, open, topics, render: children });
  return jsx(Fragment as never, new Written(`${open}${mark}</${name}>`) as never) as unknown as Html;
}
