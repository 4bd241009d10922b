import assert from "node:assert/strict";
import stimulus from "@hotwired/stimulus/dist/stimulus.js" with { type: "text" };
import { action, App, Head, on, Reflex } from "@argyle/argyle";
import { z } from "zod";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";

interface Session {
  rows?: string[];
  kept?: boolean;
}

let release = Promise.withResolvers<void>();

class Rows extends Reflex<Session> {
  remove(row: string) {
    this.session.rows = (this.session.rows ?? ["a", "b"]).filter((one) => one !== row);
  }
  turn() {
    this.session.rows = (this.session.rows ?? ["a", "b"]).toReversed();
  }
  slow = action(z.unknown(), () => release.promise);
  stop = action(z.unknown(), () => this.abort("Enough."));
}

/** An app whose page has a real controller, `told`, that notes what it is told. */
function stimulated(): App<Session> {
  const app = new App<Session>({ log: new MemoryLog() });
  app.reflexes({ Rows });
  const headers = { "content-type": "text/javascript" };
  app.route("/stimulus.js", { GET: () => new Response(stimulus, { headers }) });
  app.route("/own.js", { GET: () => new Response(script, { headers }) });
  app.page("/", ({ session: { rows = ["a", "b"] } }) => (
    <main>
      <Head>
        <title>Stimulus</title>
        <script type="module" src="/own.js" />
      </Head>
      <p id="rows">{rows.join()}</p>
      <div id="list" data-controller="told">
        <ul id="ul">
          {rows.map((row) => (
            <li key={row} id={row} data-controller="told">
              <button type="button" id={`turn-${row}`} {...on("click", Rows, "turn")}>Turn</button>
            </li>
          ))}
        </ul>
        {rows.map((row) => (
          <button key={row} type="button" id={`remove-${row}`} {...on("click", Rows, "remove", row)}>
            Remove
          </button>
        ))}
      </div>
    </main>
  ), { calls: [Rows] });
  return app;
}

const script = `
import { Application, Controller } from "./stimulus.js";
import { useReflex } from "@argyle/argyle/stimulus";
globalThis.told = [];
const names = "beforeReflex reflexSuccess reflexHalted reflexError afterReflex beforeSlow slowSuccess afterSlow " +
  "finalizeReflex stopHalted removeSuccess turnSuccess";
class Told extends Controller {
  connect() {
    useReflex(this);
    told.push("connect " + this.element.id);
  }
  disconnect() {
    told.push("disconnect " + this.element.id);
  }
}
for (const name of names.split(" ")) {
  Told.prototype[name] = function (element, reflex, message) {
    told.push([this.element.id, name, element.id, reflex, message ?? ""].join(" ").trim());
  };
}
const application = Application.start();
application.register("told", Told);
globalThis.of = (id) => application.getControllerForElementAndIdentifier(document.getElementById(id), "told");
document.documentElement.dataset.ready = "";
`;

interface Told {
  element: Element;
  stimulate(...args: unknown[]): Promise<unknown>;
}
declare const told: string[];
declare const of: (id: string) => Told;

/** What the page's controllers have been told since the last look, but for coming and going. */
async function seen(page: Page, pattern = /^/): Promise<string[]> {
  const lines = await page.evaluate(() => told.splice(0));
  return lines.filter((line) => pattern.test(line));
}

async function ready(page: Page, url: string): Promise<void> {
  await open(page, url);
  await page.waitForFunction(() => told.filter((line) => line.startsWith("connect")).length === 3);
  await seen(page);
}

browse("useReflex: what fails is told to callbacks, and whoever awaits it", async ({ page }) => {
  await using server = serve(stimulated());
  await ready(page, server.url);
  const code = await page.evaluate(() => of("a").stimulate("Rows#stop").catch(({ code }) => code));
  assert.equal(code, "halted");
  assert.deepEqual(await seen(page), [
    "a beforeReflex a Rows#stop",
    "a reflexHalted a Rows#stop Enough.",
    "a stopHalted a Rows#stop Enough.",
    "a afterReflex a Rows#stop Enough.",
    "a finalizeReflex a Rows#stop Enough.",
  ]);
  // As a controller's action does it: nobody waits, and nothing is uncaught.
  await page.evaluate(() => void of("a").stimulate("Rows#stop"));
  await page.waitForFunction(() => told.length === 5);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  assertQuiet(page);
});

