import assert from "node:assert/strict";
import { assertQuiet, browse } from "./chromium.ts";
import { patching } from "./patching.tsx";
import { online } from "./serve.ts";

browse(
  "foreign: what a script has put in stays through every kind of patch, behind what it stood behind",
  async ({ page }) => {
    await using it = await patching(
      page,
      `<ul id="list"><li id="a">a</li><li id="b">b</li><li id="c">c</li></ul>`,
    );
    await page.evaluate(() => {
      const put = (selector: string, text: string) => {
        const element = document.createElement("li");
        element.className = "theirs";
        element.textContent = text;
        document.querySelector(selector)!.after(element);
      };
      put("#a", "A");
      put("#c", "C");
      Object.assign(globalThis, { theirs: [...document.querySelectorAll(".theirs")] });
    });
    const theirs = (text: string) => `<li class="theirs">${text}</li>`;
    const list = (...items: string[]) => `<ul id="list">${items.join("")}</ul>`;
    const li = (id: string, text = id) => `<li id="${id}">${text}</li>`;
    await it.patch(["text", ["list", 1], "B"], ["text", ["list", 2], "C"]);
    assert.equal(await it.markup(), list(li("a"), theirs("A"), li("b", "B"), li("c", "C"), theirs("C")));
    await it.patch(["after", "a", li("n")], ["after", "c", li("o")]);
    assert.equal(
      await it.markup(),
      list(li("a"), theirs("A"), li("n"), li("b", "B"), li("c", "C"), theirs("C"), li("o")),
    );
    await it.patch(["text", ["list", 1], "new"], ["text", ["list", 4], "last"]);
    // It goes along with what it stands behind.
    await it.patch(["order", "a", [4, -5]]);
    assert.equal(
      await it.markup(),
      list(li("o", "last"), li("c", "C"), theirs("C"), li("b", "B"), li("n", "new"), li("a"), theirs("A")),
    );
    await it.patch(["morph", "list", list(li("b"), li("a"), li("x"), li("c"))]);
    assert.equal(await it.markup(), list(li("b"), li("a"), theirs("A"), li("x"), li("c"), theirs("C")));
    await it.patch(["remove", "a"], ["text", ["list", 1], "X"]);
    assert.equal(await it.markup(), list(li("b"), theirs("A"), li("x", "X"), li("c"), theirs("C")));
    await it.patch(["text", "list", ""]);
    assert.equal(await it.markup(), list(theirs("A"), theirs("C")));
    assert.ok(
      await page.evaluate(() => {
        const { theirs } = globalThis as unknown as { theirs: Element[] };
        return theirs.every((element) => element.isConnected);
      }),
      "they are the same elements",
    );
    it.assertNoResync();
    assertQuiet(page);
  },
);

browse("foreign: a page that is fetched again leaves it as well", async ({ page }) => {
  await using it = await patching(page, `<p id="a">a</p><p>b</p>`);
  await page.evaluate(() => {
    document.querySelector("#a")!.insertAdjacentHTML("afterend", "<hr>");
    document.body.insertAdjacentHTML("beforeend", `<div class="theirs"><p>x</p></div>`);
    document.querySelector("#a")!.textContent = "changed";
  });
  it.hand.send(["resync", "stale"]);
  await page.waitForFunction(() => document.querySelector("#a")!.textContent === "a");
  await online(page);
  assert.equal(await it.markup(), `<p id="a">a</p><hr><p>b</p>`);
  assert.equal(await page.locator("body > .theirs p").count(), 1);
  assertQuiet(page);
});

browse(
  "foreign: what the server brings under an id that is there already is one element, and the server's",
  async ({ page }) => {
    await using it = await patching(page, `<ul id="list"><li id="m1">1</li></ul>`);
    await page.evaluate(() =>
      document.querySelector("#list")!.insertAdjacentHTML(
        "beforeend",
        `<li id="m2" class="mine"><b>early</b></li><li id="m3">early</li>`,
      )
    );
    await page.evaluate(() => Object.assign(globalThis, { m2: document.querySelector("#m2") }));
    await it.patch(["after", "m1", `<li id="m2"><i>2</i></li>`]);
    assert.equal(
      await it.markup(),
      `<ul id="list"><li id="m1">1</li><li id="m2"><i>2</i></li><li id="m3">early</li></ul>`,
    );
    assert.ok(
      await page.evaluate(() => document.querySelector("#m2") === (globalThis as { m2?: unknown }).m2),
    );
    await it.patch([
      "morph",
      "list",
      `<ul id="list"><li id="m1">1</li><li id="m2"><i>2</i></li><li id="m3">3</li></ul>`,
    ]);
    assert.equal(
      await it.markup(),
      `<ul id="list"><li id="m1">1</li><li id="m2"><i>2</i></li><li id="m3">3</li></ul>`,
    );
    await it.patch(["text", ["list", 2], "three"], ["remove", ["list", 1, 0]]);
    assert.equal(
      await it.markup(),
      `<ul id="list"><li id="m1">1</li><li id="m2"></li><li id="m3">three</li></ul>`,
    );
    it.assertNoResync();
    assertQuiet(page);
  },
);

