import { anyone, App, Head, Live } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { functions } from "./functions.ts";
import { Inventory } from "./inventory.ts";
import { openProducts } from "./place.ts";
import rows from "./rows.js" with { type: "text" };
import script from "./script.js" with { type: "text" };
import style from "./style.css" with { type: "text" };

/** What the example takes beside an app's options: where the products are; in memory, where left out. */
export interface InventoryOptions extends AppOptions {
  readonly db?: Deno.Kv;
}

/** What is at the endpoint: programs are typed by it, `connectSync<InventorySync>(url)`. */
export type InventorySync = ReturnType<typeof groupsOf>;

function groupsOf(shop: Inventory) {
  const { products, stock } = shop;
  return { products, stock, ...functions(shop) };
}

/** Products that several people change at once: a list, a variable and functions of SockSync. */
export default async function inventory({ db, ...options }: InventoryOptions = {}): Promise<App> {
  const shop = new Inventory(await openProducts(db)), { products, stock } = shop;
  const app = new App({ name: "inventory", ...options });
  app.sync("/ws/socksync", groupsOf(shop), { authorize: anyone });
  const headers = { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-cache" };
  app.route("/script.js", { GET: () => new Response(script, { headers }) });
  app.route("/rows.js", { GET: () => new Response(rows, { headers }) });
  const base = options.base ?? "";
  app.page("/", () => (
    <main>
      <Head>
        <title>Inventory</title>
        <style>{style}</style>
        <script type="module" src={`${base}/script.js`} />
      </Head>
      <header>
        <h1>Inventory</h1>
        <Live topic={[stock, products]} id="totals" as="p">
          {async () => (
            <>
              <output id="stock">{inWords(stock.value)}</output> pieces of{" "}
              <output id="count">{inWords(await products.count())}</output> products
            </>
          )}
        </Live>
      </header>
      <Shelf endpoint={`${base}/ws/socksync`} />
      <noscript>
        <p>The table is a script's: it needs JavaScript.</p>
      </noscript>
    </main>
  ));
  await shop.count();
  return app;
}

function inWords(number: number): string {
  return number.toLocaleString("en");
}

/** The table as the script finds it. What is in it is the script's: patches leave it alone. */
function Shelf({ endpoint }: { endpoint: string }) {
  return (
    <section id="shelf" aria-label="Products" data-endpoint={endpoint} data-reflex-ignore>
      <p id="line" role="status">Connecting …</p>
      <table role="table" aria-label="Products">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">Product</th>
            <th role="columnheader" scope="col">Quantity</th>
            <th role="columnheader" scope="col">Price, €</th>
            <th role="columnheader" scope="col">Reserve, remove</th>
          </tr>
        </thead>
        <tbody id="rows" role="rowgroup" />
      </table>
      <template id="row">
        <tr role="row">
          <Field name="name" label="Name" />
          <Field name="quantity" label="Quantity" inputmode="numeric" />
          <Field name="price" label="Price" inputmode="decimal" />
          <td role="cell" class="actions">
            <form class="reserve" novalidate>
              <input name="pieces" inputmode="numeric" value="1" autocomplete="off" aria-label="Pieces" />
              <button type="submit" class="plain">Reserve</button>
            </form>
            <button type="button" class="plain remove" title="Remove">
              <span aria-hidden="true">✕</span>
            </button>
          </td>
          <td role="cell" class="said">
            <p role="alert" />
          </td>
        </tr>
      </template>
      <nav aria-label="Pages">
        <button type="button" class="plain" id="previous">Previous</button>
        <p id="page" aria-live="polite" />
        <button type="button" class="plain" id="next">Next</button>
      </nav>
      <form id="new" aria-labelledby="new-title" novalidate>
        <h2 id="new-title">A new product</h2>
        <label class="name">
          Name <input name="name" autocomplete="off" />
        </label>
        <label>
          Quantity <input name="quantity" inputmode="numeric" autocomplete="off" />
        </label>
        <label>
          Price, € <input name="price" inputmode="decimal" autocomplete="off" />
        </label>
        <button type="submit">Insert</button>
        <p role="alert" />
      </form>
      <p id="done" role="status" />
      <dialog id="confirm" aria-labelledby="question">
        <form method="dialog">
          <p id="question" />
          <div>
            <button value="no" class="plain" autofocus>Keep it</button>
            <button value="yes" class="danger">Remove it</button>
          </div>
        </form>
      </dialog>
    </section>
  );
}

function Field({ name, label, inputmode = "text" }: {
  name: string;
  label: string;
  inputmode?: "text" | "numeric" | "decimal";
}) {
  return (
    <td role="cell" class={name}>
      <input name={name} inputmode={inputmode} autocomplete="off" aria-label={label} />
      <button type="button" class="theirs" hidden />
    </td>
  );
}
