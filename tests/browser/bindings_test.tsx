import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { type ByHand, byHand } from "./frames.ts";
import { open, says, serve } from "./serve.ts";

/** Sends an event of its own type to each of these elements, and gives the targets of all calls that have come of it. */
async function called(page: Page, hand: ByHand, ids: readonly string[]): Promise<string[]> {
  await page.evaluate((ids) => {
    for (const id of ids) document.getElementById(id)!.dispatchEvent(new Event(id, { bubbles: true }));
  }, ids);
  while (hand.calls.length < ids.length) await page.evaluate(() => document.title);
  return hand.calls.map((frame) => frame[0] === "call" ? frame[3] : frame[0]);
}

browse("bind: what comes with something that is moved is bound as well", async ({ page }) => {
  const app = new App({ log: new MemoryLog() });
  app.page("/", () => <main id="x" />);
  await using server = serve(app);
  const hand = await byHand(page);
  await open(page, server.url);
  const rows = ["a", "b", "c"].map((id) => `<li id="${id}">${id}</li>`).join("");
  hand.patch(["morph", "x", `<main id="x"><p id="p">0</p><ul id="list">${rows}</ul></main>`]);
  await says(page, "#p", 0);
  await page.evaluate(() => {
    function offer(id: string, element = document.createElement("b")): HTMLElement {
      element.id = id;
      element.setAttribute("data-reflex", `${id}->A#${id}`);
      return element;
    }
    const list = document.getElementById("list")!;
    const [a, b] = list.children as unknown as [HTMLElement, HTMLElement];
    // While it is away.
    a.remove();
    a.append(offer("away"));
    list.append(a);
    // In one go with it.
    list.append(b, offer("beside"));
    // When it hears that it was moved.
    class Moved extends HTMLElement {
      connectedMoveCallback(): void {
        if (!this.firstChild) this.append(offer("under"));
      }
    }
    customElements.define("x-moved", Moved);
    a.append(document.createElement("x-moved"), document.createElement("i"));
    setTimeout(() => offer("late", a.querySelector("i")!));
  });
  hand.patch(["order", ["list", 0], [2, -3]], ["text", "p", "1"]);
  await says(page, "#p", 1);
  assert.equal(
    await page.evaluate(() => [...document.querySelectorAll("#list > *")].map(({ id }) => id).join()),
    "c,b,beside,a", // what was put beside b goes along with it
  );
  const ids = ["away", "beside", "under", "late"];
  assert.deepEqual(await called(page, hand, ids), ids.map((id) => `A#${id}`));
  assertQuiet(page);
});
