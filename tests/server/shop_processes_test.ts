/** The inventory as two processes of one machine: on Redis or NATS, over one KV file. */
import assert from "node:assert/strict";
import { connectSync } from "@argyle/argyle/client";
import type { InventorySync } from "../../examples/inventory/main.tsx";
import { seed } from "../../examples/inventory/seed.ts";
import { startProcess, temporaryFolder } from "../browser/process.ts";
import { startNats, withNats } from "../helpers/nats.ts";
import { canStartRedis, skipRedis, startRedis } from "../helpers/redis.ts";

type Shop = ReturnType<typeof connect>;

const connect = (url: string) => connectSync<InventorySync>(`${url}/ws/socksync`);

/** Waits until something is true of all of these. */
async function until(watched: readonly { watch(listener: () => void): () => void }[], isSo: () => boolean) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const ends = watched.map((one) => one.watch(() => isSo() && resolve()));
  if (isSo()) resolve();
  await promise;
  for (const end of ends) end();
}

const all = (shop: Shop) => shop.list("products", { pageSize: 100 });

const pieces = (shop: Shop) => all(shop).value.reduce((sum, { quantity }) => sum + quantity, 0);

async function isOneShop(env: Record<string, string>): Promise<void> {
  await using folder = await temporaryFolder();
  const given = {
    folder: folder.path,
    env: { ...env, ARGYLE_SECRET: "of both processes: 0123456789 abcdefghijklm" },
  };
  const start = () => startProcess(["examples/main.tsx", "inventory"], given);
  const [here, there] = await Promise.all([start(), start()]);
  await using _here = here, _there = there;
  using ann = connect(here.url), bob = connect(there.url);
  const watched = [ann, bob].flatMap((shop) => [all(shop), shop.variable("stock")]);
  await until(watched, () => watched.every(({ status }) => status === "fresh"));
  for (const shop of [ann, bob]) assert.deepEqual(all(shop).value, seed);

  // Both at once; and one of them is killed while it has some of it to do.
  const insert = async (shop: Shop, name: string) => {
    await shop.function("insert").call({ index: 0, value: { name, quantity: 5, price: 1 } });
    return name;
  };
  const calls = Array.from({ length: 40 }, (_, n) => insert(n % 2 ? ann : bob, `n ${n}`));
  const settled = Promise.allSettled(calls);
  await calls[10];
  await there.kill();
  const outcomes = await settled;
  const kept = outcomes.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
  assert.ok(kept.length >= 20, `${kept.length} are done`); // all of those of the one that lives

  // The next change puts the sum right, whatever the killed one has left undone.
  const last = await insert(ann, "the last");
  const stock = ann.variable("stock");
  await until([all(ann), stock], () => all(ann).value[0]?.name === last && stock.value === pieces(ann));
  const names = all(ann).value.map(({ name }) => name);
  assert.deepEqual(kept.filter((name) => !names.includes(name)), []);
  assert.equal(new Set(names).size, names.length);
  assert.equal(all(ann).count, names.length);

  await using again = await start();
  using cid = connect(again.url);
  await until([all(cid), cid.variable("stock")], () => all(cid).status === "fresh");
  assert.deepEqual(all(cid).value, all(ann).value);
  assert.equal(await cid.variable("stock").get(), pieces(cid));
}

if (!await canStartRedis()) skipRedis("inventory: two processes on Redis are one shop");
else {
  Deno.test({
    name: "inventory: two processes on Redis that start together are one shop, also when one is killed",
    timeout: 60_000,
    async fn() {
      await using redis = await startRedis();
      await isOneShop({ REDIS_URL: redis.url });
    },
  });
}

await withNats("inventory: two processes on NATS are one shop", () => {
  Deno.test({
    name: "inventory: two processes on NATS that start together are one shop, also when one is killed",
    timeout: 60_000,
    async fn() {
      await using nats = await startNats();
      await isOneShop({ NATS_URL: `127.0.0.1:${nats.port}` });
    },
  });
});
