import assert from "node:assert/strict";
import { App, on, raw, Reflex } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { open, says, serve } from "./serve.ts";

interface Session {
  round?: number;
  missing?: string[];
}

/** Every name that a form has from its prototypes, and some that are read of documents. */
function memberNames(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const names = new Set<string>([
      "body",
      "head",
      "forms",
      "documentElement",
      "getElementById",
      "actualize",
    ]);
    for (let at: object = document.createElement("form"); at !== null; at = Object.getPrototypeOf(at)) {
      for (const name of Object.getOwnPropertyNames(at)) names.add(name);
    }
    return [...names].filter((name) => /^\w+$/.test(name));
  });
}

/** A form with a field of each name, once named so and once with it as its id. */
function clobbered(names: readonly string[]): App<Session> {
  class Form extends Reflex<Session> {
    save() {
      this.session.round = (this.session.round ?? 0) + 1;
      this.session.missing = names.filter((name) => this.fields.get(name).text() !== `value of ${name}`);
    }
  }
  const app = new App<Session>({
    log: new MemoryLog(),
    limits: { fields: 1000, keys: 4000 },
  });
  app.reflexes({ Form });
  app.page("/", ({ session: { round = 0, missing = [] } }) => {
    const order = round % 2 === 0 ? names : names.toReversed();
    return (
      <main>
        {/* What a parser repairs has the whole body sent, at the third and at the fourth round. */}
        {round === 3 && <div dangerouslySetInnerHTML={raw("<b><i></b></i>")} />}
        <div dangerouslySetInnerHTML={raw(`<img name="body" alt="">`)} />
        <p>{`missing: ${missing.join(" ")}`}</p>
        <form id="form" class={`form-${round}`} {...on("submit", Form, "save")}>
          {round % 2 === 1 && <b title="gone again">Another child</b>}
          {order.map((name) => (
            <label key={name} class={`label-${round}`}>
              {`${name} ${round}`}
              <input name={name} value={`value of ${name}`} data-round={round} />
            </label>
          ))}
          <button id="save">{`Save ${round}`}</button>
        </form>
        <form id="ids" title={`${round}`}>
          {order.map((id) => <input key={id} id={id} data-round={round} />)}
          <button>{round}</button>
        </form>
        <output id="round">{round}</output>
      </main>
    );
  });
  return app;
}

/** What is on the page, read past the names in the way. */
function markup(page: Page): Promise<string> {
  return page.evaluate(() => {
    const body = Reflect.get(Document.prototype, "body", document) as Element;
    return (Reflect.get(Element.prototype, "innerHTML", body) as string).replaceAll(
      ' data-argyle-status="online"',
      "",
    );
  });
}

browse(
  "clobbering: a form whose fields hide every member of an element is patched and submitted right",
  async ({ page, newPage }) => {
    const names = await memberNames(page);
    assert.ok(names.length > 280, `${names.length} names`);
    await using server = serve(clobbered(names));
    const { received } = overhear(page);
    await open(page, server.url);
    const other = await newPage();
    for (const round of [1, 2, 3, 4]) {
      // Playwright's own click trips over the names.
      await page.evaluate(() => HTMLElement.prototype.click.call(document.querySelector("#save")));
      await says(page, "#round", round);
      await open(other, server.url);
      assert.equal(await markup(page), await markup(other));
      assert.equal(await page.locator("p").textContent(), "missing: ");
    }
    const ways = received.flatMap((frame) =>
      frame[0] === "patch" ? [[...new Set(frame[2].map(([name]) => name))].sort().join()] : []
    );
    const parts = "attributes,morph,order,text";
    assert.deepEqual(ways, [parts, parts, "body", "body"]);
    assertQuiet(page);
    assertQuiet(other);
  },
);
