import { action, App, Head, memo, on, Reflex, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import style from "./style.css" with { type: "text" };

interface Item {
  id: number;
  qty: number;
}

const Items = topic("items");
const ItemId = z.object({ id: z.coerce.number() });

/** One table of 1,000 rows, the same for everybody, in this process's memory. */
export default function table(options: AppOptions = {}): App {
  const items: Item[] = Array.from(
    { length: 1000 },
    (_, index) => ({ id: index + 1, qty: quantity(index + 1) }),
  );
  let next = items.length + 1;

  class Table extends Reflex {
    bump = action(ItemId, ({ id }) => { // reads data-id
      const item = items.find((item) => item.id === id) ?? this.abort("There is no such row any more.");
      item.qty += 1;
      this.publish(Items()); // whoever looks at the table is shown it
    });

    insertTop() {
      items.unshift({ id: next, qty: quantity(next) });
      next += 1;
      this.publish(Items());
    }

    deleteFirst() {
      items.shift();
      this.publish(Items());
    }

    reverse() {
      items.reverse();
      this.publish(Items());
    }
  }

  const app = new App({ name: "table", ...options });
  app.reflexes({ Table });
  // One key for all: the page is rendered, compared and written once, however many look at it.
  app.page("/", ({ subscribe }) => {
    subscribe(Items());
    return (
      <main>
        <Head>
          <title>Table</title>
          <style>{style}</style>
        </Head>
        <header>
          <h1>A table of many rows</h1>
          <div class="buttons">
            <button type="button" id="insert-top" {...on("click", Table, "insertTop")}>Insert on top</button>
            <button type="button" id="delete-first" {...on("click", Table, "deleteFirst")}>
              Delete first
            </button>
            <button type="button" id="reverse" {...on("click", Table, "reverse")}>Reverse</button>
          </div>
        </header>
        <table>
          <thead>
            <tr>
              <th scope="col">No.</th>
              <th scope="col">Name</th>
              <th scope="col">Quantity</th>
              <th scope="col">Price</th>
              <th scope="col">Add</th>
            </tr>
          </thead>
          <tbody id="rows">{items.map((item) => <Row key={item.id} {...item} />)}</tbody>
        </table>
      </main>
    );
  }, { key: () => "everybody" });
  return app;
}

/** One row of a thousand changes at a time: the others are not rendered again. */
export const Row = memo(({ id, qty }: Item) => (
  <tr id={`row-${id}`}>
    <td>{id}</td>
    <td>Item {id}</td>
    <td class="qty">{qty}</td>
    <td>12.50</td>
    <td>
      <button class="bump" data-reflex="click->Table#bump" data-id={id}>+1</button>
    </td>
  </tr>
));

// Row 17 has 3: any rule will do, as long as it is the same at every start.
function quantity(id: number): number {
  return id % 7;
}
