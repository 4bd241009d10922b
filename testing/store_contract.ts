/**
 * What any store must do, as tests.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Clock } from "../protocol/clock.ts";
import type { Store } from "../server/engine/store.ts";
import { FakeClock } from "./fake_clock.ts";

/**
 * A store to be tested, and how to let go of it.
 *
 * @example
 * ```ts
 * import { kv, openKv } from "@argyle/argyle/kv";
 * import type { StoreUnderTest } from "@argyle/argyle/testing";
 * const makeKv = async (): Promise<StoreUnderTest> => {
 *   const db = await openKv(":memory:");
 *   return { ...kv(db), close: () => db.close() };
 * };
 * await (await makeKv()).close();
 * ```
 */
export interface StoreUnderTest {
  /** The store; nothing is in it yet. */
  readonly store: Store;
  /** Lets go of it; called once, after its test. */
  close(): void | Promise<void>;
}

/**
 * Registers the tests that a store must pass, with `Deno.test`.
 *
 * @param name of the store, the first word of each title
 * @param make gives an empty store on the clock that the tests turn
 *
 * @example
 * ```ts ignore tests do not nest, and an example runs in one
 * import { memory } from "@argyle/argyle/memory";
 * import { storeContract } from "@argyle/argyle/testing";
 * storeContract("memory", (clock) => ({ ...memory({ clock }), close() {} }));
 * ```
 */
export function storeContract(
  name: string,
  make: (clock: Clock) => StoreUnderTest | Promise<StoreUnderTest>,
): void {
  const test = (title: string, run: (store: Store, clock: FakeClock) => Promise<void>) =>
    Deno.test({
      name: `${name}: ${title}`,
      timeout: 30_000,
      async fn() {
        const clock = new FakeClock();
        const { store, close } = await make(clock);
        try {
          await run(store, clock);
        } finally {
          await close();
        }
      },
    });
  const put = (store: Store, clock: Clock, key: string, value: string, version: string | null = null) =>
    store.commit([{ key, version }], [{ key, value, expiresAt: clock.now() + 1000 }]);

  test("what nobody has written is null", async (store) => {
    assert.deepEqual(await store.get(["a", "b"]), [null, null]);
  });

  test("what a commit has written is read, in the order of the keys", async (store, clock) => {
    const version = await store.commit([], [
      { key: "a", value: "1", expiresAt: clock.now() + 1000 },
      { key: "b", value: "2", expiresAt: clock.now() + 1000 },
    ]);
    assert.ok(version);
    assert.deepEqual(await store.get(["b", "nothing", "a"]), [{ value: "2", version }, null, {
      value: "1",
      version,
    }]);
  });

  test(
    "a value comes back as it was: empty, any script, NUL, separators, lone surrogates aside",
    async (store, clock) => {
      for (
        const [at, value] of ["", "€ 𝄞 ü", "a\0b", "\u2028\u2029", '{"a":"\\n"}', "x".repeat(20_000)]
          .entries()
      ) {
        await put(store, clock, `k${at}`, value);
        assert.equal((await store.get([`k${at}`]))[0]?.value, value);
      }
    },
  );

  test("a check for absence lets the first of two writers through", async (store, clock) => {
    assert.ok(await put(store, clock, "a", "first"));
    assert.equal(await put(store, clock, "a", "second"), null);
    assert.equal((await store.get(["a"]))[0]?.value, "first");
  });

  test("a check of a version holds until somebody writes", async (store, clock) => {
    const first = await put(store, clock, "a", "1");
    const second = await put(store, clock, "a", "2", first);
    assert.ok(second);
    assert.notEqual(second, first);
    assert.equal(await put(store, clock, "a", "3", first), null);
    assert.equal((await store.get(["a"]))[0]?.value, "2");
  });

  test("writing the same value is a new version", async (store, clock) => {
    const first = await put(store, clock, "a", "1");
    const second = await put(store, clock, "a", "1", first);
    assert.notEqual(second, first);
  });

  test("a version never comes back, also when the key was removed meanwhile", async (store, clock) => {
    const first = await put(store, clock, "a", "1");
    await store.commit([], [{ key: "a", value: null, expiresAt: clock.now() }]);
    await put(store, clock, "a", "1");
    assert.equal(await put(store, clock, "a", "2", first), null);
  });

  test("one check that does not hold stops every write", async (store, clock) => {
    await put(store, clock, "a", "1");
    const expiresAt = clock.now() + 1000;
    const result = await store.commit([{ key: "b", version: null }, { key: "a", version: null }], [
      { key: "b", value: "2", expiresAt },
      { key: "a", value: "2", expiresAt },
    ]);
    assert.equal(result, null);
    assert.deepEqual((await store.get(["a", "b"])).map((entry) => entry?.value), ["1", undefined]);
  });

  test("a commit without writes only checks", async (store, clock) => {
    const version = await put(store, clock, "a", "1");
    assert.ok(await store.commit([{ key: "a", version }], []));
    assert.equal(await store.commit([{ key: "a", version: null }], []), null);
    assert.equal((await store.get(["a"]))[0]?.version, version);
  });

  test("null removes", async (store, clock) => {
    await put(store, clock, "a", "1");
    await store.commit([], [{ key: "a", value: null, expiresAt: clock.now() }]);
    assert.deepEqual(await store.get(["a"]), [null]);
  });

  test("a value is there until it expires, and not a millisecond longer", async (store, clock) => {
    await put(store, clock, "a", "1");
    clock.turn(999);
    assert.equal((await store.get(["a"]))[0]?.value, "1");
    clock.turn(1);
    assert.deepEqual(await store.get(["a"]), [null]);
  });

  test("an expired value counts as absent for a check", async (store, clock) => {
    await put(store, clock, "a", "1");
    clock.turn(1000);
    assert.ok(await put(store, clock, "a", "3"));
    assert.equal((await store.get(["a"]))[0]?.value, "3");
  });

  test("Infinity never expires", async (store, clock) => {
    await store.commit([], [{ key: "a", value: "1", expiresAt: Infinity }]);
    clock.turn(100 * 365 * 86_400_000);
    assert.equal((await store.get(["a"]))[0]?.value, "1");
  });

  test("of many writers at once, each sees the one before: no increment is lost", async (store, clock) => {
    const increment = async (): Promise<void> => {
      for (;;) {
        const [entry] = await store.get(["count"]);
        const value = String(Number(entry?.value ?? 0) + 1);
        if (await put(store, clock, "count", value, entry?.version ?? null) !== null) return;
      }
    };
    await Promise.all(Array.from({ length: 20 }, async () => {
      for (let i = 0; i < 5; i++) await increment();
    }));
    assert.equal((await store.get(["count"]))[0]?.value, "100");
  });

  test("keys of one beginning do not meet", async (store, clock) => {
    await put(store, clock, "a", "1");
    await put(store, clock, "a:b", "2");
    await put(store, clock, "a:", "3");
    assert.deepEqual((await store.get(["a", "a:b", "a:"])).map((entry) => entry?.value), ["1", "2", "3"]);
  });
}
