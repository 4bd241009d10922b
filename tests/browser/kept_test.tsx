import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { App, Head, on, raw, Reflex } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { drawn, open, says, serve } from "./serve.ts";

class Look extends Reflex {
  again(_again: boolean) {}
}

/** A page with everything that a person can touch. Its numbers are what the server has new to say. */
function everything() {
  const news = { title: 0, element: 0, body: 0 };
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Look });
  app.page("/", () => (
    <>
      <main id="main" {...on("look", Look, "again", true)}>
        <Head>
          <title>{`Title ${news.title}`}</title>
        </Head>
        <section id="part">
          <output class="element">{news.element}</output>
          <form>
            <input id="text" name="text" />
            <input id="other" name="other" value="given" />
            <textarea id="long" name="long">given</textarea>
            <input id="box" name="box" type="checkbox" />
            <input id="one" name="choice" type="radio" value="1" checked />
            <input id="two" name="choice" type="radio" value="2" />
            <select id="single" name="single">
              <option>a</option>
              <option>b</option>
            </select>
            <select id="several" name="several" multiple>
              <option>a</option>
              <option>b</option>
              <option>c</option>
            </select>
            <input id="colour" name="colour" type="color" value="#000000" />
            <input id="range" name="range" type="range" value="10" />
            <input id="file" name="file" type="file" />
          </form>
          <details id="details">
            <summary>More</summary>
            <p>{`details ${news.element}`}</p>
          </details>
          <div id="list" style="height: 60px; width: 60px; overflow: auto">
            <div style="height: 900px; width: 900px">{`list ${news.element}`}</div>
          </div>
          <div id="permanent" data-reflex-permanent="">
            <p>{`permanent ${news.element}`}</p>
          </div>
          <div id="editor" contenteditable="true">
            <p>{`written by the server ${news.element}`}</p>
          </div>
          <video id="video" muted />
          <iframe id="frame" title="A frame" />
        </section>
        <div style="height: 3000px" />
      </main>
      {/* Behind what a parser repairs nothing has an address. */}
      <div dangerouslySetInnerHTML={raw("<b><i></b></i>")} />
      <p class="body">{news.body}</p>
    </>
  ));
  return { app, news };
}

type News = ReturnType<typeof everything>["news"];

/** Touches everything, and takes down what a later look is compared with. */
async function touch(page: Page): Promise<void> {
  await page.locator("#other").fill("typed");
  await page.locator("#long").fill("typed\nand more");
  await page.locator("#box").check();
  await page.locator("#two").check();
  await page.locator("#single").selectOption("b");
  await page.locator("#several").selectOption(["a", "c"]);
  await page.locator("#colour").fill("#ff8800");
  await page.locator("#range").fill("77");
  await page.locator("#file").setInputFiles({
    name: "a.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("file"),
  });
  await page.locator("summary").click();
  await page.evaluate(() => {
    document.querySelector("#permanent")!.textContent = "made by a script";
    document.querySelector("#list")!.scrollTo(70, 300);
    scrollTo(0, 120);
    const video = document.querySelector<HTMLVideoElement>("#video")!;
    const canvas = document.createElement("canvas");
    canvas.getContext("2d");
    video.srcObject = canvas.captureStream();
    // It pauses when it is moved or taken out.
    void video.play();
    document.querySelector<HTMLIFrameElement>("#frame")!.contentDocument!.title = "still the same";
  });
  await drawn(page);
}

/** What a person sees and would miss. */
function look(page: Page) {
  return page.evaluate(() => {
    const field = (id: string) => document.getElementById(id) as HTMLInputElement;
    const list = document.querySelector("#list")!;
    const video = document.querySelector<HTMLVideoElement>("#video")!;
    return {
      values: ["text", "other", "long", "single", "colour", "range"].map((id) => field(id).value),
      checked: ["box", "one", "two"].map((id) => field(id).checked),
      several: [...document.querySelector<HTMLSelectElement>("#several")!.selectedOptions].map((o) =>
        o.value
      ),
      file: field("file").files![0]?.name,
      open: document.querySelector<HTMLDetailsElement>("#details")!.open,
      permanent: document.querySelector("#permanent")!.textContent,
      scroll: [scrollX, scrollY, list.scrollLeft, list.scrollTop],
      plays: !video.paused && video.srcObject !== null,
      frame: document.querySelector<HTMLIFrameElement>("#frame")!.contentDocument!.title,
    };
  });
}

