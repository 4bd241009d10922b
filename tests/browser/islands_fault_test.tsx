import assert from "node:assert/strict";
import { type Html, ops } from "@argyle/argyle";
import Broken from "../islands/broken.tsx";
import Chart from "../islands/chart.tsx";
import Counter from "../islands/counter.tsx";
import Later from "../islands/later.tsx";
import { assertQuiet, browse, noise, type Page } from "./chromium.ts";
import { count, islands, seen, shown } from "./islands.tsx";
import { startProcess, temporaryFolder } from "./process.ts";
import { open, says, serve } from "./serve.ts";

/** Takes down which islands have told that they do not work. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const failed: string[] = [];
    Object.assign(globalThis, { failed });
    document.addEventListener("argyle:island-error", (event) => {
      const { island, error } = (event as CustomEvent).detail;
      failed.push(`${island}: ${error.message}`);
    });
  });
  return () => page.evaluate(() => (globalThis as unknown as { failed: string[] }).failed);
}

const except = [/island [\w-]+ has failed/, /Cannot bring the island/, /status of 404/];

browse(
  "island: one that throws in the browser shows nothing, and the rest of the page lives; other props are another try",
  async ({ page }) => {
    const both = (on: "browser" | "click" | "none") => () => (
      <>
        <Broken on={on} />
        <Counter id="a" says={on} />
      </>
    );
    const { served, show } = shown(both("browser"));
    await using server = serve(served);
    const failed = await listen(page);
    await open(page, server.url);
    await count(page, "a", 1);
    await page.waitForFunction(() => !document.querySelector(".broken"));
    assert.deepEqual(await failed(), ["broken: Broken <browser>."]);
    await show(page, both("click"));
    await says(page, ".broken", "whole, click");
    await page.locator(".broken").click();
    await page.waitForFunction(() => !document.querySelector(".broken"));
    await count(page, "a", 2);
    assert.equal((await failed()).length, 2);
    assertQuiet(page, { except });
  },
);

browse("island: one that throws on the server may live in the browser", async ({ page }) => {
  const { served } = shown(() => <Broken on="server" />);
  await using server = serve(served);
  await open(page, server.url);
  await says(page, ".broken", "whole, server");
  assertQuiet(page);
});

browse("island: in development what went wrong is shown in its place", async ({ page }) => {
  await using folder = await temporaryFolder();
  await using server = await startProcess(["tests/server/fixtures/broken_islands.tsx"], {
    folder: folder.path,
    env: { ARGYLE_ENV: "development" },
  });
  await open(page, server.url);
  await says(page, "pre[data-argyle-error]", "Error: Broken <browser>.");
  await says(page, ".broken", "whole, server");
  assertQuiet(page, { except });
});

const tampered = [
  "",
  "{",
  "1",
  "[]",
  "[1]",
  '["Set",1]',
  "[[-7,4294967295]]",
  '[{"__proto__":1},{"x":2},1]',
  '[{"id":1,"says":2},["Signal",1],3]',
  '[{"a":1},["Error",2],3]',
  '[["null","__proto__",1],1]',
  '[{"says":[]}]',
  '[{"constructor":1,"says":2},{"prototype":2},"x"]',
  "[{".repeat(99),
];

browse("island: props that somebody has changed harm no other", async ({ page }) => {
  const { served } = shown(() => (
    <>
      {tampered.map((_, i) => <Counter key={i} id={`bad${i}`} says="bad" />)}
      <Counter id="good" says="good" />
    </>
  ));
  await using server = serve(served);
  // As soon as they are there, and before any script of the page has run.
  await page.addInitScript((tampered) => {
    const left = [...tampered];
    new MutationObserver((records) => {
      for (const { addedNodes } of records) {
        for (const node of addedNodes) {
          if (!(node instanceof Element) || node.localName !== "argyle-island" || left.length === 0) continue;
          node.setAttribute("data-argyle-props", left.shift()!);
        }
      }
    }).observe(document, { childList: true, subtree: true });
  }, tampered);
  await open(page, server.url);
  await count(page, "good", 1);
  assert.ok(await page.evaluate(() => Object.keys(Object.prototype).length === 0));
  assertQuiet(page, { except });
});

browse(
  "island: a module that is not there any more has the page loaded again, once; what the server has written stays",
  async ({ page }) => {
    const { served } = shown(() => (
      <>
        <Later says="gone" />
        <Counter id="a" says="one" />
      </>
    ));
    await using server = serve(served);
    const failed = await listen(page);
    const gone = islands.files.get("later.js")!;
    islands.files.delete("later.js");
    try {
      await page.setViewportSize({ width: 2100, height: 500 });
      await open(page, server.url);
      await page.waitForFunction(() =>
        (globalThis as unknown as { failed: string[] }).failed.length === 1 &&
        performance.getEntriesByType("navigation").some((entry) =>
          (entry as PerformanceNavigationTiming).type === "reload"
        )
      );
      await count(page, "a", 1);
      assert.equal(await page.locator(".later").textContent(), "gone");
      assert.equal(server.requests.filter((request) => request === "GET /").length, 2);
      assert.match((await failed())[0]!, /^later: /);
      assert.ok(noise(page).some((line) => /Cannot bring the island later to life/.test(line)));
      // Where it is there again, it may be missed once more.
      islands.files.set("later.js", gone);
      await page.reload();
      await says(page, ".later", "gone (alive)");
      assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    } finally {
      islands.files.set("later.js", gone);
    }
  },
);

browse(
  "island: a module that was asked for while the network was away is asked for again when that is back",
  async ({ page, context }) => {
    const chart = { at: new Date(0), names: new Map(), big: 1n };
    const below = (values: number[]) => () => (
      <>
        <div style="height:4000px" />
        <Chart {...chart} values={values} />
      </>
    );
    const { served, show } = shown(below([1]));
    await using server = serve(served);
    const failed = await listen(page);
    await open(page, server.url);
    await show(page, below([2]));
    await context.setOffline(true);
    await page.locator("#chart").scrollIntoViewIfNeeded();
    await page.waitForFunction(() => (globalThis as unknown as { failed: string[] }).failed.length === 1);
    // Nothing says that the page was loaded again: it may be when the module is not there any more.
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await context.setOffline(false);
    await says(page, "#chart b", "2");
    await page.locator("#zoom").click();
    await says(page, "#chart b", "4");
    assert.equal((await failed()).length, 1);
    assert.equal(server.requests.filter((request) => request === "GET /").length, 1);
    assertQuiet(page, { except: [...except, /ERR_INTERNET_DISCONNECTED/] });
  },
);

browse(
  "island: another name on the same element, as another build has it, is another module",
  async ({ page }) => {
    const { served, show } = shown(() => <Counter id="a" says="one" />);
    await using server = serve(served);
    await open(page, server.url);
    await count(page, "a", 1);
    islands.rename("-2");
    try {
      await show(page, () => <Counter id="a" says="two" />);
      await page.waitForFunction(() => globalThis.told?.length === 3);
      assert.deepEqual(await seen(page), ["a came", "a went", "a came"]);
      await says(page, "#a label", "two");
      assert.equal(await page.locator("#a").count(), 1);
    } finally {
      islands.rename("");
    }
    assertQuiet(page);
  },
);

browse(
  "setProps: gives a living island other props, and one that waits; what the server says next counts",
  async ({ page }) => {
    const both = (says: string) => () => (
      <>
        <Counter id="a" says={says} />
        <div id="box">
          <Later says={says} />
        </div>
      </>
    );
    const { served, show, broadcast } = shown(both("one"));
    await using server = serve(served);
    await open(page, server.url);
    await count(page, "a", 1);
    await broadcast(
      ops().setProps<{ says: string }>("#a", { says: "given" }).setProps("#box", { says: "later" }),
    );
    await says(page, "#a label", "given");
    await says(page, "#a .count", 1);
    await says(page, ".later", "later (alive)");
    await show(page, both("one")); // the same to the server: it sends none
    assert.equal(await page.locator("#a label").textContent(), "given");
    await show(page, both("two"));
    await says(page, "#a label", "two");
    await says(page, ".later", "two (alive)");
    assert.deepEqual(await seen(page), ["a came"]);
    assertQuiet(page);
  },
);

browse(
  "setProps: what it has given stays when the page shows something in the island, and when one that waits is moved",
  async ({ page }) => {
    const chart = { at: new Date(0), names: new Map(), big: 1n };
    const all = (values: number[], keys: string[], more?: Html) => () => (
      <>
        <Counter id="a" says="one">{more}</Counter>
        <div style="height:4000px" />
        <ul>
          {keys.map((key) => <li key={key}>{key === "chart" && <Chart {...chart} values={values} />}</li>)}
        </ul>
      </>
    );
    const { served, show, broadcast } = shown(all([1], ["chart", "other"]));
    await using server = serve(served);
    await open(page, server.url);
    await count(page, "a", 1);
    await show(page, all([2], ["chart", "other"]));
    await broadcast(ops().setProps("#a", { says: "given" }).setProps("#chart", { values: [3] }));
    await says(page, "#a label", "given");
    await show(page, all([2], ["other", "chart"], <p id="more">More</p>));
    await page.locator("#a #more").waitFor();
    assert.equal(await page.locator("#a label").textContent(), "given");
    await page.locator("#chart").scrollIntoViewIfNeeded();
    await says(page, "#chart b", "3");
    assertQuiet(page);
  },
);
