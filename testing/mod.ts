/**
 * For tests: a clock that is turned by hand, and the suite that any store must pass.
 *
 * ```ts ignore tests do not nest, and an example runs in one
 * import { memory } from "@argyle/argyle/memory";
 * import { storeContract } from "@argyle/argyle/testing";
 *
 * storeContract("memory", (clock) => ({ ...memory({ clock }), close() {} }));
 * ```
 *
 * @module
 */

export { FakeClock } from "./fake_clock.ts";
export { storeContract, type StoreUnderTest } from "./store_contract.ts";
