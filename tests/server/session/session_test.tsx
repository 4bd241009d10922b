import assert from "node:assert/strict";
import { App, Reflex } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { kv, openKv } from "@argyle/argyle/kv";
import { memory } from "@argyle/argyle/memory";
import { Path } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import { z } from "zod";
import { load, type LoadedPage, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const day = 86_400_000;

class Account extends Reflex<{ cart?: string[] }> {
  put(item: string) {
    (this.session.cart ??= []).push(item);
  }
  enter() {
    this.login("ann");
  }
  leave() {
    this.logout();
  }
  slow() {
    const { promise, resolve } = Promise.withResolvers<void>();
    release = resolve;
    (this.session.cart ??= []).push("late");
    return promise;
  }
}

let release: (() => void) | undefined;

function make(options: AppOptions<{ cart?: string[] }> = {}) {
  const log = new MemoryLog();
  const app = new App<{ cart?: string[] }>({ log, ...options });
  app.reflexes({ Account });
  app.page("/", ({ session, user }) => (
    <main>
      <p id="user">{user ?? "nobody"}</p>
      <p id="cart">{session.cart?.join(" ") ?? "empty"}</p>
      <b data-reflex="click->Account#enter click->Account#leave click->Account#put click->Account#slow" />
    </main>
  ));
  return { app, log };
}

function redeem(app: App<{ cart?: string[] }>, ticket: string, cookie: string, init: RequestInit = {}) {
  return app.fetch(
    new Request(`http://127.0.0.1${Path.ticket}`, {
      method: "POST",
      body: ticket,
      ...init,
      headers: {
        cookie,
        "sec-fetch-site": "same-origin",
        "content-length": String(ticket.length),
        ...init.headers,
      },
    }),
  );
}

function cookieOf(response: Response): string {
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}

timed("cookie: a GET without one gets one, with everything that a session cookie should have", async () => {
  const { app } = make();
  const cookie = (await load(app)).response.headers.get("set-cookie")!;
  assert.match(cookie, /^argyle-app=[\w-]{94}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/);
  const secure = make({ hosts: ["shop.test"], name: "shop" }).app;
  const host = (await load(secure, "/", { origin: "https://shop.test" })).response.headers.get("set-cookie")!;
  assert.match(
    host,
    /^__Host-argyle-shop=[\w-]{94}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
});

timed("cookie: its name carries the app's name and base, without two of them meeting", async () => {
  const name = async (options: AppOptions) =>
    (await load(make(options).app, options.base ?? "/")).cookie.split("=")[0];
  assert.equal(await name({ name: "shop" }), "argyle-shop");
  assert.equal(await name({ name: "shop", base: "/a/b" }), "argyle-shop-a-b");
  assert.equal(await name({ name: "shop", base: "/a-b" }), "argyle-shop-a--b");
  assert.equal(await name({ name: "müll;x" }), "argyle-m_ll_x");
});

timed("cookie: one that verifies is not written again, until it is a day old", async () => {
  const clock = new FakeClock();
  const { app } = make({ clock });
  const page = await load(app);
  assert.equal((await load(app, "/", { cookie: page.cookie })).response.headers.get("set-cookie"), null);
  clock.turn(day + 1000);
  const renewed = await load(app, "/", { cookie: page.cookie });
  assert.ok(renewed.response.headers.get("set-cookie"));
  assert.notEqual(renewed.cookie, page.cookie);
});

timed("cookie: ends after a week of nothing, and after a month of anything", async () => {
  const clock = new FakeClock();
  const { app } = make({ clock });
  await using server = await app.listen({ port: 0 });
  let { cookie } = await load(app);
  clock.turn(7 * day + 1000);
  assert.notEqual((await load(app, "/", { cookie })).cookie, cookie);
  cookie = (await load(app)).cookie;
  const page = await load(app, "/", { cookie });
  await using peer = await Peer.live(server, page);
  await peer.call("Account#put", []);
  for (let days = 0; days < 29; days += 2) {
    clock.turn(2 * day);
    const next = await load(app, "/", { cookie });
    if (days < 28) assert.doesNotMatch(next.body, /empty/, `after ${days} days`);
    cookie = next.cookie;
  }
  clock.turn(2 * day);
  assert.match((await load(app, "/", { cookie })).body, /empty/);
});

timed("cookie: one that does not verify gets a new session on GET, and no socket", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  const [name, value] = page.cookie.split("=") as [string, string];
  const flipped = `${value.slice(0, 40)}${value[40] === "A" ? "B" : "A"}${value.slice(41)}`;
  const other = (await load(make().app)).cookie;
  for (
    const forged of [
      "",
      "x",
      "A".repeat(94),
      flipped,
      value.slice(0, -4),
      `${value}AAAA`,
      other.split("=")[1]!,
    ]
  ) {
    const cookie = `${name}=${forged}`;
    assert.ok((await load(app, "/", { cookie })).response.headers.get("set-cookie"), forged);
    await assert.rejects(() => Peer.connect(server, { cookie }), /403/);
  }
  await assert.rejects(() => Peer.connect(server), /403/);
});

timed(
  "cookie: the first that verifies counts, so that a planted one of the same name is passed over",
  async () => {
    const { app } = make();
    const page = await load(app);
    const planted = (await load(make().app)).cookie;
    const both = await load(app, "/", { cookie: `${planted}; ${page.cookie}` });
    assert.equal(both.response.headers.get("set-cookie"), null);
    const tooMany = `${Array(4).fill(planted).join("; ")}; ${page.cookie}`;
    assert.ok((await load(app, "/", { cookie: tooMany })).response.headers.get("set-cookie"));
  },
);

timed(
  "cookie: plain http on another machine has no session and no script, and the log says so once",
  async () => {
    const { app, log } = make();
    const { response } = await load(app, "/", { origin: "http://10.0.0.7" });
    assert.equal(response.headers.get("set-cookie"), null);
    assert.doesNotMatch((await load(app, "/", { origin: "http://10.0.0.7" })).html, /<script/);
    assert.equal(log.lines.filter((line) => line.includes("have no session and are not live")).length, 1);
  },
);

timed("store: GETs leave nothing in it, with or without a cookie", async () => {
  let commits = 0;
  const { store } = memory();
  const counting = {
    ...store,
    name: "counting",
    durable: false,
    exclusive: true,
    get: (keys: readonly string[]) => store.get(keys),
    commit: (...args: Parameters<typeof store.commit>) => {
      commits += 1;
      return store.commit(...args);
    },
  };
  const { app } = make({ store: counting });
  const { cookie } = await load(app);
  for (let i = 0; i < 200; i++) await load(app, "/", i % 2 === 0 ? {} : { cookie });
  assert.equal(commits, 0);
});

timed(
  "visits: a session keeps so many records, and one that made room is expired, never run again",
  async () => {
    const clock = new FakeClock();
    const { app } = make({ limits: { visits: 3 }, clock });
    await using server = await app.listen({ port: 0 });
    const { cookie } = await load(app);
    const pages: LoadedPage[] = [];
    for (let i = 0; i < 4; i++) {
      const page = { ...await load(app, "/", { cookie }), cookie };
      pages.push(page);
      await using peer = await Peer.live(server, page);
      assert.equal((await peer.call("Account#put", []))[0], "patch");
      clock.turn(1000);
    }
    const cart = () => load(app, "/", { cookie }).then(({ body }) => body.match(/id="cart">([^<]*)/)![1]);
    const before = await cart();
    // The first visit's record is gone, and with it its mark: the same frame must not run a second time.
    await using peer = await Peer.connect(server, { cookie });
    peer.hello(pages[0]!, 1);
    assert.deepEqual(await peer.next(), ["resync", "forgotten"]);
    const again = await load(app, "/", { cookie, visit: pages[0]!.token });
    assert.notEqual(again.visit, pages[0]!.visit);
    // The last one's is there.
    await using kept = await Peer.live(server, pages[3]!, { version: 1 });
    kept.send(["call", 1, 0, "Account#put", [], {}]);
    assert.deepEqual(await kept.next(), ["done", 1]);
    assert.equal(await cart(), before);
  },
);

timed("visits: one that makes room while its page is open is expired at its next call", async () => {
  const clock = new FakeClock();
  const { app } = make({ limits: { visits: 1 }, clock });
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  const tab = { ...await load(app, "/", { cookie: page.cookie }), cookie: page.cookie };
  await using first = await Peer.live(server, page);
  await first.call("Account#put", []);
  clock.turn(1000);
  await using second = await Peer.live(server, tab);
  assert.equal((await second.next())[0], "patch", "what the first has done is shown to the second");
  assert.deepEqual((await second.call("Account#put", [])).at(-1), [1]);
  const frames = [await first.call("Account#put", []), await first.next()];
  assert.deepEqual(frames.map(([kind, , code]) => code ?? kind).sort(), ["expired", "resync"]);
});

timed(
  "session: a schema fills defaults, and a stored session that does not fit begins anew with a warning",
  async () => {
    const { store } = memory();
    const engine = { store };
    const Old = z.object({ count: z.number().default(7) });
    class Count extends Reflex<{ count: number }> {
      up() {
        return this.session.count += 1;
      }
    }
    const old = new App({
      ...engine,
      session: Old,
      secrets: ["0123456789abcdefghijklmnopqrstuv"],
      log: new MemoryLog(),
    });
    old.reflexes({ Count });
    old.page("/", ({ session }) => <p id="n" data-reflex="click->Count#up">{session.count}</p>);
    await using server = await old.listen({ port: 0 });
    const page = await load(old);
    assert.match(page.body, />7</);
    await using peer = await Peer.live(server, page);
    assert.deepEqual((await peer.call("Count#up")).at(-1), [1, 8]);
    const log = new MemoryLog();
    const New = z.object({ count: z.string().default("none") });
    const next = new App({ ...engine, session: New, secrets: ["0123456789abcdefghijklmnopqrstuv"], log });
    next.page("/", ({ session }) => <p>{session.count}</p>);
    assert.match((await load(next, "/", { cookie: page.cookie })).body, />none</);
    assert.ok(log.lines.some((line) => /does not fit its schema.*"fields":"count"/.test(line)));
  },
);

timed(
  "login: takes effect when the ticket is redeemed; the session has a new id then, and its values",
  async () => {
    const { app } = make();
    await using server = await app.listen({ port: 0 });
    const page = await load(app);
    await using peer = await Peer.live(server, page);
    await peer.call("Account#put", []);
    assert.deepEqual(await peer.call("Account#enter"), ["done", 2]);
    const [kind, ticket] = await peer.next() as [string, string];
    assert.equal(kind, "ticket");
    assert.match((await load(app, "/", { cookie: page.cookie })).body, /nobody/);
    const response = await redeem(app, ticket, page.cookie);
    assert.deepEqual([response.status, response.headers.get("cache-control")], [204, "no-store"]);
    const after = await load(app, "/", { cookie: cookieOf(response) });
    assert.match(after.body, /ann/);
    assert.doesNotMatch(after.body, /empty/);
    // The socket's session has ended: its next call is refused, and its page is told to load again.
    assert.equal((await peer.call("Account#put", []))[2], "stale");
    assert.deepEqual(await peer.next(), ["resync", "identity"]);
  },
);

timed("login: the cookie from before has no identity and no values after it (fixation)", async () => {
  const clock = new FakeClock();
  const { app } = make({ clock });
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using peer = await Peer.live(server, page);
  await peer.call("Account#put", []);
  await peer.call("Account#enter");
  const [, ticket] = await peer.next() as [string, string];
  await redeem(app, ticket, page.cookie);
  // A request that was under way must not overwrite the new cookie; later the old one is replaced.
  const planted = await load(app, "/", { cookie: page.cookie });
  assert.match(planted.body, /nobody.*empty/);
  assert.equal(planted.response.headers.get("set-cookie"), null);
  clock.turn(31_000);
  const later = await load(app, "/", { cookie: page.cookie });
  assert.match(later.body, /nobody.*empty/);
  assert.ok(later.response.headers.get("set-cookie"));
});

timed("login: a call that was running with the old session is not committed", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  const tab = await load(app, "/", { cookie: page.cookie });
  await using peer = await Peer.live(server, page);
  await using other = await Peer.live(server, tab);
  other.send(["call", 1, 0, "Account#slow"]);
  await other.quiet();
  await peer.call("Account#enter");
  const [, ticket] = await peer.next() as [string, string];
  const response = await redeem(app, ticket, page.cookie);
  assert.deepEqual(await other.next(), ["resync", "identity"]);
  release?.();
  assert.equal((await other.next())[2], "stale");
  assert.match((await load(app, "/", { cookie: cookieOf(response) })).body, /ann.*empty/);
});

