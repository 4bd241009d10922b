/**
 * Which page each reader of a list sees. Those who see the same are one window: what they are told is written once.
 *
 * @module
 */

import type { Reader } from "./reader.ts";
import type { Page } from "./window.ts";

/** What a reader wants to see of a list, under which name. */
export interface Wanted extends Page {
  readonly name: string;
  readonly reader: Reader;
}

/** What a reader sees of a list. */
export interface Seeing extends Wanted {
  page: number;
  /**
   * The version of the list that it was shown last as a whole: changes up to that are no news. `Infinity`: it is to be shown
   * its page first, and no change of before is anything to it.
   */
  since: number;
  /** Whether it has asked for the page, and waits. */
  isAsked: boolean;
  /** What it has asked for since, while it waits. */
  readonly next: Page[];
  /** Whether it is behind, and is shown its page anew when it is not. */
  isLate: boolean;
}

/** Some readers who see the same page under the same name. */
export interface Window extends Page {
  readonly name: string;
  readonly seeings: ReadonlySet<Seeing>;
}

interface OwnWindow extends Window {
  readonly seeings: Set<Seeing>;
}

/** The windows of a list. */
export class ListWindows {
  readonly #byReader = new Map<string, Map<Reader, Seeing>>();
  readonly #windows = new Map<string, OwnWindow>();

  /** Whether nobody sees anything. */
  get isEmpty(): boolean {
    return this.#byReader.size === 0;
  }

  /** Somebody wants to see a page, who sees none. Nothing is told to it until it is placed. */
  want(wanted: Wanted, next: Page[]): Seeing {
    const { name, reader } = wanted;
    const seeing: Seeing = { ...wanted, since: Infinity, isAsked: true, next, isLate: false };
    const readers = this.#byReader.get(name) ?? new Map<Reader, Seeing>();
    this.#byReader.set(name, readers.set(reader, seeing));
    return seeing;
  }

  /** What somebody sees of the list, or waits to see. */
  of(name: string, reader: Reader): Seeing | undefined {
    return this.#byReader.get(name)?.get(reader);
  }

  /** Somebody sees the list under this name no more. */
  leave(name: string, reader: Reader): Seeing | undefined {
    const readers = this.#byReader.get(name), seeing = readers?.get(reader);
    if (readers === undefined || seeing === undefined) return undefined;
    readers.delete(reader);
    if (readers.size === 0) this.#byReader.delete(name);
    this.#unplace(seeing);
    return seeing;
  }

  /** Somebody is about to be shown a page of this version; `false` where they are gone, or see another by now. */
  place(seeing: Seeing, page: number, version: number): boolean {
    if (!this.has(seeing)) return false;
    const { name, size } = seeing;
    this.#unplace(seeing);
    Object.assign(seeing, { page, since: version, isAsked: false });
    const key = keyOf(seeing);
    let window = this.#windows.get(key);
    if (window === undefined) this.#windows.set(key, window = { name, page, size, seeings: new Set() });
    window.seeings.add(seeing);
    return true;
  }

  /** Whether somebody still sees the list. */
  has(seeing: Seeing): boolean {
    return this.of(seeing.name, seeing.reader) === seeing;
  }

  windows(): readonly Window[] {
    return [...this.#windows.values()];
  }

  /** All who see something, or wait to. */
  *all(): Iterable<Seeing> {
    for (const readers of this.#byReader.values()) yield* readers.values();
  }

  #unplace(seeing: Seeing): void {
    const key = keyOf(seeing), window = this.#windows.get(key);
    if (window?.seeings.delete(seeing) && window.seeings.size === 0) this.#windows.delete(key);
  }
}

function keyOf({ name, page, size }: Pick<Seeing, "name" | "page" | "size">): string {
  return `${page}/${size}/${name}`;
}
