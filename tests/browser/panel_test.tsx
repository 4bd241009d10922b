import assert from "node:assert/strict";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { type ServerProcess, startProcess, temporaryFolder } from "./process.ts";
import { online, open, says } from "./serve.ts";

async function start(env: Record<string, string> = {}): Promise<ServerProcess & AsyncDisposable> {
  const folder = await temporaryFolder();
  const server = await startProcess(["tests/browser/fixtures/paneled.tsx"], {
    folder: folder.path,
    env: { ARGYLE_ENV: "development", ...env },
  });
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const toggle = (page: Page) => page.getByRole("button", { name: "Argyle panel" });
const button = (page: Page, name: string) =>
  page.locator("argyle-panel").getByRole("button", { name, exact: true });
/** The text of the newest line that has this in it, opened. */
async function opened(page: Page, title: string): Promise<string> {
  const row = page.locator("argyle-panel li", { hasText: title }).first();
  await row.waitFor();
  if (await row.locator("details[open]").count() === 0) await row.locator("summary").click();
  return await row.innerText();
}

async function openPanel(page: Page): Promise<void> {
  await toggle(page).click();
  await page.locator("argyle-panel").getByRole("region", { name: "Argyle panel" }).waitFor();
}

browse("panel: a reflex with its stages, bytes and operations, and what it has patched", async ({ page }) => {
  await using server = await start();
  await open(page, server.url);
  assert.equal(await toggle(page).getAttribute("aria-expanded"), "false");
  await openPanel(page);
  assert.equal(await toggle(page).getAttribute("aria-expanded"), "true");
  // A frame around what is patched lasts a moment: whoever looks at the shadow tree sees it come.
  await page.evaluate(() => {
    const marks = document.querySelector("argyle-panel")!.shadowRoot!.querySelector(".marks")!;
    const seen: string[] = (globalThis as unknown as { seen: string[] }).seen = [];
    new MutationObserver((records) => {
      for (const { addedNodes } of records) {
        for (const node of addedNodes) {
          const { left, top } = (node as Element).getBoundingClientRect();
          const under = document.elementsFromPoint(left + 2, top + 2).find(({ id }) => id !== "");
          seen.push(under?.id ?? "");
        }
      }
    }).observe(marks, { childList: true });
  });
  const before = await page.evaluate(() => document.body.outerHTML.length);
  await page.locator("#add").click();
  await says(page, "#count", 1);
  await page.locator("argyle-panel dt", { hasText: "patch" }).first().waitFor({ state: "attached" });
  const text = await opened(page, "Counter#add");
  for (
    const stage of ["bind", "wire", "wait", "check", "run", "commit", "render", "diff", "patch", "apply"]
  ) {
    assert.match(text, new RegExp(`^${stage}\\n+[\\d.]+ ms$`, "m"), text);
  }
  assert.match(
    text,
    /Counter#add\s+.* ms ↑ \d+ B ↓ \d+ B, \d operations?\s+success, as page\s+Because: the page has called it/,
  );
  assert.match(text, /text\s+#count\s+\d+/);
  await page.waitForFunction(() => (globalThis as unknown as { seen: string[] }).seen.includes("count"));
  assert.equal(
    await page.evaluate(() => document.body.outerHTML.length) - before,
    '<li data-k="0">Box 0</li>'.length,
    "nothing is written into the page",
  );

  await page.locator("#break").click();
  assert.match(
    await opened(page, "Counter#break"),
    /error \(failed\): The action failed\. \(Reference \w+\.\)/,
  );
  assertQuiet(page);
});

browse("panel: a push says which topic, and who has published it", async ({ page, newPage }) => {
  await using server = await start();
  await open(page, server.url);
  await openPanel(page);
  const other = await newPage();
  await open(other, server.url);
  await other.locator("#tell").click();
  await says(page, "#news", 1);
  await page.locator("argyle-panel li", { hasText: "news" }).first().waitFor();
  const text = await opened(page, "push: news");
  assert.match(text, /Because: news, published by Counter#tell/);
  assert.match(text, /text\s+#news\s+\d+/);
  assertQuiet(page);
});

browse(
  "panel: neither a morph, nor the whole body, nor a page that is loaded again touches it",
  async ({ page }) => {
    await using server = await start();
    await open(page, server.url);
    await openPanel(page);
    await page.evaluate(() =>
      (globalThis as unknown as { panel: Element }).panel = document.querySelector("argyle-panel")!
    );
    const isTheSame = () =>
      page.evaluate(() => {
        const panel = document.querySelector("argyle-panel")!;
        return panel === (globalThis as unknown as { panel: Element }).panel &&
          panel.parentElement === document.documentElement;
      });
    await page.locator("#paint").click();
    await says(page, "#painted", "painted");
    // The server does not know any more what the page shows.
    await page.locator("#add").click();
    await says(page, "#painted", "plain");
    assert.match(await opened(page, "Counter#add"), /^body\s+\d+$/m);
    assert.ok(await isTheSame());
    const loaded = page.waitForResponse((response) => response.url() === `${server.url}/`);
    await button(page, "Resync").click();
    await loaded;
    await page.locator("#add").click();
    await says(page, "#count", 2);
    assert.ok(await isTheSame());
    assert.equal(await page.locator("argyle-panel").count(), 1);

    // It remembers that it is open, and the keyboard closes it.
    await page.reload();
    await online(page);
    const region = page.locator("argyle-panel").getByRole("region", { name: "Argyle panel" });
    await region.waitFor();
    await page.keyboard.press("Alt+Shift+Y");
    await region.waitFor({ state: "hidden" });
    await page.keyboard.press("Alt+Shift+Y");
    await button(page, "Close").press("Escape");
    await region.waitFor({ state: "hidden" });
    assert.equal(await toggle(page).evaluate((element) => element.matches(":focus")), true);
    assertQuiet(page);
  },
);

browse("panel: with latency frames come later, in their order", async ({ page }) => {
  await using server = await start();
  await open(page, server.url);
  await openPanel(page);
  await button(page, "300 ms").click();
  assert.equal(await button(page, "300 ms").getAttribute("aria-pressed"), "true");
  // What is asked for after the click and is due before the frames are, happens before them.
  const order = await page.evaluate(async () => {
    const order: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    document.addEventListener("argyle:delivered", () => order.push("delivered"));
    const add = document.querySelector<HTMLButtonElement>("#add")!;
    document.addEventListener("argyle:success", () => {
      const { textContent: count } = document.querySelector("#count")!;
      order.push(count);
      if (count === "3") resolve();
      if (count !== "1") return;
      // What comes without latency waits for what is under way.
      const panel = document.querySelector("argyle-panel")!.shadowRoot!;
      panel.querySelector<HTMLButtonElement>("[data-delay='0']")!.click();
      add.click();
    });
    add.click();
    add.click();
    setTimeout(() => order.push("earlier"), 550);
    await promise;
    return order;
  });
  assert.deepEqual(order, ["delivered", "delivered", "earlier", "1", "delivered", "2", "3"]);
  assertQuiet(page);
});

browse(
  "panel: a line that is cut, a server that restarts; what was called meanwhile is done",
  async ({ page }) => {
    await using server = await start();
    await open(page, server.url);
    await openPanel(page);
    await button(page, "Disconnect").click();
    await page.locator("html[data-argyle-status=offline]").waitFor({ state: "attached" });
    await page.locator("argyle-panel [role=status]", { hasText: "offline" }).waitFor();
    await page.locator("#add").click();
    assert.equal(await page.locator("#count").textContent(), "0");
    await button(page, "Reconnect").click();
    await says(page, "#count", 1);
    await online(page);
    const offline = page.evaluate(() =>
      new Promise<void>((resolve) =>
        document.addEventListener("argyle:disconnected", () => resolve(), { once: true })
      )
    );
    await button(page, "Restart").click();
    await offline;
    await online(page);
    await page.locator("#add").click();
    await says(page, "#count", 2);
    assertQuiet(page);
  },
);

browse("panel: it is left out with ARGYLE_PANEL=off, and in production", async ({ page }) => {
  for (const env of [{ ARGYLE_PANEL: "off" }, { ARGYLE_ENV: "" }]) {
    await using server = await start(env);
    const frames: string[] = [];
    page.on(
      "websocket",
      (socket) => socket.on("framereceived", ({ payload }) => frames.push(String(payload))),
    );
    await open(page, server.url);
    await page.locator("#add").click();
    await page.waitForFunction(() => document.querySelector("#count")!.textContent !== "0");
    assert.equal(await page.locator("argyle-panel").count(), 0);
    assert.deepEqual(frames.filter((frame) => frame.startsWith('["timing"')), []);
    await page.goto("about:blank");
  }
  assertQuiet(page);
});
