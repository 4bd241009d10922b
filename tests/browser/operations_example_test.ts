import assert from "node:assert/strict";
import operations from "../../examples/operations/main.tsx";
import { groups } from "../../examples/operations/entries.tsx";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { online, open, says, serve } from "./serve.ts";

const press = (page: Page, name: string) => page.locator(`#${name} h3 button`).click();

/** Waits until something is so in the page. */
const holds = (page: Page, what: () => unknown) => page.waitForFunction(what);

/** What each button has done, as the page sees it. Those that lead away are tried apart. */
const done: Record<string, () => unknown> = {
  append: () => document.querySelector("#append ul")?.textContent === "A cupA kettle",
  prepend: () => document.querySelector("#prepend ul")?.textContent === "A kettleA cup",
  insertAdjacentHtml: () => document.querySelector("#beside + hr"),
  insertAdjacentText: () => document.querySelector("#with-text")?.textContent === "A box <b>of tea</b>",
  innerHtml: () => document.querySelector("#inner b")?.textContent === "teapot",
  outerHtml: () => document.querySelector("#outer.new")?.textContent === "Another box",
  replace: () => document.querySelector("#replaced.new")?.textContent === "Another box",
  morph: () => document.querySelector<HTMLInputElement>("#morphed.new #typed")?.value === "typed before",
  textContent: () => document.querySelector("#text")?.textContent === "<b> is no markup here",
  graft: () => document.querySelector("#new-home > #grafted"),
  remove: () => !document.querySelector("#removed"),
  addCssClass: () => document.querySelector("#classy.lit"),
  removeCssClass: () => document.querySelectorAll("#removeCssClass .box:not(.lit)").length === 2,
  setAttribute: () => document.querySelector<HTMLProgressElement>("#progress")?.value === 80,
  removeAttribute: () => !document.querySelector<HTMLButtonElement>("#disabled")?.disabled,
  setDatasetProperty: () => document.querySelector<HTMLElement>("#dataset")?.dataset.teaMood === "calm",
  setProperty: () => document.querySelector<HTMLDetailsElement>("#details")?.open,
  setStyle: () => document.querySelector<HTMLElement>("#bar")?.style.width === "75%",
  setStyles: () => document.querySelector<HTMLElement>("#styled")?.style.rotate === "-2deg",
  setValue: () => document.querySelector<HTMLInputElement>("#field")?.value === "Earl Grey",
  setFocus: () => document.activeElement?.id === "focused",
  scrollIntoView: () => document.querySelector(".window")!.scrollTop > 100,
  dispatchEvent: () => document.querySelector("#listener")?.textContent === "Tea is ready: 2 cups",
  perform: () => document.querySelector<HTMLElement>("#wobbles")?.dataset.wobbled === "3",
  setTitle: () => document.title === "Tea is ready",
  setMeta: () => document.querySelector<HTMLMetaElement>("meta[name=theme-color]")?.content === "#5b3fd6",
  pushState: () => location.search === "?cups=2",
  replaceState: () => location.search === "?cups=3",
  setStorageItem: () => localStorage.getItem("tea") === "Assam",
  removeStorageItem: () => localStorage.getItem("tea") === null,
  clearStorage: () => sessionStorage.length === 0,
  setCookie: () => document.cookie.includes("tea=Assam"),
  consoleLog: () => true,
  consoleTable: () => true,
  // It was asked for; the browser from npm says no by itself.
  notification: () => Notification.permission !== "default",
  delay: () => document.querySelector("#count")?.textContent === "Now",
  batch: () => document.querySelector("#batches")?.textContent === "The batch “tea” is done",
  xpath: () => document.querySelector("#xpath .lit"),
  focusSelector: () =>
    document.activeElement?.id === "second" &&
    document.querySelector<HTMLInputElement>("#first")?.value === "Milk",
  missing: () => document.querySelector("#missed")?.textContent === "There is no #nowhere",
  cancel: () => document.querySelector("#guarded")?.textContent === "Guarded: it stays",
};

const leading = ["go", "redirectTo", "reload"];

browse(
  "operations: each button does what it says, and the next render puts right what was changed",
  async ({ page }) => {
    await using server = serve(operations());
    const said: string[] = [];
    page.on("console", (message) => said.push(`${message.type()} ${message.text()}`));
    await open(page, server.url);
    const names = groups.flatMap(({ entries }) => entries.map(({ name }) => name));
    assert.deepEqual(names.toSorted(), [...Object.keys(done), ...leading].toSorted());
    await page.locator("#typed").fill("typed before");
    await page.evaluate(() => sessionStorage.setItem("kept", "1"));
    for (const [name, what] of Object.entries(done)) {
      await press(page, name);
      await holds(page, what);
    }
    assert.ok(said.includes("warning The kettle boils"), said.join("\n"));
    assert.ok(said.some((line) => line.startsWith("table")), said.join("\n"));
    await page.getByText("Render the page").click();
    await says(page, "#inner", "A box");
    for (
      const [selector, text] of [["#outer", "A box"], ["#text", "A box"], ["#removed", "A box"], [
        "#graft .stage > #grafted",
        "A box",
      ], ["#append ul", "A cupA kettle"]] as const
    ) {
      await says(page, selector, text);
    }
    assert.equal(await page.locator("#progress").getAttribute("value"), "20");
    await press(page, "reload");
    await page.waitForEvent("load");
    await online(page);
    await says(page, "#append ul", "A cup");
    await press(page, "pushState");
    await holds(page, done["pushState"]!);
    await press(page, "go");
    await holds(page, () => location.search !== "?cups=2");
    await press(page, "redirectTo");
    await says(page, "h1", "Elsewhere");
    await page.getByText("Back to the operations").click();
    await online(page);
    assertQuiet(page);
  },
  { context: { permissions: ["notifications"] }, timeout: 60_000 },
);

browse(
  "operations: done to one tab, to all tabs of a person, to everybody",
  async ({ page, newPage, newVisitor }) => {
    await using server = serve(operations());
    const tab = await newPage(), { page: bob } = await newVisitor();
    const pages = [page, tab, bob];
    await Promise.all(pages.map((page) => open(page, server.url)));
    const kettles = () =>
      Promise.all(pages.map((page) => page.locator("#append li", { hasText: "A kettle" }).count()));
    await press(page, "append");
    await page.locator("#append li:nth-child(2)").waitFor();
    assert.deepEqual(await kettles(), [1, 0, 0]);
    await page.getByLabel("all my tabs").check();
    await press(page, "append");
    await tab.locator("#append li:nth-child(2)").waitFor();
    await page.locator("#append li:nth-child(3)").waitFor();
    assert.deepEqual(await kettles(), [2, 1, 0]);
    await bob.getByLabel("everybody here").check();
    await press(bob, "append");
    await page.locator("#append li:nth-child(4)").waitFor();
    await tab.locator("#append li:nth-child(3)").waitFor();
    await bob.locator("#append li:nth-child(2)").waitFor();
    assert.deepEqual(await kettles(), [3, 2, 1]);
    for (const page of pages) assertQuiet(page);
  },
);
