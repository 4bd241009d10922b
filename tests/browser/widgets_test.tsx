/** Widgets of others, as they are on npm: what they have made of the page is theirs, through every kind of patch. */

import assert from "node:assert/strict";
import codeMirror from "codemirror/lib/codemirror.js" with { type: "text" };
import codeMirrorStyle from "codemirror/lib/codemirror.css" with { type: "text" };
import tomSelect from "tom-select/dist/js/tom-select.complete.min.js" with { type: "text" };
import uPlot from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import { action, App, Head, on, ops, Reflex } from "@argyle/argyle";
import { z } from "zod";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";

const script = `
import { behavior } from "@argyle/argyle/client";
behavior("select", {
  connect(element) { element.widget = new TomSelect(element, {}); },
  disconnect(element) { element.widget?.destroy(); },
});
behavior("code", {
  connect(element) {
    element.widget = CodeMirror.fromTextArea(element);
    element.widget.on("change", (editor) => editor.save()); // by itself it would do so at submit, which is too late
  },
  disconnect(element) { element.widget?.toTextArea(); },
});
behavior("chart", {
  connect(element, signal) {
    const data = () => JSON.parse(element.dataset.points);
    element.widget = new uPlot({ width: 200, height: 100, series: [{}, { stroke: "red" }] }, data(), element);
    const observer = new MutationObserver(() => element.widget.setData(data()));
    observer.observe(element, { attributeFilter: ["data-points"] });
    signal.addEventListener("abort", () => { observer.disconnect(); element.widget.destroy(); });
  },
});
`;

function widgets() {
  const news = { count: 0, banner: false, teas: ["Assam", "Ceylon", "Darjeeling"] };
  const kept: unknown[] = [];
  class Shop extends Reflex {
    count(by: number) {
      news.count += by;
    }
    banner() {
      news.banner = !news.banner;
    }
    offer() {
      news.teas = [...news.teas, "Earl Grey"];
    }
    whole() {
      news.count += 1;
      this.push(ops().graft("#end", "main")); // nobody knows what an address leads to: the next render goes out whole
    }
    keep = action(z.object({ tea: z.string(), code: z.string() }), (input) => {
      kept.push(input);
    });
  }
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Shop });
  const scripts: Record<string, string> = { tomSelect, uPlot, codeMirror, own: script };
  const headers = { "content-type": "text/javascript" };
  for (const [name, code] of Object.entries(scripts)) {
    app.route(`/${name}.js`, { GET: () => new Response(code, { headers }) });
  }
  app.page("/", () => {
    const { count, banner, teas } = news;
    return (
      <main>
        <Head>
          <title>Widgets</title>
          <style>{codeMirrorStyle}</style>
          {["tomSelect", "uPlot", "codeMirror"].map((name) => (
            <script key={name} src={`/${name}.js`} defer />
          ))}
          <script type="module" src="/own.js" />
        </Head>
        {banner ? <p class="banner">Something has come above all of it.</p> : null}
        <form data-reflex="submit->Shop#keep">
          <b>{`before ${count}`}</b>
          <select name="tea" data-behavior="select" data-reflex-ignore="class tabindex">
            {teas.map((tea) => <option key={tea} value={tea}>{tea}</option>)}
          </select>
          <b>{`between ${count}`}</b>
          <textarea name="code" data-behavior="code" data-reflex-ignore="style">let tea;</textarea>
          <b>{`behind ${count}`}</b>
          <button type="submit">Keep</button>
        </form>
        <figure data-behavior="chart" data-points={JSON.stringify([[0, 1, 2], [1, count, 2]])} />
        <nav>
          <button id="count" {...on("click", Shop, "count", 1)}>count</button>
          <button id="banner" {...on("click", Shop, "banner")}>banner</button>
          <button id="offer" {...on("click", Shop, "offer")}>offer</button>
          <button id="whole" {...on("click", Shop, "whole")}>whole</button>
        </nav>
        <p id="end" />
        <output id="number">{count}</output>
      </main>
    );
  });
  return { app, news, kept };
}

/** What the widgets show and hold. */
const state = (page: Page) =>
  page.evaluate(() => {
    const find = (selector: string) => document.querySelector(selector) as HTMLElement | null;
    const widget = (selector: string) =>
      (find(selector) as unknown as { widget: Record<string, unknown> } | null)?.widget;
    const code = widget("textarea[name=code]") as unknown as { getValue(): string };
    const chart = widget("figure") as unknown as { data: number[][] };
    return {
      texts: [...document.querySelectorAll("form > b")].map(({ textContent }) => textContent),
      shown: find(".ts-wrapper .item")?.textContent,
      selects: document.querySelectorAll(".ts-wrapper").length,
      hidden: find("select")?.classList.contains("tomselected"),
      editors: document.querySelectorAll(".CodeMirror").length,
      code: code.getValue(),
      charts: document.querySelectorAll("figure canvas").length,
      points: chart.data[1],
    };
  });

browse(
  "widgets: a select, a code editor and a chart of npm live through patches beside and above, and whole pages",
  async ({ page }) => {
    const { app, kept } = widgets();
    await using site = serve(app, { csp: "own" });
    await open(page, site.url);
    await page.locator("figure canvas").waitFor();
    await page.locator(".ts-control").click();
    await page.locator(".ts-dropdown .option", { hasText: "Ceylon" }).click();
    await page.locator(".CodeMirror").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" tea = 2;");
    const canvas = await page.locator("figure canvas").elementHandle();
    const editor = await page.locator(".CodeMirror").elementHandle();
    const holds = async (count: number) => {
      assert.deepEqual(await state(page), {
        texts: [`before ${count}`, `between ${count}`, `behind ${count}`],
        shown: "Ceylon",
        selects: 1,
        hidden: true,
        editors: 1,
        code: "let tea; tea = 2;",
        charts: 1,
        points: [1, count, 2],
      });
      assert.ok(await canvas!.evaluate((canvas) => canvas.isConnected));
      assert.ok(await editor!.evaluate((editor) => editor.isConnected));
    };
    await holds(0);
    await page.locator("#count").click();
    await says(page, "#number", 1);
    await holds(1); // three texts, by their positions
    await page.locator("#banner").click();
    await page.locator(".banner").waitFor();
    await holds(1);
    await page.locator("#whole").click();
    await says(page, "#number", 2);
    await holds(2); // all of the page
    await page.locator("#banner").click();
    await page.locator(".banner").waitFor({ state: "detached" });
    await page.locator("#offer").click();
    await page.locator("option[value='Earl Grey']").waitFor({ state: "attached" });
    await holds(2);
    await page.getByText("Keep").click();
    await page.waitForFunction(() => document.querySelector("form")?.getAttribute("aria-busy") === null);
    assertQuiet(page);
    assert.deepEqual(kept, [{ tea: "Ceylon", code: "let tea; tea = 2;" }]);
  },
);
