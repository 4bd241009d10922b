/**
 * A list of the other end.
 *
 * @module
 */

import type { Schema } from "../protocol/schema.ts";
import { Code, type Frame, FrameError, needFields, readIndex, readWhole } from "./frames.ts";
import { Mirror, type MirrorMeans } from "./mirror.ts";
import type { RemoteList } from "./remote.ts";
import type { SyncError } from "./sync_error.ts";
import { lastPage } from "./window.ts";

/**
 * Milliseconds after a change in which the rest of it comes; then the page has as many items as it should. Where it has not,
 * it is asked for again: each time in a row after twice as long, at last after so long.
 */
const SETTLES = 250, SETTLES_AT_LAST = 32_000;

/** So often in a row a page that comes wrong as a whole is asked for again. */
const HEALS = 5;

/** Holds one page. */
export class ListMirror<T> extends Mirror<readonly T[]> implements RemoteList<T> {
  readonly type = "list";
  /** What is here; `undefined` before the first page. */
  #window: { page: number; size: number } | undefined;
  #items: readonly T[] = [];
  #count = 0;
  #wanted: { readonly page: number; readonly size: number | undefined };
  /** Items of the largest page that was asked for on this line: an answer may be to what was asked before. */
  #most: number;
  /** Pages that were asked for on this line before the one that is wanted now; their answers may be on the way. */
  readonly #former = new Set<number>();
  #cancelTell: (() => void) | undefined;
  #cancelCheck: (() => void) | undefined;
  /** Whether changes on this line have a page to be made in. */
  #isHeld = false;
  /** Whether something has come that did not fit. */
  #isWrong = false;
  /** How often in a row it was asked for again. */
  #heals = 0;

  constructor(
    name: string,
    means: MirrorMeans,
    { page = 0, pageSize, schema }: { page?: number; pageSize?: number; schema?: Schema },
  ) {
    super(name, means, schema);
    check(name, page, pageSize);
    this.#wanted = { page, size: pageSize };
    this.#most = pageSize ?? Infinity;
  }

  get value(): readonly T[] {
    return this.#items;
  }

  get page(): number {
    return this.#window?.page ?? this.#wanted.page;
  }

  get pageSize(): number {
    return this.#window?.size ?? this.#wanted.size ?? 0;
  }

  /** Items of a page, as they were asked for. */
  get wantedSize(): number | undefined {
    return this.#wanted.size;
  }

  get count(): number {
    return this.#count;
  }

  get pages(): number {
    return this.#window === undefined ? 1 : lastPage(this.#count, this.#window.size) + 1;
  }

