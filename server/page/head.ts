/**
 * What a page puts into the document's head.
 *
 * @module
 */

import { Fragment, h, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { headText } from "./_head_text.ts";
import { currentRendering } from "./_rendering.ts";
import type { Html } from "./html.ts";

/**
 * Moves its children to the document's head, from anywhere in the page: `title`, `meta` (but not `http-equiv`),
 * `link`, `style`, and `script` with a `src`. A later title replaces an earlier one, a later `meta` the one of the
 * same name; all else adds up, in order.
 *
 * @throws TypeError for other children, and when no page is being rendered
 *
 * @example
 * ```tsx
 * import { Head } from "@argyle/argyle";
 * const Orders = () => (
 *   <main>
 *     <Head><title>Orders</title></Head>
 *     <h1>Orders</h1>
 *   </main>
 * );
 * ```
 */
export function Head(props: { children?: Html }): Html;
// The renderer hands every component the context around it, so that children in the head see theirs.
export function Head({ children }: { children?: Html }, context?: Record<string, unknown>): Html {
  const rendering = currentRendering();
  if (rendering === undefined) throw new TypeError("Cannot render <Head>: no page is being rendered.");
  rendering.own++;
  rendering.heads++;
  try {
    rendering.head.add(
      headText(children, () => renderToString(h(Fragment, null, children as VNode), context)),
    );
  } finally {
    rendering.own--;
    rendering.heads--;
  }
  return null;
}
