/**
 * The types that signatures name and nobody has to write: options, results, and what a reflex is given.
 *
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { AppOptions } from "@argyle/argyle/types";
 *
 * export function shop(options: AppOptions = {}): App {
 *   return new App({ name: "shop", ...options });
 * }
 * ```
 *
 * @module
 */

export type { Action, ActionAuthority, ActionOptions } from "./protocol/action.ts";
export type { AnyApp } from "./server/app.ts";
export type { CalledAction } from "./server/reflex/callbacks.ts";
export type { AppOptions } from "./server/options.ts";
export type { DocsOptions, JsonSchemaWanted } from "./server/events/asyncapi_options.ts";
export type { AttributeNames } from "./server/page/attribute_names.ts";
export type { BusListener, Message, Publication } from "./server/engine/bus.ts";
export type { Check, Entry, Write } from "./server/engine/store.ts";
export type { Clock } from "./protocol/clock.ts";
export type { CookieOptions } from "./server/http/cookie.ts";
export type { ElementReader, FormReader } from "./server/reflex/element.ts";
export type { Untrusted, UntrustedError } from "./server/reflex/untrusted.ts";
export type { EndpointContext } from "./server/socket/endpoint.ts";
export type { Events } from "./server/events/events.ts";
export type {
  EndpointClass,
  EventHandlers,
  EventName,
  EventsDeclaration,
  HandledEvents,
} from "./server/events/handlers.ts";
export type {
  EventsAsker,
  EventsContext,
  EventsHooks,
  EventsOptions,
  Sends,
  SentData,
} from "./server/events/types.ts";
export type { Flash } from "./server/session/flash.ts";
export type { IslandPlace } from "./islands/placing.ts";
export type { JsxElement } from "./server/page/html.ts";
export type { LiveProps } from "./server/page/live.ts";
export type { Limits } from "./protocol/limits.ts";
export type { Listening, ListenOptions } from "./server/http/listen.ts";
export type { LogFields, Logger } from "./server/observe.ts";
export type { Offer, Offerable, OfferArgs } from "./server/reflex/on.ts";
export type { OfferOptions } from "./server/reflex/offer_options.ts";
export type {
  Bound,
  FieldAttributes,
  FieldName,
  FormAction,
  FormBinding,
  FormOptions,
} from "./server/page/form.ts";
export type {
  ErrorComponent,
  KeyContext,
  KeyedContext,
  KeyedPageComponent,
  KeyedPageOptions,
  Load,
  LoadOptions,
  PageComponent,
  PageError,
  PageOptions,
  PublicContext,
  PublicPageComponent,
  PublicPageOptions,
  Untyped,
} from "./server/page/page.ts";
export type { ElementOptions, MissingElement, OperationOptions } from "./server/operations/operations.ts";
export type { Audience, ReflexAudience } from "./server/bus/audience.ts";
export type { Raw } from "./server/page/raw.ts";
export type { LeadOptions, OtherQuery } from "./server/reflex/leading.ts";
export type { ReflexClass } from "./server/reflex/reflex.ts";
export type { RouteContext, RouteHandler, RouteHandlers, RouteOptions } from "./server/door/route_door.ts";
export type {
  JoinsOf,
  PresenceOf,
  TopicContext,
  TopicKind,
  TopicOptions,
  Watchable,
} from "./server/bus/topic.ts";
export type { SchemaInput, SchemaIssue, SchemaOutput, SchemaResult } from "./protocol/schema.ts";
export type { IslandBuildOptions } from "./server/islands/open.ts";
export type { StaticOptions } from "./server/http/static_options.ts";
export type { SyncContext, SyncEndpoint, SyncOptions } from "./server/sync/sync_endpoint.ts";
