/**
 * What a live page needs of the app around it.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { Channel } from "../bus/channel.ts";
import type { Attendance } from "../bus/attendance.ts";
import type { Refreshes } from "../bus/refreshes.ts";
import type { Topics } from "../bus/topics.ts";
import type { Logger } from "../observe.ts";
import type { Writer } from "../operations/write.ts";
import type { ContextValues } from "../http/context.ts";
import type { Page } from "../page/page.ts";
import type { OpenedPage, PageData } from "../page/page_data.ts";
import type { Renderer } from "../page/renderer.ts";
import type { ParkedViews } from "../page/parked_views.ts";
import type { Resting } from "../page/resting.ts";
import type { Shelf } from "../page/shelf.ts";
import type { SharedViews } from "../page/shared_views.ts";
import type { Records } from "../session/records.ts";
import type { SessionValues } from "../session/values.ts";
import type { Buckets } from "../socket/buckets.ts";
import type { Causes } from "../trace/causes.ts";
import type { Watch } from "../trace/work.ts";
import type { Pending } from "./pending.ts";
import type { Registry } from "./registry.ts";
import type { Retries } from "./retries.ts";
import type { Landing, Trip } from "./trip.ts";
import type { Visit } from "./visit.ts";

/** What is kept of the request that opened a page's socket. */
export interface Handshake {
  /** Names it in the log. */
  readonly id: string;
  /** The page's own origin, as the browser's address bar has it. */
  readonly origin: string;
  /** All of them, for middleware; none where there is none. */
  readonly headers: Headers;
  /** What reflexes may read of them, packed. */
  readonly told: string;
  /** The browser's cookies. */
  readonly cookie: string;
  /** Whether a developer looks on, on this machine. */
  readonly development: boolean;
}

/** The app, as a live page sees it. */
export interface Host {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Logger;
  /** Those who look at what is done for a page; `undefined` where nobody does. */
  readonly watch: Watch | undefined;
  /** Which reflexes have published what; `undefined` where nobody wants to know. */
  readonly causes: Causes | undefined;
  readonly records: Records;
  readonly values: SessionValues;
  readonly retries: Retries;
  readonly pending: Pending;
  readonly registry: Registry;
  readonly renderer: Renderer;
  readonly writer: Writer;
  readonly parked: ParkedViews;
  readonly shelf: Shelf;
  readonly resting: Resting;
  readonly shared: SharedViews;
  readonly topics: Topics;
  readonly channel: Channel;
  readonly attendance: Attendance;
  readonly refreshes: Refreshes;
  /** Pages that sockets go to, by their sessions. */
  readonly trips: Buckets;
  /** The live pages of this isolate, by visit. */
  readonly visits: Map<string, Visit>;
  /**
   * Renders a page that a socket asks for, when it is its turn.
   *
   * @throws HttpError 503 where there are too many
   */
  inTurn<T>(render: () => Promise<T>): Promise<T>;
  /** Seals the page data of a session's page. */
  seal(session: string, data: PageData): Promise<string>;
  /**
   * Gets the page that a socket goes to, as a GET of it would.
   *
   * @returns `undefined` for what the browser has to load in full
   */
  travel(trip: Trip): Promise<Landing | undefined>;
  /** Opens the page data that a browser has sent. */
  open(session: string, token: string): Promise<OpenedPage | undefined>;
  /**
   * Runs the app's middleware for a page whose socket connects.
   *
   * @returns what it has set, or `undefined` where it has not let the page pass
   */
  admit(
    url: URL,
    who: { readonly user: string | undefined; readonly sessionId: string },
    handshake: Handshake,
  ): Promise<ContextValues | undefined>;
  /** The page of a path (with the base and query) and its params; `undefined` where there is none any more. */
  find(path: string): { page: Page; params: Record<string, string> } | undefined;
}
