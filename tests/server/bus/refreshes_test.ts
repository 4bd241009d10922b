import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { FakeClock } from "@argyle/argyle/testing";
import { Refreshes } from "../../../server/bus/refreshes.ts";
import { Topics } from "../../../server/bus/topics.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

Deno.test("refreshes: who is asked for a hundred times before it begins is refreshed once", async () => {
  const refreshes = new Refreshes();
  let count = 0;
  const one = { refresh: () => Promise.resolve(void count++) };
  for (let n = 0; n < 100; n++) refreshes.add(one);
  assert.equal(count, 0);
  await turn();
  assert.equal(count, 1);
  refreshes.add(one);
  await turn();
  assert.equal(count, 2);
});

Deno.test("refreshes: one that waits for its data keeps no other waiting", async () => {
  const refreshes = new Refreshes();
  const { promise, resolve } = Promise.withResolvers<void>();
  let quick = 0;
  refreshes.add({ refresh: () => promise });
  for (let n = 0; n < 50; n++) refreshes.add({ refresh: () => Promise.resolve(void quick++) });
  await turn();
  assert.equal(quick, 50);
  resolve();
  await promise;
});

Deno.test("refreshes: what arrives is heard between long ones", async () => {
  const refreshes = new Refreshes();
  const order: string[] = [];
  const busy = () => {
    const end = performance.now() + 10;
    while (performance.now() < end);
    order.push("busy");
    return Promise.resolve();
  };
  for (let n = 0; n < 3; n++) refreshes.add({ refresh: busy });
  await turn();
  order.push("heard");
  while (refreshes.size > 0 || order.length < 4) await turn();
  assert.deepEqual(order, ["busy", "heard", "busy", "busy"]);
});

Deno.test("refreshes: what has failed is tried again, less and less often; and soon after it once went well", async () => {
  const clock = new FakeClock(), refreshes = new Refreshes(clock);
  let count = 0, fails = true;
  const one = {
    refresh: () => {
      count++;
      if (fails) refreshes.again(one);
      return Promise.resolve();
    },
  };
  const after = async (ms: number) => {
    clock.turn(ms);
    await turn();
    return count;
  };
  refreshes.add(one);
  await turn();
  assert.equal(count, 1);
  for (const [tried, ms] of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000].entries()) {
    assert.equal(await after(ms / 2 - 1), tried + 1);
    assert.equal(await after(ms / 2 + 1), tried + 2);
  }
  fails = false;
  assert.equal(await after(60_000), 10);
  assert.equal(clock.waiting, 0);
  fails = true;
  refreshes.add(one);
  await turn();
  assert.equal(await after(1000), 12);
  refreshes.remove(one);
  assert.equal(clock.waiting, 0);
});

Deno.test("topics: a follower hears of its topics, until it leaves; nothing is left of it", () => {
  const topics = new Topics(), heard: string[] = [];
  const follower = { changed: (topic: string) => void heard.push(topic) };
  const none = new Set<string>(), both = new Set(["a", "b"]), second = new Set(["b", "c"]);
  topics.change(follower, none, both);
  for (const topic of ["a", "b", "c"]) topics.publish(topic);
  topics.change(follower, both, second);
  for (const topic of ["a", "b", "c"]) topics.publish(topic);
  topics.change(follower, second, none);
  topics.publish("b");
  assert.deepEqual(heard, ["a", "b", "b", "c"]);
  assert.equal(topics.size, 0);
});

Deno.test("topics: whether one has changed since then is remembered, and in doubt it has", () => {
  const topics = new Topics();
  const begin = topics.now;
  assert.equal(topics.hasChanged("a", begin), false);
  topics.publish("a");
  const then = topics.now;
  assert.deepEqual([topics.hasChanged("a", begin), topics.hasChanged("a", then)], [true, false]);
  topics.publish("b");
  assert.equal(topics.hasChanged("a", then), false);
  for (let n = 0; n < 20_000; n++) topics.publish(`topic ${n}`);
  assert.equal(topics.hasChanged("never", then), true, "it may have been forgotten");
  assert.equal(topics.hasChanged("never", topics.now), false);
  assert.equal(topics.hasChanged("topic 19999", topics.now - 1), true);
});
