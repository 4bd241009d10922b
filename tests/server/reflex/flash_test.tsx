import assert from "node:assert/strict";
import { App, Head, Live, Reflex, topic } from "@argyle/argyle";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

interface Session {
  count?: number;
}

const News = topic("news");

class Say extends Reflex<Session> {
  here() {
    this.flash("notice", "here <b>");
  }
  elsewhere() {
    this.session.count = 5;
    this.flash("notice", "there");
    this.redirect("/next");
  }
  count() {
    this.session.count = (this.session.count ?? 0) + 1;
  }
  silently() {
    this.flash("error", "later");
    this.skipRender();
  }
  fails() {
    this.flash("error", "never");
    throw new Error("no");
  }
  wrong() {
    this.flash("notice", 5 as unknown as string);
  }
  enter() {
    this.flash("notice", "Hello");
    this.login("ann");
  }
  leave() {
    this.flash("notice", "Goodbye");
    this.logout();
  }
}

async function open() {
  const log = new MemoryLog();
  const app = new App<Session>({ log });
  app.reflexes({ Say });
  const offers = "here elsewhere count silently fails wrong enter leave".split(" ")
    .map((name) => `click->Say#${name}`).join(" ");
  const texts = (flash: readonly { kind: string; text: string }[]) =>
    flash.map(({ kind, text }) => `${kind}: ${text}`).join("; ");
  app.page("/", ({ flash, session, subscribe }) => {
    subscribe(News());
    return (
      <main>
        <Head>{<title>{String(flash.length)}</title>}</Head>
        <p id="flash">{texts(flash)}</p>
        <output id="count">{session.count ?? 0}</output>
        <i data-reflex={offers} />
      </main>
    );
  });
  app.page("/next", ({ flash }) => <p id="flash">{texts(flash)}</p>);
  app.page("/deaf", () => <p id="flash">deaf</p>);
  app.page("/shared", () => <Live topic={[]}>{({ flash }) => <p id="flash">{texts(flash)}</p>}</Live>, {
    key: () => "all",
  });
  const server = await app.listen({ port: 0 });
  const page = await load(app);
  const peer = await Peer.live(server, page);
  return {
    app,
    log,
    server,
    page,
    peer,
    async flash(path: string, cookie = page.cookie, visit?: string) {
      const { body } = await load(app, path, { cookie, ...(visit === undefined ? {} : { visit }) });
      return /id="flash">([^<]*)</.exec(body)?.[1];
    },
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

const texts = ([, , operations]: readonly unknown[]) =>
  Object.fromEntries(
    (operations as unknown[][]).filter(([name]) => name === "text").map(([, at, text]) => [at, text]),
  );

timed("flash: is shown with the outcome, up to the next call of the page", async () => {
  await using site = await open();
  assert.deepEqual(texts(await site.peer.call("Say#here")), { flash: "notice: here <b>" });
  await site.app.publish(News());
  await site.peer.quiet();
  assert.deepEqual(texts(await site.peer.call("Say#count")), { flash: "", count: "1" });
});

timed("flash: a page that is loaded again in between shows it", async () => {
  await using site = await open();
  await site.peer.call("Say#here");
  assert.equal(await site.flash("/", site.page.cookie, site.page.token), "notice: here &lt;b>");
  assert.equal(await site.flash("/"), "");
});

timed("flash: goes over a redirect to the next page that reads it, and no further", async () => {
  await using site = await open();
  await site.peer.call("Say#elsewhere");
  assert.deepEqual(await site.peer.next(), ["go", "/next"]);
  assert.equal(await site.flash("/deaf"), "deaf");
  await site.app.fetch(
    new Request("http://127.0.0.1/next", { method: "HEAD", headers: { cookie: site.page.cookie } }),
  );
  assert.equal(await site.flash("/next"), "notice: there");
  assert.equal(await site.flash("/next"), "");
  assert.match((await load(site.app, "/", { cookie: site.page.cookie })).body, /id="count">5</);
});

timed(
  "flash: waits while the session is written, and the page that has shown it connects without a resync",
  async () => {
    await using site = await open();
    await site.peer.call("Say#elsewhere");
    await site.peer.next();
    await site.peer.call("Say#count");
    const next = await load(site.app, "/", { cookie: site.page.cookie });
    assert.match(next.body, /id="flash">notice: there</);
    await using peer = await Peer.live(site.server, next);
    await peer.quiet();
    assert.deepEqual(texts(await peer.call("Say#count")), { flash: "", count: "7" });
  },
);

timed("flash: in a part of a shared page too", async () => {
  await using site = await open();
  await site.peer.call("Say#elsewhere");
  assert.equal(await site.flash("/shared"), "notice: there");
  assert.equal(await site.flash("/shared"), "");
});

timed("flash: where nothing is rendered, the next render shows it", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Say#silently"), ["done", 1]);
  assert.deepEqual(texts(await site.peer.call("Say#here")), { flash: "error: later; notice: here <b>" });
});

timed("flash: of a call that fails is gone, and what is no text is refused", async () => {
  await using site = await open();
  for (const name of ["fails", "wrong"]) assert.equal((await site.peer.call(`Say#${name}`))[2], "failed");
  assert.ok(site.log.lines.some((line) => line.includes("Cannot keep a message")));
  assert.deepEqual(texts(await site.peer.call("Say#count")), { count: "1" });
});

timed("flash: goes along with a login, and is all that a logout leaves", async () => {
  await using site = await open();
  const redeem = async (ticket: string, cookie: string) => {
    const response = await site.app.fetch(
      new Request("http://127.0.0.1/_argyle/ticket", {
        method: "POST",
        body: ticket,
        headers: { cookie, "content-type": "text/plain", "sec-fetch-site": "same-origin" },
      }),
    );
    assert.equal(response.status, 204);
    return response.headers.get("set-cookie")!.split(";")[0]!;
  };
  await site.peer.call("Say#count");
  await site.peer.call("Say#enter");
  const [, ticket] = await site.peer.next() as string[];
  const cookie = await redeem(ticket!, site.page.cookie);
  const page = await load(site.app, "/", { cookie });
  assert.match(page.body, /id="flash">notice: Hello<.*id="count">1</);
  await using peer = await Peer.live(site.server, page);
  await peer.call("Say#leave");
  const [, other] = await peer.next() as string[];
  const after = await load(site.app, "/", { cookie: await redeem(other!, cookie) });
  assert.match(after.body, /id="flash">notice: Goodbye<.*id="count">0</);
});
