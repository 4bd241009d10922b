import assert from "node:assert/strict";
import type { DoOperation } from "@argyle/argyle/protocol";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { byHand } from "./frames.ts";
import { errors, openPerforming, perform, type Performing, performing } from "./performing.tsx";
import { says, serve } from "./serve.ts";

declare const globalThis: Performing & typeof window;

/** Operations that change elements: what is in `#place` before, what is done, and what is there then. */
const changes: [
  before: string,
  operation: DoOperation[1],
  target: string,
  detail: DoOperation[3],
  after: string,
][] = [
  [
    "<ul id=x><li>1</ul>",
    "append",
    "#x",
    { html: "<li>2</li>tail" },
    `<ul id="x"><li>1</li><li>2</li>tail</ul>`,
  ],
  [
    "<table><tbody id=x></table>",
    "append",
    "#x",
    { html: "<tr><td>1" },
    `<table><tbody id="x"><tr><td>1</td></tr></tbody></table>`,
  ],
  ["<ul id=x><li>1</ul>", "prepend", "#x", { html: "<li>0</li>" }, `<ul id="x"><li>0</li><li>1</li></ul>`],
  ["<p id=x>1</p>", "innerHtml", "#x", { html: "<b>2</b>3" }, `<p id="x"><b>2</b>3</p>`],
  ["<p id=x>1</p>", "innerHtml", "#x", {}, `<p id="x"></p>`],
  ["<p id=x>1</p>", "outerHtml", "#x", { html: "<b>2</b>3" }, "<b>2</b>3"],
  ["<p id=x>1</p>", "replace", "#x", { html: `<p id="x">2</p>` }, `<p id="x">2</p>`],
  ["<p id=x>1</p>", "insertAdjacentHtml", "#x", { html: "<b>2</b>" }, `<p id="x">1<b>2</b></p>`],
  [
    "<p id=x>1</p>",
    "insertAdjacentHtml",
    "#x",
    { html: "<b>2</b>", position: "beforebegin" },
    `<b>2</b><p id="x">1</p>`,
  ],
  [
    "<p id=x>1</p>",
    "insertAdjacentHtml",
    "#x",
    { html: "<b>2</b>", position: "afterbegin" },
    `<p id="x"><b>2</b>1</p>`,
  ],
  [
    "<p id=x>1</p>",
    "insertAdjacentHtml",
    "#x",
    { html: "<b>2</b>", position: "afterend" },
    `<p id="x">1</p><b>2</b>`,
  ],
  [
    "<table><tr id=x><td>1</table>",
    "insertAdjacentHtml",
    "#x",
    { html: "<tr><td>2", position: "afterend" },
    `<table><tbody><tr id="x"><td>1</td></tr><tr><td>2</td></tr></tbody></table>`,
  ],
  ["<p id=x>1</p>", "insertAdjacentText", "#x", { text: "<b>" }, `<p id="x">1&lt;b&gt;</p>`],
  ["<p id=x>1</p>", "insertAdjacentText", "#x", { text: 2, position: "beforebegin" }, `2<p id="x">1</p>`],
  ["<p id=x><i>1</i></p>", "textContent", "#x", { text: "<b>" }, `<p id="x">&lt;b&gt;</p>`],
  [
    "<p id=x>1</p><div id=y><b>2</b></div>",
    "graft",
    "#x",
    { parent: "#y" },
    `<div id="y"><b>2</b><p id="x">1</p></div>`,
  ],
  [
    "<p id=x class=a><b>1</b></p>",
    "morph",
    "#x",
    { html: ` <p id="x"><b>2</b></p>\n` },
    `<p id="x"><b>2</b></p>`,
  ],
  [
    "<p id=x class=a><b>1</b></p>",
    "morph",
    "#x",
    { html: "<b>2</b>3", childrenOnly: true },
    `<p id="x" class="a"><b>2</b>3</p>`,
  ],
  ["<p class=a>1</p>", "morph", "#place .a", { html: `<p class="b">2</p>` }, `<p class="b">2</p>`],
  ["<p id=x>1</p>2", "remove", "#x", undefined, "2"],
  ["<p id=x>1</p>", "addCssClass", "#x", { name: "a" }, `<p id="x" class="a">1</p>`],
  ["<p id=x class=a>1</p>", "addCssClass", "#x", { name: ["b", "a"] }, `<p id="x" class="a b">1</p>`],
  ["<p id=x class='a b'>1</p>", "removeCssClass", "#x", { name: "a" }, `<p id="x" class="b">1</p>`],
  ["<p id=x class='a b'>1</p>", "removeCssClass", "#x", { name: ["a", "b"] }, `<p id="x">1</p>`],
  [
    "<p id=x>1</p>",
    "setAttribute",
    "#x",
    { name: "title", value: `"<` },
    `<p id="x" title="&quot;&lt;">1</p>`,
  ],
  ["<p id=x>1</p>", "setAttribute", "#x", { name: "hidden" }, `<p id="x" hidden="">1</p>`],
  ["<p id=x title=a>1</p>", "removeAttribute", "#x", { name: "title" }, `<p id="x">1</p>`],
  [
    "<p id=x>1</p>",
    "setDatasetProperty",
    "#x",
    { name: "unitPrice", value: 5 },
    `<p id="x" data-unit-price="5">1</p>`,
  ],
  ["<p id=x>1</p>", "setProperty", "#x", { name: "hidden", value: true }, `<p id="x" hidden="">1</p>`],
  [
    "<p id=x>1</p>",
    "setStyle",
    "#x",
    { name: "backgroundColor", value: "red" },
    `<p id="x" style="background-color: red;">1</p>`,
  ],
  ["<p id=x style='top: 0'>1</p>", "setStyle", "#x", { name: "top", value: "" }, `<p id="x" style="">1</p>`],
  [
    "<p id=x>1</p>",
    "setStyle",
    "#x",
    { name: "--unitSize", value: "2px" },
    `<p id="x" style="--unitSize: 2px;">1</p>`,
  ],
  [
    "<p id=x>1</p>",
    "setStyles",
    "#x",
    { styles: { color: "red", "margin-top": "1px" } },
    `<p id="x" style="color: red; margin-top: 1px;">1</p>`,
  ],
];

