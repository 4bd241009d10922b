import assert from "node:assert/strict";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { address, enter, isAt, isMarked, mark, shut, site } from "./navigating.tsx";
import { says, serve } from "./serve.ts";

const top = (page: Page) => page.evaluate(() => Math.round(scrollY));
const scrolledTo = (page: Page, y: number) => page.waitForFunction((y) => Math.abs(scrollY - y) < 2, y);

async function scroll(page: Page, y: number): Promise<void> {
  await page.evaluate((y) =>
    new Promise<void>((resolve) => {
      addEventListener("scroll", () => resolve(), { once: true });
      scrollTo(0, y);
    }), y);
}

browse(
  "navigation: where the window was scrolled it is again, back, forward and after a reload",
  async ({ page }) => {
    await using server = serve(site());
    await enter(page, server.url);
    await mark(page);
    await page.locator("#to-long").click();
    await says(page, "h1", "Long");
    assert.equal(await top(page), 0);
    await scroll(page, 3000);
    await page.evaluate(() => document.querySelector<HTMLElement>("#to-orders")!.click());
    await says(page, "h1", "Orders 1");
    assert.equal(await top(page), 0);
    await page.goBack();
    await says(page, "h1", "Long");
    await scrolledTo(page, 3000);
    await scroll(page, 700);
    await page.goBack();
    await says(page, "h1", "Home");
    assert.equal(await top(page), 0);
    await page.goForward();
    await says(page, "h1", "Long");
    await scrolledTo(page, 700);
    assert.ok(await isMarked(page));
    await page.reload();
    await scrolledTo(page, 700);
    // From another document, too.
    await page.goto(`${server.url}/file`);
    await page.goBack();
    await says(page, "h1", "Long");
    await scrolledTo(page, 700);
    assertQuiet(page);
  },
);

browse(
  "navigation: a fragment is gone to, and within a page the browser goes by itself",
  async ({ page }) => {
    await using server = serve(site());
    await enter(page, server.url);
    await mark(page);
    await page.locator("#to-note").click();
    await isAt(page, "/long#note");
    await says(page, "h1", "Long");
    const note = await top(page);
    assert.ok(note > 4000, `${note}`);
    assert.equal(await page.evaluate(() => document.activeElement!.id), "note");
    await page.locator("#to-top").click();
    await isAt(page, "/long#main");
    await page.waitForFunction((note) => scrollY < note, note);
    await page.goBack();
    await isAt(page, "/long#note");
    await scrolledTo(page, note);
    await page.goBack();
    await says(page, "h1", "Home");
    await page.goForward();
    await says(page, "h1", "Long");
    await scrolledTo(page, note);
    assert.ok(await isMarked(page));
    assertQuiet(page);
  },
);

browse(
  "navigation: within a page nobody is scrolled but by the browser",
  async ({ page }) => {
    await using server = serve(site());
    await enter(page, `${server.url}/long`);
    await scroll(page, 3000);
    // What names nothing, such as the state of a script, does not lead to the top.
    await page.evaluate(() =>
      new Promise<void>((resolve) => {
        addEventListener("popstate", () => resolve(), { once: true });
        location.hash = "#tab=2";
      })
    );
    assert.equal(await top(page), 3000);
    // The page's own style says how.
    await page.evaluate(() => {
      document.documentElement.style.scrollBehavior = "smooth";
      const seen: number[] = Object.assign(globalThis, { seen: [] as number[] }).seen;
      addEventListener("scroll", () => seen.push(scrollY));
    });
    const ended = page.evaluate(() =>
      new Promise<void>((resolve) => addEventListener("scrollend", () => resolve(), { once: true }))
    );
    await page.evaluate(() => document.querySelector<HTMLElement>("#to-top")!.click());
    await ended;
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
    assert.ok(seen.length > 2, `${seen}`);
    await page.goBack();
    await scrolledTo(page, 3000);
    assert.equal(address(page), "/long#tab=2");
    assertQuiet(page);
  },
);

