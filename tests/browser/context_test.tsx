import assert from "node:assert/strict";
import { App, raw } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { byHand } from "./frames.ts";
import { open, serve } from "./serve.ts";

/** Markup around an element with the id `x`, what it is, what it becomes. */
const places: readonly (readonly [around: string, from: string, to: string])[] = [
  ["<table><tbody>?</tbody></table>", "<tr id=x><td>a</td></tr>", '<tr id="x"><td>b</td><th>c</th></tr>'],
  ["<table><tbody><tr>?</tr></tbody></table>", "<td id=x>a</td>", '<td id="x" colspan="2">b</td>'],
  ["<table>?</table>", "<caption id=x>a</caption>", '<caption id="x">b</caption>'],
  ["<table><colgroup>?</colgroup></table>", "<col id=x>", '<col id="x" span="2">'],
  ["<select>?</select>", "<option id=x>a</option>", '<option id="x" value="2">b &lt;</option>'],
  [
    "<select>?</select>",
    "<optgroup id=x></optgroup>",
    '<optgroup id="x" label="l"><option>b</option></optgroup>',
  ],
  [
    "<div>?</div>",
    "<select id=x><option>a</option></select>",
    '<select id="x"><option>b</option><option selected="">c</option></select>',
  ],
  ["<svg>?</svg>", '<circle id=x r="1"/>', '<circle id="x" r="2" pathLength="3"></circle>'],
  ["<svg>?</svg>", "<use id=x></use>", '<use id="x" xlink:href="#a" href="#b"></use>'],
  [
    "<svg>?</svg>",
    "<linearGradient id=x></linearGradient>",
    '<linearGradient id="x"><stop offset="1"></stop></linearGradient>',
  ],
  ["<svg>?</svg>", "<title id=x>a</title>", '<title id="x">b</title>'],
  ["<svg><foreignObject>?</foreignObject></svg>", "<div id=x>a</div>", '<div id="x"><p>b</p></div>'],
  [
    "<div>?</div>",
    "<svg id=x></svg>",
    '<svg id="x" viewBox="0 0 1 1"><a xlink:href="/x"><text>b</text></a></svg>',
  ],
  ["<math>?</math>", "<mi id=x>a</mi>", '<mi id="x">b</mi>'],
  [
    "<math><annotation-xml encoding='text/html'>?</annotation-xml></math>",
    "<p id=x>a</p>",
    '<p id="x">b</p>',
  ],
  ["<div>?</div>", "<textarea id=x>a</textarea>", '<textarea id="x">\n\nb &lt;/textarea&gt;</textarea>'],
  ["<div>?</div>", "<pre id=x>a</pre>", '<pre id="x">\n\nb</pre>'],
  ["<div>?</div>", "<template id=x><p>a</p></template>", '<template id="x"><tr><td>b</td></tr></template>'],
  ["<div>?</div>", "<noscript id=x>a</noscript>", '<noscript id="x"><p title="q">b</p></noscript>'],
  ["<dl>?</dl>", "<dt id=x>a</dt>", '<dt id="x">b</dt>'],
  ["<details>?</details>", "<summary id=x>a</summary>", '<summary id="x"><b>b</b></summary>'],
  ["<div>?</div>", "<x-widget id=x>a</x-widget>", '<x-widget id="x"><!-- c --><slot></slot>b</x-widget>'],
  ["<video>?</video>", "<track id=x>", '<track id="x" kind="captions">'],
  ["<ruby>?</ruby>", "<rt id=x>a</rt>", '<rt id="x">b</rt>'],
  ["<div>?</div>", "<p id=x>a</p>", '<h1 id="x">b</h1>'],
];

browse(
  "context: an element is parsed where it stands, and is then what a browser would have read",
  async ({ page }) => {
    const at = (index: number, html: string) => html.replace(/id="?x"?/, `id="x${index}"`);
    const section = (index: number, [around, from]: readonly [string, string, ...unknown[]]) =>
      `<section>${around.replace("?", at(index, from))}</section>`;
    const app = new App({ log: new MemoryLog() });
    app.page(
      "/",
      () => (
        <main dangerouslySetInnerHTML={raw(places.map((place, index) => section(index, place)).join(""))} />
      ),
    );
    await using server = serve(app, { csp: "off" });
    const hand = await byHand(page);
    await open(page, server.url);
    hand.patch(...places.map(([, , to], index) => ["morph", `x${index}`, at(index, to)]), [
      "head",
      "<title>done</title>",
    ]);
    await page.waitForFunction(() => document.title === "done");
    const wanted = places.map(([around, , to], index) => section(index, [around, to]));
    const differing = await page.evaluate((wanted) => {
      const sections = [...document.querySelectorAll("main > section")];
      // A frame's document has scripts, as the page has: `noscript` is text in both.
      const frame = document.body.appendChild(document.createElement("iframe"));
      const fresh = frame.contentDocument!;
      return wanted.flatMap((html, index) => {
        fresh.open();
        fresh.write(`<!DOCTYPE html><body>${html}`);
        fresh.close();
        const section = fresh.body.firstElementChild!;
        if (sections[index]!.isEqualNode(section)) return [];
        return [`${sections[index]!.outerHTML} is not ${section.outerHTML}`];
      });
    }, wanted);
    assert.deepEqual(differing, []);
    assertQuiet(page);
  },
);
