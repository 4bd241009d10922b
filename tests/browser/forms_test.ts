import assert from "node:assert/strict";
import { memory } from "@argyle/argyle/memory";
import forms from "../../examples/forms/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";

const id = (name: string) => `#form-register-${name}`;

/** Waits until these sentences stand at fields, and no others. */
async function wrong(page: Page, sentences: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll(".field-error")].map((one) => one.textContent).join("|") === wanted,
    sentences.join("|"),
  );
}

browse(
  "forms: a field that was left says what is wrong, and that it is right while one types",
  async ({ page }) => {
    await using server = serve(forms({ log: new MemoryLog() }));
    await open(page, server.url);
    await page.locator(id("email")).pressSequentially("ann");
    await page.locator(id("name")).focus();
    await wrong(page, ["This is no e-mail address"]);
    assert.equal(
      await page.locator(id("email")).getAttribute("aria-describedby"),
      "form-register-email-error",
    );
    await page.locator(id("email")).focus();
    await page.keyboard.press("End");
    await page.keyboard.type("@example.com");
    await wrong(page, []);
    // What was typed is still there, and one is still at it.
    assert.equal(await page.locator(id("email")).inputValue(), "ann@example.com");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "form-register-email");
    assertQuiet(page);
  },
);

browse(
  "forms: a field that was left before the script for it was there says what is wrong as well",
  async ({ page }) => {
    await using server = serve(forms({ log: new MemoryLog() }));
    const gate = Promise.withResolvers<void>();
    await page.route(/\/rest-\w+\.js$/, async (route) => {
      await gate.promise;
      await route.continue();
    });
    await open(page, server.url);
    await page.locator(id("email")).pressSequentially("ann");
    await page.locator(id("name")).focus();
    gate.resolve();
    await wrong(page, ["This is no e-mail address"]);
    assertQuiet(page);
  },
);

browse("forms: sent twice is done once, and then the form is empty", async ({ page }) => {
  await using server = serve(forms({ log: new MemoryLog() }));
  await open(page, server.url);
  await page.locator("button.main").click();
  await wrong(page, ["Please tell us your name", "This is no e-mail address", "Choose at least one"]);
  await page.locator(id("name")).fill("Ann");
  await page.locator(id("email")).fill("ann@example.com");
  await page.locator("[value=Deno]").check();
  await page.locator("#guests button").first().click();
  await page.locator(id("guests-0-name")).fill("Bob");
  await page.locator("button.main").dblclick();
  await says(page, "#places", "Ann and 1 more: Deno");
  await page.waitForFunction(() =>
    document.querySelector<HTMLInputElement>("#form-register-name")!.value === ""
  );
  assert.equal(await page.locator("[value=Deno]").isChecked(), false);
  // All begins anew: what is empty is not wrong yet.
  await page.locator(id("name")).focus();
  await page.locator(id("email")).focus();
  await wrong(page, []);
  assertQuiet(page);
});

browse(
  "forms: what was written outlives the server, and is sent once when there is one again",
  async ({ page }) => {
    const engine = memory();
    const make = () => forms({ log: new MemoryLog(), ...engine });
    let server = serve(make());
    const { port } = new URL(server.url);
    try {
      await open(page, server.url);
      await page.locator("#guests button").first().click();
      await page.locator(id("guests-0-name")).fill("Bob");
      await page.locator(id("email")).fill("ann@example.com");
      await page.locator("[value=Preact]").check();
      await server[Symbol.asyncDispose]();
      await page.locator("html[data-argyle-status=offline]").waitFor({ state: "attached" });
      await page.locator(id("name")).fill("Ann");
      await page.locator("button.main").click();
      server = serve(make(), { port: Number(port) });
      await says(page, "#places", "Ann and 1 more: Preact");
      assert.equal(await page.locator("#places li").count(), 1);
    } finally {
      await server[Symbol.asyncDispose]();
    }
  },
);
