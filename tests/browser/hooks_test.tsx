import assert from "node:assert/strict";
import { App, Head, on, Reflex } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";

class Look extends Reflex {
  again() {}
}

const hooks = `
import { morphHook } from "@argyle/argyle/client";
globalThis.told = [];
const controller = globalThis.controller = new AbortController();
morphHook({
  before(element, next) {
    if (element.matches(".map")) return false;
    if (element.id === "count") told.push("before " + element.textContent + " " + next?.textContent);
    if (element.id === "gone") told.push("before " + next);
  },
  after(element) {
    if (element.id === "count") told.push("after " + element.textContent);
    if (element.id === "gone") told.push("after " + element.isConnected);
  },
}, { signal: controller.signal });
morphHook({ before() { throw new Error("a hook of mine"); } });
`;

browse(
  "morphHook: is asked before an element changes or goes, keeps it where it says so, and is told after",
  async ({ page }) => {
    let count = 0;
    const app = new App({ log: new MemoryLog() });
    app.reflexes({ Look });
    const headers = { "content-type": "text/javascript" };
    app.route("/hooks.js", { GET: () => new Response(hooks, { headers }) });
    app.page("/", () => (
      <main id="main" {...on("look", Look, "again")}>
        <Head>
          <script type="module" src="/hooks.js" />
        </Head>
        <output id="count">{count}</output>
        <section>
          {count < 2 && <div class="map" title={`${count}`}>{`map ${count}`}</div>}
          {count < 1 && <p id="gone">here</p>}
          <p>{count}</p>
        </section>
        <output id="done">{count}</output>
      </main>
    ));
    await using server = serve(app);
    await open(page, server.url);
    await page.waitForFunction(() => "controller" in globalThis);
    await page.evaluate(() => document.querySelector(".map")!.textContent = "theirs");
    const next = async () => {
      count += 1;
      await page.evaluate(() => document.querySelector("#main")!.dispatchEvent(new Event("look")));
      await says(page, "#done", count);
    };
    const map = () => page.evaluate(() => document.querySelector(".map")?.outerHTML);
    const told = () => page.evaluate(() => (globalThis as unknown as { told: string[] }).told.splice(0));
    await next();
    assert.equal(await map(), `<div class="map" title="0">theirs</div>`);
    assert.deepEqual((await told()).toSorted(), ["after 1", "after false", "before 0 1", "before null"]);
    await next();
    assert.equal(await map(), `<div class="map" title="0">theirs</div>`, "it does not go either");
    assert.equal(await page.locator("section p").textContent(), "2");
    await page.evaluate(() => (globalThis as unknown as { controller: AbortController }).controller.abort());
    await told();
    await next();
    assert.deepEqual(await told(), []);
    assert.equal(server.requests.filter((line) => line === "GET /").length, 1);
    assertQuiet(page, { except: [/a hook of mine/] });
  },
);
