// deno-lint-ignore-file jsx-key jsx-curly-braces -- lists of elements to render, one by one
import assert from "node:assert/strict";
import { type ComponentChildren, h } from "preact";
import { renderToString } from "preact-render-to-string";
import fc from "fast-check";
import type { Html } from "../../../server/page/html.ts";
import {
  Fragment,
  jsx,
  jsxAttr,
  jsxDEV,
  jsxEscape,
  jsxs,
  jsxTemplate,
} from "../../../server/page/jsx_runtime.ts";
import { renderPage } from "../../../server/page/render.ts";

const recorder = { nameOf: () => "Counter", offer: () => {} };
const body = (node: unknown): string => renderPage(node as Html, recorder).body;
const html = (node: unknown): string => renderToString(node as Parameters<typeof renderToString>[0]);
/** A value that the compiler does not see through. */
const v = <T,>(value: T): T => value;

Deno.test("jsxTemplate: a row is written byte for byte", () => {
  const wanted = '<tr id="row-17"><td>17</td><td>Item 17</td><td class="qty">3</td><td>12.50</td>' +
    '<td><button class="bump" data-reflex="click->Table#bump" data-id="17">+1</button></td></tr>';
  const [id, quantity, price] = [v(17), v(3), v("12.50")];
  const holes = (
    <tr id={`row-${id}`} key={id}>
      <td>{id}</td>
      <td>Item {id}</td>
      <td class="qty">{quantity}</td>
      <td>{price}</td>
      <td>
        <button class="bump" data-reflex="click->Table#bump" data-id={id}>+1</button>
      </td>
    </tr>
  );
  const folded = (
    // deno-fmt-ignore
    <tr id={"row-17"} key={17}><td>{17}</td><td>Item {17}</td><td class="qty">{3}</td><td>{"12.50"}</td><td><button class="bump" data-reflex="click->Table#bump" data-id={17}>+1</button></td></tr>
  );
  assert.equal(body(holes), wanted);
  assert.equal(body(folded), wanted);
  assert.equal(html(holes), wanted);
});

Deno.test("jsxTemplate: an attribute that writes nothing leaves no blank", () => {
  const none = v<undefined | string>(undefined);
  assert.equal(body(<p title={none} lang={none} hidden={v(false)}>x</p>), "<p>x</p>");
  assert.equal(
    body(<p title={none} lang={v("de")} id={none} class="a">x</p>),
    '<p lang="de" class="a">x</p>',
  );
  assert.equal(
    body(<video controls={v(true)} loop={v(false)} muted={v(true)}></video>),
    "<video controls muted></video>",
  );
});

