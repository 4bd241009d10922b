import { broadcastBus } from "@argyle/argyle/broadcast";
import { kv, openKv } from "@argyle/argyle/kv";
import { memory } from "@argyle/argyle/memory";
import { nats } from "@argyle/argyle/nats";
import { busContract } from "@argyle/argyle/testing";
import { headers } from "@nats-io/transport-node";
import { natsBucket, withNats } from "../helpers/nats.ts";
import { redis } from "@argyle/argyle/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { findRedis, randomPrefix, removeKeys, skipRedis } from "../helpers/redis.ts";

busContract("memory", () => {
  const engine = memory();
  return { ...engine, other: engine.bus, close() {} };
});

await withNats("nats: the contract of a bus", () => {
  busContract("nats", async () => {
    const bucket = await natsBucket();
    const connection = await bucket.connect();
    const { bus: other } = await nats(connection, { headers, bucket: bucket.name });
    return {
      ...bucket,
      other,
      async close() {
        await connection.close();
        await bucket.close();
      },
    };
  });
});
const server = await findRedis();
if (server === undefined) skipRedis("redis: the contract of a bus");
else {
  const { url } = server;
  busContract("redis by node-redis", async () => {
    const prefix = randomPrefix();
    const [client, other] = await Promise.all(
      [0, 1].map(() => createClient({ url }).on("error", fail).connect()),
    );
    return {
      ...redis(client!, { prefix }),
      other: redis(other!, { prefix }).bus,
      async close() {
        client!.destroy();
        other!.destroy();
        await removeKeys(url, prefix);
      },
    };
  });

  busContract("redis by ioredis", async () => {
    const prefix = randomPrefix();
    const [client, other] = [0, 1].map(() => new Redis(url, { lazyConnect: true }).on("error", fail));
    await Promise.all([client!.connect(), other!.connect()]);
    return {
      ...redis(client!, { prefix }),
      other: redis(other!, { prefix }).bus,
      async close() {
        client!.disconnect();
        other!.disconnect();
        await removeKeys(url, prefix);
      },
    };
  });
}

function fail(error: unknown): never {
  throw error;
}
busContract("broadcast", () => ({ bus: broadcastBus(), other: broadcastBus(), close() {} }));

busContract("kv", async () => {
  const db = await openKv(":memory:");
  return { ...kv(db), other: kv(db).bus, close: () => db.close() };
});

busContract("kv in a file", async () => {
  const folder = await Deno.makeTempDir();
  const db = await openKv(`${folder}/app.kv`), otherDb = await openKv(`${folder}/app.kv`);
  return {
    ...kv(db),
    other: kv(otherDb).bus,
    async close() {
      db.close();
      otherDb.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});
