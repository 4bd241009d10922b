import assert from "node:assert/strict";
import { App, Head } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { address, gates, isMarked, mark, shut } from "./navigating.tsx";
import { open, says, serve } from "./serve.ts";

const script = `
import { navigate } from "@argyle/argyle/client";
const outcomes = [];
Object.assign(globalThis, {
  outcomes,
  navigate,
  controller: new AbortController(),
  go: (to, options) => navigate(to, options).then(() => "shown", ({ name, code }) => name === "ReflexError" ? code : name)
    .then((outcome) => outcomes.push(to + " " + outcome)),
});
document.documentElement.dataset.loaded = "";
`;

function site(): App {
  const app = new App({ log: new MemoryLog() });
  app.route("/own.js", {
    GET: () => new Response(script, { headers: { "content-type": "text/javascript" } }),
  });
  const head = (title: string) => (
    <Head>
      <title>{title}</title>
      <script type="module" src="/own.js" />
    </Head>
  );
  app.page("/", () => (
    <main>
      {head("Home")}
      <h1>Home</h1>
    </main>
  ));
  app.page("/a/:name", async ({ params }) => {
    await gates.get(params.name!)?.promise;
    return (
      <main>
        {head(params.name!)}
        <h1>{params.name}</h1>
        <p tabindex={-1} id="text">Text</p>
      </main>
    );
  });
  return app;
}

type Window = { go(to: string, options?: unknown): void; outcomes: string[]; controller: AbortController };

const go = (page: Page, to: string, options?: object) =>
  page.evaluate(([to, options]) => void (globalThis as unknown as Window).go(to as string, options), [
    to,
    options,
  ]);

async function came(page: Page, ...outcomes: string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) => (globalThis as unknown as Window).outcomes.join() === wanted,
    outcomes.join(),
  );
}

async function loaded(page: Page, url: string): Promise<void> {
  await open(page, url);
  await page.locator("html[data-loaded]").waitFor({ state: "attached" });
  await mark(page);
}

browse(
  "navigate: resolves when the page is shown; replaces; says what has become of it",
  async ({ page }) => {
    await using server = serve(site());
    await loaded(page, server.url);
    const length = await page.evaluate(() => history.length);
    await go(page, "/a/one");
    await came(page, "/a/one shown");
    assert.equal(await page.locator("h1").textContent(), "one");
    await go(page, "two", { replace: true });
    await came(page, "/a/one shown", "two shown");
    assert.equal(address(page), "/a/two");
    assert.equal(await page.evaluate(() => history.length), length + 1);
    await go(page, "#text");
    await came(page, "/a/one shown", "two shown", "#text shown");
    assert.equal(address(page), "/a/two#text");
    for (const to of ["javascript:alert(1)", "mailto:a@b.test", "http://["]) {
      assert.equal(
        await page.evaluate(
          (to) =>
            (globalThis as unknown as { navigate(to: string): Promise<void> }).navigate(to).then(
              () => "",
              (error) => error.message,
            ),
          to,
        ),
        `Cannot go to ${JSON.stringify(to)}.`,
      );
    }
    assert.ok(await isMarked(page));
    assertQuiet(page);
  },
);

browse("navigate: superseded, stopped by a listener, aborted; the page stays as it is", async ({ page }) => {
  await using server = serve(site());
  await loaded(page, server.url);
  const finish = shut("slow");
  await go(page, "/a/slow");
  await go(page, "/a/one");
  await came(page, "/a/slow AbortError", "/a/one shown");
  await page.evaluate(() =>
    addEventListener("argyle:navigate", (event) => {
      if ((event as CustomEvent).detail.url.endsWith("/no")) event.preventDefault();
    })
  );
  await go(page, "/a/no");
  await came(page, "/a/slow AbortError", "/a/one shown", "/a/no AbortError");
  await page.evaluate(() => {
    const { go, controller } = globalThis as unknown as Window;
    go("/a/slow", { signal: controller.signal });
  });
  await page.locator("html[data-argyle-navigating]").waitFor({ state: "attached" });
  await page.evaluate(() => (globalThis as unknown as Window).controller.abort());
  await came(page, "/a/slow AbortError", "/a/one shown", "/a/no AbortError", "/a/slow AbortError");
  await page.locator("html:not([data-argyle-navigating])").waitFor({ state: "attached" });
  finish();
  assert.equal(await page.locator("h1").textContent(), "one");
  assert.equal(address(page), "/a/one");
  await go(page, "/a/two");
  await says(page, "h1", "two");
  assert.ok(await isMarked(page));
  assertQuiet(page);
});

browse("navigation: the new page has the focus at its heading, and its title is said", async ({ page }) => {
  await using server = serve(site());
  await loaded(page, server.url);
  await go(page, "/a/one");
  await came(page, "/a/one shown");
  assert.equal(await page.evaluate(() => document.activeElement!.tagName), "H1");
  await page.waitForFunction(() =>
    document.querySelector("[role=status][aria-live=polite]")?.textContent === "one"
  );
  assert.equal(await page.title(), "one");
  // Where only the query is another, whoever is somewhere stays there.
  await page.locator("#text").focus();
  await go(page, "?q=1", { replace: true });
  await came(page, "/a/one shown", "?q=1 shown");
  assert.equal(await page.evaluate(() => document.activeElement!.id), "text");
  assertQuiet(page);
});

browse(
  "navigation: a dialog of the page before is closed, and what asks for the focus has it",
  async ({ page }) => {
    const app = new App({ log: new MemoryLog(), navigation: true });
    const around = (
      <>
        <dialog id="ask">
          <a id="next" href="/next">Next</a>
        </dialog>
        <select id="pick" aria-label="Pick">
          <option>a</option>
          <option>b</option>
        </select>
        <input id="check" type="checkbox" checked aria-label="Check" />
      </>
    );
    app.page("/", () => (
      <main>
        {around}
        <h1>Home</h1>
      </main>
    ));
    app.page("/next", () => (
      <main>
        {around}
        <h1>Next</h1>
        <input id="here" autofocus aria-label="Here" />
      </main>
    ));
    await using server = serve(app);
    await open(page, server.url);
    await page.waitForFunction(() => history.state?.argyle);
    await mark(page);
    await page.locator("#pick").selectOption("b");
    await page.locator("#check").uncheck();
    await page.evaluate(() => document.querySelector<HTMLDialogElement>("#ask")!.showModal());
    await page.locator("#next").click();
    await says(page, "h1", "Next");
    assert.deepEqual(
      await page.evaluate(() => [
        document.querySelector("#ask")!.hasAttribute("open"),
        document.querySelector("dialog:modal"),
        document.activeElement!.id,
        document.querySelector<HTMLSelectElement>("#pick")!.value,
        document.querySelector<HTMLInputElement>("#check")!.checked,
      ]),
      [false, null, "here", "a", true],
    );
    assert.ok(await isMarked(page));
    assertQuiet(page);
  },
);
