import assert from "node:assert/strict";
import { App, Head, Live, on, ops, Reflex, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { Attribute } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import { z } from "zod";
import { goTo, landed } from "../../helpers/landed.ts";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

interface Session {
  name?: string;
}

const Room = topic("room/:room", { presence: z.object({ name: z.string() }) });
const said: string[] = [];

class Talk extends Reflex<Session> {
  say(text: string) {
    said.push(text);
    this.publish(Room({ room: "a" }));
  }
  rename(name: string) {
    this.session.name = name;
  }
  note() {
    this.flash("notice", "Well done");
    this.redirect("/flash");
  }
}

async function open(options: AppOptions<Session> = {}) {
  said.length = 0;
  const clock = new FakeClock(), log = new MemoryLog();
  const app = new App<Session>({ clock, log, ...options });
  app.reflexes({ Talk });
  app.page("/", () => (
    <main>
      <i {...on("click", Talk, "note")} />
      <i {...on("click", Talk, "rename", "Ann")} />
    </main>
  ));
  app.page(
    "/who/:room",
    async ({ params, present }) => (
      <output id="who">{(await present(Room(params))).map(({ name }) => name).join()}</output>
    ),
  );
  app.page("/in/:room", ({ params, url, join }) => {
    join(Room(params), { name: url.searchParams.get("name") ?? "Somebody" });
    return <p id="in">In {params.room}</p>;
  });
  app.page("/room/:room", ({ params, subscribe }) => {
    subscribe(Room(params));
    return (
      <main>
        <ul id="said">{said.map((text, at) => <li key={at}>{text}</li>)}</ul>
        <Live<Session> id="me" topic={[]}>
          {({ session }) => (
            <p>
              <b>{session.name ?? "Nobody"}</b>
              <i {...on("click", Talk, "say", "Hello").on("click", Talk, "rename", "Bob")} />
            </p>
          )}
        </Live>
      </main>
    );
  }, { key: ({ params }) => params.room });
  app.page("/script/:name", ({ params: { name }, flash }) => (
    <p id="flash">
      <Head>
        <title>{flash.map(({ text }) => text).join()}</title>
        <script src={`/${name}.js`} />
        <link rel="stylesheet" href="/style.css" data-navigate-track />
      </Head>
      {flash.map(({ text }) => text).join()}
      <i {...on("click", Talk, "note")} />
    </p>
  ));
  app.page("/flash", ({ flash }) => <p id="flash">{flash.map(({ text }) => text).join()}</p>);
  const server = await app.listen({ port: 0 });
  return { app, clock, log, server, [Symbol.asyncDispose]: () => server.stop() };
}

timed(
  "presence: whoever goes from page to page is on the topics of the one, and not of the other",
  async () => {
    await using site = await open();
    const { app, server, clock } = site;
    await using watcher = await Peer.live(server, await load(app, "/who/a"));
    await using ann = await Peer.live(server, await load(app, "/in/a?name=Ann"));
    assert.deepEqual(await watcher.next(), ["patch", 1, [["text", "who", "Ann"]]]);
    // Between two pages of one topic nobody comes or goes.
    await goTo(ann, 1, "/in/a?name=Ann&again");
    await watcher.quiet();
    // It is not the moment for which a socket may be away: they have gone.
    await goTo(ann, 2, "/in/b?name=Ann");
    assert.deepEqual(await watcher.next(), ["patch", 2, [["text", "who", ""]]]);
    await goTo(ann, 3, "/in/a?name=Anna");
    assert.deepEqual(await watcher.next(), ["patch", 3, [["text", "who", "Anna"]]]);
    await ann[Symbol.asyncDispose]();
    clock.turn(1000);
    assert.deepEqual(await watcher.next(), ["patch", 4, [["text", "who", ""]]]);
  },
);

timed(
  "a shared page that is gone to is shared: one render for all, and a private part of one's own",
  async () => {
    await using site = await open();
    const { app, server } = site;
    const page = await load(app);
    await using ann = await Peer.live(server, page);
    await using bob = await Peer.live(server, await load(app, "/room/a"));
    assert.equal((await ann.call("Talk#rename", ["Ann"]))[0], "done");
    const { operations } = await goTo(ann, 1, "/room/a");
    assert.ok(JSON.stringify(operations).includes("<b>Ann</b>"), JSON.stringify(operations));
    bob.send(["call", 1, 0, "Talk#say", ["Hello"]]);
    const patched = await ann.next();
    assert.deepEqual(patched.slice(0, 2), ["patch", 1]);
    assert.ok(JSON.stringify(patched).includes("Hello"));
    assert.deepEqual((await bob.next()).slice(0, 2), ["patch", 1]);
    // The parts are one's own, and their calls are offered.
    ann.send(["call", 2, 1, "Talk#rename", ["Bob"]]);
    const renamed = await ann.next();
    assert.ok(JSON.stringify(renamed).includes("Bob"), JSON.stringify(renamed));
    await goTo(ann, 2, "/room/b");
    await app.publish(Room({ room: "a" }));
    await ann.quiet();
    await goTo(ann, 3, "/");
    await ann.quiet();
  },
);

timed("what is said to a page's people reaches who has gone there, and not who has left", async () => {
  await using site = await open();
  const { app, server } = site;
  await using ann = await Peer.live(server, await load(app));
  await goTo(ann, 1, "/room/a");
  await app.broadcast(Room({ room: "a" }), ops().setTitle("to the room"));
  assert.deepEqual((await ann.next()).slice(0, 2), ["patch", 1]);
  // The page shows what was put there by hand: the next one is sent whole, or mends it.
  await goTo(ann, 2, "/");
  await app.broadcast(Room({ room: "a" }), ops().setTitle("to the room"));
  await ann.quiet();
});

timed("flash: it is shown once, on the page that is gone to, as on one that is loaded", async () => {
  await using site = await open();
  const { app, server } = site;
  const page = await load(app);
  await using ann = await Peer.live(server, page);
  assert.deepEqual(await ann.call("Talk#note"), ["done", 1]);
  assert.deepEqual(await ann.next(), ["go", "/flash"]);
  // Who only points at the link takes nothing away.
  ann.send(["visit", 1, "/flash", 1]);
  await ann.quiet();
  const { operations } = await goTo(ann, 2, "/flash");
  assert.ok(JSON.stringify(operations).includes("Well done"), JSON.stringify(operations));
  await goTo(ann, 3, "/");
  assert.ok(!JSON.stringify((await goTo(ann, 4, "/flash")).operations).includes("Well done"));
  assert.match((await load(app, "/flash", { cookie: page.cookie })).body, /<p id="flash"><\/p>/);
});

timed(
  "cookies of the answers on the way wait behind a ticket, and are sent to what comes after",
  async () => {
    await using site = await open();
    const { app, server } = site;
    const seen: (string | null)[] = [];
    app.use(async ({ request, path }, next) => {
      if (path.startsWith("/in/")) seen.push(request.headers.get("cookie"));
      const response = await next();
      if (path === "/in/a") response.headers.append("set-cookie", "last=a; Path=/; HttpOnly");
      if (path === "/in/b") response.headers.append("set-cookie", "last=; Path=/; Max-Age=0");
      if (path === "/in/c") response.headers.append("set-cookie", "deep=c; Path=/in");
      return response;
    });
    const page = await load(app);
    await using ann = await Peer.live(server, page);
    const { ticket } = await goTo(ann, 1, "/in/a");
    assert.match(String(ticket), /^[\w-]{22}$/);
    const redeem = () =>
      app.fetch(
        new Request("http://127.0.0.1/_argyle/ticket", {
          method: "POST",
          body: ticket!,
          headers: { cookie: page.cookie, "sec-fetch-site": "same-origin", "content-type": "text/plain" },
        }),
      );
    const redeemed = await redeem();
    assert.deepEqual([redeemed.status, redeemed.headers.getSetCookie()], [204, ["last=a; Path=/; HttpOnly"]]);
    assert.equal((await redeem()).status, 403);
    await goTo(ann, 2, "/in/b");
    assert.equal(seen.at(-1), `${page.cookie}; last=a`);
    await goTo(ann, 3, "/in/d");
    assert.equal(seen.at(-1), page.cookie);
    // Only the browser knows which of its pages are sent a cookie of another path.
    ann.send(["visit", 4, "/in/c"]);
    assert.deepEqual(await ann.next(), ["go", "/in/c"]);
  },
);

timed("a session's cookie that is to be told again comes by ticket, once", async () => {
  await using site = await open({ limits: { socketAge: 30 * 86_400_000 } });
  const { app, server, clock } = site;
  const page = await load(app);
  await using ann = await Peer.live(server, page);
  clock.turn(86_400_000);
  assert.equal((await goTo(ann, 1, "/in/a")).ticket, undefined);
  clock.turn(1);
  const { ticket } = await goTo(ann, 2, "/in/b");
  const redeemed = await app.fetch(
    new Request("http://127.0.0.1/_argyle/ticket", {
      method: "POST",
      body: ticket!,
      headers: { cookie: page.cookie, "sec-fetch-site": "same-origin", "content-type": "text/plain" },
    }),
  );
  assert.match(redeemed.headers.getSetCookie().join("\n"), /^argyle-app=[^;]+;/);
  assert.equal((await goTo(ann, 3, "/in/a")).ticket, undefined);
});

timed("a session that has ended is loaded in full; one that was doubted goes on", async () => {
  await using site = await open();
  const { app, server } = site;
  class Door extends Reflex {
    enter() {
      this.login("ann");
    }
  }
  app.reflexes({ Door });
  app.page("/door", ({ user }) => <p id="door" {...on("click", Door, "enter")}>{user ?? "nobody"}</p>);
  const page = await load(app, "/door");
  await using ann = await Peer.live(server, page);
  await using tab = await Peer.live(server, await load(app, "/", { cookie: page.cookie }));
  await app.disconnect({ session: "somebody else's" });
  await goTo(tab, 1, "/in/a");
  assert.equal((await ann.call("Door#enter"))[0], "done");
  const [kind, ticket] = await ann.next();
  assert.equal(kind, "ticket");
  const redeemed = await app.fetch(
    new Request("http://127.0.0.1/_argyle/ticket", {
      method: "POST",
      body: String(ticket),
      headers: { cookie: page.cookie, "sec-fetch-site": "same-origin", "content-type": "text/plain" },
    }),
  );
  assert.equal(redeemed.status, 204);
  assert.deepEqual(await tab.next(), ["resync", "identity"]);
  tab.send(["visit", 2, "/in/b"]);
  assert.deepEqual(await tab.next(), ["go", "/in/b"]);
  ann.send(["visit", 1, "/in/b"]);
  assert.deepEqual(await ann.next(), ["go", "/in/b"]);
});

timed("navigation: true stands on the script element of each page that is live", async () => {
  await using site = await open({ navigation: true });
  const { html } = await load(site.app);
  assert.match(
    html,
    new RegExp(`<script [^>]*${Attribute.page}="[^"]+"[^>]* ${Attribute.navigate}></script>`),
  );
  await using other = await open();
  assert.ok(!(await load(other.app)).html.includes(Attribute.navigate));
  assert.equal(landed(["page", 1, "/", "t", "v", [], undefined]).id, 1);
});

timed(
  "messages that are shown once are not used up by a page that the browser has to load in full",
  async () => {
    await using site = await open();
    const { app, server } = site;
    const page = await load(app);
    await using peer = await Peer.live(server, page);
    await peer.call("Talk#note");
    await peer.next();
    peer.send(["visit", 1, "/script/a"]);
    assert.deepEqual(await peer.next(), ["go", "/script/a"]);
    const loadIt = () => load(app, "/script/a", { cookie: page.cookie });
    assert.ok((await loadIt()).body.includes("Well done"));
    // Where all that it needs is there, it comes over the socket.
    await using there = await Peer.live(server, { ...await loadIt(), cookie: page.cookie });
    await there.call("Talk#note");
    await there.next();
    const { operations } = await goTo(there, 1, "/script/a?again");
    assert.ok(JSON.stringify(operations).includes("Well done"), JSON.stringify(operations));
  },
);
