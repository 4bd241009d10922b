import assert from "node:assert/strict";
import { type Bus, memory, type Store } from "@argyle/argyle/memory";
import { busContract, FakeClock, storeContract } from "@argyle/argyle/testing";
import { Outbox } from "../../../server/bus/outbox.ts";
import { MemoryLog } from "../../helpers/peer.ts";
import { absent, Isolate, say, settle, World, writeOf } from "./_outbox_world.ts";

const unreachable = new Error("The bus cannot be reached.");

function make(clock = new FakeClock()) {
  const { store, bus } = memory({ clock });
  const outbox = new Outbox(store, bus, { app: "shop/", clock, log: new MemoryLog() });
  return { store: outbox, bus: outbox.transactional, other: bus, close: () => outbox[Symbol.asyncDispose]() };
}

storeContract("outbox over memory", (clock) => make(clock as FakeClock));
busContract("outbox over memory", () => make());

Deno.test("Outbox: says of itself what the store says, and that it publishes to the bus it was given", async () => {
  await using world = await World.make();
  const { outbox } = world.isolate();
  const { name, durable, exclusive, transactional } = outbox;
  assert.deepEqual({ name, durable, exclusive }, { name: "memory", durable: true, exclusive: true });
  assert.deepEqual([transactional.name, transactional.replay], ["memory", true]);
});

Deno.test("Outbox: where nothing is published with a commit, nothing is read or written but what was asked for", async () => {
  await using world = await World.make();
  const quiet = world.isolate();
  await quiet.outbox.commit([], [writeOf("k")]);
  await quiet.outbox.get(["k"]);
  await quiet.outbox.transactional.publish(say("a", "1"));
  await world.turn(600);
  assert.deepEqual([quiet.reads, quiet.commits, world.clock.waiting], [1, 1, 0]);
  assert.deepEqual(world.of("a"), ["1"]);
});

Deno.test("Outbox: an isolate that only listens looks twice a minute, and not at all when it has left", async () => {
  await using world = await World.make();
  const isolate = world.isolate();
  const listening = await isolate.outbox.transactional.listen("shop", { hear() {}, gap() {} });
  const again = await isolate.outbox.transactional.listen("shop", { hear() {}, gap() {} });
  await world.turn(600);
  assert.ok(isolate.reads >= 18 && isolate.reads <= 26, String(isolate.reads));
  await listening[Symbol.asyncDispose]();
  await listening[Symbol.asyncDispose]();
  assert.equal(world.clock.waiting, 1);
  await again[Symbol.asyncDispose]();
  assert.deepEqual([isolate.commits, world.clock.waiting], [0, 0]);
});

Deno.test("Outbox: a commit that publishes is one commit; when it is quiet, all is cleared away in one", async () => {
  await using world = await World.make();
  const isolate = world.isolate();
  await isolate.outbox.commit([], [writeOf("k")], say("a", "0"));
  await isolate.outbox.idle();
  assert.deepEqual([isolate.reads, isolate.commits], [1, 2], "registered");
  await Promise.all(
    Array.from({ length: 10 }, (_, i) => isolate.outbox.commit([], [writeOf("k")], say(`t${i}`, String(i)))),
  );
  await isolate.outbox.idle();
  assert.deepEqual([isolate.reads, isolate.commits], [1, 12]);
  await world.turn(1);
  assert.deepEqual([isolate.reads, isolate.commits], [1, 13], "cleared");
  await world.turn(20);
  assert.deepEqual([isolate.reads, isolate.commits], [3, 15], "it has shown itself once, and left");
  assert.equal(await world.isClean(), true);
  assert.equal(world.clock.waiting, 0);
  await world.assertClean();
});

Deno.test("Outbox: disposed of, it leaves nothing behind: no timer, no key, and nothing unpublished", async () => {
  await using world = await World.make();
  const isolate = await world.watcher();
  for (let i = 0; i < 20; i++) await isolate.outbox.commit([], [writeOf("k")], say("a", String(i)));
  await isolate.outbox[Symbol.asyncDispose]();
  assert.deepEqual([world.of("a").length, world.clock.waiting], [20, 0]);
  assert.equal(await world.isClean(), true);
  await world.assertClean();
  await assert.rejects(isolate.outbox.commit([], [writeOf("late")], say("a", "late")), /the app has ended/);
  assert.deepEqual(await world.engine.store.get(["late"]), [null]);
  assert.ok(
    await isolate.outbox.commit([], [writeOf("late")]),
    "without a publication it is the store's own affair",
  );
});

