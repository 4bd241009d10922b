import assert from "node:assert/strict";
import { App, on, Reflex } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";

class Account extends Reflex {
  enter() {
    this.login(this.fields.get("name").text(20));
  }
  leave() {
    this.logout();
  }
}

browse(
  "login: is done in the page itself; after a logout the back button shows nobody",
  async ({ page, context }) => {
    const app = new App({ log: new MemoryLog() });
    app.reflexes({ Account });
    app.page("/", ({ user }) => (
      <main>
        <h1>Hello {user ?? "stranger"}</h1>
        {user === undefined
          ? (
            <form {...on("submit", Account, "enter")}>
              <input name="name" />
            </form>
          )
          : <button {...on("click", Account, "leave")}>Leave</button>}
      </main>
    ));
    app.page("/other", () => <h1>Another page</h1>);
    await using server = serve(app);
    await open(page, server.url);
    const [before] = await context.cookies();
    await page.locator("input").fill("ann");
    await page.keyboard.press("Enter");
    await says(page, "h1", "Hello ann");
    const [after] = await context.cookies();
    assert.notEqual(after?.value, before?.value);
    await page.getByRole("button").click();
    await says(page, "h1", "Hello stranger");
    await page.goto(`${server.url}/other`);
    await page.goBack();
    await says(page, "h1", "Hello stranger");
    assertQuiet(page);
  },
);