browse("do: operations that change elements do so, each", async ({ page }) => {
  await using server = serve(performing());
  await openPerforming(page, server.url);
  for (const [before, operation, target, detail, after] of changes) {
    await perform(page, ["do", "innerHtml", "#place", { html: before }]);
    await perform(page, detail ? ["do", operation, target, detail] : ["do", operation, target]);
    assert.equal(
      await page.evaluate(() => document.querySelector("#place")!.innerHTML),
      after,
      `${operation} ${before}`,
    );
  }
  assert.deepEqual(await errors(page), []);
  assertQuiet(page);
});

browse(
  "do: setValue and setProperty set what a field holds, and it is the server's word",
  async ({ page }) => {
    await using server = serve(performing());
    const hand = await byHand(page);
    await openPerforming(page, server.url);
    const options = ["a", "b", "c"].map((value) => `<option>${value}</option>`).join("");
    await perform(page, ["do", "innerHtml", "#place", {
      html:
        `<input id="text" value="base"><textarea id="area">base</textarea><select id="one">${options}</select>
      <select id="many" multiple>${options}</select><input type="checkbox" id="check" value="yes">
      <input type="radio" name="r" value="1"><input type="radio" name="r" value="2"><input type="range" id="range">
      <input type="file" id="file"><meter id="meter"></meter>`,
    }]);
    await page.locator("#text").fill("mine");
    await perform(
      page,
      ["do", "setValue", "#text", { value: "theirs" }],
      ["do", "setValue", "#area", { value: "theirs" }],
      ["do", "setValue", "#one", { value: "b" }],
      ["do", "setValue", "#many", { value: ["a", "c"] }],
      ["do", "setValue", "#check", { value: true }],
      ["do", "setValue", "[name=r]", { value: "2", selectAll: true }],
      ["do", "setValue", "#range", { value: 70 }],
      ["do", "setValue", "#meter", { value: 0.5 }],
    );
    const state = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLInputElement & HTMLSelectElement>("#place > *")].map((field) =>
          field.multiple && field.options
            ? [...field.selectedOptions].map(({ value }) => value)
            : /checkbox|radio/.test(field.type)
            ? field.checked
            : field.value
        )
      );
    assert.deepEqual(await state(), ["theirs", "theirs", "b", ["a", "c"], true, false, true, "70", "", 0.5]);
    await perform(
      page,
      ["do", "setValue", "#check", { value: "no" }],
      ["do", "setValue", "#one", { value: null }],
      ["do", "setProperty", "#check", { name: "indeterminate", value: true }],
      ["do", "setProperty", "#area", { name: "value", value: "" }],
      ["do", "setValue", "#file", { value: "x" }],
      ["do", "setValue", "#place", { value: "x" }],
    );
    assert.deepEqual(await state(), ["theirs", "", "", ["a", "c"], false, false, true, "70", "", 0.5]);
    assert.equal(
      await page.evaluate(() => document.querySelector<HTMLInputElement>("#check")!.indeterminate),
      true,
    );
    const [file, place, ...others] = await errors(page);
    assert.match(file!, /^Cannot perform setValue\(#file\): .*filename/);
    assert.equal(place, "Cannot perform setValue(#place): the value is refused.");
    assert.deepEqual(others, []);
    // What it was set to is what the server knows; so what a patch says of it is news, and wins.
    await perform(page, ["do", "setValue", "#field", { value: "set" }]);
    hand.patch(["attributes", "field", { value: "patched" }]);
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>("#field")!.value === "patched");
    assertQuiet(page);
  },
);

