// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * Commits per second on Redis: `deno run -A bench/redis.ts`, with `REDIS_URL` where it is not on its usual port. The
 * script of the store by both clients, beside a bare `SET` of the same bytes, which checks nothing, and `WATCH`, which
 * needs a connection for each commit under way. See `docs/decisions/010-redis-store.md`.
 *
 * @module
 */

import assert from "node:assert/strict";
import { redis, type RedisClient, type Store } from "@argyle/argyle/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { randomPrefix, removeKeys } from "../tests/helpers/redis.ts";

const RUNS = 3, RUN_MS = 3000, WARM_UP_MS = 1000;

const url = Deno.env.get("REDIS_URL") ?? "redis://127.0.0.1:6379";
const prefix = randomPrefix();
const value = "x".repeat(1000), day = 86_400_000;

/** Does one thing again and again, as often as there is room for, and says how often a second. */
async function measure(name: string, width: number, once: (lane: number) => Promise<void>): Promise<void> {
  const run = async (ms: number) => {
    const start = performance.now();
    let count = 0;
    await Promise.all(Array.from({ length: width }, async (_, lane) => {
      for (; performance.now() - start < ms; count++) await once(lane);
    }));
    return Math.round(count / (performance.now() - start) * 1000);
  };
  await run(WARM_UP_MS);
  const runs: number[] = [];
  for (let i = 0; i < RUNS; i++) runs.push(await run(RUN_MS));
  console.log(JSON.stringify({ measure: name, inFlight: width, perSecond: runs }));
}

// As a call does: nobody has logged out, nobody has called for this visit, and here is its mark.
async function commits(name: string, width: number, client: RedisClient): Promise<void> {
  const { store } = redis(client, { prefix: `${prefix}${name}:${width}:` });
  const versions: (string | null)[] = new Array(width).fill(null);
  await measure(`commit by ${name}`, width, async (lane) => {
    versions[lane] = await commit(store, lane, versions[lane] ?? null);
    assert.ok(versions[lane]);
  });
  await measure(`get of four by ${name}`, width, async (lane) => {
    const [, , , visit] = await store.get([`i${lane}`, `s${lane}`, `x${lane}`, `v${lane}`]);
    assert.equal(visit?.version, versions[lane]);
  });
}

function commit(store: Store, lane: number, version: string | null): Promise<string | null> {
  const checks = [{ key: `i${lane}`, version: null }, { key: `v${lane}`, version }];
  return store.commit(checks, [{ key: `v${lane}`, value, expiresAt: Date.now() + day }]);
}

async function watches(width: number): Promise<void> {
  const clients = await Promise.all(Array.from({ length: width }, () => createClient({ url }).connect()));
  await measure("WATCH, a connection each", width, async (lane) => {
    const client = clients[lane]!, [identity, visit] = [`${prefix}w:i${lane}`, `${prefix}w:v${lane}`];
    const [, seen] = await Promise.all([
      client.sendCommand(["WATCH", identity, visit]),
      client.sendCommand<(string | null)[]>(["MGET", identity, visit]),
    ]);
    assert.equal(seen[0], null);
    const [, , done] = await Promise.all([
      client.sendCommand(["MULTI"]),
      client.sendCommand(["SET", visit, value, "PX", String(day)]),
      client.sendCommand(["EXEC"]),
    ]);
    assert.ok(done);
  });
  for (const client of clients) client.destroy();
}

const nodeRedis = await createClient({ url }).connect();
const ioRedis = new Redis(url);
try {
  for (const width of [1, 50]) {
    await measure("SET by node-redis", width, async (lane) => {
      await nodeRedis.sendCommand(["SET", `${prefix}set:${lane}`, value, "PX", String(day)]);
    });
    await commits("node-redis", width, nodeRedis);
    await commits("ioredis", width, ioRedis);
    await watches(width);
  }
} finally {
  nodeRedis.destroy();
  ioRedis.disconnect();
  await removeKeys(url, prefix);
}
