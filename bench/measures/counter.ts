/**
 * The counter over a raw socket: bytes, and the time of a round trip on memory and on KV.
 *
 * @module
 */

import assert from "node:assert/strict";
import { readServerFrame } from "../../protocol/codec.ts";
import { add as increment } from "../calls.ts";
import { coresApart } from "../cores.ts";
import { COMMIT, type timeCommits } from "../floors/commit.ts";
import { ECHO, timeEcho } from "../floors/echo.ts";
import { byteLine, bytesOf, type Print, timeLine } from "../line.ts";
import { add, interleave, runsOf } from "../measure.ts";
import { Peer } from "../peer.ts";
import { startServer } from "../process.ts";
import { Wire } from "../wire.ts";
import { connectLine } from "./connect.ts";

const laps = 10, cold = 1;
const sampling = { warmUp: 10, samples: 50 }, kvSampling = { warmUp: 5, samples: 20 };
const raised = "limits.framesPerSecond and limits.frameBurst raised";

/** Measures them. */
export async function counter(print: Print, { rounds }: { rounds: number }): Promise<void> {
  await using cores = await coresApart();
  await using server = await startServer({ core: cores.server });
  const first = await firstCalls(server.counter, rounds);
  const memory = { store: "memory" } as const;
  print(connectLine("counter", first.map(({ hello }) => hello)));
  print(byteLine({ measure: "counter.bytes_up", ...memory }, first.map(({ call }) => bytesOf(call.up))));
  print(
    byteLine(
      { measure: "counter.bytes_down", ...memory, target: 94 },
      first.map(({ call }) => bytesOf(call.down)),
    ),
  );

  await using wire = await Wire.open(`${server.floors.replace("http", "ws")}echo`);
  await using peer = await Peer.open(server.counter);
  await using kvPeer = await Peer.open(server.counterKv);
  const text = first[0]!.call.up;
  const all = await interleave([
    async () => ({ [ECHO]: await timeEcho(wire, text, sampling) }),
    async () => ({ memory: await peer.time([increment], sampling) }),
    async () => ({ [COMMIT]: await commits(server.floors) }),
    async () => ({ kv: await kvPeer.time([increment], kvSampling) }),
  ], { rounds, laps, cold });
  await checkCount(peer, (cold + rounds) * laps * (sampling.warmUp + sampling.samples));
  await checkCount(kvPeer, (cold + rounds) * laps * (kvSampling.warmUp + kvSampling.samples));

  const echo = runsOf(all, ECHO), onMemory = runsOf(all, "memory"), commit = runsOf(all, COMMIT);
  const measure = "counter.round_trip";
  print(timeLine({ measure: ECHO, note: `${bytesOf(text)} bytes; ${cores.note}` }, echo));
  print(
    timeLine({ measure, ...memory, target: 1.5, note: `${raised}; ${cores.note}` }, onMemory, {
      name: ECHO,
      runs: echo,
    }),
  );
  print(timeLine({ measure: COMMIT, store: "kv", note: "one key of 256 bytes, one check" }, commit));
  print(timeLine(
    { measure, store: "kv", target: 1, note: `${raised}; ${cores.note}` },
    runsOf(all, "kv"),
    { name: `${measure}+${COMMIT}`, runs: add(onMemory, commit) },
  ));
}

interface First {
  readonly hello: { readonly up: string; readonly down: string };
  readonly call: { readonly up: string; readonly down: string };
}

/** New visitors, each with the first click of their lives. */
async function firstCalls(url: string, visitors: number): Promise<First[]> {
  const found: First[] = [];
  for (let visitor = 0; visitor < visitors; visitor++) {
    await using peer = await Peer.open(url);
    const call = await peer.call(increment);
    checkPatch(call.down, 1);
    found.push({ hello: peer.greeting, call });
  }
  return found;
}

function checkPatch(text: string, count: number): void {
  const frame = readServerFrame(text);
  assert.equal(frame[0], "patch", text);
  assert.equal(frame[1], count, text);
  assert.deepEqual(frame[2], [["text", "count", `${count}`]]);
  assert.deepEqual(frame[3], [count]);
}

/** One more click tells that none before was lost or ran twice. */
async function checkCount(peer: Peer, clicks: number): Promise<void> {
  checkPatch((await peer.call(increment)).down, clicks + 1);
}

async function commits(floors: string): Promise<number[]> {
  const { warmUp, samples } = kvSampling;
  const response = await fetch(`${floors}commits?count=${warmUp + samples}`);
  const times: Awaited<ReturnType<typeof timeCommits>> = await response.json();
  return times.slice(warmUp);
}
