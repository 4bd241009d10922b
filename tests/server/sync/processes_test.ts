/** Isolates in processes of their own, on one Redis. */
import assert from "node:assert/strict";
import { action } from "@argyle/argyle";
import { connectSync } from "@argyle/argyle/client";
import { z } from "zod";
import { canStartRedis, randomPrefix, skipRedis, startRedis } from "../../helpers/redis.ts";
import { until } from "../../helpers/sync.ts";
import { start } from "./_process.ts";

const path = "/sync";

if (!await canStartRedis()) skipRedis("two processes: one variable");
else {
  Deno.test({
    name:
      "two processes on Redis: one variable, calls at either end, and one that is killed takes nothing along",
    timeout: 60_000,
    async fn() {
      await using redis = await startRedis();
      const env = { REDIS_URL: redis.url, PREFIX: randomPrefix() };
      await using here = await start(env), there = await start(env);
      using ann = connectSync(`${here.url}${path}`), bob = connectSync(`${there.url}${path}`);
      const counts = [ann, bob].map((peer) => peer.variable("count"));
      for (const count of counts) assert.equal(await count.get(), 0);
      const seen = counts.map((count) => {
        const values: number[] = [];
        count.subscribe((value) => values.push(value as number));
        return values;
      });
      const add = [ann, bob].map((peer) => peer.function("add"));
      const made = await Promise.all(
        add.flatMap((add) => Array.from({ length: 100 }, () => add.call({ by: 1 }) as Promise<number>)),
      );
      assert.deepEqual(made.toSorted((a, b) => a - b), Array.from({ length: 200 }, (_, at) => at + 1));
      await until(() => counts.every(({ value }) => value === 200));
      for (const values of seen) assert.deepEqual(values, values.toSorted((a, b) => a - b));
      const pids = await Promise.all([ann, bob].map((peer) => peer.function("pid").call({})));
      assert.notEqual(pids[0], pids[1]);

      // The server calls into the process of a client.
      ann.own({ name: action(z.object({}), () => "Ann") });
      assert.equal(await ann.function("back").call({}), "Ann");

      await there.stop("SIGKILL");
      await until(() => counts[1]!.status === "stale");
      assert.equal(await add[0]!.call({ by: 1 }), 201);
      await using late = await start(env);
      using cid = connectSync(`${late.url}${path}`);
      assert.equal(await cid.variable("count").get(), 201);
      assert.equal(await cid.function("add").call({ by: 1 }), 202);
      await until(() => counts[0]!.value === 202);
      assert.deepEqual(
        [...here.said, ...late.said].filter((line) => / error /.test(line)),
        [],
      );
    },
  });
}
