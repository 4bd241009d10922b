/**
 * What the doors of an app work with.
 *
 * @module
 */

import type { Arrival } from "../http/host.ts";
import type { DocsOptions } from "../events/asyncapi_options.ts";
import type { Middleware } from "../http/middleware.ts";
import type { StaticFiles } from "../http/static_options.ts";
import type { Islands } from "../islands/islands.ts";
import type { ClientScripts } from "../page/client_scripts.ts";
import type { Page } from "../page/page.ts";
import type { Host } from "../reflex/host.ts";
import type { KeyRing } from "../seal/key_ring.ts";
import type { Identities } from "../session/identities.ts";
import type { SessionCookie } from "../session/cookie.ts";
import type { Route } from "./route_door.ts";
import type { Buckets } from "../socket/buckets.ts";
import type { Telemetry } from "../trace/telemetry.ts";
import type { Endpoint } from "../socket/endpoint.ts";
import type { Hub } from "../socket/hub.ts";
import type { Admission } from "./admission.ts";

/** The parts of an app, ready to serve. */
export interface Parts extends Host {
  /** The path that everything is below: `""` or `/live`. */
  readonly base: string;
  /** The language of its documents. */
  readonly lang: string;
  /** Whether links of its pages are followed over the socket. */
  readonly navigation: boolean;
  /** The browser's scripts, with the app's names for attributes. */
  readonly scripts: ClientScripts;
  /** Where the modules of islands are. */
  readonly islands: Islands;
  /** What the documentation of events says of the app, and who may see it. */
  readonly docs: { readonly title: string; readonly options: DocsOptions };
  /** Whether every call is a line of the log. */
  readonly logCalls: boolean;
  /** Whether developers have the panel. */
  readonly hasPanel: boolean;
  /** Spans and figures of what the app does; `undefined` where Deno exports none. */
  readonly telemetry: Telemetry | undefined;
  /** Names this build: page data of another does not open. */
  readonly build: string;
  readonly keys: KeyRing;
  readonly cookie: SessionCookie;
  readonly hub: Hub;
  readonly admission: Admission;
  /**
   * What the app answers to a request that has not come over the network. It never rejects.
   *
   * @param development whether a developer asks, from this machine
   */
  get(request: Request, development: boolean): Promise<Response>;
  /** First frames, by their sessions. */
  readonly hellos: Buckets;
  /** Pages that are loaded again, by their visits. */
  readonly resyncs: Buckets;
  /** Forms that are posted, by their sessions. */
  readonly posts: Buckets;
  readonly identities: Identities;
  /** What the app itself has. */
  readonly site: Site;
  /** Nobody is here any more: lets go of the bus. */
  close(): Promise<void>;
}

/** What was added to an app: it grows until the first request, and later too. */
export interface Site {
  /** Around every request that is not the framework's own. */
  readonly middleware: Middleware[];
  /** Directories of files, in the order in which they are asked. */
  readonly files: StaticFiles[];
  /** Sockets of other protocols; asked before all of these. */
  readonly endpoints: Endpoint[];
  /** In the order in which they were added. */
  readonly pages: Page[];
  /** Likewise; asked before pages. */
  readonly routes: Route[];
  /** The page for what is not there. */
  notFound?: Page;
  /** The page for what went wrong. */
  onError?: Page;
}

/** A request that has passed the first checks. */
export interface Arrived {
  readonly request: Request;
  /** Names it: in the log, in its response, to the person who reports that it failed. */
  readonly id: string;
  readonly arrival: Arrival;
  /** The decoded path below the base, beginning with `/`. */
  readonly path: string;
  /** Whether a developer asks, who may see details: `ARGYLE_ENV=development`, from this machine. */
  readonly development: boolean;
}
