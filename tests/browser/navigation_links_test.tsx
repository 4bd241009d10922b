import assert from "node:assert/strict";
import { App, on } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { address, enter, isAt, isMarked, mark, ready, Shelf, site } from "./navigating.tsx";
import { open, says, serve } from "./serve.ts";

browse(
  "navigation: a link goes over the socket; back and forward too; a redirect is followed",
  async ({ page }) => {
    await using server = serve(site());
    const heard = overhear(page);
    await enter(page, server.url);
    await mark(page);
    await page.locator("#to-orders").click();
    await says(page, "h1", "Orders 1");
    assert.equal(address(page), "/orders");
    assert.equal(await page.title(), "Orders 1");
    await page.locator("#second").click();
    await says(page, "h1", "Orders 2");
    assert.equal(address(page), "/orders?page=2");
    await page.locator("#to-moved").click();
    await says(page, "h1", "Orders 7");
    assert.equal(address(page), "/orders?page=7");
    await page.goBack();
    await says(page, "h1", "Orders 2");
    await page.goBack();
    await page.goBack();
    await says(page, "h1", "Home");
    assert.equal(address(page), "/");
    await page.goForward();
    await says(page, "h1", "Orders 1");
    assert.equal(address(page), "/orders");
    assert.ok(await isMarked(page), "it is the same document");
    const loads = server.requests.filter((line) => !/_argyle|favicon/.test(line));
    assert.deepEqual(loads, ["GET /"]);
    const visit = heard.received.find((frame) => frame[0] === "page")!;
    assert.ok(JSON.stringify(visit).length < 1500, JSON.stringify(visit));
    assertQuiet(page);
  },
);

browse(
  "navigation: reflexes live on from page to page, and a reload shows what is there",
  async ({ page }) => {
    await using server = serve(site());
    await enter(page, server.url);
    await mark(page);
    await page.locator("#add").click();
    await says(page, "#count", 1);
    await page.locator("#to-orders").click();
    await says(page, "h1", "Orders 1");
    await page.locator("#add").click();
    await page.locator("#to-home").click();
    await says(page, "#count", 2);
    await page.locator("#add").click();
    await says(page, "#count", 3);
    await page.locator("#leave").click();
    await says(page, "h1", "Orders 3");
    assert.equal(address(page), "/orders?page=3");
    await page.locator("#turn").click();
    await says(page, "h1", "Orders 4");
    assert.equal(address(page), "/orders?page=4");
    assert.ok(await isMarked(page), "redirects of reflexes go over the socket");
    await page.reload();
    await says(page, "h1", "Orders 4");
    await page.goBack();
    await says(page, "#count", 3);
    assertQuiet(page);
  },
);

