/** Reads an island from somewhere in what it shows to its end. */

import { isIsland, type Listener, type Open, Scanner } from "./_scan.ts";

/** A slot, of which the page has the content. */
export interface Slot {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** What it stands in. */
  readonly parent: Open;
}

/** What is left of an island. */
export interface Rest {
  readonly island: Open;
  /** Where its end tag begins. */
  readonly to: number;
  /** The slots on the way. */
  readonly slots: readonly Slot[];
}

/** Notes the slots of one island, and not those of islands in them. */
class SlotListener implements Listener {
  readonly slots: Slot[] = [];
  #open = 0;
  #begun: Omit<Slot, "end"> | undefined;

  opened(start: number, parent: Open, name: string): void {
    if (this.#open++ === 0) this.#begun = { name, start, parent };
  }

  closed(end: number): void {
    if (--this.#open === 0) this.slots.push({ ...this.#begun!, end });
  }

  hidden(): void {
    // It is noted elsewhere.
  }
}

/** From a place in what an island shows to its end; `undefined` where that is not understood. @param top what is open */
export function restOfIsland(html: string, at: number, top: Open): Rest | undefined {
  let island = top;
  while (island.parent !== undefined && isIsland(island.parent)) island = island.parent;
  const listener = new SlotListener(), scan = new Scanner(html, at, top, listener);
  if (!scan.close(island)) return undefined;
  return { island, to: scan.at - `</${island.rule.name}>`.length, slots: listener.slots };
}

/** Whether elements of the same names are open, in the same order. */
export function isSameWay(a: Open | undefined, b: Open | undefined): boolean {
  while (a !== b) {
    if (a === undefined || b === undefined || a.rule !== b.rule) return false;
    a = a.parent;
    b = b.parent;
  }
  return true;
}
