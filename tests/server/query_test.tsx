/** A query read through a schema: by pages, public pages, routes, and again when the page's socket comes. */
import assert from "node:assert/strict";
import { App, type Layout, on, Reflex, type Schema } from "@argyle/argyle";
import { z } from "zod";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

class Pager extends Reflex {
  touch() {
    this.session.touched = true;
  }
}

const Shell: Layout = ({ children, query }) => (
  <main>
    <i>{query.get("page")}</i>
    {children}
  </main>
);

const query = z.object({
  page: z.coerce.number().int().positive().default(1),
  tag: z.array(z.string()).default([]),
});

function make() {
  const log = new MemoryLog();
  const app = new App({ log, layout: Shell });
  app.reflexes({ Pager });
  app.page("/list", ({ query: { page, tag }, session }) => (
    <section>
      <b id="page">{page + 1}</b>
      <p>{tag.join("+")}</p>
      {session.touched && <p id="touched">touched</p>}
      <button {...on("click", Pager, "touch")}>Touch</button>
    </section>
  ), { query });
  app.page("/about", ({ query: { page } }) => <b>{page + 1}</b>, { query, cache: "public, max-age=60" });
  app.route("/list.json", { GET: ({ query }) => Response.json(query) }, { query });
  return { app, log };
}

async function get(app: App, path: string) {
  const response = await app.fetch(new Request(`http://127.0.0.1${path}`));
  return { status: response.status, body: await response.text() };
}

timed("query: a page gets what its schema gives, and its layout the URL's own", async () => {
  const { app } = make();
  assert.match((await get(app, "/list")).body, /<b id="page">2<\/b><p><\/p>/);
  assert.match((await get(app, "/list?page=7")).body, /<i>7<\/i>.*<b id="page">8<\/b>/);
  assert.match((await get(app, "/list?tag=a&tag=b&other=x")).body, /<p>a\+b<\/p>/);
  assert.match((await get(app, "/about?page=2")).body, /<b>3<\/b>/);
  assert.deepEqual(JSON.parse((await get(app, "/list.json?page=3")).body), { page: 3, tag: [] });
});

timed("query: what the schema refuses is a 400 with a sentence, and no line in the log", async () => {
  const { app, log } = make();
  for (const path of ["/list", "/about", "/list.json"]) {
    const { status, body } = await get(app, `${path}?page=-1`);
    assert.equal(status, 400, path);
    assert.match(body, /This address cannot be read at page: Too small/, path);
    // One text is no list: the schema says what it wants.
    assert.equal((await get(app, `${path}?tag=a`)).status, 400, path);
  }
  assert.match((await get(app, "/list?page=%3Cb%3E")).body, /cannot be read at page/);
  assert.deepEqual(log.lines, []);
});

timed("query: names of every object's own are names like any other", async () => {
  const seen: unknown[] = [];
  const everything: Schema<unknown, object> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => {
        seen.push(value);
        return { value: value as object };
      },
    },
  };
  const app = new App({ log: new MemoryLog() });
  app.route("/", { GET: ({ query }) => Response.json(Object.keys(query)) }, { query: everything });
  const { body } = await get(app, "/?__proto__=1&constructor=2&toString=3&__proto__=4");
  assert.deepEqual(JSON.parse(body), ["__proto__", "constructor", "toString"]);
  assert.equal(Object.getPrototypeOf(seen[0]), Object.prototype);
  assert.equal(({} as Record<string, unknown>)["1"], undefined);
});

timed("query: a schema may take its time, not more than a load may", async () => {
  const slow: Schema<unknown, { page: number }> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => Promise.resolve({ value: { page: Object.keys(value as object).length } }),
    },
  };
  const app = new App({ log: new MemoryLog() });
  app.page("/", ({ query }) => <b>{query.page}</b>, { query: slow });
  assert.match((await get(app, "/?a=1&b=2")).body, /<b>2<\/b>/);
});

timed("query: a live page's query is read again for every render", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app, "/list?page=4");
  await using peer = await Peer.live(server, page);
  assert.match(JSON.stringify(await peer.call("Pager#touch")), /touched/);
});