const seen = {
  values: ["hello world", "typed", "typed\nand more", "b", "#ff8800", "77"],
  checked: [true, false, true],
  several: ["a", "c"],
  file: "a.txt",
  open: true,
  permanent: "made by a script",
  scroll: [0, 120, 70, 300],
  plays: true,
  frame: "still the same",
};

/** Each way in which the page may be brought to something new, and how one sees that it was. */
const ways: Record<string, (page: Page, news: News) => Promise<void>> = {
  async element(page, news) {
    news.element += 1;
    await say(page);
    await says(page, ".element", news.element);
  },
  async body(page, news) {
    news.element += 1;
    news.body += 1;
    await say(page);
    await says(page, ".body", news.body);
  },
  async resync(page, news) {
    news.element += 1;
    news.body += 1;
    news.title += 1;
    // What the page does not offer has it loaded again.
    await page.evaluate(() => document.querySelector("#main")!.setAttribute("data-reflex-args", "[[false]]"));
    await say(page);
    await says(page, ".body", news.body);
    assert.equal(await page.title(), `Title ${news.title}`);
  },
};

/** Makes a call without a click, which would move the focus. */
async function say(page: Page): Promise<void> {
  await page.evaluate(() => document.querySelector("#main")!.dispatchEvent(new Event("look")));
}

browse("patch: what a person has typed, chosen, opened, scrolled and started is kept", async ({ page }) => {
  const { app, news } = everything();
  await using server = serve(app);
  const { received } = overhear(page);
  await open(page, server.url);
  await touch(page);
  await page.locator("#text").fill("hello world");
  await page.evaluate(() => {
    const text = document.querySelector<HTMLInputElement>("#text")!;
    text.focus({ preventScroll: true });
    text.setSelectionRange(2, 7, "backward");
    scrollTo(0, 120);
  });
  for (const [name, way] of Object.entries(ways)) {
    await way(page, news);
    assert.deepEqual(await look(page), seen, name);
    const caret = await page.evaluate(() => {
      const { id, selectionStart, selectionEnd, selectionDirection } = document
        .activeElement as HTMLInputElement;
      return [id, selectionStart, selectionEnd, selectionDirection];
    });
    assert.deepEqual(caret, ["text", 2, 7, "backward"], name);
  }
  const how = received.map((frame) =>
    frame[0] === "patch" ? frame[2].map(([name]) => name).join() : frame[0]
  );
  // Of each way one: small changes, among them the editor and what is permanent; the whole body; a load.
  assert.deepEqual(how.slice(0, 4), ["ready", "text,text,text,morph,morph", "body", "resync"]);
  assertQuiet(page);
});

browse(
  "patch: the focused contenteditable keeps its text and caret, and a word being composed goes on",
  async ({ page, context }) => {
    const { app, news } = everything();
    await using server = serve(app);
    await open(page, server.url);
    await page.locator("#editor").click();
    await page.keyboard.press("End");
    await page.keyboard.type(" and by me");
    await page.keyboard.press("ArrowLeft");
    for (const [name, way] of Object.entries(ways)) {
      await way(page, news);
      await page.keyboard.type("!");
      assert.match(await page.locator("#editor").innerText(), /^written by the server 0 and by m!+e$/, name);
    }
    assert.match(await page.locator("#editor").innerText(), /m!!!e$/);

    const method = await context.newCDPSession(page);
    await page.locator("#text").fill("said ");
    for (const [name, way] of Object.entries(ways)) {
      await method.send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
      await way(page, news);
      assert.equal(await page.locator("#text").inputValue(), "said に", name);
    }
    await method.send("Input.insertText", { text: "日本" });
    assert.equal(await page.locator("#text").inputValue(), "said 日本");
    assertQuiet(page);
  },
);
