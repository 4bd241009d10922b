/**
 * What a reflex sends while it is still at work.
 *
 * @module
 */

import type { Operation } from "../../protocol/operations.ts";
import { isUrlAttribute, safeUrl } from "../../protocol/url.ts";
import type { Html } from "../page/html.ts";
import type { Page } from "../page/page.ts";
import type { Renderer } from "../page/renderer.ts";
import type { Piece } from "./showing.ts";

/**
 * A change of one element, by its id: its text, attributes (`null` removes one), or all of it. Markup is JSX, one element
 * of the same id.
 *
 * @example
 * ```tsx
 * import { Reflex } from "@argyle/argyle";
 * import type { PushOperation } from "@argyle/argyle/types";
 * const hint = <p id="hint">Almost <b>there</b></p>;
 * const progress = (done: number): PushOperation[] => [
 *   ["text", "done", `${done} %`],
 *   ["attributes", "bar", { value: String(done), hidden: null }],
 *   ["morph", "hint", hint],
 * ];
 * class Report extends Reflex {
 *   async make() {
 *     for (let done = 0; done <= 100; done += 50) {
 *       this.push(...progress(done));
 *       await Promise.resolve();
 *     }
 *   }
 * }
 * ```
 */
export type PushOperation =
  | readonly ["text", id: string, text: string]
  | readonly ["attributes", id: string, changes: { readonly [name: string]: string | null }]
  | readonly ["morph", id: string, html: Html];

/**
 * An operation as it is sent.
 *
 * @throws TypeError for what it may not do
 */
export function pushPiece(operation: PushOperation, page: Page, renderer: Renderer): Piece {
  const [name, id] = operation;
  if (typeof id !== "string" || id === "") throw new TypeError(`Cannot push ${name}: its element has no id.`);
  switch (name) {
    case "text":
      if (typeof operation[2] !== "string") throw new TypeError(`Cannot push to ${id}: the text is no text.`);
      return plain(["text", id, operation[2].toWellFormed()]);
    case "attributes":
      return plain(["attributes", id, attributes(operation[2], id, renderer)]);
    case "morph": {
      const { html, offers } = renderer.renderFragment(page, operation[2], `push to ${id}`);
      return { operation: ["morph", id, html.toWellFormed()], offers };
    }
    default:
      throw new TypeError(
        `Cannot push ${JSON.stringify(name satisfies never)}: it is text, attributes or morph.`,
      );
  }
}

function plain(operation: Operation): Piece {
  return { operation, offers: undefined };
}

// What a render would not write does not come this way either; nor what only a render offers.
function attributes(
  changes: { readonly [name: string]: string | null },
  id: string,
  renderer: Renderer,
): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(changes).map(([name, value]) => {
      const key = name.toLowerCase();
      if (
        !/^[a-z_][a-z0-9_.:-]*$/.test(key) ||
        /^(on|srcdoc$|http-equiv$|id$|data-(argyle|raw|k$))/.test(key) || renderer.isOwn(key)
      ) {
        throw new TypeError(
          `Cannot push ${JSON.stringify(name)} to ${id}: only a render writes this attribute.`,
        );
      }
      if (value !== null && typeof value !== "string") {
        throw new TypeError(`Cannot push ${name} to ${id}: its value is neither a text nor null.`);
      }
      if (value === null) return [name, null];
      const text = value.toWellFormed();
      return [name, isUrlAttribute(key) ? safeUrl(key, text) : text];
    }),
  );
}
