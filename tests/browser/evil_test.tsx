import assert from "node:assert/strict";
import { App, raw } from "@argyle/argyle";
import { VISIT_HEADER } from "@argyle/argyle/protocol";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { byHand } from "./frames.ts";
import { open, says, serve } from "./serve.ts";

/** Markup that runs a script which takes down its name, where nothing stops it. */
const payloads: Record<string, string> = {
  "img onerror": `<img src="data:,x" onerror="ran('img onerror')">`,
  "svg image": `<svg><image href="data:,x" onerror="ran('svg image')"></image></svg>`,
  "srcdoc": `<iframe srcdoc="<script>parent.ran('srcdoc')</script>"></iframe>`,
  "iframe url": `<iframe src="javascript:parent.ran('iframe url')"></iframe>`,
  "iframe blank": `<iframe src="&#1;java\tscript:parent.ran('iframe blank')"></iframe>`,
  "details": `<details open ontoggle="ran('details')"><p>x</p></details>`,
  "style load": `<style onload="ran('style load')">p { color: red }</style>`,
  "autofocus": `<input autofocus onfocus="ran('autofocus')">`,
};
/** Markup that does its harm in other ways. */
const others = `<object data="javascript:parent.ran('object')"></object>
  <svg onload="ran('svg onload')"></svg>
  <script>ran('script')</script><script src="/evil.js"></script>
  <svg><script>ran('svg script')</script><a xlink:href="javascript:ran('svg link')"><text>x</text></a></svg>
  <base href="https://evil.test/"><meta http-equiv="refresh" content="0; url=/gone">
  <a id="link" href="javascript:ran('link')">x</a>
  <form><button id="button" formaction="javascript:ran('button')">x</button></form>
  <template><img src="data:,x" onerror="ran('template')"></template>
  <math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=ran('mxss')&gt;"></table></math>
  <noscript><p title="</noscript><img src=x onerror=ran('noscript')>"></p></noscript>`;

const inHead = `<script>ran('head')</script><script src="/evil.js"></script><base href="https://evil.test/">
  <meta http-equiv="refresh" content="0; url=/gone"><style onload="ran('head style')">p { color: red }</style>`;
const markup = Object.values(payloads).join("") + others;

function harmless(): App {
  const app = new App({ log: new MemoryLog() });
  app.page("/", () => (
    <main>
      <div id="place">
        <p>A place</p>
      </div>
      <div id="holder" dangerouslySetInnerHTML={raw('<script id="empty"></script>')} />
      <output id="end">0</output>
    </main>
  ));
  return app;
}

/** Takes down what runs, from the first moment of each page. */
async function record(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const names: string[] = [];
    Object.assign(globalThis, { names, ran: (name: string) => names.push(name) });
  });
}

function names(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as unknown as { names: string[] }).names);
}

/** Gives what was begun the time to happen: a frame and an image that come later have done so too. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = document.createElement("iframe"), image = new Image();
    const done = [frame, image].map((element) =>
      new Promise((resolve) => element.onload = element.onerror = resolve)
    );
    frame.srcdoc = "<p>";
    image.src = "data:,last";
    document.documentElement.append(frame);
    await Promise.all(done);
    frame.remove();
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
}

/** Nothing of ours ran, and nothing is left that would run when it is touched. */
async function assertHarmless(page: Page, url: string, way: string): Promise<void> {
  await settled(page);
  assert.deepEqual(await names(page), [], way);
  assert.equal(page.url(), `${url}/`, way);
  const left = await page.evaluate(() => {
    const roots = [
      document,
      ...[...document.querySelectorAll("template")].map(({ content }) => content),
    ];
    return roots.flatMap((root) => [...root.querySelectorAll("*")]).flatMap((element) => [
      ...element.matches("script:not(#empty, [data-argyle]), base, meta[http-equiv]")
        ? [element.outerHTML]
        : [],
      ...[...element.attributes].filter(({ name, value }) =>
        name.startsWith("on") || name === "srcdoc" ||
        value.replace(/[^a-z:]/gi, "").toLowerCase().startsWith("javascript:")
      ).map(({ name, value }) => `${element.nodeName} ${name}=${value}`),
    ]);
  });
  assert.deepEqual(left, [], way);
  assert.equal(await page.evaluate(() => document.baseURI), `${url}/`, way);
}

