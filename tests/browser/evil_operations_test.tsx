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
    const roots = [
      document,
      ...[...document.querySelectorAll("template")].flatMap(({ content }) => content ?? []),
    ];
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

/** Performs operations by hand on a page, and looks at it when they are done. */
async function handed(page: Page, url: string): Promise<(...operations: unknown[][]) => Promise<string[]>> {
  await record(page);
  await page.addInitScript(() => {
    const errors: string[] = [];
    Object.assign(globalThis, { errors });
    addEventListener("error", (event) => {
      if (event.error?.name !== "TypeError" || !event.message.includes("Cannot perform")) return;
      errors.push(event.message);
      event.preventDefault();
    });
  });
  const hand = await byHand(page);
  await open(page, url);
  const home = page.url(), base = await page.evaluate(() => document.baseURI);
  let end = 0;
  return async (...operations) => {
    end += 1;
    hand.patch(...operations, ["do", "textContent", "#end", { text: end }]);
    await says(page, "#end", end);
    await settled(page);
    const way = JSON.stringify(operations);
    assert.deepEqual(await names(page), [], way);
    assert.deepEqual(await dangers(page), [], way);
    assert.equal(page.url(), home, way);
    assert.equal(await page.evaluate(() => document.baseURI), base, way);
    return await page.evaluate(() => (globalThis as unknown as { errors: string[] }).errors.splice(0));
  };
}

browse("evil operations: without a policy, no markup of one by hand runs", async ({ page }) => {
  await using server = serve(harmless(), { csp: "off" });
  const done = await handed(page, server.url);
  const html = markup.replace(/>\s+</g, "><");
  const ways: [name: string, detail: object][] = [
    ["append", {}],
    ["prepend", {}],
    ["innerHtml", {}],
    ["outerHtml", {}],
    ["replace", {}],
    ...["beforebegin", "afterbegin", "beforeend", "afterend"].map((position): [string, object] => [
      "insertAdjacentHtml",
      { position },
    ]),
    ["morph", { childrenOnly: true }],
    ["morph", { html: `<section id="x">${html}</section>` }],
  ];
  for (const [name, detail] of ways) {
    const errors = await done(
      ["do", "innerHtml", "#place", { html: `<section id="x">x</section>` }],
      ["do", name, "#x", { html, ...detail }],
    );
    assert.deepEqual(errors, [], name);
    assert.equal(await page.locator("#place img").count(), 1, name);
  }
  // In other contexts than that of a page's body.
  for (
    const context of ["svg", "math", "select", "table", "textarea", "noscript", "title", "iframe", "xmp"]
  ) {
    await done(
      ["do", "innerHtml", "#place", { html: `<${context} id="x"></${context}>` }],
      ["do", "append", "#x", { html }],
      ["do", "append", "#x", { html: `</${context}>${html}` }],
      ["do", "graft", "#x", { parent: "#details" }],
    );
  }
  // As text it is text.
  await done(["do", "textContent", "#place", { text: markup }]);
  assert.equal(await page.locator("#place").textContent(), markup);
  await done(["do", "insertAdjacentText", "#place", { text: markup, position: "beforebegin" }]);
  await done(["do", "setTitle", null, { title: markup }], ["do", "setMeta", null, {
    name: markup,
    content: markup,
  }]);
  await done(["do", "setStyle", "#details", { name: "background", value: "url(javascript:ran('style'))" }]);
  await done(["do", "setStyles", "#details", { styles: { "--x": "</style><script>ran('style')</script>" } }]);
  assertQuiet(page, { except: [/about:blank|data:/] });
});

