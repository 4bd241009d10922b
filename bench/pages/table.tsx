/**
 * The table of the example as pages of the bench: each visitor's own, or one for all whose data the server itself
 * changes; with rows that are remembered, or rendered each time.
 *
 * @module
 */

import { action, App, Head, type Html, Reflex, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import { type Item, items as first } from "../rows.tsx";

const Items = topic("items");

/** What such a page is made of. */
export interface TableParts {
  /** One row. */
  readonly Row: (item: Item) => Html;
  /** Whether all visitors share one view; else each call is rendered for its caller alone. */
  readonly isShared?: boolean;
  readonly options?: AppOptions;
}

/** A table that is served. */
export interface Table {
  readonly app: App;
  /** Adds one to the row of `bump` in `calls.ts`, and tells whoever looks at it. */
  bump(): Promise<void>;
}

/** Makes one, with rows of its own. */
export function tablePage({ Row, isShared = false, options = {} }: TableParts): Table {
  const items = first.map((item) => ({ ...item }));

  function add(id: number): void {
    const item = items.find((item) => item.id === id);
    if (item === undefined) throw new RangeError(`Cannot add to row ${id}: there is none.`);
    item.qty += 1;
  }

  class Table extends Reflex {
    bump = action(z.object({ id: z.coerce.number() }), ({ id }) => add(id));
  }

  const app = new App({ name: "bench-table", ...options });
  app.reflexes({ Table });
  const Page = () => (
    <main>
      <Head>
        <title>Table</title>
      </Head>
      <table>
        <tbody id="rows">{items.map((item) => <Row key={item.id} {...item} />)}</tbody>
      </table>
    </main>
  );
  if (isShared) {
    app.page("/", ({ subscribe }) => {
      subscribe(Items());
      return <Page />;
    }, { key: () => "everybody" });
  } else app.page("/", () => <Page />);
  return {
    app,
    async bump() {
      add(500);
      await app.publish(Items());
    },
  };
}
