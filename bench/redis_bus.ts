// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * Messages per second over the bus of Redis, how long one is on its way, and what a commit costs that publishes:
 * `deno run -A bench/redis_bus.ts`, with `REDIS_URL` where it is not on its usual port. Published by one client, heard by
 * another one of this process. See `docs/decisions/012-redis-bus.md`.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Bus, redis, type RedisClient } from "@argyle/argyle/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { randomPrefix, removeKeys } from "../tests/helpers/redis.ts";

const RUNS = 3, RUN_MS = 2000, IN_FLIGHT = 100, AHEAD = 5000;

const url = Deno.env.get("REDIS_URL") ?? "redis://127.0.0.1:6379";
const prefix = randomPrefix();

/** Counts what is heard, in its order. */
class Counter {
  heard = 0;
  #wanted = Infinity;
  #wake = () => {};

  hear(text: string): void {
    assert.equal(Number(text.slice(0, 10)), this.heard++);
    if (this.heard >= this.#wanted) this.#wake();
  }

  reach(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    [this.#wanted, this.#wake] = [count, resolve];
    if (this.heard >= count) resolve();
    return promise;
  }
}

async function listen(bus: Bus, channel: string): Promise<{ counter: Counter } & AsyncDisposable> {
  const counter = new Counter();
  const listening = await bus.listen(channel, {
    hear: ({ text }) => counter.hear(text),
    gap: () => assert.fail("a gap"),
  });
  return { counter, [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose]() };
}

/** What is published in `RUN_MS`, and heard. */
async function throughput(
  name: string,
  bus: Bus,
  other: Bus,
  bytes: number,
  together: number,
): Promise<void> {
  const perSecond: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const channel = `${name}:${bytes}:${together}:${run}`;
    await using listening = await listen(other, channel);
    const { counter } = listening, start = performance.now();
    let sent = 0;
    await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
      while (performance.now() - start < RUN_MS) {
        // Whoever falls behind by a whole log has a gap: what is measured is what arrives.
        while (sent - counter.heard > AHEAD) await new Promise((resolve) => setTimeout(resolve));
        const messages = Array.from({ length: together }, () => {
          return { topic: "items", text: String(sent++).padStart(10, "0").padEnd(bytes, "x") };
        });
        await bus.publish({ channel, messages });
      }
    }));
    await counter.reach(sent);
    perSecond.push(Math.round(sent / (performance.now() - start) * 1000));
  }
  console.log(JSON.stringify({ measure: `heard, by ${name}`, bytes, together, perSecond }));
}

/** From the call of `publish` until it is heard; one at a time. */
async function latency(name: string, bus: Bus, other: Bus): Promise<void> {
  const channel = `${name}:latency`, ms: number[] = [];
  await using listening = await listen(other, channel);
  for (let i = 0; i < 5000; i++) {
    const start = performance.now(), heard = listening.counter.reach(i + 1);
    await bus.publish({
      channel,
      messages: [{ topic: "t", text: String(i).padStart(10, "0").padEnd(100, "x") }],
    });
    await heard;
    if (i >= 500) ms.push(performance.now() - start);
  }
  ms.sort((a, b) => a - b);
  const at = (part: number) => Number(ms[Math.floor(ms.length * part)]!.toFixed(3));
  console.log(JSON.stringify({ measure: `on its way, by ${name}`, p50: at(0.5), p99: at(0.99), unit: "ms" }));
}

/** As a call does: two checks, one write of 1,000 bytes; and a message of 100 with it. */
async function commits(
  name: string,
  client: RedisClient,
  width: number,
  isPublished: boolean,
): Promise<void> {
  const { store } = redis(client, { prefix: `${prefix}${name}:${width}:${isPublished}:` });
  const value = "x".repeat(1000), text = "x".repeat(100), perSecond: number[] = [];
  const versions: (string | null)[] = new Array(width).fill(null);
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    let count = 0;
    await Promise.all(versions.map(async (_, lane) => {
      for (; performance.now() - start < RUN_MS; count++) {
        const key = `v${lane}`,
          checks = [{ key: `i${lane}`, version: null }, { key, version: versions[lane]! }];
        const publication = { channel: "shop", messages: [{ topic: "items", text }] };
        const writes = [{ key, value, expiresAt: Date.now() + 86_400_000 }];
        versions[lane] = await store.commit(checks, writes, isPublished ? publication : undefined);
        assert.ok(versions[lane]);
      }
    }));
    perSecond.push(Math.round(count / (performance.now() - start) * 1000));
  }
  const measure = `commit by ${name}, ${isPublished ? "published" : "silent"}`;
  console.log(JSON.stringify({ measure, inFlight: width, perSecond }));
}

const nodeRedis = [await createClient({ url }).connect(), await createClient({ url }).connect()] as const;
const ioRedis = [new Redis(url), new Redis(url)] as const;
try {
  for (const [name, [client, other]] of Object.entries({ "node-redis": nodeRedis, ioredis: ioRedis })) {
    const buses = [client, other].map((client) => redis(client as RedisClient, { prefix }).bus);
    const [bus, elsewhere] = buses as [Bus, Bus];
    for (const bytes of [100, 1000]) {
      for (const together of [1, 10]) await throughput(name, bus, elsewhere, bytes, together);
    }
    await latency(name, bus, elsewhere);
    for (const width of [1, 50]) {
      for (const isPublished of [false, true]) await commits(name, client as RedisClient, width, isPublished);
    }
  }
} finally {
  for (const client of nodeRedis) client.destroy();
  for (const client of ioRedis) client.disconnect();
  await removeKeys(url, prefix);
}
