/**
 * The table of 1,000 rows over a raw socket: bytes, and the time of a round trip.
 *
 * @module
 */

import assert from "node:assert/strict";
import { bump, deleteFirst, insertTop, reverse } from "../calls.ts";
import { coresApart } from "../cores.ts";
import { ECHO, timeEcho } from "../floors/echo.ts";
import { byteLine, bytesOf, type Print, timeLine } from "../line.ts";
import { interleave, runsOf, type Turn } from "../measure.ts";
import { Peer, type Target } from "../peer.ts";
import { startServer } from "../process.ts";
import { Wire } from "../wire.ts";
import { connectLine } from "./connect.ts";

const laps = 10, cold = 1;
const echoSampling = { warmUp: 10, samples: 50 }, sampling = { warmUp: 2, samples: 10 };
const raised = "limits.framesPerSecond and limits.frameBurst raised";
const memory = { store: "memory" } as const;

/** What is done to the table, in this order; the answer has to contain the one operation that does it to the page. */
const deeds: readonly { name: string; call: Target; target: number; shows: string }[] = [
  { name: "cell", call: bump, target: 200, shows: '[["text",["row-500",2],"4"]]' },
  { name: "insert_top", call: insertTop, target: 320, shows: '[["before","row-1","<tr id=\\"row-1001\\">' },
  { name: "delete_first", call: deleteFirst, target: 100, shows: '[["remove","row-1001"]]' },
  { name: "reverse", call: reverse, target: 200, shows: '[["order","row-1",[999,-1000]]]' },
];

/** Measures them. */
export async function table(print: Print, { rounds }: { rounds: number }): Promise<void> {
  await using cores = await coresApart();
  await using server = await startServer({ core: cores.server });
  await using peer = await Peer.open(server.table);
  print(connectLine("table", [peer.greeting]));
  let text = "";
  for (const { name, call, target, shows } of deeds) {
    const { up, down } = await peer.call(call);
    assert.ok(down.startsWith('["patch",'), down.slice(0, 200));
    assert.ok(down.includes(shows), `${name}: ${down.slice(0, 200)} does not show ${shows}.`);
    print(byteLine({ measure: `table.${name}.bytes_up`, ...memory }, [bytesOf(up)]));
    print(byteLine({ measure: `table.${name}.bytes_down`, ...memory, target }, [bytesOf(down)]));
    if (call === bump) text = up;
  }

  await using wire = await Wire.open(`${server.floors.replace("http", "ws")}echo`);
  const all = await interleave([
    async () => ({ [ECHO]: await timeEcho(wire, text, echoSampling) }),
    ...deeds.filter(({ name }) => name !== "delete_first").map(({ name, call }): Turn => {
      // Rows come and go in pairs, so that there are never more than 1,001.
      if (name === "insert_top") return () => pairs(peer);
      return async () => ({ [name]: await peer.time([call], sampling) });
    }),
  ], { rounds, laps, cold });
  const echo = runsOf(all, ECHO);
  print(timeLine({ measure: ECHO, note: `${bytesOf(text)} bytes; ${cores.note}` }, echo));
  for (const { name } of deeds) {
    const label = { measure: `table.${name}.round_trip`, ...memory, note: `${raised}; ${cores.note}` };
    print(timeLine(label, runsOf(all, name), { name: ECHO, runs: echo }));
  }
}

async function pairs(peer: Peer): Promise<Record<string, number[]>> {
  const { warmUp, samples } = sampling;
  const times = await peer.time([insertTop, deleteFirst], { warmUp: 2 * warmUp, samples: 2 * samples });
  return {
    insert_top: times.filter((_, index) => index % 2 === 0),
    delete_first: times.filter((_, index) => index % 2 === 1),
  };
}
