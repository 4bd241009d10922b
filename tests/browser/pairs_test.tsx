import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import fc from "fast-check";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { byHand } from "./frames.ts";
import { open, serve } from "./serve.ts";

const names = ["div", "section", "span", "ul", "form", "details", "x-widget"];

/** Markup that a parser reads as it is written. Ids are few, so that elements move, and some occur twice. */
const markup = fc.letrec<{ node: string; tree: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("text", "<!--c-->", "<input>", '<input id="i" value="1">', "<textarea>t</textarea>"),
    tie("tree"),
  ),
  tree: fc.tuple(
    fc.constantFrom(...names),
    fc.option(fc.constantFrom(..."abcdefghjklmnopqrstuvw"), { freq: 2 }),
    fc.option(fc.constantFrom("1", "2")),
    fc.array(tie("node"), { maxLength: 5 }),
  ).map(([name, id, title, children]) =>
    `<${name}${id === null ? "" : ` id="${id}"`}${title === null ? "" : ` title="${title}"`}>` +
    // Two texts side by side would be one, and a form in a form none.
    `${children.map((child) => child.replace(/<(\/?)form/g, "<$1div")).join("<hr>")}</${name}>`
  ),
}));

browse("patch: whatever a page was, it is then what a browser reads of the new one", async ({ page }) => {
  const app = new App({ log: new MemoryLog() });
  app.page("/", () => <main>Nothing yet</main>);
  await using server = serve(app, { csp: "off" });
  const hand = await byHand(page);
  await open(page, server.url);
  const seed = Math.trunc(Math.random() * 2 ** 31);
  const pages = fc.sample(fc.array(markup.tree, { minLength: 1, maxLength: 6 }), { seed, numRuns: 150 });
  for (const [index, trees] of pages.entries()) {
    const html = trees.join("");
    hand.patch(["body", html], ["head", `<title>${index}</title>`]);
    const shown = await page.evaluate(async ([title, html]) => {
      while (document.title !== title) await new Promise((resolve) => requestAnimationFrame(resolve));
      const fresh = document.implementation.createHTMLDocument("");
      fresh.body.innerHTML = html!;
      return document.body.isEqualNode(fresh.body) ? null : document.body.innerHTML;
    }, [`${index}`, html]);
    assert.equal(
      shown,
      null,
      `Page ${index} of seed ${seed} is not ${html}\nafter ${pages[index - 1]?.join("")}`,
    );
  }
  assertQuiet(page);
});
