/**
 * Those of an audience who see something over SockSync.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Member } from "./audience.ts";
import type { Shown } from "./reader.ts";
import { insertFrames, ITEMS, makeItem, PAGE_SIZE, PAGES, subscribeFrames } from "./sync_frames.ts";
import { Wire } from "./wire.ts";

/** Those who see a page: one after another, each sees the next. */
let windows = 0;

// Who reads what the frames have to be does not parse them, whoever has sent them.
async function openPage(
  url: string,
  shown: Shown,
  begin: (wire: Wire, page: number) => Promise<void>,
): Promise<Member> {
  const page = windows++ % PAGES;
  const member = { shown: ITEMS - 1, counted: { patches: 0, loads: 0, losses: 0 } };
  let at = 0, isOpen = false;
  const wire = await Wire.open(url, {
    aside(text) {
      if (!isOpen) return false;
      const expected = framesTo(page, member.shown + 1);
      if (text !== expected[at]) throw new Error(`Cannot go on from ${member.shown} with ${text}.`);
      if (++at < expected.length) return true;
      at = 0;
      member.shown++;
      member.counted.patches++;
      shown(member.shown - 1, member.shown);
      return true;
    },
  });
  await begin(wire, page);
  isOpen = true;
  return member;
}

/** Opens the socket of somebody who sees a page of the list of SockSync. */
export function openWindow(url: string, shown: Shown): Promise<Member> {
  return openPage(url, shown, subscribeToPage);
}

/** Opens the bare socket of somebody who is sent the same. */
export function openBareWindow(url: string, shown: Shown): Promise<Member> {
  return openPage(url, shown, async (wire, page) => {
    assert.equal(await wire.exchange(String(page)), String(page));
  });
}

async function subscribeToPage(wire: Wire, page: number): Promise<void> {
  const [subscribe, get] = subscribeFrames("list", "items", page);
  wire.send(subscribe);
  const { func, total_item_count: count, items } = JSON.parse(await wire.exchange(get));
  assert.deepEqual([func, count], ["set_all", ITEMS]);
  assert.deepEqual(
    items,
    Array.from({ length: PAGE_SIZE }, (_, i) => makeItem(ITEMS - 1 - page * PAGE_SIZE - i)),
  );
}

let expectedOf = NaN;
const expected = new Map<number, readonly string[]>();

function framesTo(page: number, number: number): readonly string[] {
  if (number !== expectedOf) expected.clear();
  expectedOf = number;
  let frames = expected.get(page);
  if (frames === undefined) expected.set(page, frames = insertFrames(page, number));
  return frames;
}

/** Opens the socket of somebody who sees the news. Who is behind is shown the newest, and nothing of what was before. */
export async function openVariable(url: string, shown: Shown): Promise<Member> {
  const member = { shown: 0, counted: { patches: 0, loads: 0, losses: 0 } };
  const wire = await Wire.open(url, {
    aside(text) {
      const [, told] = text.match(/^\{"func":"set","type":"var","name":"news","value":"(\d+) /) ?? [];
      const number = Number(told), before = member.shown;
      if (!(number > before)) return false;
      member.shown = number;
      member.counted.patches++;
      shown(before, number);
      return true;
    },
  });
  const [subscribe, get] = subscribeFrames("var", "news");
  wire.send(subscribe);
  assert.match(await wire.exchange(get), /"value":"0 "\}$/);
  wire.closed.then(() => member.counted.losses++);
  return member;
}