browse(
  "navigation: what is not marked, leads elsewhere or is opened elsewhere is the browser's",
  async ({ page }) => {
    const app = new App({ log: new MemoryLog(), base: "/app" });
    const links: [id: string, more: Record<string, unknown>][] = [
      ["plain", { href: "/app/x", "data-navigate": "false" }],
      ["target", { href: "/app/x", target: "_blank" }],
      ["download", { href: "/app/x", download: true }],
      ["external", { href: "/app/x", rel: "nofollow external" }],
      ["outside", { href: "/apple" }],
      ["origin", { href: "//evil.test/app/x" }],
      ["backslash", { href: "/\\evil.test/app/x" }],
      ["mail", { href: "mailto:a@b.test" }],
      ["fragment", { href: "#there" }],
      ["none", {}],
      ["prevented", { href: "/app/x" }],
      ["ours", { href: "/app/x" }],
      ["true", { href: "/app/x", "data-navigate": "true" }],
    ];
    app.page("/", () => (
      <main data-navigate>
        {links.map(([id, more]) => <a key={id} id={id} {...more}>{id}</a>)}
        <svg width="10" height="10">
          <a id="svg" href="/app/x">
            <text>x</text>
          </a>
        </svg>
        <div contenteditable="true">
          <a id="written" href="/app/x">written</a>
        </div>
        <form id="form" action="/app/x">
          <button id="post" formmethod="post">Post</button>
          <button id="away" formaction="https://evil.test/app/x">Away</button>
          <button id="get" name="by" value="x">Get</button>
          <input name="text" value="a b&c" />
          <input name="action" />
          <input name="file" type="file" />
        </form>
      </main>
    ));
    app.page("/x", () => <h1>x</h1>);
    await using server = serve(app);
    await enter(page, `${server.url}/app/`);
    // What nobody has taken over by the time that it has come to the window, the browser does: here it is kept from that.
    const taken = await page.evaluate(async () => {
      const wait = () => new Promise<void>((resolve) => setTimeout(resolve));
      while (!history.state?.argyle) await wait();
      document.querySelector("#prevented")!.addEventListener("click", (event) => event.preventDefault());
      const wished: string[] = [], all: string[] = [];
      addEventListener("argyle:navigate", (event) => {
        event.preventDefault();
        wished.push(
          new URL((event as CustomEvent).detail.url).pathname +
            new URL((event as CustomEvent).detail.url).search,
        );
      });
      const follow = (id: string, options: MouseEventInit) => {
        wished.length = 0;
        const event = new MouseEvent("click", {
          bubbles: true,
          cancelable: true,
          composed: true,
          ...options,
        });
        addEventListener("click", (event) => event.preventDefault(), { once: true });
        document.querySelector(`#${id}`)!.dispatchEvent(event);
        if (wished.length) all.push(`${id} ${wished}`);
      };
      for (const { id } of document.querySelectorAll("a")) follow(id, {});
      for (const key of ["ctrlKey", "metaKey", "shiftKey", "altKey"]) follow("ours", { [key]: true });
      follow("ours", { button: 1 });
      const form = document.querySelector("form")!;
      for (const id of ["post", "away", "get", ""]) {
        wished.length = 0;
        addEventListener("submit", (event) => event.preventDefault(), { once: true });
        form.requestSubmit(id ? form.querySelector(`#${id}`) : null);
        if (wished.length) all.push(`${id} ${wished}`);
      }
      return all;
    });
    assert.deepEqual(taken, [
      "ours /app/x",
      "true /app/x",
      "svg /app/x",
      "get /app/x?by=x&text=a+b%26c&action=&file=",
      " /app/x?text=a+b%26c&action=&file=",
    ]);
    // The browser loads it in a tab behind this one, of which Playwright at times tells nothing.
    assert.ok(!server.requests.includes("GET /app/x"));
    await page.locator("#ours").click({ modifiers: ["Control"] });
    while (!server.requests.includes("GET /app/x")) await page.evaluate(() => document.title);
    assert.equal(page.url(), `${server.url}/app/`);
    assertQuiet(page);
  },
);

browse("navigation: a link that a patch marks is followed so as well", async ({ page }) => {
  const app = new App<{ count?: number }>({ log: new MemoryLog() });
  app.reflexes({ Shelf });
  app.page("/", ({ session }) => (
    <main>
      {session.count ? <a id="link" href="/x" data-navigate>x</a> : null}
      <button type="button" id="add" {...on("click", Shelf, "add")}>Add</button>
    </main>
  ));
  app.page("/x", () => <h1>x</h1>);
  await using server = serve(app);
  await open(page, server.url);
  await mark(page);
  await page.locator("#add").click();
  await page.locator("#link").waitFor();
  await ready(page);
  await page.locator("#link").click();
  await says(page, "h1", "x");
  assert.equal(address(page), "/x");
  assert.ok(await isMarked(page));
  assertQuiet(page);
});

browse("navigation: without scripts links and forms are plain", async ({ page }) => {
  await using server = serve(site());
  await page.goto(server.url);
  await page.locator("#to-orders").click();
  await isAt(page, "/orders");
  await page.locator("#to-form").click();
  await page.locator("#q").fill("tea");
  await page.locator("#go").click();
  await isAt(page, "/form?q=tea&by=button");
  assert.equal(await page.locator("#said").textContent(), "q=tea&by=button");
}, { context: { javaScriptEnabled: false } });
