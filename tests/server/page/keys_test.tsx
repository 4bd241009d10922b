// deno-lint-ignore-file jsx-key jsx-no-useless-fragment -- missing keys and lone fragments are part of what is tested
import assert from "node:assert/strict";
import fc from "fast-check";
import { cloneElement, Component, type ComponentChildren, createContext, Fragment as Plain, h } from "preact";
import * as preact from "preact/jsx-runtime";
import { useState } from "preact/hooks";
import { renderToString } from "preact-render-to-string";
import { Head } from "../../../server/page/head.ts";
import type { Html } from "../../../server/page/html.ts";
import { Fragment, jsx, jsxDEV, jsxs, jsxTemplate } from "../../../server/page/jsx_runtime.ts";
import { renderPage } from "../../../server/page/render.ts";

const render = (node: unknown) => renderPage(node as Html, { nameOf: () => "A", offer: () => {} });
const body = (node: unknown): string => render(node).body;
const bare = (node: unknown): string => renderToString(node as Parameters<typeof renderToString>[0]);
/** A value that the compiler does not see through. */
const v = <T,>(value: T): T => value;

type Props = { children?: ComponentChildren };
const Item = ({ children }: Props) => <li>{children}</li>;
const PlainItem = ({ children }: Props) => h("li", null, children);
const plain = (type: unknown, props: object, ...children: unknown[]) =>
  h(type as never, props as never, ...children as never[]);

Deno.test("data-k: a compiled element has the key that it was given, as its first attribute", () => {
  assert.equal(body(<li key={v("a")}>x</li>), '<li data-k="a">x</li>');
  assert.equal(body(<li key="a">x</li>), '<li data-k="a">x</li>');
  assert.equal(
    body(<li class={v("c")} key={v(7)} title="t">x</li>),
    '<li data-k="7" class="c" title="t">x</li>',
  );
  assert.equal(body(<br key={v("a")} />), '<br data-k="a">');
  assert.equal(
    body(
      <ul>
        <li key="a">{v("x")}</li>
        <li key={v("b")} id={v("y")} />
        <li key={v("c")} />
      </ul>,
    ),
    '<ul><li data-k="a">x</li><li id="y"></li><li data-k="c"></li></ul>',
  );
});

Deno.test("data-k: an element of any JSX runtime has it, as its first attribute", () => {
  const wanted = '<li data-k="a" class="c">x</li>';
  const props = { class: "c", children: "x" };
  for (const make of [jsx, jsxs, jsxDEV]) assert.equal(body(make("li", props, "a")), wanted);
  assert.equal(body(preact.jsx("li", props, "a")), wanted);
  assert.equal(body(h("li", { key: "a", class: "c" }, "x")), wanted);
  assert.equal(body(<li key="a" {...v({ class: "c" })}>x</li>), wanted);
  assert.equal(body(cloneElement(h("li", { class: "c" }, "x"), { key: "a" })), wanted);
  assert.equal(body(cloneElement(<li class="c">{v("x")}</li> as never, { key: "a" })), wanted);
  const list = [
    jsx("li", { children: "1" }, 1),
    <li key={2}>2</li>,
    h("li", { key: 3 }, "3"),
    <Item key={4} />,
  ];
  const items = '<li data-k="1">1</li><li data-k="2">2</li><li data-k="3">3</li><li data-k="4"></li>';
  assert.equal(body(<ul>{list}</ul>), `<ul>${items}</ul>`);
  assert.equal(body(plain("ul", {}, list)), `<ul>${items}</ul>`);
  assert.equal(body(<ul>{[list.slice(0, 2), [list.slice(2)]]}</ul>), `<ul>${items}</ul>`, "arrays in arrays");
});

Deno.test("data-k: without a key there is none, and an empty one or an object is none", () => {
  const keys = [undefined, null, "", {}, [], () => 1, Symbol("s"), Object.create(null)];
  for (const key of keys) {
    assert.equal(body(<li key={v(key) as string}>x</li>), "<li>x</li>");
    assert.equal(body(jsx("li", { children: "x" }, key)), "<li>x</li>");
    assert.equal(body(<Item key={v(key) as string}>x</Item>), "<li>x</li>");
  }
  for (const [key, text] of [[0, "0"], [-1.5, "-1.5"], [10n, "10"], [true, "true"], [" ", " "]] as const) {
    assert.equal(body(<li key={v(key) as string}>x</li>), `<li data-k="${text}">x</li>`);
    assert.equal(body(jsx("li", { children: "x" }, key)), `<li data-k="${text}">x</li>`);
  }
});

