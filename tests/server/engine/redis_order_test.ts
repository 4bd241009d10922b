import assert from "node:assert/strict";
import { redis } from "@argyle/argyle/redis";
import { FakeClock } from "@argyle/argyle/testing";
import fc from "fast-check";
import { Proxy } from "../../helpers/proxy.ts";
import { findRedis, type RedisAddress, skipRedis } from "../../helpers/redis.ts";
import { clients, keysOf, type Opened, untilBack } from "../../helpers/redis_clients.ts";
import { Ear, said } from "../../helpers/redis_ear.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, timeout: 30_000, fn });
}

const server = await findRedis();
if (server === undefined) skipRedis("redis: of any publishers and cuts");
else withRedis(server);

function withRedis({ url, hostname, port }: RedisAddress): void {
  const through = (proxy: Proxy) => url.replace(`${hostname}:${port}`, `127.0.0.1:${proxy.port}`);

  test("redis bus: whatever is published, cut and lost, a topic is heard in its order, at least once or with a gap", async () => {
    await using proxy = new Proxy({ hostname, port });
    await using one = await clients["node-redis"](url);
    await using other = await clients.ioredis(url);
    const publishers = [one, other, one];
    await using nodeRedis = await clients["node-redis"](through(proxy));
    await using ioRedis = await clients.ioredis(through(proxy));

    const run = async (steps: readonly Step[], listening: Opened) => {
      await using keys = keysOf(url);
      const stream = `${keys.prefix}shop:bus`, clock = new FakeClock();
      const engines = publishers.map(({ client }) => redis(client, keys));
      await using ear = await Ear.at(redis(listening.client, { ...keys, clock }).bus);
      const counts = new Map<string, number>(), underWay: Promise<unknown>[] = [];
      const publish = ({ by, topic, count }: { by: number; topic: number; count: number }) => {
        const name = `${by}/${topic}`, from = counts.get(name) ?? 0;
        counts.set(name, from + count);
        const publication = said(
          "shop",
          name,
          ...Array.from({ length: count }, (_, i) => String(from + i)),
        );
        const { bus, store } = engines[by]!;
        // The last of them publishes with commits.
        return by < 2 ? bus.publish(publication) : store.commit([], [written], publication);
      };
      try {
        for (const step of steps) {
          if (typeof step === "object") underWay.push(publish(step));
          else if (step === "wait") await Promise.all(underWay);
          else if (step === "trim") await one.send("XTRIM", stream, "MAXLEN", "3");
          else if (step === "remove") await one.send("DEL", stream);
          else proxy[step]();
          clock.turn(500);
        }
      } finally {
        proxy.accept();
        proxy.thaw();
        await Promise.all([...underWay, untilBack(nodeRedis), untilBack(ioRedis)]);
      }
      // It comes back: at last something is heard that is said now.
      while (!ear.heard.some((word) => word.startsWith("end"))) {
        await engines[0]!.bus.publish(said("shop", "end", ""));
        clock.turn(2500);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      checkHeard(ear.heard, counts);
    };

    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { minLength: 5, maxLength: 40 }),
        fc.constantFrom(nodeRedis, ioRedis),
        run,
      ),
      { numRuns: 40 },
    );
  });
}

const written = { key: "a", value: "1", expiresAt: Infinity };

type Step =
  | { by: number; topic: number; count: number }
  | "wait"
  | "cut"
  | "refuse"
  | "accept"
  | "freeze"
  | "thaw"
  | "trim"
  | "remove";

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ by: fc.nat(2), topic: fc.nat(2), count: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Step>("wait", "cut", "refuse", "accept", "freeze", "thaw"),
  },
  { weight: 1, arbitrary: fc.constantFrom<Step>("trim", "remove") },
);

/** Each topic counts from 0 up to what was published; where it does not, there was a gap before. */
function checkHeard(heard: readonly string[], counts: ReadonlyMap<string, number>): void {
  const next = new Map([...counts.keys()].map((topic): [string, number] => [topic, 0]));
  let unknown = new Set<string>();
  for (const word of heard) {
    if (word === "gap") {
      unknown = new Set(counts.keys());
      continue;
    }
    const [topic = "", text] = word.split(" "), number = Number(text), expected = next.get(topic);
    if (expected === undefined) continue; // the end
    assert.ok(unknown.has(topic) ? number >= expected : number <= expected, `${word} in ${heard.join(", ")}`);
    unknown.delete(topic);
    next.set(topic, Math.max(expected, number + 1));
  }
  for (const [topic, count] of counts) {
    assert.ok(
      next.get(topic) === count || unknown.has(topic),
      `${topic} ends at ${next.get(topic)} of ${count}`,
    );
  }
}
