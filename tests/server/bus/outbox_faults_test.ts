import assert from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import { absent, type Fate, fates, Isolate, say, settle, World, writeOf } from "./_outbox_world.ts";

const COUNT = 9;

/** Commits one after another and at once, on two topics; two of them are refused. Who is told of a failure goes on. */
async function script({ outbox }: Isolate): Promise<number> {
  let failures = 0;
  const tried = (commit: Promise<string | null>) => commit.catch(() => failures++);
  const commit = (i: number) =>
    tried(outbox.commit([absent(`k${i}`)], [writeOf(`k${i}`)], say(i % 3 === 0 ? "b" : "a", String(i))));
  const refused = (topic: string) =>
    tried(outbox.commit([absent("there")], [writeOf("never")], say(topic, "never")));
  for (let i = 0; i < 3; i++) await commit(i);
  await refused("a");
  await Promise.all([commit(3), commit(4), refused("a"), commit(5)]);
  await refused("b");
  for (let i = 6; i < COUNT; i++) await commit(i);
  return failures;
}

/** Everything that was committed is heard, nothing else is, and each topic in its order and to its end. */
async function assertTold(world: World, what: string): Promise<void> {
  const committed: number[] = [];
  for (let i = 0; i < COUNT; i++) {
    if ((await world.engine.store.get([`k${i}`]))[0] !== null) committed.push(i);
  }
  for (const topic of ["a", "b"]) {
    const wanted = committed.filter((i) => (i % 3 === 0 ? "b" : "a") === topic).map(String);
    const heard = world.of(topic);
    assert.deepEqual([...new Set(heard)], wanted, `${what}: ${topic} ${heard}`);
    assert.equal(heard.at(-1), wanted.at(-1), `${what}: ${topic} ${heard}`);
    // Heard again, it is heard to the end: what comes after a text is what came after it the first time.
    for (const [at, text] of heard.slice(0, -1).entries()) {
      assert.ok(
        Number(heard[at + 1]) <= Number(wanted[wanted.indexOf(text) + 1] ?? Infinity),
        `${what}: ${heard}`,
      );
    }
  }
  await world.assertClean();
}

async function stepsOf(run: (isolate: Isolate) => Promise<number>): Promise<number> {
  await using world = await World.make();
  const isolate = world.isolate();
  assert.equal(await run(isolate), 0);
  // To the end: it clears up, shows itself, and leaves.
  await world.turn(30, () => world.isClean());
  assert.equal(await world.isClean(), true);
  return isolate.steps;
}

Deno.test({
  name: "Outbox: cut short at any step, everything that was committed is heard, and nothing else",
  timeout: 120_000,
  async fn() {
    const steps = await stepsOf(script);
    assert.ok(steps > 20, String(steps));
    for (let at = 0; at < steps; at++) {
      for (const fate of fates) {
        const what = `step ${at} of ${steps} ${fate}`;
        await using world = await World.make();
        await world.watcher();
        const isolate = world.isolate({ at, fate });
        const done = script(isolate);
        await settle();
        await world.turn(12);
        await world.turn(60, () => world.isClean());
        if (!isolate.isEnded) await done;
        await assertTold(world, what);
      }
    }
  },
});

Deno.test({
  name: "Outbox: who drains may be cut short at any step as well, and another one goes on",
  timeout: 120_000,
  async fn() {
    // What an isolate leaves that has ended while the bus could not be reached.
    const leave = async (world: World) => {
      const isolate = world.isolate();
      isolate.down = new Error("The bus cannot be reached.");
      await script(isolate);
      isolate.end();
    };
    const run = async (plan?: { at: number; fate: Fate }) => {
      await using world = await World.make();
      await leave(world);
      const first = await world.watcher(plan);
      await world.turn(60, () => first.isEnded || world.isClean());
      const second = await world.watcher();
      await world.turn(60, () => world.isClean());
      assert.equal(second.log.lines.join("\n"), "");
      await assertTold(world, JSON.stringify(plan));
      return first.steps;
    };
    const steps = await run();
    assert.ok(steps > 8, String(steps));
    for (let at = 0; at < steps; at++) for (const fate of fates) await run({ at, fate });
  },
});

Deno.test("Outbox: two that drain at once leave nothing behind, and nothing out", async () => {
  for (let i = 0; i < 10; i++) {
    await using world = await World.make();
    const isolate = world.isolate();
    isolate.down = new Error("The bus cannot be reached.");
    await script(isolate);
    isolate.end();
    for (let n = 0; n < 5; n++) await world.watcher();
    await world.turn(60, () => world.isClean());
    await assertTold(world, "five at once");
  }
});

Deno.test("Outbox: an isolate that was only asleep finds its slots closed, and goes on under another name", async () => {
  await using world = await World.make();
  const asleep = world.isolate(undefined, new FakeClock(world.clock.now()));
  asleep.down = new Error("The bus cannot be reached.");
  await asleep.outbox.commit([], [writeOf("k1")], say("a", "1"));
  await asleep.outbox.commit([], [writeOf("k2")], say("a", "2"));
  await world.watcher();
  await world.turn(60, () => world.isClean());
  assert.deepEqual(world.of("a"), ["1", "2"]);
  asleep.down = undefined;
  // Nothing in it has noticed, and it is refused by nothing but what was left in its slots.
  assert.ok(await asleep.outbox.commit([absent("k3")], [writeOf("k3")], say("a", "3")));
  assert.ok(await asleep.outbox.commit([], [writeOf("k4")], say("a", "4")));
  for (let i = 0; i < 20; i++) {
    asleep.clock.turn(500);
    await settle();
  }
  // It could not know that the first two were told: so it tells them, and then goes on from there.
  assert.deepEqual(world.of("a"), ["1", "2", "1", "2", "3", "4"]);
  assert.equal(await asleep.outbox.commit([absent("k3")], [writeOf("k5")], say("a", "5")), null);
  await asleep.outbox.idle();
  assert.equal(world.of("a").at(-1), "4");
});

Deno.test("Outbox: asleep at any step of a commit, it commits once, and what it commits is heard", async () => {
  for (let at = 0; at < 4; at++) {
    await using world = await World.make();
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    let steps = 0;
    const pause = async <T>(run: () => Promise<T>): Promise<T> => {
      if (steps++ === at + 2) await woken; // the first two register
      return await run();
    };
    const asleep = new Isolate(
      {
        ...world.store,
        get: (keys) => pause(() => world.store.get(keys)),
        commit: (checks, writes) => pause(() => world.store.commit(checks, writes)),
      },
      world.engine.bus,
      new FakeClock(world.clock.now()),
    );
    const one = asleep.outbox.commit([absent("k1")], [writeOf("k1")], say("a", "1"));
    await settle();
    const two = asleep.outbox.commit([absent("k2")], [writeOf("k2")], say("a", "2"));
    await world.watcher();
    await world.turn(60, () => world.isClean());
    wake();
    assert.ok(await one);
    assert.ok(await two);
    await asleep.outbox.idle();
    assert.deepEqual([...new Set(world.of("a"))].sort(), ["1", "2"], `step ${at}`);
    await asleep.outbox[Symbol.asyncDispose]();
    await world.turn(60, () => world.isClean());
    await world.assertClean();
  }
});