Deno.test("data-k: an id wins, static or not; an empty one does not", () => {
  const Row = ({ id }: { id: unknown }) => <li id={v(id) as string}>x</li>;
  const Static = () => <li class={v("c")} id="row">x</li>;
  const PlainRow = ({ id }: { id: unknown }) => plain("li", { id }, "x");
  assert.equal(body(<Static key="a" />), '<li class="c" id="row">x</li>');
  assert.equal(body(<li key="a" id="row">{v("x")}</li>), '<li id="row">x</li>');
  assert.equal(body(<li id={v("row")} key={v("a")} />), '<li id="row"></li>');
  assert.equal(body(jsx("li", { ID: "row" }, "a")), '<li ID="row"></li>');
  for (
    const [id, html] of [["r", ' id="r"'], [7, ' id="7"'], [0, ' id="0"'], ["a b", ' id="a b"']] as const
  ) {
    assert.equal(body(<Row key="a" id={id} />), `<li${html}>x</li>`);
    assert.equal(body(<PlainRow key="a" id={id} />), `<li${html}>x</li>`);
    assert.equal(body(<li key={v("a")} id={v(id) as string} />), `<li${html}></li>`);
  }
  for (const [id, html] of [["", " id"], [undefined, ""], [null, ""], [false, ""], [true, " id"]] as const) {
    assert.equal(body(<Row key="a" id={id} />), `<li data-k="a"${html}>x</li>`);
    assert.equal(body(<PlainRow key="a" id={id} />), `<li data-k="a"${html}>x</li>`);
    assert.equal(body(<li key={v("a")} id={v(id) as string} />), `<li data-k="a"${html}></li>`);
  }
  assert.equal(body(<li key={v("a")} id="" />), '<li data-k="a" id></li>');
});

Deno.test("data-k: the rows of the frozen table keep every byte", () => {
  const Row = ({ id }: { id: number }) => (
    <tr id={`row-${id}`}>
      <td>{id}</td>
    </tr>
  );
  assert.equal(
    body([1, 2].map((id) => <Row key={id} id={id} />)),
    [1, 2].map((id) => bare(<Row id={id} />)).join(""),
  );
});

class Old extends Component<Props> {
  render() {
    return h("li", null, this.props.children);
  }
}
class Own extends Component<Props> {
  override render = () => <li>{this.props.children}</li> as never;
}
const Theme = createContext("light");

const wrappers: Record<string, (props: Props) => unknown> = {
  "a component": Item,
  "a component that was not compiled": PlainItem,
  "a class": Old as never,
  "a class whose render is a field": Own as never,
  "a component in a component": ({ children }) => <Item>{children}</Item>,
  "a class in a component, compiled": ({ children }) => <Old>{children}</Old>,
  "a fragment": ({ children }) => (
    <>
      <Item>{children}</Item>
    </>
  ), // deno-fmt-ignore
  "a fragment of text": ({ children }) => <><li>{children}</li></>, // deno-fmt-ignore
  "a fragment in a fragment": ({ children }) => <Fragment><Fragment><Item>{children}</Item></Fragment></Fragment>, // deno-fmt-ignore
  "a fragment that was not compiled": ({ children }) => h(Plain as never, null, h(PlainItem, null, children)),
  "what it was given": ({ children }) =>
    h(Plain as never, null, h("li", null, children)).props.children as never,
  "a list of one": ({ children }) => [null, <Item>{children}</Item>, false, "", [undefined]],
  "a list in a list": ({ children }) => [[[<Item>{children}</Item>]]],
  "a provider": ({ children }) => (
    <Theme.Provider value="dark">
      <Item>{children}</Item>
    </Theme.Provider>
  ),
  "a consumer": ({ children }) => (
    <Theme.Consumer>{(theme: string) => <li>{theme && children}</li>}</Theme.Consumer>
  ),
  "a state that is set while it renders": ({ children }) => {
    const [count, setCount] = useState(0);
    if (count < 2) setCount(count + 1);
    return count < 2 ? <b>never</b> : <li>{children}</li>;
  },
  "a string of its own": ({ children }) => {
    const text = bare(<Item key="other">other</Item>);
    assert.equal(text, "<li>other</li>");
    return <li>{children}</li>;
  },
  "a string of its own, and a state": ({ children }) => {
    const [count, setCount] = useState(0);
    if (count < 2) setCount(count + 1);
    bare(<Item key="other">other</Item>);
    return <li>{children}</li>;
  },
  "keys of its own": ({ children }) => <Item key="inner">{children}</Item>,
  "a key on its own element": ({ children }) => <li key={v("inner")}>{children}</li>,
  "a key on its own element, not compiled": ({ children }) => h("li", { key: "inner" }, children),
  "a key on a fragment": ({ children }) => (
    <Fragment key="inner">
      <Item key="innermost">{children}</Item>
    </Fragment>
  ),
};

