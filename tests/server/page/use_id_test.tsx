// deno-lint-ignore-file jsx-key -- what has no key is part of what is tested
import assert from "node:assert/strict";
import fc from "fast-check";
import { type ComponentChildren, h } from "preact";
import { useId } from "preact/hooks";
import { renderToString } from "preact-render-to-string";
import { Head } from "../../../server/page/head.ts";
import type { Html } from "../../../server/page/html.ts";
import { Fragment } from "../../../server/page/jsx_runtime.ts";
import { memo } from "../../../server/page/memo.ts";
import { renderPage } from "../../../server/page/render.ts";

const body = (node: unknown): string => renderPage(node as Html, { nameOf: () => "A", offer: () => {} }).body;
const bare = (node: unknown): string => renderToString(node as Parameters<typeof renderToString>[0]);
/** A value that the compiler does not see through. */
const v = <T,>(value: T): T => value;

type Named = { name: string | number };
const Field = ({ name }: Named) => <input id={useId()} name={String(name)} />;
const Row = ({ name }: Named) => (
  <li>
    <Field name={`${name}a`} />
    <b id={useId()} />
    <Field name={`${name}b`} />
  </li>
);
const PlainRow = ({ name }: Named) =>
  h("li", null, h(Field, { name: `${name}a` }), h(Field, { name: `${name}b` }));

/** The ids of a page's fields, by name. */
function ids(page: unknown): Record<string, string> {
  const found = [...body(page).matchAll(/<input id="([^"]*)" name="([^"]*)"\/>/g)];
  const all = [...body(page).matchAll(/ id="(P[^"]*)"/g)].map(([, id]) => id!);
  assert.equal(new Set(all).size, all.length, "each id occurs once");
  for (const id of all) assert.match(id, /^P\d+-\d+$/);
  return Object.fromEntries(found.map(([, id, name]) => [name, id]));
}

/** The second page gives each field that both have the id of the first. */
function assertKept(before: unknown, after: unknown): void {
  const [old, now] = [ids(before), ids(after)];
  const both = Object.keys(now).filter((name) => name in old);
  assert.ok(both.length > 0);
  for (const name of both) assert.equal(now[name], old[name], name);
}

const lists: Record<string, (keys: (string | number)[]) => unknown> = {
  "keyed components": (keys) => <ul>{keys.map((key) => <Row key={key} name={key} />)}</ul>,
  "without a list around": (keys) => keys.map((key) => <Row key={key} name={key} />),
  "not compiled": (keys) => h("ul", null, keys.map((key) => h(PlainRow, { key, name: key }))),
  "keyed elements": (keys) => (
    <ul>
      {keys.map((key) => (
        <li key={key}>
          <Field name={key} />
        </li>
      ))}
    </ul>
  ), // deno-fmt-ignore
  "keyed fragments": (keys) => keys.map((key) => <Fragment key={key}>{[<Field name={key} />]}</Fragment>),
  "elements with ids": (keys) => (
    <ul>
      {keys.map((key) => (
        <li id={`row-${key}`}>
          <Field name={key} />
        </li>
      ))}
    </ul>
  ), // deno-fmt-ignore
  "elements with ids, not compiled": (keys) => keys.map((key) => h("li", { id: key }, h(Field, { name: key }))),
  "beside other children": (keys) => (
    <main>
      <Field name="first" />
      {keys.length > 2 && <hr />}
      {keys.map((key) => <Row key={key} name={key} />)}
      <Field name="last" />
    </main>
  ),
  "in components": (keys) => (
    <Box>
      <Box>{keys.map((key) => <Row key={key} name={key} />)}</Box>
    </Box>
  ), // deno-fmt-ignore
};

function Box({ children }: { children?: ComponentChildren }) {
  return <section>{children}</section>;
}

for (const [title, list] of Object.entries(lists)) {
  Deno.test(`useId: a row on top, or one less, changes no other row: ${title}`, () => {
    assertKept(list([1, 2, 3]), list([4, 1, 2, 3]));
    assertKept(list([1, 2, 3]), list([2, 3]));
    assertKept(list([1, 2, 3]), list([3, 1, 2]));
    assertKept(list(["a", "b"]), list(["b", "c", "a"]));
  });
}

Deno.test("useId: lists in lists keep their ids", () => {
  const page = (groups: [string, string[]][]) => (
    <div>
      {groups.map(([group, items]) => (
        <ul key={group}>
          {items.map((item) => <Row key={item} name={group + item} />)}
        </ul>
      ))}
    </div>
  );
  assertKept(
    page([["x", ["1", "2"]], ["y", ["1", "2"]]]),
    page([["z", ["1"]], ["y", ["3", "1", "2"]], ["x", ["2", "1"]]]),
  );
});