Deno.test("jsxTemplate: what the compiler escapes too much is written as the renderer writes it", () => {
  assert.equal(
    body(<p title="a > b ' &amp;gt; c">1 &gt; 0, it's &amp;gt; &lt;</p>),
    `<p title="a > b ' &amp;gt; c">1 > 0, it's &amp;gt; &lt;</p>`,
  );
});

Deno.test("jsxTemplate: the same strings are the same template, and are left as they were", () => {
  const strings = Object.freeze(["<p ", ' title="a &gt; b">', "</p>"]);
  const once = jsxTemplate(strings, jsxAttr("id", "x"), jsxEscape("<"));
  const twice = jsxTemplate(strings, jsxAttr("id", "y"), jsxEscape("&"));
  assert.equal(html(once), '<p id="x" title="a > b">&lt;</p>');
  assert.equal(html(twice), '<p id="y" title="a > b">&amp;</p>');
  assert.equal((once.props as { tpl: unknown }).tpl, (twice.props as { tpl: unknown }).tpl);
});

Deno.test("jsxEscape: an array is neither changed nor escaped twice, however often it is rendered", () => {
  const words = Object.freeze([
    "a & b",
    Object.freeze(["<c>", Object.freeze(['"d"'])]),
  ]) as readonly unknown[];
  for (let i = 0; i < 3; i++) {
    assert.equal(body(<p>{words as ComponentChildren[]}</p>), "<p>a &amp; b&lt;c>&quot;d&quot;</p>");
  }
  assert.equal(jsxEscape(words), words);
});

Deno.test("jsxEscape: nothing is rendered for null, undefined, booleans and functions", () => {
  for (const nothing of [null, undefined, true, false, () => "x"]) {
    assert.equal(body(<p>{nothing as ComponentChildren}</p>), "<p></p>");
    assert.equal(body(<p>{[nothing, [nothing]] as ComponentChildren[]}</p>), "<p></p>");
  }
  assert.equal(body(<p>{v(0)}{v(-1.5)}{v(10n)}</p>), "<p>0-1.510</p>");
});

Deno.test("jsxEscape: an object as a child is an error that says what it is", () => {
  class Money {}
  const cases: [unknown, RegExp][] = [
    [{ name: "x", price: 1 }, /plain object with the keys "name", "price"/],
    [{}, /an empty object/],
    [Object.assign(Object.create(null), { a: 1 }), /plain object with the keys "a"/],
    [new Date(0), /an instance of Date/],
    [new Money(), /an instance of Money/],
    [{ toString: () => "obj" }, /plain object with the keys "toString"/],
    [Promise.resolve(1), /Cannot render a promise.*await it first/],
    [["fine", [{ deep: true }]], /plain object with the keys "deep"/],
  ];
  for (const [child, message] of cases) {
    assert.throws(() => body(<p>{child as ComponentChildren}</p>), message);
    assert.throws(() => body(h("td", null, child as ComponentChildren)), message);
    assert.throws(() => body(h("td", null, child as ComponentChildren)), /<td>/);
    assert.throws(() => body(h(Fragment as never, null, child as ComponentChildren)), message);
    assert.throws(() => body(child), message);
  }
});

Deno.test("jsxEscape: a forged vnode is a plain object", () => {
  const forged: unknown[] = [
    { constructor: undefined, type: "script", props: { children: "alert(1)" }, key: null, ref: null },
    JSON.parse('{"type":"script","props":{"dangerouslySetInnerHTML":{"__html":"<b>"}},"__k":null,"__v":1}'),
    structuredClone({ type: "b", props: {}, __v: 1 }),
  ];
  for (const child of forged) {
    assert.throws(() => body(<p>{child as ComponentChildren}</p>), /Cannot render a plain object/);
    assert.throws(() => body(h("p", null, child as ComponentChildren)), /Cannot render a plain object/);
  }
});

Deno.test("jsxAttr: every value is written as the renderer writes it for a plain element", () => {
  const names = [
    "className",
    "class",
    "htmlFor",
    "tabIndex",
    "readOnly",
    "acceptCharset",
    "httpEquiv",
    "aria-hidden",
    "data-x",
    "draggable",
    "spellcheck",
    "colSpan",
    "maxLength",
    "crossOrigin",
    "srcLang",
    "dateTime",
    "title",
    "id",
    "hidden",
    "download",
    "xlinkTitle",
    "viewBox",
    "bad name",
    "a>b",
    "key",
    "ref",
    "someProp",
    "accessKey",
  ]; // deno-fmt-ignore
  const values: unknown[] = [
    "", "text", 'a"b&<c', 0, 12, -1.5, 10n, true, false, null, undefined, () => 1, new URL("https://a.example/?x&y"),
    ["a", "b"], { valueOf: () => "inner" },
    { peek: () => "s", value: "signal & co" }, { peek: () => "s", value: false }, { peek: () => 1, value: true },
  ]; // deno-fmt-ignore
  for (const name of names) {
    for (const value of values) {
      if (name.startsWith("class") && typeof value === "function") continue; // Preact writes its source
      const template = jsxTemplate(["<p ", ">"], jsxAttr(name, value));
      const plain = name === "key" || name === "ref" ? h("p", null) : h("p", { [name]: value });
      assert.equal(html(template), html(plain).replace("</p>", ""), `${name}=${String(value)}`);
    }
  }
});

Deno.test("jsxAttr: names of SVG are hyphenated as in a plain element", () => {
  for (
    const name of [
      "strokeWidth",
      "strokeLinecap",
      "clipPath",
      "fillOpacity",
      "fontSize",
      "textAnchor",
      "markerEnd",
    ]
  ) {
    const template = jsxTemplate(["<svg><path ", "></path></svg>"], jsxAttr(name, "x"));
    assert.equal(html(template), html(h("svg", null, h("path", { [name]: "x" }))), name);
  }
});

Deno.test("jsxAttr: a style object is written as the renderer writes it, pixels included", () => {
  const styles: Record<string, string | number | null | undefined>[] = [
    { fontSize: 12, lineHeight: 1.5, zIndex: 3, "--gap": 4, marginTop: -1, opacity: 0 },
    { backgroundColor: "red", color: null, width: undefined, height: "", WebkitLineClamp: 2 },
    { flexGrow: 1, gridRow: 2, gridColumnGap: 3, "-webkit-box-flex": 1, boxFlex: 1 },
    {},
  ];
  for (const style of styles) {
    assert.equal(
      html(jsxTemplate(["<p ", ">"], jsxAttr("style", style))),
      html(h("p", { style })).replace("</p>", ""),
    );
  }
});

Deno.test("jsxAttr: booleans of enumerated attributes are words, on both ways", () => {
  const off = v(false);
  const wanted =
    '<p aria-hidden="false" data-x="false" draggable="false" spellcheck="false" contenteditable="false"></p>';
  assert.equal(
    body(<p aria-hidden={off} data-x={off} draggable={off} spellcheck={off} contentEditable={off} />),
    wanted,
  );
  assert.equal(
    body(
      h("p", { "aria-hidden": off, "data-x": off, draggable: off, spellcheck: off, contenteditable: off }),
    ),
    wanted,
  );
});

Deno.test("jsxAttr: a plain object as a value is an error that names attribute and keys", () => {
  for (const value of [{ a: 1 }, {}, Object.create(null), JSON.parse('{"toString":"x"}')]) {
    assert.throws(() => jsxAttr("title", value), /Cannot write title from (a plain|an empty) object/);
    assert.throws(() => body(h("b", { title: value })), /Cannot write title on <b>/);
    assert.throws(() => body(h("a", { href: value })), /Cannot write href on <a>/);
  }
});

Deno.test("jsxTemplate: select, textarea and input keep their values", () => {
  const [two, text] = [v("2"), v("a & b\n<c>")];
  assert.equal(
    body(
      <select value={two}>
        <option value="1">1</option>
        <option value="2">2</option>
      </select>,
    ),
    '<select><option value="1">1</option><option selected value="2">2</option></select>',
  );
  assert.equal(body(<textarea value={text} />), "<textarea>a &amp; b\n&lt;c></textarea>");
  assert.equal(body(<textarea defaultValue={text} />), "<textarea>a &amp; b\n&lt;c></textarea>");
  assert.equal(body(<input defaultValue={text} />), '<input value="a &amp; b\n&lt;c>"/>');
  assert.equal(body(<input type="checkbox" defaultChecked />), '<input type="checkbox" checked/>');
  assert.equal(
    body(
      <select defaultValue={two}>
        <option value="2">2</option>
      </select>,
    ),
    '<select><option selected value="2">2</option></select>',
  );
});

Deno.test("jsxTemplate: a select compiled to strings is an error that names the setting", () => {
  assert.throws(
    () => jsxTemplate(["<select ", "><option>1</option></select>"], jsxAttr("value", "1")),
    /<select>.*jsxPrecompileSkipElements/,
  );
  assert.throws(() => jsxTemplate(['<p><textarea value="a"></textarea></p>']), /jsxPrecompileSkipElements/);
});

Deno.test("jsxTemplate: style and script are written as they are", () => {
  const css = v(`a > b { content: "&<'"; } @media (width<9px) {}`);
  const code = v('if (a && b < "c") f();');
  assert.equal(body(<style>{css}</style>), `<style>${css}</style>`);
  assert.equal(
    body(
      <div>
        <style>a &gt; b</style>
        <p>{v("<")}</p>
      </div>,
    ),
    "<div><style>a > b</style><p>&lt;</p></div>",
  );
  assert.equal(body(<script>{code}</script>), `<script>${code}</script>`);
  assert.equal(
    body(
      <div>
        <script type="module">{code};{[code, ["&"]]}</script>
        {css}
      </div>,
    ).split("</script>")[0],
    `<div><script type="module">${code};${code}&`,
  );
  assert.equal(html(<style>{css}</style>), `<style>${css}</style>`);
  assert.equal(body(h("style", null, css, [1, null, "&"])), `<style>${css}1&</style>`);
  assert.equal(body(h("script", null, code)), `<script>${code}</script>`);
  assert.equal(body(h("style", { media: "print" })), '<style media="print"></style>');
});

Deno.test("jsxTemplate: a text that would leave its style or script is an error that names it", () => {
  const style = /Cannot render <style>: its text holds "<\/style"/;
  for (const css of ["a</style><img>", "</STYLE >", "</sTyLe"]) {
    assert.throws(() => body(<style>{css}</style>), style);
    assert.throws(() => body(h("style", null, css)), style);
    assert.throws(() => body(<style>a{[css]}</style>), style);
  }
  assert.throws(() => jsxTemplate(["<style>a&lt;/style&gt;</style>"]), style, "also in static text");
  const [start, end] = [v("<"), v("/style>")];
  assert.throws(() => body(<style>{start}{end}</style>), style, "also when it comes in two pieces");
  assert.throws(() => body(<style>{start}/style</style>), style);
  assert.throws(() => body(<script>{v("</script>")}</script>), /Cannot render <script>/);
  assert.throws(() => body(h("script", null, '"<!--<script>"')), /Cannot render <script>.*<!--/);
  assert.throws(() => body(h("STYLE", null, "</style>")), /Cannot render <STYLE>/);
  assert.throws(() => body(<style>{<b /> as never}</style>), /inside <style>: it holds text only/);
  assert.throws(() => body(h("style", null, h("b", null))), /inside <style>: it holds text only/);
});

Deno.test("jsxTemplate: in svg, where style is parsed as markup, its text has no tag", () => {
  const css = v("<img>");
  const Style = () => <style>{css}</style>;
  const Plain = () => h("style", null, css);
  for (const Part of [Style, Plain]) {
    assert.throws(() =>
      body(
        <svg>
          <Part />
        </svg>,
      ), /inside svg or math/);
    assert.throws(() => body(h("svg", null, h("g", null, h(Part as never, null)))), /inside svg or math/);
    assert.equal(
      body(
        <p>
          <Part />
        </p>,
      ),
      "<p><style><img></style></p>",
    );
  }
  assert.equal(
    body(
      <svg>
        <style>{css}</style>
      </svg>,
    ),
    "<svg><style>&lt;img></style></svg>",
  );
  const icon = (
    <p>
      <svg>
        <title>{v("x")}</title>
      </svg>
      <Style />
      <math />
    </p>
  );
  assert.ok(body(icon).includes("<style><img></style>"), "svg beside it does not matter");
  assert.throws(() =>
    body(
      <svg>
        <g>{[<Style key="s" />]}</g>
      </svg>,
    ), /inside svg or math/);
});

Deno.test("jsxTemplate: a template that the compiler did not write is refused", () => {
  const forged = JSON.parse(
    '{"tpl":["<img src=x onerror=alert(1)>"],"exprs":[],"template":{"targets":[],"rawTexts":[]}}',
  );
  assert.throws(() => body(jsx(Fragment, forged)), /Cannot render a template/);
  const tpl = ["<img src=x onerror=alert(1)>"]; // devalue and structured clone keep identity, JSON does not
  const shared = { tpl, exprs: [], template: { strings: tpl, targets: [], rawTexts: [] } };
  assert.throws(() => body(jsx(Fragment, structuredClone(shared))), /Cannot render a template/);
  const real = jsxTemplate(["<b></b>"]).props as object;
  assert.throws(() => body(jsx(Fragment, { ...real, tpl: ["<img onerror=x>"] })), /Cannot render a template/);
});

// The corpus: each in JSX, which is compiled to templates here, and by hand, which is not.
const items = ["a & b", "<c>"];
const Card = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <section aria-label={title}>
    <h2>{title}</h2>
    {children}
  </section>
);
const corpus: Record<string, [unknown, unknown]> = {
  "nested lists": [
    <ul>{items.map((item, i) => <li key={item} data-i={i}>{item}{i > 0 && <b>!</b>}</li>)}</ul>,
    h(
      "ul",
      null,
      items.map((item, i) => h("li", { key: item, "data-i": i }, item, i > 0 && h("b", null, "!"))),
    ),
  ],
  "components and children": [
    <Card title={'"x" & y'}>
      text {items} <i>i</i>
    </Card>,
    h(Card as never, { title: '"x" & y' } as never, "text ", items, " ", h("i", null, "i")),
  ],
  "fragments": [
    <>
      <p>{items[0]}</p>
      {null}
      {v("x")}
      <>{items}</>
    </>,
    h(Fragment as never, null, h("p", null, items[0]), null, "x", h(Fragment as never, null, items)),
  ],
  "attributes": [
    <a
      class={v("k")}
      href={v("/a?b&c")}
      title={v("it's <b>")}
      tabIndex={v(2)}
      aria-current={v(true)}
      download={v(true)}
    />,
    h("a", {
      class: "k",
      href: "/a?b&c",
      title: "it's <b>",
      tabIndex: 2,
      "aria-current": true,
      download: true,
    }),
  ],
  "spread": [
    <div {...{ id: "x", lang: "de" }} className={v("a")}>
      <b>{v(1)}</b>
    </div>,
    h("div", { id: "x", lang: "de", className: "a" }, h("b", null, 1)),
  ],
  "a form": [
    <form action={v("/x")} method="post">
      <label htmlFor="n">N</label>
      <input id="n" value={v("1")} disabled={v(true)} />
      <br />
    </form>,
    h(
      "form",
      { action: "/x", method: "post" },
      h("label", { htmlFor: "n" }, "N"),
      h("input", { id: "n", value: "1", disabled: true }),
      h("br", null),
    ),
  ],
  "svg": [
    <svg viewBox="0 0 1 1">
      <path d={v("M0")} strokeWidth={v(2)} fill-rule="evenodd" />
    </svg>,
    h("svg", { viewBox: "0 0 1 1" }, h("path", { d: "M0", strokeWidth: 2, "fill-rule": "evenodd" })),
  ],
  "styles": [
    <p style={v({ fontSize: 12, color: "red" })}>
      <b style="top:1px;left:2px">x</b>
    </p>,
    h("p", { style: { fontSize: 12, color: "red" } }, h("b", { style: "top:1px;left:2px" }, "x")),
  ],
}; // deno-fmt-ignore