browse("useReflex: without a target the page is brought up to date", async ({ page }) => {
  await using server = serve(stimulated());
  await ready(page, server.url);
  assert.equal(await page.evaluate(() => of("a").stimulate()), undefined);
  assert.deepEqual(await seen(page, /Success/), ["a reflexSuccess a $#refresh"]);
  assertQuiet(page);
});

browse("useReflex: a controller hears of an element in it that has gone meanwhile", async ({ page }) => {
  await using server = serve(stimulated());
  await ready(page, server.url);
  await page.locator("#remove-a").click();
  await says(page, "#rows", "b");
  await page.waitForFunction(() => told.some((line) => line.includes("finalize")));
  assert.deepEqual(await seen(page, /^list|^disconnect/), [
    "list beforeReflex remove-a Rows#remove",
    "disconnect a",
    "list reflexSuccess remove-a Rows#remove",
    "list removeSuccess remove-a Rows#remove",
    "list afterReflex remove-a Rows#remove",
    "list finalizeReflex remove-a Rows#remove",
  ]);
  assertQuiet(page);
});

browse(
  "useReflex: a controller that has gone hears how its call went, and of no other",
  async ({ page }) => {
    release = Promise.withResolvers<void>();
    await using server = serve(stimulated());
    await ready(page, server.url);
    const settled = page.evaluate(async () => {
      const outcome = of("a").stimulate("Rows#slow").then(() => "settled");
      document.querySelector("#a")!.remove();
      return await outcome;
    });
    await page.waitForFunction(() => told.includes("disconnect a"));
    release.resolve();
    assert.equal(await settled, "settled");
    await page.locator("#turn-b").click();
    await says(page, "#rows", "b,a");
    await page.waitForFunction(() => told.includes("b finalizeReflex turn-b Rows#turn"));
    assert.deepEqual(await seen(page, /^(a|disconnect)/), [
      "a beforeReflex a Rows#slow",
      "a beforeSlow a Rows#slow",
      "disconnect a",
      "a reflexSuccess a Rows#slow",
      "a slowSuccess a Rows#slow",
      "a afterReflex a Rows#slow",
      "a afterSlow a Rows#slow",
      "a finalizeReflex a Rows#slow",
    ]);
    assertQuiet(page);
  },
);

browse("useReflex: a controller that comes back hears on", async ({ page }) => {
  await using server = serve(stimulated());
  await ready(page, server.url);
  await page.evaluate(async () => {
    const a = document.querySelector("#a")!, parent = a.parentElement!;
    a.remove();
    while (!told.includes("disconnect a")) await new Promise((resolve) => setTimeout(resolve));
    parent.append(a);
    while (!told.includes("connect a")) await new Promise((resolve) => setTimeout(resolve));
    // A callback is told once, however often the controller has come.
    await of("a").stimulate("Rows#slow");
  });
  assert.deepEqual(await seen(page, /slowSuccess/), ["a slowSuccess a Rows#slow"]);
  await page.locator("#turn-a").click();
  await says(page, "#rows", "b,a");
  assert.deepEqual(await seen(page, /turnSuccess/), ["a turnSuccess turn-a Rows#turn"]);
  assertQuiet(page);
});

browse("useReflex: a call of somebody else is not taken for the controller's own", async ({ page }) => {
  await using server = serve(stimulated());
  await ready(page, server.url);
  await page.evaluate(async () => {
    let other: Promise<unknown> | undefined;
    document.addEventListener("argyle:created", () => other = of("b").stimulate("Rows#slow"), { once: true });
    document.addEventListener(
      "argyle:before",
      () => document.querySelector<HTMLElement>("#remove-b")!.click(),
      { once: true },
    );
    await of("a").stimulate();
    await other;
  });
  await says(page, "#rows", "a");
  const heard = await seen(page, /reflexSuccess/);
  assert.deepEqual(heard.toSorted(), [
    "a reflexSuccess a $#refresh",
    "b reflexSuccess b Rows#slow",
    "list reflexSuccess remove-b Rows#remove",
  ]);
  assertQuiet(page);
});
