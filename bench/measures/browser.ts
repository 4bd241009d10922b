/**
 * Counter and table in Chromium: from a click to a changed document, against a bare page with a bare socket, and then
 * from a navigation to a live page.
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
import { live } from "./live.ts";

const laps = 10, cold = 1, many = { warmUp: 2, samples: 20 };
// An even number, so that a table that is turned round is at last as it was.
const few = { warmUp: 1, samples: 3 };

/** Measures them. */
export async function browser(print: Print, { rounds }: { rounds: number }): Promise<void> {
  await using server = await startServer();
  const chromium = await launch(await findBrowser());
  try {
    await checkFrames(chromium, server);
    const pages = {
      floor: await visit(chromium, server.floors),
      counter: await visit(chromium, server.counter),
      table: await visit(chromium, server.table),
    };
    const clock = await pages.floor.evaluate(clockStep);
    const note = `Chromium ${chromium.version()}, clock step ${Number((clock.step * 1000).toFixed(1))} µs` +
      (clock.isolated ? "" : ", not isolated");
    const all = await interleave(turns(pages), { rounds, laps, cold });
    const floor = { name: DOM, runs: runsOf(all, DOM) };
    print(timeLine({ measure: DOM, note }, floor.runs));
    for (const { measure, target } of measures) {
      const label = { measure, store: "memory", ...(target === undefined ? {} : { target }), note } as const;
      print(timeLine(label, runsOf(all, measure), floor));
    }
    await Promise.all(Object.values(pages).map((page) => page.context().close()));
    await live(chromium, server, print, { rounds, note });
  } finally {
    await chromium.close();
  }
}

const measures: readonly { measure: string; target?: number }[] = [
  { measure: "counter.click", target: 1.3 },
  { measure: "table.cell.click", target: 1.6 },
  { measure: "table.insert_top.click", target: 2 },
  { measure: "table.delete_first.click", target: 2 },
  { measure: "table.reverse.click", target: 10 },
];

// The pages stay open: floor and measure take turns of a few clicks each.
function turns({ floor, counter, table }: Readonly<Record<"floor" | "counter" | "table", Page>>): Turn[] {
  const pair = { "table.insert_top.click": insertTop, "table.delete_first.click": deleteFirst };
  return [
    () => timed(floor, { [DOM]: add }, many, checkCount),
    () => timed(counter, { "counter.click": add }, many, checkCount),
    () => timed(table, { "table.cell.click": bump }, many, checkCell),
    () => timed(table, pair, few, checkOrder),
    () => timed(table, { "table.reverse.click": reverse }, few, checkOrder),
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
  page: Page,
  clicks: Readonly<Record<string, Click>>,
  sampling: Omit<Clicking, "selectors">,
  check: Check,
): Promise<Record<string, number[]>> {
  const before = await page.evaluate(shown);
  const selectors = Object.values(clicks).map(({ selector }) => selector);
  const times = await page.evaluate(click, { selectors, ...sampling });
  check(before, await page.evaluate(shown), sampling.warmUp + sampling.samples);
  return Object.fromEntries(Object.keys(clicks).map((name, index) => [name, times[index] ?? []]));
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
  const counter = await visit(chromium, server.counter);
  await checkFrame(counter, add);
  assert.equal((await look(counter)).count, 1);
  const table = await visit(chromium, server.table);
  const { rows, cell } = await look(table);
  await checkFrame(table, bump);
  assert.equal((await look(table)).cell, cell + 1);
  await checkFrame(table, insertTop);
  assert.deepEqual((await look(table)).rows, ["row-1001", ...rows]);
  await checkFrame(table, deleteFirst);
  assert.deepEqual((await look(table)).rows, rows);
  await checkFrame(table, reverse);
  assert.deepEqual((await look(table)).rows, rows.toReversed());
  await checkFrame(table, reverse);
  await Promise.all([counter, table].map((page) => page.context().close()));
}

/** The page of a new visitor, once it lives. */
async function visit(chromium: Browser, url: string): Promise<Page> {
  const visitor = await chromium.newContext();
  visitor.setDefaultTimeout(15_000);
  const page = await visitor.newPage();
  await page.goto(url);
  await page.locator(`html[${Attribute.status}="online"]`).waitFor();
  return page;
}
