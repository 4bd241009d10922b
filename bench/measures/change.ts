/**
 * What a changed cell costs the server's processor beside a render: the whole call, on a table of the visitor's own,
 * against a bare `renderToString` of its rows in the same process.
 *
 * @module
 */

import assert from "node:assert/strict";
import { bump } from "../calls.ts";
import { askProcessorTime, order } from "../control.ts";
import { coresApart } from "../cores.ts";
import { type Print, timeLine } from "../line.ts";
import { interleave, runsOf, type Turn } from "../measure.ts";
import { Peer } from "../peer.ts";
import { startServer, steady } from "../process.ts";

const laps = 5, cold = 1;
/** Renders, or calls, of a turn. */
const count = 200;

/** The name of the floor's line. */
const RENDER = "bare.render";

/** Measures it. */
export async function change(print: Print, { rounds }: { rounds: number }): Promise<void> {
  await using cores = await coresApart();
  await using server = await startServer({ core: cores.server, flags: steady });
  await checkRows([server.table, server.tablePrivate, server.tablePlain]);
  await using plain = await Peer.open(server.tablePlain);
  await using memo = await Peer.open(server.tablePrivate);
  const all = await interleave([
    async () => ({ [RENDER]: [await order<number>(server.control, "render", String(count))] }),
    turn("plain", plain, server.control),
    turn("memo", memo, server.control),
  ], { rounds, laps, cold });

  const floor = { name: RENDER, runs: runsOf(all, RENDER) };
  // A system that does not tell it says 0.
  if (floor.runs.every(({ median }) => median === 0)) return;
  const rows = "1,000 rows, Preact's own runtime, in the server's process";
  print(timeLine({ measure: RENDER, note: `${rows}; ${steady.join(" ")}` }, floor.runs));
  const note = "processor time of the server for one call, its share of the socket included";
  const label = { store: "memory", note } as const;
  print(
    timeLine({ ...label, measure: "table.plain.change", target: 0.3 }, runsOf(all, "plain"), floor, floor),
  );
  print(timeLine({ ...label, measure: "table.memo.change", target: 0.5 }, runsOf(all, "memo"), floor));
}

function turn(name: string, peer: Peer, control: string): Turn {
  return async () => {
    const texts = Array.from({ length: count }, () => peer.frame(bump));
    const before = await askProcessorTime(control);
    await peer.rally(texts);
    const processor = await askProcessorTime(control) - before;
    const frames = peer.look();
    assert.equal(frames.length, count);
    for (const frame of frames) {
      assert.match(JSON.stringify(frame), /^\["patch",\d+,\[\["text",\["row-500",2\],"\d+"\]\],\[\d+\]\]$/);
    }
    return { [name]: [processor / count] };
  };
}

/** All of them show the same rows, to the letter. */
async function checkRows(urls: readonly string[]): Promise<void> {
  const [first, ...others] = await Promise.all(urls.map(async (url) => {
    const html = await (await fetch(url)).text();
    return html.slice(html.indexOf("<tbody"), html.indexOf("</tbody>"));
  }));
  assert.ok(first?.includes('<tr id="row-1000">'));
  for (const other of others) assert.equal(other, first);
}