for (const [title, Wrapper] of Object.entries(wrappers)) {
  Deno.test(`data-k: a keyed component has its own key on its one element: ${title}`, () => {
    const make = (key: string) => jsx(Wrapper, { children: "x" }, key);
    const page = [make("a"), make("b")];
    const wanted = '<li data-k="a">x</li><li data-k="b">x</li>';
    assert.equal(body(page), wanted);
    assert.equal(body(page), wanted, "also when the same elements are rendered again");
    assert.equal(body(<ul>{page}</ul>), `<ul>${wanted}</ul>`);
    assert.equal(body(plain("ul", {}, page)), `<ul>${wanted}</ul>`);
    const [first] = page;
    const Pass = () => first;
    assert.equal(
      body(jsx(Pass, {}, "outer")),
      '<li data-k="outer">x</li>',
      "the list's key is the outermost",
    );
    assert.equal(body(first), '<li data-k="a">x</li>', "and it leaves nothing behind");
  });
}

Deno.test("data-k: a keyed child that is not one element has none", () => {
  const results: [unknown, string][] = [
    [null, ""],
    ["text", "text"],
    [7, "7"],
    [[], ""],
    [
      <>
        text<b />
      </>,
      "text<b></b>",
    ],
    [
      <>
        <b />
        <i />
      </>,
      "<b></b><i></i>",
    ],
    [
      <>
        <b />
        {v("x")}
      </>,
      "<b></b>x",
    ],
    [<>{v("x")}</>, "x"],
    [<>{[<b />, <i />]}</>, "<b></b><i></i>"],
    [[<b />, <i />], "<b></b><i></i>"],
    [[[<b />], [<i />]], "<b></b><i></i>"],
    [[<b />, "x"], "<b></b>x"],
    [[<b />, 0], "<b></b>0"],
    [h(Plain as never, null, h("b", null), h("i", null)), "<b></b><i></i>"],
    [
      <>
        {<Item />}
        <b />
      </>,
      "<li></li><b></b>",
    ],
  ]; // deno-fmt-ignore
  for (const [result, html] of results) {
    const Part = () => result;
    assert.equal(body(jsx(Part, {}, "a")), html);
    class PartClass extends Component {
      render() {
        return result as never;
      }
    }
    assert.equal(body(jsx(PartClass, {}, "a")), html);
  }
  assert.equal(body(<Fragment key="a">{[<b />, <i />]}</Fragment>), "<b></b><i></i>");
});

Deno.test("data-k: what stands inside a keyed child is not touched, and has its own", () => {
  const Row = () => (
    <li>
      <b />
      {[<i key="x" />, <Item key="y" />]}
    </li>
  );
  assert.equal(
    body(<Row key="a" />),
    '<li data-k="a"><b></b><i data-k="x"></i><li data-k="y"></li></li>',
  );
  const Two = () => (
    <>
      <li key={v("x")} />
      <li key={v("y")} />
    </>
  );
  assert.equal(body(<Two key="a" />), '<li data-k="x"></li><li data-k="y"></li>');
});

