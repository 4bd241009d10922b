import assert from "node:assert/strict";
import { App, Head } from "@argyle/argyle";
import { action, list, type SyncPeer, variable } from "@argyle/argyle/socksync";
import { z } from "zod";
import { clientHash } from "../../server/page/client_script.ts";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";

/** What a page does with SockSync, whatever it got it from. */
const script = (client: string, socksync: string) => `
import { connectSync } from "${client}";
import { action, variable } from "${socksync}";
const anything = { "~standard": { version: 1, vendor: "none", validate: (value) => ({ value }) } };
const zoom = globalThis.zoom = variable(1);
const greet = action(anything, ({ name }) => "Hello " + name + " from " + document.title);
const peer = globalThis.peer = connectSync("/ws/socksync", { groups: { zoom, greet } });
const stock = peer.variable("stock"), names = peer.list("names", { pageSize: 2 });
const show = () => {
  document.querySelector("#stock").textContent = stock.value + " " + stock.status;
  document.querySelector("#names").textContent = names.value.join() + " " + names.page + "/" + names.pages;
};
stock.watch(show);
names.watch(show);
document.querySelector("#next").addEventListener("click", () => names.get({ page: names.page + 1 }));
document.querySelector("#sell").addEventListener("click", async ({ target }) => {
  target.textContent = JSON.stringify(await peer.function("sell").call({ by: 2 }));
});
`;

/** An app with a page of its own, which imports by name, and one that is no page of the framework. */
function shop() {
  const stock = variable(10), names = list(["a", "b", "c"]);
  const app = new App({ log: new MemoryLog() });
  const sync = app.sync("/ws/socksync", {
    stock,
    names,
    sell: action(
      z.object({ by: z.int() }),
      async ({ by }) => ({ left: await stock.update((all) => all - by) }),
    ),
  }, { authorize: ({ origin }) => origin !== undefined });
  const serveScript = (path: string, code: string) => {
    app.route(path, { GET: () => new Response(code, { headers: { "content-type": "text/javascript" } }) });
  };
  serveScript("/named.js", script("@argyle/argyle/client", "@argyle/argyle/socksync"));
  const path = `/_argyle/groups-${clientHash}.js`;
  serveScript("/alone.js", script(path, path));
  app.page("/", () => (
    <main>
      <Head>
        <title>Shop</title>
        <script type="module" src="/named.js" />
      </Head>
      <output id="stock" />
      <output id="names" />
      <button id="next">Next</button>
      <button id="sell">Sell</button>
    </main>
  ));
  const plain =
    `<!doctype html><title>Plain</title><link rel="icon" href="data:,"><output id="stock"></output>` +
    `<output id="names"></output><button id="next"></button><button id="sell"></button>` +
    `<script type="module" src="/alone.js"></script>`;
  const headers = { "content-type": "text/html" };
  app.route("/plain", { GET: () => new Response(plain, { headers }) });
  type Theirs = { zoom: typeof zoom; greet: ReturnType<typeof greet> };
  const zoom = variable(1), greet = () => action(z.object({ name: z.string() }), ({ name }) => name);
  const guests = () => [...sync.peers] as SyncPeer<Theirs>[];
  return { app, stock, names, guests };
}

for (const [kind, path, title] of [["framework", "", "Shop"], ["plain", "/plain", "Plain"]] as const) {
  browse(`connectSync: a ${kind} page sees, pages, calls and is called`, async ({ page }) => {
    const { app, stock, names, guests } = shop();
    // The app's own policy lets no scripts run but those of its pages.
    await using server = serve(app, { csp: kind === "plain" ? "off" : "types" });
    if (kind === "framework") await open(page, server.url);
    else await page.goto(server.url + path);
    await says(page, "#stock", "10 fresh");
    await says(page, "#names", "a,b 0/2");
    await stock.set(7);
    await says(page, "#stock", "7 fresh");
    await page.click("#next");
    await says(page, "#names", "c 1/2");
    await names.insert(0, "z");
    await says(page, "#names", "b,c 1/2");
    await page.click("#sell");
    await says(page, "#sell", '{"left":5}');
    await says(page, "#stock", "5 fresh");
    const [guest] = guests();
    assert.equal(await guest!.function("greet").call({ name: "Ann" }), `Hello Ann from ${title}`);
    const zoom = guest!.variable("zoom");
    assert.equal(await zoom.get(), 1);
    await page.evaluate(() => Reflect.get(globalThis, "zoom").set(2));
    assert.equal(await zoom.get(), 2);
    await page.evaluate(() => Reflect.get(globalThis, "peer").close());
    assertQuiet(page);
  });
}

browse(
  "connectSync: a page that is put away lets go of its line, and is as it should be when it is back",
  async ({ page }) => {
    const { app, stock, guests } = shop();
    await using server = serve(app);
    await open(page, server.url);
    await says(page, "#stock", "10 fresh");
    const tell = (type: string) =>
      page.evaluate((type) => dispatchEvent(new PageTransitionEvent(type, { persisted: true })), type);
    await tell("pagehide");
    await says(page, "#stock", "10 stale");
    await stock.set(3);
    await tell("pageshow");
    await says(page, "#stock", "3 fresh");
    guests().forEach((guest) => guest.close()); // the server drops it
    await says(page, "#stock", "3 stale");
    await stock.set(4);
    await says(page, "#stock", "4 fresh");
    assertQuiet(page);
  },
);
