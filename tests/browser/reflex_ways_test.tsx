import { App, on, ops, Reflex } from "@argyle/argyle";
import assert from "node:assert/strict";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { online, open, says, serve } from "./serve.ts";

interface Session {
  count?: number;
}

let go: (() => void) | undefined;

class Ways extends Reflex<Session> {
  page() {
    this.#count();
  }
  selector() {
    const count = this.#count();
    this.morph("#count", <output id="count">{count}!</output>);
    this.morph("ul > .item:nth-child(even)", `<b> ${count}`);
    this.morph("#more", <button id="inner" {...on("click", Ways, "more", count)}>More</button>);
  }
  more(by: number) {
    this.morph("#more", `got ${by}`);
  }
  nothing() {
    this.#count();
    this.skipRender();
  }
  async progress() {
    this.push(ops().textContent("#bar", "half").addCssClass("#bar", "busy"));
    await new Promise<void>((resolve) => go = resolve);
  }
  lost() {
    this.morph("p[", "1");
  }
  leave() {
    this.cookie("theme", "dark", { httpOnly: false });
    this.flash("notice", "You have left");
    this.redirect("/next?from=here");
  }
  #count() {
    return this.session.count = (this.session.count ?? 0) + 1;
  }
}

function make() {
  const app = new App<Session>({ log: new MemoryLog() });
  app.reflexes({ Ways });
  const names = ["page", "selector", "nothing", "progress", "lost", "leave"] as const;
  app.page("/", ({ session }) => (
    <main>
      {names.map((name) => <button key={name} id={name} {...on("click", Ways, name)}>{name}</button>)}
      <output id="count">{session.count ?? 0}</output>
      <ul>
        <li class="item">1</li>
        <li class="item">2</li>
      </ul>
      <p id="more" />
      <p id="bar" />
    </main>
  ));
  app.page(
    "/next",
    ({ flash, query }) => (
      <p id="flash" data-from={query.get("from")}>{flash.map(({ text }) => text).join()}</p>
    ),
  );
  return app;
}

browse("morph: shows elements by selectors; the next render is the page as it is", async ({ page }) => {
  await using server = serve(make());
  await open(page, server.url);
  await page.locator("#nothing").click();
  await page.locator("#selector").click();
  await says(page, "#count", "2!");
  await says(page, "li:nth-child(2)", "<b> 2");
  await says(page, "li:nth-child(1)", "1");
  await page.locator("#inner").click();
  await says(page, "#more", "got 2");
  await page.locator("#page").click();
  await says(page, "#count", "3");
  await says(page, "li:nth-child(2)", "2");
  await says(page, "#more", "");
  assertQuiet(page);
});

browse("push: is seen while the call goes on, and gone when it is over", async ({ page }) => {
  await using server = serve(make());
  await open(page, server.url);
  await page.locator("#progress").click();
  await says(page, "#bar.busy", "half");
  go?.();
  await says(page, "#bar:not(.busy)", "");
  assertQuiet(page);
});

browse("morph: what is no selector has the page loaded again", async ({ page }) => {
  await using server = serve(make());
  await open(page, server.url);
  await page.locator("#lost").click();
  while (server.requests.filter((request) => request === "GET /").length < 2) await page.waitForTimeout(20);
  await online(page);
  await page.locator("#page").click();
  await says(page, "#count", "1");
});

browse(
  "redirect: leads there with a cookie and a message, which is gone at the next load",
  async ({ page }) => {
    await using server = serve(make());
    await open(page, server.url);
    await page.locator("#leave").click();
    await says(page, "#flash[data-from=here]", "You have left");
    assert.equal(new URL(page.url()).pathname, "/next");
    assert.equal(await page.evaluate(() => document.cookie), "theme=dark");
    await page.reload();
    await says(page, "#flash", "");
    assertQuiet(page);
  },
);
