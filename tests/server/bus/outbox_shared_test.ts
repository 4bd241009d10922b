import assert from "node:assert/strict";
import { memory, type Store } from "@argyle/argyle/memory";
import { redis } from "@argyle/argyle/redis";
import { FakeClock } from "@argyle/argyle/testing";
import { createClient } from "redis";
import { Outbox } from "../../../server/bus/outbox.ts";
import { Macs } from "../../../server/seal/macs.ts";
import { readSecrets } from "../../../server/seal/secrets.ts";
import { SealedStore } from "../../../server/session/sealed_store.ts";
import { natsBucket, withNats } from "../../helpers/nats.ts";
import { MemoryLog } from "../../helpers/peer.ts";
import { findRedis, randomPrefix, removeKeys, skipRedis } from "../../helpers/redis.ts";
import { absent, Isolate, say, settle, World, writeOf } from "./_outbox_world.ts";

const SECRET = "0123456789abcdef0123456789abcdef", NEXT = "fedcba9876543210fedcba9876543210";
const unreachable = new Error("The bus cannot be reached.");

function sealed(store: Store, ...secrets: string[]): Store {
  return new SealedStore(store, "shop/", new Macs(readSecrets(secrets)));
}

/** The keys that are in a world's store, as somebody sees them who can look into it. */
function watchKeys(world: World): { store: Store; keys: Set<string> } {
  const keys = new Set<string>();
  const store: Store = {
    ...world.store,
    commit(checks, writes) {
      for (const { key } of writes) if (key.startsWith("shop/:o")) keys.add(key);
      return world.store.commit(checks, writes);
    },
  };
  return { store, keys };
}

Deno.test("Outbox: what others write into its slots is heard by nobody, and what is the app's own is", async () => {
  await using world = await World.make();
  const { store, keys } = watchKeys(world);
  const isolate = new Isolate(sealed(store, SECRET), world.engine.bus, world.clock);
  isolate.down = unreachable;
  for (let i = 0; i < 3; i++) await isolate.outbox.commit([], [writeOf(`k${i}`)], say("a", String(i)));
  isolate.end();
  const [first = "", second = "", ...others] = [...keys].filter((key) => key !== "shop/:o");
  assert.equal(others.length, 1);
  // A publication of an attacker's own, one that lay elsewhere, and one in a slot that was never used.
  const [moved] = await world.engine.store.get([first]);
  const unused = first.replace(/\.\d\}$/, ".7}");
  await world.engine.store.commit([], [
    writeOf(first, '1.0.1:["shop","a","forged"]'),
    writeOf(second, moved!.value),
    writeOf(unused, `${"A".repeat(24)}9.0.1:["shop","a","forged"]`),
  ]);
  const watcher = new Isolate(sealed(store, SECRET), world.engine.bus, world.clock);
  await using _ = await watcher.outbox.transactional.listen("shop", { hear() {}, gap() {} });
  await world.turn(60, () => world.isClean());
  assert.deepEqual(world.heard, ["a 2"]);
  assert.equal(
    watcher.log.lines.filter((line) => /what an isolate has left cannot be published/.test(line)).length,
    3,
  );
  assert.doesNotMatch(watcher.log.lines.join("\n"), /forged/);
  await watcher.outbox[Symbol.asyncDispose]();
});

Deno.test("Outbox: nonsense in a slot or in the registry breaks nothing, where nobody has signed anything", async () => {
  for (
    const nonsense of [
      "",
      "{}",
      "null",
      "[1,2,3]",
      '["../../etc",1]',
      '["AAAAAAAAAAAA","x"]',
      "[[[[",
      '{"__proto__":1}',
      "x".repeat(50_000),
    ]
  ) {
    await using world = await World.make();
    await world.engine.store.commit([], [writeOf("shop/:o", nonsense)]);
    await using isolate = await world.watcher().then(({ outbox }) => outbox);
    await isolate.commit([], [writeOf("k")], say("a", "1"));
    await isolate.idle();
    assert.deepEqual(world.of("a"), ["1"], nonsense);
    // An isolate that does not exist, with slots full of it.
    await world.engine.store.commit([], [
      writeOf("shop/:o", '["AAAAAAAAAAAA",5]'),
      ...[
        "1.0.1:",
        `2.0.1:${nonsense}`,
        "3.0.1:[]",
        '4.0.1:["shop"]',
        '5.0.1:["shop","a"]',
        '6.0.1:["shop","a",7]',
        nonsense,
        "7.5.2:x",
        '8.0.1:["shop","b","2"]',
      ]
        .map((value, at) => writeOf(`shop/:o:{AAAAAAAAAAAA.${at}}`, value)),
    ]);
    await world.turn(60, () => world.isClean());
    assert.deepEqual(world.of("b"), ["2"], nonsense);
  }
});

