/** Random pairs of pages, one made from the other by small changes, with much of what parsers repair. */

import fc from "fast-check";
import type { Rendered } from "../../../server/patch/diff.ts";

/** Markup before and after. */
type Pair = readonly [before: string, after: string];

/** Two renders of one page. */
export interface Change {
  readonly before: Rendered;
  readonly after: Rendered;
}

const texts = ["", "x", "y", " ", "\n", "\r\n", "a &amp; b", "&lt;i&gt;", "é", "id=i1", "1 > 0", "a\u00a0b"];
/** What one parser repairs and another page relies on. */
const wild = [
  ...`</p> ~ <p> ~ <b> ~ </b> ~ <i> ~ <div> ~ </div> ~ <!-- ~ --> ~ <!--> ~ <!-- a --!> ~ <a href=x> ~
  </a> ~ <form> ~ </form> ~ <tr> ~ <td> ~ <tbody> ~ </table> ~ <table> ~ <svg> ~ </svg> ~ <g><p> ~
  <title> ~ <template> ~ </template> ~ <select> ~ </select> ~ <option> ~ <optgroup> ~ <textarea> ~
  <li> ~ <dd> ~ <math><mi> ~ </math> ~ <![CDATA[x]]> ~ <image> ~ <div/> ~ <h1> ~ <h2> ~ </h3> ~
  <button> ~ </br> ~ <nobr> ~ <frameset> ~ <body class=x> ~ <html lang=x> ~ </body> ~ <noscript> ~
  <script><!--<script> ~ </script> ~ <!doctype html> ~ <?x?> ~ <table>x ~ <col> ~ <caption> ~ <hr> ~
  <ruby><rt> ~ <rb> ~ <ul> ~ <svg><foreignObject> ~ <svg><desc><p> ~ <font color=red> ~ <DIV> ~
  <input> ~ <p id=i1 id=i2> ~ < ~ </ ~ <3 ~ <div id="i&#49;"> ~ <span id=i2> ~ <span id='i3'> ~
  <b ID=i4> ~ <td id = i5> ~ <em><em><em><em> ~ <span title='>' ~ <object> ~ <marquee> ~ <xmp> ~
  <plaintext> ~ <iframe> ~ <x-y> ~ <u a=1/> ~ & ~ &#`.split(/ ~\s+/),
  "<pre>\n",
  "\0",
];
const blocks = "main section div x-part article details".split(" ");
const inlines = "span b em a label q".split(" ");

const same = (markup: fc.Arbitrary<string>): fc.Arbitrary<Pair> => markup.map((text): Pair => [text, text]);
const any = (...values: string[]): fc.Arbitrary<string> => fc.constantFrom(...values);

function often<T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight }, { arbitrary: rare, weight: 1 });
}

const text = often(same(any(...texts)), fc.tuple(any(...texts), any(...texts)), 12);
const id = often(
  fc.oneof(
    { arbitrary: fc.nat(400).map((n) => ` id="i${n}"`), weight: 6 },
    any("", " id=i7", " id='i8'", ' id="P0-1"'),
  ),
  any(' id=""', ' id="a b"', ' id="a&amp;b"'),
  12,
);
const attributes: fc.Arbitrary<Pair> = fc.tuple(
  often(same(id), fc.tuple(id, id), 150),
  often(
    same(any("", ' class="c"', " hidden", ' title="&lt;p>"')),
    fc.constant<Pair>([' class="c"', ' class="d"']),
    25,
  ),
  fc.boolean(),
).map(([[a, b], [c, d], turned]) => turned ? [c + a, d + b] : [a + c, b + d]);

function element(tags: fc.Arbitrary<string>, inner: fc.Arbitrary<Pair>): fc.Arbitrary<Pair> {
  return fc.tuple(tags, attributes, inner).map(([tag, [a, b], [c, d]]) => [
    `<${tag}${a}>${c}</${tag}>`,
    `<${tag}${b}>${d}</${tag}>`,
  ]);
}

/** Some of these; now and then one comes or goes. */
function some(item: fc.Arbitrary<Pair>, most = 4): fc.Arbitrary<Pair> {
  const moving = often(
    item,
    fc.tuple(item, fc.boolean()).map(([[a, b], come]): Pair => come ? ["", b] : [a, ""]),
    50,
  );
  return fc.array(moving, { maxLength: most }).map((items) => [
    items.map(([a]) => a).join(""),
    items.map(([, b]) => b).join(""),
  ]);
}

