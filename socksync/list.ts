/**
 * An ordered list that others see change, page by page.
 *
 * @module
 */

import { systemClock } from "../protocol/clock.ts";
import type { Schema } from "../protocol/schema.ts";
import { arraySource } from "./array_source.ts";
import { checkValue } from "./check_value.ts";
import { type Frame, readWhole } from "./frames.ts";
import { addDoor, type Authorize, type GroupContext, GroupTopic, isAllowed } from "./group.ts";
import { type FeedMeans, ListFeed } from "./list_feed.ts";
import { all, type Maybe, then } from "./maybe.ts";
import type { ListChange, ListSource } from "./source.ts";
import type { Page } from "./window.ts";

/**
 * What a list may declare.
 *
 * @example
 * ```ts
 * import { list, type ListOptions } from "@argyle/argyle/socksync";
 * import { z } from "zod";
 * const short: ListOptions<string> = { maxPageSize: 10, schema: z.string().max(80) };
 * const notes = list<string>([], short);
 * ```
 */
export interface ListOptions<T> {
  /** Items of the largest page that somebody may see, 1 or more; `limits.pageSize`, which is 100, where left out. */
  readonly maxPageSize?: number;
  /** Checks each new item, and may make another of it. */
  readonly schema?: Schema<unknown, T> | Schema<T, T>;
  /** Whether somebody may see it; everybody may whom the endpoint lets in where left out. */
  readonly authorize?: Authorize;
}

/** Who else is told of a change that was made here. */
export interface ListHome<T> {
  changed(change: ListChange<T>): void;
}

/** Gives a list its name as a topic, and those who are told of its changes. */
export let attachList: <T>(list: List<T>, name: string, means: FeedMeans, home: ListHome<T>) => void;

/** Whether it is part of an app. */
export let isListAttached: (list: List<unknown>) => boolean;

/** Shows a list to its readers. */
export let listFeed: <T>(list: List<T>) => ListFeed<T>;

/** Where its items are. */
export let listSource: <T>(list: List<T>) => ListSource<T>;

/**
 * An ordered list that others see change: those who subscribe to it over SockSync, a page at a time, and pages that name it
 * as a topic. Its items are where its source has them.
 *
 * @example
 * ```ts
 * import { list, type List } from "@argyle/argyle/socksync";
 * const todos: List<string> = list(["Buy tea"]);
 * await todos.append("Boil water");
 * await todos.update(0, (todo) => `${todo}!`);
 * console.assert((await todos.slice(0, 2)).join() === "Buy tea!,Boil water");
 * ```
 */
export class List<T> {
  /** What kind of group it is, as frames say it. */
  readonly type = "list";
  /** Nobody can be on it. */
  readonly presence: undefined;
  /** Items of the largest page that somebody may see; `undefined`: as the end says that it is part of. */
  readonly maxPageSize: number | undefined;
  readonly #source: ListSource<T>;
  readonly #schema: Schema | undefined;
  readonly #authorize: Authorize | undefined;
  readonly #topic = new GroupTopic();
  readonly #feed: ListFeed<T>;
  #home: ListHome<T> | undefined;

  static {
    attachList = (list, name, means, home) => {
      list.#topic.name = name;
      list.#feed.attach(means);
      list.#home = home;
    };
    isListAttached = (list) => list.#topic.isNamed;
    listFeed = (list) => list.#feed;
    listSource = (list) => list.#source;
  }

  /** Use {@linkcode list}. */
  constructor(items: readonly T[] | ListSource<T>, options: ListOptions<T> = {}) {
    const { maxPageSize, schema, authorize } = options;
    if (maxPageSize !== undefined && !(Number.isSafeInteger(maxPageSize) && maxPageSize > 0)) {
      throw new TypeError(
        `Cannot declare a list with pages of ${maxPageSize} items: they have one at least.`,
      );
    }
    this.maxPageSize = maxPageSize;
    this.#source = isSource(items) ? items : arraySource(items);
    this.#schema = schema;
    this.#authorize = authorize;
    this.#feed = new ListFeed(this.#source, alone);
    addDoor(this, {
      type: this.type,
      authorize,
      join() {}, // before its first question it sees no page
      leave: (name, reader) => this.#feed.leave(name, reader),
      show: (frame, name, reader, most) => {
        const { page, size } = readPlace(frame, maxPageSize ?? most);
        this.#feed.join(name, reader, page, size);
      },
    });
  }

  /** Its name as a topic; throws where it is not part of an app. */
  get name(): string {
    return this.#topic.name;
  }

