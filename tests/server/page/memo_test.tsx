// deno-lint-ignore-file jsx-key -- what has no key is part of what is tested
import assert from "node:assert/strict";
import fc from "fast-check";
import { Component, type ComponentChildren, createContext, h, type VNode } from "preact";
import { useContext, useEffect, useId, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { renderToString } from "preact-render-to-string";
import type { Json } from "../../../protocol/mod.ts";
import { Binding } from "../../../server/page/binding.ts";
import { deepFreeze } from "../../../server/page/frozen.ts";
import { Head } from "../../../server/page/head.ts";
import type { Html } from "../../../server/page/html.ts";
import { MEMO_BYTES, memoBytes } from "../../../server/page/_memo_cache.ts";
import { memo } from "../../../server/page/memo.ts";
import { Offers } from "../../../server/page/offers.ts";
import { renderPage } from "../../../server/page/render.ts";

class Todos {}

type Offer = [target: string, ...args: Json[]];

function render(node: unknown, names = new Map<object, string>([[Todos, "Todos"]])) {
  const offers: Offer[] = [];
  const rendered = renderPage(node as Html, {
    nameOf(owner) {
      const name = names.get(owner);
      if (name === undefined) throw new Error("This class is not registered.");
      return name;
    },
    offer: (target, args) => offers.push([target, ...args]),
  });
  return { ...rendered, offers };
}

const body = (node: unknown): string => render(node).body;
const bare = (node: unknown): string => renderToString(node as VNode);
const on = (method: string, ...args: unknown[]) =>
  new Binding([{ event: "click", owner: Todos, method, args }]);
/** A value that the compiler does not see through. */
const v = <T,>(value: T): T => value;

/** What a page offers, whatever the order and however often. */
const setOf = (calls: Offer[]) => [...new Set(calls.map((call) => JSON.stringify(call)))].sort();

/** A component that counts how often it is called. */
function counted<P>(component: (props: P) => unknown) {
  const counter = { calls: 0, Part: undefined as unknown as (props: P) => Html };
  counter.Part = memo((props: P) => {
    counter.calls++;
    return component(props) as Html;
  });
  return counter;
}

Deno.test("memo: a component is called once for equal props, and its HTML is the same each time", () => {
  const row = counted(({ id, title }: { id: number; title: string }) => (
    <tr id={`row-${id}`}>
      <td>{title}</td>
    </tr>
  ));
  const page = () => [1, 2].map((id) => <row.Part key={id} id={id} title={`<${id}>`} />);
  const wanted = '<tr id="row-1"><td>&lt;1></td></tr><tr id="row-2"><td>&lt;2></td></tr>';
  for (let i = 0; i < 3; i++) assert.equal(body(page()), wanted);
  assert.equal(row.calls, 2);
  const plain = [1, 2].map((id) => h(row.Part as never, { key: id, id, title: `<${id}>` } as never));
  assert.equal(body(plain), wanted, "also for elements that were not compiled");
  assert.equal(row.calls, 2);
  assert.equal(body(<row.Part key={1} id={1} title="new" />), '<tr id="row-1"><td>new</td></tr>');
  assert.equal(body(page()), wanted, "and what was before is not lost by it");
  assert.equal(row.calls, 3);
});

Deno.test("memo: props are equal by name and Object.is, and no other way", () => {
  const seen = counted((props: Record<string, unknown>) => <b>{Object.keys(props).join()}</b>);
  const { Part } = seen;
  const frozen = deepFreeze({ a: [1, { b: "c" }] });
  const call = () => 1;
  const different: Record<string, unknown>[] = [
    {},
    { a: undefined },
    { b: undefined },
    { a: null },
    { a: 0 },
    { a: -0 },
    { a: NaN },
    { a: "0" },
    { a: 0n },
    { a: false },
    { a: "" },
    { a: 0, b: 0 },
    { a: call },
    { a: () => 1 },
    { a: frozen },
    { a: deepFreeze({ a: [1, { b: "c" }] }) },
    { a: Symbol.iterator },
    { constructor: Object },
    { toString: Object.prototype.toString },
    { hasOwnProperty: undefined },
  ];
  for (let i = 0; i < 2; i++) {
    for (const key of ["k", undefined]) {
      different.forEach((props) => {
        for (let j = 0; j < 2; j++) {
          assert.equal(
            body(<Part key={key} {...props} />),
            body(<b key={key}>{Object.keys(props).join()}</b>),
          );
        }
      });
    }
    if (i === 0) assert.equal(seen.calls, 2 * different.length);
  }
});

Deno.test("memo: a name out of JSON that would be the props' prototype does not reach the component", () => {
  const Part = memo((props: { a?: string }) => <b>{props.a}{Object.keys(props).join()}</b>);
  for (const json of ['{"__proto__":{"a":"x"}}', '{"__proto__":1}', '{"__proto__":"x"}', "{}"]) {
    for (let i = 0; i < 2; i++) assert.equal(body(h(Part, JSON.parse(json))), "<b></b>");
  }
});

Deno.test("memo: an object that can change unnoticed is never equal", () => {
  class Money {
    readonly amount = 1;
  }
  const item = { qty: 1, list: [1] };
  const values: unknown[] = [
    item,
    Object.freeze({ ...item }),
    Object.freeze(new Money()),
    Object.freeze(new Map([[1, 2]])),
    Object.freeze({
      get qty() {
        return item.qty;
      },
    }),
    Object.freeze([{}]),
  ];
  for (const value of values) {
    const seen = counted(({ item }: { item: unknown }) => <b>{JSON.stringify(item)}</b>);
    body(<seen.Part key="k" item={value} />);
    body(<seen.Part key="k" item={value} />);
    assert.equal(seen.calls, 2);
  }
  const quantity = counted(({ item }: { item: { qty: number } }) => <b>{item.qty}</b>);
  assert.equal(body(<quantity.Part item={item} />), "<b>1</b>");
  item.qty = 2;
  assert.equal(body(<quantity.Part item={item} />), "<b>2</b>");
});

Deno.test("memo: what a person's page shows is not shown to another because a key is equal", () => {
  const Row = memo(({ text }: { text: string }) => <li>{text}</li>);
  const page = (texts: string[]) => <ul>{texts.map((text, i) => <Row key={i} text={text} />)}</ul>;
  const ann = Array.from({ length: 20 }, (_, i) => `ann ${i}`);
  const bob = Array.from({ length: 20 }, (_, i) => `bob ${i}`);
  for (let i = 0; i < 3; i++) {
    assert.ok(!body(page(ann)).includes("bob"));
    assert.ok(!body(page(bob)).includes("ann"));
  }
  const many = Array.from({ length: 50 }, (_, i) => `person ${i}`);
  for (const name of [...many, ...many]) {
    assert.equal(body(<Row key={1} text={name} />), `<li data-k="1">${name}</li>`);
  }
});

Deno.test("memo: what is under a symbol, or not enumerable, cannot be read, so that it cannot be shown", () => {
  const secret = Symbol("secret");
  const Part = memo((props: { a: number; [secret]?: string; hidden?: string }) => (
    <b>{props.a}{props[secret]}{props.hidden}</b>
  ));
  const props = Object.defineProperty({ a: 1, [secret]: "s" }, "hidden", { value: "h" });
  assert.equal(body(h(Part as never, props as never)), "<b>1</b>");
  assert.equal(body(<Part {...props} />), "<b>1</b>");
});

Deno.test("memo: children and calls of on() go through, each time", () => {
  const Box = memo(({ children, ...rest }: { children?: ComponentChildren }) => <p {...rest}>{children}</p>);
  for (let i = 0; i < 3; i++) {
    assert.equal(
      body(
        <Box>
          <i>{v(i)}</i>
        </Box>,
      ),
      `<p><i>${i}</i></p>`,
    ); // deno-fmt-ignore
    assert.equal(body(<Box>text</Box>), "<p>text</p>");
    assert.deepEqual(render(<Box {...on("toggle", i)}>text</Box>), {
      head: "",
      body: `<p data-reflex="click->Todos#toggle" data-reflex-args="[[${i}]]">text</p>`,
      offers: [["Todos#toggle", i]],
    });
    assert.deepEqual(render(<Box>text</Box>).offers, []);
  }
});

Deno.test("memo: each page offers what its strings offer", () => {
  const order = { id: 7 };
  const rows = [
    counted(({ id }: { id: number }) => <li {...on("toggle", id)} />),
    counted((_: { id: number }) => <li data-reflex="click->Todos#add" />),
    counted(({ id }: { id: number }) => <li data-reflex={v(`click->Todos#m${id}`)} />),
    counted(({ id }: { id: number }) => (
      <li>
        <b {...on("a", id)} />
        <b {...on("b", { order })} />
        <b data-reflex="click->Todos#add" />
      </li>
    )), // deno-fmt-ignore
    counted((_: { id: number }) => <li />),
  ];
  for (const { Part } of rows) {
    const page = () => [1, 2, 2, 3].map((id) => <Part key={id} id={id} />);
    const first = render(page());
    const second = render(page());
    assert.deepEqual(setOf(second.offers), setOf(first.offers));
    assert.equal(second.body, first.body);
    const one = render(<Part key={3} id={3} />);
    assert.deepEqual(
      setOf(one.offers),
      setOf(render(<Part key="other" id={3} />).offers),
      "and no other row's",
    );
    const Ignore = (_: { children?: unknown }) => <p />;
    assert.deepEqual(render(<Ignore>{page()}</Ignore>).offers, [], "and nothing that is not rendered");
  }
  assert.deepEqual(rows.map(({ calls }) => calls), [4, 4, 4, 4, 4]);
  order.id = 8;
  const [, , , part] = rows;
  const { offers } = render(part && <part.Part key={1} id={1} />);
  assert.deepEqual(offers.find(([target]) => target === "Todos#b"), ["Todos#b", { order: { id: 7 } }]);
});

Deno.test("memo: two components that offer the same in turn are each offered", () => {
  const A = memo((_: { n: number }) => <i data-reflex="click->A#a" />);
  const B = memo((_: { n: number }) => <i data-reflex="click->B#b" />);
  for (let i = 0; i < 2; i++) {
    const offers = new Offers();
    renderPage([<A n={1} />, <B n={1} />, <A n={2} />, <B n={2} />], {
      nameOf: () => "",
      offer: (target, args) => offers.add(target, args),
    });
    assert.deepEqual([...offers.targets()], ["A#a", "B#b"]);
  }
});

Deno.test("memo: the app's names for classes are the app's", () => {
  const row = counted(({ id }: { id: number }) => <li {...on("toggle", id)} />);
  const page = <row.Part id={1} />;
  const names = (name: string) => new Map([[Todos as object, name]]);
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(render(page, names("One")).offers, [["One#toggle", 1]]);
    assert.deepEqual(render(page, names("Two")).offers, [["Two#toggle", 1]]);
    assert.ok(render(page, names("Two")).body.includes("click->Two#toggle"));
    assert.throws(() => render(page, new Map()), /not registered/);
  }
  assert.equal(row.calls <= 4, true);
});