browse(
  "portal: an element that a script has moved stays there, is patched there, and goes with what it came from",
  async ({ page }) => {
    const panel = (text: string, more = "") =>
      `<section id="s"><p>1</p><div id="panel"><b>${text}</b></div><p>${text}</p></section>${more}`;
    await using it = await patching(page, panel("1"));
    await page.evaluate(() => document.body.append(document.querySelector("#panel")!));
    const portal = () => page.evaluate(() => document.querySelector("body > #panel")?.innerHTML);
    await it.patch(["text", ["panel", 0], "2"], ["text", ["s", 2], "2"], ["text", ["panel", -1, 0], "0"]);
    assert.equal(await portal(), "<b>2</b>");
    assert.equal(await it.markup(), `<section id="s"><p>0</p><p>2</p></section>`);
    await it.patch(["morph", "s", panel("3")]);
    assert.equal(await portal(), "<b>3</b>");
    assert.equal(await it.markup(), `<section id="s"><p>1</p><p>3</p></section>`);
    await it.patch(["text", ["s", 1, 0], "4"]);
    assert.equal(await portal(), "<b>4</b>");
    it.assertNoResync();
    await it.patch(["remove", "s"]);
    assert.equal(await portal(), undefined);
    assert.equal(await page.locator("#panel").count(), 0);
    assertQuiet(page);
  },
);

browse("portal: what is removed by itself is gone, and positions beside it stay right", async ({ page }) => {
  await using it = await patching(
    page,
    `<section id="s"><dialog id="d">x</dialog><p>1</p><p>2</p></section>`,
  );
  await page.evaluate(() => document.body.append(document.querySelector("#d")!));
  await it.patch(["text", ["s", 2], "two"], ["remove", "d"], ["text", ["s", 1], "TWO"]);
  assert.equal(await it.markup(), `<section id="s"><p>1</p><p>TWO</p></section>`);
  assert.equal(await page.locator("#d").count(), 0);
  it.assertNoResync();
});

browse(
  "foreign: a wrapper that a library puts around an element, and rows in a person's own order",
  async ({ page }) => {
    await using it = await patching(
      page,
      `<label>Name</label><input id="i" value="1"><ul id="list"><li id="a">a</li><li id="b">b</li><li id="c">c</li></ul>`,
    );
    await page.evaluate(() => {
      const input = document.querySelector("#i")!, wrapper = document.createElement("span");
      input.replaceWith(wrapper);
      wrapper.append(input);
      const list = document.querySelector("#list")!;
      list.append(list.firstElementChild!);
    });
    await it.patch(["attributes", "i", { value: "2" }], ["text", ["list", 0], "A"]);
    assert.equal(
      await it.markup(),
      `<label>Name</label><span><input id="i" value="2"></span><ul id="list"><li id="b">b</li><li id="c">c</li><li id="a">A</li></ul>`,
    );
    await it.patch([
      "morph",
      "main",
      `<main id="main"><label>Name</label><input id="i" value="3"><ul id="list"><li id="a">A</li><li id="b">b</li><li id="c">c</li></ul></main>`,
    ], ["order", "a", [1, 2, 0, 1]]);
    assert.equal(
      await it.markup(),
      `<label>Name</label><span><input id="i" value="3"></span><ul id="list"><li id="b">b</li><li id="c">c</li><li id="a">A</li></ul>`,
    );
    it.assertNoResync();
    assertQuiet(page);
  },
);

browse(
  "foreign: a page that nobody else touches loads no other script for it, and one that is touched does",
  async ({ page }) => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await using it = await patching(page, `<ul id="list"><li id="a">a</li></ul>`);
    await it.patch(["after", "a", `<li id="b">b</li>`], ["remove", "a"]);
    const loaded = () => asked.filter((path) => /\/patches-/.test(path)).length;
    assert.equal(loaded(), 0);
    await page.evaluate(() => document.querySelector("#b")!.after(document.createElement("hr")));
    await it.patch(["text", ["list", 0], "B"]);
    assert.equal(loaded(), 1);
    it.assertNoResync();
  },
);
