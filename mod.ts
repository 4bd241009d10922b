/**
 * Argyle: server-driven interfaces for Deno. Components render on the server; a click runs a server method over a
 * WebSocket; what changed is patched into the page.
 *
 * ```tsx
 * import { App, on, Reflex } from "@argyle/argyle";
 *
 * class Counter extends Reflex {
 *   increment(by = 1) {
 *     this.session.count = (this.session.count ?? 0) + by;
 *   }
 * }
 *
 * const app = new App();
 * app.reflexes({ Counter });
 * app.page("/", ({ session }) => (
 *   <main>
 *     <output id="count">{session.count ?? 0}</output>
 *     <button {...on("click", Counter, "increment", 5)}>+5</button>
 *     <button data-reflex="click->Counter#increment">+1</button>
 *   </main>
 * ));
 * export default app;
 * ```
 *
 * @module
 */

export * from "./server/mod.ts";
export type { Limits } from "./protocol/limits.ts";
export type { Clock } from "./protocol/clock.ts";
export type { Schema, SchemaInput, SchemaIssue, SchemaOutput, SchemaResult } from "./protocol/schema.ts";