Deno.test("memo: a context that was read is compared, wherever below it was read", () => {
  const Theme = createContext("light"), Other = createContext(0);
  const Deep = () => <b>{useContext(Theme)}</b>;
  const Inner = memo((_: { n: number }) => <Deep />);
  const parts = {
    direct: counted((_: { n: number }) => <b>{useContext(Theme)}</b>),
    below: counted((_: { n: number }) => <Deep />),
    memoised: counted((_: { n: number }) => <Inner n={1} />),
    consumer: counted((_: { n: number }) => (
      <Theme.Consumer>{(theme: string) => <b>{theme}</b>}</Theme.Consumer>
    )),
    "with a provider inside": counted((_: { n: number }) => (
      <Other.Provider value={1}>
        <Deep />
      </Other.Provider>
    )),
    "in the head": counted((_: { n: number }) => {
      const Title = () => <title>{useContext(Theme)}</title>;
      return (
        <>
          <Head>
            <Title />
          </Head>
          <Deep />
        </>
      ); // deno-fmt-ignore
    }),
  };
  for (const [title, part] of Object.entries(parts)) {
    const page = (theme?: string, other = 0) => (
      <Other.Provider value={other}>
        {theme === undefined
          ? <part.Part n={1} />
          : <Theme.Provider value={theme}>{<part.Part n={1} />}</Theme.Provider>}
      </Other.Provider>
    );
    for (const theme of ["dark", "blue", undefined, "dark", undefined, "light", "blue"]) {
      const rendered = render(page(theme));
      assert.equal(rendered.body, `<b>${theme ?? "light"}</b>`, title);
      if (title === "in the head") assert.equal(rendered.head, `<title>${theme ?? "light"}</title>`);
    }
    assert.equal(part.calls, 4, title);
    body(page("dark", 1));
    assert.equal(part.calls, title === "with a provider inside" ? 5 : 4, title);
  }
});

