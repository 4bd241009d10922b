import assert from "node:assert/strict";
import { App, Head, Live, on, redirect, Reflex, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { FakeClock } from "@argyle/argyle/testing";
import { goTo, landed, pageAt } from "../../helpers/landed.ts";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";
import { memory } from "@argyle/argyle/memory";

const News = topic("news"), Prices = topic("prices");

class Counter extends Reflex {
  add(by: number) {
    this.session.count = (this.session.count ?? 0) + by;
  }
}

async function open(options: AppOptions = {}) {
  const clock = new FakeClock(), log = new MemoryLog();
  const said = { news: "Rain", price: 1 };
  const app = new App({
    log,
    clock,
    layout: ({ children }) => (
      <>
        <header id="top">
          <h1>The shop</h1>
          <nav>
            <a href="/">Home</a> <a href="/orders">Orders</a> <a href="/news">News</a>
          </nav>
        </header>
        <main id="main">{children}</main>
        <footer id="foot">All rights are somebody's.</footer>
      </>
    ),
    ...options,
  });
  app.reflexes({ Counter });
  app.page(
    "/",
    ({ session }) => <button id="n" {...on("click", Counter, "add", 1)}>{session.count ?? 0}</button>,
  );
  app.page("/orders", ({ session, query }) => (
    <p id="orders" {...on("click", Counter, "add", 10)}>
      <Head>
        <title>Orders</title>
      </Head>
      {session.count ?? 0} orders, page {query.get("page") ?? "1"}
    </p>
  ));
  app.page("/news", ({ subscribe }) => {
    subscribe(News());
    return (
      <article>
        <p id="news">{said.news}</p>
        <Live topic={Prices()} id="price">{() => <b>{said.price}</b>}</Live>
      </article>
    );
  });
  app.page("/old", () => redirect("/orders?page=2#last"));
  app.page("/away", () => redirect("https://elsewhere.test/", 303, { external: true }));
  app.page("/loop", () => redirect("/loop"));
  app.page(
    "/deep/:n",
    ({ params: { n } }) => n === "0" ? redirect("/orders") : redirect(`/deep/${Number(n) - 1}`),
  );
  app.page("/gone", () => new Response("Gone", { status: 410 }));
  app.page("/throws", () => {
    throw new Error("This is for the log.");
  });
  app.page("/public", () => <p>For all</p>, { cache: "public, max-age=60" });
  const runs = { route: 0 };
  app.route("/route", { GET: () => (runs.route++, new Response("Not a page")) });
  const server = await app.listen({ port: 0 });
  const page = await load(app);
  const peer = await Peer.live(server, page);
  return {
    app,
    clock,
    log,
    said,
    runs,
    server,
    page,
    peer,
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

timed("a visit brings another page: only what differs, with a token that is its own", async () => {
  await using site = await open();
  const { app, peer, page } = site;
  peer.send(["visit", 1, "/orders?page=3"]);
  const frame = await peer.next();
  const { id, url, token, visit, operations, ticket } = landed(frame);
  assert.equal(id, 1);
  assert.equal(url, "/orders?page=3");
  assert.notEqual(token, page.token);
  assert.notEqual(visit, page.visit);
  assert.equal(visit.length, 6);
  assert.equal(ticket, undefined);
  assert.ok(operations.every(([name]) => name !== "body"), JSON.stringify(operations));
  assert.ok(!JSON.stringify(operations).includes("The shop"), JSON.stringify(operations));
  // Most of it is the token.
  const bytes = new TextEncoder().encode(peer.texts.at(-1)!).length - token.length;
  assert.ok(bytes <= 320, `${bytes} bytes: ${JSON.stringify(operations)}`);
  // It is what a GET would have brought.
  const loaded = await load(app, "/orders?page=3", { cookie: page.cookie });
  assert.ok(loaded.body.includes("page 3"));
  // What it offers can be called, and its patches count from 0.
  assert.deepEqual(await peer.call("Counter#add", [10]), [
    "patch",
    1,
    [["text", "orders", "10 orders, page 3"]],
    [1],
  ]);
});

timed("a page that was gone to is live again on another socket, and its former offers are gone", async () => {
  await using site = await open();
  const { peer, page, server, clock } = site;
  peer.send(["visit", 1, "/orders"]);
  const there = landed(await peer.next());
  clock.turn(10_001);
  assert.deepEqual(await peer.call("Counter#add", [1]), ["resync", "offer"]);
  assert.equal((await peer.next())[2], "stale");
  await using other = await Peer.live(server, pageAt(there, page));
  other.send(["call", 2, 0, "Counter#add", [10]]);
  assert.deepEqual(await other.next(), ["patch", 1, [["text", "orders", "10 orders, page 1"]], [2]]);
});

timed("redirects inside the app are followed, and the URL says where they end", async () => {
  await using site = await open();
  const { peer } = site;
  peer.send(["visit", 1, "/old"]);
  assert.equal(landed(await peer.next()).url, "/orders?page=2#last");
  peer.send(["visit", 2, "/deep/4"]);
  assert.equal(landed(await peer.next()).url, "/orders");
  peer.send(["visit", 3, "/deep/5"]);
  assert.deepEqual(await peer.next(), ["go", "/deep/5"]);
});

timed("what is no page of the app is loaded in full, and a route is not run for that", async () => {
  await using site = await open();
  const { peer, runs } = site;
  let id = 0;
  for (
    const path of [
      "/away",
      "/loop",
      "/gone",
      "/throws",
      "/public",
      "/route",
      "/nowhere",
      "/favicon.ico",
      "/_argyle/socket",
      "/_argyle/health",
      "/_argyle/ticket",
      "/%2fx",
      "/.//elsewhere.test",
    ]
  ) {
    peer.send(["visit", ++id, path]);
    assert.deepEqual(await peer.next(), ["go", path], path);
  }
  assert.equal(runs.route, 0);
  // The page is what it was.
  assert.deepEqual(await peer.call("Counter#add", [1]), ["patch", 1, [["text", "n", "1"]], [1]]);
});

timed("topics of the page that was left are left, and those of the new one followed", async () => {
  await using site = await open();
  const { app, peer, said } = site;
  await goTo(peer, 1, "/news");
  said.news = "Sun";
  await app.publish(News());
  assert.deepEqual(await peer.next(), ["patch", 1, [["text", "news", "Sun"]]]);
  said.price = 2;
  await app.publish(Prices());
  const [kind, version, operations] = await peer.next();
  assert.deepEqual([kind, version], ["patch", 2]);
  assert.ok(JSON.stringify(operations).includes("2"));
  await goTo(peer, 2, "/");
  said.news = "Snow";
  await app.publish(News(), Prices());
  await peer.quiet();
  assert.deepEqual(await peer.call("Counter#add", [1]), ["patch", 1, [["text", "n", "1"]], [1]]);
});

timed("without knowing what the browser shows, the whole page is sent", async () => {
  const engine = memory(), secrets = ["an isolate's secret, 0123456789 abcdefghij"];
  await using one = await open({ ...engine, secrets });
  await using other = await open({ ...engine, secrets });
  await using peer = await Peer.live(other.server, one.page);
  peer.send(["visit", 1, "/orders"]);
  const there = landed(await peer.next());
  assert.deepEqual(there.operations.map(([name]) => name), ["head", "body"]);
  assert.deepEqual(await peer.call("Counter#add", [10]), [
    "patch",
    1,
    [["text", "orders", "10 orders, page 1"]],
    [1],
  ]);
});