browse("do: focus goes where an operation says, and stays where it was else", async ({ page }) => {
  await using server = serve(performing());
  await openPerforming(page, server.url);
  const focused = () => page.evaluate(() => document.activeElement!.id);
  await page.locator("#field").fill("some text");
  await page.evaluate(() => document.querySelector<HTMLInputElement>("#field")!.setSelectionRange(2, 4));
  await perform(
    page,
    ["do", "innerHtml", "#place", { html: `<input id="new" autofocus><a id="link" href="/">x</a>` }],
    ["do", "graft", "#field", { parent: "#place" }],
    ["do", "setAttribute", "#field", { name: "title", value: "moved" }],
  );
  assert.equal(await focused(), "field");
  assert.deepEqual(
    await page.evaluate(() => {
      const { selectionStart, selectionEnd, value } = document.querySelector<HTMLInputElement>("#field")!;
      return [selectionStart, selectionEnd, value];
    }),
    [2, 4, "some text"],
  );
  await perform(page, ["do", "addCssClass", "#place", { name: "a", focusSelector: "#new" }]);
  assert.equal(await focused(), "new");
  await perform(page, ["do", "setFocus", "#link"]);
  assert.equal(await focused(), "link");
  await perform(page, ["do", "setTitle", null, { title: "Focus", focusSelector: "#field" }]);
  assert.equal(await focused(), "field");
  assert.deepEqual(await errors(page), []);
  assertQuiet(page);
});

