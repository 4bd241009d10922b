import assert from "node:assert/strict";
import { App, on, Reflex } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { enter } from "./navigating.tsx";
import { open, says, serve } from "./serve.ts";

class Account extends Reflex {
  enter() {
    this.login(this.fields.get("name").text(20));
  }
  leave() {
    this.logout();
  }
  enterHere() {
    this.login("ann");
    this.redirect("/#here");
  }
  stay() {
    this.flash("notice", "Noted");
    this.redirect("/#there");
  }
  go() {
    this.redirect("/other#there");
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

for (const navigation of [true, false]) {
  browse(
    `redirect: to a fragment of the page itself shows it anew, too; navigation: ${navigation}`,
    async ({ page }) => {
      const app = new App({ log: new MemoryLog(), navigation });
      app.reflexes({ Account });
      app.page("/", ({ user, flash }) => (
        <main>
          <h1>Hello {user ?? "stranger"}</h1>
          <p id="here">{flash.map(({ text }) => text).join()}</p>
          <button type="button" id="enter" {...on("click", Account, "enterHere")}>Enter</button>
          <button type="button" id="stay" {...on("click", Account, "stay")}>Stay</button>
          <button type="button" id="go" {...on("click", Account, "go")}>Go</button>
        </main>
      ));
      app.page("/other", () => <h1>Another page</h1>);
      await using server = serve(app);
      await (navigation ? enter : open)(page, server.url);
      await page.locator("#enter").click();
      await says(page, "h1", "Hello ann");
      assert.equal(page.url(), `${server.url}/#here`);
      await page.locator("#stay").click();
      await says(page, "#here", "Noted");
      assert.equal(page.url(), `${server.url}/#there`);
      await page.locator("#go").click();
      await says(page, "h1", "Another page");
      assert.equal(page.url(), `${server.url}/other#there`);
      assertQuiet(page);
    },
  );
}
