/** Sources over one array that tell of changes: the contract's tests of a watch, on something that has one. */
import type { Clock } from "@argyle/argyle/protocol";
import type { SourceItem, SourceUnderTest } from "@argyle/argyle/testing";
import { arraySource } from "../../socksync/array_source.ts";
import type { ListChange, ListSource, ListWatch } from "../../socksync/source.ts";

type Tell = (change: ListChange<SourceItem>) => void;

/** Tells at once, with the steps, of all changes through either object. */
export function tellingSource(): SourceUnderTest {
  const items = arraySource<SourceItem>(), watches = new Set<Tell>();
  const told = (change: ListChange<SourceItem>) => {
    for (const tell of watches) tell(change);
    return change;
  };
  const make = (): ListSource<SourceItem> => ({
    name: "telling",
    isShared: true,
    isOrdered: false,
    read: (start, end) => items.read(start, end),
    insert: (index, value) => told(items.insert(index, value)),
    update: async (index, change) => told(await items.update(index, change)),
    delete: (index) => told(items.delete(index)),
    watch(tell) {
      watches.add(tell);
      return { [Symbol.dispose]: () => void watches.delete(tell) };
    },
  });
  return { source: make(), other: make, close() {} };
}

/** Looks every second, and tells of all changes since as one without steps. */
export function lookingSource(clock: Clock): SourceUnderTest {
  const items = arraySource<SourceItem>();
  const watch = (tell: Tell): Promise<ListWatch> => {
    let { version } = items.read(0, 0), cancel = () => {};
    const look = () => {
      const now = items.read(0, 0);
      if (now.version > version) tell({ version: now.version, count: now.count });
      version = now.version;
      cancel = clock.after(1000, look);
    };
    cancel = clock.after(1000, look);
    return Promise.resolve({ [Symbol.dispose]: () => Promise.resolve(cancel()) });
  };
  const make = (): ListSource<SourceItem> => ({
    name: "looking",
    isShared: true,
    isOrdered: false,
    read: (start, end) => Promise.resolve(items.read(start, end)),
    // deno-lint-ignore require-await -- what is thrown is to come by the promise, too
    insert: async (index, value) => items.insert(index, value),
    update: async (index, change) => await items.update(index, change),
    // deno-lint-ignore require-await -- as above
    delete: async (index) => items.delete(index),
    watch,
  });
  return { source: make(), other: make, close() {} };
}
