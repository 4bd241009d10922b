import assert from "node:assert/strict";
import fc from "fast-check";
import { Window } from "happy-dom";
import { postAction, readPostTarget } from "../../../server/page/post_target.ts";
import { formAttributes, withPosted } from "../../../server/page/posted_form.ts";

const form = (inside: string, more = "") =>
  `<form${more} method="post" action="?$reflex=A.b">${inside}</form>`;
const written = (inside: string, ...fields: [string, string][]) =>
  withPosted(form(inside), "A.b", fields).slice(form("").length - "</form>".length, -"</form>".length);

Deno.test("withPosted: each kind of field has what was written", () => {
  const cases: [before: string, fields: [string, string][], after: string][] = [
    ['<input name="a">', [["a", "x"]], '<input name="a" value="x">'],
    ['<input name="a" value="y"/>', [["a", '"&<']], '<input name="a" value="&quot;&amp;&lt;"/>'],
    ['<input name="a" value="y">', [["a", ""]], '<input name="a" value>'],
    ['<input name="a" value="y">', [], '<input name="a" value="y">'],
    [
      '<input name="a"><input name="a">',
      [["a", "1"], ["a", "2"]],
      '<input name="a" value="1"><input name="a" value="2">',
    ],
    [
      '<input type="hidden" name="a" value="1"><input type="password" name="a"><input type="file" name="a"><input name="a">',
      [["a", "1"], ["a", "secret"], ["a", "x.txt"], ["a", "2"]],
      '<input type="hidden" name="a" value="1"><input type="password" name="a"><input type="file" name="a"><input name="a" value="2">',
    ],
    [
      '<input type="hidden" name="a" value="1"><input name="a">',
      [["a", "of before"]],
      '<input type="hidden" name="a" value="1"><input name="a" value="of before">',
    ],
    [
      '<input type="radio" name="a" value="1" checked>',
      [["a", "2"]],
      '<input type="radio" name="a" value="1">',
    ],
    [
      '<input type="radio" name="a" value="2">',
      [["a", "2"]],
      '<input type="radio" name="a" value="2" checked>',
    ],
    ['<input type="checkbox" name="a">', [["a", "on"]], '<input type="checkbox" name="a" checked>'],
    [
      '<textarea name="a">old</textarea>',
      [["a", "\n</textarea>"]],
      '<textarea name="a">\n\n&lt;/textarea></textarea>',
    ],
    [
      '<select name="a" multiple><option>x</option><option value="&amp;" selected>y</option><option value="z>">z</option></select>',
      [["a", "x"], ["a", "z>"]],
      '<select name="a" multiple><option selected>x</option><option value="&amp;">y</option><option value="z>" selected>z</option></select>',
    ],
    [
      '<select name="a"><option selected>x</option><option> y\n  &amp; </option></select>',
      [["a", "y &"]],
      '<select name="a"><option>x</option><option selected> y\n  &amp; </option></select>',
    ],
  ];
  for (const [before, fields, after] of cases) assert.equal(written(before, ...fields), after);
});

Deno.test("withPosted: what is secret, hidden, disabled or a stranger's stays as the page has it", () => {
  const left = [
    '<input type="password" name="a">',
    '<input type="file" name="a">',
    '<input type="hidden" name="a" value="1">',
    '<button name="a" value="1">a</button>',
    '<input name="a" disabled>',
    '<select name="a" disabled><option selected>1</option></select>',
    '<fieldset disabled><input name="a"></fieldset>',
    '<div data-raw><input name="a"></div>',
    "<input name='a'>",
    '<input name="b">',
    '<p title="x name=&quot;a&quot;">name="a"</p>',
    '<input title="say value now" name="b" value="1">',
  ];
  for (const html of left) assert.equal(written(html, ["a", "secret"]), html);
});

Deno.test("withPosted: fields elsewhere that name the form are its fields; those of other forms are not", () => {
  const before = `<input name="a" form="f">${
    form("", ' id="f"')
  }<input name="a"><form><input name="a"></form>`;
  assert.equal(
    withPosted(before, "A.b", [["a", "x"]]),
    before.replace('<input name="a" form="f">', '<input name="a" form="f" value="x">'),
  );
  assert.equal(withPosted(before, "A.c", [["a", "x"]]), before);
});