timed("ticket: of another session, used, late, by GET, from another site, or not one: refused", async () => {
  const clock = new FakeClock();
  const { app } = make({ clock });
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using peer = await Peer.live(server, page);
  const fresh = async () => {
    await peer.call("Account#enter");
    return (await peer.next())[1] as string;
  };
  const status = async (response: Promise<Response>) => {
    const { status, body } = await response;
    await body?.cancel();
    return status;
  };
  const stranger = (await load(app)).cookie;
  const burnt = await fresh();
  assert.equal(await status(redeem(app, burnt, stranger)), 403);
  assert.equal(
    await status(redeem(app, burnt, page.cookie)),
    403,
    "a ticket that a stranger has brought is burnt",
  );
  const late = await fresh();
  clock.turn(30_000);
  assert.equal(await status(redeem(app, late, page.cookie)), 403);
  const good = await fresh();
  assert.equal(await status(redeem(app, good, "")), 403);
  for (
    const headers of [{ "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }, {
      "content-type": "application/json",
    }]
  ) {
    assert.equal(await status(redeem(app, good, page.cookie, { headers })), 403);
  }
  assert.equal(await status(redeem(app, "x".repeat(100), page.cookie)), 413);
  const path = `http://127.0.0.1${Path.ticket}`;
  assert.equal(await status(app.fetch(new Request(path, { headers: { cookie: page.cookie } }))), 405);
  assert.equal(await status(redeem(app, good, page.cookie)), 204);
  assert.equal(await status(redeem(app, good, page.cookie)), 403, "a ticket is good once");
});

