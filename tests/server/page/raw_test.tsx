import assert from "node:assert/strict";
import { h } from "preact";
import { BLOCKED_URL } from "../../../protocol/mod.ts";
import type { Html } from "../../../server/page/html.ts";
import { jsxAttr, jsxTemplate } from "../../../server/page/jsx_runtime.ts";
import { Raw, raw } from "../../../server/page/raw.ts";
import { renderPage } from "../../../server/page/render.ts";

const recorder = { nameOf: () => "Counter", offer: () => assert.fail("nothing is offered here") };
const body = (node: unknown): string => renderPage(node as Html, recorder).body;
/** A value that the compiler does not see through. */
const v = <T,>(value: T): T => value;
/** What a stranger's JSON holds. */
const json = (text: string): Record<string, unknown> => JSON.parse(text);

Deno.test("raw: its markup is written as it is, inside a border", () => {
  const html = raw('<b data-reflex="click->Admin#wipe" onclick="x">&amp;</b>');
  const wanted =
    '<article class="a" data-raw><b data-reflex="click->Admin#wipe" onclick="x">&amp;</b></article>';
  assert.equal(body(<article class="a" dangerouslySetInnerHTML={html} />), wanted);
  assert.equal(body(h("article", { class: "a", dangerouslySetInnerHTML: html })), wanted);
});

Deno.test("raw: an element that is rendered twice is the same twice", () => {
  const page = <p dangerouslySetInnerHTML={raw("<i>x</i>")} />;
  assert.equal(body([page, page]), "<p data-raw><i>x</i></p>".repeat(2));
  assert.equal(body(page), "<p data-raw><i>x</i></p>");
});

Deno.test("raw: it takes a string only, and cannot be forged", () => {
  assert.throws(() => raw(1 as never), /Cannot make raw HTML: number is not a string/);
  const forgeries: unknown[] = [
    { __html: "<b>" },
    json('{"__html":"<img onerror=x>"}'),
    structuredClone(raw("<b>")),
    Object.create(Raw.prototype),
    Object.assign(Object.create(Raw.prototype), { html: "<b>" }),
    "<b>",
  ];
  for (const forged of forgeries) {
    assert.equal(Raw.is(forged), false);
    assert.throws(
      () => body(h("section", { dangerouslySetInnerHTML: forged as never })),
      /Cannot set the HTML of <section> from (a|an) .*raw\(html\)/,
    );
    assert.throws(() => body(h("iframe", { srcdoc: forged as never })), /Cannot write srcdoc on <iframe>/);
    assert.throws(() => jsxAttr("srcdoc", forged), /Cannot write srcdoc/);
  }
});

Deno.test("raw: srcdoc comes from it alone, and is escaped as an attribute", () => {
  const html = raw('<p class="x">&amp;</p>');
  const wanted = '<iframe srcdoc="&lt;p class=&quot;x&quot;>&amp;amp;&lt;/p>"></iframe>';
  assert.equal(body(<iframe srcdoc={html} />), wanted);
  assert.equal(body(<iframe srcDoc={html} />), wanted);
  assert.equal(body(h("iframe", { srcDoc: html as never })), wanted);
  assert.equal(body(<iframe srcdoc={v(undefined)} />), "<iframe></iframe>");
  assert.throws(
    () => jsxTemplate(['<iframe srcdoc="&lt;p&gt;"></iframe>']),
    /Cannot write srcdoc=.*<iframe>/,
  );
});

Deno.test("raw: as a child it is an error that says where it belongs", () => {
  assert.throws(() => body(<p>{raw("<b>") as never}</p>), /an instance of Raw.*dangerouslySetInnerHTML/);
});

Deno.test("spread: JSON on any element writes no handler and sets no HTML", () => {
  for (const element of ["div", "a", "svg", "input", "img", "script", "style", "my-element"]) {
    const handlers = json(
      '{"onclick":"x()","onClick":"x()","ONERROR":"x()","on":"x","onload":1,"onfocus":true,"onblur":{}}',
    );
    assert.equal(body(h(element, handlers)).replace("/>", ">").split(">")[0], `<${element}`);
    for (
      const text of [
        '{"dangerouslySetInnerHTML":{"__html":"<img onerror=x>"}}',
        '{"srcdoc":"<script>x</script>"}',
        '{"srcDoc":"<b>"}',
        '{"SRCDOC":"<b>"}',
        '{"innerHTML":"<b>"}',
        '{"outerHTML":"<b>"}',
      ]
    ) {
      assert.throws(() => body(h(element, json(text))), new RegExp(`<${element}>`), text);
    }
  }
  const Component = (props: Record<string, unknown>) => <p {...props}>x</p>;
  assert.equal(body(<Component {...json('{"onclick":"x()","title":"t"}')} />), '<p title="t">x</p>');
  assert.throws(() => body(<Component {...json('{"dangerouslySetInnerHTML":{"__html":"x"}}')} />), /<p>/);
  const signal = { peek: () => "x()", value: "x()" };
  assert.equal(body(h("p", { onclick: signal as never })), "<p></p>", "a signal hides nothing");
});

Deno.test("spread: names that would break out of the tag are dropped", () => {
  const props = json(
    '{"a b":"1","a>":"1","a/onclick":"1","a=":"1","\\"":"1","\'":"1","<b":"1","a\\u0000":"1","\\n":"1","":"1"}',
  );
  assert.equal(body(h("p", props)), "<p></p>");
  for (const name of Object.keys(props)) assert.equal(jsxAttr(name, "1"), "");
});

