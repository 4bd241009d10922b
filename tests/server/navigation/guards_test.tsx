import assert from "node:assert/strict";
import { App, contextKey, HttpError, Live, on, redirect, Reflex, topic } from "@argyle/argyle";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";
import { pageAt } from "../../helpers/landed.ts";

const Secret = topic("secret/:name", { authorize: ({ user }) => user === "ann" });
const Role = contextKey<string>("role");

class Door extends Reflex {
  enter(user: string) {
    this.login(user);
  }
}

/** Every way in which an app may refuse a page. */
function guarded() {
  // One session goes to more pages than a person would at once.
  const app = new App({ log: new MemoryLog(), limits: { visitBurst: 100 } });
  app.reflexes({ Door });
  app.use(({ path, user, set }, next) => {
    if (path.startsWith("/members") && user === undefined) return redirect("/login");
    if (path.startsWith("/staff") && user !== "ann") throw new HttpError(403, "For the staff.");
    if (path.startsWith("/hidden") && user !== "ann") return new Response("Not found", { status: 404 });
    set(Role, user === "ann" ? "staff" : "guest");
    return next();
  });
  // What comes back is looked at, too.
  app.use(async ({ path, user }, next) => {
    const response = await next();
    if (path !== "/after" || user === "ann") return response;
    await response.body?.cancel();
    return new Response("Not yet", { status: 403 });
  });
  app.use(async ({ path }, next) => {
    const response = await next();
    return path === "/rewritten" ? new Response("<p>Something else</p>", response) : response;
  });
  app.page(
    "/",
    ({ user }) => <p {...on("click", Door, "enter", "ann").on("click", Door, "enter", "bob")}>{user}</p>,
  );
  app.page("/login", () => <p>login</p>);
  app.page("/members", () => <p>members</p>);
  app.page("/members/:id", ({ params }) => <p>member {params.id}</p>);
  app.page("/staff", () => <p>staff</p>);
  app.page("/hidden", () => <p>hidden</p>);
  app.page("/after", () => <p>after</p>);
  app.page("/rewritten", () => <p>rewritten</p>);
  app.page("/thrown", ({ user }) => {
    if (user !== "ann") throw new HttpError(403, "Not for you.");
    return <p>thrown</p>;
  });
  app.page("/left", ({ user }) => user === "ann" ? <p>left</p> : redirect("/login"));
  app.page("/role", ({ get }) => get(Role) === "staff" ? <p>role</p> : redirect("/members"));
  app.page("/topic", ({ subscribe }) => {
    subscribe(Secret({ name: "a" }));
    return <p>topic</p>;
  });
  app.page("/shared", ({ subscribe }) => {
    subscribe(Secret({ name: "b" }));
    return <p>shared</p>;
  }, { key: () => "all" });
  app.page("/part", () => <Live topic={Secret({ name: "c" })}>{() => <b>part</b>}</Live>);
  app.page("/query", ({ query, user }) => {
    if (query.get("of") !== user) throw new HttpError(403, "Another's.");
    return <p>query {query.get("of")}</p>;
  });
  app.notFound(() => <p>not here</p>);
  app.onError(() => <p>an error</p>);
  return app;
}

const paths = [
  "/",
  "/login",
  "/members",
  "/members/7",
  "/members/%2e%2e",
  "/members/../staff",
  "/./staff",
  "/%73taff",
  "/staff",
  "/staff/",
  "/staff?x=/login",
  "/hidden",
  "/after",
  "/thrown",
  "/left",
  "/role",
  "/topic",
  "/shared",
  "/part",
  "/query?of=ann",
  "/query?of=bob",
  "/nowhere",
];

/** What a GET shows in the end, redirects followed; `undefined` where that is no page, and well. */
async function byGet(app: App, cookie: string, path: string): Promise<string | undefined> {
  let to = path;
  for (let hop = 0; hop < 6; hop++) {
    const { response, body, token } = await load(app, to, { cookie });
    const location = response.headers.get("location");
    if (location === null) return response.status === 200 && token !== "" ? `${to} ${body}` : undefined;
    to = location;
  }
  return undefined;
}

