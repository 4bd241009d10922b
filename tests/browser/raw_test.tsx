import assert from "node:assert/strict";
import { App, on, raw, Reflex } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { open, says, serve } from "./serve.ts";

class Account extends Reflex {
  remove() {
    this.session.removed = true;
  }
  rename() {
    this.session.renamed = (this.session.renamed ?? 0) + 1;
  }
}

// What a sanitiser lets through.
const comment = `<b id="gadget" data-reflex="mouseover->Account#remove click->Account#remove">Nice!</b>
  <button id="inside">A button of a comment</button>`;

browse("raw: markup in a comment calls nothing, and an element around it does", async ({ page }) => {
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Account });
  app.page("/", ({ session }) => (
    <main>
      <output id="state">{`${session.removed ?? false} ${session.renamed ?? 0}`}</output>
      <section {...on("click", Account, "rename")}>
        <div dangerouslySetInnerHTML={raw(comment)} />
      </section>
      {/* The same call is on offer elsewhere: the server alone would let it pass. */}
      <button hidden {...on("click", Account, "remove")}>Remove</button>
    </main>
  ));
  await using server = serve(app);
  const { sent } = overhear(page);
  await open(page, server.url);
  await page.locator("#gadget").hover();
  await page.locator("#gadget").click();
  await says(page, "#state", "false 1");
  await page.locator("#inside").click();
  await says(page, "#state", "false 2");
  const targets = sent.flatMap((frame) => frame[0] === "call" ? [frame[3]] : []);
  assert.deepEqual(targets, ["Account#rename", "Account#rename"]);
  assertQuiet(page);
});
