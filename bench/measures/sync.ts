/**
 * SockSync: one item of a list that 2,000 see, variables that are set together and calls that are made at once over one
 * socket, a list in memory that 10,000 see, and what connections cost that are idle, or do not read.
 *
 * @module
 */

import assert from "node:assert/strict";
import { defaultLimits } from "../../protocol/limits.ts";
import { type Counts, type Kind, tell, type Times } from "../audience.ts";
import { askProcessorTime, order } from "../control.ts";
import { coresApart } from "../cores.ts";
import { type Growth, growth } from "../growth.ts";
import { bytesOf, type Floor, type Label, memoryLine, type Print, rateLine, timeLine } from "../line.ts";
import { interleave, runsOf, type Turn } from "../measure.ts";
import { SYNC } from "../pages/sync.ts";
import { type Served, start, type Started, startServer } from "../process.ts";
import { settledMemory } from "../settle.ts";
import { type Effort, effort, shares } from "../shares.ts";
import { Stream } from "../stream.ts";
import {
  burstRate,
  callRate,
  echoRate,
  knowFunctions,
  type Rate,
  setRate,
  subscribeToAll,
} from "../sync_rates.ts";
import { callFrame, insertFrames, PAGES, returnFrame } from "../sync_frames.ts";

const READERS = 2000, laps = 5, cold = 1;
/** Changes of a turn. */
const count = 4;
/** Descriptors beside those of the connections. */
const SPARE = 200;
const LEAST_RUNS = 3, KILO = 1024;

/** Measures them. */
export async function sync(print: Print, { rounds }: { rounds: number }): Promise<void> {
  await list(print, rounds);
  await rates(print, rounds);
  await spread(print, rounds);
  await idle(print, rounds);
  await lagging(print, rounds);
}

function socketOf(url: string): string {
  return url.replace("http", "ws");
}

// One item on top moves every page: each reader is told three frames, those of a page the same.
async function list(print: Print, rounds: number): Promise<void> {
  await using cores = await coresApart();
  const descriptors = 2 * READERS + SPARE;
  await using server = await startServer({ core: cores.server, descriptors });
  const audience = async (kind: Kind, url: string): Promise<Started> => {
    return await start("audience.ts", [kind, url, server.control], { descriptors });
  };
  await using sockets = await audience("window", `${socketOf(server.floors)}windows`);
  await using readers = await audience("list", socketOf(server.sync) + SYNC);
  for (const started of [sockets, readers]) assert.equal(await tell(started, ["open", READERS]), READERS);

  let number = 0;
  const turn = (name: string, started: Started): Turn => async () => {
    const before = await askProcessorTime(server.control);
    const times = await tell<Times>(started, ["change", { count }]);
    number = times.number;
    const processor = (await askProcessorTime(server.control) - before) / count;
    return { [name]: times.last, [`${name}.processor`]: [processor] };
  };
  const all = await interleave([turn("bare", sockets), turn("list", readers)], { rounds, laps, cold });
  const bytes = insertFrames(1, number).reduce((sum, text) => sum + bytesOf(text), 0);
  const note = `${READERS} sockets, ${PAGES} pages, 3 frames of ${bytes} bytes each; ${cores.note}`;
  for (const [of, told] of [["", note], [".processor", "of the server, for one"]] as const) {
    const floor = { name: `bare.insert${of}`, runs: runsOf(all, `bare${of}`) };
    print(timeLine({ measure: floor.name, note: told }, floor.runs));
    const label = { measure: `sync.insert${of}`, store: "memory", note: told } as const;
    print(timeLine(of === "" ? { ...label, target: 1.3 } : label, runsOf(all, `list${of}`), floor));
  }
}

async function rates(print: Print, rounds: number): Promise<void> {
  await using cores = await coresApart();
  await using server = await startServer({ core: cores.server });
  await using opened = new AsyncDisposableStack();
  const open = async (url: string) => opened.use(await Stream.open(socketOf(url)));
  const burst = await open(`${server.floors}burst`), echo = await open(`${server.floors}echo`);
  const variables = await open(server.sync + SYNC), calls = await open(server.sync + SYNC);
  await subscribeToAll(variables);
  await knowFunctions(calls, "add", "hold", "release");
  const set = setRate(
    "sync.set",
    variables,
    (value) => callFrame("setAll", value, { value }),
    (value) => returnFrame("setAll", value, value),
  );
  const call = callRate("sync.call", calls);
  const all = [burstRate("bare.set", burst), set, echoRate("echo.call", echo, call.text), call];
  const efforts = new Map<string, Effort[]>();
  const runs = await interleave(all.map((rate) => rateTurn(server, rate, efforts)), { rounds, laps, cold });

  const lines = (
    { name, text }: Rate,
    what: string,
    { floor, ...label }: Omit<Label, "measure"> & { readonly floor?: string } = {},
  ) => {
    const taken = (efforts.get(name) ?? []).slice(-rounds * laps);
    const floorOf = (of: string): Floor | undefined =>
      floor === undefined ? undefined : { name: `${floor}.${of}`, runs: runsOf(runs, `${floor}.${of}`) };
    const note = `${what}, ${bytesOf(text)} bytes; ${shares(taken)}; ${cores.note}`;
    const rate = `${name}.per_second`, processor = `${name}.processor`;
    print(
      rateLine(
        { ...label, measure: rate, note },
        runsOf(runs, rate),
        label.target === undefined ? floorOf("per_second") : undefined,
      ),
    );
    if (taken.every(({ server }) => server === 0)) return;
    const kept = label.store === undefined ? {} : { store: label.store };
    const time = { ...kept, measure: processor, note: "of the server, for 1,000 frames or calls" };
    print(timeLine(time, runsOf(runs, processor), floorOf("processor")));
  };
  const raised = "limits.syncFramesPerSecond and limits.syncFrameBurst raised";
  lines(all[0]!, "1,000 variables, one socket");
  lines(set, `1,000 variables, one socket`, {
    store: "memory",
    floor: "bare.set",
    target: 50_000,
    bound: "at least",
  });
  lines(all[2]!, "1,000 at once, one socket");
  lines(call, `1,000 at once, one socket, beside one that waits; ${raised}`, {
    store: "memory",
    floor: "echo.call",
  });
}

