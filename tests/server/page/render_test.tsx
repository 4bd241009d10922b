// deno-lint-ignore-file jsx-key -- lists of pages to render, one by one
import assert from "node:assert/strict";
import { Component, createContext, h, options, type VNode } from "preact";
import { useContext, useEffect, useId, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { renderToString } from "preact-render-to-string";
import type { Json } from "../../../protocol/mod.ts";
import { BINDING, Binding, type Call } from "../../../server/page/binding.ts";
import { Head } from "../../../server/page/head.ts";
import type { Html } from "../../../server/page/html.ts";
import { Fragment, jsxAttr, jsxTemplate } from "../../../server/page/jsx_runtime.ts";
import { raw } from "../../../server/page/raw.ts";
import { renderPage } from "../../../server/page/render.ts";

class Counter {}
class Admin {}

type Offer = [target: string, ...args: Json[]];

function render(node: unknown): { head: string; body: string; offers: Offer[] } {
  const offers: Offer[] = [];
  const rendered = renderPage(node as Html, {
    nameOf(owner) {
      if (owner === Counter) return "Counter";
      throw new Error("This class is not registered.");
    },
    offer: (target, args) => offers.push([target, ...args]),
  });
  return { ...rendered, offers };
}

const on = (event: string, owner: object, method: string, ...args: unknown[]) =>
  new Binding([{ event, owner, method, args }]);
const html = (node: unknown) => renderToString(node as VNode);
/** A value that the compiler does not see through. */
const v = <T,>(value: T): T => value;

Deno.test("renderPage: whatever a page may return is rendered", () => {
  const pages: [Html, string][] = [
    [<main />, "<main></main>"],
    ["a < b", "a &lt; b"],
    [7, "7"],
    [0, "0"],
    [null, ""],
    [undefined, ""],
    [true, ""],
    [false, ""],
    [["a", <b>{v(1)}</b>, [null, "<"]], "a<b>1</b>&lt;"],
    [h("i", null, "x"), "<i>x</i>"],
  ];
  for (const [page, body] of pages) assert.deepEqual(render(page), { head: "", body, offers: [] });
});

Deno.test("renderPage: a binding is written as attributes and recorded", () => {
  const page = (
    <p>
      <button {...on("click", Counter, "increment", 5)} class="a">+</button>
    </p>
  );
  const wanted = {
    head: "",
    body:
      '<p><button class="a" data-reflex="click->Counter#increment" data-reflex-args="[[5]]">+</button></p>',
    offers: [["Counter#increment", 5]],
  };
  assert.deepEqual(render(page), wanted);
  assert.deepEqual(render(page), wanted, "also when the same element is rendered again");
});

Deno.test("renderPage: without arguments there is no attribute for them; undefined at the end is none", () => {
  const body = '<hr data-reflex="click->Counter#reset"/>';
  assert.deepEqual(render(<hr {...on("click", Counter, "reset")} />).body, body);
  const { body: same, offers } = render(<hr {...on("click", Counter, "reset", undefined, undefined)} />);
  assert.equal(same, body);
  assert.deepEqual(offers, [["Counter#reset"]]);
});

Deno.test("renderPage: calls join the element's own data-reflex, with a list for each", () => {
  const calls: Call[] = [
    { event: "input", owner: Counter, method: "set", args: [{ a: [1, null, "<"] }, undefined] },
    { event: "my:event.x", owner: Counter, method: "add", args: [] },
  ];
  const { body, offers } = render(<input data-reflex=" focus->Table#load " {...new Binding(calls)} />);
  assert.equal(
    body,
    '<input data-reflex="focus->Table#load input->Counter#set my:event.x->Counter#add" ' +
      'data-reflex-args="[[],[{&quot;a&quot;:[1,null,&quot;&lt;&quot;]}],[]]"/>',
  );
  assert.deepEqual(offers, [["Table#load"], ["Counter#set", { a: [1, null, "<"] }], ["Counter#add"]]);
});

Deno.test("renderPage: a binding goes where a component spreads its props, and nowhere else", () => {
  const Pass = (props: object) => <i {...props}>x</i>;
  const Keep = (_props: object) => <i>x</i>;
  const binding = on("click", Counter, "add", 1);
  assert.deepEqual(render(<Pass {...binding} />).offers, [["Counter#add", 1]]);
  assert.deepEqual(render(<Keep {...binding} />), { head: "", body: "<i>x</i>", offers: [] });
  assert.equal(Object.getOwnPropertySymbols({ ...binding })[0], BINDING);
});

Deno.test("renderPage: arguments that are not JSON are an error that names element, method and path", () => {
  const loop: unknown[] = [];
  loop.push(loop);
  const cases: [unknown, RegExp][] = [
    [1n, /argument 1 is 1,/],
    [NaN, /argument 1 is NaN/],
    [{ a: [0, { b: Infinity }] }, /argument 1\.a\[1\]\.b is Infinity/],
    [new Date(0), /argument 1 is an instance of Date/],
    [{ a: undefined }, /argument 1\.a is undefined/],
    [[, 1], /argument 1\[0\] is undefined/], // deno-lint-ignore no-sparse-arrays
    [new Map(), /argument 1 is an instance of Map/],
    [() => 1, /argument 1 is/],
    [Symbol("s"), /argument 1 is Symbol\(s\)/],
    [loop, /argument 1\[0\] is an object that holds itself/],
  ];
  for (const [value, message] of cases) {
    const page = <button {...on("click", Counter, "add", "fine", value, 3)} />;
    assert.throws(() => render(page), (error: Error) => {
      assert.match(error.message, /^Cannot offer Counter#add on <button>: /);
      return message.test(error.message);
    });
  }
  assert.throws(
    () => render(<b {...on("click", Counter, "add", undefined, 1)} />),
    /argument 0 is undefined/,
  );
  const twice = { a: 1 };
  assert.deepEqual(render(<b {...on("click", Counter, "add", twice, [twice])} />).offers.length, 1);
});

Deno.test("renderPage: a class that is not registered is the recorder's error", () => {
  assert.throws(() => render(<b {...on("click", Admin, "wipe")} />), /not registered/);
});

Deno.test("renderPage: events and methods that would not be one token are an error", () => {
  assert.throws(() => render(<b {...on("click->Admin#wipe x", Counter, "add")} />), /not of the form/);
  assert.throws(() => render(<b {...on("click", Counter, "a b")} />), /not of the form/);
  assert.throws(() => render(<b {...on("", Counter, "a")} />), /not of the form/);
});

Deno.test("renderPage: data-reflex is recorded from the strings, from a hole and from a prop", () => {
  const value = v("click->A#hole");
  const { offers, body } = render(
    <main data-reflex="click->A#static  input->a.b.C$#x_1">
      <b data-reflex={value} />
      <i {...{ "data-reflex": "click->A#spread" }} />
      <u data-reflex={v(undefined)} />
      <u data-reflex={v(false)} />
    </main>,
  );
  assert.deepEqual(offers, [["A#static"], ["a.b.C$#x_1"], ["A#hole"], ["A#spread"]]);
  assert.ok(
    body.includes('<b data-reflex="click->A#hole"></b><i data-reflex="click->A#spread"></i><u></u><u></u>'),
  );
  assert.deepEqual(render(h("p", { "data-reflex": "click->A#plain" })).offers, [["A#plain"]]);
});

Deno.test("renderPage: words behind an event; one that is none is an error that names it", () => {
  const tokens = "click.prevent.once->A#b keydown.ctrl.k->A#b shown.bs.modal->A#b change";
  assert.deepEqual(render(<b data-reflex={v(tokens)} />).offers, [["A#b"], ["A#b"], ["A#b"], ["$#refresh"]]);
  assert.throws(
    () => render(<b data-reflex={v("click.prevnt->A#b")} />),
    /has the word prevnt; there are prevent,/,
  );
  assert.throws(() => render(h("b", { "data-reflex": "submit.enter" })), /has the word enter/);
});

Deno.test("renderPage: a malformed data-reflex is an error that names the token", () => {
  for (
    const token of [
      "click->",
      "click->A",
      "A#b",
      "click=>A#b",
      "->A#b",
      "click->A#b#c",
      "click->#b",
      "click->A#b'",
    ]
  ) {
    const message = new RegExp(
      `Cannot write data-reflex.*${JSON.stringify(token).replace(/[$#^]/g, "\\$&")} is not of the form`,
    );
    assert.throws(() => render(<b data-reflex={v(`ok->A#b ${token}`)} />), message);
    assert.throws(() => render(h("b", { "data-reflex": token })), message);
    assert.throws(
      () =>
        render(
          jsxTemplate([`<b data-reflex="${token.replaceAll(">", "&gt;").replaceAll("'", "&#39;")}"></b>`]),
        ),
      message,
    );
  }
  assert.throws(() => render(<b data-reflex={v(7)} />), /it is text, not 7/);
  assert.throws(() => render(h("b", { "data-reflex": true })), /on <b>: it is text, not true/);
});

Deno.test("renderPage: data-reflex-root names ids; anything else is an error that names it", () => {
  for (
    const [value, why] of [
      [".list", '".list" is not of the form #id'],
      ["#a b", '"b" is not of the form #id'],
      ["#a,#b.c", '"#b.c" is not of the form #id'],
      ["#", '"#" is not of the form #id'],
      [" , ", "it names no element"],
      ["", "it names no element"],
      ["#a ".repeat(17), "it names at most 16 elements"],
    ] as const
  ) {
    const error = (on: string) => ({
      name: "TypeError",
      message: `Cannot write data-reflex-root${on}: ${why}.`,
    });
    assert.throws(() => render(h("b", { "data-reflex-root": value })), error(" on <b>"), value);
    assert.throws(() => jsxTemplate([`<b data-reflex-root="${value}"></b>`]), error(" on <b>"), value);
    assert.throws(() => jsxAttr("data-reflex-root", value), error(""), value);
  }
  assert.throws(() => render(h("b", { "data-reflex-root": true })), /it is text, not true/);
  const written = '<b data-reflex-root="#a, #b-1 #é_"></b>';
  assert.equal(render(h("b", { "data-reflex-root": "#a, #b-1 #é_" })).body, written);
  assert.equal(render(<b data-reflex-root="#a, #b-1 #é_" />).body, written);
  assert.equal(render(<b data-reflex-root={undefined} />).body, "<b></b>");
});

Deno.test("renderPage: data-reflex-args by hand is an error", () => {
  const message = /Cannot write data-reflex-args.*by hand/;
  assert.throws(() => jsxTemplate(['<b data-reflex="a-&gt;B#c" data-reflex-args="[[1]]"></b>']), message);
  assert.throws(() => jsxAttr("data-reflex-args", "[[1]]"), message);
  assert.throws(() => render(h("b", { "data-reflex-args": "[[1]]" })), message);
  assert.throws(
    () => render(<b {...on("click", Counter, "add")} {...{ "data-reflex-args": "[[1]]" }} />),
    message,
  );
});

Deno.test("renderPage: text, raw HTML, keys and other attributes offer nothing", () => {
  const text = v('data-reflex="click->Admin#wipe"');
  const tag = v('<b data-reflex="click->Admin#wipe">x</b>');
  const token = v("click->Admin#wipe");
  const { offers } = render(
    <main>
      {text}
      {tag}
      {[text, tag]}
      data-reflex="click-&gt;Admin#wipe"
      <p title={text} id={token} class="data-reflex" key={text}>{token}</p>
      <p dangerouslySetInnerHTML={raw(tag)} />
      <p data-x={token} title='data-reflex="click->Admin#wipe"' />
      <style>{text}</style>
      <i
        {...{
          key: "data-reflex",
          title: tag,
          "data-reflex ": token,
          'x data-reflex="click->Admin#wipe"': "1",
        }}
      />
    </main>,
  );
  assert.deepEqual(offers, []);
});

Deno.test("renderPage: only what is rendered is offered", () => {
  const hidden = <b data-reflex="click->A#hidden">{v(1)}</b>;
  const hole = <b data-reflex={v("click->A#hole")} />;
  const bound = <b {...on("click", Counter, "add", 1)} />;
  const Ignore = (_props: { children: unknown }) => <p>nothing</p>;
  assert.deepEqual(render(<Ignore>{hidden}{hole}{bound}</Ignore>).offers, []);
  assert.deepEqual(render(<p>{hidden}{hole}{bound}</p>).offers, [["A#hidden"], ["A#hole"], [
    "Counter#add",
    1,
  ]]);
});

Deno.test("renderPage: a string that a component renders for itself is not part of the page", () => {
  const Mail = () => {
    const mail = html(
      <p data-reflex="click->A#a">
        <b data-reflex={v("click->A#b")} />
        {h("i", { "data-reflex": "click->A#c" })}
        <u {...on("click", Counter, "d")} />
      </p>,
    );
    return <pre data-reflex="click->A#shown">{mail}</pre>;
  };
  const { offers, body } = render(
    <>
      <Mail />
      <b data-reflex="click->A#after" />
    </>,
  );
  assert.deepEqual(offers.sort(), [["A#after"], ["A#shown"]]);
  assert.ok(body.includes('<pre data-reflex="click->A#shown">&lt;p '));
});

Deno.test("renderPage: two pages in the making at once do not mix", async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  async function page(name: string, gate: Promise<void>) {
    const early = <b data-reflex={v(`click->${name}#early`)} />;
    await gate;
    return render(
      <p title={name}>
        {early}
        <i {...on("click", Counter, name)} />
      </p>,
    );
  }
  const both = [page("A", gates[0].promise), page("B", gates[1].promise)];
  gates[1].resolve();
  gates[0].resolve();
  const [a, b] = await Promise.all(both);
  assert.deepEqual(a!.offers, [["A#early"], ["Counter#A"]]);
  assert.deepEqual(b!.offers, [["B#early"], ["Counter#B"]]);
});

Deno.test("renderPage: a page inside a page is its own", () => {
  const Inner = () => {
    const { offers, head } = render(
      <p data-reflex="click->Inner#a">
        <Head>
          <title>inner</title>
        </Head>
      </p>,
    );
    return <i>{JSON.stringify(offers)}{head}</i>;
  };
  const { offers, head, body } = render(
    <p data-reflex="click->Outer#a">
      <Inner />
      <Head>
        <title>outer</title>
      </Head>
      <b data-reflex="click->Outer#b" />
    </p>,
  );
  assert.deepEqual(offers, [["Outer#a"], ["Outer#b"]]);
  assert.equal(head, "<title>outer</title>");
  assert.ok(body.includes("[[&quot;Inner#a&quot;]]&lt;title>inner"));
});

Deno.test("renderPage: an error in a component comes out, and the next render is clean", () => {
  const hooks = options as unknown as Record<string, unknown>;
  const names = ["__", "__b", "__r", "__c", "diffed", "unmount", "errorBoundaries"];
  const before = names.map((name) => hooks[name]);
  const Broken = (): Html => {
    useState(0);
    throw new RangeError("broken");
  };
  const page = (
    <p data-reflex="click->A#a">
      <Head>
        <title>t</title>
      </Head>
      <Broken />
    </p>
  );
  for (let i = 0; i < 3; i++) assert.throws(() => render(page), new RangeError("broken"));
  assert.deepEqual(names.map((name) => hooks[name]), before);
  assert.deepEqual(render(<p>x</p>), { head: "", body: "<p>x</p>", offers: [] });
});

Deno.test("renderPage: an error boundary does not leave offers of what it threw away", () => {
  const hooks = options as { errorBoundaries?: boolean };
  const Broken = (): Html => {
    throw new RangeError("broken");
  };
  class Boundary extends Component<object, { failed: boolean }> {
    override state = { failed: false };
    static override getDerivedStateFromError() {
      return { failed: true };
    }
    render() {
      return this.state.failed
        ? h("i", null)
        : h("div", null, h("b", { "data-reflex": "click->A#gone" }), h(Broken as never, null));
    }
  }
  hooks.errorBoundaries = true;
  try {
    assert.throws(() => render(h(Boundary, null)), new RangeError("broken"));
    assert.equal(hooks.errorBoundaries, true);
    assert.equal(html(h(Boundary, null)), "<i></i>");
  } finally {
    delete hooks.errorBoundaries;
  }
});

Deno.test("renderPage: others who use Preact in the process are left alone", () => {
  const hooks = options as unknown as { __b?: (node: unknown) => void };
  const previous = hooks.__b;
  const seen: unknown[] = [];
  hooks.__b = (node) => {
    seen.push((node as VNode).type);
    previous?.(node);
  };
  try {
    assert.equal(html(h("p", { onclick: "x" as never })), '<p onclick="x"></p>', "not our render");
    render(h("p", null, h("b", null)));
    assert.deepEqual(seen, ["p", "p", "b"], "and their hooks run in ours");
  } finally {
    if (previous === undefined) delete hooks.__b;
    else hooks.__b = previous;
  }
});

Deno.test("renderPage: what a component returns is checked, by its name", () => {
  const Plain = () => ({ a: 1 }) as never;
  const Async = () => Promise.resolve(<p />) as never;
  const List = () => ["x", [{ b: 1 }]] as never;
  const Group = () => <>{v({ c: 1 }) as never}</>;
  const Suspends = (): Html => {
    throw Promise.resolve();
  };
  assert.throws(
    () => render(<Plain />),
    /Cannot render a plain object with the keys "a", returned by <Plain>/,
  );
  assert.throws(() =>
    render(
      <p>
        <Async />
      </p>,
    ), /Cannot render a promise, returned by <Async>: .*not async/);
  assert.throws(() => render(<List />), /keys "b", returned by <List>/);
  assert.throws(() => render(<Group />), /keys "c"/);
  assert.throws(() =>
    render(
      <p>
        <Suspends />
      </p>,
    ), /Cannot render <Suspends>: it suspends/);
  assert.throws(() => render(Promise.resolve("x")), /await it first/);
  assert.throws(() => render(<p>{h(undefined as never, null)}</p>), /Cannot render undefined as a component/);
});

Deno.test("renderPage: fragments that a component returns are looked into where the renderer unwraps them", () => {
  const Group = () => h(Fragment as never, null, { d: 1 } as never);
  assert.throws(() => render(h(Group as never, null)), /keys "d", returned by <Group>/);
});

Deno.test("renderPage: hooks and context of Preact work", () => {
  const Theme = createContext("light");
  const Deep = () => {
    const theme = useContext(Theme);
    const [count, setCount] = useState(1);
    const [sum] = useReducer((a: number, b: number) => a + b, 40);
    const ref = useRef("r");
    const id = useId();
    useEffect(() => assert.fail("effects do not run on a server"));
    if (count < 3) setCount(count + 1);
    return <i id={id}>{theme} {count} {useMemo(() => sum + 2, [sum])} {ref.current}</i>;
  };
  const Old = class extends Component<{ name: string }> {
    render() {
      return (
        <u>
          {this.props.name}
          <Theme.Consumer>{(theme: string) => <s>{theme}</s>}</Theme.Consumer>
        </u>
      );
    }
  };
  const page = () => (
    <Theme.Provider value="dark">
      <Deep />
      <p>
        <Deep />
      </p>
      <Old name="n" />
    </Theme.Provider>
  );
  const { body } = render(page());
  assert.equal(
    body.replaceAll(/ id="([^"]+)"/g, ""),
    "<i>dark 3 42 r</i><p><i>dark 3 42 r</i></p><u>n<s>dark</s></u>",
  );
  const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, 2);
  assert.equal(render(page()).body, body, "ids are the same in the next render");
  assert.equal(render(<Deep />).body.includes("light"), true);
});
