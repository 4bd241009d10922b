import assert from "node:assert/strict";
import { on, Reflex } from "@argyle/argyle";
import { jsx } from "@argyle/argyle/jsx-runtime";
import fc from "fast-check";
import { options } from "preact";
import { renderToString } from "preact-render-to-string";
import { renderPage } from "../../../server/page/render.ts";
import type { Html } from "../../../server/page/html.ts";

class Todos extends Reflex {
  add(_by?: unknown) {}
}

function render(html: unknown) {
  const offers: unknown[] = [];
  const page = renderPage(html as Html, {
    nameOf: () => "Todos",
    offer: (target, args) => offers.push([target, args]),
  });
  return { ...page, offers };
}

const name = fc.constantFrom(
  ..."id class className title type name value href src data-x data-userId aria-label aria-hidden draggable"
    .split(
      " ",
    ),
  ..."spellcheck role tabIndex tabindex for htmlFor disabled hidden key style onClick onclick xlinkHref fill"
    .split(
      " ",
    ),
  ..."defaultValue autoFocus contentEditable acceptCharset accept-charset ref __self a:b A é".split(" "),
);

const value = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."<>&\"'a é/:-0") }),
  fc.constantFrom<unknown>(
    "",
    "javascript:alert(1)",
    "/a",
    0,
    -0,
    1.5,
    NaN,
    true,
    false,
    null,
    undefined,
    7n,
  ),
  fc.constant({ peek: () => "p", value: "signal" }),
);

const element = fc.constantFrom(
  ..."a b button div em i label li p small span strong summary td th tr".split(" "),
  ..."input option select textarea svg style script h1 br".split(" "),
);

function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

Deno.test("leaf: an element that offers a call is written as the renderer writes it", () => {
  fc.assert(
    fc.property(
      element,
      fc.array(fc.tuple(name, value), { maxLength: 5 }),
      fc.string({ unit: fc.constantFrom(..."<>&\"'a é") }),
      fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 2 }),
      fc.constantFrom(undefined, "k", 7, 'a"b', ""),
      (element, pairs, text, args, key) => {
        const props = { ...Object.fromEntries(pairs), ...on("click", Todos, "add", ...args as [unknown?]) };
        // In a list of two the renderer has to write it.
        const [own, renderers] = [text, [text, ""]].map((children) =>
          outcome(() => render([jsx(element, { ...props, children }, key)]))
        );
        assert.deepEqual(own, renderers);
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("leaf: without children, or with a number, likewise", () => {
  const binding = on("click", Todos, "add", 1);
  assert.equal(
    render(<button {...binding} />).body,
    '<button data-reflex="click->Todos#add" data-reflex-args="[[1]]"></button>',
  );
  assert.equal(
    render(<li id="a" {...binding}>{0}</li>).body,
    '<li id="a" data-reflex="click->Todos#add" data-reflex-args="[[1]]">0</li>',
  );
});

Deno.test("leaf: one element stands in several places, and is rendered again", () => {
  const button = <button title="t" {...on("click", Todos, "add")}>+</button>;
  const html = '<button title="t" data-reflex="click->Todos#add">+</button>';
  for (let i = 0; i < 3; i++) {
    const { body, offers } = render(
      <div>
        {button}
        <p>{button}</p>
      </div>,
    );
    assert.equal(body, `<div>${html}<p>${html}</p></div>`);
    assert.deepEqual(offers.length, 2);
    // Elsewhere it offers nothing, and is what it was.
    assert.equal(renderToString(button as never), '<button title="t">+</button>');
    assert.equal((button as { type?: unknown }).type, "button");
  }
});

Deno.test("leaf: in svg, in a list with keys, behind a component and beside hooks of others", () => {
  const Item = ({ n }: { n: number }) => <li {...on("click", Todos, "add", n)}>{n}</li>;
  const { body } = render(<ul>{[1, 2].map((n) => <Item key={n} n={n} />)}</ul>);
  const li = (n: number) =>
    `<li data-k="${n}" data-reflex="click->Todos#add" data-reflex-args="[[${n}]]">${n}</li>`;
  assert.equal(body, `<ul>${li(1)}${li(2)}</ul>`);
  assert.equal(
    render(
      <svg viewBox="0 0 1 1">
        <a href="/x" {...on("click", Todos, "add")}>x</a>
      </svg>,
    ).body,
    '<svg viewBox="0 0 1 1"><a href="/x" data-reflex="click->Todos#add">x</a></svg>',
  );
  const seen: unknown[] = [];
  const before = options.vnode;
  options.vnode = (node) => seen.push(node.type);
  try {
    render(<b {...on("click", Todos, "add")}>b</b>);
  } finally {
    if (before === undefined) delete options.vnode;
    else options.vnode = before;
  }
  assert.ok(seen.includes("b"));
});
