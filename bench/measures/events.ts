/**
 * Typed events: messages over one socket that are read by valibot and answered, or published to a room of one, against an
 * echo of the same texts.
 *
 * @module
 */

import { coresApart } from "../cores.ts";
import { bytesOf, type Floor, type Label, type Print, rateLine, timeLine } from "../line.ts";
import { interleave, type Run, runsOf, type Turn } from "../measure.ts";
import { EVENTS } from "../pages/events.ts";
import { type Served, startServer } from "../process.ts";
import { type Effort, effort, shares } from "../shares.ts";
import { Stream } from "../stream.ts";
import { echoRate, type Rate } from "../sync_rates.ts";

const laps = 5, cold = 1;

/** So many are out at once: as many as our client sends before the first is answered. */
const OUT = 204;

/** What is said, and what comes back to the letter: so the echo of it is what there is to do for both. */
export const texts = {
  answer: '{"type":"say","id":4711,"msg":"Good morning, is anybody there?","sender":7}',
  publish: '{"type":"message","msg":"Good morning, is anybody there?","sender":7}',
} as const;

/** Measures them. */
export async function events(print: Print, { rounds }: { rounds: number }): Promise<void> {
  await using cores = await coresApart();
  await using server = await startServer({ core: cores.server });
  await using opened = new AsyncDisposableStack();
  const open = async (url: string) => opened.use(await Stream.open(url.replace("http", "ws")));
  const efforts = new Map<string, Effort[]>(), rates: Rate[] = [];
  for (const [kind, text] of Object.entries(texts)) {
    rates.push(
      echoRate(`echo.${kind}`, await open(`${server.floors}echo`), text, OUT),
      echoRate(`events.${kind}`, await open(`${server.events}${EVENTS}${kind}`), text, OUT),
    );
  }
  const runs = await interleave(rates.map((rate) => turnOf(server, rate, efforts)), { rounds, laps, cold });
  for (const { name, text } of rates) {
    const floor = name.replace("events", "echo"), taken = efforts.get(name)!.slice(-rounds * laps);
    const note = `${OUT} at once, one socket, ${bytesOf(text)} bytes; ${shares(taken)}; ${cores.note}`;
    printRate(print, { name, floor, note, isTold: taken.some(({ server }) => server > 0) }, runs);
  }
}

/** How a rate is printed. */
interface Printed {
  readonly name: string;
  /** It may be one itself. */
  readonly floor: string;
  readonly note: string;
  /** Whether this system tells the processor time of processes. */
  readonly isTold: boolean;
}

function printRate(
  print: Print,
  { name, floor, note, isTold }: Printed,
  runs: ReadonlyMap<string, readonly Run[]>,
) {
  const isFloor = name === floor;
  const floorOf = (of: string): Floor | undefined =>
    isFloor ? undefined : { name: `${floor}.${of}`, runs: runsOf(runs, `${floor}.${of}`) };
  const label = (of: string, note: string): Label => ({
    measure: `${name}.${of}`,
    ...isFloor ? {} : { store: "memory" },
    note,
  });
  const rate = label("per_second", note), target = { target: 0.5, bound: "at least" } as const;
  print(rateLine(isFloor ? rate : { ...rate, ...target }, runsOf(runs, rate.measure), floorOf("per_second")));
  if (!isTold) return;
  const time = label("processor", "of the server, for 1,000 messages");
  print(timeLine(time, runsOf(runs, time.measure), floorOf("processor")));
}

function turnOf({ control }: Served, rate: Rate, efforts: Map<string, Effort[]>): Turn {
  const { name, count } = rate;
  return async () => {
    const taken = await effort(control, () => rate.run());
    efforts.set(name, [...efforts.get(name) ?? [], taken]);
    return {
      [`${name}.per_second`]: [count / taken.elapsed * 1000],
      [`${name}.processor`]: [taken.server / count * 1000],
    };
  };
}
