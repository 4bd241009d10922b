import assert from "node:assert/strict";
import guestbook from "../../examples/guestbook/main.tsx";
import { assertQuiet, browse } from "./chromium.ts";
import { MemoryLog } from "../helpers/peer.ts";

browse(
  "guestbook: with JavaScript the page is patched, problems stand at their fields, and the form is empty after it",
  async ({ page }) => {
    await using server = await guestbook({ log: new MemoryLog() }).listen({ port: 0 });
    await page.goto(server.url);
    await page.waitForSelector("html[data-argyle-status=online]");
    let loads = 0;
    page.on("framenavigated", () => loads++);
    await page.getByLabel("Your name").fill("Ann");
    await page.getByRole("button", { name: "Sign" }).click();
    await page.getByText("Please write something.").waitFor();
    assert.equal(await page.getByLabel("Your name").inputValue(), "Ann");
    assert.equal(await page.getByLabel("Your message").getAttribute("aria-invalid"), "true");
    await page.getByLabel("Your message").fill("Hello\nyou");
    await page.getByRole("button", { name: "Sign" }).click();
    await page.locator("article .message", { hasText: "Hello" }).waitFor();
    await page.waitForFunction(() => document.querySelector("textarea")!.value === "");
    assert.equal(await page.getByLabel("Your name").inputValue(), "");
    assert.equal(await page.getByText("Please write something.").count(), 0);
    assert.equal(loads, 0);
    await assertQuiet(page);
  },
);

browse(
  "guestbook: without JavaScript the same form is posted and the same page comes back",
  async ({ page }) => {
    await using server = await guestbook({ log: new MemoryLog() }).listen({ port: 0 });
    await page.goto(server.url);
    await page.getByLabel("Your name").fill("Bob");
    await page.getByRole("button", { name: "Sign" }).click();
    await page.getByText("Please write something.").waitFor();
    assert.equal(await page.getByLabel("Your name").inputValue(), "Bob");
    await page.getByLabel("Your message").fill("No script here");
    await page.getByRole("button", { name: "Sign" }).click();
    await page.locator("article .message", { hasText: "No script here" }).waitFor();
    assert.equal(new URL(page.url()).hash, "#entries");
    await page.setViewportSize({ width: 360, height: 740 });
    assert.equal(await page.evaluate(() => document.scrollingElement!.scrollWidth), 360);
  },
  { context: { javaScriptEnabled: false } },
);
