import assert from "node:assert/strict";
import { App, contextKey, Live, on, Reflex, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { FakeClock } from "@argyle/argyle/testing";
import { z } from "zod";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

const Room = topic("room/:room"), Mine = topic("mine");

interface Session {
  name?: string;
  staff?: boolean;
}

function make(options: AppOptions<Session> = {}) {
  const log = new MemoryLog();
  const said: Record<string, string[]> = { lobby: ["hi"], attic: [] };
  let renders = 0, parts = 0;
  class Chat extends Reflex<Session> {
    say(text: string) {
      said[this.params["room"]!]!.push(text);
      this.publish(Room({ room: this.params["room"]! }));
      return text.length;
    }
    rename(name: string) {
      this.session.name = name;
    }
    promote() {
      this.session.staff = true;
    }
  }
  const app = new App<Session>({ log, ...options });
  app.reflexes({ Chat });
  app.page("/:room", ({ params, subscribe, key }) => {
    renders++;
    subscribe(Room(params));
    return (
      <main id="room">
        <ul id="said">{said[params.room]?.map((text, i) => <li key={i}>{text}</li>)}</ul>
        <button {...on("click", Chat, "say", "yo")}>Say yo</button>
        <button {...on("click", Chat, "rename", "Ann")} />
        <button {...on("click", Chat, "promote")} />
        {key === "staff" ? <b id="staff">Staff</b> : null}
        <Live<Session> id="me" topic={Mine()}>
          {({ session }) => {
            parts++;
            return (
              <p>
                You are <i>{session.name ?? "nobody"}</i>
              </p>
            );
          }}
        </Live>
      </main>
    );
  }, { key: ({ session }) => session.staff ? "staff" : "all" });
  return { app, log, said, renders: () => renders, parts: () => parts };
}

timed("key: two people, one render; each with what is theirs in it", async () => {
  const { app, renders, parts } = make();
  const ann = await load(app, "/lobby"), bob = await load(app, "/lobby");
  assert.equal(renders(), 1);
  assert.equal(parts(), 2);
  assert.equal(ann.body, bob.body);
  assert.match(
    ann.body,
    /<argyle-live id="me" data-argyle-live style="display:contents"><p>You are <i>nobody<\/i><\/p><\/argyle-live>/,
  );
  await load(app, "/attic");
  assert.equal(renders(), 2);
});

timed("key: one publish is one render and one text for all", async () => {
  const { app, renders, parts, said } = make();
  await using server = await app.listen({ port: 0 });
  const peers: Peer[] = [];
  for (let n = 0; n < 10; n++) peers.push(await Peer.live(server, await load(app, "/lobby")));
  assert.equal(renders(), 1);
  said["lobby"]!.push("all of you");
  await app.publish(Room({ room: "lobby" }));
  for (const peer of peers) {
    assert.deepEqual(await peer.next(), ["patch", 1, [[
      "after",
      ["said", "0"],
      '<li data-k="1">all of you</li>',
    ]]]);
  }
  assert.equal(new Set(peers.map(({ texts }) => texts.at(-1))).size, 1);
  assert.equal(renders(), 2);
  assert.equal(parts(), 10);
  for (const peer of peers) await peer[Symbol.asyncDispose]();
});

timed(
  "key: the caller gets the patch, and the outcome when her own part is right too; others the patch",
  async () => {
    const { app } = make();
    await using server = await app.listen({ port: 0 });
    await using ann = await Peer.live(server, await load(app, "/lobby"));
    await using bob = await Peer.live(server, await load(app, "/lobby"));
    const patch = ["patch", 1, [["after", ["said", "0"], '<li data-k="1">yo</li>']]];
    assert.deepEqual(await ann.call("Chat#say", ["yo"]), patch);
    assert.deepEqual(await ann.next(), ["done", 1, 2]); // with her own part, had that changed
    assert.deepEqual(await bob.next(), patch);
    await ann.quiet();
    await bob.quiet();
  },
);

timed("key: what one person's call changes in their part is theirs alone", async () => {
  const { app, renders } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app, "/lobby");
  await using ann = await Peer.live(server, page);
  await using bob = await Peer.live(server, await load(app, "/lobby"));
  assert.deepEqual(await ann.call("Chat#rename", ["Ann"]), ["patch", 1, [["text", ["me", 0, 0], "Ann"]], [
    1,
  ]]);
  await bob.quiet();
  assert.equal(renders(), 1);
  await app.publish(Mine());
  await ann.quiet();
  await bob.quiet();
  // And then the page changes for both.
  assert.equal((await ann.call("Chat#say", ["yo"]))[1], 2);
  assert.equal((await bob.next())[1], 1);
});

