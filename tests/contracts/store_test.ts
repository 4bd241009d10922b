import assert from "node:assert/strict";
import { kv, openKv } from "@argyle/argyle/kv";
import { memory } from "@argyle/argyle/memory";
import { redis } from "@argyle/argyle/redis";
import { storeContract } from "@argyle/argyle/testing";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { findRedis, randomPrefix, removeKeys, skipRedis } from "../helpers/redis.ts";
import { natsBucket, withNats } from "../helpers/nats.ts";

storeContract("memory", (clock) => ({ ...memory({ clock }), close() {} }));

storeContract("kv", async (clock) => {
  const db = await openKv(":memory:");
  return { ...kv(db, { clock }), close: () => db.close() };
});

storeContract("kv in a file", async (clock) => {
  const folder = await Deno.makeTempDir();
  const db = await openKv(`${folder}/made/on/the/way/app.kv`);
  return {
    ...kv(db, { clock }),
    async close() {
      db.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});

await withNats("nats: the contract", () => {
  storeContract("nats", async (clock) => await natsBucket({ clock }));
});

Deno.test("kv: what was committed is there after the file was closed and opened again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const expiresAt = Date.now() + 60_000;
    const first = await openKv(`${folder}/app.kv`);
    const version = await kv(first).store.commit([], [{ key: "a", value: "1", expiresAt }]);
    first.close();
    using second = await openKv(`${folder}/app.kv`);
    assert.deepEqual(await kv(second).store.get(["a"]), [{ value: "1", version }]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("kv: a value above the limit is refused by name, and nothing of the commit is done", async () => {
  using db = await openKv(":memory:");
  const { store } = kv(db);
  const expiresAt = Date.now() + 60_000;
  // 40,000 letters of two bytes each: KV itself would take the string for 80,000 bytes.
  await store.commit([], [{ key: "fits", value: "ü".repeat(30_000), expiresAt }]);
  await assert.rejects(
    async () =>
      await store.commit([], [
        { key: "small", value: "1", expiresAt },
        { key: "large", value: "ü".repeat(40_000), expiresAt },
      ]),
    { name: "RangeError", message: "Cannot store large: 80000 bytes, and Deno KV takes 65000." },
  );
  assert.deepEqual(await store.get(["small", "large"]), [null, null]);
});

Deno.test("kv: a call that meets a locked file is made again", async () => {
  using db = await openKv(":memory:");
  let locked = 3;
  const flaky = new Proxy(db, {
    get(target, name) {
      if (name !== "getMany") return Reflect.get(target, name).bind(target);
      return (keys: Deno.KvKey[]) => {
        if (locked-- > 0) throw new TypeError("database is locked");
        return target.getMany(keys);
      };
    },
  });
  assert.deepEqual(await kv(flaky).store.get(["a"]), [null]);
  assert.equal(locked, -1);
});

Deno.test("kv: without a database the error says what to give", () => {
  assert.throws(() => kv(undefined as unknown as Deno.Kv), /Give what `await openKv\(\)` returns/);
});

Deno.test("openKv: a path that cannot be opened is named, with what it needs", async () => {
  const file = await Deno.makeTempFile();
  try {
    await assert.rejects(
      () => openKv(`${file}/app.kv`),
      /Cannot open Deno KV at ".*app\.kv": .*--allow-write/s,
    );
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("openKv: without the unstable flag the error says which line to add", async () => {
  const child = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--no-config",
      `const { openKv } = await import(${
        JSON.stringify(import.meta.resolve("../../server/engine/kv.ts"))
      }); await openKv().catch((error) => console.log(error.message));`,
    ],
    env: { DENO_NO_PACKAGE_JSON: "1" },
  }).output();
  assert.match(new TextDecoder().decode(child.stdout), /Add "unstable": \["kv"\] to deno\.json/);
});

const server = await findRedis();
if (server === undefined) skipRedis("redis: the contract of a store");
else {
  const { url } = server;
  storeContract("redis by node-redis", async (clock) => {
    const prefix = randomPrefix();
    const client = await createClient({ url }).on("error", fail).connect();
    return {
      ...redis(client, { prefix, clock }),
      async close() {
        client.destroy();
        await removeKeys(url, prefix);
      },
    };
  });

  storeContract("redis by ioredis", async (clock) => {
    const prefix = randomPrefix();
    const client = new Redis(url, { lazyConnect: true }).on("error", fail);
    await client.connect();
    return {
      ...redis(client, { prefix, clock }),
      async close() {
        client.disconnect();
        await removeKeys(url, prefix);
      },
    };
  });
}

function fail(error: unknown): never {
  throw error;
}