Deno.test("Outbox: with a registry that is forged, or signed with a secret that was taken away, it is begun anew", async () => {
  await using world = await World.make();
  const old = new Isolate(sealed(world.store, SECRET), world.engine.bus, world.clock);
  old.down = unreachable;
  await old.outbox.commit([], [writeOf("k1")], say("a", "1"));
  const next = new Isolate(sealed(world.store, NEXT), world.engine.bus, world.clock);
  await next.outbox.commit([], [writeOf("k2")], say("b", "2"));
  await next.outbox.idle();
  assert.match(
    next.log.lines[0]!,
    /the registry of outboxes is begun anew: Cannot read shop\/:o .* behind the new one/,
  );
  // The old one is not in it any more. It lives, though, and publishes what it has.
  await world.turn(2);
  old.down = undefined;
  await world.turn(12);
  assert.deepEqual([world.of("a"), world.of("b")], [["1"], ["2"]]);
  await world.engine.store.commit([], [writeOf("shop/:o", '["AAAAAAAAAAAA",0]')]);
  await next.outbox.commit([], [writeOf("k3")], say("b", "3"));
  await next.outbox.idle();
  assert.equal(world.of("b").at(-1), "3");
  for (const { outbox } of [old, next]) await outbox[Symbol.asyncDispose]();
  await world.turn(40);
});

await withNats("Outbox: over a store in NATS", () => {
  Deno.test({
    name: "Outbox over NATS: many commits at once, and what an isolate leaves is published by another",
    timeout: 60_000,
    async fn() {
      const clock = new FakeClock(), bucket = await natsBucket({ clock });
      const { bus } = memory({ clock }), heard: string[] = [];
      const listening = await bus.listen("shop", { hear: ({ text }) => void heard.push(text), gap() {} });
      const [one, two] = [new Isolate(bucket.store, bus, clock), new Isolate(bucket.store, bus, clock)];
      const watching = await two.outbox.transactional.listen("shop", { hear() {}, gap() {} });
      try {
        await Promise.all(Array.from({ length: 60 }, async (_, i) => {
          const own = [one, two][i % 2]!.outbox;
          assert.ok(await own.commit([absent(`{s${i}}`)], [writeOf(`{s${i}}`)], say(`t${i}`, String(i))));
        }));
        await Promise.all([one.outbox.idle(), two.outbox.idle()]);
        assert.deepEqual(heard.map(Number).sort((a, b) => a - b), Array.from({ length: 60 }, (_, i) => i));
        heard.length = 0;
        one.down = unreachable;
        for (let i = 0; i < 5; i++) await one.outbox.commit([], [writeOf(`{s${i}}`)], say("a", String(i)));
        await one.outbox.commit([], [writeOf("{s5}")], say("a", "x".repeat(60_000)));
        assert.equal(await one.outbox.commit([absent("{s5}")], [writeOf("{s6}")], say("a", "never")), null);
        one.end();
        for (let i = 0; i < 400 && (await bucket.store.get(["shop/:o"]))[0] !== null; i++) {
          clock.turn(500);
          await settle();
        }
        // The last look may still be at it.
        await two.outbox[Symbol.asyncDispose]();
        // What had been told may be told again, before what had not.
        assert.deepEqual(heard.slice(-6).map((text) => text.slice(0, 5)), ["0", "1", "2", "3", "4", "xxxxx"]);
        assert.equal(heard.includes("never"), false);
        assert.deepEqual(await bucket.store.get(["shop/:o"]), [null]);
      } finally {
        await listening[Symbol.asyncDispose]();
        await watching[Symbol.asyncDispose]();
        await bucket.close();
      }
    },
  });
});

const server = await findRedis();
if (server === undefined) {
  skipRedis("Outbox: what a killed process has committed to Redis is published by another");
} else {
  Deno.test({
    name: "Outbox: what a killed process has committed to Redis is published by another",
    timeout: 60_000,
    async fn() {
      const prefix = randomPrefix(), client = await createClient({ url: server.url }).connect();
      // It stands where the other process' clock is: what that writes has not expired.
      const clock = new FakeClock(Date.now());
      const { bus } = memory(), heard: string[] = [];
      const store = sealed(redis(client, { prefix, clock }).store, SECRET);
      const outbox = new Outbox(store, bus, { app: "shop/", clock, log: new MemoryLog() });
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          new URL("./_outbox_process.ts", import.meta.url).pathname,
          server.url,
          prefix,
          SECRET,
        ],
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      const told = Promise.withResolvers<void>();
      const listening = await outbox.transactional.listen("shop", {
        hear: ({ text }) => heard.push(text) === 3 && told.resolve(),
        gap() {},
      });
      try {
        let said = "";
        for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
          said += text;
          if (said.includes("committed")) break; // its bus never answers
        }
        child.kill("SIGKILL");
        await child.status;
        let isTold = false;
        told.promise.then(() => isTold = true);
        while (!isTold) {
          clock.turn(1000);
          await settle();
        }
        assert.deepEqual(heard, ["1", "2", "3"]);
        await outbox[Symbol.asyncDispose]();
        assert.deepEqual(
          await store.get(["shop/:o", "k1", "k3"]).then((all) => all.map((entry) => entry?.value)),
          [
            undefined,
            "1",
            "1",
          ],
        );
      } finally {
        await outbox[Symbol.asyncDispose]();
        await listening[Symbol.asyncDispose]();
        await removeKeys(server.url, prefix);
        client.destroy();
      }
    },
  });
}
