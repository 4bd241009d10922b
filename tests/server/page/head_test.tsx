// deno-lint-ignore-file jsx-key -- lists of elements to render, one by one
import assert from "node:assert/strict";
import { createContext, h } from "preact";
import { useContext } from "preact/hooks";
import { renderToString } from "preact-render-to-string";
import { Head } from "../../../server/page/head.ts";
import type { Html } from "../../../server/page/html.ts";
import { raw } from "../../../server/page/raw.ts";
import { renderPage } from "../../../server/page/render.ts";

const render = (node: unknown) => renderPage(node as Html, { nameOf: () => "A", offer: () => {} });
/** A value that the compiler does not see through. */
const v = <T,>(value: T): T => value;

Deno.test("Head: its children leave the body and go to the head, in order", () => {
  const css = v('a > b { content: "&" }');
  const { head, body } = render(
    <main>
      <Head>
        <title>Orders &amp; {v("<more>")}</title>
        <meta name="description" content={v('"x"')} />
        <link rel="stylesheet" href="/a.css" />
        <style>{css}</style>
        <script src="/a.js" defer></script>
      </Head>
      <h1>Orders</h1>
    </main>,
  );
  assert.equal(body, "<main><h1>Orders</h1></main>");
  assert.equal(
    head,
    '<title>Orders &amp; &lt;more></title><meta name="description" content="&quot;x&quot;">' +
      `<link rel="stylesheet" href="/a.css"><style>${css}</style><script src="/a.js" defer></script>`,
  );
});

Deno.test("Head: it works for elements that were not compiled", () => {
  const { head, body } = render(
    h(
      "main",
      null,
      h(Head as never, null, h("title", null, "T & U"), h("meta", { property: "og:x", content: "1" })),
    ),
  );
  assert.equal(body, "<main></main>");
  assert.equal(head, '<title>T &amp; U</title><meta property="og:x" content="1"/>');
});

Deno.test("Head: several add up; a later title or meta replaces the one before, in its place", () => {
  const Part = ({ n }: { n: number }) => (
    <section>
      <Head>
        <title>{n}</title>
        <meta name="n" content={v(String(n))} />
        <meta property="p" content={v(String(n))} />
        <link rel="preload" href={`/${n}`} />
      </Head>
    </section>
  );
  const { head, body } = render(
    <main>
      <Part n={1} />
      <Part n={2} />
      <Head>{null}</Head>
      <Head />
    </main>,
  );
  assert.equal(body, "<main><section></section><section></section></main>");
  assert.equal(
    head,
    '<title>2</title><meta name="n" content="2"><meta property="p" content="2">' +
      '<link rel="preload" href="/1"><link rel="preload" href="/2">',
  );
});

Deno.test("Head: a property is not a name, and an attribute's value is not an attribute", () => {
  const { head } = render(
    <Head>
      <meta name="a" content="1" />
      <meta property="a" content="2" />
      <meta charset="utf-8" />
      <meta content={v('x" name="a')} itemProp="y" />
    </Head>,
  );
  assert.equal(head.match(/<meta/g)?.length, 4);
});

Deno.test("Head: components in it render, with the context around it", () => {
  const Site = createContext("none");
  const Title = () => <title>{useContext(Site)}</title>;
  const { head } = render(
    <Site.Provider value="Argyle">
      <p>
        <Head>
          <Title />
        </Head>
      </p>
    </Site.Provider>,
  );
  assert.equal(head, "<title>Argyle</title>");
});

Deno.test("Head: what has no place in it is refused by name", () => {
  const cases: [Html, RegExp][] = [
    [<base href="/x" />, /Cannot put <base> into <Head>: it takes <title>/],
    [<meta http-equiv="refresh" content="0" />, /http-equiv/],
    [h("meta", { httpEquiv: "refresh" }), /http-equiv/],
    [<meta name="a" {...{ "HTTP-EQUIV": "refresh" }} />, /http-equiv/],
    [<script>{v("alert(1)")}</script>, /a script in the head has a src/],
    [<p>x</p>, /Cannot put <p>/],
    ["text", /"text" into <Head>: it takes elements only/],
    [
      <>
        <title>x</title>
        {v("<b>")}
      </>,
      /elements only/,
    ],
    [
      <noscript>
        <title>x</title>
      </noscript>,
      /<noscript>/,
    ],
    [
      <title>
        <b>x</b>
      </title>,
      /<title> into <Head>: it holds text only/,
    ],
    [
      <svg>
        <title>x</title>
      </svg>,
      /<svg>/,
    ],
    [<title dangerouslySetInnerHTML={raw("</title><base>")} />, /<base>/],
    [<style dangerouslySetInnerHTML={raw("</style><img>")} />, /<img>/],
  ];
  for (const [child, message] of cases) {
    assert.throws(() =>
      render(
        <p>
          <Head>{child}</Head>
        </p>,
      ), message);
  }
  assert.deepEqual(render(<p>x</p>), { head: "", body: "<p>x</p>" }, "the next render is clean");
});

Deno.test("Head: outside of a page it is an error, also in a string that a component renders for itself", () => {
  const page = (
    <p>
      <Head>
        <title>x</title>
      </Head>
    </p>
  );
  const message = /Cannot render <Head>: no page is being rendered/;
  assert.throws(() => renderToString(page as never), message);
  const Mail = () => <pre>{renderToString(page as never)}</pre>;
  assert.throws(() => render(<Mail />), message);
});

Deno.test("Head: a component that renders more of itself in it keeps to the head", () => {
  const { head, body } = render(
    <p>
      <Head>
        <Head>
          <title>inner</title>
        </Head>
        <link rel="icon" href="/i" />
      </Head>
      <b>x</b>
    </p>,
  );
  assert.equal(head, '<title>inner</title><link rel="icon" href="/i">');
  assert.equal(body, "<p><b>x</b></p>");
});
