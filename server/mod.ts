/**
 * The server side: an {@linkcode App} has pages and reflexes, and answers requests.
 *
 * @module
 */

export { type AnyApp, App } from "./app.ts";
export type { AppOptions } from "./options.ts";
export { HttpError } from "./http/error.ts";
export type { Listening, ListenOptions } from "./http/listen.ts";
export type { PathParams } from "./http/params.ts";
export { consoleLogger, type LogFields, type Logger } from "./observe.ts";
export { Head } from "./page/head.ts";
export type { Html, JsxElement } from "./page/html.ts";
export type { PageComponent, PageContext, PageOptions, SharedContext, Untyped } from "./page/page.ts";
export { type Raw, raw } from "./page/raw.ts";
export { type Action, action, type ActionOptions } from "./reflex/action.ts";
export type { ElementReader, FormReader, Untrusted, UntrustedError } from "./reflex/element.ts";
export { type Offer, type Offerable, type OfferArgs, on } from "./reflex/on.ts";
export { Reflex, type ReflexClass } from "./reflex/reflex.ts";
export type { Check, Engine, Entry, Store, Write } from "./session/store.ts";
