import assert from "node:assert/strict";
import { App, raw } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { byHand } from "./frames.ts";
import { open, says, serve } from "./serve.ts";

/** Markup that runs a script, by itself or when it is touched, or that leads elsewhere. */
const markup =
  `<img src="data:,x" onerror="ran('img')"><iframe srcdoc="<script>parent.ran('srcdoc')</script>"></iframe>
  <iframe src="&#1;java\tscript:parent.ran('iframe')"></iframe><details open ontoggle="ran('details')">x</details>
  <style onload="ran('style')">p { color: red }</style><input autofocus onfocus="ran('focus')">
  <svg onload="ran('svg')"><script>ran('svg script')</script><image href="data:,x" onerror="ran('image')"></image></svg>
  <script>ran('script')</script><script src="/evil.js"></script><base href="https://evil.test/">
  <meta http-equiv="refresh" content="0; url=/gone"><a href="javascript:ran('link')">x</a>
  <form><button formaction="javascript:ran('button')">x</button></form>
  <template><img src="data:,x" onerror="ran('template')"></template>`;

/** Attributes that would do the same, by the kind of element that they are put on. */
const attributes: Record<string, Record<string, string>> = {
  "#image": { src: "data:,x", onerror: "ran('onerror')", ONLOAD: "ran('onload')" },
  "#frame": { srcdoc: "<script>parent.ran('srcdoc')</script>", src: "java\tscript:parent.ran('src')" },
  "#details": { open: "", ontoggle: "ran('toggle')" },
  "#link": { href: "\u0001javascript:ran('href')", ping: "javascript:ran('ping')" },
  "#button": { formaction: "javascript:ran('formaction')", "onclick ": "ran('click')" },
  "#object": { data: "javascript:parent.ran('data')" },
  "#use": { href: "data:image/svg+xml,<svg/>", "xlink:href": "javascript:ran('xlink')" },
  "#meta": { "http-equiv": "refresh", content: "0; url=/gone" },
  "#pragma": { content: "0; url=/gone" },
  "#base": { href: "https://evil.test/" },
  "#empty": { src: "data:text/javascript,ran('script src')", type: "module" },
  "#drawn": { href: "data:text/javascript,ran('svg script href')" },
  "#place": {
    "x><img src=x onerror=ran('name')><p y": "1",
    "x onmouseover=ran('names') y": "1",
    "title": `"><script>ran('value')</script>`,
  },
};

const body = `<div id="place"><p>A place</p></div><img id="image" alt=""><iframe id="frame"></iframe>
  <details id="details">x</details><a id="link">x</a><form><button id="button">x</button></form>
  <object id="object"></object>
  <svg><use id="use"></use><script id="drawn"></script></svg><meta id="meta" itemprop="x" content="y">
  <script id="empty"></script><output id="end">0</output>`;

function harmless(): App {
  const app = new App({ log: new MemoryLog() });
  app.page("/", () => <main dangerouslySetInnerHTML={raw(body)} />);
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

/** What is on the page that would run, or lead elsewhere, when it is touched. */
function dangers(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const roots = [document, ...[...document.querySelectorAll("template")].map(({ content }) => content)];
    return roots.flatMap((root) => [...root.querySelectorAll("*")]).flatMap((element) => [
      ...element.matches("script:not(#empty, #drawn, [data-argyle]), base, meta[http-equiv]")
        ? [element.outerHTML]
        : [],
      ...element.matches("#empty, #drawn") && (element.textContent !== "" || element.attributes.length > 1)
        ? [element.outerHTML]
        : [],
      ...[...element.attributes].filter(({ name, value }) =>
        name.startsWith("on") || name === "srcdoc" ||
        (name !== "title" && value.replace(/[^a-z:]/gi, "").toLowerCase().startsWith("javascript:"))
      ).map(({ name, value }) => `${element.nodeName} ${name}=${value}`),
    ]);
  });
}

browse(
  "evil operations: without a policy, nothing that any of them brings runs",
  async ({ page, newPage }) => {
    await using server = serve(harmless(), { csp: "off" });
    // That it would run shows that the test could see it.
    const control = await newPage();
    await record(control);
    await control.goto(server.url);
    await control.evaluate(([markup, attributes]) => {
      document.querySelector("#place")!.innerHTML = markup as string;
      for (const [selector, changes] of Object.entries(attributes!)) {
        if (/place|meta|pragma|base|button/.test(selector)) continue;
        for (const [name, value] of Object.entries(changes)) {
          document.querySelector(selector)!.setAttribute(name, value);
        }
      }
    }, [markup.replace(/<meta[^>]*>|<base[^>]*>/g, ""), attributes] as const);
    await settled(control);
    const ran = await names(control);
    for (
      const name of [
        "img",
        "srcdoc",
        "details",
        "style",
        "onerror",
        "toggle",
        "script src",
        "svg script href",
      ]
    ) {
      assert.ok(ran.includes(name), `${name} of ${ran}`);
    }
    await control.close();

    await record(page);
    const hand = await byHand(page);
    await open(page, server.url);
    let end = 0;
    const patch = async (...operations: unknown[][]) => {
      end += 1;
      hand.patch(...operations, ["text", "end", `${end}`]);
      await says(page, "#end", end);
      await settled(page);
      const way = JSON.stringify(operations);
      assert.deepEqual(await names(page), [], way);
      assert.deepEqual(await dangers(page), [], way);
      assert.equal(page.url(), `${server.url}/`, way);
      assert.equal(await page.evaluate(() => document.baseURI), `${server.url}/`, way);
    };
    const elements = markup.replace(/>\s+</g, "><");
    await patch(["morph", ["place", 0], `<p>${markup}</p>`.replaceAll(/<\/?(form|details)[^>]*>/g, "")]);
    await patch(["before", "place", elements]);
    await patch(["after", ["place", 0], elements]);
    await patch(["before", ["place", -1, 0], `<p>${elements.slice(0, 60)}</p>`]);
    for (const [selector, changes] of Object.entries(attributes)) {
      if (selector === "#base" || selector === "#pragma") continue;
      await patch(["attributes", selector.slice(1), changes]);
      for (const [name, value] of Object.entries(changes)) {
        await patch(["attributes", selector.slice(1), { [name]: value }]);
      }
    }
    await patch(["text", "place", markup], ["text", "empty", "ran('text')"], [
      "text",
      "drawn",
      "ran('svg text')",
    ]);
    assert.equal(await page.locator("#place").textContent(), markup);
    await patch(["morph", "drawn", "<script id='drawn'>ran('morph')</script>"]);
    await patch(["order", ["place", -1, 0], [3, 1, 0, 3]], ["order", "empty", [1, 1, 0, 1]]);
    await patch(["remove", "empty", "drawn"]);
    assert.equal(await page.locator("#empty, #drawn").count(), 2);
    assertQuiet(page, { except: [/about:blank|data:/] });
  },
);

