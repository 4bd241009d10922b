import assert from "node:assert/strict";
import fc from "fast-check";
import { Window } from "happy-dom";
import type { Operation } from "../../../protocol/operations.ts";
import { diff } from "../../../server/patch/diff.ts";
import { changes } from "./_pages.ts";

/** Long enough for the body never to be the shorter operation. */
const STAYS = `<p>${"What stays. ".repeat(30)}</p>`;

/** The operations between two bodies, which differ between `before` and `after` alone. */
function around(prefix: string, before: string, after: string, suffix = ""): Operation[] {
  const operations = diff(
    { head: "", body: STAYS + prefix + before + suffix },
    { head: "", body: STAYS + prefix + after + suffix },
  );
  return operations.map((one) => one[0] === "body" ? ["body", one[1].slice(STAYS.length)] : one);
}

const one = '<span id="q">1</span>', two = '<span id="q">2</span>';

Deno.test("diff: equal pages need nothing", () => {
  assert.deepEqual(
    diff({ head: "<title>a</title>", body: one }, { head: "<title>a</title>", body: one }),
    [],
  );
});

Deno.test("diff: a changed head is sent whole, before the body", () => {
  const operations = diff({ head: "a", body: STAYS + one }, { head: "b", body: STAYS + two });
  assert.deepEqual(operations, [["head", "b"], ["morph", "q", two]]);
});

Deno.test("diff: a changed text inside an id is one morph", () => {
  assert.deepEqual(around('<main id="m"><p>x</p>', one, two, "</main>"), [["morph", "q", two]]);
});

Deno.test("diff: a change of an element's own attributes is a morph of that element", () => {
  const after = '<li class="on" id="q">x</li>';
  assert.deepEqual(around('<ul id="u">', '<li id="q">x</li>', after, "</ul>"), [["morph", "q", after]]);
});

Deno.test("diff: a change outside every id is the body", () => {
  assert.deepEqual(around("<main>", "1", "2", "</main>"), [["body", "<main>2</main>"]]);
});

Deno.test("diff: two distant changes are two morphs in the order of the page", () => {
  const page = (a: string, b: string) => `<b id="a">${a}</b><i>${"same".repeat(50)}</i><b id="b">${b}</b>`;
  const operations = around('<div id="d">', page("1", "1"), page("2", "22"), "</div>");
  assert.deepEqual(operations, [["morph", "a", '<b id="a">2</b>'], ["morph", "b", '<b id="b">22</b>']]);
});

Deno.test("diff: a change beside a changed element is a morph of what holds both", () => {
  const after = `<div id="d">${two}<i>y</i></div>`;
  assert.deepEqual(around('<div id="d">', `${one}<i>x</i>`, `${two}<i>y</i>`, "</div>"), [[
    "morph",
    "d",
    after,
  ]]);
});

Deno.test("diff: an element that comes or goes is a morph of its parent", () => {
  const list = (items: string) => `<ul id="u">${items}</ul>`;
  const items = '<li id="a">a</li>', more = '<li id="b">b</li><li id="a">a</li>';
  assert.deepEqual(around("", list(items), list(more)), [["morph", "u", list(more)]]);
  assert.deepEqual(around("", list(more), list(items)), [["morph", "u", list(items)]]);
});

Deno.test("diff: a small page is patched by its element too, and leaves alone what others have put beside it", () => {
  const page = (n: number) => ({ head: "", body: `<span id="q">${n}</span>` });
  assert.deepEqual(diff(page(1), page(2)), [["morph", "q", '<span id="q">2</span>']]);
});

Deno.test("diff: the body is sent when naming its parts costs much more", () => {
  const page = (n: number) => ({
    head: "",
    body: Array.from({ length: 200 }, (_, i) => `<b id="e${i}">${n}</b>`).join(""),
  });
  assert.deepEqual(diff(page(1), page(2)), [["body", page(2).body]]);
});

Deno.test("diff: lone surrogates are sent as a browser decodes them", () => {
  const after = '<span id="q">\ud83d</span>';
  assert.deepEqual(around("", one, after), [["morph", "q", '<span id="q">\ufffd</span>']]);
});

