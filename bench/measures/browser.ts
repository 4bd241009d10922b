/**
 * From a click to a changed document in Chromium, for counter and table, against a bare page with a bare socket.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { Attribute } from "../../protocol/markers.ts";
import { findBrowser } from "../../tests/browser/find.ts";
import { launch } from "../../tests/browser/launch.ts";
import { add, bump, type Click, deleteFirst, insertTop, reverse } from "../calls.ts";
import { click, type Clicking, clockStep } from "../click.ts";
import { DOM } from "../floors/dom_page.ts";
import { type Print, timeLine } from "../line.ts";
import { interleave, runsOf, type Turn } from "../measure.ts";
import { type Served, startServer } from "../process.ts";
import { checkFrame } from "./frames.ts";

const many = { warmUp: 20, samples: 200 }, few = { warmUp: 5, samples: 25 };

/** Measures them. */
export async function browser(print: Print, { rounds }: { rounds: number }): Promise<void> {
  await using server = await startServer();
  const chromium = await launch(await findBrowser());
  try {
    await checkFrames(chromium, server);
    const clock = await visit(chromium, server.floors, (page) => page.evaluate(clockStep));
    const note = `Chromium ${chromium.version()}, clock step ${Number((clock.step * 1000).toFixed(1))} µs` +
      (clock.isolated ? "" : ", not isolated");
    const all = await interleave(turns(chromium, server), { rounds });
    const floor = { name: DOM, runs: runsOf(all, DOM) };
    print(timeLine({ measure: DOM, note }, floor.runs));
    for (const { measure, target } of measures) {
      const label = { measure, store: "memory", ...(target === undefined ? {} : { target }), note } as const;
      print(timeLine(label, runsOf(all, measure), floor));
    }
  } finally {
    await chromium.close();
  }
}

const measures: readonly { measure: string; target?: number }[] = [
  { measure: "counter.click", target: 1.3 },
  { measure: "table.cell.click", target: 1.6 },
  { measure: "table.insert_top.click" },
  { measure: "table.delete_first.click" },
  { measure: "table.reverse.click" },
];

function turns(chromium: Browser, server: Served): Turn[] {
  return [
    () => timed(chromium, server.floors, { [DOM]: add }, many, checkCount),
    () => timed(chromium, server.counter, { "counter.click": add }, many, checkCount),
    () => timed(chromium, server.table, { "table.cell.click": bump }, many, checkCell),
    () => {
      const pair = { "table.insert_top.click": insertTop, "table.delete_first.click": deleteFirst };
      return timed(chromium, server.table, pair, few, checkOrder);
    },
    () => timed(chromium, server.table, { "table.reverse.click": reverse }, few, checkOrder),
  ];
}

/** What a page shows: before and after the clicks. */
interface Shown {
  readonly count: number;
  readonly cell: number;
  readonly rows: readonly string[];
}
type Check = (before: Shown, after: Shown, clicks: number) => void;

async function timed(
  chromium: Browser,
  url: string,
  clicks: Readonly<Record<string, Click>>,
  sampling: Omit<Clicking, "selectors">,
  check: Check,
): Promise<Record<string, number[]>> {
  return await visit(chromium, url, async (page) => {
    const before = await page.evaluate(shown);
    const selectors = Object.values(clicks).map(({ selector }) => selector);
    const times = await page.evaluate(click, { selectors, ...sampling });
    check(before, await page.evaluate(shown), sampling.warmUp + sampling.samples);
    return Object.fromEntries(Object.keys(clicks).map((name, index) => [name, times[index] ?? []]));
  });
}

/** Runs inside the page. */
function shown(): Shown {
  const number = (selector: string) => Number(document.querySelector(selector)?.textContent);
  return {
    count: number("#count"),
    cell: number("#row-500 .qty"),
    rows: [...document.querySelectorAll("#rows tr")].map(({ id }) => id),
  };
}

function checkCount(before: Shown, after: Shown, clicks: number): void {
  assert.equal(after.count, before.count + clicks);
}

function checkCell(before: Shown, after: Shown, clicks: number): void {
  assert.equal(after.cell, before.cell + clicks);
  assert.deepEqual(after.rows, before.rows);
}

/** Pairs of insertions and deletions, and reversals of an even number, lead back to where they began. */
function checkOrder(before: Shown, after: Shown): void {
  assert.equal(after.rows.length, 1000);
  assert.deepEqual(after.rows, before.rows);
}

/** One click each, looked at closely, before anything is timed: what is sent, and what is shown. */
async function checkFrames(chromium: Browser, server: Served): Promise<void> {
  const look = (page: Page) => page.evaluate(shown);
  await visit(chromium, server.counter, async (page) => {
    await checkFrame(page, add);
    assert.equal((await look(page)).count, 1);
  });
  await visit(chromium, server.table, async (page) => {
    const { rows, cell } = await look(page);
    await checkFrame(page, bump);
    assert.equal((await look(page)).cell, cell + 1);
    await checkFrame(page, insertTop);
    assert.deepEqual((await look(page)).rows, ["row-1001", ...rows]);
    await checkFrame(page, deleteFirst);
    assert.deepEqual((await look(page)).rows, rows);
    await checkFrame(page, reverse);
    assert.deepEqual((await look(page)).rows, rows.toReversed());
    await checkFrame(page, reverse);
  });
}

/** A new visitor, from the page's going live until it closes. */
async function visit<T>(chromium: Browser, url: string, run: (page: Page) => Promise<T>): Promise<T> {
  const visitor = await chromium.newContext();
  try {
    visitor.setDefaultTimeout(15_000);
    const page = await visitor.newPage();
    await page.goto(url);
    await page.locator(`html[${Attribute.status}="online"]`).waitFor();
    return await run(page);
  } finally {
    await visitor.close();
  }
}
