import assert from "node:assert/strict";
import type { Operation } from "../../../protocol/operations.ts";
import { diff } from "../../../server/patch/diff.ts";
import { findDoubt } from "../../../server/patch/doubt.ts";

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
const changed: Operation[] = [["text", "q", "2"]];
/** The same where the id is no address: the second element of the body. */
const byPlace: Operation[] = [["text", ["", 1], "2"]];

Deno.test("diff: equal pages need nothing", () => {
  assert.deepEqual(
    diff({ head: "<title>a</title>", body: one }, { head: "<title>a</title>", body: one }),
    [],
  );
});

Deno.test("diff: a changed head is sent whole, before the body", () => {
  const operations = diff({ head: "a", body: STAYS + one }, { head: "b", body: STAYS + two });
  assert.deepEqual(operations, [["head", "b"], ...changed]);
});

Deno.test("diff: a changed text is sent as text, by the nearest id and the way from there", () => {
  assert.deepEqual(around('<main id="m"><p>x</p>', one, two, "</main>"), changed);
  assert.deepEqual(around('<main id="m"><p>x</p><p>', "1", "2", "</p></main>"), [["text", ["m", 1], "2"]]);
  assert.deepEqual(around('<main id="m"><ul><li>x</li><li>', "1", "22", "</li></ul></main>"), [
    ["text", ["m", 0, 1], "22"],
  ]);
  assert.deepEqual(around("<main>", "1", "2", "</main>"), [["text", ["", 1], "2"]]);
});

Deno.test("diff: a text that comes or goes is a text; its references are decoded", () => {
  assert.deepEqual(around('<b id="q">', "", "a &amp; &lt;b> &#39;", "</b>"), [["text", "q", "a & <b> '"]]);
  assert.deepEqual(around('<b id="q">', "x", "", "</b>"), [["text", "q", ""]]);
});

Deno.test("diff: a text that a parser changes on its way is sent in its element", () => {
  for (const text of ["a\rb", "&nbsp;", "&#x41;", "a & b", "x".repeat(70_000)]) {
    assert.deepEqual(around('<b id="q">', "x", text, "</b>"), [["morph", "q", `<b id="q">${text}</b>`]]);
  }
  assert.deepEqual(around('<pre id="q">', "x", "\nx", "</pre>"), [["morph", "q", '<pre id="q">\nx</pre>']]);
});

Deno.test("diff: a text beside elements is sent in the element that holds both", () => {
  const p = (text: string) => `<p>${text}<b>x</b></p>`;
  assert.deepEqual(around('<main id="m"><i>x</i>', p("1"), p("2"), "</main>"), [["morph", ["m", 1], p("2")]]);
});

Deno.test("diff: changed attributes are sent alone, and do not hide what changed inside", () => {
  const item = (start: string, text: string) => `<li ${start}>${text}<b>x</b></li>`;
  assert.deepEqual(
    around(
      '<ul id="u">',
      item('id="q" title="a&quot;b" hidden', "x"),
      item('id="q" class="on" title="a"', "x"),
      "</ul>",
    ),
    [["attributes", "q", { class: "on", title: "a", hidden: null }]],
  );
  assert.deepEqual(around('<ul id="u">', '<li class="a">1</li>', '<li class="b">2</li>', "</ul>"), [
    ["attributes", ["u", 0], { class: "b" }],
    ["text", ["u", 0], "2"],
  ]);
  assert.deepEqual(around("", '<input id="i" value="1">', '<input id="i" value="2">'), [
    ["attributes", "i", { value: "2" }],
  ]);
});

Deno.test("diff: attributes that cannot be read for certain are sent with their element", () => {
  const one = '<i id="q" title="&nbsp;">x</i>', other = '<i id="q" title="&nbsp;&nbsp;">x</i>';
  assert.deepEqual(around("", one, other), [["morph", "q", other]]);
  const path = (d: string) => `<svg id="s"><path id="p" d="${d}"></path></svg>`;
  assert.deepEqual(around("", path("M0"), path("M1")), [["morph", "p", '<path id="p" d="M1"></path>']]);
});

Deno.test("diff: what holds raw text is sent whole", () => {
  const area = (text: string) => `<textarea id="t">${text}</textarea>`;
  assert.deepEqual(around("<main>", area("1"), area("2"), "</main>"), [["morph", "t", area("2")]]);
});

Deno.test("diff: two distant changes are two operations in the order of the page", () => {
  const page = (a: string, b: string) => `<b id="a">${a}</b><i>${"same".repeat(50)}</i><b id="b">${b}</b>`;
  const operations = around('<div id="d">', page("1", "1"), page("2", "22"), "</div>");
  assert.deepEqual(operations, [["text", "a", "2"], ["text", "b", "22"]]);
});

Deno.test("diff: an element without a name that comes or goes is a morph of its parent", () => {
  const after = `<div id="d">${two}<u>y</u><i>x</i></div>`;
  assert.deepEqual(around('<div id="d">', `${one}<i>x</i>`, `${two}<u>y</u><i>x</i>`, "</div>"), [[
    "morph",
    "d",
    after,
  ]]);
});

Deno.test("diff: lone surrogates are sent as a browser decodes them", () => {
  const after = '<span id="q">\ud83d</span>';
  assert.deepEqual(around("", one, after), [["text", "q", "\ufffd"]]);
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
    assert.deepEqual(around(prefix, one, two, suffix), byPlace);
  });
}

for (const id of ["", "a b", "P0-1", "a&amp;b", "a\ufffdb"]) {
  Deno.test(`diff: the id ${JSON.stringify(id)} is no address`, () => {
    const element = (text: string) => `<i id="${id}">${text}</i>`;
    assert.deepEqual(around("", element("1"), element("2")), byPlace);
  });
}

