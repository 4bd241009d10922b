/**
 * One change of the shared table that 2,000 people are shown: until the last has it, against as many bare sockets that
 * are sent a prepared text as long.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Kind, patchText, tell, type Times } from "../audience.ts";
import { askProcessorTime } from "../control.ts";
import { coresApart } from "../cores.ts";
import { bytesOf, type Print, timeLine } from "../line.ts";
import { interleave, runsOf, type Turn } from "../measure.ts";
import { start, type Started, startServer } from "../process.ts";

const READERS = 2000, laps = 5, cold = 1;
/** Changes of a turn. */
const count = 4;
/** Descriptors beside those of the connections. */
const SPARE = 200;

/** Measures it. */
export async function publish(print: Print, { rounds }: { rounds: number }): Promise<void> {
  await using cores = await coresApart();
  const descriptors = 2 * READERS + SPARE;
  await using server = await startServer({ core: cores.server, descriptors });
  const audience = async (kind: Kind, url: string): Promise<Started> => {
    return await start("audience.ts", [kind, url, server.control], { descriptors });
  };
  await using sockets = await audience("socket", `${server.floors.replace("http", "ws")}fan`);
  await using readers = await audience("table", server.tableShared);
  for (const started of [sockets, readers]) assert.equal(await tell(started, ["open", READERS]), READERS);

  let changes = 0;
  const turn = (name: string, started: Started): Turn => async () => {
    const before = await askProcessorTime(server.control);
    const { last, number } = await tell<Times>(started, ["change", { count }]);
    const processor = (await askProcessorTime(server.control) - before) / count;
    changes = number;
    return { [name]: last, [`${name}.processor`]: [processor] };
  };
  const all = await interleave([turn("bare", sockets), turn("table", readers)], { rounds, laps, cold });

  const note = `${READERS} sockets, ${bytesOf(patchText(changes))} bytes each`;
  for (
    const [of, told] of [["", `${note}; ${cores.note}`], [".processor", "of the server, for one"]] as const
  ) {
    const floor = { name: `bare.publish${of}`, runs: runsOf(all, `bare${of}`) };
    print(timeLine({ measure: floor.name, note: told! }, floor.runs));
    const label = { measure: `table.publish${of}`, store: "memory", note: told } as const;
    print(timeLine(of === "" ? { ...label, target: 1.3 } : label, runsOf(all, `table${of}`), floor));
  }
}
