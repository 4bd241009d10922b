import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { byHand } from "./frames.ts";
import { drawn, open, says, serve } from "./serve.ts";

/** What stands in the part: a form, something that scrolls, something that runs, something that calls. */
const content = (n: number) =>
  `<p>${n}</p><form><input name="text"><input type="checkbox" name="box"></form>` +
  `<div style="height: 20px; overflow: auto"><div style="height: 900px"></div></div>` +
  `<iframe title="A frame"></iframe><details><summary>More</summary></details>` +
  `<button id="press" type="button" data-reflex="click->Part#press">${n}</button>`;

const part = (content: string, more = "") =>
  `<argyle-live id="L1x" data-argyle-live=""${more}>${content}</argyle-live>`;

browse("live: what a person does in a part goes on while the page around it is patched", async ({ page }) => {
  const app = new App({ log: new MemoryLog() });
  app.page("/", () => <main id="x" />);
  await using server = serve(app);
  const hand = await byHand(page);
  await open(page, server.url);
  hand.patch(["morph", "x", `<main id="x"><p>0</p><section>${part(content(0))}</section></main>`]);
  await page.locator("#L1x iframe").waitFor({ state: "attached" }); // the script for parts is loaded first
  await page.evaluate(() => {
    const look = <E extends Element>(selector: string) => document.querySelector<E>(`#L1x ${selector}`)!;
    look<HTMLIFrameElement>("iframe").contentDocument!.title = "still the same";
    look<HTMLDetailsElement>("details").open = true;
    look("div").scrollTop = 120;
  });
  await page.locator("#L1x [name=box]").check();
  await page.locator("#L1x [name=text]").fill("hello world");
  await page.evaluate(() => {
    const text = document.querySelector<HTMLInputElement>("#L1x [name=text]")!;
    text.setSelectionRange(2, 7, "backward");
    Object.assign(globalThis, { nodes: [...document.querySelectorAll("#L1x, #L1x *")], blurs: 0 });
    text.addEventListener("blur", () => Object.assign(globalThis, { blurs: 1 }));
  });
  await drawn(page);
  const kept = () =>
    page.evaluate(() => {
      const { nodes, blurs } = globalThis as unknown as { nodes: Element[]; blurs: number };
      const look = <E extends Element>(selector: string) => document.querySelector<E>(`#L1x ${selector}`)!;
      const { name, value, selectionStart, selectionEnd, selectionDirection } = document
        .activeElement as HTMLInputElement;
      return {
        same: nodes.every((node, i) => node === document.querySelectorAll("#L1x, #L1x *")[i]),
        blurs,
        field: [name, value, selectionStart, selectionEnd, selectionDirection],
        box: look<HTMLInputElement>("[name=box]").checked,
        open: look<HTMLDetailsElement>("details").open,
        frame: look<HTMLIFrameElement>("iframe").contentDocument?.title,
        scroll: look("div").scrollTop,
      };
    });
  const seen = {
    same: true,
    blurs: 0,
    field: ["text", "hello world", 2, 7, "backward"],
    box: true,
    open: true,
    frame: "still the same",
    scroll: 120,
  };
  assert.deepEqual(await kept(), seen);

  const around = (n: number, more = "") =>
    `<main id="x"><p>${n}</p><i></i><section class="n${n}">${part("", more)}<b>${n}</b></section></main>`;
  hand.patch(["morph", "x", around(1, ` class="busy"`)]);
  await says(page, "#x > p", 1);
  assert.deepEqual(await kept(), seen);
  assert.equal(await page.locator("#L1x").getAttribute("class"), "busy");
  assert.equal(await page.locator("#L1x > p").textContent(), "0");

  // And then the part alone.
  hand.patch(["text", ["L1x", 0], "5"], ["attributes", ["L1x", 1, 0], { class: "seen" }]);
  await says(page, "#L1x > p", 5);
  assert.deepEqual(await kept(), seen);

  hand.patch(["body", around(2) + `<p id="end">2</p>`]);
  await says(page, "#end", 2);
  assert.deepEqual(await kept(), seen);

  hand.patch(["morph", "L1x", part(content(6))]);
  await says(page, "#L1x > p", 6);
  assert.deepEqual(await kept(), seen);
  assert.equal(await page.locator("#x > p").textContent(), "2");

  await page.locator("#press").click();
  while (hand.calls.length === 0) await page.evaluate(() => document.title);
  assert.deepEqual(hand.calls.map((frame) => frame.slice(0, 4)), [["call", 1, 0, "Part#press"]]);
  assertQuiet(page);
});