Deno.test("withPosted: of forms that are posted alike, the one whose hidden fields were posted has what was written", () => {
  const row = (id: string, title: string, more = "") =>
    form(
      `<input type="hidden" name="id" value="${id}"><form-row><input name="title"${title}></form-row>` +
        `<input type="checkbox" name="done"${more}>`,
    );
  const title = ' value="x"', fields: [string, string][] = [["id", '"2"'], ["title", "x"]];
  const page = (second: string) => row("1", "", " checked") + second + row("3", "", " checked");
  const before = page(row("&quot;2&quot;", "", " checked"));
  assert.equal(withPosted(before, "A.b", fields), page(row("&quot;2&quot;", title)));
  // Nothing of it comes into another one, where it is not there any more.
  assert.equal(withPosted(page(""), "A.b", fields), page(""));
  // One that has no other beside it is the one, whatever its page has hidden in it by now.
  assert.equal(withPosted(row("7", ""), "A.b", fields), row("7", title));
  // Those that do not say which they are do the same: it is in the first, once.
  const twice = form('<input name="title">').repeat(2);
  assert.equal(
    withPosted(twice, "A.b", fields),
    form('<input name="title" value="x">') + form('<input name="title">'),
  );
  // Also by fields that stand elsewhere.
  const apart = (value: string) =>
    form("", ' id="f"') + form('<input type="hidden" name="id" value="1"><input name="title">') +
    `<input type="hidden" name="id" value="2" form="f"><input form="f" name="title"${value}>`;
  assert.equal(withPosted(apart(""), "A.b", [["id", "2"], ["title", "x"]]), apart(title));
});

Deno.test("withPosted: whatever was written, a browser reads the same, and nothing else changes", async () => {
  const window = new Window();
  const texts = fc.string({
    unit: fc.constantFrom("a", "<", ">", '"', "'", "&", "\n", "/", "=", " ", "é", "$"),
  });
  const fields = '<input name="one" title="a > b"><textarea name="two"></textarea><i>$&</i>';
  fc.assert(fc.property(texts, texts, (one, two) => {
    window.document.body.innerHTML = withPosted(form(fields), "A.b", [["one", one], ["two", two]]);
    const input = window.document.querySelector("input")!, area = window.document.querySelector("textarea")!;
    assert.equal(input.getAttribute("value"), one);
    assert.equal(area.textContent, `\n${two}`); // happy-dom keeps the newline that a browser drops
    assert.equal(window.document.querySelectorAll("*").length, 7);
  }));
  await window.happyDOM.close();
});

Deno.test("formAttributes: the page's own form says what it is; where two differ, neither is believed", () => {
  const one = form("", ' id="a" class="x" data-row="1" data-reflex="submit->A#b"');
  assert.deepEqual(formAttributes(one, "A.b", undefined), { id: "a", "data-row": "1" });
  assert.deepEqual(formAttributes(one + one, "A.b", undefined), { id: "a", "data-row": "1" });
  assert.deepEqual(formAttributes(one + form("", ' data-row="2"'), "A.b", undefined), {});
  assert.equal(formAttributes(one, "A.c", undefined), undefined);
  assert.equal(formAttributes(`<div data-raw>${one}</div>`, "A.b", undefined), undefined);
  assert.equal(formAttributes(`<!--${one}--><script>${one}</script>`, "A.b", undefined), undefined);
});

Deno.test("postAction: what a form says is read again, and nothing else is", () => {
  const names = fc.stringMatching(/^[A-Za-z0-9_$]{1,9}$/);
  const ids = fc.option(fc.stringMatching(/^[A-Za-z][\w-]{0,9}$/), { nil: undefined });
  fc.assert(fc.property(names, names, fc.array(fc.jsonValue()), ids, (owner, method, list, id) => {
    const args = JSON.parse(JSON.stringify(list)) as unknown[];
    const target = `${owner}#${method}`;
    const text = new URL(postAction({ target, args, id }), "http://a.test").searchParams.get("$reflex")!;
    const usual = id === `form-${method}`;
    assert.deepEqual(readPostTarget(text), { target, args, id: usual ? undefined : id });
  }));
  fc.assert(fc.property(fc.string(), (text) => void readPostTarget(text)));
  for (const text of ["", "A", "A.", ".b", "A#b", "A.b[", "A.b[1]x", "A.b@", "A.b{}"]) {
    assert.equal(readPostTarget(text), undefined, text);
  }
});