for (
  const [why, prefix, suffix] of [
    ["is there twice", "", "<i id=q>x</i>"],
    ["is there twice, in apostrophes", "", "<i id='q'>x</i>"],
    ["is there twice, with blanks and capitals", "", "<i ID = q>x</i>"],
    ["is there twice, inside a template", "", '<template><i id="q"></i></template>'],
    ["may be there twice, by a character reference", "", '<i id="&#113;">x</i>'],
  ] as const
) {
  Deno.test(`diff: an id that ${why} is no address`, () => {
    assert.equal(around(prefix, one, two, suffix)[0]?.[0], "body");
  });
}

for (const id of ["", "a b", "P0-1", "a&amp;b", "a\ufffdb"]) {
  Deno.test(`diff: the id ${JSON.stringify(id)} is no address`, () => {
    const element = (text: string) => `<i id="${id}">${text}</i>`;
    assert.equal(around("", element("1"), element("2"))[0]?.[0], "body");
  });
}

Deno.test("diff: an id that the head has too is no address, since the browser finds that one", () => {
  const head = "<style id=q></style>";
  const operations = diff({ head, body: STAYS + one }, { head, body: STAYS + two });
  assert.deepEqual(operations, [["body", STAYS + two]]);
});

Deno.test("diff: many changed ids are still checked for being there twice", () => {
  const rows = (text: string) => Array.from({ length: 12 }, (_, n) => `<i id="r${n}">${text}</i>`).join("");
  assert.equal(around("", rows("1"), rows("2"), STAYS).filter(([kind]) => kind === "morph").length, 12);
  assert.equal(around("", rows("1"), rows("2"), `${STAYS}<i id='r11'></i>`)[0]?.[0], "body");
});

/** Markup around the change in which the element is found. */
const understood: Record<string, [prefix: string, suffix: string]> = {
  "sections, lists and links": ["<main><section><ul><li><a href='x'>", "</a></li></ul></section></main>"],
  "a table with a body": [
    "<table><thead><tr><th>x</th></tr></thead> <tbody><tr><td>",
    "</td></tr></tbody></table>",
  ],
  "a table whose body the parser adds": ["<table><tr><td>x</td></tr>\n<tr><td>", "</td></tr></table>"],
  "text and images in a paragraph": ["<p>a &amp; b <em>c</em><br><img src=x /> ", " d</p>"],
  "a form and its controls": [
    "<form><label>a<input name=a></label><select><option>1</option><hr></select><textarea>\n<b></textarea><p>",
    "</p></form>",
  ],
  "icons": ["<svg viewBox='0 0 1 1'><title>x</title><path d='M0 0'/></svg><button>", "</button>"],
  "comments, scripts and styles": ["<!-- a --><script>1 < 2</script><style>a > b {}</style><div>", "</div>"],
  "definitions in groups": ["<dl><div><dt>a</dt><dd>", "</dd></div></dl>"],
  "a custom element": ["<x-part><slot name=a></slot>", "</x-part>"],
  "line ends of other systems": ["<pre>\r\na\r\n", "</pre>"],
  "anything unclosed behind it": ["<div>", "</div><p><b><table><div>x"],
};

for (const [what, [prefix, suffix]] of Object.entries(understood)) {
  Deno.test(`diff: ${what} around a change are understood`, () => {
    assert.deepEqual(around(prefix, one, two, suffix), [["morph", "q", two]]);
  });
}

