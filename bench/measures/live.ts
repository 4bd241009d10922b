/**
 * From the beginning of a navigation to the live page in Chromium, against the same document with a bare socket in place
 * of the framework's script. On the way there is one exchange.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { Attribute } from "../../protocol/markers.ts";
import { LivePath } from "../floors/live_page.ts";
import { type Print, timeLine } from "../line.ts";
import { interleave, runsOf, type Turn } from "../measure.ts";
import type { Served } from "../process.ts";
import { checkExchange } from "./exchange.ts";

const laps = 3, cold = 1;
/** Navigations of a turn. */
const again = 2, first = 1;

/** A page that is opened. */
interface Subject {
  readonly name: string;
  readonly url: string;
  /** The name of the subject that it is held against. */
  readonly floor?: string;
  /** What its document has to show. */
  readonly rows: number;
}

/** Measures it. @param note what is known of the browser */
export async function live(
  chromium: Browser,
  server: Served,
  print: Print,
  { rounds, note }: { rounds: number; note: string },
): Promise<void> {
  const subjects: readonly Subject[] = [
    { name: "bare.counter", url: `${server.floors}${LivePath.counter}`, rows: 0 },
    { name: "counter", url: server.counter, floor: "bare.counter", rows: 0 },
    { name: "bare.table", url: `${server.floors}${LivePath.table}`, rows: 1000 },
    { name: "table", url: server.table, floor: "bare.table", rows: 1000 },
  ];
  for (const { url, floor } of subjects) if (floor !== undefined) await checkExchange(chromium, url);
  const turns: Turn[] = [];
  for (const subject of subjects) {
    const tab = await openTab(chromium);
    turns.push(() => comeAgain(tab, subject), () => comeFirst(chromium, subject));
  }
  const all = await interleave(turns, { rounds, laps, cold });
  for (const { name, floor } of subjects) {
    for (const { measure, says, above } of measures) {
      const label = { measure: `${name}.${measure}`, note: `${says}; ${note}` },
        runs = runsOf(all, label.measure);
      if (floor === undefined) {
        print(timeLine(label, runs));
        continue;
      }
      const held = { name: `${floor}.${measure}`, runs: runsOf(all, `${floor}.${measure}`) };
      const kept = { ...label, store: "memory" } as const;
      if (above === undefined) print(timeLine(kept, runs, held));
      else print(timeLine({ ...kept, target: above }, runs, undefined, held));
    }
  }
}

const measures: readonly { measure: string; says: string; above?: number }[] = [
  { measure: "live", says: "opened again: session and script are there" },
  { measure: "live_script", says: "of these, running scripts", above: 5 },
  { measure: "live_first", says: "a new visitor: neither session nor script" },
];

/** A tab, and the browser's own counters of it. */
interface Tab {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly counters: CDPSession;
}

async function openTab(chromium: Browser): Promise<Tab> {
  const context = await chromium.newContext();
  context.setDefaultTimeout(15_000);
  await context.addInitScript(watch, Attribute.status);
  const page = await context.newPage();
  const counters = await context.newCDPSession(page);
  await counters.send("Performance.enable");
  return { context, page, counters };
}

async function comeAgain(tab: Tab, subject: Subject): Promise<Record<string, number[]>> {
  const times: number[] = [], scripts: number[] = [];
  for (let done = 0; done < again; done++) {
    const { time, script } = await visit(tab, subject);
    times.push(time);
    scripts.push(script);
  }
  return { [`${subject.name}.live`]: times, [`${subject.name}.live_script`]: scripts };
}

async function comeFirst(chromium: Browser, subject: Subject): Promise<Record<string, number[]>> {
  const times: number[] = [];
  for (let done = 0; done < first; done++) {
    const tab = await openTab(chromium);
    times.push((await visit(tab, subject)).time);
    await tab.context.close();
  }
  return { [`${subject.name}.live_first`]: times };
}

/** Opens the page anew, from a blank one, until it lives. */
async function visit(
  { page, counters }: Tab,
  { url, rows }: Subject,
): Promise<{ time: number; script: number }> {
  await page.goto("about:blank");
  await page.goto(url, { waitUntil: "commit" });
  await page.locator(`html[${Attribute.status}="online"]`).waitFor({ state: "attached" });
  const script = await scriptTime(counters);
  const { time, shown } = await page.evaluate(seen);
  assert.equal(shown, rows);
  return { time, script };
}

// Chromium's own sum since the navigation, in milliseconds; the little that Playwright runs in a page is in it.
async function scriptTime(counters: CDPSession): Promise<number> {
  const { metrics } = await counters.send("Performance.getMetrics");
  const found = metrics.find(({ name }) => name === "ScriptDuration");
  assert.ok(found !== undefined);
  return found.value * 1000;
}

/** Where {@linkcode watch} leaves the time. */
type Watching = typeof globalThis & { argyleLive?: number };

/** Runs inside each page before anything else of it: notes when the page becomes live, by its own clock. */
function watch(status: string): void {
  const observer = new MutationObserver(() => {
    if (document.documentElement?.getAttribute(status) !== "online") return;
    // That clock is 0 at the beginning of the navigation.
    (globalThis as Watching).argyleLive = performance.now();
    observer.disconnect();
  });
  observer.observe(document, { attributes: true, subtree: true, attributeFilter: [status] });
}

/** Runs inside the page. */
function seen(): { time: number; shown: number } {
  const time = (globalThis as Watching).argyleLive;
  if (time === undefined) throw new Error("Nobody has seen the page become live.");
  return { time, shown: document.querySelectorAll("#rows tr").length };
}
