import assert from "node:assert/strict";
import { assertQuiet, browse } from "./chromium.ts";
import { patching } from "./patching.tsx";

const card = (n: number) =>
  `<x-card id="card" label="${n}"><template shadowrootmode="open"><b>shadow ${n}</b><slot></slot></template><p>${n}</p></x-card>`;
const plain = (n: number) =>
  `<div id="host"><template shadowrootmode="open"><i>root</i><slot></slot></template><p>${n}</p></div>`;

browse(
  "shadow: roots stay, no template comes to a host that has one, and attributes reach it",
  async ({ page }) => {
    await using it = await patching(page, card(1) + plain(1));
    await page.evaluate(() => {
      customElements.define(
        "x-card",
        class extends HTMLElement {
          static observedAttributes = ["label"];
          attributeChangedCallback(_: string, __: string, value: string) {
            if (this.shadowRoot) this.shadowRoot.querySelector("b")!.textContent = `label ${value}`;
          }
        },
      );
      const hosts = document.querySelectorAll("#card, #host");
      Object.assign(globalThis, { roots: [...hosts].map(({ shadowRoot }) => shadowRoot) });
    });
    const look = () =>
      page.evaluate(() => {
        const { roots } = globalThis as unknown as { roots: ShadowRoot[] };
        return [...document.querySelectorAll("#card, #host")].map(({ shadowRoot, innerHTML }, i) =>
          `${shadowRoot === roots[i]} ${shadowRoot!.firstElementChild!.textContent} ${innerHTML}`
        );
      });
    assert.deepEqual(await look(), ["true label 1 <p>1</p>", "true root <p>1</p>"]);
    await it.patch(["morph", "card", card(2)], ["morph", "host", plain(2)]);
    assert.deepEqual(await look(), ["true label 2 <p>2</p>", "true root <p>2</p>"]);
    await it.patch(["body", `<main id="main">${card(3)}${plain(3)}</main><i id="patched" hidden>0</i>`]);
    assert.deepEqual(await look(), ["true label 3 <p>3</p>", "true root <p>3</p>"]);
    await it.patch(["attributes", "card", { label: "4" }], ["text", ["card", 0], "4"]);
    assert.deepEqual(await look(), ["true label 4 <p>4</p>", "true root <p>3</p>"]);
    it.assertNoResync();
    assertQuiet(page);
  },
);

browse("shadow: what a custom element makes of itself when it comes is its own", async ({ page }) => {
  await using it = await patching(page, `<section id="s"><p>1</p></section>`);
  await page.evaluate(() => {
    customElements.define(
      "x-tabs",
      class extends HTMLElement {
        connectedCallback() {
          if (this.querySelector("nav")) return;
          const bar = document.createElement("nav");
          this.prepend(bar);
        }
      },
    );
  });
  await it.patch(["after", ["s", 0], `<x-tabs id="t"><p>a</p><p>b</p></x-tabs>`]);
  await it.patch(["text", ["t", 1], "B"]);
  assert.equal(
    await page.evaluate(() => document.querySelector("#t")!.innerHTML),
    "<nav></nav><p>a</p><p>B</p>",
  );
  await it.patch(["morph", "t", `<x-tabs id="t"><p>c</p></x-tabs>`]);
  assert.equal(await page.evaluate(() => document.querySelector("#t")!.innerHTML), "<nav></nav><p>c</p>");
  it.assertNoResync();
  assertQuiet(page);
});