Deno.test("diff: an id that the head has too is no address, since the browser finds that one", () => {
  const head = "<style id=q></style>";
  const operations = diff({ head, body: STAYS + one }, { head, body: STAYS + two });
  assert.deepEqual(operations, byPlace);
});

Deno.test("diff: many changed ids are still checked for being there twice", () => {
  const rows = (text: string) => Array.from({ length: 12 }, (_, n) => `<i id="r${n}">${text}</i>`).join("");
  const operations = around("", rows("1"), rows("2"), `${STAYS}<i id='r11'></i>`);
  assert.deepEqual(operations.slice(-2), [["text", "r10", "2"], ["text", ["", 12], "2"]]);
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
    assert.deepEqual(around(prefix, one, two, suffix), changed);
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

Deno.test("diff: nothing in what somebody writes has an address: it is sent whole", () => {
  const editor = (text: string) =>
    `<div id="e" contenteditable><p id="p">${text}</p><ul><li id="l">x</li></ul></div>`;
  assert.deepEqual(around("<main>", editor("1"), editor("2"), "</main>"), [["morph", "e", editor("2")]]);
  const kept = (text: string) => `<div data-reflex-permanent id="e"><b><i id="p">${text}</i></b></div>`;
  assert.deepEqual(around("<main>", kept("1"), kept("2"), "</main>"), [["morph", "e", kept("2")]]);
});

Deno.test("diff: nothing in what patches leave alone has an address; a list of attributes leaves nothing else alone", () => {
  for (const said of ["", '=""', '="children"', '="class children data-*"']) {
    const kept = (text: string) => `<div id="e" data-reflex-ignore${said}><b><i id="p">${text}</i></b></div>`;
    assert.deepEqual(around("<main>", kept("1"), kept("2"), "</main>"), [["morph", "e", kept("2")]], said);
  }
  for (const said of ["class", "class style", "data-children", "grandchildren"]) {
    const open = (text: string) => `<div id="e" data-reflex-ignore="${said}"><i id="p">${text}</i></div>`;
    assert.deepEqual(around("<main>", open("1"), open("2"), "</main>"), [["text", "p", "2"]], said);
  }
});

Deno.test("diff: a script, which no patch brings, takes their positions from those behind it", () => {
  const main = (text: string) => `<main id="m"><p>${text}</p><script>1</script><p>${text}</p></main>`;
  const operations = around("", main("1"), main("2"));
  assert.deepEqual(operations.map(([name, at]) => [name, at]), [["morph", "m"]]);
});

Deno.test("diff: a script has no name, so that no patch is nothing but a script", () => {
  const list = (more: string) => `<div id="d">${more}<b id="x">x</b></div>`;
  const operations = around("", list(""), list('<script id="s">1</script>'));
  assert.deepEqual(operations.map(([name, at]) => [name, at]), [["morph", "d"]]);
});

Deno.test("doubt: says which tag a parser reads in another way, and nothing of what is in the page", () => {
  assert.equal(findDoubt("<main><p>secret<div>x</div></p></main>"), "body > main > p > <div>");
  assert.equal(findDoubt("<table>secret</table>"), "body > table > text");
  assert.equal(findDoubt("<b><i>x</b></i>"), "body > b > i > </b>");
  assert.equal(findDoubt("<main><p>x</p></main>"), undefined);
});

Deno.test("diff: a table that may still be moved by what is in it has no position", () => {
  const page = (name: string) =>
    `<main id="m"><table class="${name}"><tr><td>x</td></tr><tt>in front of it</tt></table></main>`;
  assert.deepEqual(around("", page("a"), page("b")).map(([name]) => name), ["body"]);
  const bold = (text: string) => `<main id="m"><b><i><u>${text}</u></i><p>x</b>y</p></main>`;
  assert.deepEqual(around("", bold("1"), bold("2")).map(([name]) => name), ["body"]);
});

const page = (body: string) => ({ head: "", body });
const card = (id: string) => `<li id="${id}"><input></li>`;

Deno.test("diff: what goes from one element with a name to another is sent in what is around both", () => {
  const board = (left: string, right: string, lamp = "") =>
    page(
      `<p id="lamp">${lamp}</p><section id="board"><ul id="left">${left}</ul><ul id="right">${right}</ul></section>`,
    );
  const before = board(card("a") + card("b"), card("c")),
    after = board(card("b"), card("c") + card("a"), "on");
  assert.deepEqual(diff({ ...before }, { ...after }), [
    ["text", "lamp", "on"],
    ["morph", "board", after.body.slice(after.body.indexOf("<section"))],
  ]);
  // Nothing is lost with what holds nothing.
  const plain = (text: string) => text.replaceAll("<input>", "<b>1</b>");
  assert.deepEqual(
    diff(page(plain(before.body)), page(plain(board(card("b"), card("c") + card("a")).body))).map(([name]) =>
      name
    ),
    ["morph", "morph"],
  );
});

Deno.test("diff: where nothing with a name is around both, the body is sent", () => {
  const two = (left: string, right: string) =>
    page(`<ul id="left">${left}</ul><hr><ul id="right">${right}</ul>`);
  const after = two("", card("a"));
  assert.deepEqual(diff(two(card("a"), ""), after), [["body", after.body]]);
});

Deno.test("diff: what one operation replaces and brings itself stays that operation", () => {
  const one = (inner: string) => page(`<div id="x"><div>${inner}</div></div><p id="y">1</p>`);
  const after = one(`<b></b><p id="a"><input></p>`);
  assert.deepEqual(diff(one(`<p id="a"><input></p><b></b>`), after).map(([name, at]) => [name, at]), [[
    "morph",
    [
      "x",
      0,
    ],
  ]]);
});