browse("do: scrollIntoView scrolls, smoothly only for those who want things to move", async ({ page }) => {
  await using server = serve(performing());
  await openPerforming(page, server.url);
  await perform(page, ["do", "innerHtml", "#place", {
    html: `<div style="height: 3000px"></div><p id="x">1</p><div style="height: 3000px"></div>`,
  }]);
  const top = () =>
    page.evaluate(() => Math.round(document.querySelector("#x")!.getBoundingClientRect().top));
  await perform(page, ["do", "scrollIntoView", "#x"]);
  assert.equal(await top(), 0);
  await perform(page, ["do", "scrollIntoView", "#x", { block: "center", inline: "nearest" }]);
  assert.ok(await top() > 100);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await perform(page, ["do", "scrollIntoView", "#x", { behavior: "smooth", block: "start" }]);
  assert.equal(await top(), 0);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  // When the operation has been begun, an instant one has arrived; a smooth one has its way before it.
  await page.evaluate(() =>
    document.addEventListener(
      "argyle:before-scroll-into-view",
      () => queueMicrotask(() => globalThis.heard.push(`${scrollY}`)),
      { once: true },
    )
  );
  const start = await page.evaluate(() => scrollY);
  await page.evaluate(() =>
    void globalThis.perform([["do", "scrollIntoView", "#count", { behavior: "smooth" }]])
  );
  await page.waitForFunction(() =>
    document.querySelector("#count")!.getBoundingClientRect().top < innerHeight
  );
  assert.deepEqual(await page.evaluate(() => globalThis.heard), [`${start}`]);
  await perform(page, ["do", "scrollIntoView", "#x", { behavior: "sideways" }]);
  assert.match((await errors(page)).join(), /^Cannot perform scrollIntoView\(#x\): .*sideways/);
  assertQuiet(page);
});

browse("do: dispatchEvent, setMeta and setTitle", async ({ page }) => {
  await using server = serve(performing());
  await openPerforming(page, server.url);
  await page.evaluate(() =>
    document.addEventListener(
      "cart:changed",
      (event) =>
        globalThis.heard.push(
          `${(event.target as Element).localName} ${JSON.stringify((event as CustomEvent).detail)}`,
        ),
    )
  );
  await perform(
    page,
    ["do", "dispatchEvent", "#place", { name: "cart:changed", detail: { total: 5 } }],
    ["do", "dispatchEvent", null, { name: "cart:changed" }],
    ["do", "setTitle", null, { title: "<b>" }],
    ["do", "setMeta", null, { name: "described", content: "after" }],
    ["do", "setMeta", null, { name: `new"]`, content: "x" }],
    ["do", "setMeta", null, { name: `new"]`, content: "y" }],
  );
  assert.deepEqual(await page.evaluate(() => globalThis.heard), [`div {"total":5}`, "html null"]);
  assert.equal(await page.title(), "<b>");
  assert.deepEqual(
    await page.evaluate(() =>
      [...document.querySelectorAll("meta[name]")].map((
        meta,
      ) => [meta.getAttribute("name"), meta.getAttribute("content")]).slice(-2)
    ),
    [["described", "after"], [`new"]`, "y"]],
  );
  // An offer hears of an event that an operation has dispatched.
  await perform(page, ["do", "dispatchEvent", "#increment", { name: "click" }]);
  await says(page, "#count", 1);
  assertQuiet(page);
});

browse("do: storage and cookies", async ({ page, context }) => {
  await using server = serve(performing());
  await openPerforming(page, server.url);
  const stores = () =>
    page.evaluate(() =>
      [localStorage, sessionStorage].map((store) => Object.entries({ ...store }).join(" "))
    );
  await perform(
    page,
    ["do", "setStorageItem", null, { key: "a", value: 1 }],
    ["do", "setStorageItem", null, { key: "b", value: "2", type: "local" }],
    ["do", "setStorageItem", null, { key: "c", value: "3", type: "session" }],
    ["do", "removeStorageItem", null, { key: "a" }],
    ["do", "setCookie", null, { cookie: "theme=dark; path=/other; max-age=60; samesite=strict" }],
  );
  assert.deepEqual(await stores(), ["b,2", "c,3"]);
  const theme = (await context.cookies(`${server.url}/other`)).find(({ name }) => name === "theme");
  assert.deepEqual([theme?.value, theme?.path, theme?.sameSite], ["dark", "/other", "Strict"]);
  await perform(page, ["do", "clearStorage", null, { type: "session" }]);
  assert.deepEqual(await stores(), ["b,2", ""]);
  await perform(page, ["do", "clearStorage", null]);
  assert.deepEqual(await stores(), ["", ""]);
  assertQuiet(page);
});

browse("do: pushState, replaceState and go walk the page's history", async ({ page }) => {
  await using server = serve(performing());
  await openPerforming(page, server.url);
  const state = () =>
    page.evaluate(() => [location.pathname + location.search, history.state, history.length]);
  const [, , length] = await state() as [string, unknown, number];
  await perform(page, ["do", "pushState", null, { url: "?page=2", state: { at: 2 }, title: "x" }]);
  assert.deepEqual(await state(), ["/?page=2", { at: 2 }, length + 1]);
  await perform(page, ["do", "replaceState", null, { url: "/?page=3" }]);
  assert.deepEqual(await state(), ["/?page=3", {}, length + 1]);
  await perform(page, ["do", "go", null, { delta: -1 }]);
  await page.waitForURL(`${server.url}/`);
  await perform(page, ["do", "go", null, { delta: 1 }]);
  await page.waitForURL(`${server.url}/?page=3`);
  assertQuiet(page);
});

browse("do: redirectTo and reload leave the page", async ({ page }) => {
  await using server = serve(performing());
  await using abroad = serve(performing());
  await openPerforming(page, server.url);
  const length = await page.evaluate(() => history.length);
  const go = (detail: Record<string, string | boolean>) =>
    page.evaluate((detail) => void globalThis.perform([["do", "redirectTo", null, detail]]), detail);
  await go({ url: "other" });
  await page.locator("#other").waitFor();
  assert.equal(await page.evaluate(() => history.length), length + 1);
  await page.goBack();
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  await page.evaluate(() => void globalThis.perform([["do", "reload", null]]));
  await page.waitForFunction(() =>
    performance.getEntriesByType("navigation").some((entry) =>
      (entry as PerformanceNavigationTiming).type === "reload"
    )
  );
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  await go({ url: abroad.url, external: true, action: "replace" });
  await page.waitForURL(`${abroad.url}/`);
  assert.equal(await page.evaluate(() => history.length), length + 1);
});

browse("do: the console and notifications", async ({ page, context }) => {
  await using server = serve(performing());
  await context.grantPermissions(["notifications"], { origin: server.url });
  const lines: string[] = [];
  page.on("console", (message) => lines.push(`${message.type()} ${message.text()} ${message.args().length}`));
  await openPerforming(page, server.url);
  await page.evaluate(() => {
    const { Notification: Real } = globalThis, { table } = console;
    // deno-lint-ignore no-console -- it is what is looked at
    console.table = (...given) => {
      globalThis.heard.push(JSON.stringify(given));
      table(...given);
    };
    globalThis.Notification = class extends Real {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        globalThis.heard.push(`${this.title}: ${this.body}`);
      }
    };
    document.addEventListener(
      "argyle:after-notification",
      (event) => globalThis.heard.push((event as CustomEvent).detail.permission),
    );
  });
  await perform(
    page,
    ["do", "consoleLog", null, { message: "one" }],
    ["do", "consoleLog", null, { message: { two: 2 }, level: "warn" }],
    ["do", "consoleLog", null, { message: "three", level: "nothing" }],
    ["do", "consoleTable", null, { data: [{ a: 1, b: 2 }], columns: ["a"] }],
    ["do", "notification", null, { title: "Hello", options: { body: "World" } }],
  );
  assert.deepEqual(lines, ["log one 1", "warning {two: 2} 1", "table [Object] 1"]);
  assert.deepEqual(await page.evaluate(() => globalThis.heard), [
    `[[{"a":1,"b":2}],["a"]]`,
    "Hello: World",
    "granted",
  ]);
  assert.match((await errors(page)).join(), /^Cannot perform consoleLog\(\): /);
  assertQuiet(page);
});

/** Takes down the events of operations: what, where, and what the first argument says. */
async function hear(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { dispatchEvent } = EventTarget.prototype;
    EventTarget.prototype.dispatchEvent = function (event) {
      if (event.type.startsWith("argyle:")) {
        const where = this === document ? "document" : (this as Element).id;
        globalThis.heard.push(`${event.type.slice(7)} ${where}`);
      }
      return dispatchEvent.call(this, event);
    };
  });
}

async function heard(page: Page): Promise<string[]> {
  return await page.evaluate(() => globalThis.heard.splice(0));
}

const html = () => document.querySelector("#place")!.innerHTML;

