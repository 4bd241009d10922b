import assert from "node:assert/strict";
import { App, on, type PageContext, Reflex, topic } from "@argyle/argyle";
import { FakeClock, open } from "@argyle/argyle/testing";
import { Attribute, type Limits } from "@argyle/argyle/protocol";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

interface Session {
  count?: number;
}

/** A counter; `ran` counts how often its method has really run, `wait` holds it up. */
function counter(options: { clock?: FakeClock; limits?: Partial<Limits> } = {}) {
  const seen = { ran: 0, wait: Promise.resolve() };
  const Total = topic("total");
  class Counter extends Reflex<Session> {
    async add(by: number) {
      await seen.wait;
      seen.ran += 1;
      this.session.count = (this.session.count ?? 0) + by;
      this.publish(Total());
    }
  }
  const app = new App<Session>({ log: new MemoryLog(), ...options });
  app.reflexes({ Counter });
  app.page("/", ({ session, subscribe }: PageContext<Session>) => {
    subscribe(Total());
    return (
      <main>
        <output id="count">{session.count ?? 0}</output>
        <p id="total">{`${seen.ran} €`}</p>
        <button id="add" {...on("click", Counter, "add", 1)}>+1</button>
      </main>
    );
  });
  return { app, seen, Total };
}

timed("last: bytes and frames are those that a socket over the network carries", async () => {
  await using ann = await open(counter().app, "/");
  await ann.click("#add");

  const { app } = counter();
  await using server = await app.listen({ port: 0 });
  await using peer = await Peer.live(server, await load(app, "/", { origin: server.url }));
  const call = ["call", 1, 0, "Counter#add", [1], { a: { id: "add" } }];
  await peer.call("Counter#add", [1], { a: { id: "add" } });

  const bytes = (text: string | undefined) => new TextEncoder().encode(text).length;
  assert.deepEqual(ann.last.frames, [call, JSON.parse(peer.texts[1]!)]);
  assert.equal(ann.last.down, bytes(peer.texts[1]));
  assert.equal(ann.last.up, bytes(JSON.stringify(call)));
  assert.deepEqual(ann.last.operations, [["text", "count", "1"], ["text", "total", "1 €"]]);
});

Deno.test("last: what comes later counts too, until the next action", async () => {
  const { app, seen, Total } = counter();
  await using ann = await open(app, "/");
  await ann.click("#add");
  const { down } = ann.last;
  seen.ran = 7;
  await app.publish(Total());
  await ann.see("7", "#total");
  // The sign of the euro has three bytes.
  assert.equal(ann.last.down - down, '["patch",2,[["text","total","7 €"]]]'.length + 2);
  await ann.click("#add");
  assert.equal(ann.last.frames.length, 2);
});

Deno.test("see: what one person does, another is shown", async () => {
  const { app } = counter();
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  await ann.click("#add");
  await bob.see("1", "#total");
  assert.equal(bob.text("#count"), "0");
  assert.deepEqual(bob.last.operations, [["text", "total", "1 €"]]);
});

Deno.test("disconnect: what is called meanwhile waits in the page, and runs once", async () => {
  const { app, seen } = counter();
  await using ann = await open(app, "/");
  await ann.click("#add");
  await ann.disconnect();
  assert.equal(ann.live, false);
  await ann.click("#add");
  await ann.click("#add");
  assert.deepEqual([ann.text("#count"), seen.ran], ["1", 1]);
  await ann.reconnect();
  assert.deepEqual([ann.live, ann.text("#count"), seen.ran], [true, "3", 3]);
});

Deno.test("reconnect: is done when what was called meanwhile has its outcome", async () => {
  const { app, seen } = counter();
  await using ann = await open(app, "/");
  await ann.disconnect();
  await ann.click("#add");
  const { promise, resolve } = Promise.withResolvers<void>();
  seen.wait = promise;
  const back = ann.reconnect();
  await ann.until(() => ann.live);
  await ann.until(() => true);
  assert.equal(ann.text("#count"), "0");
  resolve();
  await back;
  assert.equal(ann.text("#count"), "1");
});

Deno.test("disconnect: a socket that was about to open is gone at both ends", async () => {
  await using ann = await open(counter().app, "/", { patience: 400 });
  await ann.disconnect();
  const back = ann.reconnect();
  await Promise.resolve();
  await Promise.resolve();
  await ann.disconnect();
  await assert.rejects(back, {
    message: "Cannot reconnect http://localhost/: the app has not taken the page back.",
  });
  await ann.reconnect();
  await ann.click("#add");
  assert.equal(ann.text("#count"), "1");
});

Deno.test("last: a call whose line the app has closed for it is given up, and the page comes back", async () => {
  await using ann = await open(counter({ limits: { frame: 300 } }).app, "/");
  await assert.rejects(ann.call("Counter#add", "x".repeat(500)), { code: "disconnected" });
  assert.equal(ann.last.error?.code, "disconnected");
  await ann.until(() => ann.live);
  await ann.click("#add");
  assert.equal(ann.text("#count"), "1");
});

