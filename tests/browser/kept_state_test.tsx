import assert from "node:assert/strict";
import { App, on, raw, Reflex } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { drawn, open, says, serve } from "./serve.ts";

class Look extends Reflex {
  again() {}
}

browse(
  "patch: what has no attribute is kept: modal, popover, half a number, selected text, animation",
  async ({ page }) => {
    const news = { element: 0, body: 0, order: ["a", "b", "c"] };
    const app = new App({ log: new MemoryLog() });
    app.reflexes({ Look });
    app.page("/", () => (
      <main id="main" {...on("look", Look, "again")}>
        <section id="part">
          <output class="element">{news.element}</output>
          <dialog id="dialog">
            <p>{`dialog ${news.element}`}</p>
            <input id="number" type="number" />
          </dialog>
          <div id="popover" popover="manual">{`popover ${news.element}`}</div>
          <p id="prose">A sentence that is being read.</p>
          <p id="moving" data-news={news.element}>{`moving ${news.element}`}</p>
          <details name="group" id="first">
            <summary>First</summary>
          </details>
          <details name="group" id="second">
            <summary>Second</summary>
          </details>
          <ul id="list" style="scroll-behavior: smooth">
            {news.order.map((id) => (
              <li key={id} id={id} style="scroll-behavior: smooth; overflow: auto; height: 50px">
                <div style="height: 500px">{id}</div>
              </li>
            ))}
          </ul>
        </section>
        {/* Behind what a parser repairs nothing has an address. */}
        <div dangerouslySetInnerHTML={raw("<b><i></b></i>")} />
        <p class="body">{news.body}</p>
      </main>
    ));
    await using server = serve(app);
    await open(page, server.url);
    await page.locator("#second summary").click();
    await page.evaluate(() => {
      document.querySelector<HTMLDialogElement>("#dialog")!.showModal();
      document.querySelector<HTMLElement>("#popover")!.showPopover();
      document.querySelector("#moving")!.animate({ opacity: [0, 1] }, { duration: 600_000, id: "fade" });
      for (const id of ["a", "b", "c"]) {
        document.querySelector(`#${id}`)!.scrollTo({ top: 120, behavior: "instant" });
      }
      const text = document.querySelector("#prose")!.firstChild!;
      getSelection()!.setBaseAndExtent(text, 15, text, 2);
    });
    await drawn(page);
    const look = () =>
      page.evaluate(() => ({
        modal: document.querySelector("#dialog")!.matches(":modal"),
        popover: document.querySelector("#popover")!.matches(":popover-open"),
        selected: [
          getSelection()!.anchorNode!.parentElement!.id,
          getSelection()!.anchorOffset,
          getSelection()!.focusOffset,
        ],
        animations: document.querySelector("#moving")!.getAnimations().map(({ id }) => id),
        open: [...document.querySelectorAll<HTMLDetailsElement>("details")].map(({ open }) => open),
        scrolled: ["a", "b", "c"].map((id) => document.querySelector(`#${id}`)!.scrollTop),
      }));
    const seen = {
      modal: true,
      popover: true,
      selected: ["prose", 15, 2],
      animations: ["fade"],
      open: [false, true],
      scrolled: [120, 120, 120],
    };
    assert.deepEqual(await look(), seen);
    const patch = async (selector: string, count: number) => {
      await page.evaluate(() => document.querySelector("#main")!.dispatchEvent(new Event("look")));
      await says(page, selector, count);
    };
    news.element += 1;
    await patch(".element", 1);
    assert.deepEqual(await look(), seen);
    news.order.reverse();
    news.body += 1;
    await patch(".body", 1);
    assert.deepEqual(await look(), seen);

    await page.locator("#number").click();
    await page.keyboard.type("12e");
    news.element += 1;
    await patch(".element", 2);
    await page.keyboard.type("3");
    assert.equal(await page.locator("#number").inputValue(), "12e3");
    assertQuiet(page);
  },
);
