import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { App, topic } from "@argyle/argyle";
import { FakeClock } from "@argyle/argyle/testing";
import { load, MemoryLog } from "../../helpers/peer.ts";

const News = topic("news");

Deno.test("loads: one that never comes is waited for as long as a page may take, and then loaded anew", async () => {
  const clock = new FakeClock(), log = new MemoryLog();
  const app = new App({ clock, log, limits: { load: 1000 } });
  let asked = 0;
  const news = () => ++asked === 1 ? new Promise<string>(() => {}) : Promise.resolve("news");
  app.page("/", async ({ load }) => <p>{await load.shared("news", news, { topics: [News()] })}</p>);
  const status = async (page: ReturnType<typeof load>) => (await page).response.status;
  const both = [load(app), load(app)].map(status);
  while (clock.waiting < 2) await new Promise<void>((resolve) => setImmediate(resolve));
  clock.turn(1000);
  assert.deepEqual(await Promise.all(both), [504, 504]);
  assert.equal(asked, 1);
  assert.match((await load(app)).html, /<p>news<\/p>/);
  assert.match((await load(app)).html, /<p>news<\/p>/);
  assert.equal(asked, 2);
});
