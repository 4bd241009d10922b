import assert from "node:assert/strict";
import { assertQuiet, browse } from "./chromium.ts";
import { patching } from "./patching.tsx";
import { online } from "./serve.ts";

browse(
  "ignore: attributes that the page's own code has changed stay, by name and by star, and others are the server's",
  async ({ page }) => {
    const box = (n: number) =>
      `<div id="box" class="s${n}" data-n="${n}" title="${n}" data-reflex-ignore="class style data-*"><b>${n}</b></div>`;
    await using it = await patching(page, box(1));
    await page.evaluate(() => {
      const box = document.querySelector<HTMLElement>("#box")!;
      box.className = "theirs";
      box.style.color = "red";
      box.dataset.n = "theirs";
    });
    const look = () =>
      page.evaluate(() => {
        const { className, style, dataset, title, textContent } = document.querySelector<HTMLElement>(
          "#box",
        )!;
        return [className, style.color, dataset.n, title, textContent];
      });
    await it.patch(["attributes", "box", { class: "s2", title: "2", style: null, "data-n": null }]);
    assert.deepEqual(await look(), ["theirs", "red", "theirs", "2", "1"]);
    await it.patch(["morph", "box", box(3)]);
    assert.deepEqual(await look(), ["theirs", "red", "theirs", "3", "3"]);
    await it.patch(["body", `<main id="main">${box(4)}</main><i id="patched" hidden>0</i>`]);
    assert.deepEqual(await look(), ["theirs", "red", "theirs", "4", "4"]);
    it.assertNoResync();
    it.hand.send(["resync", "stale"]);
    await page.waitForFunction(() => document.querySelector("#box")!.textContent === "1");
    await online(page);
    assert.deepEqual(await look(), ["theirs", "red", "theirs", "1", "1"]);
    assertQuiet(page);
  },
);

browse("ignore: children, and all of an element", async ({ page }) => {
  const both = (n: number) =>
    `<ul id="children" title="${n}" data-reflex-ignore="children"><li id="c">${n}</li></ul>` +
    `<ul id="all" title="${n}" data-reflex-ignore><li id="a">${n}</li></ul>` +
    // As JSX writes what has no value.
    `<ul id="jsx" title="${n}" data-reflex-ignore="true"><li id="j">${n}</li></ul>`;
  await using it = await patching(page, both(1));
  await page.evaluate(() => {
    for (const id of ["children", "all", "jsx"]) document.querySelector(`#${id}`)!.replaceChildren("theirs");
  });
  const look = () =>
    page.evaluate(() =>
      ["children", "all", "jsx"].map((id) => {
        const element = document.querySelector<HTMLElement>(`#${id}`)!;
        return `${element.title} ${element.innerHTML}`;
      })
    );
  await it.patch(["text", ["children", 0], "2"], ["text", "all", "2"], ["text", "jsx", "2"]);
  assert.deepEqual(await look(), ["1 theirs", "1 theirs", "1 theirs"]);
  await it.patch(["attributes", "children", { title: "2" }], ["attributes", "jsx", { title: "2" }]);
  assert.deepEqual(await look(), ["2 theirs", "1 theirs", "1 theirs"]);
  await it.patch(["morph", "main", `<main id="main">${both(3)}</main>`]);
  assert.deepEqual(await look(), ["3 theirs", "1 theirs", "1 theirs"]);
  it.assertNoResync();
  assertQuiet(page);
});
