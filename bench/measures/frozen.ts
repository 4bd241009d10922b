/**
 * A thousand readers of one page, of whom a hundred stop reading for a minute: how long a change takes to the others,
 * against the same with nobody frozen, and what the server's memory grows by. Afterwards the hundred read on, and have to
 * show what is true.
 *
 * @module
 */

import assert from "node:assert/strict";
import { defaultLimits } from "../../protocol/limits.ts";
import { type Counts, tell, type Times } from "../audience.ts";
import { order } from "../control.ts";
import { coresApart } from "../cores.ts";
import { memoryLine, type Print, timeLine } from "../line.ts";
import type { Run } from "../measure.ts";
import { start, type Started, startServer } from "../process.ts";
import { settledMemory } from "../settle.ts";

const WATCHERS = 900, FROZEN = 100;
/** Descriptors beside those of the connections. */
const SPARE = 200;

/** Ten seconds of changes. */
const window = { count: 200, every: 50, length: 2048 } as const;
/** Windows with a hundred frozen; with nobody, half of them before and half of them after. */
const WINDOWS = 6;

/**
 * What fills the line of somebody who does not read. The system's own buffers take some 4 MB of it, which changes of two
 * kilobytes would need two minutes for; so these come before, while nobody else is there.
 */
const filling = { count: 48, every: 40, length: 128 * 1024 } as const;

const KILO = 1024;

/** Measures it. It takes two and a half minutes to three, however many rounds there are. */
export async function frozen(print: Print): Promise<void> {
  await using cores = await coresApart();
  const descriptors = WATCHERS + FROZEN + SPARE;
  await using server = await startServer({ core: cores.server, descriptors, collects: true });
  let number = 0;

  async function audience(count: number): Promise<Started> {
    const started = await start("audience.ts", ["board", server.board, server.control], { descriptors });
    assert.equal(await tell(started, ["open", count]), count);
    return started;
  }

  /** Windows, and what the memory grows by after the first of them. */
  async function watch(watchers: Started, windows: number): Promise<{ times: Times[]; growth: number }> {
    const times: Times[] = [];
    let first = 0, last = 0;
    while (times.length < windows) {
      times.push(await tell<Times>(watchers, ["change", window]));
      if (times.length > 1 && times.length < windows) continue;
      last = (await settledMemory(server.control)).rss;
      if (times.length === 1) first = last;
    }
    number = times.at(-1)?.number ?? number;
    return { times, growth: last - first };
  }

  /** Stops the hundred until the work is done; then all of them have to show what there is. */
  async function freeze<T>(others: Started, work: () => Promise<T>): Promise<{ result: T; counts: Counts }> {
    await tell<Counts>(others, ["look", number]);
    const before = number;
    assert.equal(await tell(others, ["freeze"]), "frozen");
    for (let made = 0; made < filling.count; made++) {
      number++;
      await order(server.control, "show", JSON.stringify({ number, length: filling.length }));
      await new Promise((resolve) => setTimeout(resolve, filling.every));
    }
    const result = await work();
    assert.equal(await tell(others, ["thaw"]), "thawed");
    const counts = await tell<Counts>(others, ["look", number]);
    // Whoever has got each change was never behind, and nothing was measured.
    assert.ok(counts.patches.most < number - before, `All of ${number - before} changes have come.`);
    return { result, counts };
  }

  await using others = await audience(FROZEN);
  const before = await (async () => {
    await using watchers = await audience(WATCHERS);
    await tell<Times>(watchers, ["change", window]); // compilers learn
    return await watch(watchers, WINDOWS / 2);
  })();
  await using until = new AsyncDisposableStack();
  const { result: { during, watchers }, counts } = await freeze(others, async () => {
    const watchers = until.use(await audience(WATCHERS));
    return { during: await watch(watchers, WINDOWS), watchers };
  });
  const after = await watch(watchers, WINDOWS / 2);
  await until.disposeAsync();
  const soon = await freeze(others, () => Promise.resolve());

  const changes = `${WATCHERS} readers, a change each ${window.every} ms, ${window.length} bytes each`;
  const windows = `windows of ${window.count * window.every / 1000} s`;
  const stopped = `${FROZEN} more do not read: ${told(counts)}; where they read on sooner, ${
    told(soon.counts)
  }`;
  for (const [name, of] of [["delay", "p50"], ["delay_p95", "p95"]] as const) {
    const runs = (times: readonly Times[]): Run[] =>
      times.map((times) => ({ median: times[of], p95: times.p95, samples: times.samples }));
    const floor = { name: `free.${name}`, runs: runs([...before.times, ...after.times]) };
    print(timeLine({ measure: floor.name, note: `${changes}; ${windows}; ${cores.note}` }, floor.runs));
    const label = { measure: `frozen.${name}`, store: "memory", target: 1.5, note: stopped } as const;
    print(timeLine(label, runs(during.times), floor));
  }
  const seconds = (windows: number) => (windows - 1) * window.count * window.every / 1000;
  const noise = { name: "free.growth", bytes: [Math.max(before.growth, after.growth)] };
  print(memoryLine({ measure: noise.name, note: `RSS in ${seconds(WINDOWS / 2)} s` }, noise.bytes));
  print(memoryLine(
    {
      measure: "frozen.growth",
      store: "memory",
      target: FROZEN * defaultLimits.watermark / KILO,
      note: `RSS in the last ${seconds(WINDOWS)} s; the target is ${FROZEN} × limits.watermark`,
    },
    [during.growth],
    { above: noise },
  ));
}

function told({ patches, loads, losses }: Counts): string {
  const { fewest, most } = patches;
  const each = fewest === most ? fewest : `${fewest} to ${most}`;
  return `${losses} closed, the page loaded ${loads} times, ${each} patches each`;
}