  /** Whether somebody may see it, as a topic. */
  allows(context: GroupContext): boolean | Promise<boolean> {
    this.#feed.look(); // a page may be about to show it
    return isAllowed(this.#authorize, context, "subscribe");
  }

  /**
   * Reads a stretch.
   *
   * @param start the index of the first item, 0 or more
   * @param end the index behind the last; what is beyond the end of the list is not there
   * @throws RangeError for what is no index; what the source throws
   */
  async slice(start: number, end: number): Promise<readonly T[]> {
    for (const index of [start, end]) {
      if (!Number.isSafeInteger(index) || index < 0) {
        throw new RangeError(`Cannot read at ${index}: no index.`);
      }
    }
    return (await this.#source.read(start, Math.max(start, end))).items;
  }

  /** How many items it has. */
  async count(): Promise<number> {
    return (await this.#source.read(0, 0)).count;
  }

  /**
   * Adds an item.
   *
   * @param index where it is to stand, 0 to the count
   * @throws RangeError for an index that is none; TypeError for an item that the schema refuses, and where the source has an
   * order of its own
   */
  async insert(index: number, item: T): Promise<void> {
    await this.#do(then(this.#check(item), (item) => this.#source.insert(index, item)));
  }

  /**
   * Adds an item at the end; where the source has an order of its own, at its place in that.
   *
   * @throws TypeError for an item that the schema refuses
   */
  async append(item: T): Promise<void> {
    await this.#do(then(this.#check(item), (item) => this.#source.insert(undefined, item)));
  }

  /**
   * Puts an item in the place of another.
   *
   * @throws RangeError for an index that is none; TypeError for an item that the schema refuses
   */
  async set(index: number, item: T): Promise<void> {
    await this.update(index, () => item);
  }

  /**
   * Changes an item by one compare-and-set, so that of two changes at once none is lost.
   *
   * @param change gets the item, gives the new one. Where somebody else was quicker it is called again with the newer item.
   * What it throws, `update` throws, and nothing has changed
   * @returns the new item
   * @throws RangeError for an index that is none; TypeError for an item that the schema refuses
   */
  async update(index: number, change: (item: T) => T | Promise<T>): Promise<T> {
    let item: T;
    await this.#do(
      this.#source.update(
        index,
        (before) => then(change(before), (made) => then(this.#check(made), (made) => item = made)),
      ),
    );
    return item!;
  }

  /**
   * Removes an item.
   *
   * @throws RangeError for an index that is none
   */
  async delete(index: number): Promise<void> {
    await this.#do(this.#source.delete(index));
  }

  /**
   * Takes an item from one place to another.
   *
   * @param to its index afterwards
   * @throws RangeError for an index that is none; TypeError where the source cannot
   */
  async move(from: number, to: number): Promise<void> {
    if (this.#source.move === undefined) throw this.#cannot("move an item");
    await this.#do(this.#source.move(from, to));
  }

  /**
   * Puts other items in the place of all.
   *
   * @throws TypeError for an item that the schema refuses, and where the source cannot
   */
  async replace(items: readonly T[]): Promise<void> {
    if (this.#source.replace === undefined) throw this.#cannot("replace all items");
    const checked = all(items.map((item) => this.#check(item)));
    await this.#do(then(checked, (items) => this.#source.replace!(items)));
  }

  // What is there at once is shown at once, before the list changes again.
  #do(change: Maybe<ListChange<T>>): Maybe<void> {
    return then(change, (change) => {
      this.#feed.accept(change);
      this.#home?.changed(change);
    });
  }

  #check(item: T): Maybe<T> {
    return checkValue(this.#schema, item, "The item") as Maybe<T>;
  }

  #cannot(what: string): TypeError {
    return new TypeError(`Cannot ${what}: a list of ${this.#source.name} cannot do that.`);
  }
}

// What somebody has asked for, within what is given.
function readPlace(frame: Frame, most: number): Page {
  const page = frame["page"] === undefined ? 0 : readWhole(frame, "page", 0);
  const size = frame["page_size"] === undefined ? most : readWhole(frame, "page_size", 1),
    held = Math.min(size, most);
  // No list is as long as that, and an index has to be a whole number.
  const reachable = Math.floor(Number.MAX_SAFE_INTEGER / held) - 1;
  return { page: Math.min(page, reachable), size: held };
}

const alone: FeedMeans = {
  clock: systemClock,
  changed() {},
  looked() {},
  failed: (_what, error) => reportError(error),
};

function isSource<T>(items: readonly T[] | ListSource<T>): items is ListSource<T> {
  return !Array.isArray(items);
}

/**
 * Declares a list.
 *
 * @param items an array, which is copied and lives in this program; or where the items are: `kvList()`, `sqliteList()`,
 * `postgresList()`, a source of your own
 * @param options the largest page, a schema for its items, who may see it
 * @throws TypeError for a page size that cannot be
 *
 * @example
 * ```ts
 * import { anyone, App } from "@argyle/argyle";
 * import { list } from "@argyle/argyle/socksync";
 * const todos = list([{ title: "Buy tea" }], { maxPageSize: 25 });
 * const app = new App();
 * app.sync("/ws/todos", { todos }, { authorize: anyone });
 * ```
 */
export function list<T>(items: readonly T[] | ListSource<T>, options?: ListOptions<T>): List<T> {
  return new List<T>(items, options);
}
