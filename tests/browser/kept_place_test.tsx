import assert from "node:assert/strict";
import { App, on, Reflex } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";

class Look extends Reflex {
  again() {}
}

browse(
  "patch: what comes, goes and moves around an element leaves it and its fields alone",
  async ({ page }) => {
    const news = { round: 0, message: false, rows: ["a", "b", "c"], wrapped: false };
    const app = new App({ log: new MemoryLog() });
    app.reflexes({ Look });
    const field = <input id="held" />;
    app.page("/", () => (
      <main id="main" {...on("look", Look, "again")}>
        {news.message && <p>This was not right.</p>}
        <iframe id="frame" title="A frame" />
        <div>
          {news.message && <p id="error">Say a name.</p>}
          <input class="name" aria-label="No id" />
          <iframe class="frame" title="No id" />
        </div>
        {news.rows.map((id) => (
          <section key={id} id={id}>
            <input class="row" aria-label={id} />
            <iframe title={id} />
          </section>
        ))}
        {news.wrapped ? <fieldset>{field}</fieldset> : field}
        <output id="round">{news.round}</output>
      </main>
    ));
    await using server = serve(app);
    await open(page, server.url);
    await page.evaluate(() => {
      for (const frame of document.querySelectorAll("iframe")) frame.contentDocument!.title = frame.title;
    });
    for (const input of await page.locator("input").all()) await input.fill("typed");
    await page.locator("#held").press("ArrowLeft");
    const look = () =>
      page.evaluate(() => ({
        frames: [...document.querySelectorAll("iframe")].map((frame) =>
          frame.contentDocument!.title === frame.title
        ),
        texts: [...document.querySelectorAll("input")].map(({ value }) => value),
        focus: [
          document.activeElement!.id,
          document.querySelector<HTMLInputElement>("#held")!.selectionStart,
        ],
      }));
    const steps: Partial<typeof news>[] = [
      { message: true },
      { message: false },
      { rows: ["c", "a", "b"] },
      { rows: ["b", "a", "c"], message: true },
      { wrapped: true },
      { wrapped: false, message: false },
    ];
    for (const step of steps) {
      Object.assign(news, step, { round: news.round + 1 });
      await page.evaluate(() => document.querySelector("#main")!.dispatchEvent(new Event("look")));
      await says(page, "#round", news.round);
      assert.deepEqual(await look(), {
        frames: Array(5).fill(true),
        texts: Array(5).fill("typed"),
        focus: ["held", 4],
      }, JSON.stringify(step));
    }
    assertQuiet(page);
  },
);