timed("key: who has another one by their own call goes to that view", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app, "/lobby");
  await using ann = await Peer.live(server, page);
  assert.deepEqual(await ann.call("Chat#promote"), ["resync", "key"]);
  assert.deepEqual(await ann.next(), ["done", 1]);
  const again = await load(app, "/lobby", { cookie: page.cookie, visit: page.token });
  assert.match(again.body, /<b id="staff">/);
  assert.equal(again.visit, page.visit);
});

timed("key: a socket that comes back goes on; one whose view has moved on gets one patch", async () => {
  const { app, said } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app, "/lobby");
  await using bob = await Peer.live(server, await load(app, "/lobby"));
  {
    await using _ann = await Peer.live(server, page);
  }
  {
    await using ann = await Peer.live(server, page);
    await ann.quiet();
  }
  said["lobby"]!.push("a");
  await app.publish(Room({ room: "lobby" }));
  await bob.next();
  said["lobby"]!.push("b");
  await app.publish(Room({ room: "lobby" }));
  await bob.next();
  await using ann = await Peer.live(server, page);
  assert.deepEqual(await ann.next(), [
    "patch",
    1,
    [["after", ["said", "0"], '<li data-k="1">a</li><li data-k="2">b</li>']],
  ]);
});

timed("key: one whose base is not kept any more gets the whole page, once, and goes on", async () => {
  const { app, said } = make({ limits: { bases: 1 } });
  await using server = await app.listen({ port: 0 });
  const page = await load(app, "/lobby");
  await using bob = await Peer.live(server, await load(app, "/lobby"));
  for (const text of ["a", "b", "c"]) {
    said["lobby"]!.push(text);
    await app.publish(Room({ room: "lobby" }));
    await bob.next();
  }
  await using ann = await Peer.live(server, page);
  const [kind, version, operations] = await ann.next() as [string, number, string[][]];
  assert.deepEqual([kind, version, operations.map(([name]) => name)], ["patch", 1, ["head", "body"]]);
  assert.match(operations[1]![1]!, /<li data-k="3">c<\/li>.*You are <i>nobody/);
  said["lobby"]!.push("d");
  await app.publish(Room({ room: "lobby" }));
  assert.deepEqual((await ann.next()).slice(0, 2), ["patch", 2]);
});

timed("key: nobody's session, user, URL or query reaches it, whatever the types were told", async () => {
  const log = new MemoryLog(), app = new App<Session>({ log });
  const Key = contextKey<number>("key", 1);
  for (const name of ["session", "state", "user", "flash", "url", "query", "get", "ran"]) {
    // deno-lint-ignore no-explicit-any -- what the types forbid is what is tried
    app.page(`/${name}`, (context: any) => <p>{String(context[name]?.(Key) ?? context[name])}</p>, {
      key: () => "all",
    });
    assert.equal((await load(app, `/${name}?lang=xx`)).response.status, 500, name);
    assert.match(log.lines.at(-1) ?? "", new RegExp(`Cannot read ${name} in a page with \`key\``));
  }
});

