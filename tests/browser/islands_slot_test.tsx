import assert from "node:assert/strict";
import { App, Live, topic } from "@argyle/argyle";
import { withIslands } from "../helpers/islands.ts";
import { MemoryLog } from "../helpers/peer.ts";
import Fold from "../islands/fold.tsx";
import { assertQuiet, browse } from "./chromium.ts";
import { byHand } from "./frames.ts";
import { islands, shown } from "./islands.tsx";
import { online, open, says, serve } from "./serve.ts";

const inside = (n: number) => () => (
  <Fold>
    <p id="said">{n}</p>
    <i>{n}</i>
    <input id="field" />
  </Fold>
);

browse(
  "slot: what the page shows in an island is moved by it, and patches reach it wherever it is",
  async ({ page }) => {
    const { served, show } = shown(inside(1));
    await using server = serve(served);
    await open(page, server.url);
    await page.locator("#field").fill("typed");
    const field = await page.locator("#field").elementHandle();
    await show(page, inside(2));
    await says(page, "nav #said", "2");
    await says(page, "nav i", "2");
    await page.locator("#right").click();
    await says(page, "aside #said", "2");
    await show(page, inside(3));
    await says(page, "aside #said", "3");
    await says(page, "aside i", "3");
    await page.locator("#none").click();
    await page.locator("#said").waitFor({ state: "hidden" });
    await show(page, inside(4));
    await says(page, "#said", "4");
    await page.locator("#left").click();
    await page.locator("nav #said").waitFor();
    await says(page, "nav i", "4");
    assert.ok(await field!.evaluate((element) => element.isConnected));
    assert.equal(await page.locator("#field").inputValue(), "typed");
    assert.equal(await page.locator("argyle-slot").count(), 1);
    assertQuiet(page);
  },
);

browse(
  "slot: keeps what is in it when the page is fetched anew; comes and goes with what the page has",
  async ({ page }) => {
    const it = shown(inside(1));
    await using server = serve(it.served);
    const hand = await byHand(page);
    await open(page, server.url);
    await page.locator("#right").click();
    await page.locator("aside #field").fill("typed");
    const again = async (round: number) => {
      hand.send(["resync", "stale"]);
      await says(page, "#round", round);
      await online(page);
    };
    it.will(inside(2));
    await again(1);
    await says(page, "aside #said", "2");
    await says(page, "aside i", "2");
    assert.equal(await page.locator("#field").inputValue(), "typed");
    assert.equal(await page.locator("#fold").getAttribute("data-side"), "right");
    it.will(() => <Fold />);
    await again(2);
    await page.waitForFunction(() => !document.querySelector("argyle-slot"));
    assert.equal(await page.locator("aside").textContent(), "On the right:");
    it.will(inside(3));
    await again(3);
    await says(page, "aside #said", "3");
    assert.equal(await page.locator("argyle-slot").count(), 1);
    assertQuiet(page);
  },
);

browse("slot: hidden at first, it is there when it is asked for", async ({ page }) => {
  const { served, show } = shown(() => (
    <Fold first="none">
      <p id="said">1</p>
    </Fold>
  ));
  await using server = serve(served);
  await open(page, server.url);
  await page.locator("#said").waitFor({ state: "hidden" });
  await show(page, () => (
    <Fold first="none">
      <p id="said">2</p>
    </Fold>
  ));
  await page.locator("#left").click();
  await page.locator("nav #said").waitFor();
  await says(page, "nav #said", "2");
  assertQuiet(page);
});

browse("slot: whoever writes in it goes on writing when it is moved", async ({ page }) => {
  const { served } = shown(inside(1));
  await using server = serve(served);
  await open(page, server.url);
  await page.waitForFunction(() => document.querySelector("argyle-island")!.querySelector("#right") !== null);
  await page.locator("#field").focus();
  await page.waitForFunction(() => {
    (document.querySelector("#right") as HTMLElement).click();
    return document.querySelector("#fold")?.getAttribute("data-side") === "right";
  });
  await page.locator("aside #field").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "field");
  assertQuiet(page);
});

browse("slot: a live part in it is patched by itself", async ({ page }) => {
  const Price = topic("price");
  let price = 1;
  const app = new App({ log: new MemoryLog(), islands });
  app.page("/", () => (
    <main>
      <Fold>
        <Live topic={Price()} id="part">{() => <output id="price">{price}</output>}</Live>
      </Fold>
    </main>
  ));
  await using server = serve(withIslands(app, islands));
  await open(page, server.url);
  price = 2;
  await app.publish(Price());
  await says(page, "nav #price", "2");
  await page.locator("#right").click();
  await page.locator("aside #price").waitFor();
  price = 3;
  await app.publish(Price());
  await says(page, "aside #price", "3");
  assertQuiet(page);
});
