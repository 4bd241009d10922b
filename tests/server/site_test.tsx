import assert from "node:assert/strict";
import {
  App,
  contextKey,
  Head,
  href,
  HttpError,
  type Layout,
  type Middleware,
  redirect,
  Reflex,
} from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

const Name = contextKey<string>("name");
const Count = contextKey("count", 0);

class Account extends Reflex {
  enter() {
    this.login("ann");
  }
  who() {
    return this.get(Name);
  }
}

function make(options: AppOptions = {}) {
  const log = new MemoryLog();
  const app = new App({ log, ...options });
  app.reflexes({ Account });
  return { app, log };
}

async function status(app: App, path: string, init: RequestInit = {}): Promise<number> {
  const response = await app.fetch(new Request(`http://127.0.0.1${path}`, init));
  await response.body?.cancel();
  return response.status;
}

timed(
  "use: middleware runs in its order around pages and what is not there, and may change what comes back",
  async () => {
    const { app } = make();
    const seen: string[] = [];
    const note = (name: string): Middleware => async ({ path }, next) => {
      seen.push(`${name} ${path}`);
      const response = await next();
      seen.push(`${name} ${response.status}`);
      response.headers.set(`x-${name}`, "1");
      return response;
    };
    app.use(note("outer")).use(note("inner"));
    app.page("/", () => "home");
    const { response } = await load(app);
    assert.deepEqual(seen, ["outer /", "inner /", "inner 200", "outer 200"]);
    assert.deepEqual([response.headers.get("x-outer"), response.headers.get("x-inner")], ["1", "1"]);
  },
);

timed("use: what it sets is there in pages, layouts and reflexes, typed by its key", async () => {
  const { app } = make();
  app.use((context, next) => {
    context.set(Name, context.request.headers.get("x-name") ?? "nobody");
    return next();
  });
  app.page("/", ({ get }) => <p data-reflex="click->Account#who">{get(Name)} {get(Count)}</p>);
  await using server = await app.listen({ port: 0 });
  const page = await load(app, "/", { headers: { "x-name": "Ann" } });
  assert.match(page.body, />Ann 0</);
  await using peer = await Peer.live(server, page);
  // The socket's own handshake is what middleware has seen for the live page.
  assert.deepEqual((await peer.call("Account#who")).at(-1), [1, "nobody"]);
});

timed("contextKey: getting what nobody has set is an error that names the key", async () => {
  const { app, log } = make();
  app.page("/", ({ get }) => <p>{get(Name)}</p>);
  assert.equal(await status(app, "/"), 500);
  assert.ok(log.lines.some((line) => line.includes("Cannot get name: no middleware has set it")));
});

timed("use: what forbids a GET forbids the live page too, when its socket connects", async () => {
  const { app } = make();
  let open = true;
  app.use((_context, next) => open ? next() : redirect("/closed"));
  app.page("/", () => <p data-reflex="click->Account#enter">open</p>);
  app.page("/throws", () => "open");
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  open = false;
  assert.equal((await load(app)).response.headers.get("location"), "/closed");
  await using peer = await Peer.connect(server, { cookie: page.cookie });
  peer.hello(page);
  assert.deepEqual(await peer.next(), ["resync", "left"]);
});

timed("use: a guard that throws HttpError is the same verdict on a socket", async () => {
  const { app } = make();
  let open = true;
  app.use((_context, next) => {
    if (!open) throw new HttpError(403, "Closed");
    return next();
  });
  app.page("/", () => "open");
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  open = false;
  assert.equal(await status(app, "/"), 403);
  await using peer = await Peer.connect(server, { cookie: page.cookie });
  peer.hello(page);
  assert.deepEqual(await peer.next(), ["resync", "left"]);
});

timed(
  "use: calling next() twice, and answering with nothing, are errors that name the function",
  async () => {
    const { app, log } = make();
    let twice = true;
    app.use(async function greedy(_context, next) {
      await next();
      return twice ? await next() : undefined as never;
    });
    app.page("/", () => "home");
    assert.equal(await status(app, "/"), 500);
    assert.ok(log.lines.some((line) => line.includes("greedy called next() twice")));
    twice = false;
    assert.equal(await status(app, "/"), 500);
    assert.ok(log.lines.some((line) => line.includes("greedy did not return a Response")));
  },
);

