/** Variables and a list of two isolates, on every engine. */
import assert from "node:assert/strict";
import type { Engine } from "@argyle/argyle";
import { kv, openKv } from "@argyle/argyle/kv";
import { memory } from "@argyle/argyle/memory";
import { nats } from "@argyle/argyle/nats";
import { redis } from "@argyle/argyle/redis";
import { headers } from "@nats-io/transport-node";
import { createClient } from "redis";
import { natsBucket, withNats } from "../../helpers/nats.ts";
import { findRedis, randomPrefix, removeKeys, skipRedis } from "../../helpers/redis.ts";
import { End, until } from "../../helpers/sync.ts";
import { counting, path } from "./_isolates.ts";

const EACH = 200;

/** Engines of two isolates. */
type Two = (use: (here: Engine, there: Engine) => Promise<void>) => Promise<void>;

function onEngine(name: string, two: Two): void {
  Deno.test({
    name: `variable on ${name}: ${EACH} increments of each of two isolates at once are ${
      2 * EACH
    }, seen in order`,
    timeout: 60_000,
    fn: () => two(increment),
  });
}

async function increment(...engines: [Engine, Engine]): Promise<void> {
  const isolates = engines.map((engine) => counting(engine));
  await using one = await isolates[0]!.app.listen({ port: 0 }),
    other = await isolates[1]!.app.listen({ port: 0 });
  await using near = await End.open(one, { path }), far = await End.open(other, { path });
  const seen = await Promise.all([near, far].map(async ({ sync }) => {
    const count = sync.variable("count"), values: number[] = [];
    assert.equal(await count.get(), 0);
    count.subscribe((value) => values.push(value as number));
    return values;
  }));
  const results = await Promise.all(
    isolates.flatMap(({ count }) => Array.from({ length: EACH }, () => count.update((n) => n + 1))),
  );
  // Each has made a value of its own of the one before: none was lost, none was made twice.
  assert.deepEqual(results.toSorted((a, b) => a - b), Array.from({ length: 2 * EACH }, (_, at) => at + 1));
  await until(() => seen.every((values) => values.at(-1) === 2 * EACH));
  for (const values of seen) {
    for (const [at, value] of values.entries()) assert.ok(at === 0 || value > values[at - 1]!, `${values}`);
  }
  for (const { count, log } of isolates) {
    assert.equal(count.value, 2 * EACH);
    assert.deepEqual(log.lines.filter((line) => line.startsWith("error")), []);
  }
}

onEngine("memory", (use) => {
  const engine = memory();
  return use(engine, engine);
});

onEngine("KV", async (use) => {
  using db = await openKv(":memory:");
  await use(kv(db), kv(db));
});

// The store of one engine with the bus of another: what is said waits in the store.
onEngine("a store with another's bus", async (use) => {
  const { store } = memory(), { bus } = memory();
  await use({ store, bus }, { store, bus });
});

const server = await findRedis();
if (server === undefined) skipRedis("variable on Redis");
else {
  onEngine("Redis", async (use) => {
    const prefix = randomPrefix();
    const clients = await Promise.all([1, 2].map(() => createClient({ url: server.url }).connect()));
    try {
      await use(redis(clients[0]!, { prefix }), redis(clients[1]!, { prefix }));
    } finally {
      for (const client of clients) client.destroy();
      await removeKeys(server.url, prefix);
    }
  });
}

await withNats("variable on NATS", () => {
  onEngine("NATS", async (use) => {
    const bucket = await natsBucket(), connection = await bucket.connect();
    try {
      await use(
        { store: bucket.store, bus: bucket.bus },
        await nats(connection, { headers, bucket: bucket.name }),
      );
    } finally {
      await connection.close();
      await bucket.close();
    }
  });
});
