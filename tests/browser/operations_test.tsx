import assert from "node:assert/strict";
import { App, raw } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { type ByHand, byHand } from "./frames.ts";
import { drawn, open, serve } from "./serve.ts";

function pageOf(html: string): App {
  const app = new App({ log: new MemoryLog() });
  app.page("/", () => <main id="main" dangerouslySetInnerHTML={raw(html)} />);
  return app;
}

const row = (n: number | string) => `<tr id="row-${n}"><td>${n}</td><td class="qty">0</td></tr>`;
const table = `<table><tbody id="rows">${
  Array.from({ length: 1000 }, (_, n) => row(n)).join("")
}</tbody></table>`;

let patches = 0;

/** Applies a patch, and waits until the page has. */
async function patch(page: Page, hand: ByHand, ...operations: unknown[]): Promise<void> {
  patches += 1;
  hand.patch(...operations, ["head", `<title>${patches}</title>`]);
  await page.waitForFunction((title) => document.title === title, `${patches}`);
}

/** What a patch did to the body: one line for each mutation record. All other nodes are the same. */
async function mutations(page: Page, hand: ByHand, ...operations: unknown[]): Promise<string[]> {
  await page.evaluate(() => {
    const nameOf = (node: Node) => node instanceof Element ? node.id || node.localName : node.nodeName;
    const lines: string[] = [], nodes = new Set<Node>(document.querySelectorAll("body *"));
    const observer = new MutationObserver((records) => {
      for (const { type, target, addedNodes, removedNodes, attributeName } of records) {
        const added = [...addedNodes].map((node) => `+${nameOf(node)}`);
        const removed = [...removedNodes].map((node) => `-${nameOf(node)}`);
        lines.push(
          [type, nameOf(target), ...attributeName ? [attributeName] : [], ...added, ...removed].join(" "),
        );
      }
    });
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
      attributeOldValue: true,
    });
    Object.assign(globalThis, { lines, nodes });
  });
  await patch(page, hand, ...operations);
  return await page.evaluate(() => {
    const { lines, nodes } = globalThis as unknown as { lines: string[]; nodes: Set<Node> };
    const now = new Set<Node>(document.querySelectorAll("body *"));
    const came = now.difference(nodes).size, went = nodes.difference(now).size;
    return [...lines, `${came} came, ${went} went`];
  });
}

browse("operations: each touches in the page what it says, and nothing else", async ({ page }) => {
  await using server = serve(pageOf(table));
  const hand = await byHand(page);
  await open(page, server.url);
  const done = (...operations: unknown[]) => mutations(page, hand, ...operations);
  assert.deepEqual(await done(["text", ["row-500", 1], "18"]), ["characterData #text", "0 came, 0 went"]);
  assert.deepEqual(await done(["attributes", "row-7", { class: "c", title: null }]), [
    "attributes row-7 class",
    "0 came, 0 went",
  ]);
  assert.deepEqual(await done(["attributes", "row-7", { class: "c" }]), ["0 came, 0 went"]);
  assert.deepEqual(await done(["before", "row-0", row("new")]), [
    "childList rows +row-new",
    "3 came, 0 went",
  ]);
  assert.deepEqual(await done(["after", "row-999", row("last")]), [
    "childList rows +row-last",
    "3 came, 0 went",
  ]);
  assert.deepEqual(await done(["remove", "row-new", ["row-999", -1, 1001]]), [
    "childList rows -row-new",
    "childList rows -row-last",
    "0 came, 6 went",
  ]);
  assert.deepEqual(await done(["order", "row-10", [1, 900, 0, 1]]), [
    "childList rows -row-10",
    "childList rows +row-10",
    "0 came, 0 went",
  ]);
  assert.deepEqual(await done(["order", "row-0", [997, 1, 1, 996, 0, 1]]), [
    "childList rows -row-0",
    "childList rows +row-0",
    "childList rows -row-997",
    "childList rows +row-997",
    "0 came, 0 went",
  ]);
  const reversal = await done(["order", "row-997", [999, -1000]]);
  assert.equal(reversal.length, 2 * 999 + 1);
  assert.equal(await page.locator("#rows tr").first().getAttribute("id"), "row-999");
  assertQuiet(page);
});

