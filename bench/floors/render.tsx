/** @jsxImportSource preact */
/**
 * The floor of a render: the rows of `rows.tsx`, compiled for Preact's own runtime, and its bare `renderToString`.
 *
 * @module
 */

import { renderToString } from "preact-render-to-string";
import { type Item, items } from "../rows.tsx";

/** The name of its line. */
export const RENDER = "render.bare";

/** Renders the rows. */
export function renderRows(): string {
  return renderToString(
    <table>
      <tbody id="rows">{items.map((item) => <Row key={item.id} {...item} />)}</tbody>
    </table>,
  );
}

function Row({ id, qty }: Item) {
  return (
    <tr id={`row-${id}`}>
      <td>{id}</td>
      <td>Item {id}</td>
      <td class="qty">{qty}</td>
      <td>12.50</td>
      <td>
        <button class="bump" data-reflex="click->Table#bump" data-id={id}>+1</button>
      </td>
    </tr>
  );
}
