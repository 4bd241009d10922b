import assert from "node:assert/strict";
import { App, Reflex } from "@argyle/argyle";
import { Path } from "@argyle/argyle/protocol";
import { newCookie } from "../../../server/http/cookie.ts";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

class Cookies extends Reflex<{ count?: number }> {
  set() {
    this.session.count = 1;
    this.cookie("theme", "dark; Path=/evil\r\n", {
      maxAge: 60,
      path: "/shop",
      sameSite: "strict",
      httpOnly: false,
    });
    this.cookie("old", "1");
    this.cookie("old", null);
  }
  enter() {
    this.login("ann");
    this.cookie("theme", "light");
    this.redirect("/home");
  }
  fails() {
    this.cookie("theme", "dark");
    throw new Error("no");
  }
  session2() {
    this.cookie("argyle-app", "planted");
  }
  told() {
    return { names: [...this.headers.keys()], agent: this.headers.get("user-agent") };
  }
}

async function open() {
  const log = new MemoryLog();
  const app = new App<{ count?: number }>({ log });
  app.reflexes({ Cookies });
  const offers = "set enter fails session2 told".split(" ").map((name) => `click->Cookies#${name}`).join(" ");
  app.page("/", ({ user, session }) => <p data-reflex={offers}>{user ?? "nobody"} {session.count ?? 0}</p>);
  const server = await app.listen({ port: 0 });
  const page = await load(app);
  const peer = await Peer.live(server, page);
  return {
    app,
    log,
    page,
    peer,
    redeem(ticket: string, cookie = page.cookie) {
      const headers = { cookie, "content-type": "text/plain", "sec-fetch-site": "same-origin" };
      return app.fetch(
        new Request(`http://127.0.0.1${Path.ticket}`, { method: "POST", body: ticket, headers }),
      );
    },
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

timed("cookie: is fetched with a ticket, once; the session stays the one it was", async () => {
  await using site = await open();
  assert.equal((await site.peer.call("Cookies#set"))[0], "patch");
  const [kind, ticket] = await site.peer.next() as string[];
  assert.equal(kind, "ticket");
  const response = await site.redeem(ticket!);
  assert.equal(response.status, 204);
  assert.deepEqual(response.headers.getSetCookie(), [
    "theme=dark%3B%20Path%3D%2Fevil%0D%0A; Max-Age=60; Path=/shop; SameSite=Strict",
    "old=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
  ]);
  assert.equal((await site.redeem(ticket!)).status, 403);
  assert.match((await load(site.app, "/", { cookie: site.page.cookie })).body, /nobody 1/);
  await site.peer.quiet();
});

timed("cookie: is nobody else's, and burnt where somebody else brings the ticket", async () => {
  await using site = await open();
  await site.peer.call("Cookies#set");
  const [, ticket] = await site.peer.next() as string[];
  const stranger = await load(site.app);
  assert.equal((await site.redeem(ticket!, stranger.cookie)).status, 403);
  assert.equal((await site.redeem(ticket!)).status, 403);
});

timed("cookie: goes with a login and a redirect on one ticket", async () => {
  await using site = await open();
  await site.peer.call("Cookies#enter");
  const [kind, to, ticket] = await site.peer.next() as string[];
  assert.deepEqual([kind, to], ["go", "/home"]);
  const [session, theme] = (await site.redeem(ticket!)).headers.getSetCookie();
  assert.equal(theme, "theme=light; Path=/; HttpOnly; SameSite=Lax");
  assert.match((await load(site.app, "/", { cookie: session!.split(";")[0]! })).body, /ann 0/);
});

timed("cookie: of a call that fails there is none, and the session's is not to be set", async () => {
  await using site = await open();
  assert.equal((await site.peer.call("Cookies#fails"))[2], "failed");
  assert.equal((await site.peer.call("Cookies#session2"))[2], "failed");
  await site.peer.quiet();
});

Deno.test("newCookie: names, paths, ages and sizes that cannot be are refused", () => {
  for (const name of ["", "a b", "a=b", "__Host-a", "__secure", "ARGYLE-app", "ä", "a".repeat(129)]) {
    assert.throws(() => newCookie(name, "1", {}), TypeError, name);
  }
  for (const path of ["shop", "/a;b", "/a b", "/a\n", ""]) {
    assert.throws(() => newCookie("a", "1", { path }), TypeError, path);
  }
  for (const maxAge of [-1, 1.5, NaN, Infinity]) {
    assert.throws(() => newCookie("a", "1", { maxAge }), TypeError);
  }
  assert.throws(() => newCookie("a", "1", { sameSite: "none" as "lax" }), TypeError);
  assert.throws(() => newCookie("a", 1 as unknown as string, {}), TypeError);
  assert.throws(() => newCookie("a", "€".repeat(500), {}), RangeError);
  assert.equal(newCookie("a", "x".repeat(3798), {}).value.length, 3798);
});

timed("headers: of the socket's request, without its cookies", async () => {
  await using site = await open();
  const [, , value] = await site.peer.call("Cookies#told") as [
    string,
    number,
    { names: string[]; agent: string },
  ];
  assert.match(value.agent, /^Deno\//);
  assert.ok(value.names.includes("origin"));
  assert.deepEqual(value.names.filter((name) => /cookie|sec-websocket|upgrade/.test(name)), []);
});