browse(
  "navigation: a search form in place of its page keeps the focus, the scroll and what is being written",
  async ({ page }) => {
    await using server = serve(site());
    await enter(page, `${server.url}/form`);
    await mark(page);
    const length = await page.evaluate(() => history.length);
    await page.locator("#q").fill("tea");
    await page.locator("#q").press("Enter");
    await isAt(page, "/form?q=tea&by=button");
    await says(page, "h1", "Form tea");
    assert.equal(await page.evaluate(() => document.activeElement!.id), "q");
    await page.locator("#q").pressSequentially("pot");
    await page.locator("#q").press("Enter");
    await isAt(page, "/form?q=teapot&by=button");
    assert.equal(await page.locator("#q").inputValue(), "teapot");
    assert.equal(await page.evaluate(() => history.length), length);
    assert.ok(await isMarked(page));
    assertQuiet(page);
  },
);

browse(
  "navigation: what somebody has written and opened stays on the page that they leave",
  async ({ page }) => {
    await using server = serve(site());
    await enter(page, server.url);
    await page.locator("#note-field").fill("mine");
    await page.locator("#more > summary").click();
    await page.evaluate(() => Object.assign(document.querySelector("#kept")!, { isKept: true }));
    await page.locator("#to-orders").click();
    await says(page, "h1", "Orders 1");
    assert.equal(await page.locator("#note-field").inputValue(), "");
    assert.equal(await page.locator("#more").getAttribute("open"), null);
    assert.ok(await page.evaluate(() => "isKept" in document.querySelector("#kept")!));
    assertQuiet(page);
  },
);

browse(
  "navigation: back in the middle of a reflex; its outcome is told, and page and address agree",
  async ({ page }) => {
    await using server = serve(site());
    await enter(page, `${server.url}/orders`);
    await mark(page);
    await page.locator("#to-home").click();
    await says(page, "h1", "Home");
    const finish = shut("reflex");
    await page.evaluate(() =>
      document.addEventListener("argyle:success", (event) => {
        document.documentElement.dataset.value = (event as CustomEvent).detail.value;
      })
    );
    await page.locator("#slow").click();
    await page.goBack();
    await says(page, "h1", "Orders 1");
    finish();
    await page.locator("html[data-value=done]").waitFor({ state: "attached" });
    assert.equal(address(page), "/orders");
    await page.locator("#to-home").click();
    await says(page, "h1", "Home");
    await page.locator("#add").click();
    await says(page, "#count", 1);
    assert.ok(await isMarked(page));
    assertQuiet(page);
  },
);

browse("navigation: quickly back and forward many times, the last one counts", async ({ page }) => {
  await using server = serve(site());
  await enter(page, server.url);
  await mark(page);
  for (const [id, title] of [["orders", "Orders 1"], ["long", "Long"], ["form", "Form "]] as const) {
    await page.evaluate((id) => document.querySelector<HTMLElement>(`#to-${id}`)!.click(), id);
    await says(page, "h1", title);
  }
  // Each as soon as the address is another; no page comes in so short a time. Of more than four at once, a server loads none.
  await page.evaluate(async () => {
    for (const delta of [-1, -1, 1, -1]) {
      await new Promise((resolve) => {
        addEventListener("popstate", resolve, { once: true });
        history.go(delta);
      });
    }
  });
  await isAt(page, "/orders");
  await says(page, "h1", "Orders 1");
  await page.waitForFunction(() => !document.documentElement.hasAttribute("aria-busy"));
  assert.equal(address(page), "/orders");
  assert.ok(await isMarked(page));
  assertQuiet(page);
});

browse("navigation: after it the socket comes back to the page that is shown", async ({ page, context }) => {
  await using server = serve(site());
  await enter(page, server.url);
  await mark(page);
  await page.locator("#to-orders").click();
  await says(page, "h1", "Orders 1");
  await context.setOffline(true);
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("pagehide")));
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await page.locator("#turn").click();
  await says(page, "h1", "Orders 4");
  assert.equal(address(page), "/orders?page=4");
  assert.ok(await isMarked(page));
  assertQuiet(page);
});
