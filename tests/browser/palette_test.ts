import assert from "node:assert/strict";
import palette from "../../examples/stimulus/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";

/** Goes to the page and waits until its controllers are at work. */
async function ready(page: Page, url: string): Promise<void> {
  await open(page, url);
  await page.locator("#hue[aria-valuetext]").waitFor();
}

async function keep(page: Page, hue: number): Promise<void> {
  await page.getByLabel("Hue").fill(`${hue}`);
  await page.getByRole("button", { name: "Keep" }).click();
}

browse(
  "palette: controllers keep colours and say how it went, below a base",
  async ({ page, newVisitor }) => {
    await using server = serve(palette({ log: new MemoryLog(), base: "/stimulus" }));
    const url = `${server.url}/stimulus`;
    await ready(page, url);
    const preview = () => page.locator("#preview").evaluate((one) => getComputedStyle(one).backgroundColor);
    const first = await preview();
    await page.getByLabel("Hue").press("ArrowRight");
    assert.notEqual(await preview(), first, "the browser shows it, without the server");

    await page.evaluate(() => {
      const said = document.querySelector("#said")!;
      new MutationObserver(() => said.textContent && heard.push(said.textContent))
        .observe(said, { childList: true });
      Object.assign(globalThis, { heard: [] });
    });
    await keep(page, 0);
    await page.locator("#hue-0").waitFor();
    await says(page, "#said", "Kept.");
    assert.deepEqual(await page.evaluate(() => heard), ["Keeping it…", "Kept."]);
    await keep(page, 0);
    await says(page, "#said", "You have red 0° already.");
    for (const hue of [60, 120, 180, 240, 300]) {
      await keep(page, hue);
      await page.locator(`#hue-${hue}`).waitFor();
    }
    await keep(page, 90);
    await says(page, "#said", "There is room for 6. Let one go first.");

    // Its button goes with what it has removed; the controller around it hears of that.
    await page.getByRole("button", { name: "Let yellow 60° go" }).click();
    await says(page, "#gone", "yellow 60° is gone.");
    assert.equal(await page.locator("#hue-60").count(), 0);

    const other = await newVisitor();
    await ready(other.page, url);
    await says(other.page, "#all", "6 kept by everybody");
    await keep(page, 90);
    await page.locator("#hue-90").waitFor();
    await other.page.getByRole("button", { name: "Look again" }).press("Enter");
    await says(other.page, "#all", "7 kept by everybody");
    await other.page.getByText("Nothing yet.").waitFor();
    for (const each of [page, other.page]) assertQuiet(each);
  },
);

browse("palette: fits 360 px in light and dark, under the policy as it is shipped", async ({ page }) => {
  await using server = serve(palette({ log: new MemoryLog() }), { csp: "own" });
  await page.setViewportSize({ width: 360, height: 640 });
  await ready(page, server.url);
  for (const hue of [0, 270]) {
    await keep(page, hue);
    await page.locator(`#hue-${hue}`).waitFor();
  }
  await keep(page, 270);
  await says(page, "#said", "You have violet 270° already.");
  const colours = new Set<string>();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { wide, colour } = await page.evaluate(() => ({
      wide: document.scrollingElement!.scrollWidth - innerWidth,
      colour: getComputedStyle(document.body).backgroundColor,
    }));
    assert.ok(wide <= 0, `${wide} px too wide`);
    colours.add(colour);
  }
  assert.equal(colours.size, 2, [...colours].join());
  assertQuiet(page);
});

declare const heard: string[];