for (const user of [undefined, "ann", "bob"]) {
  timed(`every guarded page gives ${user ?? "a stranger"} the same by GET and by frame`, async () => {
    const app = guarded();
    await using server = await app.listen({ port: 0 });
    let { cookie } = await load(app);
    if (user !== undefined) cookie = await login(app, server, cookie, user);
    let shown = 0;
    for (const path of paths) {
      const page = await load(app, "/", { cookie });
      await using peer = await Peer.live(server, page);
      peer.send(["visit", 1, path]);
      const frame = await peer.next();
      const wanted = await byGet(app, cookie, path);
      if (wanted === undefined) {
        assert.deepEqual(frame, ["go", path], path);
        continue;
      }
      shown++;
      const [kind, , url, token, visit] = frame as string[];
      assert.equal(kind, "page", `${path}: ${JSON.stringify(frame)}`);
      const canonical = (text: string) => new URL(text, "http://127.0.0.1").pathname;
      assert.equal(canonical(url!), canonical(wanted.split(" ")[0]!), path);
      // Its token says the same to another socket, whose middleware is asked again.
      const at = pageAt(
        { token: token!, visit: visit!, id: 1, url: url!, operations: [], ticket: undefined },
        page,
      );
      await using _again = await Peer.live(server, at);
      // What its person is shown is what a GET of it shows.
      const resynced = await load(app, url, { cookie, visit: token! });
      assert.ok(resynced.body.includes(wanted.slice(wanted.indexOf(" ") + 1)), path);
    }
    assert.ok(shown > (user === "ann" ? 14 : 4), `${shown}`);
  });
}

timed("a document that middleware writes itself is loaded in full", async () => {
  const app = guarded();
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using peer = await Peer.live(server, page);
  peer.send(["visit", 1, "/rewritten"]);
  assert.deepEqual(await peer.next(), ["go", "/rewritten"]);
});

timed("a visit asks as the socket's own browser does, and with nothing that a frame says", async () => {
  const app = new App({ log: new MemoryLog() });
  const seen: Record<string, string>[] = [];
  app.use(({ request, url }, next) => {
    if (url.pathname === "/there") seen.push({ ...Object.fromEntries(request.headers), url: request.url });
    return next();
  });
  app.page("/", () => <p>here</p>);
  app.page("/there", () => <p>there</p>);
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using peer = await Peer.connect(server, {
    cookie: `${page.cookie}; theme=dark`,
    headers: {
      "user-agent": "Browser",
      "accept-language": "de",
      range: "bytes=0-1",
      "argyle-visit": page.token,
    },
  });
  peer.hello(page);
  await peer.next();
  seen.length = 0;
  peer.send(["visit", 1, "/there"]);
  assert.equal((await peer.next())[0], "page");
  const [headers] = seen;
  assert.match(headers?.["user-agent"] ?? "", /\bBrowser$/);
  assert.equal(headers?.["accept-language"], "de");
  assert.equal(headers?.cookie, `${page.cookie}; theme=dark`);
  assert.equal(headers?.url, `${server.url}/there`);
  for (const name of ["range", "argyle-visit", "origin", "upgrade", "connection", "sec-websocket-key"]) {
    assert.equal(headers?.[name], undefined, name);
  }
});

timed("below its base alone, and not in an app beside it", async () => {
  const app = new App({ base: "/live", log: new MemoryLog() }), shop = new App({ base: "/live/shop" });
  app.page("/", () => <p>live</p>);
  app.page("/there", () => <p>there</p>);
  let rendered = 0;
  shop.page("/", () => <p>shop {rendered++}</p>);
  app.mount(shop);
  await using server = await app.listen({ port: 0 });
  const page = await load(app, "/live");
  await using peer = await Peer.live(server, page, { base: "/live" });
  for (const [at, path] of ["/", "/there", "/livex", "/live/shop", "/live/../there"].entries()) {
    peer.send(["visit", at + 1, path]);
    assert.deepEqual(await peer.next(), ["go", path]);
  }
  assert.equal(rendered, 0);
  peer.send(["visit", 9, "/live/there"]);
  assert.deepEqual((await peer.next()).slice(0, 3), ["page", 9, "/live/there"]);
});

async function login(app: App, server: { url: string }, cookie: string, user: string): Promise<string> {
  const page = await load(app, "/", { cookie });
  await using peer = await Peer.live(server, page);
  await peer.call("Door#enter", [user]);
  const [, ticket] = await peer.next();
  const response = await app.fetch(
    new Request("http://127.0.0.1/_argyle/ticket", {
      method: "POST",
      body: String(ticket),
      headers: { cookie, "sec-fetch-site": "same-origin", "content-type": "text/plain" },
    }),
  );
  return response.headers.getSetCookie()[0]!.split(";")[0]!;
}
