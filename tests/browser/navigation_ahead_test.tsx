import assert from "node:assert/strict";
import { App, Head } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { enter, isMarked, mark } from "./navigating.tsx";
import { says, serve } from "./serve.ts";

function pages(more: (app: App) => void = () => {}): App {
  const app = new App({ log: new MemoryLog(), navigation: true });
  more(app);
  return app;
}

browse(
  "prefetch: who points at a link has its page made ready, once; not where that is not wanted",
  async ({ page }) => {
    const rendered = Promise.withResolvers<void>();
    let renders = 0;
    const app = pages((app) => {
      app.page("/", () => (
        <main>
          <a id="next" href="/next">Next</a>
          <a id="none" href="/none" data-navigate-prefetch="false">None</a>
          <p id="apart">Apart</p>
        </main>
      ));
      app.page("/next", () => {
        rendered.resolve();
        return <h1>{++renders}</h1>;
      });
    });
    await using server = serve(app);
    const heard = overhear(page);
    await enter(page, server.url);
    const visits = () => heard.sent.filter(([kind]) => kind === "visit");
    await page.locator("#none").hover();
    await page.locator("#next").focus();
    await rendered.promise;
    await page.locator("#next").hover();
    assert.deepEqual(visits(), [["visit", 1, "/next", 1]]);
    await page.locator("#next").click();
    await says(page, "h1", 1);
    assert.equal(renders, 1);
    assert.deepEqual(visits().at(-1), ["visit", 2, "/next"]);
    assertQuiet(page);
  },
);

browse(
  "head: a tracked element that is another has the page loaded in full; so has a script that does not run here",
  async ({ page }) => {
    let version = 1;
    const app = pages((app) => {
      const links = (
        <nav>
          <a id="to-a" href="/">a</a>
          <a id="to-b" href="/b">b</a>
          <a id="to-c" href="/c">c</a>
        </nav>
      );
      const tracked = () => (
        <Head>
          <link rel="stylesheet" href={`/style.css?${version}`} data-navigate-track />
        </Head>
      );
      app.page("/", () => (
        <main>
          {tracked()}
          {links}
          <h1>a</h1>
        </main>
      ));
      app.page("/b", () => (
        <main>
          {tracked()}
          {links}
          <h1>b</h1>
        </main>
      ));
      app.page("/c", () => (
        <main>
          <Head>
            <script src="/own.js" />
          </Head>
          {tracked()}
          {links}
          <h1>c</h1>
        </main>
      ));
      app.route("/style.css", {
        GET: () => new Response("h1 { color: red }", { headers: { "content-type": "text/css" } }),
      });
      app.route("/own.js", {
        GET: () =>
          new Response("document.documentElement.dataset.own = 1", {
            headers: { "content-type": "text/javascript" },
          }),
      });
    });
    await using server = serve(app);
    await enter(page, server.url);
    await mark(page);
    await page.locator("#to-b").click();
    await says(page, "h1", "b");
    assert.ok(await isMarked(page));
    version = 2;
    await page.locator("#to-a").click();
    await says(page, "h1", "a");
    assert.ok(!await isMarked(page), "the style is another");
    await mark(page);
    await page.locator("#to-c").click();
    await page.locator("html[data-own]").waitFor({ state: "attached" });
    assert.ok(!await isMarked(page), "its script has to run");
    await mark(page);
    await page.locator("#to-b").click();
    await says(page, "h1", "b");
    await page.locator("#to-c").click();
    await says(page, "h1", "c");
    assert.ok(await isMarked(page), "it runs here by now");
    assertQuiet(page);
  },
);