Deno.test("memo: a context that holds an object which can change is read each time", () => {
  const User = createContext({ name: "nobody" });
  const part = counted((_: { n: number }) => <b>{useContext(User).name}</b>);
  const user = { name: "ann" };
  const page = () => <User.Provider value={user}>{<part.Part n={1} />}</User.Provider>;
  assert.equal(body(page()), "<b>ann</b>");
  user.name = "bob";
  assert.equal(body(page()), "<b>bob</b>");
});

Deno.test("memo: an old context, and the argument that every component gets, are compared too", () => {
  class Provide extends Component<{ name: string; children?: ComponentChildren }> {
    override getChildContext() {
      return { name: this.props.name };
    }
    render() {
      return this.props.children as never;
    }
  }
  const Part = memo(
    ((_: { n: number }, context: { name?: string }) => <b>{context.name ?? "none"}</b>) as (
      props: { n: number },
    ) => Html,
  );
  for (const name of ["a", "b", "a"]) {
    assert.equal(body(<Provide name={name}>{<Part n={1} />}</Provide>), `<b>${name}</b>`);
    assert.equal(body(<Part n={1} />), "<b>none</b>");
  }
});

Deno.test("memo: hooks that keep nothing are remembered, state, effects, ids and classes are not", () => {
  let clock = 0;
  class Old extends Component {
    override state = { at: ++clock };
    render() {
      return h("b", null, this.state.at);
    }
  }
  const State = () => <b>{useState(() => ++clock)[0]}</b>;
  const parts: [number, (props: { n: number }) => unknown][] = [
    [1, () => <b>{useMemo(() => 1, [])}{useRef(1).current}</b>],
    [3, () => <b>{useState(() => ++clock)[0]}</b>],
    [3, () => <b>{useReducer((a: number) => a, 0, () => ++clock)[0]}</b>],
    [3, () => <State />],
    [3, () => (
      <p>
        <State />
      </p>
    )],
    [3, () => h("p", null, h(Old, null))],
    [3, () => <Old />],
    [3, () => {
      useEffect(() => assert.fail("effects do not run on a server"));
      return <b>{++clock}</b>;
    }],
    [3, () => <b id={useId()}>{++clock}</b>],
    [3, () => {
      const [count, setCount] = useState(0);
      if (count < 2) setCount(count + 1);
      return count < 2 ? null : <b>{++clock}</b>;
    }],
  ]; // deno-fmt-ignore
  for (const [wanted, part] of parts) {
    const { Part } = { Part: memo((props: { n: number }) => part(props) as Html) };
    const pages = new Set([1, 2, 3].map(() => body(<ul><Part key="k" n={1} /></ul>))); // deno-fmt-ignore
    assert.equal(pages.size, wanted, String(part));
    const Outer = memo((_: { n: number }) => <Part n={1} />);
    assert.equal(new Set([1, 2, 3].map(() => body(<Outer n={1} />))).size, wanted, `inside another: ${part}`);
  }
});

