import assert from "node:assert/strict";
import { useId } from "preact/hooks";
import { App, Head, Live, memo, on, raw, Reflex, topic } from "@argyle/argyle";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

const Stock = topic("stock"), Price = topic("price"), Page = topic("page");

function make() {
  const log = new MemoryLog();
  return { app: new App<{ n?: number }>({ log }), log };
}

timed("Live: its topic renders it alone, and the page when the page's own is published", async () => {
  const { app } = make();
  let pages = 0, parts = 0, stock = 1, heading = "Tea";
  app.page("/", ({ subscribe }) => {
    pages++;
    subscribe(Page());
    return (
      <main>
        <h1 id="heading">{heading}</h1>
        <Live topic={Stock()} id="stock">
          {() => {
            parts++;
            return <output>{stock}</output>;
          }}
        </Live>
      </main>
    );
  });
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  assert.match(
    page.body,
    /<argyle-live id="stock" data-argyle-live style="display:contents"><output>1<\/output><\/argyle-live>/,
  );
  await using ann = await Peer.live(server, page);
  stock = 2;
  await app.publish(Stock());
  assert.deepEqual(await ann.next(), ["patch", 1, [["text", ["stock", 0], "2"]]]);
  assert.deepEqual([pages, parts], [1, 2]);
  heading = "Green tea";
  await app.publish(Page());
  assert.deepEqual(await ann.next(), ["patch", 2, [["text", "heading", "Green tea"]]]);
  assert.deepEqual([pages, parts], [2, 2]);
});

timed(
  "Live: a call of the person renders page and parts, in one patch, with what it left to be shown",
  async () => {
    const { app } = make();
    class Counter extends Reflex<{ n?: number }> {
      said = "";
      add() {
        this.session.n = (this.session.n ?? 0) + 1;
        this.said = "added";
      }
    }
    app.reflexes({ Counter });
    app.page("/", ({ session }) => (
      <main>
        <b id="n">{session.n ?? 0}</b>
        <Live<{ n?: number }> topic={[]} id="live">
          {({ session, ran }) => <i {...on("click", Counter, "add")}>{session.n ?? 0}{ran(Counter)?.said}</i>}
        </Live>
      </main>
    ));
    await using server = await app.listen({ port: 0 });
    await using ann = await Peer.live(server, await load(app));
    assert.deepEqual(await ann.call("Counter#add"), [
      "patch",
      1,
      [["text", "n", "1"], ["text", ["live", 0], "1added"]],
      [1],
    ]);
  },
);

timed("Live: it loads and subscribes for itself; parts in parts are patched alone", async () => {
  const { app } = make();
  const data = { stock: 1, price: 5 };
  const rendered = { outer: 0, inner: 0 };
  app.page("/", () => (
    <main>
      <Live topic={[]} id="outer">
        {async ({ load, subscribe }) => {
          rendered.outer++;
          subscribe(Page());
          return (
            <section>
              <b>{await load(Stock(), () => data.stock)}</b>
              <Live topic={Price()} id="inner">
                {() => {
                  rendered.inner++;
                  return <i>{data.price}</i>;
                }}
              </Live>
            </section>
          );
        }}
      </Live>
    </main>
  ));
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  assert.match(
    page.body,
    /<section><b>1<\/b><argyle-live id="inner"[^>]*><i>5<\/i><\/argyle-live><\/section>/,
  );
  await using ann = await Peer.live(server, page);
  data.price = 6;
  await app.publish(Price());
  assert.deepEqual(await ann.next(), ["patch", 1, [["text", ["inner", 0], "6"]]]);
  assert.deepEqual(rendered, { outer: 1, inner: 2 });
  data.stock = 2;
  await app.publish(Stock());
  assert.deepEqual(await ann.next(), ["patch", 2, [["text", ["outer", 0, 0], "2"]]]);
  await app.publish(Page());
  await ann.quiet();
  assert.deepEqual(rendered, { outer: 3, inner: 2 });
});

