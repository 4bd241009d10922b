import assert from "node:assert/strict";
import { action, App, on, Reflex, topic } from "@argyle/argyle";
import { z } from "zod";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { byHand } from "./frames.ts";
import { open, says, serve } from "./serve.ts";

const Sheet = topic("sheet");

const options = ["one", "two", "three"];

/** What two people fill in together. */
function shared() {
  const given = {
    text: "one",
    long: "one",
    box: false,
    single: "one",
    several: ["one"],
    choice: "one",
    round: 0,
  };
  class Edit extends Reflex {
    save = action(
      z.object({
        text: z.string(),
        long: z.string(),
        box: z.string().optional(),
        single: z.string(),
        several: z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat()),
        choice: z.string(),
      }),
      ({ box, ...rest }) => {
        Object.assign(given, rest, { box: box !== undefined, round: given.round + 1 });
        this.publish(Sheet());
      },
    );
    look() {
      given.round += 1;
    }
  }
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Edit });
  app.page("/", ({ subscribe }) => {
    subscribe(Sheet());
    return (
      <main id="main" {...on("look", Edit, "look")}>
        <form id="form" {...on("submit", Edit, "save")}>
          <input id="text" name="text" value={given.text} />
          <textarea id="long" name="long">{given.long}</textarea>
          <input id="box" type="checkbox" name="box" checked={given.box} />
          <select id="single" name="single">
            {options.map((value) => <option key={value} selected={given.single === value}>{value}</option>)}
          </select>
          <select id="several" name="several" multiple>
            {options.map((value) => (
              <option key={value} selected={given.several.includes(value)}>{value}</option>
            ))}
          </select>
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
          <button id="save">Save</button>
        </form>
        <button id="elsewhere" type="button">Elsewhere</button>
        <output id="round">{given.round}</output>
      </main>
    );
  });
  return { app, given };
}

/** Takes down the conflicts that a page is told of, from now on; waits for as many. */
async function listen(page: Page): Promise<(count?: number) => Promise<unknown[]>> {
  await page.evaluate(() => {
    const told: unknown[] = [];
    Object.assign(globalThis, { told });
    document.addEventListener("argyle:conflict", (event) => {
      told.push([(event.target as Element).id, (event as CustomEvent).detail]);
    });
  });
  return async (count = 0) => {
    await page.waitForFunction(
      (count) => (globalThis as unknown as { told: unknown[] }).told.length >= count,
      count,
    );
    return await page.evaluate(() => (globalThis as unknown as { told: unknown[] }).told.splice(0).sort());
  };
}

/** The person fills everything in and goes elsewhere, without sending it. */
async function fill(page: Page, value: string): Promise<void> {
  await page.locator("#text").fill(value);
  await page.locator("#long").fill(value);
  await page.locator("#box").setChecked(value === "two");
  await page.locator("#single").selectOption(value);
  await page.locator("#several").selectOption([value, "three"]);
  await page.locator(`#${value}`).check();
  await page.locator("#elsewhere").focus();
}

async function held(page: Page): Promise<unknown[]> {
  return await page.evaluate(() => {
    const field = (id: string) => document.getElementById(id) as HTMLInputElement;
    const several = document.querySelector<HTMLSelectElement>("#several")!;
    return [
      ...["text", "long", "single"].map((id) => field(id).value),
      [...several.selectedOptions].map(({ value }) => value),
      field("box").checked,
      document.querySelector<HTMLInputElement>("[name=choice]:checked")!.value,
    ];
  });
}

browse(
  "conflict: what somebody has changed and not sent stays, and the page is told once",
  async ({ page, newVisitor }) => {
    const { app, given } = shared();
    await using server = serve(app);
    await open(page, server.url);
    const { page: other } = await newVisitor();
    await open(other, server.url);
    const told = await listen(page), toldOther = await listen(other);

    await fill(page, "two");
    await fill(other, "three");
    await other.locator("#box").check();
    await page.locator("#box").uncheck();
    // Changed, and as it was again: that is no side of a conflict.
    await other.locator("#save").click();
    await says(page, "#round", 1);
    await says(other, "#round", 1);
    const mine = ["two", "two", "two", ["two", "three"], true, "two"];
    assert.deepEqual((await held(page)).toSpliced(4, 1), mine.toSpliced(4, 1));
    assert.deepEqual(await told(5), [
      ["long", { base: "one", mine: "two", theirs: "three" }],
      ["several", { base: ["one"], mine: ["two", "three"], theirs: ["three"] }],
      ["single", { base: "one", mine: "two", theirs: "three" }],
      ["text", { base: "one", mine: "two", theirs: "three" }],
      ["two", { base: "one", mine: "two", theirs: "three" }],
    ]);
    assert.equal(await page.locator("#box").isChecked(), true); // nobody's any more: it takes the news

    // The same again is no news.
    await page.evaluate(() => document.querySelector("#main")!.dispatchEvent(new Event("look")));
    await says(page, "#round", 2);
    assert.deepEqual(await told(), []);

    // Who has sent it themselves is told of nothing.
    await page.locator("#text").fill("  sent  ");
    await page.locator("#save").click();
    await says(page, "#round", 3);
    await says(other, "#round", 3);
    assert.deepEqual(await told(), []);
    assert.deepEqual(await held(page), ["  sent  ", ...mine.slice(1)]);
    assert.deepEqual(await held(other), await held(page));
    await other.locator("#long").fill("other");
    Object.assign(given, { long: "third", round: 4 });
    app.publish(Sheet());
    // The first that is told: they come in their order.
    assert.deepEqual(await toldOther(1), [["long", { base: "two", mine: "other", theirs: "third" }]]);
    assertQuiet(page);
    assertQuiet(other);
  },
);

browse(
  "conflict: a field that has the focus has one; what both have done alike is none",
  async ({ page }) => {
    const { app, given } = shared();
    await using server = serve(app);
    await open(page, server.url);
    const told = await listen(page);
    await page.locator("#box").check();
    await page.locator("#long").fill("alike");
    await page.locator("#text").fill("mine");
    for (const [round, news] of [{ text: "theirs", long: "alike", box: true }, { text: "again" }].entries()) {
      const base = given.text;
      Object.assign(given, news, { round: round + 1 });
      app.publish(Sheet());
      await says(page, "#round", round + 1);
      assert.deepEqual(await told(1), [["text", { base, mine: "mine", theirs: given.text }]]);
      assert.deepEqual((await held(page)).slice(0, 2), ["mine", "alike"]);
    }
    assertQuiet(page);
  },
);

browse("conflict: another field in its place has none", async ({ page }) => {
  const app = new App({ log: new MemoryLog() });
  app.page("/", () => (
    <main id="x">
      <input id="a" name="a" value="base" />
      <input id="b" name="b" value="base" />
    </main>
  ));
  await using server = serve(app);
  const hand = await byHand(page);
  await open(page, server.url);
  const told = await listen(page);
  await page.locator("#a").fill("mine");
  await page.locator("#b").fill("mine");
  hand.patch(["attributes", "a", { name: "c", value: "theirs" }], ["attributes", "b", { value: "theirs" }]);
  assert.deepEqual(await told(1), [["b", { base: "base", mine: "mine", theirs: "theirs" }]]);
  assert.equal(await page.locator("#a").inputValue(), "theirs");
  assertQuiet(page);
});