Deno.test("Outbox: disposed of while the bus is down, it ends at once, and another publishes what is left", async () => {
  await using world = await World.make();
  const isolate = world.isolate();
  isolate.down = unreachable;
  await Promise.all(
    Array.from(
      { length: 12 },
      (_, i) =>
        isolate.outbox.commit([], [writeOf(`k${i}`)], say("a", String(i))).catch(({ message }) =>
          assert.match(message, /the app has ended/)
        ),
    ).concat(settle().then(() => isolate.outbox[Symbol.asyncDispose]())),
  );
  assert.equal(world.clock.waiting, 0);
  await world.watcher();
  await world.turn(60, () => world.isClean());
  assert.deepEqual(world.of("a"), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  assert.deepEqual(await world.engine.store.get(["k10", "k11"]), [null, null]);
});

Deno.test("Outbox: while one waits to be tried again, its topic waits behind it and others go on", async () => {
  await using world = await World.make();
  const refusing: Bus = {
    ...world.engine.bus,
    listen: (...given) => world.engine.bus.listen(...given),
    publish: (publication) =>
      isDown && publication.messages[0]!.topic === "a"
        ? Promise.reject(unreachable)
        : world.engine.bus.publish(publication),
  };
  let isDown = true;
  const isolate = new Isolate(world.store, refusing, world.clock), { outbox } = isolate;
  await outbox.commit([], [writeOf("k")], say("a", "1"));
  await outbox.commit([], [writeOf("k")], say("b", "1"));
  await outbox.commit([], [writeOf("k")], {
    channel: "shop",
    messages: [...say("b", "2").messages, ...say("a", "2").messages],
  });
  await outbox.commit([], [writeOf("k")], say("b", "3"));
  const direct = outbox.transactional.publish(say("b", "4"));
  await outbox.commit([], [writeOf("k")], say("c", "1"));
  await world.turn(3);
  assert.deepEqual(world.heard, ["b 1", "c 1"]);
  isDown = false;
  await world.turn(6);
  await direct;
  assert.deepEqual(world.of("a"), ["1", "2"]);
  assert.deepEqual(world.of("b"), ["1", "2", "3", "4"]);
  assert.equal(isolate.log.lines.length, 1, isolate.log.lines.join("\n"));
  assert.match(isolate.log.lines[0]!, /could not be published yet: The bus cannot be reached\./);
  await outbox[Symbol.asyncDispose]();
});

Deno.test("Outbox: when all slots are taken, a commit waits for one; in vain, it fails and has not happened", async () => {
  await using world = await World.make();
  const isolate = world.isolate(), { outbox } = isolate;
  isolate.down = unreachable;
  for (let i = 0; i < 10; i++) await outbox.commit([], [writeOf("k")], say(`t${i}`, "x"));
  const vain = assert.rejects(
    outbox.commit([], [writeOf("vain")], say("a", "vain")),
    /^Error: Cannot commit: .* memory has not taken it for 5 seconds\. Nothing was committed; try again/,
  );
  await world.turn(5);
  await vain;
  assert.deepEqual(await world.engine.store.get(["vain"]), [null]);
  assert.ok(await outbox.commit([], [writeOf("unsaid")]), "what publishes nothing needs none");
  const patient = outbox.commit([], [writeOf("patient")], say("a", "patient"));
  await world.turn(2);
  isolate.down = undefined;
  await world.turn(6);
  assert.ok(await patient);
  await outbox.idle();
  assert.deepEqual(
    new Set(world.heard),
    new Set(["a patient", ...Array.from({ length: 10 }, (_, i) => `t${i} x`)]),
  );
});

Deno.test("Outbox: two machines whose clocks are a minute apart leave each other alone", async () => {
  for (const apart of [60_000, -60_000]) {
    await using world = await World.make();
    const clock = new FakeClock(world.clock.now() + apart);
    const [one, two] = [await world.watcher(), await world.watcher(undefined, clock)];
    for (let i = 0; i < 120; i++) {
      for (const [at, { outbox }] of [one, two].entries()) {
        await outbox.commit([], [writeOf("k")], say(`t${at}`, String(i)));
      }
      // Shorter than it is waited before what was published is cleared away: there is always something to be found.
      clock.turn(700);
      world.clock.turn(700);
      await settle();
    }
    const wanted = Array.from({ length: 120 }, (_, i) => String(i));
    assert.deepEqual([world.of("t0"), world.of("t1")], [wanted, wanted], "each once");
    assert.deepEqual([...one.log.lines, ...two.log.lines], []);
    await two.outbox[Symbol.asyncDispose]();
  }
});

Deno.test("Outbox: an outage of the bus that is longer than anything lives in the store", async () => {
  await using world = await World.make();
  const isolate = await world.watcher(), { outbox } = isolate;
  isolate.down = unreachable;
  await outbox.commit([], [writeOf("k")], say("a", "1"));
  for (let i = 0; i < 70; i++) world.clock.turn(60_000), await settle();
  await outbox.commit([], [writeOf("k")], say("a", "2"));
  isolate.down = undefined;
  await world.turn(10);
  for (let i = 3; i < 30; i++) {
    await outbox.commit([absent(`k${i}`)], [writeOf(`k${i}`)], say("a", String(i)));
  }
  await world.turn(60);
  assert.deepEqual(world.of("a"), Array.from({ length: 29 }, (_, i) => String(i + 1)));
});

Deno.test("Outbox: what is large lies in several slots, and is whole for whoever finds it", async () => {
  for (
    const text of [
      "x".repeat(150_000),
      "𝄞".repeat(70_000),
      'ü€\u2028\0"\\'.repeat(9000),
      `x${"𝄞".repeat(70_000)}`,
    ]
  ) {
    await using world = await World.make();
    const isolate = world.isolate();
    isolate.down = unreachable;
    await isolate.outbox.commit([], [writeOf("k")], say("a", text, "end"));
    await isolate.outbox.commit([], [writeOf("k")], say("a", "after"));
    isolate.end();
    await world.watcher();
    await world.turn(60, () => world.isClean());
    assert.ok(world.heard[0] === `a ${text}`, `${text.length} characters`);
    assert.deepEqual(world.heard.slice(1), ["a end", "a after"]);
  }
});

Deno.test("Outbox: no part of anything is larger than what Deno KV takes", async () => {
  await using world = await World.make();
  const sizes: number[] = [];
  const measuring: Store = {
    ...world.store,
    commit(checks, writes) {
      for (const { value } of writes) sizes.push(new TextEncoder().encode(value ?? "").length);
      return world.store.commit(checks, writes);
    },
  };
  const { outbox } = new Isolate(measuring, world.engine.bus, world.clock);
  for (const text of ["€".repeat(190_000), "𝄞".repeat(95_000), "\0".repeat(30_000)]) {
    await outbox.commit([], [], say("a", text));
    await outbox.idle();
    assert.ok(world.heard.at(-1) === `a ${text}`);
  }
  assert.ok(Math.max(...sizes) < 65_000, String(Math.max(...sizes)));
  await outbox[Symbol.asyncDispose]();
});

Deno.test("Outbox: what is too large is refused before anything is committed, and never cut", async () => {
  await using world = await World.make();
  const { outbox } = world.isolate();
  await assert.rejects(
    outbox.commit([], [writeOf("k")], say("a", "x".repeat(200_001))),
    {
      name: "RangeError",
      message: /^Cannot publish with a commit: 200\d+ characters as JSON, and it takes about 200000\./,
    },
  );
  assert.deepEqual(await world.engine.store.get(["k"]), [null]);
});

Deno.test("Outbox: what the store refuses as too large takes no slot with it", async () => {
  await using world = await World.make();
  const refusing: Store = {
    ...world.store,
    commit: (checks, writes) =>
      writes.some(({ key }) => key === "large")
        ? Promise.reject(new RangeError("Too large for this store."))
        : world.store.commit(checks, writes),
  };
  const { outbox, log } = new Isolate(refusing, world.engine.bus, world.clock);
  for (let i = 0; i < 15; i++) {
    await assert.rejects(outbox.commit([], [writeOf("large")], say("a", "never")), RangeError);
  }
  assert.ok(await outbox.commit([], [writeOf("small")], say("a", "1")));
  await outbox[Symbol.asyncDispose]();
  assert.deepEqual([world.of("a"), log.lines], [["1"], []]);
});

Deno.test("Outbox: a bus that refuses what it should carry is reported, and holds up nothing", async () => {
  await using world = await World.make();
  const isolate = await world.watcher();
  isolate.down = new RangeError("Too large for this bus.");
  await isolate.outbox.commit([], [writeOf("k")], say("a", "1"));
  await settle();
  isolate.down = undefined;
  await isolate.outbox.commit([], [writeOf("k")], say("a", "2"));
  await isolate.outbox.idle();
  assert.deepEqual(world.of("a"), ["2"]);
  assert.match(isolate.log.lines.join("\n"), /cannot be published: Too large for this bus\./);
});