browse(
  "evil operations: one by hand sets no attribute that would run, or that is the framework's",
  async ({ page }) => {
    await using server = serve(harmless(), { csp: "off" });
    const done = await handed(page, server.url);
    for (const [selector, changes] of Object.entries(attributes)) {
      if (/base|pragma/.test(selector)) continue;
      for (const [name, value] of Object.entries(changes)) {
        await done(["do", "setAttribute", selector, { name, value }]);
      }
    }
    const closed = [
      "onclick",
      "ONCLICK",
      "onx",
      "srcdoc",
      "http-equiv",
      "attributeName",
      "sandbox",
      "id",
      "nonce",
      "data-k",
      "data-raw",
      "data-reflex",
      "Data-Reflex-Args",
      "data-reflex-permanent",
      "data-argyle",
      "data-argyle-live",
      "data-argyle-status",
      "x onclick",
      "x\u0000",
      "x>",
      `"x`,
      "",
      " id",
      "1",
    ];
    const before = await page.evaluate(() => document.querySelector("#place")!.outerHTML);
    for (const name of closed) {
      const errors = await done(
        ["do", "setAttribute", "#place", { name, value: "ran('x')" }],
        ["do", "removeAttribute", "#place", { name }],
      );
      assert.equal(errors.length, 2, name);
      assert.match(errors.join(), /the attribute .* is refused/, name);
    }
    for (const name of ["reflex", "reflexArgs", "argyle", "argyleLive", "raw", "k", "Reflex x", "x>"]) {
      const errors = await done(["do", "setDatasetProperty", "#place", { name, value: "x" }]);
      // `data--reflex` is nobody's.
      assert.equal(errors.length, 1, name);
    }
    assert.equal(await page.evaluate(() => document.querySelector("#place")!.outerHTML), before);
    assertQuiet(page, { except: [/about:blank|data:/] });
  },
);

browse(
  "evil operations: no property of any element that one by hand sets runs or leads away",
  async ({ page }) => {
    await using server = serve(harmless(), { csp: "off" });
    const done = await handed(page, server.url);
    await done(["do", "textContent", "#place", { text: "" }]);
    const set = await page.evaluate(async () => {
      const core = document.querySelector<HTMLScriptElement>("script[data-argyle]")!.src;
      // Its one export, by whatever short name.
      const [perform] = Object.values(await import(core.replace("/client-", "/operations-"))) as [
        (operation: unknown) => Promise<void>,
      ];
      const place = document.querySelector("#place")!, set = new Set<string>();
      const tags = Object.getOwnPropertyNames(globalThis).flatMap((name) =>
        /^HTML(\w+)Element$/.exec(name)?.[1]?.toLowerCase() ?? []
      ).concat(
        "a",
        "img",
        "p",
        "h1",
        "ul",
        "ol",
        "dl",
        "tr",
        "td",
        "th",
        "tbody",
        "caption",
        "col",
        "x-own",
        "b",
      );
      const values = ["javascript:ran('set')", "<img src=x onerror=ran('set')>", "ran('set')", [
        "javascript:ran('set')",
      ]];
      const common = new Set(Object.keys(Object.getOwnPropertyDescriptors(HTMLElement.prototype)));
      for (const tag of tags) {
        const sample = document.createElement(tag);
        // What all have is tried on one of them.
        const names: string[] = ["innerHTML", "outerHTML", "setAttribute", "constructor", "__proto__"];
        for (const name in sample) {
          if (tag === "b" || (!common.has(name) && !(name in Element.prototype))) names.push(name);
        }
        for (const name of names) {
          for (const value of values) {
            const element = document.createElement(tag);
            if (tag === "script" || tag === "base") continue;
            if (tag === "a" || tag === "area") element.setAttribute("href", "mailto:x");
            element.id = "x";
            place.append(element);
            const before = element.outerHTML;
            await perform(["do", "setProperty", "#x", { name, value, missing: "ignore" }]);
            if (
              element.outerHTML !== before || (element as unknown as Record<string, unknown>)[name] === value
            ) set.add(name);
            for (const url of ["href", "src", "action", "formAction", "data"]) {
              const now = (element as unknown as Record<string, unknown>)[url];
              if (/^\s*javascript:/i.test(`${now}`)) throw new Error(`${tag} ${name}: ${url} is ${now}.`);
            }
            for (const child of place.children) {
              if (child !== element || child.children.length > 0) {
                throw new Error(`${tag} ${name}: ${place.innerHTML}`);
              }
            }
            if (element.isConnected && tag !== "form") element.click();
            place.textContent = "";
          }
        }
      }
      return [...set];
    });
    // It has set some, or nothing would be shown by that.
    for (const name of ["value", "title", "className", "textContent", "alt"]) {
      assert.ok(
        set.includes(name),
        name,
      );
    }
    for (
      const name of ["innerHTML", "outerHTML", "srcdoc", "id", "href", "src", "nonce", "protocol", "onclick"]
    ) {
      assert.ok(!set.includes(name), name);
    }
    await done();
  },
);

