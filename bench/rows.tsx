/**
 * The rows of the table example, as the framework's own JSX makes them.
 *
 * @module
 */

import type { Html } from "@argyle/argyle";

/** A row. */
export interface Item {
  readonly id: number;
  readonly qty: number;
}

/** The same thousand as in the example. */
export const items: readonly Item[] = Array.from({ length: 1000 }, (_, index) => {
  return { id: index + 1, qty: (index + 1) % 7 };
});

/** Makes the page's tree. */
export function rows(): Html {
  return (
    <table>
      <tbody id="rows">{items.map((item) => <Row key={item.id} {...item} />)}</tbody>
    </table>
  );
}

/** The example's row, without `memo`. */
export function Row({ id, qty }: Item): Html {
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