browse("evil markup: without a policy, what a patch brings does not run", async ({ page, newPage }) => {
  await using server = serve(harmless(), { csp: "off" });
  // That each of them runs by itself shows that the test could see it.
  const control = await newPage();
  await record(control);
  await control.goto(server.url);
  await control.evaluate(
    (html) => document.querySelector("#place")!.innerHTML = html,
    Object.values(payloads).join(""),
  );
  await settled(control);
  assert.deepEqual((await names(control)).sort(), Object.keys(payloads).sort());

  await control.close();

  await record(page);
  const hand = await byHand(page);
  await open(page, server.url);
  let end = 0;
  const patch = async (way: string, ...operations: unknown[]) => {
    end += 1;
    hand.patch(...operations, ["morph", "end", `<output id="end">${end}</output>`]);
    await says(page, "#end", end);
    await assertHarmless(page, server.url, way);
  };
  await patch("morph", ["morph", "place", `<div id="place">${markup}</div>`]);
  // The same again: attributes that are there already are brought over in another way.
  const calm = markup.replaceAll(/ on\w+="[^"]*"/g, "").replaceAll(/"[^"]*script:[^"]*"/g, `"/favicon.ico"`);
  await patch("calm", ["morph", "place", `<div id="place">${calm}</div>`]);
  await patch("again", ["morph", "place", `<div id="place">${markup}</div>`]);
  await patch("the element itself", ["morph", "place", `<div id="place" onclick="ran('onclick')"></div>`]);
  await patch("another element", [
    "morph",
    "place",
    `<iframe id="place" srcdoc="<script>parent.ran('x')</script>"></iframe>`,
  ]);
  await patch("head", ["head", `<title>x</title>${markup}`]);
  await patch(
    "body",
    ["body", `<main><div id="place">${markup}</div><div id="holder"></div><output id="end"></output></main>`],
  );
  assertQuiet(page, { except: [/about:blank|data:/] });
});

browse("evil markup: an empty script that gains text or a source does not run", async ({ page, newPage }) => {
  await using server = serve(harmless(), { csp: "off" });
  const control = await newPage();
  await record(control);
  await control.goto(server.url);
  await control.evaluate(() => document.querySelector("#empty")!.append("ran('gained text')"));
  assert.deepEqual(await names(control), ["gained text"]);
  await control.close();

  await record(page);
  const hand = await byHand(page);
  await open(page, server.url);
  const gained = [
    `<script id="empty">ran('text')</script>`,
    `<script id="empty" src="data:text/javascript,ran('src')"></script>`,
  ];
  for (const [index, script] of gained.entries()) {
    const end = `<output id="end">${index + 1}</output>`;
    hand.patch(
      ["morph", "empty", script],
      ["morph", "holder", `<div id="holder">${script}</div>`],
      ["body", `<main><div id="place"></div><div id="holder">${script}</div>${end}</main>`],
    );
    await says(page, "#end", index + 1);
    await assertHarmless(page, server.url, script);
  }
  assert.equal(await page.locator("#empty").count(), 1);
  assertQuiet(page, { except: [] });
});

browse("evil markup: without a policy, what a resync brings does not run", async ({ page }) => {
  await using server = serve(harmless(), { csp: "off" });
  await record(page);
  const hand = await byHand(page);
  await page.route(`${server.url}/`, async (route) => {
    if (route.request().headers()[VISIT_HEADER] === undefined) return await route.continue();
    const response = await route.fetch();
    const html = (await response.text()).replace("<p>A place</p>", markup).replace(
      'id="end">0',
      'id="end">new',
    )
      .replace("<title>", `${inHead}<title>`);
    await route.fulfill({ response, body: html });
  });
  await open(page, server.url);
  hand.send(["resync", "stale"]);
  await says(page, "#end", "new");
  await assertHarmless(page, server.url, "resync");
  assertQuiet(page, { except: [/about:blank|data:/] });
});