const voids: fc.Arbitrary<Pair> = fc.tuple(
  any("br", "img", "input", "wbr"),
  attributes,
  any("", "/", " /"),
).map(
  ([tag, [a, b], slash]) => [`<${tag}${a}${slash && ` ${slash}`}>`, `<${tag}${b}${slash && ` ${slash}`}>`],
);
const raw: fc.Arbitrary<Pair> = fc.oneof(
  element(
    any("textarea", "title", "style", "script"),
    often(text, same(any("\n", "<b>", "/**/", "</b>")), 6),
  ),
  same(any("<!-- note -->", "<!--$s-->", "<!---->", "<iframe></iframe>")),
);
const space = same(any("", "", " ", "\n"));
const shape = fc.letrec<{ node: Pair; kids: Pair }>((tie) => ({
  kids: some(tie("node"), 3),
  node: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(attributes, any("path", "circle")).map((
      [[a, b], tag],
    ): Pair => [`<${tag}${a}/>`, `<${tag}${b}/>`]),
    element(any("g", "linearGradient", "text", "svg"), tie("kids")),
    element(any("title"), text),
    text,
  ),
}));
const option = element(any("option"), text);
const select = element(
  any("select"),
  some(fc.oneof(option, element(any("optgroup"), some(option)), space, same(any("<hr>")))),
);

const list = (tag: string, item: string, kids: fc.Arbitrary<Pair>) =>
  element(any(...tag.split(" ")), some(fc.oneof(element(any(...item.split(" ")), kids), space)));

/** Items with names, of which some come, go, change and move; now and then with something between them. */
function named(item: (name: string) => fc.Arbitrary<Pair>): fc.Arbitrary<Pair> {
  const names = fc.uniqueArray(fc.nat(60), { maxLength: 7 });
  return fc.record({
    names,
    fate: fc.array(fc.nat(9), { minLength: 7, maxLength: 7 }),
    moves: fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 2 }),
    turned: fc.nat(5),
    attribute: any("id", "id", "data-k"),
    between: often(any(""), any(" ", "x", "<i>x</i>", "<!-- note -->"), 8),
  }).chain(({ names, fate, moves, turned, attribute, between }) => {
    const all = names.map((name) => item(` ${attribute}="${attribute === "id" ? "n" : ""}${name}"`));
    return fc.tuple(...all).map((items): Pair => {
      const after = items.map((pair, i) => [pair, fate[i] ?? 0] as const);
      for (const [from, to] of moves) {
        const [moved] = after.splice(from, 1);
        if (moved !== undefined) after.splice(to, 0, moved);
      }
      if (turned === 0) after.reverse();
      const before = items.filter((_, i) => fate[i] !== 0).map(([a]) => a);
      return [before.join(between), after.filter(([, kept]) => kept !== 1).map(([[, b]]) => b).join(between)];
    });
  });
}

function table(kids: fc.Arbitrary<Pair>): fc.Arbitrary<Pair> {
  const row = element(any("tr"), some(element(any("td", "th"), kids)));
  const body = element(any("tbody", "thead", "tfoot"), some(fc.oneof({ arbitrary: row, weight: 5 }, space)));
  const columns = element(any("colgroup"), same(any("", "<col>", " <col/>")));
  const parts = fc.oneof({ arbitrary: body, weight: 4 }, element(any("caption"), kids), columns, space);
  // In the last of these, rows and parts are mixed.
  return element(
    any("table"),
    fc.oneof({ arbitrary: some(parts), weight: 6 }, some(row), some(fc.oneof(row, parts))),
  );
}

/** An island that shows something around what the page shows in it, or nothing of the page. */
function island(phrases: fc.Arbitrary<Pair>, kids: fc.Arbitrary<Pair>): fc.Arbitrary<Pair> {
  const props = often(same(any("[1]", "[2]")), fc.constant<Pair>(["[1]", "[2]"]), 3);
  const key = any("", "", ' data-k="k1"');
  const slot = fc.tuple(fc.nat(400), kids).map(([n, [a, b]]): Pair => [
    `<argyle-slot id="s${n}">${a}</argyle-slot>`,
    `<argyle-slot id="s${n}">${b}</argyle-slot>`,
  ]);
  const around = any("", "", "div", "p", "section");
  const own = some(fc.oneof(phrases, element(any(...blocks), phrases)), 2);
  const shown = fc.oneof(
    own,
    fc.tuple(own, around, slot, around, own).map(([[a, b], one, [c, d], other, [e, f]]): Pair => {
      const put = (tag: string, inner: string) => tag && tag !== "p" ? `<${tag}>${inner}</${tag}>` : inner;
      return [a + put(one, c) + e, b + put(other, d) + f];
    }),
  );
  return fc.tuple(props, key, shown).map(([[a, b], k, [c, d]]) => [
    `<argyle-island${k} data-argyle-props='${a}'>${c}</argyle-island>`,
    `<argyle-island${k} data-argyle-props='${b}'>${d}</argyle-island>`,
  ]);
}