function rateTurn({ control }: Served, rate: Rate, efforts: Map<string, Effort[]>): Turn {
  const { name, count } = rate;
  return async () => {
    await rate.prepare?.();
    const taken = await effort(control, () => rate.run());
    efforts.set(name, [...efforts.get(name) ?? [], taken]);
    return {
      [`${name}.per_second`]: [count / taken.elapsed * 1000],
      [`${name}.processor`]: [taken.server / count * 1000],
    };
  };
}

async function spread(print: Print, rounds: number): Promise<void> {
  await using cores = await coresApart();
  await using process = await start("spread.ts", [], { core: cores.server });
  const turn = (name: "floor" | "list"): Turn => async () => {
    await process.tell(name);
    return { [name]: JSON.parse(await process.line()) };
  };
  const all = await interleave([turn("floor"), turn("list")], { rounds, laps, cold });
  const note = `10,000 readers in memory, ${PAGES} pages`;
  const floor = { name: "bare.spread", runs: runsOf(all, "floor") };
  print(timeLine({ measure: floor.name, note }, floor.runs));
  print(timeLine({ measure: "sync.spread", store: "memory", note }, runsOf(all, "list"), floor));
}

const crowd = { before: 100, count: 1000 } as const;

async function idle(print: Print, rounds: number): Promise<void> {
  const runs = Math.max(LEAST_RUNS, Math.ceil(rounds / 2));
  const all: Record<"socket" | "sync", Growth[]> = { socket: [], sync: [] };
  const crowds = [
    { kind: "socket", place: "floors", ...crowd },
    { kind: "sync", place: "sync", ...crowd },
  ] as const;
  for (let run = 0; run < runs; run++) {
    for (const crowd of run % 2 === 0 ? crowds : crowds.toReversed()) {
      all[crowd.kind].push(await growth(crowd));
    }
  }
  const kinds = [["memory", "rss"], ["trimmed", "trimmed"], ["heap", "heap"]] as const;
  for (const [name, key] of kinds) {
    const bytes = all.socket.map((growth) => growth[key]), own = all.sync.map((growth) => growth[key]);
    if (bytes.includes(null) || own.includes(null)) continue; // no allocator that can be told to trim
    const above = { name: `bare.${name}`, bytes: bytes as number[] };
    print(memoryLine({ measure: above.name, note: `${crowd.count} connections, bare` }, above.bytes));
    const note = `${crowd.count} connections, idle, each sees a page of a list and 9 variables`;
    print(memoryLine({ measure: `sync.${name}`, store: "memory", note }, own as number[], { above }));
  }
}

const LAGGING = 50;
/** What fills the system's buffers of somebody who does not read, which are some 4 MB; and what comes after that. */
const filling = { count: 48, length: 128 * KILO }, flood = { count: 1000, length: 16 * KILO };

async function lagging(print: Print, rounds: number): Promise<void> {
  const growths: number[] = [];
  let told = { fewest: Infinity, most: 0 };
  for (let run = 0; run < Math.max(LEAST_RUNS, Math.ceil(rounds / 2)); run++) {
    await using server = await startServer({ collects: true });
    await using readers = await start("audience.ts", [
      "variable",
      socketOf(server.sync) + SYNC,
      server.control,
    ], {});
    assert.equal(await tell(readers, ["open", LAGGING]), LAGGING);
    const { number } = await tell<Times>(readers, ["change", { count: 50, length: flood.length }]);
    await tell<Counts>(readers, ["look", number]);
    const before = await settledMemory(server.control);
    assert.equal(await tell(readers, ["freeze"]), "frozen");
    let last = number;
    for (const { count, length } of [filling, flood]) {
      await order(server.control, "tell", JSON.stringify({ first: last + 1, count, length }));
      last += count;
    }
    growths.push(((await settledMemory(server.control)).rss - before.rss) / LAGGING);
    assert.equal(await tell(readers, ["thaw"]), "thawed");
    // All of them have the newest, and none has got each.
    const { patches: { fewest, most }, losses } = await tell<Counts>(readers, ["look", last]);
    assert.ok(most < last - number, `All of ${last - number} values have come.`);
    assert.equal(losses, 0);
    told = { fewest: Math.min(told.fewest, fewest), most: Math.max(told.most, most) };
  }
  const sent = Math.round((filling.count * filling.length + flood.count * flood.length) / KILO / KILO);
  print(memoryLine(
    {
      measure: "sync.lagging",
      store: "memory",
      target: (defaultLimits.watermark + filling.length) / KILO,
      note:
        `RSS for each of ${LAGGING} who do not read ${sent} MB of one variable, and are shown ${told.fewest} ` +
        `to ${told.most} of ${filling.count + flood.count} values, the newest among them; the target is ` +
        "limits.watermark and one value",
    },
    growths,
  ));
}