timed("layout: stands around every page, nested, with loads of its own, in the live page too", async () => {
  class Steps extends Reflex<{ step?: number }> {
    next() {
      this.session.step = (this.session.step ?? 0) + 1;
    }
  }
  const Outer: Layout<{ step?: number }> = async ({ children, session, load }) => (
    <div>
      <Head>
        <title>Site</title>
      </Head>
      <header id="header">{await load("n", () => Promise.resolve(session.step ?? 0))}</header>
      {children}
    </div>
  );
  const Inner: Layout<{ step?: number }> = ({ children, url }) => (
    <main title={url.pathname}>{children}</main>
  );
  const app = new App<{ step?: number }>({ layout: Outer, log: new MemoryLog() });
  app.reflexes({ Steps });
  app.page("/", () => <b data-reflex="click->Steps#next">page</b>, { layout: Inner });
  app.page("/bare", () => "bare");
  app.page("/leaves", () => redirect("/"));
  const page = await load(app);
  assert.equal(
    page.body,
    '<div><header id="header">0</header><main title="/"><b data-reflex="click->Steps#next">page</b></main></div>',
  );
  assert.match(page.html, /<title>Site<\/title>/);
  assert.equal((await load(app, "/bare")).body, '<div><header id="header">0</header>bare</div>');
  assert.equal((await load(app, "/leaves")).response.status, 303);
  await using server = await app.listen({ port: 0 });
  await using peer = await Peer.live(server, page);
  assert.deepEqual((await peer.call("Steps#next"))[2], [[
    "text",
    "header",
    "1",
  ]]);
});

timed("layout: one that throws is an error of the page, and everybody else is served", async () => {
  const { app } = make();
  app.page("/broken", () => "x", {
    layout: () => {
      throw new Error("secret detail");
    },
  });
  app.page("/", () => "home");
  assert.equal(await status(app, "/broken"), 500);
  assert.equal(await status(app, "/"), 200);
});

timed(
  "notFound and onError: the app's own pages, in its layout, with the right status and no script",
  async () => {
    const { app } = make({ layout: ({ children }) => <main>{children}</main> });
    app.page("/throws", () => {
      throw new Error("secret detail");
    });
    app.page("/gone", () => {
      throw new HttpError(410, "Gone <for good>");
    });
    app.notFound(({ error, url }) => <h1>{error.status} {url.pathname}</h1>);
    app.onError(({ error }) => <h1>{error.status} {error.message} {error.reference ?? "no reference"}</h1>);
    const missing = await load(app, "/nothing");
    assert.deepEqual([missing.response.status, missing.body], [404, "<main><h1>404 /nothing</h1></main>"]);
    assert.doesNotMatch(missing.html, /<script/);
    const gone = await load(app, "/gone");
    assert.deepEqual([gone.response.status, gone.body], [
      410,
      "<main><h1>410 Gone &lt;for good> no reference</h1></main>",
    ]);
    const broken = await load(app, "/throws");
    assert.equal(broken.response.status, 500);
    assert.match(broken.body, /500 Something went wrong on the server\. \(Reference ([0-9a-f]{12})\.\) \1/);
    assert.doesNotMatch(broken.html, /secret/);
    assert.equal(broken.response.headers.get("x-content-type-options"), "nosniff");
  },
);

timed("onError: one that fails itself falls back to the built-in page, and says so in the log", async () => {
  const { app, log } = make();
  app.onError(() => {
    throw new Error("worse");
  });
  const response = await app.fetch(new Request("http://127.0.0.1/nothing"));
  assert.equal(response.status, 404);
  assert.match(await response.text(), /There is no such page/);
  assert.ok(
    log.lines.some((line) => line.includes("the app's own error page failed") && line.includes("worse")),
  );
});