Deno.test("memo: ids are those of the page, from the first time on", () => {
  const Field = (_: { n: number }) => <input id={useId()} />;
  const Remembered = memo(Field);
  const Outer = memo((_: { n: number }) => <Remembered n={1} />);
  const page = (Part: typeof Field) => (
    <form>
      <Field n={0} />
      {[1, 2, 3].map((n) => <Part key={n} n={n} />)}
      <Part n={4} />
      <Field n={0} />
    </form>
  );
  for (const Part of [Remembered, Outer]) {
    const pages = [1, 2, 3].map(() => body(page(Part)));
    assert.equal(new Set(pages).size, 1);
    const ids = [...pages[0]!.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, 6);
  }
});

Deno.test("memo: what is put into the head is put there again, in its place", () => {
  const Title = counted(({ n }: { n: number }) => (
    <>
      <Head>
        <title>{n}</title>
        <link rel="x" href={`/${n}`} />
      </Head>
      <p />
    </>
  )); // deno-fmt-ignore
  const page = () => [1, 2].map((n) => <Title.Part key={n} n={n} />);
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(
      render([
        <Head>
          <link rel="x" href="/0" />
        </Head>,
        page(),
      ]).head, // deno-fmt-ignore
      '<link rel="x" href="/0"><title>2</title><link rel="x" href="/1"><link rel="x" href="/2">',
    );
  }
  assert.equal(Title.calls, 2);
});