browse("do: each tells before and after, from its element, or from the document", async ({ page }) => {
  await using server = serve(performing(`<p id="a">1</p><p id="b">2</p>`));
  await openPerforming(page, server.url);
  await hear(page);
  await perform(
    page,
    ["do", "addCssClass", "#a", { name: "x" }],
    ["do", "addCssClass", "#place p", { name: "x", selectAll: true }],
    ["do", "remove", "#a"],
    ["do", "setTitle", null, { title: "x" }],
    ["do", "insertAdjacentHtml", "#b", { html: "<i>3</i>" }],
  );
  assert.deepEqual(await heard(page), [
    "before-add-css-class a",
    "after-add-css-class a",
    "before-add-css-class a",
    "after-add-css-class a",
    "before-add-css-class b",
    "after-add-css-class b",
    "before-remove a",
    "after-remove document",
    "before-set-title document",
    "after-set-title document",
    "before-insert-adjacent-html b",
    "after-insert-adjacent-html b",
  ]);
  assertQuiet(page);
});

browse("do: a listener gets what is said, and may change or cancel it", async ({ page }) => {
  await using server = serve(performing(`<p id="a">1</p><p id="b">2</p><p id="c">3</p>`));
  await openPerforming(page, server.url);
  await page.evaluate(() => {
    document.addEventListener("argyle:before-inner-html", (event) => {
      const { detail, target } = event as CustomEvent;
      globalThis.heard.push(JSON.stringify(detail));
      if ((target as Element).id === "a") detail.html += "<b>!</b>";
      if ((target as Element).id === "b") event.preventDefault();
      if ((target as Element).id === "c") detail.cancel = true;
    });
    document.addEventListener(
      "argyle:after-inner-html",
      ({ target }) => globalThis.heard.push((target as Element).id),
    );
  });
  await perform(page, ["do", "innerHtml", "#place > p", { html: "new", selectAll: true, why: ["x"] }]);
  assert.equal(await page.evaluate(html), `<p id="a">new<b>!</b></p><p id="b">2</p><p id="c">3</p>`);
  const detail = { operation: "innerHtml", selector: "#place > p", html: "new", selectAll: true, why: ["x"] };
  // What a listener changes for one element is not changed for the next.
  assert.deepEqual(await heard(page), [
    JSON.stringify(detail),
    "a",
    JSON.stringify(detail),
    JSON.stringify(detail),
  ]);
  await perform(page, ["do", "innerHtml", "#b", { html: "new", cancel: true }]);
  assert.equal(await page.locator("#b").textContent(), "2");
  assertQuiet(page);
});

browse("do: targets are the first or all of a selector or an XPath expression", async ({ page }) => {
  await using server = serve(performing(`<p>1</p><p>2</p><p>3</p>`));
  await openPerforming(page, server.url);
  await perform(
    page,
    ["do", "addCssClass", "#place p", { name: "a" }],
    ["do", "addCssClass", "//div[@id='place']/p[position() > 1]", { name: "b", xpath: true }],
    ["do", "addCssClass", "//div[@id='place']/p[position() > 1]", {
      name: "c",
      xpath: true,
      selectAll: true,
    }],
    ["do", "addCssClass", null, { name: "root" }],
  );
  assert.equal(await page.evaluate(html), `<p class="a">1</p><p class="b c">2</p><p class="c">3</p>`);
  assert.equal(await page.evaluate(() => document.documentElement.className), "root");
  // One that goes with another is not found a second time.
  await perform(page, ["do", "remove", "//div[@id='place']/p", { xpath: true, selectAll: true }]);
  assert.equal(await page.evaluate(html), "");
  assert.deepEqual(await errors(page), []);
  assertQuiet(page);
});

browse("do: a delay is waited for; a batch is complete when the last of it is done", async ({ page }) => {
  await page.clock.install({ time: 0 });
  await using server = serve(performing(`<p id="a">1</p>`));
  await openPerforming(page, server.url);
  await page.clock.pauseAt(60_000);
  await hear(page);
  await page.evaluate(() => {
    document.addEventListener(
      "argyle:batch-complete",
      (event) => globalThis.heard.push((event as CustomEvent).detail.batch),
    );
    globalThis.perform([
      ["do", "addCssClass", "#a", { name: "x", batch: "one" }],
      ["do", "addCssClass", "#later", { name: "x", batch: "one", delay: 5000 }],
      ["do", "removeCssClass", "#a", { name: "x", batch: "two" }],
      ["do", "removeCssClass", "#a", { name: "x", batch: "two", cancel: true }],
      ["do", "append", "#place", { html: "<p id=later>", delay: 4000 }],
    ]).then(() => globalThis.heard.push("done"));
  });
  await page.waitForFunction(() => globalThis.heard.includes("two"));
  assert.deepEqual(await heard(page), [
    "before-add-css-class a",
    "after-add-css-class a",
    "before-remove-css-class a",
    "after-remove-css-class a",
    "before-remove-css-class a",
    "batch-complete document",
    "two",
  ]);
  await page.clock.runFor(3999);
  assert.deepEqual(await heard(page), []);
  await page.clock.runFor(1);
  assert.deepEqual(await heard(page), ["before-append place", "after-append place"]);
  // What is not there yet when it comes is there when it is done.
  await page.clock.runFor(1000);
  assert.deepEqual(await heard(page), [
    "before-add-css-class later",
    "after-add-css-class later",
    "batch-complete document",
    "one",
    "done",
  ]);
  assertQuiet(page);
});

