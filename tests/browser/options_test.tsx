import assert from "node:assert/strict";
import { App, type Html, on, Reflex } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";

let slow = Promise.withResolvers<void>();

class Counts extends Reflex {
  one(name: string) {
    const counts = (this.session.counts ??= {}) as Record<string, number>;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  slow() {
    return slow.promise;
  }
  tell() {
    this.session.told = JSON.stringify({
      x: this.element.dataset("x").text(),
      y: this.element.dataset("y").text(),
      all: this.element.datasetAll("x").map((one) => one.text()),
      html: this.element.innerHtml.text(),
      text: this.element.textContent.text(),
      fields: this.fields.names(),
    });
  }
}

/** An app whose page shows what was counted, and this. */
function counting(body: () => Html): App {
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Counts });
  app.page("/", ({ session }) => (
    <main>
      <output id="counts">{JSON.stringify(session.counts ?? {})}</output>
      <output id="told">{session.told ?? ""}</output>
      {body()}
    </main>
  ));
  return app;
}

const counts = (page: Page, wanted: Record<string, number>) => says(page, "#counts", JSON.stringify(wanted));

browse("words: which events are meant, and what becomes of them", async ({ page }) => {
  const app = counting(() => (
    <section>
      <div id="outer" {...on("click", Counts, "one", "outer")}>
        <a id="prevent" href="#gone" {...on("click.prevent", Counts, "one", "prevent")}>Prevent</a>
        <button id="once" {...on("click.once", Counts, "one", "once")}>Once</button>
        <div id="self" {...on("click.self", Counts, "one", "self")}>
          Self <b id="inside">inside</b>
        </div>
      </div>
      <input
        id="key"
        {...on("keydown.enter", Counts, "one", "enter").on("keydown.ctrl.k.prevent", Counts, "one", "k")}
      />
      <p id="menu" {...on("click.outside", Counts, "one", "outside")}>Menu</p>
      <i {...on("custom.window", Counts, "one", "window")} />
    </section>
  ));
  await using server = serve(app);
  await open(page, server.url);
  // The script with the words is there before the first event counts.
  await page.waitForFunction(() =>
    performance.getEntriesByType("resource").some(({ name }) => /\/rest-\w+\.js$/.test(name))
  );
  await page.locator("#prevent").click();
  await counts(page, { prevent: 1, outside: 1 });
  assert.equal(new URL(page.url()).hash, "");
  await page.locator("#once").click();
  await counts(page, { prevent: 1, outside: 2, once: 1 });
  await page.locator("#once").click();
  // The offer is over, and what is around it hears the click.
  await counts(page, { prevent: 1, outside: 3, once: 1, outer: 1 });
  await page.locator("#inside").click();
  await counts(page, { prevent: 1, outside: 4, once: 1, outer: 2 });
  await page.locator("#menu").click();
  await page.locator("#key").press("a");
  await page.locator("#key").press("Control+k");
  await counts(page, { prevent: 1, outside: 4, once: 1, outer: 2, k: 1 });
  await page.locator("#key").press("Enter");
  await counts(page, { prevent: 1, outside: 4, once: 1, outer: 2, k: 1, enter: 1 });
  await page.evaluate(() => globalThis.dispatchEvent(new Event("custom")));
  await counts(page, { prevent: 1, outside: 4, once: 1, outer: 2, k: 1, enter: 1, window: 1 });
  assertQuiet(page);
});

browse("options: a question, a pause, a pace", async ({ page }) => {
  const app = counting(() => (
    <section>
      <button id="ask" data-reflex-confirm="Sure?" {...on("click", Counts, "one", "ask")}>Ask</button>
      <input id="quiet" data-reflex-debounce="60000" {...on("input", Counts, "one", "quiet")} />
      <button id="pace" data-reflex-throttle="60000" {...on("click", Counts, "one", "pace")}>Pace</button>
      <button id="end" {...on("click", Counts, "one", "end")}>End</button>
    </section>
  ));
  await using server = serve(app);
  await open(page, server.url);
  const asked: string[] = [];
  let answer = false;
  page.on("dialog", (dialog) => {
    asked.push(dialog.message());
    void (answer ? dialog.accept() : dialog.dismiss());
  });
  const question = page.waitForEvent("dialog");
  await page.locator("#ask").click();
  await question;
  answer = true;
  await page.locator("#ask").click();
  await counts(page, { ask: 1 });
  assert.deepEqual(asked, ["Sure?", "Sure?"]);
  await page.locator("#quiet").pressSequentially("abc");
  await page.locator("#end").click(); // the field is left, so that nothing waits any longer
  await counts(page, { ask: 1, quiet: 1, end: 1 });
  for (let i = 0; i < 3; i++) await page.locator("#pace").click();
  await page.locator("#end").click();
  await counts(page, { ask: 1, quiet: 1, end: 2, pace: 1 });
  assertQuiet(page);
});