browse(
  "head: a page is shown with its style sheets; those of the page before are gone in the same moment",
  async ({ page }) => {
    const gate = Promise.withResolvers<void>();
    const app = pages((app) => {
      const nav = (
        <nav>
          <a id="to-a" href="/">a</a>
          <a id="to-b" href="/b">b</a>
        </nav>
      );
      app.page("/", () => (
        <main>
          <Head>
            <link rel="stylesheet" href="/a.css" />
          </Head>
          {nav}
          <h1>a</h1>
        </main>
      ));
      app.page("/b", () => (
        <main>
          <Head>
            <link rel="stylesheet" href="/b.css" />
          </Head>
          {nav}
          <h1>b</h1>
        </main>
      ));
      const css = (text: string) => new Response(text, { headers: { "content-type": "text/css" } });
      app.route("/a.css", { GET: () => css("h1 { color: rgb(1, 0, 0) }") });
      app.route("/b.css", {
        GET: async () => {
          await gate.promise;
          return css("h1 { color: rgb(2, 0, 0) } h1 { margin: 0 }");
        },
      });
    });
    await using server = serve(app);
    await enter(page, server.url);
    await mark(page);
    // What an eye sees of the heading whenever its text changes.
    await page.evaluate(() => {
      const seen: string[] = Object.assign(globalThis, { seen: [] as string[] }).seen;
      const see = () => {
        const h1 = document.querySelector("h1")!, line = `${h1.textContent} ${getComputedStyle(h1).color}`;
        if (seen.at(-1) !== line) seen.push(line);
        requestAnimationFrame(see);
      };
      see();
    });
    const asked = page.waitForRequest("**/b.css");
    await page.locator("#to-b").click();
    await asked;
    assert.equal(await page.locator("h1").textContent(), "a");
    gate.resolve();
    await says(page, "h1", "b");
    assert.deepEqual(await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen), [
      "a rgb(1, 0, 0)",
      "b rgb(2, 0, 0)",
    ]);
    const sheets = () =>
      page.evaluate(() => [...document.querySelectorAll("link")].map((link) => link.outerHTML));
    assert.deepEqual(await sheets(), ['<link rel="stylesheet" href="/b.css">']);
    await page.locator("#to-a").click();
    await says(page, "h1", "a");
    assert.deepEqual(await sheets(), ['<link rel="stylesheet" href="/a.css">']);
    assert.ok(await isMarked(page));
    assertQuiet(page);
  },
);

browse("head: style sheets stand in the order of a page that is loaded", async ({ page }) => {
  const app = new App({
    log: new MemoryLog(),
    navigation: true,
    layout: ({ children }) => (
      <>
        <Head>
          <link rel="stylesheet" href="/base.css" />
        </Head>
        {children}
        <Head>
          <link rel="stylesheet" href="/theme.css" />
        </Head>
      </>
    ),
  });
  for (const [path, name, others] of [["/", "a", ["b"]], ["/b", "b", ["c", "a"]]] as const) {
    app.page(path, () => (
      <main>
        <Head>
          {others.map((one) => <link rel="stylesheet" href={`/${one}.css`} key={one} />)}
        </Head>
        <a id="to-a" href="/">a</a>
        <a id="to-b" href="/b">b</a>
        <h1>{name}</h1>
      </main>
    ));
  }
  for (const [n, name] of ["base", "a", "b", "c", "theme"].entries()) {
    app.route(`/${name}.css`, {
      GET: () => new Response(`h1 { color: rgb(${n}, 0, 0) }`, { headers: { "content-type": "text/css" } }),
    });
  }
  await using server = serve(app);
  await enter(page, server.url);
  await mark(page);
  const seen = () =>
    page.evaluate(() => [
      getComputedStyle(document.querySelector("h1")!).color,
      ...[...document.querySelectorAll("link")].map((link) => link.getAttribute("href")),
    ]);
  const loaded = await seen();
  for (const name of ["b", "a", "b"]) {
    await page.locator(`#to-${name}`).click();
    await says(page, "h1", name);
    const gone = await seen();
    assert.ok(await isMarked(page));
    if (name === "a") assert.deepEqual(gone, loaded);
    else assert.deepEqual(gone, ["rgb(4, 0, 0)", "/base.css", "/c.css", "/a.css", "/theme.css"]);
  }
  assertQuiet(page);
});

for (const reducedMotion of ["no-preference", "reduce"] as const) {
  browse(
    `view transition: from page to page it is one, where it is asked for; with ${reducedMotion}`,
    async ({ page }) => {
      await page.emulateMedia({ reducedMotion });
      await page.addInitScript(() => {
        const start = Document.prototype.startViewTransition, seen: string[] = [];
        Object.assign(globalThis, { seen });
        Document.prototype.startViewTransition = function (run) {
          seen.push(document.querySelector("h1")!.textContent!);
          return start.call(this, run);
        };
      });
      const app = pages((app) => {
        for (const [path, next] of [["/", "/b"], ["/b", "/"]] as const) {
          app.page(path, () => (
            <main>
              <Head>
                <meta name="view-transition" content="same-origin" />
              </Head>
              <h1>{path}</h1>
              <a href={next}>Next</a>
            </main>
          ));
        }
      });
      await using server = serve(app);
      await enter(page, server.url);
      await mark(page);
      await page.locator("a").click();
      await says(page, "h1", "/b");
      await page.goBack();
      await says(page, "h1", "/");
      assert.deepEqual(
        await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen),
        reducedMotion === "reduce" ? [] : ["/", "/b"],
      );
      assert.ok(await isMarked(page));
      assertQuiet(page);
    },
  );
}
