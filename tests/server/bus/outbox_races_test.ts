import assert from "node:assert/strict";
import type { Bus, Store } from "@argyle/argyle/memory";
import { FakeClock } from "@argyle/argyle/testing";
import { absent, Isolate, say, settle, World, writeOf } from "./_outbox_world.ts";

const unreachable = new Error("The bus cannot be reached.");

Deno.test("Outbox: a commit that is carried out after its error was told is refused, or is heard", async () => {
  for (const isFirst of [true, false]) {
    await using world = await World.make();
    // As a client does that has queued it: the answer is an error, and what was sent is sent all the same.
    let late: (() => Promise<string | null>) | undefined;
    const queueing: Store = {
      ...world.store,
      commit(checks, writes) {
        if (!writes.some(({ key }) => key === "late") || late !== undefined) {
          return world.store.commit(checks, writes);
        }
        late = () => world.store.commit(checks, writes);
        return Promise.reject(new Error("There was no answer."));
      },
    };
    let isReading = !isFirst;
    const woken = Promise.withResolvers<void>();
    const isolate = new Isolate(
      {
        ...queueing,
        async get(keys) {
          if (late !== undefined && !isReading) await woken.promise;
          return await world.store.get(keys);
        },
      },
      world.engine.bus,
      world.clock,
    );
    await isolate.outbox.commit([], [writeOf("k")], say("a", "1"));
    await assert.rejects(
      isolate.outbox.commit([], [writeOf("late")], say("a", "late")),
      /There was no answer/,
    );
    const after = isolate.outbox.commit([], [writeOf("k")], say("a", "2"));
    if (!isFirst) await settle();
    const version = await late!();
    assert.equal(version !== null, isFirst);
    isReading = true;
    woken.resolve();
    assert.ok(await after);
    await isolate.outbox.idle();
    assert.deepEqual(world.of("a"), isFirst ? ["1", "late", "2"] : ["1", "2"]);
    assert.equal((await world.engine.store.get(["late"]))[0] !== null, isFirst);
    await isolate.outbox[Symbol.asyncDispose]();
    await world.assertClean();
  }
});

/** An isolate that has left something, and one that is about to remove it: it has published, and knows no better. */
async function beforeRemoval(world: World) {
  const clock = new FakeClock(world.clock.now());
  const asleep = world.isolate(undefined, clock);
  asleep.down = unreachable;
  await asleep.outbox.commit([], [writeOf("k1")], say("a", "1"));
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let isHeld = false;
  const slow: Bus = {
    ...world.engine.bus,
    listen: (...given) => world.engine.bus.listen(...given),
    async publish(publication) {
      await world.engine.bus.publish(publication);
      isHeld = true;
      await released;
    },
  };
  const drains = new Isolate(world.store, slow, world.clock);
  const listening = await drains.outbox.transactional.listen("shop", { hear() {}, gap() {} });
  await world.turn(60, () => isHeld);
  assert.equal(isHeld, true);
  return { asleep, clock, release, listening, drains };
}

Deno.test("Outbox: what an isolate commits while it is taken for dead is found before its slots are closed", async () => {
  await using world = await World.make();
  const { asleep, release, listening, drains } = await beforeRemoval(world);
  assert.ok(await asleep.outbox.commit([], [writeOf("k2")], say("a", "2")));
  asleep.end();
  release();
  await world.turn(60, () => world.isClean());
  assert.deepEqual(world.of("a"), ["1", "2"]);
  await listening[Symbol.asyncDispose]();
  await drains.outbox[Symbol.asyncDispose]();
  await world.assertClean();
});

Deno.test("Outbox: an isolate that shows itself while it is taken for dead keeps its place", async () => {
  await using world = await World.make();
  const { asleep, clock, release, listening, drains } = await beforeRemoval(world);
  clock.turn(5000);
  await settle();
  release();
  await settle();
  asleep.down = undefined;
  const [before] = await world.engine.store.get(["shop/:o"]);
  assert.ok(before !== null && before !== undefined);
  assert.ok(await asleep.outbox.commit([], [writeOf("k2")], say("a", "2")));
  clock.turn(10_000);
  await asleep.outbox.idle();
  assert.equal((await world.engine.store.get(["shop/:o"]))[0]?.value.slice(0, 15), before.value.slice(0, 15));
  assert.deepEqual(world.of("a"), ["1", "1", "2"]);
  await listening[Symbol.asyncDispose]();
  await drains.outbox[Symbol.asyncDispose]();
});

Deno.test("Outbox: a slot whose text has expired is used again, and no commit is refused for it", async () => {
  await using world = await World.make();
  const asleep = world.isolate(undefined, new FakeClock(world.clock.now())), other = world.isolate();
  await asleep.outbox.commit([], [writeOf("k1")], say("a", "1"));
  // The registry stays, because another one is at work.
  for (let i = 0; i < 70 * 6; i++) {
    if (i % 3 === 0) await other.outbox.commit([], [], say("b", String(i)));
    world.clock.turn(10_000);
    await settle();
  }
  assert.ok(await asleep.outbox.commit([], [writeOf("k2")], say("a", "2")));
  assert.equal(await asleep.outbox.commit([absent("there")], [writeOf("k3")], say("a", "3")), null);
  await asleep.outbox.idle();
  assert.deepEqual(world.of("a"), ["1", "2"]);
});

Deno.test("Outbox: of a large text whose slots were used again in part, nothing is said again", async () => {
  await using world = await World.make();
  const isolate = world.isolate();
  await isolate.outbox.commit([], [], say("a", "x".repeat(90_000)));
  await isolate.outbox.idle();
  await isolate.outbox.commit([], [], say("a", "small"));
  await isolate.outbox.idle();
  isolate.end();
  const watcher = await world.watcher();
  await world.turn(60, () => world.isClean());
  assert.deepEqual(world.of("a").map((text) => text.length), [90_000, 5, 5]);
  assert.deepEqual(watcher.log.lines, []);
  await world.assertClean();
});
