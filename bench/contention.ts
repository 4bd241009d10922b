// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * Calls per second of tabs that all change one value of one session, at processes that share a Redis:
 * `deno run -A bench/contention.ts PROCESSES TABS SECONDS`, with `REDIS_URL` where it is not on its usual port. See
 * `docs/decisions/016-fair-retries.md`.
 *
 * @module
 */

import assert from "node:assert/strict";
import { startContender } from "../tests/helpers/contender.ts";
import { load, Peer } from "../tests/helpers/peer.ts";
import { randomPrefix, removeKeys } from "../tests/helpers/redis.ts";

const [processes = 2, tabs = 2, seconds = 5] = Deno.args.map(Number);
const url = Deno.env.get("REDIS_URL") ?? "redis://127.0.0.1:6379";
const prefix = randomPrefix(), secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();

await using scope = new AsyncDisposableStack();
scope.defer(() => removeKeys(url, prefix));
const all = await Promise.all(
  Array.from({ length: processes }, async () => scope.use(await startContender({ url, prefix, secret }))),
);
const { cookie } = await load(all[0]!.app);
const peers = await Promise.all(Array.from({ length: tabs }, async (_, at) => {
  const { app, url } = all[at % processes]!;
  return scope.use(await Peer.live({ url }, await load(app, "/", { cookie })));
}));

let busy = 0;
const took: number[] = [];
const start = performance.now();
await Promise.all(peers.map(async (peer) => {
  for (let last = start; last - start < seconds * 1000;) {
    const [kind] = await peer.call("Counter#increment");
    if (kind === "error") busy++;
    const now = performance.now();
    took.push(now - last);
    last = now;
  }
}));
const elapsed = performance.now() - start;
const count = Number(/>(\d+)<\/output>/.exec((await load(all[0]!.app, "/", { cookie })).body)?.[1]);
assert.equal(count, took.length - busy);
took.sort((a, b) => a - b);
const quantile = (of: number) => Math.round(10 * took[Math.floor(of * (took.length - 1))]!) / 10;
console.log(JSON.stringify({
  processes,
  tabs,
  perSecond: Math.round(count / elapsed * 1000),
  busy,
  ms: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
}));
