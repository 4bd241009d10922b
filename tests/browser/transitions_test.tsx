import assert from "node:assert/strict";
import { Head } from "@argyle/argyle";
import { assertQuiet, browse } from "./chromium.ts";
import { patching } from "./patching.tsx";

const style = `<style>
  @keyframes come { from { opacity: 0 } }
  .come { animation: come 600s } .go { animation: come 600s reverse } .spins { animation: come 1s infinite }
</style>`;
const row = (id: string, more = "") =>
  `<li id="${id}" data-k="${id}" data-reflex-enter="come" data-reflex-leave="go now"${more}><input name="n" value="${id}"></li>`;

browse("enter, leave: classes are there until the animations are over, and no longer", async ({ page }) => {
  await using it = await patching(page, `${style}<form><ul id="list">${row("a")}${row("b")}</ul></form>`);
  const classes = (selector: string) => page.evaluate((s) => document.querySelector(s)?.className, selector);
  const finish = () => page.evaluate(() => document.getAnimations().forEach((one) => one.finish()));
  assert.equal(await classes("#a"), "");
  await it.patch(["after", "b", row("c")]);
  assert.equal(await classes("#c"), "come");
  await finish();
  await page.waitForFunction(() => document.querySelector("#c")!.className === "");

  await it.patch(["remove", "b"]);
  assert.deepEqual(
    await page.evaluate(() => {
      const left = document.querySelector("#list")!.children[1]!;
      const names = ["id", "data-k", "inert", "aria-hidden", "class"].map((name) => left.getAttribute(name));
      return [...names, new FormData(document.forms[0]).getAll("n").join()];
    }),
    [null, null, "", "true", "go now", "a,c"],
  );
  // It is nobody's any more: positions do not count it, and what comes back is another.
  await it.patch(["attributes", ["list", 1], { title: "c" }], ["after", "a", row("b")]);
  assert.equal(
    await page.evaluate(() => [...document.querySelectorAll("#list > li")].map(({ id }) => id).join()),
    "a,,b,c",
  );
  assert.equal(await page.evaluate(() => document.querySelector<HTMLElement>("#c")!.title), "c");
  assert.equal(await page.locator("#b").count(), 1);
  await it.patch(["morph", "list", `<ul id="list">${row("a")}${row("b")}${row("c", ` title="d"`)}</ul>`]);
  assert.equal(await page.locator("#list > li").count(), 4);
  await finish();
  await page.waitForFunction(() => document.querySelectorAll("#list > li").length === 3);
  it.assertNoResync();
  assertQuiet(page);
});

browse(
  "leave: what is never over is not waited for, and what only moves does not leave",
  async ({ page }) => {
    await using it = await patching(
      page,
      `${style}<div id="x"><p id="one" data-reflex-leave="spins">1</p><p id="two" data-reflex-leave="go">2</p><section></section></div>`,
    );
    await it.patch(["remove", "one"]);
    await page.waitForFunction(() => document.querySelectorAll("#x p").length === 1);
    await it.patch([
      "morph",
      "x",
      `<div id="x"><section><p id="two" data-reflex-leave="go">2</p></section></div>`,
    ]);
    assert.equal(
      await page.evaluate(() => document.querySelector("#x")!.innerHTML),
      `<section><p id="two" data-reflex-leave="go">2</p></section>`,
    );
    it.assertNoResync();
  },
);

browse("enter, leave: at once for whoever has asked for less motion", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await using it = await patching(page, `${style}<ul id="list">${row("a")}${row("b")}</ul>`);
  await it.patch(["after", "b", row("c")], ["remove", "a"]);
  assert.deepEqual(
    await page.evaluate(() =>
      [...document.querySelector("#list")!.children].map(({ id, className }) => id + className)
    ),
    ["b", "c"],
  );
});

for (const reducedMotion of ["no-preference", "reduce"] as const) {
  browse(
    `view transition: every patch of a page that asks for it is one, in order; with ${reducedMotion}`,
    async ({ page }) => {
      await page.emulateMedia({ reducedMotion });
      await page.addInitScript(() => {
        const start = Document.prototype.startViewTransition, seen: string[] = [];
        Object.assign(globalThis, { seen });
        Document.prototype.startViewTransition = function (run) {
          seen.push(document.querySelector("#n")!.textContent!);
          return start.call(this, run);
        };
      });
      const head = (
        <Head>
          <meta name="view-transition" content="same-origin" />
        </Head>
      );
      await using it = await patching(page, `<b id="n">0</b>`, head);
      it.hand.patch(["text", "n", "1"]);
      it.hand.patch(["text", "n", "2"]);
      await it.patch(["text", "n", "3"]);
      assert.equal(await page.locator("#n").textContent(), "3");
      assert.deepEqual(
        await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen),
        reducedMotion === "reduce" ? [] : ["0", "1", "2"],
      );
      it.assertNoResync();
      assertQuiet(page);
    },
  );
}