timed("Live: parts come and go with the page; one that comes brings what is in it", async () => {
  const { app } = make();
  let shown = ["a"];
  const stock = new Map([["a", 1], ["b", 2], ["c", 3]]);
  app.page("/", ({ subscribe }) => {
    subscribe(Page());
    return (
      <ul id="list">
        {shown.map((name) => (
          <li key={name}>
            {name}: <Live topic={Stock()}>{() => <b>{stock.get(name)}</b>}</Live>
          </li>
        ))}
      </ul>
    );
  });
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  const [, id] = /<argyle-live id="(L[a-z0-9]+)"/.exec(page.body)!;
  await using ann = await Peer.live(server, page);
  shown = ["b", "a"];
  await app.publish(Page());
  const [, , operations] = await ann.next() as [string, number, string[][]];
  assert.deepEqual(operations.map(([name]) => name), ["before", "morph"]);
  assert.match(operations[1]![2]!, /<b>2<\/b>/);
  assert.notEqual(operations[1]![1], id);
  stock.set("a", 9).set("b", 8);
  await app.publish(Stock());
  assert.deepEqual(await ann.next(), ["patch", 2, [
    ["text", [operations[1]![1], 0], "8"],
    ["text", [id, 0], "9"],
  ]]);
  shown = ["b"];
  await app.publish(Page());
  assert.deepEqual(await ann.next(), ["patch", 3, [["remove", ["list", "a"]]]]);
});

