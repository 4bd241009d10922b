import assert from "node:assert/strict";
import { FakeClock, open } from "@argyle/argyle/testing";
import { lineOf, placeOf, WIDTH, windowOf } from "./chart.ts";
import dashboard from "./main.tsx";
import { moments, reading, series, TICK } from "./readings.ts";
import { Ticker } from "./ticker.ts";

Deno.test("dashboard: the numbers move on while somebody looks, at least once a second", async () => {
  const clock = new FakeClock();
  await using app = dashboard({ clock });
  await using ann = await open(app, "/", { clock });
  const now = () => series.map(({ id }) => `${reading(id, clock.now())}`);
  const shown = () => series.map(({ id }) => ann.text(`#now-${id}`));
  assert.deepEqual(shown(), now());
  for (let second = 0; second < 3; second++) {
    const before = ann.html("#live");
    clock.turn(1000);
    await ann.until(() => ann.html("#live") !== before && shown().join() === now().join());
  }
  assert.ok(app.ticker.runs);
});

Deno.test("dashboard: the clock is let go when nobody looks, and with the app", async () => {
  const clock = new FakeClock();
  const app = dashboard({ clock });
  {
    await using _ann = await open(app, "/readings", { clock });
    assert.ok(app.ticker.runs);
  }
  clock.turn(2 * TICK);
  assert.equal(app.ticker.runs, false);
  {
    await using _bob = await open(app, "/", { clock });
    assert.ok(app.ticker.runs);
    await app[Symbol.asyncDispose]();
    assert.equal(app.ticker.runs, false);
  }
});

Deno.test("dashboard: the filters are the person's, on every page and in every tab", async () => {
  await using app = dashboard({ clock: new FakeClock() });
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  const curves = (page: typeof ann) =>
    [...page.html("#chart").matchAll(/<polyline [^>]*class="(\w+)"/g)].map(([, id]) => id);
  assert.deepEqual(curves(ann), ["requests", "latency", "errors"]);
  await ann.click("#show-latency");
  await ann.click("#range-600");
  await ann.reload();
  assert.deepEqual(curves(ann), ["requests", "errors"]);
  assert.equal(ann.attribute("#range-600", "aria-pressed"), "true");
  assert.equal(ann.attribute("#show-latency", "aria-pressed"), "false");
  assert.deepEqual(curves(bob), ["requests", "latency", "errors"]);
  await ann.click("#show-requests");
  await ann.click("#show-errors");
  await ann.reload();
  assert.deepEqual(curves(ann), ["errors"], "the last one stays");
});

Deno.test("dashboard: marks are the person's, five of them, and only moments that were shown", async () => {
  const clock = new FakeClock();
  await using app = dashboard({ clock });
  await using ann = await open(app, "/", { clock });
  const at = clock.now();
  for (let back = 0; back < 5; back++) {
    assert.equal(await ann.call("Dashboard#mark", { at: at - back * TICK, on: true }), back + 1);
  }
  await assert.rejects(
    ann.call("Dashboard#mark", { at: at - 5 * TICK, on: true }),
    /5 moments can be marked/,
  );
  assert.equal(await ann.call("Dashboard#mark", { at, on: false }), 4);
  await assert.rejects(ann.call("Dashboard#mark", { at: at - 3_700_000, on: true }), /too long ago/);
  for (const wrong of [at + 1, 1.5, "now", 1e300]) {
    await assert.rejects(ann.call("Dashboard#mark", { at: wrong, on: true }), { code: "invalid" });
  }
});

Deno.test("dashboard: a report says how far it has come", async () => {
  const clock = new FakeClock();
  await using app = dashboard({ clock });
  await using ann = await open(app, "/", { clock });
  const width = () => ann.attribute("#progress", "style") ?? "";
  const done = ann.click("#make-report");
  for (const percent of ["17%", "50%", "83%"]) {
    await ann.until(() => width().includes(percent));
    clock.turn(400);
  }
  await done;
  assert.match(width(), /100%/);
  assert.deepEqual(ann.texts("#summary tbody th"), ["Requests", "Latency", "Errors"]);
});

Deno.test("dashboard: below a base the pages lead to each other, and say where one is", async () => {
  await using app = dashboard({ base: "/dash", clock: new FakeClock() });
  await using ann = await open(app, "/dash");
  assert.equal(ann.text("nav [aria-current]"), "Dashboard");
  await ann.goto("/dash/readings");
  assert.equal(ann.text("nav [aria-current]"), "Readings");
  assert.equal(ann.texts("#rows tr").length, 20);
  await ann.goto("/dash/about");
  assert.equal(ann.text("nav [aria-current]"), "About");
});

Deno.test("ticker: ticks on the beat while somebody looks, and stops for good", () => {
  const clock = new FakeClock(1200), ticks: number[] = [];
  const ticker = new Ticker(clock, 500, () => ticks.push(clock.now()));
  assert.equal(ticker.runs, false);
  ticker.look();
  clock.turn(300);
  ticker.look();
  clock.turn(500);
  assert.deepEqual(ticks, [1500, 2000]);
  clock.turn(5000);
  assert.deepEqual(ticks, [1500, 2000]);
  assert.equal(clock.waiting, 0);
  ticker.look();
  assert.equal(clock.waiting, 1);
  ticker.stop();
  ticker.look();
  assert.equal(clock.waiting, 0);
});

Deno.test("readings: a moment has the same value everywhere, and stays where it is", () => {
  const now = Date.UTC(2026, 10, 1, 12, 0, 7);
  const first = moments(now, 120), second = moments(now + TICK, 120);
  assert.equal(first.at(-1), now);
  assert.deepEqual(second.slice(0, 60).filter((at) => !first.includes(at)), []);
  assert.ok(first.length <= 61 && first.length >= 60);
  assert.equal(reading("latency", now + 1), reading("latency", now + TICK - 1));
  for (const { id } of series) {
    const values = moments(now, 600).map((at) => reading(id, at));
    assert.ok(values.every((value) => Number.isFinite(value) && value >= 0));
    assert.ok(new Set(values).size > 20, `${id} moves`);
  }
});

Deno.test("chart: a zoom shows the last part of it, to the right edge", () => {
  const at = [0, 10, 20, 30, 40];
  assert.deepEqual(windowOf(at, 1), { from: 0, to: 40 });
  assert.deepEqual(windowOf(at, 4), { from: 30, to: 40 });
  assert.deepEqual(windowOf(at, 1000), windowOf(at, 10));
  assert.equal(placeOf(40, windowOf(at, 4)), WIDTH);
  assert.equal(lineOf([1, 2, 3, 4, 5], at, windowOf(at, 2)), "0,208 300,110 600,12");
  assert.equal(lineOf([7], [5], windowOf([5], 1)), "600,110");
  assert.equal(lineOf([], [], windowOf([], 1)), "");
});
