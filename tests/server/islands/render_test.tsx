import assert from "node:assert/strict";
import { App, type Html, memo } from "@argyle/argyle";
import type { PublicPageOptions } from "@argyle/argyle/types";
import { island } from "@argyle/argyle/islands";
import { signal } from "@preact/signals-core";
import { parse } from "devalue";
import { renderToString } from "preact-render-to-string";
import { startProcess, temporaryFolder } from "../../browser/process.ts";
import { MemoryLog } from "../../helpers/peer.ts";
import Broken from "../../islands/broken.tsx";
import Chart from "../../islands/chart.tsx";
import Counter from "../../islands/counter.tsx";
import Fold from "../../islands/fold.tsx";
import Later from "../../islands/later.tsx";
import Outer from "../../islands/outer.tsx";

const place = { moduleOf: (file: string) => file.split("/").at(-1)!.replace(".tsx", "-1") };

/** The body of a page that shows this. */
async function body(html: () => Html, log = new MemoryLog()): Promise<string> {
  const text = await documentOf(html, log);
  return /<body>(.*)<\/body>/s.exec(text)?.[1] ?? text;
}

async function documentOf(
  html: () => Html,
  log = new MemoryLog(),
  options: PublicPageOptions | undefined = undefined,
): Promise<string> {
  await using app = new App({ log, islands: place });
  if (options === undefined) app.page("/", html);
  else app.page("/", html, options);
  const response = await app.fetch(new Request("http://localhost/", { headers: { cookie: "a=b" } }));
  return `${await response.text()}<!-- ${response.headers.get("content-security-policy")} -->`;
}

/** What a page with this throws. */
async function fault(html: () => Html): Promise<string> {
  const log = new MemoryLog();
  await body(html, log);
  return log.lines.join("\n");
}

Deno.test("island: its element has the module, the moment and the props, and shows what the component does", async () => {
  assert.equal(
    await body(() => <Later says={`a "b" & 'c' <d>`} />),
    `<argyle-island data-argyle-island='later-1' data-argyle-when='(min-width: 2000px)' ` +
      `data-argyle-props='[{"says":1},"a \\"b\\" &amp; &#39;c&#39; \\u003Cd>"]' style="display:contents">` +
      `<p class="later">a &quot;b&quot; &amp; 'c' &lt;d></p></argyle-island>`,
  );
});

const values = {
  values: [1, 2],
  at: new Date("2026-01-02"),
  names: new Map([["a", new Set([1, 2])]]),
  big: 12345678901234567890n,
};

/** What an attribute says. */
const unescape = (text: string) =>
  text.replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&");

Deno.test("island: dates, maps, sets, bigints, undefined and what refers to itself travel", async () => {
  const self: { self?: unknown } = {};
  self.self = self;
  const html = await body(() => <Chart {...values} self={self} nothing={undefined} />);
  const [, text = ""] = /data-argyle-props='([^']*)'/.exec(html) ?? [];
  const props = parse(unescape(text));
  assert.deepEqual(props, { ...values, self, nothing: undefined });
  assert.ok("nothing" in props);
  assert.match(html, /2026 a=1\+2 12345678901234567890</);
});

