import assert from "node:assert/strict";
import { App, type Engine, ops, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { FakeClock } from "@argyle/argyle/testing";
import type { Message } from "@argyle/argyle/types";
import { z } from "zod";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const Items = topic("items"), Room = topic("room", { presence: z.object({ name: z.string() }) });
const secrets = ["an isolate's secret, 0123456789 abcdefghij"];

function isolate(engine: Engine, options: { name?: string; secrets?: string[]; clock?: FakeClock } = {}) {
  const log = new MemoryLog();
  const app = new App({ ...engine, log, secrets, ...options });
  let renders = 0;
  app.page("/", async ({ subscribe, present }) => {
    renders++;
    subscribe(Items());
    return <b id="people">{(await present(Room())).length}</b>;
  });
  return { app, log, renders: () => renders };
}

/** What an attacker can do who reaches the broker: hear all, and say anything. */
async function attack(engine: Engine) {
  const heard: Message[] = [];
  const listening = await engine.bus.listen("app", { hear: (message) => void heard.push(message), gap() {} });
  return {
    heard,
    say: (...messages: Message[]) => engine.bus.publish({ channel: "app", messages }),
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
}

const evil = JSON.stringify([["do", "innerHtml", "body", {
  html: "<img src=x onerror=alert(1)>",
  raw: true,
}]]);

timed("bus: what the app has not written reaches no browser, and is a line of the log", async () => {
  const clock = new FakeClock(),
    engine = memory({ clock }),
    { app, log, renders } = isolate(engine, { clock });
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  await using eve = await attack(engine);
  const before = renders(), now = clock.now();
  const head = `["eve",1,${now},`;
  const texts = [
    `${head}["changed","items"]]`,
    `${head}["told","items",${evil},[0]]]`,
    `${"A".repeat(24)}${head}["told","items",${evil},[0]]]`,
    `${"A".repeat(24)}`,
    "",
    "[",
    '{"__proto__":{"polluted":true}}',
    "\0".repeat(100),
    "x".repeat(20 * 1024 * 1024),
  ];
  for (const text of texts) await eve.say({ topic: "items", text });
  await ann.quiet();
  assert.equal(renders(), before);
  const lines = log.lines.filter((line) => line.includes("a message of the bus was dropped"));
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /was not written by this app, or with another secret/);
  // A minute later it is worth another line, with how many there were.
  clock.turn(60_000);
  await eve.say({ topic: "items", text: "again" });
  await ann.quiet();
  assert.match(log.lines.at(-1)!, /"dropped":10/);
});

timed(
  "bus: a recorded message is not heard twice, not about something else, not cut, not later",
  async () => {
    const clock = new FakeClock(), engine = memory({ clock });
    const here = isolate(engine, { clock }), there = isolate(engine, { clock });
    await using server = await there.app.listen({ port: 0 });
    await using ann = await Peer.live(server, await load(there.app));
    await using eve = await attack(engine);
    await here.app.broadcast(Items(), ops().setTitle("once"));
    assert.deepEqual((await ann.next())[0], "patch");
    const recorded = eve.heard.find(({ topic }) => topic === "items")!;
    assert.ok(recorded);
    await eve.say(recorded, recorded);
    await eve.say({ ...recorded, topic: "$user/ann" });
    await eve.say({ ...recorded, topic: "other" });
    for (const end of [1, 10, 100]) await eve.say({ ...recorded, text: recorded.text.slice(0, -end) });
    await eve.say({ ...recorded, text: recorded.text.replace("once", "evil") });
    await ann.quiet();
    // An isolate that has begun since knows nothing of it, but that it is old.
    clock.turn(17 * 60_000);
    const late = isolate(engine, { clock });
    await using other = await late.app.listen({ port: 0 });
    await using bob = await Peer.live(other, await load(late.app));
    await eve.say(recorded);
    await bob.quiet();
    assert.match(late.log.lines.at(-1)!, /is too old, or from the future/);
  },
);

timed("bus: what another app says, with the same secret or another, is nothing to this one", async () => {
  const engine = memory(), { app } = isolate(engine);
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  await using eve = await attack(engine);
  const others = [
    isolate(engine, { name: "other" }),
    isolate(engine, { secrets: ["another secret, 0123456789 abcdefghijkl"] }),
  ];
  const heard: Message[] = [];
  await using _other = await engine.bus.listen("other", {
    hear: (message) => void heard.push(message),
    gap() {},
  });
  for (const { app } of others) await app.broadcast(Items(), ops().setTitle("evil"));
  await ann.quiet();
  assert.equal(heard.filter(({ topic }) => topic === "items").length, 1);
  await eve.say(...heard); // carried from one channel to the other
  await ann.quiet();
});

timed("bus: a secret that has been retired opens as long as it is among them", async () => {
  const engine = memory(), old = "the secret of yesterday 0123456789 abcdef";
  const before = isolate(engine, { secrets: [old] }), after = isolate(engine, { secrets: [...secrets, old] });
  await using server = await after.app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(after.app));
  await before.app.broadcast(Items(), ops().setTitle("still here"));
  assert.deepEqual((await ann.next())[0], "patch");
});

timed("browser: nobody can say over a socket what isolates say to each other", async () => {
  const engine = memory(), { app } = isolate(engine);
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app));
  await using eve = await attack(engine);
  for (
    const frame of [["changed", "items"], ["told", "items", [], []], ["come", "room", "x", "y", "{}"], [
      "who",
    ]]
  ) {
    ann.send(frame);
  }
  const { heard } = await ann.ended();
  for (const frame of heard) assert.deepEqual((frame as unknown[])[0], "error");
  assert.deepEqual(eve.heard, []);
});