Deno.test("useId: two lists with the same keys do not touch each other", () => {
  const rows = (list: string, keys: number[]) => keys.map((key) => <Row key={key} name={list + key} />);
  const List = ({ name, keys }: { name: string; keys: number[] }) => <ul>{rows(name, keys)}</ul>;
  const pages: ((a: number[], b: number[]) => unknown)[] = [
    (a, b) => (
      <main>
        <ul>{rows("a", a)}</ul>
        <ul>{rows("b", b)}</ul>
      </main>
    ),
    (a, b) => <main>{rows("a", a)}{rows("b", b)}</main>,
    (a, b) => (
      <main>
        <List name="a" keys={a} />
        <List name="b" keys={b} />
      </main>
    ),
    (a, b) => [<List name="a" keys={a} />, <List name="b" keys={b} />],
    (a, b) => h("main", null, rows("a", a) as never, rows("b", b) as never),
    (a, b) => h("main", null, h("ul", null, rows("a", a) as never), h("ul", null, rows("b", b) as never)),
  ]; // deno-fmt-ignore
  for (const page of pages) assertKept(page([1, 2], [1, 2, 3]), page([3, 2, 1], [2, 4, 3, 1]));
});

Deno.test("useId: two children with one key have different ids, the same in the next render", () => {
  const page = () => <ul>{["k", "k", "k"].map((key, i) => <Row key={key} name={i} />)}</ul>;
  assert.equal(Object.keys(ids(page())).length, 6);
  assert.equal(body(page()), body(page()));
});

Deno.test("useId: without keys and ids, ids are counted in the page", () => {
  assert.equal(
    body(<p>{[<Field name="a" />, <Field name="b" />]}</p>),
    '<p><input id="P0-0" name="a"/><input id="P0-1" name="b"/></p>',
  );
});

Deno.test("useId: an element that is rendered again begins anew, and bare strings are left alone", () => {
  const page = <ul>{[<Row key="a" name="a" />, <li key="b">{v(<Field name="b" />)}</li>]}</ul>;
  assert.equal(body(page), body(page));
  assert.match(bare(page), /<b id="P0-0">/);
  const Mail = () => <pre>{bare(<Row key="a" name="a" />)}</pre>;
  assert.match(body(<Mail key="m" />), /id=&quot;P0-0&quot;/);
  const Meta = () => <meta name={useId()} />;
  const head = (
    <Head>
      <Meta />
    </Head>
  );
  assert.equal(body([head, page]), body([null, page]), "the head counts for itself");
});

Deno.test("useId: an element that stands in a page twice has different ids", () => {
  const row = <Row key="a" name="a" />;
  assert.equal(new Set([...body([row, <hr />, row]).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)).size, 6);
});

Deno.test("useId: components that are remembered have the ids that they would have", () => {
  const Remembered = memo(Row);
  const Around = memo(({ name }: Named) => (
    <ul>{[1, 2].map((key) => <Row key={key} name={name + String(key)} />)}</ul>
  ));
  const page = (
    keys: number[],
  ) => [<Around name="x" />, <ul>{keys.map((key) => <Remembered key={key} name={key} />)}</ul>];
  const plain = (keys: number[]) => <ul>{keys.map((key) => <Row key={key} name={key} />)}</ul>;
  assertKept(page([1, 2]), page([3, 2, 1]));
  assert.equal(body(page([1, 2])), body(page([1, 2])));
  const Again = memo(Row);
  const again = (keys: number[]) => <ul>{keys.map((key) => <Again key={key} name={key} />)}</ul>;
  assert.equal(body(again([1, 2])), body(plain([1, 2])));
  assert.equal(body(again([1, 2])), body(plain([1, 2])), "also the second time");
});

Deno.test("useId: whatever the keys are, ids are valid, unique, and stay", () => {
  const key = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.constantFrom("/", "#", ".0", "", "0", 0),
  );
  fc.assert(fc.property(fc.uniqueArray(key, { selector: String }), key, (keys, top) => {
    const page = (keys: unknown[]) =>
      keys.map((key) => (
        <li key={key as string}>
          <Field name={keys.indexOf(key)} />
        </li>
      )); // deno-fmt-ignore
    const all = [...body(page(keys)).matchAll(/<input id="(P\d+-\d+)"/g)].map(([, id]) => id);
    assert.equal(all.length, keys.length);
    assert.equal(new Set(all).size, keys.length);
    if (keys.includes("") || keys.some((key) => String(key) === String(top))) return;
    const more = [...body(page([top, ...keys])).matchAll(/<input id="(P\d+-\d+)"/g)].map(([, id]) => id);
    assert.deepEqual(more.slice(1), all);
  }));
});
