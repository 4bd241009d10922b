import assert from "node:assert/strict";
import { examples } from "../../examples/all.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { startProcess, temporaryFolder } from "./process.ts";
import { online, says } from "./serve.ts";

/** One click in each example below its base; the examples' own tests know more. */
const works: Record<string, (page: Page) => Promise<void>> = {
  async counter(page) {
    await page.locator("#increment").click();
    await says(page, "#count", 1);
  },
  async table(page) {
    await page.locator("#row-17 .bump").click();
    await says(page, "#row-17 .qty", 4);
  },
  async chat(page) {
    await page.locator("#present li", { hasText: "Guest" }).waitFor();
    await page.getByLabel("Say something").fill("Hello");
    await page.getByRole("button", { name: "Say" }).click();
    await page.locator("#messages p", { hasText: "Hello" }).waitFor();
  },
  async guestbook(page) {
    await page.getByLabel("Your name").fill("Ann");
    await page.getByLabel("Your message").fill("Hello");
    await page.getByRole("button", { name: "Sign" }).click();
    await page.locator("article", { hasText: "Hello" }).waitFor();
  },
  async inventory(page) {
    await page.getByLabel("Quantity of Sencha").fill("38");
    await page.keyboard.press("Enter");
    await says(page, "#stock", "1,250");
  },
  async rooms(page) {
    await page.getByRole("button", { name: "Come in" }).click();
    await page.getByText("You are in.").waitFor();
    await page.getByLabel("Say to all").and(page.locator("input")).fill("Hello");
    await page.keyboard.press("Enter");
    await page.locator("#said .mine", { hasText: "Hello" }).waitFor();
    await page.goBack(); // to where one comes in
  },
  async dashboard(page) {
    await page.locator("#zoom:enabled").click();
    await says(page, "#zoom-level", 2);
  },
  async stimulus(page) {
    await page.locator("#hue[aria-valuetext]").waitFor(); // its controllers are there
    await page.getByLabel("Hue").fill("200");
    await page.getByRole("button", { name: "Keep" }).click();
    await page.locator("#hue-200").waitFor();
  },
};

browse(
  "demo: the index leads to each example, each works below its base, SIGTERM ends it",
  async ({ page }) => {
    await using folder = await temporaryFolder();
    await using demo = await startProcess(["examples/main.tsx"], { folder: folder.path });
    await page.setViewportSize({ width: 360, height: 640 });
    await page.goto(demo.url);
    await online(page);
    const wide = await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
    assert.deepEqual(
      await page.getByRole("link").allTextContents(),
      examples.map(({ name }) => name),
    );
    for (const { name } of examples) {
      await page.getByRole("link", { name }).click();
      await page.waitForURL((url) => url.pathname.split("/")[1] === name);
      await online(page);
      assert.ok(await page.getByRole("heading", { level: 1 }).isVisible(), name);
      await works[name]?.(page);
      await page.goBack();
      await online(page);
    }
    const { code, took } = await demo.terminate();
    assert.equal(code, 0);
    assert.ok(took < 4000, `${took} ms`);
    assertQuiet(page, { except: [/ERR_CONNECTION_REFUSED/] });
  },
);