  async get(
    { page, pageSize }: { readonly page?: number; readonly pageSize?: number } = {},
  ): Promise<readonly T[]> {
    check(this.name, page, pageSize);
    const former = this.#wanted.page;
    this.#wanted = { page: page ?? this.page, size: pageSize ?? this.#wanted.size };
    this.#most = Math.max(this.#most, this.#wanted.size ?? Infinity);
    if (former !== this.#wanted.page) this.#former.add(former);
    this.#former.delete(this.#wanted.page);
    await this.ask();
    return this.#items;
  }

  override lost(): void {
    this.#endCheck();
    // The page that is here is the one to come back to; what was asked for meanwhile nobody waits for any more.
    if (this.#window !== undefined) this.#wanted = { page: this.#window.page, size: this.#wanted.size };
    this.#most = this.#wanted.size ?? Infinity;
    super.lost();
    this.#former.clear();
    this.#isHeld = false;
    this.#isWrong = false;
  }

  override forget(error: SyncError): void {
    this.#cancelTell?.();
    this.#endCheck();
    super.forget(error);
  }

  protected get isKnown(): boolean {
    return this.#window !== undefined;
  }

  protected question(): Frame {
    const { page, size } = this.#wanted;
    const question = { func: "get", type: this.type, name: this.name, page };
    return size === undefined ? question : { ...question, page_size: size };
  }

  protected take(frame: Frame): void {
    switch (frame["func"]) {
      case "set_all":
        return this.#setAll(frame);
      case "set_count":
        return this.#setCount(frame);
      case "set":
        return this.#change(frame, 0, (index, item) => this.#items.with(index, item));
      case "delete":
        return this.#change(frame, 0, (index) => this.#items.toSpliced(index, 1));
      default: // `insert`, which one page of the original calls `add`
        return this.#change(frame, 1, (index, item) => this.#items.toSpliced(index, 0, item));
    }
  }

  #setAll(frame: Frame): void {
    needFields(frame, "page", "page_size", "total_item_count", "items");
    const told = readWhole(frame, "page", 0), size = readWhole(frame, "page_size", 1);
    const count = readWhole(frame, "total_item_count", 0), { items } = frame;
    // Else whoever owns the list says how much is held of it here.
    if (size > this.#most) throw new FrameError(Code.other, "page_size is more than was asked for.");
    if (!Array.isArray(items)) throw new FrameError(Code.other, "items is not a list.");
    if (items.length > size) throw new FrameError(Code.other, "items is longer than page_size.");
    this.#isWrong = true; // until all of it was read
    this.#items = items.map((item) => this.read(item, "items") as T);
    // Some servers name the page that was asked for, though it is beyond the last, which is what they give.
    const last = lastPage(count, size), page = Math.min(told, last);
    this.#isWrong = told > last;
    // News of the page that is here, or the answer to who asked before, is none to whoever has asked for another, or less.
    const isOther = page !== this.#window?.page && !this.#former.has(told);
    const isAnswer = size <= (this.#wanted.size ?? Infinity) &&
      (isOther || page === Math.min(this.#wanted.page, last));
    this.#window = { page, size };
    this.#count = count;
    this.#isHeld = true;
    this.fresh();
    if (isAnswer) {
      this.#wanted = { page, size: this.#wanted.size };
      this.#former.clear();
      this.answered();
    }
    this.#endCheck();
    if (this.#isRight()) this.#heals = 0;
    else if (this.#heals < HEALS) this.#checkSoon();
    this.#tell();
  }

  #setCount(frame: Frame): void {
    needFields(frame, "total_item_count");
    const count = readWhole(frame, "total_item_count", 0);
    if (!this.#isHeld) return;
    this.#count = count;
    this.#checkSoon();
    this.#tellSoon();
  }

  #change(frame: Frame, more: number, change: (index: number, item: T) => readonly T[]): void {
    const isDelete = frame["func"] === "delete";
    if (isDelete) needFields(frame, "index");
    else needFields(frame, "index", "value");
    if (!this.#isHeld) {
      readWhole(frame, "index");
      if (this.#isWrong) this.#checkSoon();
      return; // of before it was unsubscribed from, and subscribed to again
    }
    this.#checkSoon();
    try {
      const index = readIndex(frame, this.#items.length + more);
      const item = isDelete ? undefined as T : this.read(frame["value"], "value") as T;
      this.#items = change(index, item).slice(0, this.#window!.size);
    } catch (error) {
      this.#isWrong = true;
      throw error;
    }
    if (isDelete) this.#tellSoon();
    else this.#tell();
  }

  // A change is several frames: between them, a row is missing that nobody needs to see go and come.
  #tellSoon(): void {
    this.#cancelTell ??= this.means.clock.after(0, () => this.#tell());
  }

  #tell(): void {
    this.#cancelTell?.();
    this.#cancelTell = undefined;
    this.changed();
  }

  #isRight(): boolean {
    const { page, size } = this.#window!, count = this.#count;
    if (this.#isWrong || page > lastPage(count, size)) return false;
    return this.#items.length === Math.min(size, count - page * size);
  }

  // Some servers say things to everybody that are for one.
  #checkSoon(): void {
    const wait = Math.min(SETTLES * 2 ** this.#heals, SETTLES_AT_LAST);
    this.#cancelCheck ??= this.means.clock.after(wait, () => {
      this.#cancelCheck = undefined;
      if (this.#isHeld && this.#isRight()) return;
      this.#heals++;
      this.means.send(this.question());
    });
  }

  #endCheck(): void {
    this.#cancelCheck?.();
    this.#cancelCheck = undefined;
  }
}

function check(name: string, page = 0, pageSize = 1): void {
  for (const [what, number, least] of [["page", page, 0], ["pageSize", pageSize, 1]] as const) {
    if (Number.isSafeInteger(number) && number >= least) continue;
    throw new RangeError(`Cannot get ${name}: ${what} is ${number}.`);
  }
}
