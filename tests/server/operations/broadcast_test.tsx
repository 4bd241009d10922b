import assert from "node:assert/strict";
import { App, Live, on, ops, Reflex, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const Room = topic("room"), Staff = topic("staff", { authorize: ({ verb }) => verb !== "broadcast" });
const Slow = topic("slow", { authorize: ({ verb }) => verb === "broadcast" ? Promise.resolve(false) : true });

interface Session {
  count?: number;
}

let said: string[] = [];

class Chat extends Reflex<Session> {
  bump() {
    this.session.count = (this.session.count ?? 0) + 1;
    this.ops.addCssClass("#count", "bump").setFocus("#text");
    return this.session.count;
  }
  quiet() {
    this.ops.perform("chime");
    this.skipRender();
  }
  piece() {
    this.ops.perform("chime");
    this.morph("#count", <output id="count">!</output>);
  }
  fails() {
    this.ops.perform("never");
    this.broadcast(Room(), ops().perform("never"));
    this.abort();
  }
  mends() {
    this.ops.perform("never");
    throw new Error("no");
  }
  override rescue(error: unknown) {
    if ((error as Error).message !== "no") throw error;
    this.ops.perform("mended");
  }
  say(text: string) {
    said.push(text);
    this.broadcast(Room(), ops().scrollIntoView("#said > :last-child"));
    this.publish(Room());
  }
  shout() {
    this.broadcast(Room(), ops().append("#said", <li {...on("click", Chat, "heard", 7)}>!</li>));
    this.skipRender();
  }
  heard(by: number) {
    return by;
  }
  tabs() {
    this.broadcast("session", ops().setTitle("all tabs"));
    this.skipRender();
  }
  whisper(user: string) {
    this.broadcast({ user }, ops().setTitle(`for ${user}`));
    this.skipRender();
  }
  enter(user: string) {
    this.login(user);
  }
  staff() {
    this.broadcast(Staff(), ops().reload());
  }
  slow() {
    this.session.count = 99;
    this.broadcast(Slow(), ops().reload());
  }
  nobody() {
    this.broadcast({ user: "" }, ops().reload());
  }
  much() {
    const { ops } = this;
    for (let i = 0; i <= 1000; i++) ops.go(1);
  }
  long() {
    this.ops.consoleLog("€".repeat(90_000));
  }
  other() {
    this.push({ toJSON: () => [] } as never);
  }
}

const names = ["bump", "quiet", "piece", "fails", "mends", "shout", "tabs", "staff", "slow", "nobody", "much"]
  .concat("long", "other");

function make(options: AppOptions<Session> = {}) {
  said = [];
  const log = new MemoryLog();
  const app = new App<Session>({ log, ...options });
  app.reflexes({ Chat });
  const Buttons = () => (
    <b
      data-reflex={names.map((name) => `click->Chat#${name}`).join(" ")}
    >
      <i {...on("x", Chat, "say", "hello").on("y", Chat, "whisper", "bob").on("z", Chat, "enter", "bob")} />
    </b>
  );
  app.page("/", ({ session, subscribe }) => {
    subscribe(Room());
    return (
      <main>
        <output id="count">{session.count ?? 0}</output>
        <ol id="said">{said.map((text) => <li key={text}>{text}</li>)}</ol>
        <Buttons />
      </main>
    );
  });
  app.page("/alone", () => <Buttons />);
  app.page("/shared", ({ subscribe }) => {
    subscribe(Room());
    return (
      <main>
        <ol id="said" class="list">{said.map((text) => <li key={text}>{text}</li>)}</ol>
        <Live<Session> topic={Room()}>{({ session }) => <p>{session.count} of {said.length}</p>}</Live>
      </main>
    );
  }, { key: () => "all" });
  return { app, log };
}

timed(
  "ops: behind what shows the call, in one frame with its outcome; what differs then is put right",
  async () => {
    const { app } = make();
    await using server = await app.listen({ port: 0 });
    await using ann = await Peer.live(server, await load(app));
    const own = [["do", "addCssClass", "#count", { name: "bump" }], ["do", "setFocus", "#text"]];
    assert.deepEqual(await ann.call("Chat#bump"), ["patch", 1, [["text", "count", "1"], ...own], [1, 1]]);
    assert.deepEqual(await ann.call("Chat#bump"), ["patch", 2, [
      ["text", "count", "2"],
      ["attributes", "count", { class: null }],
      ...own,
    ], [2, 2]]);
    const chime = ["do", "chime", null];
    assert.deepEqual(await ann.call("Chat#quiet"), ["patch", 3, [chime], [3]]);
    assert.deepEqual(await ann.call("Chat#piece"), [
      "patch",
      4,
      [["select", "#count", '<output id="count">!</output>'], chime],
      [4],
    ]);
  },
);

timed("ops, broadcast: where the call fails nothing is done; what rescue writes is", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  assert.deepEqual((await ann.call("Chat#fails")).slice(0, 3), ["error", 1, "halted"]);
  assert.deepEqual(await ann.call("Chat#mends"), ["patch", 1, [["do", "mended", null]], [2]]);
  await ann.quiet();
});

