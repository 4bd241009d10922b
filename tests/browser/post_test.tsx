import assert from "node:assert/strict";
import { action, App, on, Reflex } from "@argyle/argyle";
import { z } from "zod";
import forms from "../../examples/forms/main.tsx";
import guestbook from "../../examples/guestbook/main.tsx";
import todo from "../../examples/todo/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { open, serve } from "./serve.ts";

const plain = { context: { javaScriptEnabled: false } };

browse("without JavaScript: a registration is mended, and made", async ({ page }) => {
  await using server = serve(forms({ log: new MemoryLog() }));
  await page.goto(server.url);
  await page.getByLabel("Your name").fill("Ann");
  await page.getByLabel("E-mail").fill("ann@example.org");
  await page.getByLabel("Preact").check();
  await page.getByLabel("Anything").fill("<No> peanuts");
  await page.getByRole("button", { name: "Register" }).click();
  await page.locator(".field-error", { hasText: "We cannot write to example.org" }).waitFor();
  assert.equal(await page.locator(".field-error").count(), 1);
  assert.equal(await page.getByLabel("Your name").inputValue(), "Ann");
  assert.equal(await page.getByLabel("E-mail").inputValue(), "ann@example.org");
  assert.equal(await page.getByLabel("Anything").inputValue(), "<No> peanuts");
  assert.deepEqual(
    [await page.getByLabel("Preact").isChecked(), await page.getByLabel("Deno").isChecked()],
    [true, false],
  );
  await page.getByLabel("E-mail").fill("ann@example.com");
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByText("See you there, Ann!").waitFor();
  assert.equal(await page.locator("#places li").innerText(), "Ann: Preact");
  // A reload asks for the page, and sends nothing again.
  assert.equal(new URL(page.url()).search, "");
  await page.reload();
  assert.equal(await page.locator("#places li").count(), 1);
}, plain);

browse("without JavaScript: a to-do is added, and what is none is said to be none", async ({ page }) => {
  await using server = serve(todo({ log: new MemoryLog() }));
  await page.goto(`${server.url}/active`);
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByText("Say what to do.").waitFor();
  await page.locator("#title").fill("Water the plants");
  await page.locator("#title").press("Enter");
  await page.getByText("1 left").waitFor();
  assert.equal(await page.locator("#todos label").innerText(), "Water the plants");
  assert.equal(await page.locator("#title").inputValue(), "");
  assert.equal(new URL(page.url()).pathname, "/active");
}, plain);

browse("without JavaScript: a form that is posted to a route of its own still is", async ({ page }) => {
  await using server = serve(guestbook({ log: new MemoryLog() }));
  await page.goto(server.url);
  await page.getByLabel("Your name").fill("Bob");
  await page.getByLabel("Your message").fill("Hello");
  await page.getByRole("button", { name: "Sign" }).click();
  await page.locator("article .message", { hasText: "Hello" }).waitFor();
}, plain);

class Account extends Reflex {
  enter = action(z.object({ name: z.string().min(1, "Who are you?"), password: z.string() }), (who) => {
    if (who.password !== "secret") this.invalid({ password: "That is not it" });
    this.login(who.name);
    this.flash("done", `Welcome, ${who.name}`);
  });
  leave() {
    this.logout();
  }
}

function accounts(): App {
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Account });
  app.page("/", ({ user, form, flash, query }) => {
    const enter = form(Account, "enter");
    return (
      <main>
        <p>{flash.map(({ text }) => text)}</p>
        <output id="user">{user ?? "nobody"}</output>
        <output id="query">{query.get("from")}</output>
        {user === undefined
          ? (
            <form {...enter}>
              <input {...enter.field("name")} aria-label="Name" /> {enter.error("name")}
              <input {...enter.field("password")} type="password" aria-label="Password" />
              {enter.error("password")}
              <button>Log in</button>
            </form>
          )
          : (
            <form {...on("submit", Account, "leave")}>
              <button>Log out</button>
            </form>
          )}
      </main>
    );
  });
  return app;
}

browse("without JavaScript: one logs in and out, and the page's query stays", async ({ page }) => {
  await using server = serve(accounts());
  await page.goto(`${server.url}/?from=a%20b`);
  await page.getByLabel("Name").fill("ann");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button").click();
  await page.getByText("That is not it").waitFor();
  assert.deepEqual(
    [await page.getByLabel("Name").inputValue(), await page.getByLabel("Password").inputValue()],
    ["ann", ""],
  );
  assert.equal(await page.locator("#query").innerText(), "a b");
  await page.getByLabel("Password").fill("secret");
  await page.getByRole("button").click();
  await page.getByText("Welcome, ann").waitFor();
  assert.equal(await page.locator("#user").innerText(), "ann");
  assert.equal(page.url(), `${server.url}/?from=a%20b`);
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("button", { name: "Log in" }).waitFor();
  assert.equal(await page.locator("#user").innerText(), "nobody");
}, plain);

browse("with JavaScript: the same form posts nothing", async ({ page }) => {
  await using server = serve(accounts());
  await open(page, server.url);
  await page.getByLabel("Name").fill("ann");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button").click();
  await page.getByText("That is not it").waitFor();
  assert.ok(!server.requests.some((request) => request.startsWith("POST")), server.requests.join());
  await assertQuiet(page);
});
