import assert from "node:assert/strict";
import { App, on, Reflex } from "@argyle/argyle";
import { open } from "@argyle/argyle/testing";
import { MemoryLog } from "../helpers/peer.ts";
import Fold from "../islands/fold.tsx";
import Later from "../islands/later.tsx";

class Steps extends Reflex<{ step?: number }> {
  next() {
    this.session.step = (this.session.step ?? 0) + 1;
  }
}

Deno.test("open: a page has what the server has written of its islands, and what it shows in them is patched", async () => {
  const islands = { moduleOf: (file: string) => file.split("/").at(-1)!.replace(".tsx", "") };
  const app = new App<{ step?: number }>({ log: new MemoryLog(), islands });
  app.reflexes({ Steps });
  app.page("/", ({ session: { step = 0 } }) => (
    <main>
      <Fold>
        <output id="step">{step}</output>
        <button type="button" id="next" {...on("click", Steps, "next")}>Next</button>
      </Fold>
      {step > 1 && <Later says={`step ${step}`} />}
    </main>
  ));
  await using page = await open(app, "/");
  assert.equal(page.text("#step"), "0");
  await page.click("#next");
  assert.equal(page.text("#step"), "1");
  await page.click("#next");
  assert.equal(page.text(".later"), "step 2");
  await page.click("#next");
  assert.equal(page.text("#step"), "3");
  // What it shows is drawn in a browser; the page has its props.
  assert.deepEqual(page.last.operations.map(([name]) => name), ["text", "attributes"]);
});