timed("ops: are done once more where the outcome is told once more", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  {
    await using ann = await Peer.live(server, page);
    await ann.call("Chat#quiet");
  }
  await using ann = await Peer.live(server, page, { version: 1 });
  ann.send(["call", 1, 0, "Chat#quiet", [], {}]);
  assert.deepEqual(await ann.next(), ["done", 1]);
  assert.deepEqual(await ann.next(), ["patch", 2, [["do", "chime", null]]]);
});

timed(
  "broadcast: to a topic, to all who show it, after what was published before; the caller too",
  async () => {
    const { app } = make();
    await using server = await app.listen({ port: 0 });
    await using ann = await Peer.live(server, await load(app));
    await using bob = await Peer.live(server, await load(app));
    await using cid = await Peer.live(server, await load(app, "/shared"));
    await using dan = await Peer.live(server, await load(app, "/alone"));
    ann.send(["call", 1, 0, "Chat#say", ["hello"]]);
    const scroll = [["do", "scrollIntoView", "#said > :last-child"]];
    assert.deepEqual((await ann.next()).at(-1), [1]);
    assert.deepEqual(await ann.next(), ["patch", 2, scroll]);
    assert.match(JSON.stringify(await bob.next()), />hello/);
    assert.deepEqual(await bob.next(), ["patch", 2, scroll]);
    assert.match(JSON.stringify(await cid.next()), />hello/);
    const [part, told] = [await cid.next(), await cid.next()];
    assert.deepEqual(
      [part, told].filter(([, , operations]) => JSON.stringify(operations) === JSON.stringify(scroll)).length,
      1,
    );
    await dan.quiet();
  },
);

timed("broadcast: who has something yet to be shown is told behind it", async () => {
  let go: (() => void) | undefined, loads = 0;
  const app = new App({ log: new MemoryLog() });
  app.page("/", async ({ load }) => {
    const number = await load(Room(), async () => {
      if (++loads > 1) await new Promise<void>((resolve) => go = resolve);
      return loads;
    });
    return <output id="number">{number}</output>;
  });
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  await app.publish(Room());
  await app.broadcast(Room(), ops().perform("one"));
  await app.broadcast(Room(), ops().perform("two"));
  await ann.quiet();
  await ann.quiet();
  go!();
  assert.deepEqual(await ann.next(), ["patch", 1, [["text", "number", "2"]]]);
  assert.deepEqual(await ann.next(), ["patch", 2, [["do", "one", null]]]);
  assert.deepEqual(await ann.next(), ["patch", 3, [["do", "two", null]]]);
});

timed(
  "broadcast: what it puts in offers its calls, also after the next render; where it changes, till then",
  async () => {
    const { app } = make();
    await using server = await app.listen({ port: 0 });
    await using ann = await Peer.live(server, await load(app));
    await using bob = await Peer.live(server, await load(app));
    assert.deepEqual((await bob.call("Chat#heard", [7])).slice(0, 2), ["resync", "offer"]);
    await ann.call("Chat#shout");
    assert.match(JSON.stringify(await ann.next()), /append/);
    await ann.call("Chat#bump");
    assert.deepEqual((await ann.call("Chat#heard", [7])).at(-1), [3, 7]);
    assert.deepEqual((await ann.call("Chat#heard", [8])).slice(0, 2), ["resync", "offer"]);
  },
);