browse("evil operations: no link is animated to run a script", async ({ page, newPage }) => {
  const link = (id: string, animation: string) =>
    `<svg><a id="${id}" href="#x">${animation}<circle r="9"></circle></a></svg>`;
  const animations = [
    `<animate attributeName="href" values="javascript:ran('animate')" dur="999s"></animate>`,
    `<set attributeName="href" to="javascript:ran('set')"></set>`,
  ];
  const links = animations.map((animation, index) => link(`link-${index}`, animation));
  const waiting = link("link-2", `<set id="set" attributeName="x" to="#y"></set>`);
  const app = new App({ log: new MemoryLog() });
  app.page(
    "/",
    () => <main dangerouslySetInnerHTML={raw(`<p id="place"></p>${waiting}<output id="end">0</output>`)} />,
  );
  await using server = serve(app, { csp: "off" });
  /** Clicks each link, where it is. */
  const click = async (page: Page) => {
    await settled(page);
    await page.evaluate(() => {
      for (const link of document.querySelectorAll("svg a")) {
        link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      }
    });
    await settled(page);
    return await names(page);
  };
  const control = await newPage();
  await record(control);
  await control.goto(server.url);
  await control.evaluate((html) => {
    document.querySelector("#place")!.innerHTML = html;
  }, links.join(""));
  assert.deepEqual((await click(control)).sort(), ["animate", "set"]);
  await control.close();

  await record(page);
  const hand = await byHand(page);
  await open(page, server.url);
  hand.patch(
    ["before", "place", links.join("")],
    ["morph", "place", `<p id="place">${links.join("").replaceAll("link-", "other-")}</p>`],
    ["text", "end", "1"],
  );
  await says(page, "#end", 1);
  assert.equal(await page.locator("svg a").count(), 5);
  assert.deepEqual(await click(page), []);
  // It cannot become one, and that is a doubt about the page.
  hand.patch(["attributes", "set", { attributeName: "href" }], ["text", "end", "2"]);
  await says(page, "#end", 0);
  assert.deepEqual(await click(page), []);
  assertQuiet(page);
});

browse("evil operations: a base and a pragma of the page itself are not changed", async ({ page }) => {
  const app = new App({ log: new MemoryLog() });
  app.page("/", () => (
    <main
      dangerouslySetInnerHTML={raw(`<meta id="pragma" http-equiv="x-y" content="1">
    <p id="p"></p><output id="end">0</output>`)}
    />
  ));
  await using server = serve(app, { csp: "off" });
  const hand = await byHand(page);
  await open(page, server.url);
  await page.evaluate(() => {
    const base = document.createElement("base");
    base.id = "base";
    document.head.append(base);
  });
  hand.patch(
    ["attributes", "pragma", { "http-equiv": "refresh", content: "0; url=/gone" }],
    ["attributes", "base", { href: "https://evil.test/" }],
    ["attributes", "p", { "http-equiv": "refresh", class: "c" }],
    ["text", "end", "1"],
  );
  await says(page, "#end", 1);
  await settled(page);
  assert.equal(page.url(), `${server.url}/`);
  assert.equal(await page.evaluate(() => document.baseURI), `${server.url}/`);
  assert.equal(
    await page.evaluate(() =>
      document.querySelector("#pragma")!.outerHTML + document.querySelector("#p")!.outerHTML
    ),
    `<meta id="pragma" http-equiv="x-y" content="1"><p id="p" class="c"></p>`,
  );
  assertQuiet(page);
});

browse("evil operations: under Trusted Types they are applied, and nothing runs", async ({ page }) => {
  await using server = serve(harmless());
  await record(page);
  const hand = await byHand(page);
  await open(page, server.url);
  const elements = markup.replace(/>\s+</g, "><");
  // Chromium takes no string for the data of an object, not even a blocked one.
  const changes = Object.entries(attributes).filter(([selector]) => !/base|pragma|object/.test(selector));
  const operations = [
    ["before", "place", elements],
    ["morph", ["place", 0], "<p><b>1</b></p>"],
    ...changes.map(([selector, change]) => ["attributes", selector.slice(1), change]),
    ["text", "place", markup],
  ];
  for (const [index, operation] of operations.entries()) {
    hand.patch(operation, ["text", "end", `${index + 1}`]);
    await says(page, "#end", index + 1);
  }
  await settledQuietly(page);
  assert.deepEqual(await names(page), []);
  assert.deepEqual(await dangers(page), []);
});

/** Two frames: what `settled` waits for is not allowed under the policy. */
async function settledQuietly(page: Page): Promise<void> {
  await page.evaluate(() =>
    new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))
  );
}