browse("options: a button cannot be pressed while its call is under way, and says so", async ({ page }) => {
  const app = counting(() => (
    <button id="slow" data-reflex-disable-with="Working…" {...on("click", Counts, "slow")}>
      <i>Go</i>
    </button>
  ));
  await using server = serve(app);
  await open(page, server.url);
  const button = page.locator("#slow");
  await button.click();
  await page.waitForFunction(() => document.querySelector("#slow.reflex-loading[aria-busy=true]:disabled"));
  assert.equal(await button.innerText(), "Working…");
  slow.resolve();
  slow = Promise.withResolvers();
  await page.waitForFunction(() => !document.querySelector("#slow")?.hasAttribute("disabled"));
  assert.equal(
    await button.evaluate((element) => element.outerHTML.replace(/ data-\S+="[^"]*"/g, "")),
    '<button id="slow"><i>Go</i></button>',
  );
  assertQuiet(page);
});

browse("options: what else is told of an element", async ({ page }) => {
  const app = counting(() => (
    <section data-x="far" data-y="far">
      <form id="other">
        <input name="elsewhere" value="1" />
      </form>
      <form>
        <input name="own" value="1" />
        <div data-x="near">
          <button
            id="tell"
            type="button"
            data-x="own"
            data-reflex-dataset="combined"
            data-reflex-dataset-all="ancestors"
            data-reflex-form-selector="#other"
            data-reflex-include-inner-html
            data-reflex-include-text-content
            {...on("click", Counts, "tell")}
          >
            <b>Tell</b>
          </button>
        </div>
      </form>
    </section>
  ));
  await using server = serve(app);
  await open(page, server.url);
  await page.locator("#tell").click();
  await says(
    page,
    "#told",
    JSON.stringify({
      x: "own",
      y: "far",
      all: ["own", "near", "far"],
      html: "<b>Tell</b>",
      text: "Tell",
      fields: ["elsewhere"],
    }),
  );
  assertQuiet(page);
});

browse(
  "data-reflex-root: nothing changes outside of what it names, of the element or around it",
  async ({ page }) => {
    const app = new App({ log: new MemoryLog() });
    app.reflexes({ Counts });
    app.page("/", ({ session }) => {
      const { n = 0 } = (session.counts ?? {}) as Record<string, number>;
      return (
        <main>
          <output id="outside">{n}</output>
          <section data-reflex-root="#list #total">
            <ul id="list">{Array.from({ length: n }, (_, i) => <li key={i}>{i}</li>)}</ul>
            <button id="inner" {...on("click", Counts, "one", "n")}>In a root</button>
          </section>
          <output id="total">{n}</output>
          <button id="own" data-reflex-root="#total" {...on("click", Counts, "one", "n")}>With a root</button>
          <button id="all" {...on("click", Counts, "one", "n")}>Without</button>
        </main>
      );
    });
    await using server = serve(app);
    await open(page, server.url);
    const shown = () =>
      page.evaluate(() =>
        ["#outside", "#total", "#list"].map((at) => document.querySelector(at)?.textContent).join(" ")
      );
    await page.locator("#inner").click();
    await says(page, "#total", 1);
    assert.equal(await shown(), "0 1 0");
    await page.locator("#own").click();
    await says(page, "#total", 2);
    assert.equal(await shown(), "0 2 0");
    await page.locator("#inner").click();
    await says(page, "#total", 3);
    assert.equal(await shown(), "0 3 012");
    await page.locator("#all").click();
    await says(page, "#outside", 4);
    assert.equal(await shown(), "4 4 0123");
    assertQuiet(page);
  },
);

browse("an event alone brings the page up to date", async ({ page }) => {
  let now = 1;
  const app = new App({ log: new MemoryLog() });
  app.page("/", () => (
    <main>
      <output id="now">{now}</output>
      <button id="refresh" data-reflex="click">Refresh</button>
    </main>
  ));
  await using server = serve(app);
  await open(page, server.url);
  now = 2;
  await page.locator("#refresh").click();
  await says(page, "#now", 2);
  assertQuiet(page);
});