Deno.test("memo: the element shows the key under which it stands, the outermost one", () => {
  const item = counted(({ text }: { text: string }) => <li>{text}</li>);
  const Wrap = ({ text }: { text: string }) => <item.Part text={text} />;
  for (let i = 0; i < 4; i++) {
    assert.equal(
      body(["a", "b"].map((key) => <item.Part key={key} text="x" />)),
      '<li data-k="a">x</li><li data-k="b">x</li>',
    );
    assert.equal(
      body(["a", "c"].map((key) => <Wrap key={key} text="x" />)),
      '<li data-k="a">x</li><li data-k="c">x</li>',
    );
    assert.equal(body(<item.Part text="x" />), "<li>x</li>");
    const element = <item.Part key="inner" text="x" />;
    const Pass = () => element;
    assert.equal(body(<Pass key="outer" />), '<li data-k="outer">x</li>');
    assert.equal(body(element), '<li data-k="inner">x</li>');
  }
  assert.equal(item.calls, 6);
});

Deno.test("memo: svg, select and the head around it are seen, so that it is written as it would be", () => {
  const Path = (_: { n: number }) => h("path", { strokeWidth: 2 });
  const Option = ({ n }: { n: number }) => h("option", { value: n }, n);
  const Style = ({ css }: { css: string }) => <style>{css}</style>;
  const Meta = ({ n }: { n: number }) => <meta key="m" name="n" content={String(n)} />;
  const [MPath, MOption, MStyle, MMeta] = [memo(Path), memo(Option), memo(Style), memo(Meta)];
  for (let i = 0; i < 2; i++) {
    assert.equal(body(h("p", null, <MPath n={1} />)), body(h("p", null, <Path n={1} />)));
    assert.equal(body(<MOption n={1} />), body(<Option n={1} />));
    for (const tag of ["svg", "SVG", "math"]) {
      assert.equal(body(h(tag, null, <MPath n={1} />)), body(h(tag, null, <Path n={1} />)));
    }
    assert.equal(
      body(<select value={v(1)}>{[1, 2].map((n) => <MOption key={n} n={n} />)}</select>),
      body(<select value={v(1)}>{[1, 2].map((n) => <Option key={n} n={n} />)}</select>),
    );
    assert.equal(body(<MStyle css="<img>" />), "<style><img></style>");
    assert.throws(() => body(h("svg", null, <MStyle css="<img>" />)), /inside svg or math/);
    assert.throws(() =>
      body(
        <svg>
          <g>{<MStyle css="<img>" />}</g>
        </svg>,
      ), /inside svg or math/); // deno-fmt-ignore
    const list = <div>{[<MStyle key="s" css="<img>" />]}</div>;
    assert.ok(body([list, <hr />]).includes("<img>"));
    assert.throws(() => body([list, h("svg", null, list)]), /inside svg or math/);
    assert.deepEqual(render(<Head>{[<MMeta n={1} />]}</Head>).head, '<meta name="n" content="1">');
    assert.equal(body(<MMeta n={1} />), '<meta data-k="m" name="n" content="1">');
  }
});