timed("broadcast: to the tabs of a session, and to a user, in all their sessions", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using ann = await Peer.live(server, page);
  await using tab = await Peer.live(server, await load(app, "/alone", { cookie: page.cookie }));
  await using other = await Peer.live(server, await load(app));
  assert.deepEqual(await ann.call("Chat#tabs"), ["done", 1]);
  assert.deepEqual(await ann.next(), ["patch", 1, [["do", "setTitle", null, { title: "all tabs" }]]]);
  assert.deepEqual(await tab.next(), ["patch", 1, [["do", "setTitle", null, { title: "all tabs" }]]]);
  await other.quiet();

  const bobs = await enter(app, server, "bob");
  await using bob = await Peer.live(server, bobs);
  assert.deepEqual(await ann.call("Chat#whisper", ["bob"]), ["done", 2]);
  const heard = ["patch", 1, [["do", "setTitle", null, { title: "for bob" }]]];
  assert.deepEqual(await bob.next(), heard);
  await app.broadcast({ user: "bob" }, ops().setTitle("for bob"));
  assert.deepEqual(await bob.next(), ["patch", 2, heard[2]]);
  await ann.quiet();
  await tab.quiet();
  await app.broadcast({ user: "$session/x" }, ops().reload());
  await bob.quiet();
});

async function enter(app: App<Session>, server: { url: string }, user: string) {
  const page = await load(app);
  await using peer = await Peer.live(server, page);
  peer.send(["call", 1, 0, "Chat#enter", [user]]);
  assert.deepEqual((await peer.next())[0], "done");
  const [, ticket] = await peer.next();
  const response = await fetch(`${server.url}/_argyle/ticket`, {
    method: "POST",
    body: ticket as string,
    headers: { cookie: page.cookie, "content-type": "text/plain", origin: server.url },
  });
  return await load(app, "/", { cookie: response.headers.get("set-cookie")!.split(";")[0]! });
}

timed("broadcast: after a logout elsewhere a page hears no more of its person", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  const page = await enter(app, server, "bob");
  await using tab = await Peer.live(server, page);
  await using other = await Peer.live(server, await load(app, "/", { cookie: page.cookie }));
  other.send(["call", 1, 0, "Chat#enter", ["bob"]]);
  await other.next();
  const [, ticket] = await other.next();
  await (await fetch(`${server.url}/_argyle/ticket`, {
    method: "POST",
    body: ticket as string,
    headers: { cookie: page.cookie, "content-type": "text/plain", origin: server.url },
  })).body?.cancel();
  await app.broadcast({ user: "bob" }, ops().setTitle("secret"));
  assert.deepEqual(await tab.next(), ["resync", "identity"]);
  await tab.quiet();
});

timed("broadcast: a topic may refuse it, at once or later; then nothing of the call is kept", async () => {
  const { app, log } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using ann = await Peer.live(server, page);
  assert.deepEqual((await ann.call("Chat#staff")).slice(0, 3), ["error", 1, "forbidden"]);
  assert.deepEqual((await ann.call("Chat#slow")).slice(0, 3), ["error", 2, "forbidden"]);
  assert.match((await load(app, "/", { cookie: page.cookie })).body, /id="count">0</);
  assert.deepEqual((await ann.call("Chat#nobody")).slice(0, 3), ["error", 3, "failed"]);
  assert.match(log.lines.at(-1)!, /the audience is a topic, or \{ user \}/);
  await app.broadcast(Staff(), ops().reload()); // the server's own code is not asked
});

timed("operations: over the limits the call has failed, and nobody is told", async () => {
  const { app, log } = make();
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  assert.deepEqual((await ann.call("Chat#much")).slice(0, 3), ["error", 1, "failed"]);
  assert.match(log.lines.at(-1)!, /Cannot send 1001 operations: a list has at most 1000/);
  assert.deepEqual((await ann.call("Chat#long")).slice(0, 3), ["error", 2, "failed"]);
  assert.match(log.lines.at(-1)!, /Cannot send 270\d\d\d bytes of operations: a list has at most 262144/);
  assert.deepEqual((await ann.call("Chat#other")).slice(0, 3), ["error", 3, "failed"]);
  assert.match(log.lines.at(-1)!, /what ops\(\) has not made/);
  await assert.rejects(
    app.broadcast(
      Room(),
      Array.from({ length: 1001 }).reduce((list: ReturnType<typeof ops>) => list.go(1), ops()),
    ),
    RangeError,
  );
  await ann.quiet();
});

timed("broadcast: frames of a browser that look like one are refused", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  await using bob = await Peer.live(server, await load(app));
  for (
    const frame of [
      ["patch", 1, [["do", "reload", null]]],
      ["do", "reload", null],
      ["broadcast", "room", [["do", "reload", null]]],
      ["subscribe", "$user/bob"],
    ]
  ) {
    await using evil = await Peer.live(server, await load(app));
    evil.send(frame);
    assert.deepEqual((await evil.next()).slice(0, 3), ["error", 0, "malformed"]);
  }
  await bob.quiet();
});