timed("key: a query that its schema reads names the view, and so does each param", async () => {
  const app = new App();
  let renders = 0;
  app.page("/:shelf", ({ params, query }) => {
    renders++;
    return <p>{params.shelf} {query.page}</p>;
  }, { key: () => "all", query: z.object({ page: z.coerce.number().default(1) }) });
  assert.match((await load(app, "/a")).body, /a 1/);
  assert.match((await load(app, "/a?page=2")).body, /a 2/);
  assert.match((await load(app, "/b?page=2")).body, /b 2/);
  assert.match((await load(app, "/a?page=2&lang=xx")).body, /a 2/);
  assert.equal(renders, 3);
  assert.equal((await load(app, "/a?page=x")).response.status, 400);
});

timed(
  "key: middleware and authorize are asked for each reader, when they come and when they come back",
  async () => {
    const log = new MemoryLog();
    let open = true;
    const Staff = topic("staff", {
      authorize: ({ user, get }) => open && user === undefined && get(Who) === "guest",
    });
    const Who = contextKey<string>("who", "guest");
    const app = new App({ log });
    app.use((context, next) => {
      context.set(Who, context.url.searchParams.get("who") ?? "guest");
      return next();
    });
    app.page("/", ({ subscribe }) => {
      subscribe(Staff());
      return <p>shared</p>;
    }, { key: () => "all" });
    await using server = await app.listen({ port: 0 });
    const page = await load(app);
    assert.equal(page.response.status, 200);
    assert.equal((await load(app, "/?who=stranger")).response.status, 403);
    {
      await using _live = await Peer.live(server, page);
    }
    open = false;
    await using peer = await Peer.connect(server, { cookie: page.cookie });
    peer.hello(page);
    assert.deepEqual(await peer.next(), ["resync", "left"]);
  },
);

timed("key: who only looks on is asked again after a minute", async () => {
  const clock = new FakeClock();
  let open = true, n = 0;
  const Open = topic("open", { authorize: () => open });
  const app = new App({ clock });
  app.page("/", ({ subscribe }) => {
    subscribe(Open());
    return <b id="n">{n}</b>;
  }, { key: () => "all" });
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  open = false;
  n++;
  await app.publish(Open());
  assert.deepEqual(await ann.next(), ["patch", 1, [["text", "n", "1"]]]);
  clock.turn(60_000);
  n++;
  await app.publish(Open());
  assert.deepEqual(await ann.next(), ["patch", 2, [["text", "n", "2"]]]);
  assert.deepEqual(await ann.next(), ["resync", "left"]);
});