browse("do: a missing element is warned of, ignored, told, or the end of the list", async ({ page }) => {
  await using server = serve(performing(`<p id="a">1</p>`));
  const lines: string[] = [];
  page.on("console", (message) => message.type() === "warning" && lines.push(message.text()));
  await openPerforming(page, server.url);
  await page.evaluate(() =>
    document.addEventListener(
      "argyle:missing-element",
      (event) => globalThis.heard.push(JSON.stringify((event as CustomEvent).detail)),
    )
  );
  await perform(
    page,
    ["do", "remove", "#gone"],
    ["do", "remove", "#gone", { missing: "ignore", selectAll: true }],
    ["do", "remove", "//gone", { missing: "event", xpath: true, batch: "b" }],
    ["do", "addCssClass", "#a", { name: "before" }],
    ["do", "remove", "#gone", { missing: "exception" }],
    ["do", "addCssClass", "#a", { name: "after" }],
  );
  assert.deepEqual(lines, ["Cannot perform remove(#gone): a missing element"]);
  assert.deepEqual(await heard(page), [`{"operation":"remove","selector":"//gone"}`]);
  assert.deepEqual(await errors(page), ["Cannot perform remove(#gone): a missing element is refused."]);
  assert.equal(await page.evaluate(html), `<p id="a" class="before">1</p>`);
  // The next list is another one.
  await perform(page, ["do", "addCssClass", "#a", { name: "next" }]);
  assert.equal(await page.evaluate(html), `<p id="a" class="before next">1</p>`);
  assertQuiet(page);
});