timed(
  "broadcast: a shared page's readers are told one text, and what it changed is put right for each",
  async () => {
    const { app } = make();
    await using server = await app.listen({ port: 0 });
    const peers = await Promise.all(
      Array.from({ length: 3 }, async () => await Peer.live(server, await load(app, "/shared"))),
    );
    await app.broadcast(Room(), ops().addCssClass("#said", "lit"));
    for (const peer of peers) {
      assert.deepEqual(await peer.next(), ["patch", 1, [["do", "addCssClass", "#said", { name: "lit" }]]]);
    }
    said.push("one");
    await app.publish(Room());
    for (const peer of peers) {
      const [first, second] = [await peer.next(), await peer.next()];
      assert.match(JSON.stringify(first), />one/);
      assert.match(JSON.stringify(second), /\["attributes","said",\{"class":"list"\}\]/);
      await peer[Symbol.asyncDispose]();
    }
  },
);

timed("missingElement: what the app says stands in the operations, unless they say otherwise", async () => {
  const { app } = make({ missingElement: "event" });
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  await app.broadcast(
    Room(),
    ops().remove("#x").setFocus("#y", { missing: "warn" }).remove("#z", { missing: "ignore" }).go(1),
  );
  assert.deepEqual((await ann.next())[2], [
    ["do", "remove", "#x", { missing: "event" }],
    ["do", "setFocus", "#y"],
    ["do", "remove", "#z", { missing: "ignore" }],
    ["do", "go", null, { delta: 1 }],
  ]);
});

timed(
  "publish: viewers of two roles are two renders, however many they are, and each role is told its own",
  async () => {
    const Doors = topic("doors"), Role = topic("role/:role");
    let renders = 0, open = 0;
    const app = new App<{ staff?: boolean }>({ log: new MemoryLog() });
    class Staff extends Reflex<{ staff?: boolean }> {
      enter() {
        this.session.staff = true;
      }
    }
    app.reflexes({ Staff });
    app.page("/", ({ key, subscribe }) => {
      renders++;
      subscribe(Doors(), Role({ role: key }));
      return (
        <main>
          {key}: {open} <b id="doors">{open}</b>
        </main>
      );
    }, { key: ({ session }) => session.staff === true ? "staff" : "guest" });
    app.page("/enter", () => <b data-reflex="click->Staff#enter" />);
    await using server = await app.listen({ port: 0 });
    const door = await load(app, "/enter");
    await using staff = await Peer.live(server, door);
    await staff.call("Staff#enter");
    const cookies = ["", door.cookie, "", door.cookie, "", door.cookie];
    const peers: Peer[] = [];
    for (const cookie of cookies) peers.push(await Peer.live(server, await load(app, "/", { cookie })));
    assert.equal(renders, 2);
    open = 1;
    await app.publish(Doors());
    await app.broadcast(Role({ role: "staff" }), ops().perform("ring"));
    for (const [i, peer] of peers.entries()) {
      assert.match(JSON.stringify(await peer.next()), /"patch",1/);
      if (i % 2 === 1) assert.deepEqual((await peer.next())[2], [["do", "ring", null]]);
      await peer.quiet();
      await peer[Symbol.asyncDispose]();
    }
    assert.equal(renders, 4);
  },
);

timed(
  "operations: what is in a permanent or an ignored element is nobody's to put right; nor what no render has written",
  async () => {
    const app = new App<Session>({ log: new MemoryLog() });
    app.reflexes({ Chat });
    app.page("/", ({ session, subscribe }) => {
      subscribe(Room());
      return (
        <main>
          <div id="toasts" data-reflex-permanent="" />
          <div id="chart" data-reflex-ignore="style children" />
          <output id="count">{session.count ?? 0}</output>
          <i data-reflex="click->Chat#bump" />
        </main>
      );
    });
    await using server = await app.listen({ port: 0 });
    await using ann = await Peer.live(server, await load(app));
    await app.broadcast(
      Room(),
      ops().innerHtml("#toasts", <p id="toast">Tea</p>).textContent("#chart", "1").remove("#toast")
        .addCssClass("#gone", "x"),
    );
    await ann.next();
    assert.deepEqual((await ann.call("Chat#bump"))[2], [
      ["text", "count", "1"],
      ["do", "addCssClass", "#count", { name: "bump" }],
      ["do", "setFocus", "#text"],
    ]);
  },
);