timed("key: an offer of one person's part is nobody else's", async () => {
  class Admin extends Reflex<Session> {
    wipe() {}
    become() {
      this.session.staff = true;
    }
  }
  const app = new App<Session>();
  app.reflexes({ Admin });
  app.page("/", () => (
    <main>
      <button {...on("click", Admin, "become")} />
      <Live<Session> topic={[]}>
        {({ session }) => session.staff ? <button {...on("click", Admin, "wipe")}>Wipe</button> : null}
      </Live>
    </main>
  ), { key: () => "all" });
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using ann = await Peer.live(server, page);
  await using bob = await Peer.live(server, await load(app));
  assert.match(JSON.stringify(await ann.call("Admin#become")), /Admin#wipe/);
  assert.deepEqual(await ann.call("Admin#wipe"), ["done", 2]);
  assert.deepEqual(await bob.call("Admin#wipe"), ["resync", "offer"]);
  assert.deepEqual((await bob.next()).slice(0, 3), ["error", 1, "stale"]);
});

timed("key: a page that throws when its topic is published tells its readers, and logs once", async () => {
  let broken = false, n = 0;
  const log = new MemoryLog(), app = new App({ log });
  app.page("/", ({ subscribe }) => {
    subscribe(Mine());
    if (broken) throw new Error("secret detail");
    return <b id="n">{n}</b>;
  }, { key: () => "all" });
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  await using bob = await Peer.live(server, await load(app));
  broken = true;
  await app.publish(Mine());
  for (const peer of [ann, bob]) assert.deepEqual((await peer.next()).slice(0, 3), ["error", 0, "render"]);
  assert.equal(log.lines.filter((line) => line.includes("secret detail")).length, 1);
  broken = false;
  n++;
  await app.publish(Mine());
  for (const peer of [ann, bob]) assert.deepEqual(await peer.next(), ["patch", 1, [["text", "n", "1"]]]);
});

timed("key: a page that leaves is left by everybody, when they come and when it does", async () => {
  let gone = false;
  const app = new App();
  app.page("/", ({ subscribe }) => {
    subscribe(Mine());
    return gone ? new Response("moved", { status: 303, headers: { location: "/next" } }) : <b>here</b>;
  }, { key: () => "all" });
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  gone = true;
  await app.publish(Mine());
  assert.deepEqual(await ann.next(), ["resync", "left"]);
  for (const { response } of await Promise.all([load(app), load(app)])) {
    assert.equal(response.headers.get("location"), "/next");
  }
});

timed("key: one that is no text, and one beside cache or state, are refused", async () => {
  const log = new MemoryLog(), app = new App({ log });
  app.page("/", () => <p />, { key: (() => 7) as unknown as () => string });
  assert.equal((await load(app)).response.status, 500);
  assert.match(log.lines.at(-1) ?? "", /Cannot show \/: its key is number, not a text\./);
  const both = { key: () => "", cache: "public" } as unknown as { key: () => string };
  assert.throws(() => app.page("/b", () => <p />, both), /a page with `key` has neither cache nor state/);
});

timed("key: when nobody shows it, it is not rendered; and it goes when others need the room", async () => {
  let renders = 0;
  const app = new App({ limits: { parked: 6000 } });
  app.page("/:room", ({ params, subscribe }) => {
    renders++;
    subscribe(Room(params));
    return <p>{"x".repeat(500)}{params.room}</p>;
  }, { key: () => "all" });
  await using server = await app.listen({ port: 0 });
  const page = await load(app, "/a");
  await app.publish(Room({ room: "a" }));
  await app.publish(Room({ room: "a" }));
  assert.equal(renders, 1);
  await load(app, "/a");
  assert.equal(renders, 2);
  for (const room of ["b", "c", "d"]) await load(app, `/${room}`);
  assert.equal(renders, 5);
  await using _peer = await Peer.live(server, page); // rendered again, it is what the browser has
  await load(app, "/a");
  assert.equal(renders, 6);
});

timed("key: what is published while a part of the page is being rendered is not lost", async () => {
  const waits: (() => void)[] = [];
  let n = 0, slow = false;
  const app = new App();
  app.page("/", ({ subscribe }) => {
    subscribe(Mine());
    return (
      <main>
        <b id="n">{n}</b>
        <Live topic={[]} id="part">
          {async () => {
            if (slow) await new Promise<void>((resolve) => waits.push(resolve));
            return <i>part</i>;
          }}
        </Live>
      </main>
    );
  }, { key: () => "all" });
  await using server = await app.listen({ port: 0 });
  await using bob = await Peer.live(server, await load(app));
  slow = true;
  const loading = load(app);
  while (waits.length === 0) await bob.quiet();
  n = 1;
  await app.publish(Mine());
  assert.deepEqual(await bob.next(), ["patch", 1, [["text", "n", "1"]]]);
  waits[0]!();
  const page = await loading;
  assert.match(page.body, /<b id="n">0<\/b>/);
  await using ann = await Peer.live(server, page);
  assert.deepEqual(await ann.next(), ["patch", 1, [["text", "n", "1"]]]);
});

timed("key: a topic that the page comes to depend on is not shown to whom it refuses", async () => {
  const Secret = topic("secret", { authorize: ({ get }) => get(Who) === "staff" });
  const Who = contextKey<string>("who", "guest");
  let open = false, n = 0;
  const app = new App();
  app.use((context, next) => {
    context.set(Who, context.url.searchParams.get("who") ?? "guest");
    return next();
  });
  app.page("/", ({ subscribe }) => {
    subscribe(Mine());
    if (open) subscribe(Secret());
    return <b id="n">{open ? `secret ${n}` : n}</b>;
  }, { key: () => "all" });
  await using server = await app.listen({ port: 0 });
  await using guest = await Peer.live(server, await load(app));
  await using staff = await Peer.live(server, await load(app, "/?who=staff"));
  open = true;
  await app.publish(Mine());
  assert.deepEqual(await staff.next(), ["patch", 1, [["text", "n", "secret 0"]]]);
  assert.deepEqual(await guest.next(), ["resync", "left"]);
  n = 1;
  await app.publish(Secret());
  assert.deepEqual(await staff.next(), ["patch", 2, [["text", "n", "secret 1"]]]);
  await guest.quiet();
  assert.ok(!guest.texts.join().includes("secret"));
});

timed("key: whose key has changed meanwhile gets the other page when the socket comes", async () => {
  let role = "guest";
  const app = new App();
  app.page("/", ({ key }) => <b>{key}</b>, { key: () => role });
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  role = "staff";
  await using ann = await Peer.connect(server, { cookie: page.cookie });
  ann.hello(page);
  assert.deepEqual(await ann.next(), ["resync", "left"]);
});

timed(
  "key: an outcome is told with what the call has done, also where another's call renders it",
  async () => {
    const { promise: open, resolve } = Promise.withResolvers<void>();
    let n = 0, slow = false;
    class Counter extends Reflex {
      add() {
        n++;
        this.publish(Mine());
      }
    }
    const app = new App();
    app.reflexes({ Counter });
    app.page("/", async ({ subscribe }) => {
      subscribe(Mine());
      if (slow) await open;
      return <b id="n" data-reflex="click->Counter#add">{n}</b>;
    }, { key: () => "all" });
    await using server = await app.listen({ port: 0 });
    await using ann = await Peer.live(server, await load(app));
    await using bob = await Peer.live(server, await load(app));
    slow = true;
    const answers = [ann.call("Counter#add"), bob.call("Counter#add")];
    while (n < 2) await new Promise((resolve) => setTimeout(resolve));
    resolve();
    for (const answer of answers) {
      const frames = [await answer];
      assert.equal(frames[0]![0], "patch", JSON.stringify(frames));
      assert.deepEqual((frames[0]![2] as unknown[][])[0], ["text", "n", "2"]);
    }
  },
);

timed("key: the body of a shared page is made into bytes once, in which each finds their part", async () => {
  const { app, said } = make();
  said["lobby"] = ["Grüße €", "🎈"];
  const encode = TextEncoder.prototype.encode;
  const encoded: string[] = [];
  TextEncoder.prototype.encode = function (text = "") {
    encoded.push(text);
    return encode.call(this, text);
  };
  try {
    const get = (method = "GET") => app.fetch(new Request("http://127.0.0.1/lobby", { method }));
    for (let time = 0; time < 3; time++) {
      const response = await get(), text = await response.text();
      assert.equal(
        response.headers.get("content-length"),
        String(encode.call(new TextEncoder(), text).length),
      );
      assert.match(
        text,
        /<body><main id="room">.*Grüße €.*🎈.*You are <i>nobody<\/i>.*<\/main><\/body><\/html>$/,
      );
    }
    assert.equal(encoded.filter((text) => text.includes("Grüße")).length, 1);
    assert.equal(await (await get("HEAD")).text(), "");
    said["lobby"].push("Adieu");
    await app.publish(Room({ room: "lobby" }));
    assert.match(await (await get()).text(), /Adieu/);
  } finally {
    TextEncoder.prototype.encode = encode;
  }
});