timed("redirect: within the site it leads where it says; what leads elsewhere is refused", () => {
  const location = (to: string, external = false) => redirect(to, 303, { external }).headers.get("location");
  for (
    const [to, leads] of [["/a?b=1#c", "/a?b=1#c"], ["a", "/a"], ["/a b", "/a%20b"], ["?x=1", "/?x=1"], [
      "/ü",
      "/%C3%BC",
    ]]
  ) {
    assert.equal(location(to!), leads);
  }
  const elsewhere = [
    "//evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/.//evil.test",
    "/a/..//evil.test",
    "/%2e/\\evil.test",
    ".//evil.test",
    "/\t/evil.test",
    "https://evil.test",
    "https:evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://here.invalid:81/",
    "/a\r\nset-cookie: a=b",
    "/a\0",
  ];
  for (const to of elsewhere) assert.throws(() => location(to), { status: 400 }, JSON.stringify(to));
  assert.equal(location("https://other.test/x", true), "https://other.test/x");
  assert.throws(() => location("javascript:alert(1)", true), { status: 400 });
  assert.equal(redirect("/", 308).status, 308);
  return Promise.resolve();
});

timed("href: fills params in and escapes them; a missing one is an error", () => {
  assert.equal(href("/rooms/:room/:seat?", { room: "a/b ü", seat: "7" }), "/rooms/a%2Fb%20%C3%BC/7");
  assert.equal(href("/rooms/:room/:seat?", { room: "a" }), "/rooms/a");
  assert.equal(href("/orders/:id(\\d+)", { id: "7" }), "/orders/7");
  assert.throws(
    () => href("/rooms/:room", {} as never),
    /Cannot write the path \/rooms\/:room: it needs room/,
  );
  assert.throws(() => href("/rooms/:constructor", {} as never), /it needs constructor/);
  return Promise.resolve();
});

timed("development: details of errors, and a script that logs, are for this machine alone", async () => {
  const { app } = make();
  app.page("/", () => {
    throw new Error("the detail", { cause: new Error("the <cause>") });
  });
  const ask = async (info: unknown) => await (await app.fetch(new Request("http://127.0.0.1/"), info)).text();
  const here = { remoteAddr: { hostname: "127.0.0.1" } };
  assert.doesNotMatch(await ask(here), /the detail/, "the absence of a setting is production");
  const child = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("./fixtures/development.tsx", import.meta.url).pathname],
    env: { ARGYLE_ENV: "development" },
  }).output();
  const [local, v6, remote, none, ...pages] = JSON.parse(new TextDecoder().decode(child.stdout));
  assert.match(local, /the detail.*Caused by: Error: the &lt;cause>/s);
  assert.match(v6, /the detail/);
  assert.doesNotMatch(remote, /the detail/);
  assert.doesNotMatch(none, /the detail/);
  // The script that logs follows the client's, under the nonce of the response; a page without ours has none.
  const log =
    /<script type="module" nonce="([^"]+)" src="[^"]*client-[^>]+><\/script><script type="module" nonce="\1" src="\/_argyle\/log-\w+\.js"><\/script><\/head>/;
  assert.deepEqual(pages.map((page: string) => log.test(page)), [
    ...[true, true, false, false],
    ...[false, false, false, false],
  ]);
  assert.ok(pages.every((page: string) => page.includes("Fine") && page.includes("log-") === log.test(page)));
  app.page("/fine", () => "Fine");
  const fine = await app.fetch(new Request("http://127.0.0.1/fine"), here);
  assert.doesNotMatch(await fine.text(), /log-/);
});