/** Markup before the change which a parser reads in another way than it is written. */
const repaired: Record<string, string> = {
  "an end tag of something else": "</p>",
  "an end tag that crosses another": "<b><i></b></i>",
  "a paragraph around a block": "<p><div>x</div></p>",
  "a paragraph around a table": "<p><table></table></p>",
  "an item that ends another": "<ul><li>a<li>b</li></ul>",
  "a term that ends another": "<dl><dt>a<dd>b</dd></dl>",
  "an option that ends another": "<select><option>a<option>b</option></select>",
  "ruby, whose parts end each other": "<ruby>a<rt>b</ruby>",
  "a heading in a heading": "<h1><h2>x</h2></h1>",
  "a link in a link": "<a href=x><a href=y>x</a></a>",
  "a button in a button": "<button><button>x</button></button>",
  "a form in a form": "<form><form></form></form>",
  "nobr": "<nobr>x</nobr>",
  "text in a table": "<table>x</table>",
  "an element in a row": "<table><tbody><tr><b>x</b></tr></tbody></table>",
  "a cell without a row": "<table><tbody><td>x</td></tbody></table>",
  "a column without a group": "<table><col></table>",
  "a head behind rows without a body": "<table><tr></tr><thead></thead></table>",
  "a cell without a table": "<td>x</td>",
  "an input in a select": "<select><input></select>",
  "a second body": "<body class=x>",
  "a frameset": "<frameset></frameset>",
  "plaintext": "<plaintext>",
  "noscript, which depends on scripting": "<noscript><p></noscript>",
  "a template, whose content is elsewhere": "<template>x</template>",
  "HTML in SVG": "<svg><p>x</p></svg>",
  "HTML in an SVG title": "<svg><title><b>x</b></title></svg>",
  "foreignObject": "<svg><foreignObject></foreignObject></svg>",
  "MathML": "<math><mi>x</mi></math>",
  "CDATA": "<svg><![CDATA[x]]></svg>",
  "a script in a comment in a script": "<script><!--<script></script>--></script>",
  "an end tag in a raw text": "<textarea></b></textarea>",
  "an unclosed comment": "<!-- x",
  "a comment that ends early": "<!--> x -->",
  "a comment that ends with an exclamation mark": "<!-- x --!> -->",
  "a bogus comment": "<?x?>",
  "a doctype": "<!doctype html>",
  "an element that only looks closed": "<div/></div>",
  "image, which becomes img": "<image>",
  "four equal formatting elements": "<b><b><b><b>x</b></b></b></b>",
  "a tag in capitals": "<DIV>x</DIV>",
  "an unknown tag": "<foo>x</foo>",
  "a slash that belongs to a value": "<svg><path id=a/></svg>",
  "attributes without a blank between": "<i a='1'b='2'>x</i>",
  "a bracket in a text": "a < b",
  "NUL": "\0",
  "too many elements in each other": "<div>".repeat(200) + "</div>".repeat(200),
};

for (const [what, prefix] of Object.entries(repaired)) {
  Deno.test(`diff: behind ${what} nothing has an address`, () => {
    assert.equal(around(prefix, one, two)[0]?.[0], "body");
  });
  Deno.test(`diff: an element with ${what} in it is not sent alone`, () => {
    const after = `<div id="d">${prefix}</div>`;
    assert.equal(around("", '<div id="d">x</div>', after)[0]?.[0], "body");
  });
}

/** happy-dom parses a fragment without its context, so the context is written around it. */
const contexts: Record<string, string> = {
  table: "<table>",
  tbody: "<table><tbody>",
  thead: "<table><thead>",
  tfoot: "<table><tfoot>",
  tr: "<table><tbody><tr>",
  colgroup: "<table><colgroup>",
  select: "<select>",
  optgroup: "<select><optgroup>",
};

Deno.test("diff: a patched page is the page, for random well-nested pairs", async () => {
  const window = new Window();
  const parse = (markup: string) => {
    const element = window.document.createElement("div");
    element.innerHTML = markup;
    return element;
  };
  let morphs = 0;
  fc.assert(
    fc.property(changes({ wild: false }), ({ before, after }) => {
      fc.pre(!/<caption/.test(before.body + after.body)); // happy-dom moves a table out of it
      const page = parse(before.body);
      for (const [kind, ...rest] of diff(before, after)) {
        if (kind === "body") page.innerHTML = rest[0];
        if (kind !== "morph") continue;
        morphs++;
        const old = [...page.querySelectorAll("[id]")].find((element) => element.id === rest[0]);
        assert.ok(old, `no element has the id ${rest[0]}`);
        const parent = old.parentElement;
        const svg = parent?.namespaceURI?.endsWith("svg") ? "<svg>" : "";
        const parsed = parse(`${contexts[parent?.localName ?? ""] ?? svg}${rest[1]}`);
        const made = [...parsed.querySelectorAll("[id]")].find((element) => element.id === rest[0]);
        assert.ok(made, `no element with the id ${rest[0]} was sent`);
        old.replaceWith(made);
      }
      assert.equal(page.innerHTML, parse(after.body).innerHTML);
    }),
    { seed: 17, numRuns: 300 },
  );
  await window.happyDOM.close();
  assert.ok(morphs > 100, `only ${morphs} morphs were tried`);
});
