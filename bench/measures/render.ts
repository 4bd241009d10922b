/**
 * A render of 1,000 rows, guarded and with its offers noted, against Preact's bare one of the same rows.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Offers } from "../../server/page/offers.ts";
import { renderPage } from "../../server/page/render.ts";
import { RENDER, renderRows } from "../floors/render.ts";
import { type Print, timeLine } from "../line.ts";
import { interleave, runsOf } from "../measure.ts";
import { rows } from "../rows.tsx";

const warmUp = 10, samples = 20, laps = 10, cold = 1;

/** Measures it, in this process. */
export async function render(print: Print, { rounds }: { rounds: number }): Promise<void> {
  const offers = new Offers();
  assert.equal(plain(renderOurs(offers)), plain(renderRows()));
  assert.deepEqual([...offers.targets()], ["Table#bump"]);
  const all = await interleave([
    () => Promise.resolve({ [RENDER]: time(renderRows) }),
    () => Promise.resolve({ ours: time(() => renderOurs(new Offers())) }),
  ], { rounds, laps, cold });
  const floor = runsOf(all, RENDER);
  print(timeLine({ measure: RENDER, note: "1,000 rows, Preact's own runtime" }, floor));
  const label = { measure: "render.page", note: "the same rows, with their offers" };
  print(timeLine(label, runsOf(all, "ours"), { name: RENDER, runs: floor }));
}

function renderOurs(offers: Offers): string {
  return renderPage(rows(), {
    nameOf(owner) {
      throw new TypeError(`Cannot name ${String(owner)}: these rows name their reflex themselves.`);
    },
    offer: (target, args) => offers.add(target, args),
  }).body;
}

function time(run: () => string): number[] {
  const times: number[] = [];
  let last = 0;
  for (let done = 0; done < warmUp + samples; done++) {
    const start = performance.now();
    const html = run();
    // Joining strings only notes that they belong together; reading a letter is what copies them into one.
    last = html.charCodeAt(html.length - 1);
    if (done >= warmUp) times.push(performance.now() - start);
  }
  assert.equal(last, ">".charCodeAt(0));
  return times;
}

/** Markup without the stray blank that a key leaves in a precompiled template. */
export function plain(html: string): string {
  return html.replaceAll(/ +>/g, ">");
}
