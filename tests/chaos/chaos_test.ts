import assert from "node:assert/strict";
import { canStartRedis, skipRedis } from "../helpers/redis.ts";
import { run, type RunOptions } from "./run.ts";

/** A short one of `deno task chaos`: what it cannot bring to light, a long one does. */
function chaos(title: string, options: RunOptions): void {
  Deno.test({
    name: title,
    timeout: 60_000, // pages have ten seconds to show what is true, and processes start beside other tests
    async fn() {
      const said: string[] = [];
      const { wrong, summary } = await run({ ...options, wakes: true, tell: (line) => void said.push(line) });
      assert.deepEqual(wrong, [], [`seed ${options.seed}`, ...said, summary].join("\n"));
    },
  });
}

const redis = "chaos: three processes on Redis are killed, cut off and frozen, and Redis is restarted";
if (await canStartRedis()) chaos(redis, { seed: 2, seconds: 3, store: "redis", clients: 20 });
else skipRedis(redis);

chaos("chaos: one process on Deno KV is killed again and again", {
  seed: 2,
  seconds: 4,
  store: "kv",
  clients: 16,
});
