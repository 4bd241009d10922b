import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { App, Head, type Html, on, redirect, Reflex } from "@argyle/argyle";
import { Hono } from "hono";
import { FakeClock, open } from "@argyle/argyle/testing";
import { MemoryLog } from "../helpers/peer.ts";

interface Session {
  count?: number;
}

class Counter extends Reflex<Session> {
  add(by: number) {
    this.session.count = (this.session.count ?? 0) + by;
  }
}

function counter(options: ConstructorParameters<typeof App<Session>>[0] = {}): App<Session> {
  const app = new App<Session>({ log: new MemoryLog(), ...options });
  app.reflexes({ Counter });
  app.page("/", ({ session }) => (
    <main>
      <output id="count">{session.count ?? 0}</output>
      <button id="add" {...on("click", Counter, "add", 1)}>+1</button>
    </main>
  ));
  return app;
}

Deno.test("open: two people have a session each, two tabs of one person the same", async () => {
  const app = counter();
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  await ann.click("#add");
  await ann.click("#add");
  await using second = await ann.tab("/");
  assert.deepEqual([ann, bob, second].map((page) => page.text("#count")), ["2", "0", "2"]);
  // Another tab is another visit: it is not patched along.
  await second.click("#add");
  assert.deepEqual([ann, bob, second].map((page) => page.text("#count")), ["2", "0", "3"]);
});

Deno.test("open: people act side by side, each in a document of their own", async () => {
  const app = counter();
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  await Promise.all([ann.click("#add"), bob.click("#add"), ann.click("#add")]);
  assert.deepEqual([ann.text("#count"), bob.text("#count")], ["2", "1"]);
});

Deno.test("open: a reload shows what the session holds, and goes on from there", async () => {
  await using ann = await open(counter(), "/");
  await ann.click("#add");
  await ann.reload();
  assert.equal(ann.text("#count"), "1");
  await ann.click("#add");
  assert.equal(ann.text("#count"), "2");
});

Deno.test("open: a session goes on under the cookie that it had", async () => {
  const app = counter();
  await using ann = await open(app, "/");
  await ann.click("[data-reflex='click->Counter#add']");
  await using later = await open(app, "/", { cookie: ann.cookie });
  await using bob = await open(app, "/");
  assert.deepEqual([later, bob].map((page) => page.text("#count")), ["1", "0"]);
});

Deno.test("open: every request carries the person's headers, and what browsers say of themselves", async () => {
  const app = counter();
  const seen: (string | null)[][] = [];
  app.use(({ request, url }, next) => {
    const { headers } = request;
    const named = ["accept-language", "origin", "sec-fetch-site"].map((name) => headers.get(name));
    seen.push([request.method, url.href, ...named]);
    return next();
  });
  app.route("/say", { POST: () => redirect("/") });
  app.page("/form", () => (
    <form method="post" action="/say">
      <button>Say</button>
    </form>
  ));
  await using ann = await open(app, "/form#top", { headers: { "accept-language": "de" } });
  await ann.click("button");
  const [, socket, ...posted] = seen.filter(([method, url]) =>
    method !== "GET" || url !== "http://localhost/"
  );
  assert.deepEqual(seen[0], ["GET", "http://localhost/form", "de", null, "same-origin"]);
  // Middleware runs for the socket as for the page that it belongs to.
  assert.deepEqual(socket, ["GET", "http://localhost/form", "de", "http://localhost", null]);
  assert.deepEqual(posted, [["POST", "http://localhost/say", "de", "http://localhost", "same-origin"]]);
});

Deno.test("open: an app below a base, at an origin of its own, and in another app", async () => {
  const app = counter({ base: "/shop", origins: ["https://shop.test"] });
  await using ann = await open(app, "/shop/", { origin: "https://shop.test" });
  await ann.click("#add");
  assert.deepEqual([ann.url, ann.text("#count")], ["https://shop.test/shop/", "1"]);

  const outer = new App({ log: new MemoryLog() }).mount(counter({ base: "/inner" }));
  await using bob = await open(outer, "/inner");
  await bob.click("#add");
  assert.equal(bob.text("#count"), "1");
});

Deno.test("open: an app that is mounted in another framework's", async () => {
  const app = counter({ base: "/live" });
  const hono = new Hono();
  hono.get("/", (c) => c.html(`<a href="/live/">Live</a>`));
  hono.all("/live/*", (c) => app.fetch(c.req.raw));
  await using ann = await open(hono, "/");
  await ann.click("a");
  await ann.click("#add");
  assert.deepEqual([ann.url, ann.text("#count")], ["http://localhost/live/", "1"]);
});

Deno.test("open: a clock that nobody turns stops no click", async () => {
  const clock = new FakeClock();
  await using ann = await open(counter({ clock }), "/", { clock });
  await ann.click("#add");
  assert.equal(ann.text("#count"), "1");
});

