/**
 * Every limit, in one object. Sizes are bytes, times milliseconds.
 *
 * @module
 */

/**
 * What a peer may cost us. Each field has its default and its reason in {@linkcode defaultLimits}. The browser's script
 * keeps within the defaults of `frame`, the rate and `pendingPerVisit`, whatever an app says.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { Limits } from "@argyle/argyle/types";
 * const limits: Partial<Limits> = { reflex: 60_000, socketsPerSession: 5 };
 * const app = new App({ limits });
 * ```
 */
export interface Limits {
  /** Bytes of one frame from a browser; a larger one closes its socket. */
  readonly frame: number;
  /** Frames a second, sustained, of one page socket. */
  readonly framesPerSecond: number;
  /** Frames at once, before the rate counts. */
  readonly frameBurst: number;
  /** Frames a second, sustained, of a socket of `app.sync` or `app.events`. */
  readonly syncFramesPerSecond: number;
  /** Frames at once of such a socket, before the rate counts. */
  readonly syncFrameBurst: number;
  /** Groups of an app that one SockSync peer may subscribe to, and of its own that it may register. */
  readonly syncGroups: number;
  /** Calls of one SockSync peer that run at once, in either direction. */
  readonly syncCalls: number;
  /** Messages of one socket of `app.events` that wait or run; together they have at most 16 × `frame` bytes. */
  readonly eventsPending: number;
  /** Items of the largest page of a list that does not say another. */
  readonly pageSize: number;
  /** Frames refused on one socket before it is closed. */
  readonly refusals: number;
  /** Calls of one visit that wait or run. */
  readonly pendingPerVisit: number;
  /** Calls of one session that wait or run. */
  readonly pendingPerSession: number;
  /** Calls of one isolate that wait or run. */
  readonly pending: number;
  /** Levels of lists and objects in the JSON of a frame. */
  readonly depth: number;
  /** Commas in the JSON text of a frame: about its keys and items together. */
  readonly keys: number;
  /** Arguments of a call. */
  readonly args: number;
  /** Characters of `Class#method`. */
  readonly name: number;
  /** Fields of a form. */
  readonly fields: number;
  /** Bytes of one field of a form. */
  readonly field: number;
  /** Sockets of one session. */
  readonly socketsPerSession: number;
  /** Sockets of one address, where that is known; of IPv6, one network of 64 bits. */
  readonly socketsPerAddress: number;
  /** Sockets of one isolate. */
  readonly sockets: number;
  /** First frames of one session at once. */
  readonly helloBurst: number;
  /** Milliseconds to one first frame more; who is quicker is closed, and may come back. */
  readonly hello: number;
  /** Times that one visit may load its page again at once. */
  readonly resyncBurst: number;
  /** Milliseconds to one time more; who is quicker is told when to come back. */
  readonly resync: number;
  /** Pages that one session may go to over its sockets at once; one more is loaded in full. */
  readonly visitBurst: number;
  /** Milliseconds to one more. */
  readonly visit: number;
  /** Bytes of the URL of such a page. */
  readonly visitUrl: number;
  /** Such pages of one socket that load at once, also those that it does not wait for any more. */
  readonly visitsLoading: number;
  /** Pages of one socket that are kept ready because somebody points at a link. */
  readonly prepared: number;
  /** Milliseconds for which they are. */
  readonly prepare: number;
  /** Forms that one session may post at once, without JavaScript. */
  readonly postBurst: number;
  /** Milliseconds to one form more; who is quicker is told when to come back. */
  readonly post: number;
  /**
   * Pages that an isolate begins to render in one turn of its event loop; then it hears its sockets. Of pages that have
   * cost less than 2 ms of late it is up to four times as many.
   */
  readonly renders: number;
  /** Pages that wait for their turn; one more is told when to come back. */
  readonly rendersWaiting: number;
  /** Milliseconds that a page may wait for its turn. */
  readonly renderWait: number;
  /** Pages of one isolate that have begun and wait for data. */
  readonly pagesLoading: number;
  /** Topics that one page, or one part of it, may depend on. */
  readonly topics: number;
  /** People on one topic that are listed; the first who came. */
  readonly presence: number;
  /** Bytes of JSON that a person on a topic may be shown as. */
  readonly presenceData: number;
  /** Bytes a slow reader may be behind before it is sent nothing that others have caused, until it has read them. */
  readonly watermark: number;
  /** Milliseconds for which a slow reader may be that far behind before its socket is closed. */
  readonly stuck: number;
  /** Bytes a slow reader may be behind before its socket is closed. */
  readonly buffered: number;
  /** Milliseconds from the opening of a socket to its first frame. */
  readonly firstFrame: number;
  /** Milliseconds without a sign of life; the server pings at half of it. */
  readonly idle: number;
  /** Milliseconds after which a socket must come back. */
  readonly socketAge: number;
  /** Milliseconds that a reflex may take, where its action has no `timeout` of its own. */
  readonly reflex: number;
  /** Milliseconds that a page may take to load what it shows. */
  readonly load: number;
  /** Milliseconds that an action's schema may take. */
  readonly schema: number;
  /** Characters of a URL's path and query. */
  readonly url: number;
  /** Params of a query. */
  readonly params: number;
  /** Bytes of the cookie header. */
  readonly cookies: number;
  /** Milliseconds that a request body may take to arrive. */
  readonly body: number;
  /** Bytes of a request body. */
  readonly bodyBytes: number;
  /** Visits whose record is kept for one session; the oldest makes room. */
  readonly visits: number;
  /** Outcomes kept for one visit. */
  readonly outcomes: number;
  /** Bytes of JSON that a reflex may return. */
  readonly outcome: number;
  /** Bytes of a record in the store: a session's values, or a visit's state with its outcomes. */
  readonly record: number;
  /** Milliseconds after which page data is too old; a visit's record goes as long after its last call. */
  readonly token: number;
  /** Milliseconds after which a ticket is too old. */
  readonly ticket: number;
  /** Milliseconds for which the offers of the render before are still good. */
  readonly oldOffers: number;
  /** Sessions of one user; a login more ends the oldest. */
  readonly sessionsPerUser: number;
  /** Milliseconds without a page being loaded, after which a session ends. */
  readonly sessionIdle: number;
  /** Milliseconds after which a session ends, however busy. */
  readonly session: number;
  /**
   * Bytes of renders kept for pages whose socket is away, least recently used first out; and as many of pages that are kept
   * ready for sockets.
   */
  readonly parked: number;
  /** Renders kept of one shared view for readers who are behind; who is further behind loads the page again. */
  readonly bases: number;
  /** Loads kept in one isolate, least recently used first out. */
  readonly loads: number;
  /** Milliseconds after which a page that is only shown asks again whether its person may still see it. */
  readonly identity: number;
  /** Operations by hand that are sent at once. */
  readonly operations: number;
  /** Bytes of JSON of operations that are sent at once. */
  readonly operationBytes: number;
  /** Tries of a commit that meets others. */
  readonly conflicts: number;
}

