/**
 * The last look: what pages show and what the state holds, as a fresh GET has them.
 *
 * @module
 */

import { Window } from "happy-dom";
import type { Book, Click } from "./book.ts";
import { checkClicks, checkPage, checkVisit, type Truth } from "./checks.ts";
import type { Client } from "./client.ts";
import { ROOMS } from "./crowd.ts";
import { pause } from "./faults.ts";
import { hasClick, type Ledger } from "./ledger.ts";
import { shown } from "./same.ts";

/** Milliseconds that pages have to show what is true, once nothing is under way. */
const PATIENCE = 10_000;

/** Reads what is in the state, by pages that nobody has open. */
export async function readTruth(clients: readonly Client[]): Promise<Truth> {
  await using reader = new FreshReader();
  const sessions = new Map<string, Ledger>(), rooms = new Map<string, readonly string[]>();
  for (const client of clients) {
    if (sessions.has(client.person.name)) continue;
    sessions.set(client.person.name, ledgerIn(reader.read(await client.get("/me")), "ledger"));
  }
  for (const room of ROOMS) {
    const fresh = reader.read(await clients[0]!.get(`/said/${room}`));
    rooms.set(
      room,
      (fresh.getElementById("all")?.textContent ?? "").split(" ").filter((name) => name !== ""),
    );
  }
  return { sessions, rooms };
}

/** Clicks that were reported as failed, and are in the state all the same: the answer of the store was lost. */
export function halfDone(book: Book, truth: Truth, personOf: (tab: string) => string): Click[] {
  return [...book.clicks.values()].filter(({ name, room, outcomes }) => {
    if (!outcomes.some(({ code }) => code !== undefined)) return false;
    const ledger = truth.sessions.get(personOf(name.split(":")[0] ?? "")) ?? {};
    return hasClick(ledger, name) || (room !== undefined && truth.rooms.get(room)?.includes(name) === true);
  });
}

/** Holds every page against a fresh one, and every click against the state. Sentences about what is wrong. */
export async function compare(
  clients: readonly Client[],
  book: Book,
  personOf: (tab: string) => string,
): Promise<string[]> {
  const wrong = await comparePages(clients);
  return [...wrong, ...checkClicks(book.clicks, await readTruth(clients), personOf)];
}

// What is under way may still come: a page is asked again for a while, less and less often, as a visit may load its page
// only so many times.
async function comparePages(clients: readonly Client[]): Promise<string[]> {
  await using reader = new FreshReader();
  const end = performance.now() + PATIENCE;
  for (let left = clients, wait = 200;; wait *= 2) {
    const wrong: string[] = [], still: Client[] = [];
    for (const client of left) {
      const fresh = reader.read(await client.fresh());
      const found = checkPage(client.name, client.shown(), shown(fresh));
      const visit = fresh.getElementById("visit");
      if (visit !== null) {
        found.push(...checkVisit(client.name, ledgerIn(fresh, "visit"), ledgerIn(fresh, "ledger")));
      }
      if (found.length === 0) continue;
      wrong.push(...found);
      still.push(client);
    }
    if (still.length === 0 || performance.now() > end) return wrong;
    left = still;
    await pause(wait);
  }
}

/** Reads documents that no script runs in. */
class FreshReader implements AsyncDisposable {
  readonly #window = new Window();

  read(html: string): Document {
    return new this.#window.DOMParser().parseFromString(html, "text/html") as unknown as Document;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#window.happyDOM.close();
  }
}

function ledgerIn(document: Document, id: string): Ledger {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}");
}