Deno.test("jsxAttr: a handler is never written as text", () => {
  for (const name of ["onclick", "onClick", "ONCLICK", "onerror", "onfocusin"]) {
    for (const value of ["x()", 1, true, {}, { toString: () => "x()" }, () => 1, null]) {
      assert.equal(jsxAttr(name, value), "", name);
    }
  }
  assert.throws(() => jsxTemplate(['<b onclick="x">q</b>']), /Cannot write onclick="…" on <b>/);
  assert.throws(() => jsxTemplate(['<p><b class="a" ', " ONERROR></b></p>"], ""), /on <b>/);
});

const hostile = [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "java\tscript:alert(1)",
  "java\nscript:alert(1)",
  "java\r\nscript:alert(1)",
  " \x01javascript:alert(1)",
  "\x00javascript:alert(1)",
  "javascript\t:alert(1)",
  "\u0009\u000ajavascript:alert(1)",
  "vbscript:msgbox(1)",
  "data:text/html,<script>alert(1)</script>",
  "DATA:text/html;base64,PHNjcmlwdD4=",
  "file:///etc/passwd",
  "intent://x",
  "view-source:https://a.example",
];
const harmless = [
  "/a?b=c#d",
  "#top",
  "?page=2",
  "",
  "a/b:c",
  "//cdn.example/x",
  "https://a.example/javascript:x",
  "mailto:a@b.example",
  "tel:+1",
  "&#106;avascript:alert(1)", // escaped once more, the entity is text and the URL a relative one
  "java&Tab;script:alert(1)",
];
const attributes = [
  "href",
  "src",
  "action",
  "formaction",
  "xlink:href",
  "data",
  "poster",
  "background",
  "cite",
];
const spellings = [...attributes, "formAction", "xlinkHref", "HREF", "Src"];

Deno.test("URLs: what could run script is blocked in every attribute, on both ways", () => {
  for (const name of spellings) {
    for (const url of hostile) {
      for (const value of [url, { toString: () => url }, { peek: () => url, value: url }]) {
        const hole = body(jsxTemplate(["<a ", ">x</a>"], jsxAttr(name, value)));
        const plain = body(h("a", { [name]: value }, "x"));
        assert.match(hole, new RegExp(`^<a [\\w:]+="${BLOCKED_URL}">x</a>$`), `${name}=${url}`);
        assert.equal(plain, hole);
      }
    }
  }
});

Deno.test("URLs: harmless ones are written as they are", () => {
  for (const name of spellings) {
    for (const url of harmless) {
      const hole = body(jsxTemplate(["<a ", ">x</a>"], jsxAttr(name, url)));
      assert.equal(hole.includes(BLOCKED_URL), false, `${name}=${url}`);
      assert.equal(body(h("a", { [name]: url }, "x")), hole);
      if (url !== "") assert.ok(hole.includes(`="${url.replaceAll("&", "&amp;")}"`), hole);
    }
  }
  assert.equal(body(<img src={v("data:image/png;base64,AA")} />), '<img src="data:image/png;base64,AA">');
  assert.equal(body(<img srcset={v("/a.png 1x, javascript:x 2x")} />), `<img srcset="${BLOCKED_URL}">`);
  assert.equal(body(<a ping={v("/ok javascript:x")}>x</a>), `<a ping="${BLOCKED_URL}">x</a>`);
  assert.equal(body(<a href={v("//[bad")}>x</a>), '<a href="//[bad">x</a>');
});

Deno.test("style: what could end a declaration or the element is an error, a list of declarations is not", () => {
  for (const value of ["a{}", "}", "{", "x:url(</style>)"]) {
    assert.throws(() => jsxAttr("style", value), /Cannot write the style/);
    assert.throws(() => body(h("p", { style: value })), /Cannot write the style .* on <p>/);
  }
  for (const value of ["red;background:url(//evil)", "a}", "{", "</", { a: 1 }, ["a"], () => 1]) {
    assert.throws(() => jsxAttr("style", { color: value }), /Cannot write the style color: /);
    assert.throws(() => body(h("p", { style: { color: value } as never })), /color: .* on <p>/);
  }
  for (const name of ["color:red;background", "a b", "a;", "}", ""]) {
    assert.throws(() => jsxAttr("style", { [name]: "x" }), /no name of a property/);
    assert.throws(() => body(h("p", { style: { [name]: "x" } })), /no name of a property/);
  }
  assert.equal(body(<p style="color:red;top:0" />), '<p style="color:red;top:0"></p>');
  assert.equal(body(<p style={v("color:red;top:0")} />), '<p style="color:red;top:0"></p>');
  assert.equal(body(h("p", { style: "color:red;top:0" })), '<p style="color:red;top:0"></p>');
});

Deno.test("svg: no link is animated, compiled or not", () => {
  for (const attributeName of ["href", "xlink:href", "HREF"]) {
    const compiled = () =>
      body(
        <svg>
          <animate attributeName={v(attributeName)} values="javascript:alert(1)" />
        </svg>,
      );
    assert.throws(compiled, /Cannot animate .* a link is set by a render/, attributeName);
    const spread = { attributeName, to: "javascript:alert(1)" };
    assert.throws(
      () =>
        body(
          <svg>
            <set {...spread} />
          </svg>,
        ),
      /Cannot animate/,
      attributeName,
    );
  }
  assert.throws(() =>
    body(
      <svg>
        <animate attributeName="href" />
      </svg>,
    ), /Cannot animate/);
  assert.match(
    body(
      <svg>
        <animate attributeName="cx" values="1;2" />
      </svg>,
    ),
    /attributeName="cx"/,
  );
});