Deno.test("open: a redirect is followed; a page that is not there, or only shows, is shown", async () => {
  const app = counter();
  app.page("/old", () => redirect("/about#top"));
  app.page("/about", () => <p>About us</p>, { cache: "max-age=60" });
  await using ann = await open(app, "/old");
  assert.deepEqual([ann.url, ann.text("p"), ann.live], ["http://localhost/about#top", "About us", false]);
  await ann.goto("/nowhere");
  assert.equal(ann.status, 404);
});

Deno.test("open: what cannot be opened says why", async () => {
  const app = counter();
  app.page("/round", () => redirect("/round"));
  app.route("/away", { GET: () => Response.redirect("https://elsewhere.test/") });
  await assert.rejects(open(app, "/round"), {
    message: "Cannot go to http://localhost/round: 20 redirects lead to one another.",
  });
  await assert.rejects(open(app, "/away"), {
    message: "Cannot go to https://elsewhere.test/: it is not of http://localhost.",
  });
});

Deno.test("open: a page whose socket is refused is not taken for a live one", async () => {
  const app = counter({ limits: { socketsPerSession: 1 } });
  // The first page has to come to life within it, on a machine that has other things to do.
  await using ann = await open(app, "/", { patience: 2500 });
  await assert.rejects(ann.tab("/"), { message: "Cannot open /: the app has refused the page's socket." });
});

Deno.test("open: without its script a page is links and forms", async () => {
  const app = new App({ log: new MemoryLog() });
  const said: string[] = [];
  const Page = ({ children }: { children: Html }) => (
    <main>
      <Head>
        <title>Book</title>
      </Head>
      {children}
    </main>
  );
  app.page("/", () => (
    <Page>
      <a href="/sign?by=Ann">Sign</a>
      <ul>{said.map((text) => <li key={text}>{text}</li>)}</ul>
    </Page>
  ));
  app.page("/sign", ({ query }) => (
    <Page>
      <form method="post">
        <input name="name" value={query.get("by") ?? ""} />
        <textarea name="text" />
        <button name="how" value="loud">Say</button>
      </form>
      <form action="/">
        <button id="back">Back</button>
      </form>
    </Page>
  ));
  app.route("/sign", {
    async POST({ form }) {
      const fields = await form();
      said.push(["name", "text", "how"].map((name) => fields.get(name).text(100)).join(" "));
      return redirect("/");
    },
  });
  await using ann = await open(app, "/", { script: false });
  assert.equal(ann.live, false);
  await ann.click("a");
  assert.equal(ann.url, "http://localhost/sign?by=Ann");
  await ann.submit("form[method=post]", { text: "Hello" });
  assert.deepEqual([ann.url, ann.texts("li")], ["http://localhost/", ["Ann Hello loud"]]);
  await ann.goto("/sign");
  await ann.click("#back");
  assert.equal(ann.url, "http://localhost/");
});

Deno.test("open: without a script a reflex in a form is posted, from wherever it stands", async () => {
  class Notes extends Reflex {
    add() {
      if (this.fields.get("text").text() === "") this.abort("Say something");
      (this.session.notes ??= []).push(this.fields.get("text").text());
    }
  }
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Notes });
  app.page("/", ({ session, query, flash }) => (
    <form {...on("submit", Notes, "add")}>
      <p>{query.get("q")}: {(session.notes ?? []).join()}</p>
      <i>{flash.map(({ text }) => text)}</i>
      <input name="text" />
      <button>Add</button>
    </form>
  ));
  for (const script of [false, true]) {
    await using ann = await open(app, "/?q=1", { script });
    await ann.submit("form", { text: "one" });
    assert.deepEqual([ann.url, ann.text("p")], ["http://localhost/?q=1", "1: one"]);
    if (script) continue;
    await ann.submit("form");
    assert.deepEqual([ann.status, ann.text("i")], [409, "Say something"]);
  }
});

Deno.test("open: who is logged in stays so, in all tabs", async () => {
  class Account extends Reflex {
    enter() {
      this.login("ann");
    }
  }
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Account });
  // It takes its time, for the socket that comes after the login too.
  app.use(async (_, next) => {
    for (let n = 0; n < 5; n++) await setImmediate();
    return await next();
  });
  app.page("/", ({ user }) => <p id="who" {...on("click", Account, "enter")}>{user ?? "nobody"}</p>);
  await using ann = await open(app, "/");
  await ann.click("#who");
  assert.deepEqual([ann.text("#who"), ann.last.frames.at(-1)?.[0]], ["ann", "ready"]);
  await using tab = await ann.tab("/");
  assert.equal(tab.text("#who"), "ann");
});

Deno.test("open: a page that is closed says so", async () => {
  const ann = await open(counter(), "/");
  await ann[Symbol.asyncDispose]();
  await ann[Symbol.asyncDispose]();
  assert.throws(() => ann.text("#count"), { message: "Cannot use the page: it is closed." });
  await assert.rejects(ann.click("#add"), { message: "Cannot use the page: it is closed." });
});