const item = (key: string) =>
  `<li data-k="${key}"><input aria-label="${key}"><details><summary>${key}</summary></details>` +
  `<iframe title="${key}"></iframe><div class="scroll" style="height: 20px; overflow: auto">` +
  `<div style="height: 900px">${key}</div></div></li>`;

browse(
  "operations: what somebody has typed, focused, opened, scrolled and started is kept",
  async ({ page }) => {
    await using server = serve(pageOf(`<ul id="list">${["a", "b", "c", "d"].map(item).join("")}</ul>`));
    const hand = await byHand(page);
    await open(page, server.url);
    await page.evaluate(() => {
      for (const item of document.querySelectorAll("li")) {
        item.querySelector("iframe")!.contentDocument!.title = item.dataset.k!;
        item.querySelector("details")!.open = true;
        item.querySelector(".scroll")!.scrollTop = 120;
        item.querySelector("input")!.value = `typed in ${item.dataset.k}`;
      }
      const input = document.querySelector<HTMLInputElement>("[data-k=b] input")!;
      input.focus();
      input.setSelectionRange(1, 5, "backward");
    });
    await drawn(page);
    const look = () =>
      page.evaluate(() => {
        const active = document.activeElement as HTMLInputElement;
        return {
          items: [...document.querySelectorAll("li")].filter(({ dataset }) => dataset.k! < "e").map((
            item,
          ) => ({
            key: item.dataset.k!,
            frame: item.querySelector("iframe")!.contentDocument!.title,
            open: item.querySelector("details")!.open,
            scroll: item.querySelector(".scroll")!.scrollTop,
            typed: item.querySelector("input")!.value,
          })),
          focus: [active.value, active.selectionStart, active.selectionEnd, active.selectionDirection],
        };
      });
    const keys = ["a", "b", "c", "d"];
    const seen = (keys: string[]) => ({
      items: keys.map((key) => ({ key, frame: key, open: true, scroll: 120, typed: `typed in ${key}` })),
      focus: ["typed in b", 1, 5, "backward"],
    });
    assert.deepEqual(await look(), seen(keys));
    const steps: [operation: unknown[], keys?: string[]][] = [
      [["before", ["list", "b"], item("x")]],
      [["after", ["list", "b"], item("y") + item("z")]],
      [["attributes", ["list", "b"], { class: "busy" }]],
      [["attributes", ["list", "b", 0], { class: "busy", value: "theirs" }]],
      [["attributes", ["list", "b", 1], { class: "busy" }]],
      [["text", ["list", "b", 1, 0], "news"]],
      [["text", ["list", "b", 3, 0], "news"]],
      [["remove", ["list", "x"], ["list", "y"], ["list", "z"]]],
      [["order", ["list", "a"], [3, -4]], ["d", "c", "b", "a"]],
      [["order", ["list", "d"], [2, 1, 0, 2]], ["b", "d", "c", "a"]],
      [["order", ["list", "b"], [1, 3, 0, 1]], ["d", "c", "a", "b"]],
      [
        [
          "morph",
          "list",
          `<ul id="list">${keys.map((key) => item(key).replace("scroll", "scroll new")).join("")}</ul>`,
        ],
        keys,
      ],
    ];
    let order = keys;
    for (const [operation, after = order] of steps) {
      order = after;
      await patch(page, hand, operation);
      assert.deepEqual(await look(), seen(order), JSON.stringify(operation));
    }
    assertQuiet(page);
  },
);

browse("operations: a new radio button takes nothing from what somebody chose", async ({ page }) => {
  const radio = (id: string, checked = "") => `<input type="radio" name="r" id="${id}"${checked}>`;
  await using server = serve(pageOf(`<p>${radio("a")}${radio("b")}</p>`));
  const hand = await byHand(page);
  const checked = () =>
    page.evaluate(() => [...document.querySelectorAll("input:checked")].map(({ id }) => id));
  await open(page, server.url);
  await patch(page, hand, ["before", "a", radio("n", " checked")]);
  assert.deepEqual(await checked(), ["n"]);
  await page.locator("#b").check();
  await patch(page, hand, ["after", "a", radio("m", " checked")], ["attributes", "n", { checked: null }]);
  assert.deepEqual(await checked(), ["b"]);
  await patch(page, hand, ["remove", "b"]);
  assert.deepEqual(await checked(), ["m"]);
  assertQuiet(page);
});

