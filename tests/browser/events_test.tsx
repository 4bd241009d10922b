import assert from "node:assert/strict";
import { action, App, on, Reflex } from "@argyle/argyle";
import { z } from "zod";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { open, says, serve } from "./serve.ts";

interface Session {
  last?: string;
  calls?: number;
}

class Act extends Reflex<Session> {
  did(what: string) {
    this.session.last = what;
    this.session.calls = (this.session.calls ?? 0) + 1;
    return { what };
  }
  send() {
    const fields = this.fields.names().map((name) => `${name}=${this.fields.get(name).text()}`);
    this.did(fields.join("&"));
  }
  refuse() {
    this.abort("Not today.");
  }
  check = action(z.object({ age: z.coerce.number().min(18, "Too young") }), () => {});
}

function acts(): App<Session> {
  const app = new App<Session>({ log: new MemoryLog() });
  app.reflexes({ Act });
  const link = on("click", Act, "did", "link");
  app.page("/", ({ session }) => (
    <main>
      <output id="last">{session.last ?? ""}</output>
      <output id="calls">{session.calls ?? 0}</output>
      <form id="form" action="/elsewhere" {...on("submit", Act, "send")}>
        <input id="name" name="name" />
        <input name="secret" type="hidden" value="x" />
        <button id="save" name="button" value="save">Save</button>
        <button id="drop" name="button" value="drop">Drop</button>
      </form>
      <a id="link" href="/elsewhere" {...link}>
        <b>A link</b>
      </a>
      <button id="disabled" disabled {...on("click", Act, "did", "disabled")}>Disabled</button>
      <fieldset disabled>
        <button id="fenced" {...on("click", Act, "did", "fenced")}>In a disabled fieldset</button>
      </fieldset>
      <div id="outer" {...on("focus", Act, "did", "outer focus").on("mouseenter", Act, "did", "outer enter")}>
        <input id="inner" {...on("focus", Act, "did", "focus").on("blur", Act, "did", "blur")} />
        <p id="hover" {...on("mouseenter", Act, "did", "enter")}>
          <i>Hover</i>
        </p>
      </div>
      <button id="refused" {...on("click", Act, "refuse")}>Refused</button>
      <form id="checked" {...on("submit", Act, "check")}>
        <input name="age" value="7" />
      </form>
    </main>
  ));
  app.page("/elsewhere", () => <h1>Elsewhere</h1>);
  return app;
}

/** The last call, and how many there were. */
async function did(page: Page, last: string, calls: number): Promise<void> {
  await says(page, "#last", last);
  assert.equal(await page.locator("#calls").textContent(), `${calls}`);
}

browse("events: forms, links, disabled elements and events that do not bubble", async ({ page }) => {
  await using server = serve(acts());
  const { sent } = overhear(page);
  await open(page, server.url);
  const calls = () => sent.filter(([kind]) => kind === "call").length;

  await page.locator("#name").fill("ann");
  await page.keyboard.press("Enter");
  // Enter is a click of the first button.
  await did(page, "name=ann&secret=x&button=save", 1);
  // It went well, so the form shows what the page says of it: nothing.
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("#name")!.value === "");
  await page.locator("#drop").click();
  await did(page, "name=&secret=x&button=drop", 2);

  await page.locator("#link b").click();
  await did(page, "link", 3);
  // With the key that opens another tab it is the browser's click, not ours. (That the tab opens is not waited for: the
  // headless browser from npm loses one in three.)
  await page.evaluate(() =>
    addEventListener("click", (event) => {
      document.body.dataset.left = String(!event.defaultPrevented);
      event.preventDefault();
    }, { once: true })
  );
  await page.locator("#link b").click({ modifiers: ["ControlOrMeta"] });
  assert.equal(await page.locator("body").getAttribute("data-left"), "true");

  await page.locator("#disabled").click({ force: true });
  await page.locator("#fenced").click({ force: true });
  await page.locator("#disabled").evaluate((button) =>
    button.dispatchEvent(new Event("click", { bubbles: true }))
  );

  await page.locator("#inner").focus();
  await did(page, "focus", 4);
  await page.locator("#inner").blur();
  await did(page, "blur", 5);
  await page.locator("#outer").evaluate((outer) => outer.dispatchEvent(new Event("focus")));
  await did(page, "outer focus", 6);
  // The pointer comes into both at once: two elements, two events, two calls.
  await page.mouse.move(0, 0);
  const hovered = calls();
  await page.locator("#hover i").hover();
  await says(page, "#calls", 8);
  assert.equal(calls() - hovered, 2);
  assert.equal(calls(), 8);
  assert.equal(page.url(), `${server.url}/`);
  assert.ok(!server.requests.includes("POST /elsewhere"));
  assertQuiet(page);
});

browse("events: argyle:success and argyle:error tell what became of a call", async ({ page }) => {
  await using server = serve(acts());
  await open(page, server.url);
  await page.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(globalThis, { heard });
    for (const name of ["argyle:success", "argyle:error", "argyle:halted"]) {
      document.addEventListener(name, (event) => {
        const { reflex, value, code, message, fields } = (event as CustomEvent).detail;
        heard.push([name, (event.target as Element).id, { reflex, value, code, message, fields }]);
        document.title = `${heard.length}`;
      });
    }
  });
  await page.locator("#link").click();
  await page.waitForFunction(() => document.title === "1");
  await page.locator("#refused").click();
  await page.waitForFunction(() => document.title === "2");
  await page.locator("#checked input").press("Enter");
  await page.waitForFunction(() => document.title === "3");
  const nothing = { code: undefined, message: undefined, fields: undefined };
  assert.deepEqual(await page.evaluate(() => (globalThis as unknown as { heard: unknown[] }).heard), [
    ["argyle:success", "link", { reflex: "Act#did", value: { what: "link" }, ...nothing }],
    ["argyle:halted", "refused", {
      reflex: "Act#refuse",
      value: undefined,
      code: "halted",
      message: "Not today.",
      fields: undefined,
    }],
    ["argyle:error", "checked", {
      reflex: "Act#check",
      value: undefined,
      code: "invalid",
      message: "The input is not valid.",
      fields: { age: "Too young" },
    }],
  ]);
  assertQuiet(page);
});