Deno.test("island: no handler is written, and nothing in it has a key", async () => {
  const html = await body(() => <ul>{[1].map((n) => <Chart key={n} {...values} />)}</ul>);
  assert.doesNotMatch(html, /onclick/i);
  assert.deepEqual(html.match(/<[\w-]+ data-k="[^"]*"/g), ['<argyle-island data-k="1"']);
});

Deno.test("island: what cannot travel is an error that names the path and the island", async () => {
  const any = (value: unknown) => value as never;
  const wanted = /Cannot send props\.values\[1\]\.save to the island Chart: a function\./;
  assert.match(await fault(() => <Chart {...values} values={any([1, { save() {} }])} />), wanted);
  assert.match(
    await fault(() => <Later says={any(<b>1</b>)} />),
    /props\.says to the island Later: an element; what the server/,
  );
  class Money {}
  assert.match(await fault(() => <Later says={any(new Money())} />), /props\.says .* an instance of Money\./);
  assert.match(await fault(() => <Later says={any(Promise.resolve())} />), /props\.says .* a promise\./);
  assert.match(
    await fault(() => <Later says={any(JSON.parse('{"__proto__":1}'))} />),
    /props\.says .* the key __proto__\./,
  );
  assert.match(
    await fault(() => <Fold>{any(() => 1)}</Fold>),
    /props\.children to the island Fold: a function\./,
  );
});

Deno.test("island: a signal travels as what it holds", async () => {
  const html = await body(() => <Later says={signal("x") as never} />);
  assert.match(html, /data-argyle-props='\[\{"says":1\},\["Signal",2\],\{"value":3\},"x"\]'/);
});

Deno.test("island: what the page shows in it stands in a slot with an id; hidden where the component shows it not", async () => {
  const html = await body(() => (
    <Fold>
      <b id="news">News</b>
    </Fold>
  ));
  assert.match(
    html,
    /<nav><argyle-slot id="L\w+" style="display:contents"><b id="news">News<\/b><\/argyle-slot><\/nav>/,
  );
  const folded = await body(() => (
    <Fold first="none">
      <b id="news">News</b>
    </Fold>
  ));
  assert.match(
    folded,
    /<\/div><argyle-slot id="L\w+" hidden><b id="news">News<\/b><\/argyle-slot><\/argyle-island>/,
  );
  assert.doesNotMatch(await body(() => <Fold>{false}</Fold>), /slot/);
});

Deno.test("island: in another one it is a component; in what the page shows there it is one of its own", async () => {
  const html = await body(() => (
    <Outer>
      <Later says="in the slot" />
    </Outer>
  ));
  assert.equal(html.match(/<argyle-island/g)?.length, 2);
  assert.match(html, /<article id="outer"><section id="inner">/);
  assert.match(html, /<argyle-slot [^>]*><argyle-island [^>]*later-1/);
});

Deno.test("island: ids of useId count by themselves: neither what stands before it nor what is in it shifts them", async () => {
  const ids = (html: string) =>
    [...html.matchAll(/data-argyle-ids="(\d+)"[^>]*><section id="(\w+)"><label for="P(\d+)-0"/g)]
      .map(([, seed, id, own]) => [id, seed === own, own]);
  const counter = (key: string) => <Counter key={key} id={key} says={key} />;
  const two = ids(await body(() => <main id="m">{["b", "c"].map(counter)}</main>));
  const three = ids(await body(() => <main id="m">{["a", "b", "c"].map(counter)}</main>));
  assert.deepEqual(two.map(([id, same]) => [id, same]), [["b", true], ["c", true]]);
  assert.deepEqual(three.slice(1), two);
  assert.equal(new Set(three.map(([, , own]) => own)).size, 3);
  assert.doesNotMatch(await body(() => <Later says="" />), /data-argyle-ids/);
});

Deno.test("island: one that throws leaves the rest of the page alone; the log has what it was", async () => {
  const log = new MemoryLog();
  const html = await body(() => (
    <main>
      <Broken on="server" />
      <p>The rest.</p>
    </main>
  ), log);
  assert.match(
    html,
    /<main><argyle-island [^>]*style="display:contents"><\/argyle-island><p>The rest\.<\/p><\/main>/,
  );
  assert.equal(log.lines.length, 1);
  assert.match(log.lines[0]!, /error an island could not be rendered: Broken <server>\. .*"island":"Broken"/);
});

Deno.test("island: in development what went wrong is shown in its place, and nobody else sees it", async () => {
  // The environment is the process's: other tests run in this one.
  for (const mode of ["development", "production"]) {
    await using folder = await temporaryFolder();
    await using server = await startProcess(["tests/server/fixtures/broken_islands.tsx"], {
      folder: folder.path,
      env: { ARGYLE_ENV: mode },
    });
    const html = await (await fetch(server.url)).text();
    const shown =
      /data-argyle-error style="display:contents"><pre data-argyle-error>Broken: Error: Broken &lt;server>\. /;
    assert.equal(shown.test(html), mode === "development", html);
    assert.equal(html.includes("Broken &lt;server>"), mode === "development");
  }
});

Deno.test("island: one that browsers find nowhere is its page's failure, and the log says so", async () => {
  const log = new MemoryLog();
  const nowhere = {
    moduleOf(file: string): string {
      throw new TypeError(`Cannot find ${file.slice(file.lastIndexOf("/"))}: build again.`);
    },
  };
  await using app = new App({ log, islands: nowhere });
  app.page("/", () => <Later says="" />);
  assert.equal((await app.fetch(new Request("http://localhost/"))).status, 500);
  assert.match(log.lines.join(), /Cannot find \/later\.tsx: build again\./);
});

Deno.test("island: outside of a page it is its component", () => {
  assert.equal(renderToString(<Later says="x" /> as never), '<p class="later">x</p>');
});

Deno.test("island: what is remembered around one is not", async () => {
  const Row = memo(({ n }: { n: number }) => (
    <li id={`row${n}`}>
      <Later says={`${n}`} />
    </li>
  ));
  const rows = () => <ul>{[1, 2].map((n) => <Row key={n} n={n} />)}</ul>;
  const first = await body(rows);
  assert.equal(await body(rows), first);
  assert.equal(first.match(/<argyle-island/g)?.length, 2);
});

Deno.test("island: what is no component, no module and no moment is refused; and the second one of a module", () => {
  const component = () => null, any = (value: unknown) => value as never;
  assert.throws(
    () => island("file:///a.tsx", any("b")),
    /^TypeError: Cannot make an island of what is not a function/,
  );
  assert.throws(
    () => island("a.tsx", component),
    /^TypeError: Cannot make the island component: its first argument/,
  );
  for (const when of ["soon", "", "min-width: 1px", 1, null]) {
    assert.throws(
      () => island("file:///a.tsx", component, { when: any(when) }),
      /^TypeError: .*: when is .*, not "load"/,
    );
  }
  island("file:///twice.tsx", component);
  assert.throws(
    () => island("file:///twice.tsx", component),
    /^TypeError: Cannot make two islands of file:\/\/\/twice\.tsx/,
  );
});

Deno.test("document: a page with islands has their script, and names for what they import; others have not", async () => {
  const html = await documentOf(() => <Later says="" />);
  assert.match(
    html,
    /<script type="importmap" nonce="[^"]+">.*<script type="module" nonce="[^"]+" src="\/_argyle\/islands-\w+\.js"><\/script>/,
  );
  const without = await documentOf(() => <p>None.</p>);
  assert.doesNotMatch(without, /islands-/);
  const kept = await documentOf(() => <Later says="" />, new MemoryLog(), { cache: "public, max-age=60" });
  assert.match(
    kept,
    /<script type="importmap">.*<script type="module" src="\/_argyle\/islands-\w+\.js"><\/script>/,
  );
  assert.match(kept, /script-src 'self' 'sha256-[^']+';/);
});