browse("evil operations: one by hand leads to no other place than it may", async ({ page }) => {
  await using server = serve(harmless(), { csp: "off" });
  const done = await handed(page, server.url);
  const blob = await page.evaluate(() =>
    URL.createObjectURL(new Blob(["<script>document.title = 'ran'</script>"], { type: "text/html" }))
  );
  assert.ok(blob.startsWith(`blob:${server.url}`));
  const always = [
    "javascript:ran('place')",
    "\u0001java\tscript:ran('place')",
    "JAVASCRIPT://x/%0aran('place')",
    "data:text/html,<script>parent.ran('place')</script>",
    blob,
    `filesystem:${server.url}/temporary/x`,
    "about:blank",
    "view-source:x",
    "ftp://evil.test/",
    "http://",
  ];
  const abroad = [
    "//evil.test",
    "/\\evil.test",
    "/\t/evil.test",
    "\\\\evil.test",
    "https://evil.test/",
    `${server.url}0/`,
    `${server.url}@evil.test/`,
  ];
  for (const url of [...always, ...abroad]) {
    const errors = await done(
      ["do", "redirectTo", null, { url }],
      ["do", "redirectTo", null, { url, action: "replace" }],
      ["do", "pushState", null, { url }],
      ["do", "replaceState", null, { url, external: true }],
    );
    assert.equal(errors.length, 4, url);
    assert.match(errors.join(), /the place is refused/);
  }
  for (const url of always) {
    const errors = await done(["do", "redirectTo", null, { url, external: true }]);
    assert.equal(errors.length, 1, url);
  }
  assertQuiet(page);
});

browse(
  "evil operations: one by hand writes no cookie of the framework's, and touches no script",
  async ({ page, context }) => {
    await using server = serve(harmless(), { csp: "off" });
    const done = await handed(page, server.url);
    const before = await context.cookies();
    for (
      const cookie of [
        "argyle-app=1",
        "ARGYLE-app=1",
        " argyle-app=1",
        "__Host-x=1",
        "__secure-x=1; secure",
        "=__Host-x=1",
        "x",
        "",
        "a b=1",
        "\nargyle-app=1",
      ]
    ) {
      assert.equal((await done(["do", "setCookie", null, { cookie }])).length, 1, cookie);
    }
    assert.deepEqual(await context.cookies(), before);

    await page.evaluate(() => {
      const base = document.createElement("base");
      base.id = "base";
      document.head.append(base);
      document.querySelector("#meta")!.outerHTML = `<meta id="meta" http-equiv="x-y" name="z" content="1">
      <svg><a><set id="set" attributeName="href"></set></a></svg>`;
    });
    const targets = ["#empty", "#drawn", "#base", "#meta", "#set", "script[data-argyle]"];
    const look = () =>
      page.evaluate((targets) => targets.map((one) => document.querySelector(one)!.outerHTML), targets);
    const untouched = await look();
    const refused = (operation: unknown[]) =>
      page.evaluate(async (json) => {
        const core = document.querySelector<HTMLScriptElement>("script[data-argyle]")!.src;
        // Its one export, by whatever short name.
        const [perform] = Object.values(await import(core.replace("/client-", "/operations-"))) as [
          (operation: unknown) => Promise<void>,
        ];
        await perform(JSON.parse(json));
        return (globalThis as unknown as { errors: string[] }).errors.splice(0).join();
      }, JSON.stringify(operation));
    const details = {
      append: { html: "ran('x')" },
      innerHtml: { html: "ran('x')" },
      outerHtml: { html: "<p>" },
      insertAdjacentText: { text: "ran('x')" },
      textContent: { text: "ran('x')" },
      graft: { parent: "#place" },
      morph: { html: "ran('x')", childrenOnly: true },
      remove: {},
      addCssClass: { name: "x" },
      setAttribute: { name: "src", value: "data:text/javascript,ran('x')" },
      removeAttribute: { name: "src" },
      setDatasetProperty: { name: "x", value: "1" },
      setProperty: { name: "textContent", value: "ran('x')" },
      setStyle: { name: "color", value: "red" },
      setValue: { value: "x" },
    };
    for (const target of targets) {
      for (const [name, detail] of Object.entries(details)) {
        assert.equal(
          await refused(["do", name, target, detail]),
          `Uncaught TypeError: Cannot perform ${name}(${target}): the target is refused.`,
        );
      }
      assert.match(await refused(["do", "graft", "#place", { parent: target }]), /the place is refused/);
    }
    assert.match(
      await refused(["do", "dispatchEvent", "#place", { name: "argyle:success" }]),
      /the event is refused/,
    );
    assert.deepEqual(await look(), untouched);
    assertQuiet(page);
  },
);