const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

/**
 * The defaults.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import { defaultLimits } from "@argyle/argyle/protocol";
 * const app = new App({ limits: { reflex: 3 * defaultLimits.reflex } });
 * ```
 */
export const defaultLimits: Limits = {
  frame: 64 * 1024, // a large form; parsing it costs about 1 ms
  framesPerSecond: 50, // key repeat is 30 a second
  frameBurst: 200, // what a person clicks while the train is in the tunnel
  syncFramesPerSecond: 500, // a slider that is dragged, in ten groups
  syncFrameBurst: 2000, // a program that comes back, and asks for everything
  syncGroups: 1024, // every cell of a small sheet
  syncCalls: 1024, // as many as there are groups
  eventsPending: 256, // a program that sends what it has, without waiting for answers
  pageSize: 100, // more than a screen shows
  refusals: 3, // once is an accident
  pendingPerVisit: 32, // the browser queues the rest
  pendingPerSession: 64, // two busy tabs
  pending: 2000, // a second of work for one isolate
  depth: 32, // recursion in schemas
  keys: 1024, // a form of 256 fields, four times
  args: 16, // more is an object
  name: 128, // two long identifiers
  fields: 256, // more than a person fills in
  field: 32 * 1024, // a long text
  socketsPerSession: 20, // tabs
  socketsPerAddress: 256, // an office behind one address
  sockets: 10_000, // 10,000 × 23 KB of socket, and their views
  helloBurst: 100, // every tab of one person after a deploy, a few times over
  hello: 250, // 20 tabs on a line that comes and goes, each every 5 s
  resyncBurst: 10, // a train with many tunnels
  resync: 5 * second, // about as often as the browser's script comes by itself
  visitBurst: 20, // somebody who looks through a list with the arrow keys
  visit: 100, // ten a second is more than anybody reads
  visitUrl: 2048, // a search with all its filters; what is longer is loaded in full
  visitsLoading: 4, // two clicks in haste, and two links that were pointed at
  prepared: 2, // the link under the pointer, and the one before
  prepare: 10 * second, // from pointing at a link to clicking on it
  postBurst: 20, // a person who presses a button again and again, because nothing seems to happen
  post: 500, // each renders a page, and nobody fills in two forms a second
  renders: 8, // 16 ms at 2 ms a page, one frame of a film
  rendersWaiting: 500, // a second at 2 ms a page, 2.5 s at 5; about 10 KB each
  renderWait: 5 * second, // then it is better to say so
  pagesLoading: 1000, // a database that takes a second, at 1,000 a second; about 20 KB each
  topics: 64, // a page of fifty things, each watched by itself, and what is around them
  presence: 1000, // more than anybody reads, and one render of them is some milliseconds
  presenceData: 1024, // a name, a colour, a picture's address; a thousand of them are 1 MB
  watermark: 256 * 1024, // one render of a large page
  stuck: 30 * second, // a phone in a tunnel
  buffered: 4 * 1024 * 1024, // some twenty renders of a large page
  firstFrame: 5 * second, // one slow round trip
  idle: minute, // proxies cut at 60 s; the ping goes out at 30 s
  socketAge: 12 * hour, // a day's work, then middleware runs again
  reflex: 10 * second, // a person gives up
  load: 10 * second, // likewise
  schema: second, // a schema checks, it does not fetch
  url: 8 * 1024, // proxies refuse more
  params: 256, // more than a form has
  cookies: 8 * 1024, // proxies refuse more
  body: 10 * second, // a slow line; a slower one is an attack
  bodyBytes: 1024 * 1024, // a form with much text
  visits: 50, // tabs and reloads of one person
  outcomes: 64, // twice what may be pending
  outcome: 4 * 1024, // an answer, not a download
  record: 60 * 1024, // one Deno KV value is 64 KiB, with our envelope around it
  token: day, // a tab left open overnight
  ticket: 30 * second, // one fetch
  oldOffers: 10 * second, // a click that crosses a patch on a slow line
  sessionsPerUser: 100, // every browser of one person, and the ones of yesterday
  sessionIdle: 7 * day, // back next week
  session: 30 * day, // ASVS 4.0, 3.3
  parked: 64 * 1024 * 1024, // some four hundred large pages
  bases: 8, // readers freeze at different moments
  loads: 1000, // what a few hundred people are looking at
  identity: minute, // a right that was withdrawn elsewhere
  operations: 1000, // a page changes fewer elements at once
  operationBytes: 256 * 1024, // one large page
  conflicts: 10, // a quick one has needed five at most; a slow one has as many chances
};