Deno.test("memo: an error comes out each time, and is not remembered", () => {
  let fails = true;
  const Part = memo((_: { n: number }) => {
    if (fails) throw new RangeError("broken");
    return <b data-reflex="click->A#a" />;
  });
  for (let i = 0; i < 2; i++) assert.throws(() => render(<Part n={1} />), new RangeError("broken"));
  const Async = memo((_: { n: number }) => Promise.resolve() as never);
  assert.throws(() => render(<Async n={1} />), /Cannot render a promise/);
  fails = false;
  for (let i = 0; i < 2; i++) assert.deepEqual(render(<Part n={1} />).offers, [["A#a"]]);
});

Deno.test("memo: outside a page it is the component", () => {
  const part = counted(({ n }: { n: number }) => <li>{n}</li>);
  const element = <part.Part key="k" n={1} />;
  for (let i = 1; i < 3; i++) {
    assert.equal(bare(element), "<li>1</li>");
    assert.equal(part.calls, i);
  }
  for (let i = 0; i < 3; i++) assert.equal(body(element), '<li data-k="k">1</li>');
  assert.equal(bare(element), "<li>1</li>");
  const again = <part.Part key="k" n={1} />;
  assert.equal(bare(again), "<li>1</li>");
  assert.throws(
    () => ((again as unknown as { props: { n: number } }).props.n = 2),
    TypeError,
    "nobody can change what others get",
  ); // deno-fmt-ignore
});

Deno.test("memo: an element of its own keeps no page alive", () => {
  const Part = memo(({ n }: { n: number }) => <li>{n}</li>);
  const make = () => <Part key="k" n={1} /> as unknown as { __: unknown; __c: unknown };
  for (let i = 0; i < 2; i++) body(<ul>{make() as never}</ul>);
  const known = make();
  assert.equal(make(), known);
  body(<ul>{known as never}</ul>);
  assert.deepEqual([known.__, known.__c], [null, null]);
  const Wrap = () => known as never;
  body(<Wrap key="other" />);
  assert.deepEqual([known.__, known.__c], [null, null]);
});

Deno.test("memo: classes, and what is no component, are an error", () => {
  class Old extends Component {
    render() {
      return null;
    }
  }
  for (const no of [Old, "b", null, createContext(0).Consumer]) {
    assert.throws(() => memo(no as never), /Cannot memo/);
  }
});

Deno.test("memo: all strings together stay within their limit, and what is used stays longest", () => {
  const text = "x".repeat(50_000);
  const part = counted(({ n }: { n: number }) => <p>{n}{text}</p>);
  for (let n = 0; n < 400; n++) {
    body([<part.Part n={n} />, <part.Part n={0} />]);
    assert.ok(memoBytes() <= MEMO_BYTES);
  }
  assert.equal(part.calls, 400);
  assert.ok(memoBytes() > MEMO_BYTES / 2);
  body(<part.Part n={1} />);
  assert.equal(part.calls, 401, "the first have gone");
  const huge = counted((_: { n: number }) => <p>{"x".repeat(MEMO_BYTES / 16)}</p>);
  body([<huge.Part n={1} />, <huge.Part n={1} />]);
  assert.equal(huge.calls, 2);
});

Deno.test("memo: any page is the page that it would be without", () => {
  const Plain = ({ a, b }: { a: unknown; b?: unknown }) => (
    <li title={String(b)} {...on("set", String(a))}>{String(a)}{[<i key={String(b)} />]}</li>
  );
  const Remembered = memo(Plain);
  const value = fc.constantFrom(0, -0, 1, "1", "", "<", null, undefined, true);
  const row = fc.record({ a: value, b: value, key: fc.constantFrom("a", "b", 1, undefined) });
  fc.assert(fc.property(fc.array(row), (rows) => {
    const page = (Part: typeof Plain) => rows.map(({ key, ...props }) => <Part key={key} {...props} />);
    const [wanted, got] = [render(page(Plain)), render(page(Remembered))];
    assert.equal(got.body, wanted.body);
    assert.deepEqual(setOf(got.offers), setOf(wanted.offers));
  }));
});
