/**
 * What any source of a list must do, as tests.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import type { ListSource } from "../socksync/source.ts";
import { FastClock } from "./_fast_clock.ts";
import { editingTests } from "./_source_editing.ts";
import type { SourceItem } from "./_source_mirror.ts";
import { readingTests } from "./_source_reading.ts";
import { sharingTests } from "./_source_sharing.ts";

export type { SourceItem } from "./_source_mirror.ts";

/**
 * A source to be tested, and how to let go of it.
 *
 * @example
 * ```ts
 * import { kvList, openKv } from "@argyle/argyle/kv";
 * import type { SourceItem, SourceUnderTest } from "@argyle/argyle/testing";
 * const makeKv = async (): Promise<SourceUnderTest> => {
 *   const db = await openKv(":memory:");
 *   const make = () => kvList<SourceItem>(db, ["items"]);
 *   return { source: make(), other: make, close: () => db.close() };
 * };
 * await (await makeKv()).close();
 * ```
 */
export interface SourceUnderTest {
  /** The source; its list is empty. One that `isOrdered` orders by rank, and what has one rank by name. */
  readonly source: ListSource<SourceItem>;
  /** Gives a second source over the same items, as another isolate has it; left out where there is none. */
  readonly other?: (() => ListSource<SourceItem> | Promise<ListSource<SourceItem>>) | undefined;
  /** Lets go of them; called once, after its test. */
  close(): void | Promise<void>;
}

/** What registers one test; `given` is made for it alone. */
export type SourceTest = (title: string, run: (given: GivenSource) => Promise<void>) => void;

/** What a test is given. */
export interface GivenSource extends SourceUnderTest {
  readonly clock: FastClock;
  /** Makes another one, with an empty list of its own. */
  again(): Promise<SourceUnderTest>;
}

/**
 * Registers the tests that a source must pass, with `Deno.test`.
 *
 * @param name of the source, the first word of each title
 * @param make gives a source with an empty list, each time another; `clock` is for a source that looks for changes from
 * time to time, and goes fast
 *
 * @example
 * ```ts
 * import { arraySource } from "@argyle/argyle/socksync";
 * import { type SourceItem, sourceContract } from "@argyle/argyle/testing";
 * // Tests do not nest, and this example runs in one: call it where tests are.
 * const register = () => sourceContract("array", () => ({ source: arraySource<SourceItem>([]), close() {} }));
 * ```
 */
export function sourceContract(
  name: string,
  make: (clock: Clock) => SourceUnderTest | Promise<SourceUnderTest>,
): void {
  const test: SourceTest = (title, run) =>
    Deno.test({
      name: `${name}: ${title}`,
      timeout: 120_000,
      async fn() {
        const clock = new FastClock();
        const given = await make(clock);
        try {
          await run({ ...given, clock, again: async () => await make(clock) });
        } finally {
          await given.close();
        }
      },
    });
  readingTests(test);
  editingTests(test);
  sharingTests(test);
}
