import assert from "node:assert/strict";
import { action, App, on, Reflex } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";
import { z } from "zod";

class Form extends Reflex {
  look() {}
  save = action(z.object({ name: z.string() }), ({ name }) => {
    this.session.name = name.trim().toUpperCase();
  });
}

/** A form whose defaults the server changes. */
function form() {
  const given = { text: "one", long: "one", box: false, choice: "one", colour: "#000000", round: 0 };
  const options = ["one", "two"];
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Form });
  app.page("/", ({ session }) => (
    <main id="main" {...on("look", Form, "look")}>
      <form id="form" {...on("submit", Form, "save")}>
        <input id="name" name="name" value={session.name ?? ""} />
        <input id="text" value={given.text} />
        <textarea id="long">{given.long}</textarea>
        <input id="box" type="checkbox" checked={given.box} />
        {options.map((value) => (
          <input
            key={value}
            type="radio"
            name="choice"
            id={value}
            value={value}
            checked={given.choice === value}
          />
        ))}
        <select id="single">
          {options.map((value) => <option key={value} selected={given.choice === value}>{value}</option>)}
        </select>
        <input id="colour" type="color" value={given.colour} />
        <button>Save</button>
        <output id="round">{given.round}</output>
      </form>
    </main>
  ));
  return { app, given };
}

/** What the fields hold. */
function held(page: Page): Promise<unknown[]> {
  return page.evaluate(() => {
    const field = (id: string) => document.getElementById(id) as HTMLInputElement;
    return [
      ...["text", "long", "single", "colour"].map((id) => field(id).value),
      ...["box", "one", "two"].map((id) => field(id).checked),
    ];
  });
}

async function look(page: Page, round: number): Promise<void> {
  await page.evaluate(() => document.querySelector("#main")!.dispatchEvent(new Event("look")));
  await says(page, "#round", round);
}

browse("fields: the server's news reach fields that nobody has touched, and no others", async ({ page }) => {
  const { app, given } = form();
  await using server = serve(app);
  await open(page, server.url);
  Object.assign(given, { text: "two", long: "two", box: true, choice: "two", colour: "#ffffff", round: 1 });
  await look(page, 1);
  assert.deepEqual(await held(page), ["two", "two", "two", "#ffffff", true, false, true]);

  await page.locator("#text").fill("mine");
  await page.locator("#long").fill("mine");
  await page.locator("#box").uncheck();
  await page.locator("#one").check();
  await page.locator("#single").selectOption("one");
  await page.locator("#colour").fill("#123456");
  Object.assign(given, { text: "three", long: "three", colour: "#000000", round: 2 });
  await look(page, 2);
  assert.deepEqual(await held(page), ["mine", "mine", "one", "#123456", false, true, false]);
  assertQuiet(page);
});

browse("fields: what was submitted takes what the server made of it", async ({ page }) => {
  const { app } = form();
  await using server = serve(app);
  await open(page, server.url);
  await page.locator("#name").fill(" ann ");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("#name")!.value === "ANN");
  assert.equal(page.url(), `${server.url}/`);
  assertQuiet(page);
});
