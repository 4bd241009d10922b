import assert from "node:assert/strict";
import type { Html } from "@argyle/argyle";
import Chart from "../islands/chart.tsx";
import Counter from "../islands/counter.tsx";
import Frame from "../islands/frame.tsx";
import Later from "../islands/later.tsx";
import Outer from "../islands/outer.tsx";
import Signals from "../islands/signals.tsx";
import { signal } from "@preact/signals-core";
import { assertQuiet, browse } from "./chromium.ts";
import { byHand, overhear } from "./frames.ts";
import { count, seen, shown } from "./islands.tsx";
import { online, open, says, serve } from "./serve.ts";

browse(
  "island: lives, keeps its state, its fields and its ids through patches, and gets new props by a small one",
  async ({ page }) => {
    const { served, show } = shown(() => <Counter id="a" says="one" />);
    await using server = serve(served);
    const { received } = overhear(page);
    await open(page, server.url);
    const id = await page.locator("#a label").getAttribute("for");
    await count(page, "a", 1);
    await page.locator("#a .text").fill("typed");
    await show(page, () => <Counter id="a" says="two" />);
    await says(page, "#a label", "two");
    await says(page, "#a .count", 1);
    assert.equal(await page.locator("#a .text").inputValue(), "typed");
    assert.equal(await page.locator("#a .text").getAttribute("id"), id);
    const patch = JSON.stringify(received.find(([name]) => name === "patch"));
    assert.match(
      patch,
      /\["attributes",\["main",0\],\{"data-argyle-props":"\[\{\\"id\\":1,\\"says\\":2\},\\"a\\",\\"two\\"\]"\}\]/,
    );
    assert.doesNotMatch(patch, /section|label/);
    assert.deepEqual(await seen(page), ["a came"]);
    assertQuiet(page);
  },
);

const row = (key: string, more: unknown) => (
  <li key={key}>
    <Counter id={key} says={`${key}${more === "!" ? "!" : ""}`} />
  </li>
);

browse(
  "island: keeps its state where it is moved, and others come and go; those that go clean up",
  async ({ page }) => {
    const { served, show } = shown(() => <ul>{["a", "b", "c"].map(row)}</ul>);
    await using server = serve(served);
    await open(page, server.url);
    await count(page, "a", 1);
    await count(page, "b", 1);
    await count(page, "b", 2);
    await count(page, "c", 1);
    await show(page, () => <ul>{["c", "b", "d", "a"].map(row)}</ul>);
    await count(page, "d", 1);
    await show(page, () => <ul class="x">{["d", "b"].map(row)}</ul>);
    assert.deepEqual(await page.locator(".count").allTextContents(), ["1", "2"]);
    await page.waitForFunction(() => globalThis.told?.length === 6);
    assert.deepEqual((await seen(page)).slice(4).sort(), ["a went", "c went"]);
    assertQuiet(page);
  },
);

browse(
  "island: keeps its state when the page is fetched anew, and when the body is sent",
  async ({ page }) => {
    const it = shown(() => <ul id="list">{["a", "b"].map(row)}</ul>);
    await using server = serve(it.served);
    const hand = await byHand(page);
    await open(page, server.url);
    await count(page, "a", 1);
    await count(page, "b", 1);
    await page.locator("#b .text").fill("typed");
    it.will(() => (
      <>
        <p>Above.</p>
        <ul id="list">
          {["c", "b", "a"].map((key) => row(key, "!"))}
        </ul>
      </>
    ));
    hand.send(["resync", "stale"]);
    await says(page, "#round", 1);
    await online(page);
    await says(page, "#a label", "a!");
    assert.deepEqual(await page.locator("#a .count, #b .count").allTextContents(), ["1", "1"]);
    assert.equal(await page.locator("#b .text").inputValue(), "typed");
    await count(page, "c", 1);
    it.will(() => <ol id="list">{["b"].map(row)}</ol>);
    const [, body] = /<body>(.*)<\/body>/s.exec(await (await it.app.fetch(new Request(server.url))).text())!;
    hand.patch(["body", body]);
    await says(page, "#round", 2);
    await says(page, "ol #b label", "b");
    await count(page, "b", 1);
    assertQuiet(page);
  },
);

