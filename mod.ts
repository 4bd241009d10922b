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

export { App } from "./server/app.ts";
export { action } from "./protocol/action.ts";
export { anyone } from "./server/socket/anyone.ts";
export { EventsEndpoint } from "./server/events/events_endpoint.ts";
export { Head } from "./server/page/head.ts";
export { type ContextKey, contextKey } from "./server/http/context.ts";
export { HttpError } from "./server/http/error.ts";
export { href, redirect } from "./server/http/redirect.ts";
export { Live } from "./server/page/live.ts";
export { memo } from "./server/page/memo.ts";
export { on } from "./server/reflex/on.ts";
export { type Operations, ops } from "./server/operations/operations.ts";
export { raw } from "./server/page/raw.ts";
export { Reflex } from "./server/reflex/reflex.ts";
export { type Topic, topic } from "./server/bus/topic.ts";
export type { Bus } from "./server/engine/bus.ts";
export type { Engine, Store } from "./server/engine/store.ts";
export type { Html } from "./server/page/html.ts";
export type { Middleware, RequestContext } from "./server/http/middleware.ts";
export type { Layout, PageContext, SharedContext } from "./server/page/page.ts";
export type { PathParams } from "./server/http/params.ts";
export type { Schema } from "./protocol/schema.ts";
