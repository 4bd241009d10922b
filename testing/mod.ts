/**
 * For tests: pages without a browser, a clock that is turned by hand, and the suite that any store must pass.
 *
 * ```tsx
 * import { App, on, Reflex } from "@argyle/argyle";
 * import { open } from "@argyle/argyle/testing";
 * class Counter extends Reflex {
 *   increment() {
 *     this.session.count = (this.session.count ?? 0) + 1;
 *   }
 * }
 * const app = new App();
 * app.reflexes({ Counter });
 * app.page("/", ({ session }) => <button id="n" {...on("click", Counter, "increment")}>{session.count ?? 0}</button>);
 *
 * await using ann = await open(app, "/");
 * await ann.click("#n");
 * console.assert(ann.text("#n") === "1" && ann.last.down < 40);
 * ```
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
export type { FieldValue } from "./_fields.ts";
export type { Served } from "./_network.ts";
export type { Exchange, FailedCall } from "./_recording.ts";
export { open, type OpenOptions } from "./open.ts";
export { busContract, type BusUnderTest } from "./bus_contract.ts";
export { sourceContract, type SourceItem, type SourceUnderTest } from "./source_contract.ts";
export { storeContract, type StoreUnderTest } from "./store_contract.ts";
export type { TestPage } from "./test_page.ts";