Deno.test("data-k: there is none in the head, nor in a string that is no part of a page", () => {
  const { head, body } = render(
    <main>
      <Head>
        {[<meta key="a" name="a" />, h("meta", { key: "b", name: "b" })]}
        <title key="t">x</title>
      </Head>
      <p key="p">x</p>
    </main>,
  );
  assert.equal(head, '<meta name="a"><meta name="b"/><title>x</title>');
  assert.equal(body, '<main><p data-k="p">x</p></main>');
  const Mail = () => <pre>{bare([<li key="a" />, h("li", { key: "b" }), <Item key="c" />] as never)}</pre>;
  assert.equal(bare(<li key="a" />), "<li></li>");
  assert.equal(
    render(<Mail key="m" />).body,
    '<pre data-k="m">&lt;li>&lt;/li>&lt;li>&lt;/li>&lt;li>&lt;/li></pre>',
  );
});

Deno.test("data-k: an element that stands in a page twice has the key of each place", () => {
  for (const shared of [<li>{v("x")}</li>, h("li", null, "x"), <Item>x</Item>]) {
    const Pass = () => shared as never;
    const page = [<Pass key="a" />, shared, <Pass key="b" />, <Pass />];
    assert.equal(body(page), '<li data-k="a">x</li><li>x</li><li data-k="b">x</li><li>x</li>');
    assert.equal(bare(shared), "<li>x</li>");
  }
});

Deno.test("data-k: an error in a keyed component leaves nothing for the next render", () => {
  const shared = <li>{v("x")}</li>;
  let fails = true;
  class Fails extends Component {
    override getChildContext() {
      if (fails) throw new RangeError("broken");
      return {};
    }
    render() {
      return shared as never;
    }
  }
  assert.throws(() => body(<Fails key="a" />), new RangeError("broken"));
  assert.equal(body(shared), "<li>x</li>");
  fails = false;
  assert.equal(body(<Fails key="a" />), '<li data-k="a">x</li>');
});

Deno.test("data-k: written by hand it is an error that names it", () => {
  const message = /Cannot write data-k.* by hand/;
  assert.throws(() => jsxTemplate(['<b data-k="1"></b>']), message);
  assert.throws(() => body(<b {...v({ "data-k": "1" })} />), message);
  assert.throws(() => body(h("b", { "DATA-K": "1" })), /on <b> by hand/);
  assert.throws(() => body(<b {...v({ "data-k": "1" })} key="a" />), message);
  assert.equal(body(h("b", { "data-k": undefined })), "<b></b>");
});

Deno.test("data-k: in svg, with texts as they are, and on elements whose value is not an attribute", () => {
  const Path = () => <path d={v("M0")} />;
  assert.equal(
    body(<svg key="s">{[<Path key="p" />]}</svg>),
    '<svg data-k="s"><path data-k="p" d="M0"></path></svg>',
  );
  const Style = () => <style>{v("a > b {}")}</style>;
  assert.equal(body(<Style key="s" />), '<style data-k="s">a > b {}</style>');
  assert.throws(() =>
    body(<svg>{[<Style key="s" />]}</svg>).length && body(
      <svg>
        <g>{[<ForeignStyle key="k" />]}</g>
      </svg>,
    ), /inside svg/); // deno-fmt-ignore
  assert.equal(body(<select key="s" value={v("1")} />), '<select data-k="s"></select>');
});

function ForeignStyle() {
  return <style>{v("<img>")}</style>;
}

Deno.test("data-k: a keyed list in svg is still known to be in svg", () => {
  const Group = ({ children }: Props) => <svg>{children}</svg>;
  const Row = ({ children }: Props) => <Group>{children}</Group>;
  const page = (
    <Row key="row">
      <ForeignStyle key="k" />
    </Row>
  );
  assert.throws(() => body(page), /inside svg or math/);
});

Deno.test("data-k: any key is escaped, once, on all ways", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1 }), (key) => {
    const escaped = key.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
    const wanted = `<li data-k="${escaped}">x</li>`;
    assert.equal(body(<li key={key}>x</li>), wanted);
    assert.equal(body(<Item key={key}>x</Item>), wanted);
    assert.equal(body(<PlainItem key={key}>x</PlainItem>), wanted);
  }));
});