for (const [title, [compiled, plain]] of Object.entries(corpus)) {
  Deno.test(`jsx: compiled and plain are the same page: ${title}`, () => {
    assert.equal(body(compiled).replaceAll("/>", ">"), body(plain).replaceAll("/>", ">"));
    assert.equal(body(compiled), body(compiled), "also the second time");
  });
}

Deno.test("jsx: the automatic runtime's calls make the same page", () => {
  const calls = jsxs("p", {
    id: "a",
    children: [jsx("b", { children: "<" }), jsxDEV("i", { children: ["&"] }, "k")],
  });
  assert.equal(body(calls), '<p id="a"><b>&lt;</b><i data-k="k">&amp;</i></p>');
  assert.equal(
    body(
      <p id={v("a")}>
        <b>{v("<")}</b>
        <i key="k">{v("&")}</i>
      </p>,
    ),
    body(calls),
  );
});

const escapeOnce = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

Deno.test("jsxEscape: any text is escaped exactly once, as child, in arrays and as attribute, on both ways", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."&<>\"'; amp#39\0\ue000\ud800") }),
  );
  fc.assert(fc.property(text, (text) => {
    const once = escapeOnce(text);
    const attribute = text === "" ? "title" : `title="${once}"`;
    const wanted = `<p ${attribute}>${once}${once}${once}</p>`;
    const list = [text, [text]];
    assert.equal(body(<p title={text}>{text}{list}</p>), wanted);
    assert.equal(body(h("p", { title: text }, text, list)), wanted);
    assert.deepEqual(list, [text, [text]]);
  }));
});

Deno.test("jsxEscape: NUL, private-use characters and lone surrogates survive", () => {
  const text = "\0\ue000\ue003\uf8ff\ud800x\udfff";
  assert.equal(body(<p title={text}>{text}</p>), `<p title="${text}">${text}</p>`);
  assert.equal(body(h("p", { title: text }, text)), `<p title="${text}">${text}</p>`);
});