browse(
  "island: comes to life when it is seen; with what it was first, and then with what it is",
  async ({ page }) => {
    const props = {
      at: new Date("2026-01-02"),
      names: new Map([["a", new Set([1, 2])]]),
      big: 12345678901234567890n,
    };
    const chart = (values: number[]) => () => (
      <>
        <div style="height:4000px" />
        <Chart {...props} values={values} />
      </>
    );
    const { served, show } = shown(chart([1, 2]));
    await using server = serve(served);
    await open(page, server.url);
    await show(page, chart([1, 3]));
    assert.deepEqual(await page.locator("#chart b").allTextContents(), ["1", "2"]);
    assert.deepEqual(
      await page.evaluate(() =>
        performance.getEntriesByType("resource").filter(({ name }) => /islands\//.test(name)).length
      ),
      0,
    );
    const element = await page.locator("#chart b").first().elementHandle();
    await page.locator("#chart").scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelectorAll("#chart b")[1]?.textContent === "3");
    assert.ok(
      await element!.evaluate((element) => element.isConnected),
      "it was there, and is not made anew",
    );
    await page.locator("#zoom").click();
    await page.waitForFunction(() => document.querySelectorAll("#chart b")[1]?.textContent === "6");
    await says(page, "figcaption", "2026 a=1+2 12345678901234567890");
    await show(page, chart([1, 3, 5]));
    await page.waitForFunction(() => document.querySelectorAll("#chart b")[2]?.textContent === "10");
    assertQuiet(page);
  },
);

browse(
  "island: one that shows nothing but its children lives at once: they may be others when it would be seen",
  async ({ page }) => {
    const below = (child: Html) => () => (
      <>
        <div style="height:4000px" />
        <Frame>{child}</Frame>
      </>
    );
    const { served, show } = shown(below(<b>1</b>));
    await using server = serve(served);
    await open(page, server.url);
    await show(page, below(<i id="other">2</i>));
    await page.locator("#other").scrollIntoViewIfNeeded();
    await page.waitForFunction(() => globalThis.told?.includes("frame came"));
    assertQuiet(page);
  },
);

browse(
  "island: one that waits for a wider window comes to life when it has one, or when it gets other props",
  async ({ page }) => {
    const { served, show } = shown(() => <Later says="one" />);
    await using server = serve(served);
    await open(page, server.url);
    await page.setViewportSize({ width: 2100, height: 500 });
    await says(page, ".later", "one (alive)");
    await page.setViewportSize({ width: 600, height: 500 });
    await open(page, server.url);
    assert.equal(await page.locator(".later").textContent(), "one");
    await show(page, () => <Later says="two" />);
    await says(page, ".later", "two (alive)");
    assertQuiet(page);
  },
);

browse(
  "island: in another one it is a component; in the slot it is one of its own, and the server's",
  async ({ page }) => {
    const outer = (says: string) => () => (
      <Outer>
        <Counter id="own" says={says} />
      </Outer>
    );
    const { served, show } = shown(outer("one"));
    await using server = serve(served);
    await open(page, server.url);
    await count(page, "inner", 1);
    await count(page, "own", 1);
    await show(page, outer("two"));
    await says(page, "#own label", "two");
    await count(page, "own", 2);
    await count(page, "inner", 2);
    assert.deepEqual((await seen(page)).sort(), ["inner came", "own came"]);
    await show(page, () => <p>Gone.</p>);
    await page.waitForFunction(() => globalThis.told?.length === 4);
    assertQuiet(page);
  },
);

browse("island: signals arrive as signals, and stay the same ones", async ({ page }) => {
  const { served, show } = shown(() => <Signals price={signal(1)} half={signal(2)} />);
  await using server = serve(served);
  await open(page, server.url);
  await says(page, "#signals", "1 2 1");
  await show(page, () => <Signals price={signal(5)} half={signal(2)} />);
  await says(page, "#signals", "5 2 1+5");
  assertQuiet(page);
});

browse("island: one signal under two names may be two later", async ({ page }) => {
  const one = signal(1);
  const { served, show } = shown(() => <Signals price={one} half={one} />);
  await using server = serve(served);
  await open(page, server.url);
  await says(page, "#signals", "1 1 1");
  await show(page, () => <Signals price={signal(5)} half={signal(2)} />);
  await says(page, "#signals", "5 2 1+5");
  assertQuiet(page);
});

browse(
  "island: a page without islands loads nothing of them; a patch that brings the first does",
  async ({ page }) => {
    const { served, show } = shown(() => <p>None.</p>);
    await using server = serve(served);
    await open(page, server.url);
    const loaded = () =>
      page.evaluate(() =>
        performance.getEntriesByType("resource").map(({ name }) => name).filter((name) =>
          /islands/.test(name)
        )
      );
    assert.deepEqual(await loaded(), []);
    await show(page, () => (
      <>
        <p>One.</p>
        <Counter id="a" says="one" />
      </>
    ));
    await count(page, "a", 1);
    assert.ok((await loaded()).length > 0);
    assertQuiet(page);
  },
);

browse("island: without script it shows what the server has written, and has no box", async ({ page }) => {
  const { served } = shown(() => (
    <div style="display:flex;width:300px" id="row">
      <Later says="one" />
      <Later says="two" />
    </div>
  ));
  await using server = serve(served);
  await page.goto(server.url);
  assert.deepEqual(await page.locator("#row .later").allTextContents(), ["one", "two"]);
  const [one, two] = await page.locator("#row .later").all();
  assert.equal((await one!.boundingBox())!.y, (await two!.boundingBox())!.y);
}, { context: { javaScriptEnabled: false } });