browse("operations: what somebody is writing in is left alone, and so is what is in it", async ({ page }) => {
  await using server = serve(
    pageOf(`<div id="editor" contenteditable><p id="p">One</p><p>Two</p></div><p id="other">0</p>`),
  );
  const hand = await byHand(page);
  await open(page, server.url);
  await page.locator("#p").click();
  await page.keyboard.press("End");
  await page.keyboard.type(" and mine");
  await patch(
    page,
    hand,
    ["text", "editor", "x"],
    ["text", "p", "x"],
    ["text", ["editor", 1], "x"],
    ["text", ["editor", 7, "key"], "x"],
    ["attributes", "editor", { class: "seen" }],
    ["attributes", "p", { class: "x" }],
    ["morph", "p", `<p id="p">x</p>`],
    ["before", "p", "<p>x</p>"],
    ["remove", "p"],
    ["order", "p", [1, -2]],
    ["text", "other", "1"],
  );
  await page.keyboard.type("!");
  assert.equal(
    await page.evaluate(() => document.querySelector("#main")!.innerHTML),
    `<div id="editor" contenteditable="" class="seen"><p id="p">One and mine!</p><p>Two</p></div><p id="other">1</p>`,
  );
  assertQuiet(page);
});

browse("operations: the page is then what a browser reads of the markup", async ({ page }) => {
  await using server = serve(
    pageOf(
      `<svg id="svg" viewBox="0 0 1 1"><g><a><circle r="1"></circle></a></g></svg><p id="p">0</p>` +
        `<select id="select"><option>1</option></select><math id="math"><mi>x</mi></math>`,
    ),
    { csp: "off" },
  );
  const hand = await byHand(page);
  await open(page, server.url);
  await patch(
    page,
    hand,
    ["attributes", "svg", { viewBox: "0 0 2 2", preserveAspectRatio: "none" }],
    ["attributes", ["svg", 0, 0], { "xlink:href": "/a", "xml:lang": "en" }],
    ["after", ["svg", 0, 0, 0], `<circle r="2" pathLength="3"></circle><foreignObject></foreignObject>`],
    ["text", "p", ""],
    ["attributes", "p", { title: `a "b" &amp; <c>\n`, "data-A": "1" }],
    ["before", ["select", 0], "<option>0</option>"],
    ["attributes", "math", { definitionURL: "x" }],
    ["text", ["math", 0], "y"],
  );
  const equal = await page.evaluate(
    (html) => {
      const main = document.createElement("main");
      main.innerHTML = html;
      return [
        main.innerHTML === document.querySelector("#main")!.innerHTML,
        [...main.childNodes].map((node, i) =>
          node.isEqualNode(document.querySelector("#main")!.childNodes[i]!)
        ),
      ];
    },
    `<svg id="svg" viewBox="0 0 2 2" preserveAspectRatio="none"><g><a xlink:href="/a" xml:lang="en">` +
      `<circle r="1"></circle><circle r="2" pathLength="3"></circle><foreignObject></foreignObject></a></g></svg>` +
      `<p id="p" title="a &quot;b&quot; &amp;amp; <c>\n" data-A="1"></p>` +
      `<select id="select"><option>0</option><option>1</option></select>` +
      `<math id="math" definitionURL="x"><mi>y</mi></math>`,
  );
  assert.deepEqual(equal, [true, [true, true, true, true]]);
  assertQuiet(page);
});

browse("operations: what cannot be applied makes the page load itself anew", async ({ page }) => {
  await using server = serve(pageOf(`<p id="p">0</p>`));
  const hand = await byHand(page);
  await open(page, server.url);
  for (const operation of [["text", ["p", 0], "x"], ["order", "p", [1, 1]], ["before", "p", "x"]]) {
    await page.evaluate(() => document.querySelector("#p")!.textContent = "not the server's");
    hand.patch(operation);
    await page.waitForFunction(() => document.querySelector("#p")!.textContent === "0");
    await page.locator("html[data-argyle-status=online]").waitFor({ state: "attached" });
  }
  assert.ok(server.requests.filter((request) => request === "GET /").length > 3);
});
