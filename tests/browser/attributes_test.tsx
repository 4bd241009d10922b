import assert from "node:assert/strict";
import { App, on, Reflex } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";

class Notes extends Reflex {
  write(name: string) {
    this.session.heard = [...(this.session.heard ?? []) as string[], name];
  }
  tell() {
    const { element } = this;
    this.session.told = JSON.stringify({
      own: ["data-sr", "data-sr-args", "data-wait", "data-sr-dataset"].map((name) =>
        element.attribute(name).text()
      ),
      other: ["data-reflex", "data-wait-not", "data-srx"].map((name) => element.attribute(name).text()),
      x: element.dataset("x").text(),
      fields: this.fields.names(),
    });
  }
}

browse(
  "attributes: an app's own names say what the old ones say, and those say nothing",
  async ({ page }) => {
    const app = new App({
      log: new MemoryLog(),
      attributes: { reflex: "data-sr", debounce: "data-wait", permanent: "data-keep", confirm: "data-ask" },
    });
    app.reflexes({ Notes });
    app.page("/", ({ session }) => (
      <main>
        <output id="heard">{((session.heard ?? []) as string[]).join(" ")}</output>
        <output id="told">{session.told ?? ""}</output>
        <p id="kept" data-keep="">{`kept ${session.heard?.length ?? 0}`}</p>
        <p id="free" data-reflex-permanent="">{`free ${session.heard?.length ?? 0}`}</p>
        <button id="declared" type="button" data-sr="click->Notes#tell" data-reflex="click->Notes#write">
          Tell
        </button>
        <button id="old" type="button" data-reflex="click->Notes#tell">Old</button>
        <input id="quiet" data-wait={60_000} {...on("input", Notes, "write", "quiet")} />
        <input id="quick" data-reflex-debounce={60_000} {...on("input", Notes, "write", "quick")} />
        <button id="ask" type="button" data-ask="Sure?" {...on("click", Notes, "write", "ask")}>Ask</button>
        <button id="once" type="button" {...on("click.once", Notes, "write", "once")}>Once</button>
        <button id="end" type="button" {...on("click", Notes, "write", "end")}>End</button>
        <form data-x="far">
          <input name="left" value="1" />
          <button
            id="more"
            type="button"
            data-wait="0"
            data-wait-not="told"
            data-srx="told"
            data-sr-dataset="combined"
            data-sr-serialize-form="false"
            data-reflex="told"
            {...on("click", Notes, "tell")}
          >
            More
          </button>
        </form>
      </main>
    ));
    await using server = serve(app);
    await open(page, server.url);
    await page.locator("#old").click();
    await page.locator("#kept").evaluate((element) => element.textContent = "made by a script");
    await page.locator("#free").evaluate((element) => element.textContent = "made by a script");
    await page.locator("#quiet").pressSequentially("abc");
    await page.locator("#end").click(); // the field is left, so that nothing waits any longer
    await says(page, "#heard", "quiet end");
    await says(page, "#free", "free 2");
    await says(page, "#kept", "made by a script");
    await page.locator("#quick").pressSequentially("ab");
    await says(page, "#heard", "quiet end quick quick");
    const asked: string[] = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.message());
      void dialog.accept();
    });
    await page.locator("#ask").click();
    await says(page, "#heard", "quiet end quick quick ask");
    assert.deepEqual(asked, ["Sure?"]);
    await page.locator("#once").click();
    await page.locator("#once").click();
    await page.locator("#end").click();
    await says(page, "#heard", "quiet end quick quick ask once end");
    await says(page, "#told", "");
    await page.locator("#declared").click();
    await says(
      page,
      "#told",
      JSON.stringify({ own: ["", "", "", ""], other: ["click->Notes#write", "", ""], x: "", fields: [] }),
    );
    await page.locator("#more").click();
    await says(
      page,
      "#told",
      JSON.stringify({ own: ["", "", "", ""], other: ["told", "told", "told"], x: "far", fields: [] }),
    );
    await says(page, "#kept", "made by a script");
    assertQuiet(page);
  },
);

browse("attributes: a page's own scripts find the app's", async ({ page }) => {
  const app = new App({ log: new MemoryLog(), attributes: { reflex: "data-sr" } });
  app.reflexes({ Notes });
  app.page("/", ({ session }) => (
    <main>
      <output id="heard">{((session.heard ?? []) as string[]).join(" ")}</output>
      <b {...on("never", Notes, "write", "script")} />
    </main>
  ));
  await using server = serve(app, { csp: "off" });
  await open(page, server.url);
  const path = await page.locator("script[data-argyle]").getAttribute("src");
  await page.evaluate(async (path) => {
    const { reflex } = await import(path);
    await reflex("Notes").write("script");
  }, path!.replace("client", "api"));
  await says(page, "#heard", "script");
  assertQuiet(page);
});