/** Well nested, or with anything in anything. */
function page(isWild: boolean, hasIslands = false): fc.Arbitrary<Pair> {
  const { kids } = fc.letrec<{ phrase: Pair; phrases: Pair; node: Pair; kids: Pair }>((tie) => {
    const rough = often(same(any(...wild)), fc.tuple(any(...wild), any(...wild)), 4);
    const also = isWild ? [{ arbitrary: rough, weight: 1 }] : [];
    if (hasIslands) also.push({ arbitrary: island(tie("phrases"), tie("kids")), weight: 9 });
    const inner = tie(isWild ? "kids" : "phrases");
    return {
      phrases: some(tie("phrase"), 3),
      phrase: fc.oneof(
        { maxDepth: 3, depthSize: "small" },
        { arbitrary: text, weight: 4 },
        { arbitrary: voids, weight: 1 },
        { arbitrary: element(any(...inlines), tie("phrases")), weight: 2 },
        { arbitrary: element(any("svg"), shape.kids), weight: 1 },
        { arbitrary: select, weight: 1 },
        { arbitrary: raw, weight: 1 },
      ),
      kids: some(tie("node"), 5),
      node: fc.oneof(
        { maxDepth: 4, depthSize: "small" },
        { arbitrary: tie("phrase"), weight: 3 },
        { arbitrary: element(any(...blocks), tie("kids")), weight: 6 },
        { arbitrary: element(any("p", "h2", "pre", "button", "a", "form", "h1"), inner), weight: 3 },
        { arbitrary: list("ul ol", "li", tie("kids")), weight: 2 },
        {
          arbitrary: element(
            any("dl"),
            some(fc.oneof(element(any("dt", "dd"), tie("kids")), list("div", "dt dd", inner))),
          ),
          weight: 1,
        },
        { arbitrary: table(tie("kids")), weight: 3 },
        {
          arbitrary: element(
            any("ul", "ol"),
            named((name) =>
              tie("phrases").map(([a, b]): Pair => [`<li${name}>${a}</li>`, `<li${name}>${b}</li>`])
            ),
          ),
          weight: 3,
        },
        {
          arbitrary: element(
            any("table"),
            named((name) =>
              tie("phrases").map((
                [a, b],
              ): Pair => [`<tr${name}><td>${a}</td></tr>`, `<tr${name}><td>${b}</td></tr>`])
            )
              .chain(([a, b]) =>
                any("tbody", "").map((tag): Pair =>
                  tag ? [`<tbody>${a}</tbody>`, `<tbody>${b}</tbody>`] : [a, b]
                )
              ),
          ),
          weight: 2,
        },
        ...also,
      ),
    };
  });
  return fc.tuple(attributes, kids, fc.boolean()).map(([[a, b], [c, d], bare]) =>
    bare ? [c, d] : [`<main${a}>${c}</main>`, `<main${b}>${d}</main>`]
  );
}

/** Without something that stays, the body would often be the shorter operation. */
const FILLER = `<p>${"What stays. ".repeat(100)}</p>`;

/** Pairs of pages with islands in them. */
export function islandChanges(): fc.Arbitrary<Change> {
  return page(false, true).map(([a, b]) => ({
    before: { head: "", body: FILLER + a },
    after: { head: "", body: FILLER + b },
  }));
}

/** Pairs of pages; `wild` ones hold what parsers repair. */
export function changes({ wild }: { wild: boolean }): fc.Arbitrary<Change> {
  const heads = often(
    same(any("<title>t</title>", '<meta name="a" id="i1">')),
    fc.constant<Pair>(["<title>t</title>", ""]),
    9,
  );
  return fc.tuple(wild ? fc.oneof(page(false), page(true)) : page(false), heads).map(([[a, b], [c, d]]) => ({
    before: { head: c, body: FILLER + a },
    after: { head: d, body: FILLER + b },
  }));
}
