/**
 * The people: their pages, what they click, and what they wait for.
 *
 * @module
 */

import { CookieJar } from "../../testing/_jar.ts";
import type { Book } from "./book.ts";
import { Client, type Person, type Watching } from "./client.ts";
import { pause } from "./faults.ts";
import { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** Rooms that people share. */
export const ROOMS: readonly string[] = Array.from({ length: 6 }, (_, at) => `r${at}`);

/** Pages that are opened at once. */
const AT_ONCE = 6;

/** Milliseconds between two clicks of one page. */
const REST = { least: 150, most: 2500 };

/**
 * Opens pages: every other person has two of them, and every second page is a room's. All are live when it is done.
 *
 * @throws Error where one does not come
 */
export async function openPages(
  count: number,
  { seed, scene, book, watching }: { seed: number; scene: Scene; book: Book; watching: Watching },
): Promise<Client[]> {
  const clients: Client[] = [];
  for (let at = 0; clients.length < count; at++) {
    const { port } = scene.lines[at % scene.lines.length]!;
    const person: Person = { name: `p${at}`, jar: new CookieJar(), origin: `http://127.0.0.1:${port}` };
    const tabs = at % 3 === 2 || count - clients.length === 1 ? ["a"] : ["a", "b"];
    for (const tab of tabs) {
      const name = `p${at}-${tab}`, random = new Random(seed * 1000 + clients.length);
      const path = clients.length % 2 === 0 ? "/me" : `/room/${ROOMS[at % ROOMS.length]}`;
      clients.push(new Client(person, { name, path, random }, book, watching));
    }
  }
  // The first page of a person brings the cookie that the second has, too.
  const first = clients.filter(({ name }) => name.endsWith("a")),
    second = clients.filter((one) => !first.includes(one));
  for (const some of [first, second]) {
    for (let at = 0; at < some.length; at += AT_ONCE) {
      await Promise.all(some.slice(at, at + AT_ONCE).map((client) => client.open()));
    }
  }
  await until(() => clients.every(({ live }) => live), 20_000, "not all pages have become live");
  return clients;
}

/** Clicks until the time is over, as often as the seed says. */
export async function clickOn(client: Client, seed: number, seconds: number): Promise<void> {
  const random = new Random(seed), end = performance.now() + seconds * 1000;
  for (;;) {
    await pause(random.between(REST.least, REST.most));
    if (performance.now() >= end) return;
    const clicks = random.chance(0.1) ? 5 : 1, isSaid = random.chance(0.4);
    for (let left = clicks; left--;) client.click(client.room !== undefined && isSaid ? "say" : "press");
  }
}

/** Looks until it is so. @throws Error with this sentence where it is not in time */
export async function until(
  isSo: () => boolean,
  ms: number,
  otherwise: string | (() => string),
): Promise<void> {
  const end = performance.now() + ms;
  while (!isSo()) {
    if (performance.now() > end) {
      throw new Error(`After ${ms} ms ${typeof otherwise === "string" ? otherwise : otherwise()}.`);
    }
    await pause(20);
  }
}