browse("do: what cannot be done is reported, and the others go on", async ({ page }) => {
  await using server = serve(performing(`<p id="a" title="t">1</p><template id="t"></template>`));
  const hand = await byHand(page);
  await openPerforming(page, server.url);
  const bad: [DoOperation, RegExp][] = [
    [["do", "frobnicate", "#a", {}], /frobnicate\(#a\): the name is refused/],
    [["do", "constructor", "#a", {}], /the name/],
    [["do", "__proto__", "#a", {}], /the name/],
    [["do", "addCssClass", "#[", { name: "x" }], /addCssClass\(#\[\): .*not a valid selector/],
    [["do", "addCssClass", "//[", { name: "x", xpath: true }], /addCssClass\(\/\/\[\): .*not a valid XPath/],
    [["do", "addCssClass", "//div[@id='place']/p/text()", { name: "x", xpath: true }], /addCssClass/],
    [["do", "addCssClass", "#a", { name: "" }], /addCssClass\(#a\): .*empty/],
    [["do", "innerHtml", "#a", { html: ["x"] }], /an object is refused/],
    [["do", "insertAdjacentHtml", "#a", { html: "x", position: "middle" }], /the place is refused/],
    [["do", "insertAdjacentHtml", "body", { html: "x", position: "afterend" }], /the place is refused/],
    [["do", "outerHtml", "html", { html: "x" }], /the place/],
    [["do", "innerHtml", "html", { html: "x" }], /the place/],
    [["do", "textContent", null, { text: "x" }], /the place/],
    [["do", "remove", "head"], /the place/],
    [["do", "append", "#t", { html: "x" }], /the place/],
    [["do", "graft", "#a", { parent: "#gone" }], /the place/],
    [["do", "graft", "#place", { parent: "#a" }], /graft\(#place\): .*contains the parent/],
    [["do", "graft", "body", { parent: "#a" }], /the place/],
    [["do", "morph", "#a", { html: "<p>x</p>" }], /the markup is refused/],
    [["do", "morph", "#a", { html: `<p id="a">x</p><p>y</p>` }], /the markup/],
    [["do", "setProperty", "#a", { name: "nothing", value: 1 }], /the property nothing/],
    [["do", "setProperty", "#a", { name: "remove", value: 1 }], /the property remove/],
    [["do", "go", null, {}], /go\(\): the place is refused/],
    [
      ["do", "notification", null, { title: "x", options: { actions: [{ action: "a", title: "b" }] } }],
      /notification\(\)/,
    ],
    [["do", "addCssClass", "#a", { name: "x", focusSelector: "#[" }], /not a valid selector/],
  ];
  await page.context().grantPermissions(["notifications"], { origin: server.url });
  for (const [operation, message] of bad) {
    const before = await page.evaluate(() => document.documentElement.outerHTML);
    await perform(page, operation, ["do", "setAttribute", "#a", { name: "title", value: operation[1] }]);
    const said = await errors(page);
    assert.equal(said.length, 1, `${operation} ${said}`);
    assert.match(said[0]!, message);
    assert.equal(await page.locator("#a").getAttribute("title"), operation[1]);
    if (operation[3]?.["focusSelector"]) continue; // it was done
    await perform(page, ["do", "setAttribute", "#a", { name: "title", value: "t" }]);
    assert.equal(
      await page.evaluate(() => document.documentElement.outerHTML),
      before.replace(/title="[^"]*">1/, `title="t">1`),
      operation.join(),
    );
  }
  // By the wire as well; and the page's line is as it was.
  hand.patch(...bad.slice(0, 4).map(([operation]) => operation), ["text", "count", "7"], [
    "do",
    "addCssClass",
    "#a",
    { name: "done" },
  ]);
  await page.locator("#a.done").waitFor();
  await says(page, "#count", 7);
  assert.equal((await errors(page)).length, 4);
  hand.patch(["text", "count", "8"]);
  await says(page, "#count", 8);
  assert.deepEqual(server.requests.filter((request) => request === "GET /"), ["GET /"]);
  assertQuiet(page);
});

browse("do: those of a patch stand behind what else it holds, and in their order", async ({ page }) => {
  await using server = serve(performing(`<p id="a">1</p>`));
  const hand = await byHand(page);
  await openPerforming(page, server.url);
  hand.patch(
    ["do", "append", "#count", { html: "<b>!</b>" }],
    ["text", "count", "5"],
    ["do", "append", "#count", { html: "<i>?</i>" }],
    ["do", "graft", "#count", { parent: "#place" }],
  );
  hand.patch(["do", "setTitle", null, { title: "Second" }]);
  await page.waitForFunction(() => document.title === "Second");
  assert.equal(await page.evaluate(html), `<p id="a">1</p><output id="count">5<b>!</b><i>?</i></output>`);
  assertQuiet(page);
});

browse("operation: the page's own are performed like the others", async ({ page }) => {
  await using server = serve(performing(`<p id="a">1</p>`));
  await openPerforming(page, server.url);
  await hear(page);
  await page.evaluate(() => {
    const { operation, heard } = globalThis;
    operation("chime_2", (element, detail) => heard.push(`${element.localName} ${JSON.stringify(detail)}`));
    operation("fails", () => {
      throw new RangeError("for a reason");
    });
    for (const name of ["append", "setStyles", "chime_2", "no name", "", "__proto__!"]) {
      try {
        operation(name, () => {});
        heard.push(`${name} was taken`);
      } catch (error) {
        heard.push((error as Error).name + " " + (error as Error).message);
      }
    }
  });
  assert.deepEqual(await heard(page), [
    "TypeError Cannot add the operation append: the name is taken.",
    "TypeError Cannot add the operation setStyles: the name is taken.",
    "TypeError Cannot add the operation chime_2: the name is taken.",
    `TypeError Cannot name an operation "no name".`,
    `TypeError Cannot name an operation "".`,
    `TypeError Cannot name an operation "__proto__!".`,
  ]);
  await perform(
    page,
    ["do", "chime_2", null, { volume: 0.2 }],
    ["do", "chime_2", "#a", { selector: "own" }],
    ["do", "fails", "#a"],
  );
  assert.deepEqual(await heard(page), [
    "before-chime_2 document",
    `html {"operation":"chime_2","selector":null,"volume":0.2}`,
    "after-chime_2 document",
    "before-chime_2 a",
    `p {"operation":"chime_2","selector":"own"}`,
    "after-chime_2 a",
    "before-fails a",
  ]);
  assert.deepEqual(await errors(page), ["Cannot perform fails(#a): for a reason"]);
  assertQuiet(page);
});

browse("operation: one that takes time is done when it says so, and others do not wait", async ({ page }) => {
  await using server = serve(performing(`<p id="a">1</p>`));
  await openPerforming(page, server.url);
  await hear(page);
  await page.evaluate(() => {
    const { operation, heard, perform } = globalThis;
    const fade = Promise.withResolvers<void>();
    operation("fade", () => fade.promise);
    operation("fails", () => Promise.reject(new RangeError("for a reason")));
    document.querySelector("#increment")!.addEventListener("own", () => fade.resolve());
    perform([["do", "fade", "#a", { batch: "b" }], ["do", "fails", "#a"], ["do", "addCssClass", "#a", {
      name: "x",
    }]])
      .then(() => heard.push("done"));
  });
  await page.locator("#a.x").waitFor();
  assert.deepEqual(await heard(page), [
    "before-fade a",
    "before-fails a",
    "before-add-css-class a",
    "after-add-css-class a",
  ]);
  assert.deepEqual(await errors(page), ["Cannot perform fails(#a): for a reason"]);
  await perform(page, ["do", "dispatchEvent", "#increment", { name: "own" }]);
  assert.deepEqual((await heard(page)).slice(2), ["after-fade a", "batch-complete document", "done"]);
  assertQuiet(page);
});

browse("perform: takes a list of operations, and nothing else", async ({ page }) => {
  await using server = serve(performing());
  await openPerforming(page, server.url);
  const strange: unknown[] = [
    null,
    {},
    "[]",
    [null],
    ["do"],
    [["do"]],
    [["do", 1, null]],
    [["do", "reload"]],
    [["do", "reload", 1]],
    [["do", "reload", null, null]],
    [["do", "reload", null, []]],
    [["do", "reload", null, {}, {}]],
    [["text", "count", "1"]],
    [["do", "setTitle", null, { title: "x" }], ["remove", "count"]],
  ];
  for (const list of strange) {
    const said = await page.evaluate(
      (json) => globalThis.perform(JSON.parse(json)).then(() => "performed", (error) => `${error}`),
      JSON.stringify(list),
    );
    assert.equal(said, "TypeError: Cannot perform what is no list of operations.", JSON.stringify(list));
  }
  assert.equal(await page.title(), "Performing");
  // The script for it comes with the first that is to be performed.
  const loaded = () =>
    page.evaluate(() =>
      performance.getEntriesByType("resource").filter(({ name }) => /\/operations-\w+\.js$/.test(name)).length
    );
  assert.equal(await loaded(), 0);
  await perform(page, ["do", "setTitle", null, { title: "x" }]);
  await perform(page, ["do", "setTitle", null, { title: "y" }]);
  assert.deepEqual([await loaded(), await page.title()], [1, "y"]);
  assertQuiet(page);
});

browse("do: offers in what operations put in work, and fields keep what was written", async ({ page }) => {
  await using server = serve(performing());
  await openPerforming(page, server.url);
  await page.locator("#field").fill("mine");
  await perform(
    page,
    ["do", "append", "#place", { html: `<form id="f"><input name="append"><input name="remove"></form>` }],
    ["do", "graft", "#increment", { parent: "#plain" }],
    ["do", "append", "#plain", {
      html: `<button id="more" data-reflex="click->Counter#increment">+</button>`,
    }],
    // A form whose fields are named like its members.
    ["do", "append", "#f", { html: "<i>1</i>" }],
    ["do", "graft", "#field", { parent: "#f" }],
    ["do", "setAttribute", "#field", { name: "value", value: "theirs" }],
  );
  await page.locator("#increment").click();
  await says(page, "#count", 1);
  await page.locator("#more").click();
  await says(page, "#count", 2);
  assert.equal(await page.locator("#field").inputValue(), "mine");
  await perform(page, ["do", "remove", "#f"]);
  assert.equal(await page.locator("#f").count(), 0);
  assert.deepEqual(await errors(page), []);
  assertQuiet(page);
});

browse(
  "do: fields and images named like members of a form or the document stand in no way",
  async ({ page }) => {
    await using server = serve(performing());
    await openPerforming(page, server.url);
    const fields = await page.evaluate(() => {
      const names = new Set<string>();
      for (const name in document.createElement("form")) names.add(name);
      return [...names].map((name) => `<input name="${name}">`).join("");
    });
    const images = await page.evaluate(() => {
      const names: string[] = [];
      for (const name in document) if (name !== "location") names.push(name);
      return names.map((name) => `<img name="${name}" alt="">`).join("");
    });
    await perform(
      page,
      ["do", "innerHtml", "#place", { html: `<form id="x" class="a">${fields}</form>` }],
      ["do", "append", "#plain", { html: images }],
    );
    assert.equal(await page.evaluate(() => typeof document.querySelector), "object");
    await perform(
      page,
      ["do", "prepend", "#x", { html: "<i>1</i>" }],
      ["do", "append", "#x", { html: `<i>2</i><input name="childNodes">` }],
      ["do", "append", "#x", { html: "<i>3</i>" }],
      ["do", "insertAdjacentHtml", "#x", { html: "<i>0</i>", position: "beforebegin" }],
      ["do", "insertAdjacentText", "#x", { text: "4", position: "afterend" }],
      ["do", "addCssClass", "#x", { name: "b" }],
      ["do", "removeCssClass", "#x", { name: "a" }],
      ["do", "setAttribute", "#x", { name: "title", value: "t" }],
      ["do", "setDatasetProperty", "#x", { name: "some", value: "t" }],
      ["do", "removeAttribute", "#x", { name: "data-some" }],
      ["do", "setStyle", "#x", { name: "color", value: "red" }],
      ["do", "scrollIntoView", "#x"],
      ["do", "dispatchEvent", "#x", { name: "own" }],
      ["do", "setFocus", "#x", { focusSelector: "[name=id]" }],
      ["do", "addCssClass", "//form[@id='x']", { name: "c", xpath: true }],
      ["do", "setTitle", null, { title: "t" }],
      ["do", "setMeta", null, { name: "m", content: "t" }],
      ["do", "setCookie", null, { cookie: "a=b" }],
    );
    assert.deepEqual(await errors(page), []);
    const html = await page.evaluate(() => {
      const place = Document.prototype.getElementById.call(document, "place")!;
      return [place.innerHTML, Reflect.get(Document.prototype, "cookie", document)];
    });
    assert.equal(
      html[0]!.replace(/<input[^>]*>/g, ""),
      `<i>0</i><form id="x" class="b c" title="t" style="color: red;"><i>1</i><i>2</i><i>3</i></form>4`,
    );
    assert.match(html[1]!, /a=b/);
    assert.equal(await page.evaluate(() => Reflect.get(Document.prototype, "title", document)), "t");
    await perform(page, ["do", "graft", "#x", { parent: "#plain" }], ["do", "outerHtml", "#x", {
      html: "<b>x</b>",
    }]);
    await perform(page, ["do", "innerHtml", "#plain", { html: "" }]);
    assert.deepEqual(await errors(page), []);
    assertQuiet(page);
  },
);