timed("compression: what shrinks is zipped where the request takes it, and says that it varies", async () => {
  const { app } = make();
  app.page("/", () => <p>{"x".repeat(5000)}</p>);
  app.page("/small", () => "small");
  app.page("/image", () => new Response("x".repeat(5000), { headers: { "content-type": "image/png" } }));
  app.page(
    "/etag",
    () => new Response("x".repeat(5000), { headers: { "content-type": "text/plain", etag: '"a"' } }),
  );
  const get = (path: string, encoding?: string) =>
    app.fetch(
      new Request(
        `http://127.0.0.1${path}`,
        encoding === undefined ? {} : { headers: { "accept-encoding": encoding } },
      ),
    );
  const unzip = (response: Response) =>
    new Response(response.body!.pipeThrough(new DecompressionStream("gzip"))).text();
  const zipped = await get("/", "gzip, br");
  assert.equal(zipped.headers.get("content-encoding"), "gzip");
  assert.equal(zipped.headers.get("content-length"), null);
  assert.match(zipped.headers.get("vary")!, /accept-encoding/);
  assert.match(await unzip(zipped), /x{5000}/);
  for (const encoding of [undefined, "br", "gzip;q=0", "identity", "*;q=0"]) {
    const plain = await get("/", encoding);
    assert.equal(plain.headers.get("content-encoding"), null, `${encoding}`);
    assert.match(plain.headers.get("vary")!, /accept-encoding/);
    assert.match(await plain.text(), /x{5000}/);
  }
  for (const path of ["/small", "/image"]) {
    const plain = await get(path, "gzip");
    assert.equal(plain.headers.get("content-encoding"), null, path);
    await plain.body?.cancel();
  }
  const etag = await get("/etag", "*");
  assert.deepEqual([etag.headers.get("content-encoding"), etag.headers.get("etag")], ["gzip", 'W/"a"']);
  await etag.body?.cancel();
});

timed(
  "cache: a public page has no cookie, nonce, token or script; an entity tag; and 304 where it is known",
  async () => {
    const { app } = make({ layout: ({ children }) => <main>{children}</main> });
    app.page("/about/:name", ({ params, query }) => (
      <>
        <Head>
          <title>About</title>
          <style>{"p { color: red }"}</style>
        </Head>
        <p>{params.name} {query.get("q")}</p>
      </>
    ), { cache: "public, max-age=60" });
    const first = await load(app, "/about/us?q=1");
    assert.match(first.body, /^<main><p>us 1<\/p><\/main>$/);
    assert.doesNotMatch(first.html, /nonce|<script|data-argyle/);
    const { headers } = first.response;
    assert.equal(headers.get("set-cookie"), null);
    assert.equal(headers.get("cache-control"), "public, max-age=60");
    assert.equal(headers.get("vary"), "accept-encoding");
    const digest = new Uint8Array(
      await crypto.subtle.digest("SHA-256", new TextEncoder().encode("p { color: red }")),
    );
    const policy = headers.get("content-security-policy")!;
    assert.ok(policy.includes(`script-src 'self'; style-src 'self' 'sha256-${digest.toBase64()}';`), policy);
    const etag = headers.get("etag")!;
    assert.equal((await load(app, "/about/us?q=1")).response.headers.get("etag"), etag);
    assert.notEqual((await load(app, "/about/us?q=2")).response.headers.get("etag"), etag);
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const again = await load(app, "/about/us?q=1", { headers: { "if-none-match": known } });
      assert.deepEqual([again.response.status, again.html, again.response.headers.get("etag")], [
        304,
        "",
        etag,
      ]);
    }
    assert.equal(
      (await load(app, "/about/us?q=1", { headers: { "if-none-match": '"x"' } })).response.status,
      200,
    );
  },
);

timed(
  "cache: what is one person's cannot be read in a public page, and nothing can be offered there",
  async () => {
    const { app, log } = make();
    for (const name of ["session", "state", "user", "flash", "get", "ran"]) {
      app.page(`/${name}`, (context) => String((context as unknown as Record<string, unknown>)[name]), {
        cache: "public",
      });
    }
    app.page("/offers", () => <b data-reflex="click->Account#enter" />, { cache: "public" });
    app.page("/layout", () => "x", { cache: "public", layout: ({ user }) => <p>{user}</p> });
    for (const path of ["/session", "/state", "/user", "/get", "/ran", "/offers", "/layout"]) {
      const { response } = await load(app, path);
      assert.equal(response.status, 500, path);
      assert.doesNotMatch(response.headers.get("cache-control")!, /public/);
    }
    assert.ok(log.lines.some((line) => line.includes("Cannot read user in a page with `cache`")));
    assert.ok(log.lines.some((line) => line.includes("Cannot offer Account#enter on /offers")));
  },
);
