import assert from "node:assert/strict";
import { redis } from "@argyle/argyle/redis";
import { appendScript } from "../../../server/engine/_redis_log.ts";
import { runDeno } from "../../project.ts";
import { canStartRedis, type RedisAddress, skipRedis, startRedis } from "../../helpers/redis.ts";
import { clients, failure, untilBack } from "../../helpers/redis_clients.ts";
import { Ear, said } from "../../helpers/redis_ear.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, timeout: 30_000, fn });
}

/** Tests that turn a server inside out have one of their own. */
function withOwn(name: string, args: readonly string[], fn: (own: RedisAddress) => Promise<void>): void {
  test(name, async () => {
    await using own = await startRedis(args);
    await fn(own);
  });
}

/** A server that is killed, and started again where it was. */
async function killed(
  args: readonly string[],
  fn: (url: string, restart: () => Promise<void>) => Promise<void>,
): Promise<void> {
  let own = await startRedis(args);
  try {
    await fn(own.url, async () => {
      await own[Symbol.asyncDispose]();
      own = await startRedis(args, own.port);
    });
  } finally {
    await own[Symbol.asyncDispose]();
  }
}

if (!await canStartRedis()) {
  skipRedis("redis bus: what becomes of it when Redis is killed (needs redis-server on the PATH)");
} else {
  for (const [name, open] of Object.entries(clients)) {
    test(`redis bus by ${name}: a Redis that is killed and keeps a log takes nothing along`, async () => {
      const folder = await Deno.makeTempDir();
      const kept = ["--appendonly", "yes", "--appendfsync", "always", "--dir", folder];
      try {
        await killed(kept, async (url, restart) => {
          await using opened = await open(url);
          await using publishing = await clients.ioredis(url);
          const { bus, store } = redis(publishing.client);
          await using ear = await Ear.at(redis(opened.client).bus);
          const acknowledged: string[] = [];
          const publish = async (text: string) => {
            // By turns, alone and with a commit. What fails may have happened.
            const publication = said("shop", "t", text), isAlone = acknowledged.length % 2 === 0;
            const write = { key: "a", value: text, expiresAt: Infinity };
            const done = isAlone ? bus.publish(publication) : store.commit([], [write], publication);
            if (await done.then(() => true, () => false)) acknowledged.push(`t ${text}`);
          };
          for (let round = 0; round < 3; round++) {
            for (let i = 0; i < 50; i++) await publish(`${round} ${i}`);
            await Promise.all([restart(), publish(`${round} during`)]);
            await Promise.all([untilBack(publishing), untilBack(opened)]);
            await publish(`${round} after`);
          }
          await bus.publish(said("shop", "t", "end"));
          const heard = await ear.until("t end");
          assert.ok(!heard.includes("gap"), heard.join(", "));
          assert.ok(acknowledged.length >= 153);
          // Once or more, in the order of the first time.
          const once = [...new Set(heard)].filter((word) => acknowledged.includes(word));
          assert.deepEqual(once, acknowledged);
          await Promise.all([untilBack(publishing), untilBack(opened)]);
        });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });

    test(`redis bus by ${name}: a Redis that is killed and has lost everything is told as a gap`, async () => {
      await killed([], async (url, restart) => {
        await using opened = await open(url);
        const { bus } = redis(opened.client);
        await using ear = await Ear.at(bus), other = await Ear.at(bus, "other");
        await bus.publish(said("shop", "t", "before"));
        assert.deepEqual(await ear.next(1), ["t before"]);
        await restart();
        await untilBack(opened);
        for (const each of [ear, other]) assert.deepEqual(await each.next(1), ["gap"]);
        await bus.publish(said("shop", "t", "after"));
        assert.deepEqual(await ear.next(1), ["t after"]);
      });
    });
  }

  withOwn("redis bus: FLUSHALL is told as a gap, in the middle of whatever is said", [], async ({ url }) => {
    await using opened = await clients["node-redis"](url);
    await using publishing = await clients.ioredis(url);
    const { bus } = redis(publishing.client);
    await using ear = await Ear.at(redis(opened.client).bus);
    for (let round = 0; round < 20; round++) {
      const sent: Promise<unknown>[] = [];
      for (let i = 0; i < 200; i++) {
        sent.push(bus.publish(said("shop", "t", `${round} ${i}`)));
        if (i === 100) sent.push(publishing.send("FLUSHALL"));
      }
      await Promise.all(sent);
      const heard = await ear.until(`t ${round} 199`);
      const missing = 200 - heard.filter((word) => word.startsWith("t ")).length;
      assert.ok(missing === 0 || heard.includes("gap"), `${missing} missing: ${heard.join(", ")}`);
      assert.ok(heard.includes("gap")); // nobody can tell that nothing was lost
    }
    await publishing.send("FLUSHALL");
    assert.deepEqual(await ear.next(1), ["gap"]);
  });

  withOwn(
    "redis bus: much at once is heard in its order, also where Redis learns the script on the way",
    [],
    async (own) => {
      for (const open of Object.values(clients)) {
        await using opened = await open(own.url);
        const { bus } = redis(opened.client);
        await using ear = await Ear.at(bus);
        await opened.send("SCRIPT", "FLUSH");
        const sent: Promise<unknown>[] = [];
        for (let i = 0; i < 10; i++) {
          sent.push(bus.publish(said("shop", "t", String(i))));
          // As another process does at that moment.
          if (i === 4) sent.push(opened.send("SCRIPT", "LOAD", appendScript.text));
        }
        await Promise.all(sent);
        assert.deepEqual(await ear.next(10), Array.from({ length: 10 }, (_, i) => `t ${i}`));
      }
    },
  );

  withOwn("redis bus: where Redis is full, a commit is refused with what it says", [
    "--maxmemory-policy",
    "noeviction",
  ], async ({ url }) => {
    await using opened = await clients["node-redis"](url);
    const { store, bus } = redis(opened.client);
    const version = await store.commit([], [{ key: "a", value: "1", expiresAt: Infinity }]);
    await using ear = await Ear.at(bus);
    await opened.send("CONFIG", "SET", "maxmemory", "1");
    // To remove is allowed even then, and must not happen alone.
    const writes = [{ key: "a", value: null, expiresAt: 0 }, { key: "b", value: "2", expiresAt: Infinity }];
    assert.match(
      await failure(store.commit([{ key: "a", version }], writes, said("shop", "t", "x"))),
      /Cannot commit to Redis: OOM /,
    );
    assert.match(await failure(bus.publish(said("shop", "t", "x"))), /Cannot publish to Redis: OOM /);
    assert.deepEqual((await store.get(["a", "b"])).map((entry) => entry?.value), ["1", undefined]);
    await opened.send("CONFIG", "SET", "maxmemory", "0");
    await bus.publish(said("shop", "t", "after"));
    assert.deepEqual(await ear.next(1), ["t after"]);
  });

  const permissions = {
    "node-redis": "--allow-env=REDIS_DEBUG_MAINTENANCE,REDIS_EMIT_DIAGNOSTICS",
    ioredis: "--allow-env",
  };
  for (const [name, env] of Object.entries(permissions)) {
    withOwn(
      `redis bus by ${name}: a process that has left ends, and needs no other permissions`,
      [],
      async ({ url }) => {
        const file = await Deno.makeTempFile({ suffix: ".ts" });
        const client = name === "ioredis"
          ? `import { Redis } from "ioredis"; const client = new Redis("${url}");`
          : `import { createClient } from "redis"; const client = await createClient({ url: "${url}" }).connect();`;
        try {
          await Deno.writeTextFile(
            file,
            `
          import { redis } from "@argyle/argyle/redis";
          ${client}
          const { bus } = redis(client as never);
          const heard = Promise.withResolvers<string>();
          const listening = await bus.listen("shop", { hear: ({ text }) => heard.resolve(text), gap() {} });
          await bus.publish({ channel: "shop", messages: [{ topic: "t", text: "heard" }] });
          console.log(await heard.promise);
          await listening[Symbol.asyncDispose]();
          client.${name === "ioredis" ? "disconnect" : "destroy"}();
        `,
          );
          const config = ["--config", "deno.json", "--no-lock", "--no-prompt"];
          const { success, stdout, stderr } = await runDeno(["run", ...config, "--allow-net", env, file]);
          assert.ok(success, stderr);
          assert.equal(stdout, "heard\n");
        } finally {
          await Deno.remove(file);
        }
      },
    );
  }
}
