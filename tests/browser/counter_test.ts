import assert from "node:assert/strict";
import counter from "../../examples/counter/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { online, open, says, serve } from "./serve.ts";

browse("counter: mouse and keyboard count, and a reload keeps it", async ({ page }) => {
  await using server = serve(counter({ log: new MemoryLog() }));
  await open(page, server.url);
  await page.getByRole("button", { name: "One more", exact: true }).click();
  await says(page, "#count", 1);
  await page.getByRole("button", { name: "One less", exact: true }).click();
  await says(page, "#count", 0);
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.reload();
  await online(page);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "increment");
  await page.keyboard.press("Enter");
  await says(page, "#count", 1);
  await page.keyboard.press("Space");
  await says(page, "#count", 2);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "increment");
  await page.reload();
  assert.equal(await page.locator("#count").textContent(), "2");
  assertQuiet(page);
});

browse("counter: tabs of one session agree, another visitor has his own", async (browsing) => {
  await using server = serve(counter({ log: new MemoryLog() }));
  const { page, newPage, newVisitor } = browsing;
  await open(page, server.url);
  const tab = await newPage();
  await open(tab, server.url);
  await page.locator("#increment").click();
  await says(page, "#count", 1);
  // A call shows what the other tab has done as well.
  await tab.locator("#increment").click();
  await says(tab, "#count", 2);
  await page.reload();
  assert.equal(await page.locator("#count").textContent(), "2");
  const other = await newVisitor();
  await open(other.page, server.url);
  assert.equal(await other.page.locator("#count").textContent(), "0");
  await other.page.locator("#decrement").click();
  await says(other.page, "#count", -1);
  assert.equal(await page.locator("#count").textContent(), "2");
  for (const each of [page, tab, other.page]) assertQuiet(each);
});