timed("last: a call of a visit that somebody else has taken over is given up", async () => {
  const { app, seen } = counter();
  await using server = await app.listen({ port: 0 });
  await using ann = await open(app, "/", { origin: server.url });
  const { promise, resolve } = Promise.withResolvers<void>();
  seen.wait = promise;
  const clicked = ann.click("#add");
  await ann.until(() => ann.last.frames.length === 1);
  const script = `head script[${Attribute.page}]`;
  const page = { ...await load(app, "/", { origin: server.url }), cookie: ann.cookie };
  await using _peer = await Peer.live(server, {
    ...page,
    token: ann.attribute(script, Attribute.page) ?? "",
  });
  await clicked;
  assert.equal(ann.last.error?.code, "expired");
  resolve();
});

Deno.test("disconnect: a call that was on its way comes again", async () => {
  const { app, seen } = counter();
  await using ann = await open(app, "/");
  const clicked = ann.click("#add");
  await ann.disconnect();
  await clicked;
  assert.equal(seen.ran, 0);
  await ann.reconnect();
  assert.deepEqual([ann.text("#count"), seen.ran], ["1", 1]);
});

Deno.test("disconnect: a lost answer comes again, and the call does not run again", async () => {
  const { app, seen } = counter();
  await using ann = await open(app, "/");
  await ann.disconnect("answer");
  await ann.click("#add");
  assert.deepEqual([ann.live, ann.text("#count"), seen.ran], [false, "0", 1]);
  await ann.reconnect();
  assert.deepEqual([ann.text("#count"), seen.ran], ["1", 1]);
});

Deno.test("disconnect: what others have done is there after a reconnect", async () => {
  const { app } = counter();
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  await ann.disconnect();
  await bob.click("#add");
  assert.equal(ann.text("#total"), "0 €");
  await ann.reconnect();
  await ann.see("1", "#total");
});

Deno.test("disconnect: a page cannot be loaded, and a call waits no longer than patience", async () => {
  await using ann = await open(counter().app, "/", { patience: 400 });
  await ann.disconnect();
  await assert.rejects(ann.reload(), {
    name: "TypeError",
    message: "Cannot reach http://localhost/: the line is cut.",
  });
  await assert.rejects(ann.call("Counter#add", 1), {
    message: "Cannot call Counter#add: the line is cut, and was not mended within 400 ms.",
  });
});

Deno.test("click: waits for an outcome that takes its time, but not for ever", async () => {
  const { app, seen } = counter();
  await using ann = await open(app, "/", { patience: 400 });
  const { promise, resolve } = Promise.withResolvers<void>();
  seen.wait = promise;
  await assert.rejects(ann.click("#add"), {
    message: "Cannot click #add: Counter#add had no outcome within 400 ms.",
  });
  resolve();
  await ann.see("1", "#count");
});

Deno.test("click: a call that is put off by the clock belongs to the click", async () => {
  const clock = new FakeClock();
  const { app, seen } = counter({ clock });
  await using ann = await open(app, "/", { clock });
  // The browser sends 150 calls at once, and then 40 a second.
  for (let n = 1; n <= 150; n++) await ann.click("#add");
  const clicked = ann.click("#add");
  await ann.until(() => ann.last.frames.length === 0 && seen.ran === 150);
  clock.turn(25);
  await clicked;
  assert.equal(ann.text("#count"), "151");

  await using bob = await open(app, "/", { clock, patience: 400 });
  for (let n = 1; n <= 150; n++) await bob.click("#add");
  await assert.rejects(bob.click("#add"), {
    message:
      "Cannot click #add: a timer did not ring within 400 ms; a clock that is turned by hand has to be turned.",
  });
});

Deno.test("call: what the page does not offer brings it a fresh page, and its own error", async () => {
  const { app, seen } = counter();
  await using ann = await open(app, "/");
  seen.ran = 5; // nobody was told
  await assert.rejects(ann.call("Counter#add", 1000), { name: "ReflexError", code: "stale" });
  assert.deepEqual([ann.text("#total"), ann.text("#count"), ann.live], ["5 €", "0", true]);
  await ann.click("#add");
  assert.equal(ann.text("#count"), "1");
});

Deno.test("open: a server that ends sends its pages offline", async () => {
  const { app } = counter();
  await using ann = await open(app, "/");
  await app[Symbol.asyncDispose]();
  await ann.until(() => !ann.live);
  assert.equal(ann.text("#count"), "0");
});

Deno.test("open: a page may be closed while a call runs, and the app ends it", async () => {
  const { app, seen } = counter();
  const ann = await open(app, "/");
  const { promise, resolve } = Promise.withResolvers<void>();
  seen.wait = promise;
  const clicked = ann.click("#add");
  await ann[Symbol.asyncDispose]();
  await assert.rejects(clicked, { message: "Cannot click #add: the page was closed." });
  resolve();
});