timed("Live: ids of useId in a part are its own, and stay when it is rendered alone", async () => {
  const { app } = make();
  let n = 0;
  const Field = () => {
    const id = useId();
    return (
      <label for={id}>
        {n}
        <input id={id} />
      </label>
    );
  };
  app.page("/", () => (
    <main>
      <Field />
      <Live topic={Stock()} id="one">{() => <Field />}</Live>
      <Live topic={Stock()} id="two">{() => <Field />}</Live>
    </main>
  ));
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  const ids = [...page.body.matchAll(/<input id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, 3);
  await using ann = await Peer.live(server, page);
  n = 1;
  await app.publish(Stock());
  const [, , operations] = await ann.next() as [string, number, [string, unknown, string][]];
  assert.deepEqual(operations.map(([name, at]) => [name, at]), [["morph", ["one", 0]], ["morph", [
    "two",
    0,
  ]]]);
  assert.ok(operations.every(([, , html]) => ids.some((id) => html.includes(`for="${id}"`))));
});

timed("Live: as an element of a list or a table it is patched where it stands", async () => {
  const { app } = make();
  let rows = ["a"];
  app.page("/", () => (
    <table id="table">
      <thead>
        <tr>
          <th>Name</th>
        </tr>
      </thead>
      <Live as="tbody" id="rows" topic={Stock()}>
        {() =>
          rows.map((row) => (
            <tr key={row}>
              <td>{row}</td>
            </tr>
          ))}
      </Live>
    </table>
  ));
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  assert.match(page.body, /<tbody id="rows" data-argyle-live><tr data-k="a"><td>a<\/td><\/tr><\/tbody>/);
  await using ann = await Peer.live(server, page);
  rows = ["a", "b"];
  await app.publish(Stock());
  assert.deepEqual(await ann.next(), [
    "patch",
    1,
    [["after", ["rows", "a"], '<tr data-k="b"><td>b</td></tr>']],
  ]);
});

timed("Live: where a parser would move what is in it, the body is sent, and the log says where", async () => {
  const { app, log } = make();
  let n = 0;
  app.page("/", () => (
    <main>
      <p>
        <Live topic={Stock()} id="part">{() => <div>{n}</div>}</Live>
      </p>
    </main>
  ));
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  n = 1;
  await app.publish(Stock());
  const [, , operations] = await ann.next() as [string, number, string[][]];
  assert.deepEqual(operations.map(([name]) => name), ["head", "body"]);
  assert.match(operations[1]![1]!, /<div>1<\/div>/);
  assert.match(log.lines.join(), /a page is patched as a whole/);
});

timed("Live: an id in a part that is elsewhere on the page is no address", async () => {
  const { app } = make();
  let n = 0;
  app.page("/", () => (
    <main>
      <b id="same">{n}</b>
      <Live topic={Stock()} id="part">
        {() => (
          <p>
            x<i id="same">{n}</i>
          </p>
        )}
      </Live>
    </main>
  ));
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  n = 1;
  await app.publish(Stock());
  assert.deepEqual(await ann.next(), ["patch", 1, [["text", ["part", 0, 0], "1"]]]);
});

timed("Live: a part that shows nothing can show something, and nothing again", async () => {
  const { app } = make();
  let text: string | null = null;
  app.page("/", () => (
    <main>
      a<Live topic={Stock()} id="part">{() => text && <b>{text}</b>}</Live>b
    </main>
  ));
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  assert.match(page.body, /a<argyle-live [^>]*><!----><\/argyle-live>b/);
  await using ann = await Peer.live(server, page);
  text = "here";
  await app.publish(Stock());
  assert.match(
    JSON.stringify(await ann.next()),
    /\["morph","part","<argyle-live [^>]*><b>here<\/b><\/argyle-live>"\]/,
  );
  text = null;
  await app.publish(Stock());
  assert.match(
    JSON.stringify(await ann.next()),
    /\["morph","part","<argyle-live [^>]*><!----><\/argyle-live>"\]/,
  );
});

timed("Live: in a remembered component it is not remembered", async () => {
  const { app } = make();
  let renders = 0;
  const Row = memo(({ n }: { n: number }) => {
    renders++;
    return (
      <li>
        {n}
        <Live topic={Stock()} id={`part-${n}`}>{() => <b>{n}</b>}</Live>
      </li>
    );
  });
  app.page("/", () => (
    <ul id="rows">
      <Row n={1} />
      <Row n={2} />
    </ul>
  ));
  for (let n = 1; n <= 3; n++) {
    const { body } = await load(app);
    assert.match(body, /<li>1<argyle-live id="part-1"[^>]*><b>1<\/b><\/argyle-live><\/li>/);
    assert.match(body, /<li>2<argyle-live id="part-2"[^>]*><b>2<\/b><\/argyle-live><\/li>/);
    assert.equal(renders, 2 * n);
  }
});

timed("Live: what cannot be is said", async () => {
  const { app, log } = make();
  const pages = {
    child: () => <Live topic={Stock()}>{<b /> as never}</Live>,
    twice: () => (
      <main>
        <Live topic={Stock()} id="a">{() => 1}</Live>
        <Live topic={Stock()} id="a">{() => 1}</Live>
      </main>
    ),
    nested: () => <Live topic={Stock()} id="a">{() => <Live topic={Stock()} id="a">{() => 1}</Live>}</Live>,
    id: () => <Live topic={Stock()} id='a" onclick="x'>{() => 1}</Live>,
    as: () => <Live topic={Stock()} as="script">{() => 1}</Live>,
    tag: () => <Live topic={Stock()} as="b><i">{() => 1}</Live>,
    head: () => (
      <Live topic={Stock()}>
        {() => (
          <Head>
            <title>x</title>
          </Head>
        )}
      </Live>
    ),
    around: () => (
      <Head>
        <Live topic={Stock()}>{() => 1}</Live>
      </Head>
    ),
    fails: () => (
      <Live topic={Stock()}>
        {() => {
          throw new Error("secret detail");
        }}
      </Live>
    ),
  };
  for (const [name, page] of Object.entries(pages)) app.page(`/${name}`, page);
  for (const name of Object.keys(pages)) {
    const { response, html } = await load(app, `/${name}`);
    assert.equal(response.status, 500, name);
    assert.doesNotMatch(html, /secret/);
  }
  const said = log.lines.join("\n");
  for (
    const text of [
      "its child is a plain object", // an element
      'there is another with the id "a"',
      "an id is a letter",
      'Cannot render <Live as="script">',
      "Cannot render <Head> in <Live>",
      "it stands in the body of a page",
      "secret detail",
    ]
  ) {
    assert.ok(
      said.includes(text) || (text === "its child is a plain object" && said.includes("its child is")),
      text,
    );
  }
  const closed = new App({ log });
  closed.page("/", pages.twice, { cache: "public" });
  assert.equal((await load(closed)).response.status, 500);
});

timed("Live: raw HTML that looks like a part, or like the marks of one, is none", async () => {
  const { app } = make();
  let n = 0;
  app.page("/", () => (
    <main>
      <div
        dangerouslySetInnerHTML={raw('<argyle-live id="part" data-argyle-live></argyle-live><!--0-0-->')}
      />
      <Live topic={Stock()} id="part">{() => <b>{n}</b>}</Live>
    </main>
  ));
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  assert.match(page.body, /<argyle-live id="part" data-argyle-live><\/argyle-live><!--0-0-->/);
  await using ann = await Peer.live(server, page);
  n = 1;
  await app.publish(Stock());
  // The id is there twice, and so is no address.
  assert.deepEqual((await ann.next() as [string, number, string[][]])[2].map(([name]) => name), [
    "head",
    "body",
  ]);
});
