import assert from "node:assert/strict";
import table from "../../examples/table/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { drawn, open, says, serve } from "./serve.ts";

const row = (reflex: string) =>
  '<tr id="row-17"><td>17</td><td>Item 17</td><td class="qty">3</td><td>12.50</td><td>' +
  `<button class="bump" data-reflex="${reflex}" data-id="17">+1</button></td></tr>`;

/** Waits until the rows stand so, by their ids from the top. */
async function order(page: Page, ...ids: number[]): Promise<void> {
  await page.waitForFunction((ids) => {
    const rows = document.querySelectorAll("#rows > tr");
    return ids.every((id, index) => rows[index]?.id === `row-${id}`);
  }, ids);
}

browse("table: rows are bumped, inserted, deleted, reversed; focus and scroll stay", async ({ page }) => {
  await using server = serve(table({ log: new MemoryLog() }));
  assert.ok((await (await fetch(server.url)).text()).includes(row("click->Table#bump")));
  await open(page, server.url);
  assert.equal(await page.locator("#row-17").evaluate((row) => row.outerHTML), row("click-&gt;Table#bump"));

  const focused = () => page.evaluate(() => document.activeElement!.closest("tr")?.id);
  const scrolled = () => page.evaluate(() => scrollY);
  await page.locator("#row-17 .bump").click();
  await says(page, "#row-17 .qty", 4);
  assert.equal(await focused(), "row-17");
  await page.keyboard.press("Enter");
  await says(page, "#row-17 .qty", 5);

  await page.evaluate(() => scrollTo(0, 150));
  // Programmatic clicks leave the focus where it is.
  const press = (id: string) => page.locator(`#${id}`).evaluate((button: HTMLElement) => button.click());
  await press("insert-top");
  await order(page, 1001, 1, 2);
  assert.equal(await focused(), "row-17");
  // The browser itself moves with what is looked at when rows above it come or go: none was taken out and put back.
  assert.ok(await scrolled() > 150);
  await press("delete-first");
  await order(page, 1, 2);
  await press("delete-first");
  await order(page, 2, 3);
  const place = await scrolled();
  assert.ok(place > 0);
  await press("reverse");
  await order(page, 1000, 999, 998);
  assert.equal(await page.locator("#rows > tr").count(), 999);
  assert.deepEqual([await focused(), await scrolled()], ["row-17", place]);
  await page.keyboard.press("Enter");
  await says(page, "#row-17 .qty", 6);
  await page.reload();
  await order(page, 1000, 999, 998);
  // At the top it stays there, whatever row that was.
  await page.evaluate(() => scrollTo(0, 0));
  await page.locator("#row-1000 .bump").focus();
  await press("reverse");
  await order(page, 2, 3);
  await drawn(page);
  assert.deepEqual([await focused(), await scrolled()], ["row-1000", 0]);
  assertQuiet(page);
});