timed("ticket: a call that is sent again tells the same one", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using peer = await Peer.live(server, page);
  const frame = '["call",1,0,"Account#enter"]';
  peer.send(frame);
  const first = [await peer.next(), await peer.next()];
  peer.send(frame);
  assert.deepEqual([await peer.next(), await peer.next()], first);
});

timed("logout: a new, empty session takes the place of the old one", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using peer = await Peer.live(server, page);
  await peer.call("Account#put", []);
  await peer.call("Account#leave");
  const [, ticket] = await peer.next() as [string, string];
  const response = await redeem(app, ticket, page.cookie);
  assert.match((await load(app, "/", { cookie: cookieOf(response) })).body, /nobody.*empty/);
});

timed(
  "restart: on KV the session, its key and the outcomes are there again; on memory they are not",
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/app.kv`;
      const frame = '["call",1,0,"Account#put",[]]';
      const first = await openKv(path);
      const before = make(kv(first)).app;
      const server = await before.listen({ port: 0 });
      const page = await load(before);
      const peer = await Peer.live(server, page);
      peer.send(frame);
      await peer.next();
      await peer[Symbol.asyncDispose]();
      await server.stop();
      first.close();

      using second = await openKv(path);
      const after = make(kv(second)).app;
      await using restarted = await after.listen({ port: 0 });
      await using lost = await Peer.connect(restarted, { cookie: page.cookie });
      lost.hello(page, 1);
      assert.deepEqual(await lost.next(), ["resync", "base"]);
      const again = await load(after, "/", { cookie: page.cookie, visit: page.token });
      assert.equal(again.visit, page.visit);
      assert.doesNotMatch(again.body, /empty/);
      await using live = await Peer.live(restarted, again);
      live.send(frame);
      assert.deepEqual(await live.next(), ["done", 1]);
      live.send(["call", 2, 1, "Account#put", []]);
      assert.equal((await live.next())[0], "patch");

      assert.ok((await load(make().app, "/", { cookie: page.cookie })).response.headers.get("set-cookie"));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
