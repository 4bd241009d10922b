import assert from "node:assert/strict";
import { App, on, Reflex, topic } from "@argyle/argyle";
import { FakeClock } from "@argyle/argyle/testing";
import { z } from "zod";
import { goTo, landed } from "../../helpers/landed.ts";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const Room = topic("room/:room", { presence: z.object({ name: z.string() }) });

class Counter extends Reflex {
  add() {
    this.session.count = (this.session.count ?? 0) + 1;
  }
}

async function open() {
  const clock = new FakeClock(), log = new MemoryLog(), app = new App({ clock, log });
  const counts = { asked: 0, renders: 0 };
  const gates = new Map<string, PromiseWithResolvers<void>>(), signals = new Map<string, AbortSignal>();
  const closed = new Set<string>();
  app.reflexes({ Counter });
  app.use(({ path, request }, next) => {
    if (closed.has(path)) return new Response("Closed", { status: 403 });
    if (path.startsWith("/slow/")) signals.set(path, request.signal);
    if (path === "/there") counts.asked++;
    return next();
  });
  const add = on("click", Counter, "add");
  app.page("/", ({ session }) => <p id="n" {...add}>{session.count ?? 0}</p>);
  app.page("/there", ({ session, subscribe, join }) => {
    counts.renders++;
    subscribe(Room({ room: "news" }));
    join(Room({ room: "a" }), { name: "Ann" });
    return <p id="there" {...add}>{session.count ?? 0} in render {counts.renders}</p>;
  });
  app.page(
    "/who",
    async ({ present }) => <output id="who">{(await present(Room({ room: "a" }))).length}</output>,
  );
  app.page("/slow/:name", async ({ params: { name } }) => {
    const gate = Promise.withResolvers<void>();
    gates.set(name, gate);
    await gate.promise;
    return <p id="slow">{name}</p>;
  });
  const server = await app.listen({ port: 0 });
  const page = await load(app), peer = await Peer.live(server, page);
  return {
    app,
    clock,
    log,
    server,
    page,
    peer,
    counts,
    gates,
    signals,
    closed,
    async [Symbol.asyncDispose]() {
      for (const { resolve } of gates.values()) resolve();
      await peer[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

/** Frames of a socket are taken in order, and answered so: whoever is answered has been heard. */
async function prepared({ peer, counts }: Awaited<ReturnType<typeof open>>, id: number): Promise<void> {
  const { renders } = counts;
  peer.send(["visit", id, "/there", 1]);
  while (counts.renders === renders) await peer.quiet();
}

timed("a page that is prepared is not seen by anybody, and is the one that is gone to", async () => {
  await using site = await open();
  const { app, server, peer, counts } = site;
  await using watcher = await Peer.live(server, await load(app, "/who"));
  await prepared(site, 1);
  await peer.quiet();
  await watcher.quiet();
  const { operations } = await goTo(peer, 2, "/there");
  assert.ok(JSON.stringify(operations).includes("0 in render 1"), JSON.stringify(operations));
  assert.equal(counts.renders, 1);
  assert.equal(counts.asked, 2); // the guards once more: a moment has gone by
  assert.deepEqual(await watcher.next(), ["patch", 1, [["text", "who", "1"]]]);
});

timed(
  "it is made anew where a topic or the session has moved, after 10 s, and where it was used",
  async () => {
    await using site = await open();
    const { app, peer, counts, clock, closed } = site;
    await prepared(site, 1);
    await app.publish(Room({ room: "news" }));
    await goTo(peer, 2, "/there");
    assert.equal(counts.renders, 2);
    await goTo(peer, 3, "/");
    await prepared(site, 4);
    assert.equal(counts.renders, 3);
    assert.deepEqual((await peer.call("Counter#add"))[0], "patch");
    const { operations } = await goTo(peer, 5, "/there");
    assert.ok(JSON.stringify(operations).includes("1 in render 4"), JSON.stringify(operations));
    await goTo(peer, 6, "/");
    await prepared(site, 7);
    clock.turn(10_000);
    await goTo(peer, 8, "/there");
    assert.equal(counts.renders, 6);
    await goTo(peer, 9, "/");
    await prepared(site, 10);
    closed.add("/there");
    peer.send(["visit", 11, "/there"]);
    assert.deepEqual(await peer.next(), ["go", "/there"]);
  },
);

timed("two are kept: of a third, the oldest makes room", async () => {
  await using site = await open();
  const { peer, signals } = site;
  for (const [at, name] of ["a", "b", "c"].entries()) peer.send(["visit", at + 1, `/slow/${name}`, 1]);
  while (signals.size < 3) await peer.quiet();
  assert.deepEqual(["a", "b", "c"].map((name) => signals.get(`/slow/${name}`)?.aborted), [
    true,
    false,
    false,
  ]);
});

timed("a visit of what is being prepared waits for that", async () => {
  await using site = await open();
  const { peer, gates } = site;
  peer.send(["visit", 1, "/slow/a", 1]);
  while (!gates.has("a")) await peer.quiet();
  const { resolve } = gates.get("a")!;
  gates.delete("a");
  peer.send(["visit", 2, "/slow/a"]);
  await peer.quiet();
  resolve();
  assert.equal(landed(await peer.next()).url, "/slow/a");
  assert.equal(gates.size, 0);
});

timed(
  "a later visit supersedes one that loads: its signal is aborted, and nothing of it is shown",
  async () => {
    await using site = await open();
    const { peer, gates, signals } = site;
    peer.send(["visit", 1, "/slow/a"]);
    while (!gates.has("a")) await peer.quiet();
    peer.send(["visit", 2, "/slow/b"]);
    while (!gates.has("b")) await peer.quiet();
    assert.deepEqual([signals.get("/slow/a")?.aborted, signals.get("/slow/b")?.aborted], [true, false]);
    gates.get("a")!.resolve();
    await peer.quiet();
    gates.get("b")!.resolve();
    assert.deepEqual((await peer.next()).slice(0, 3), ["page", 2, "/slow/b"]);
    await peer.quiet();
  },
);

timed("a socket that goes while its page loads: nobody is told, and the signal is aborted", async () => {
  await using site = await open();
  const { peer, gates, signals, page, server, log } = site;
  peer.send(["visit", 1, "/slow/a"]);
  while (!gates.has("a")) await peer.quiet();
  await peer[Symbol.asyncDispose]();
  await using again = await Peer.connect(server, { cookie: page.cookie });
  while (!signals.get("/slow/a")!.aborted) await again.quiet();
  gates.get("a")!.resolve();
  again.hello(page);
  assert.deepEqual(await again.next(), ["ready", 0]); // it is where it was
  assert.deepEqual(log.lines.filter((line) => line.startsWith("error")), []);
});
