/**
 * An address of an app at which SockSync is spoken.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Limits } from "../../protocol/limits.ts";
import { Code, errorFrame } from "../../socksync/frames.ts";
import type { Groups, SyncPeer } from "../../socksync/groups.ts";
import { Shelf } from "../../socksync/owner.ts";
import { Peer } from "../../socksync/peer.ts";
import { SyncError } from "../../socksync/sync_error.ts";
import { HttpError } from "../http/error.ts";
import { FieldsLogger, type Logger, makeReference } from "../observe.ts";
import { Close } from "../../protocol/markers.ts";
import type { Endpoint, EndpointContext } from "../socket/endpoint.ts";
import type { EndpointLine, LineHandlers } from "../socket/endpoint_line.ts";

/**
 * What functions of an endpoint are given beside their arguments. Its functions work without `this`.
 *
 * @example
 * ```ts
 * import { action, anyone, App } from "@argyle/argyle";
 * import type { SyncContext } from "@argyle/argyle/types";
 * import { z } from "zod";
 * const greet = action(z.object({}), (_input, { user }: SyncContext) => `Hello ${user ?? "stranger"}`);
 * new App().sync("/ws/hello", { greet }, { authorize: anyone });
 * ```
 */
export interface SyncContext extends EndpointContext {
  /** The other end: what it owns can be seen and called. */
  readonly peer: SyncPeer;
  /** Says that nobody waits any more: the peer is gone, or it has taken too long. */
  readonly signal: AbortSignal;
}

/**
 * What an endpoint of SockSync declares.
 *
 * @example
 * ```ts
 * import type { SyncOptions } from "@argyle/argyle/types";
 * const options: SyncOptions = {
 *   authorize: ({ user }) => user !== undefined,
 *   onConnect: (peer, { user }) => console.log(`${user} is here`, peer.isOpen),
 * };
 * ```
 */
export interface SyncOptions {
  /** Whether somebody may open a socket here; `anyone` is a value. Groups may ask once more, each for itself. */
  readonly authorize: (context: EndpointContext) => boolean | Promise<boolean>;
  /**
   * Somebody has connected. Nothing that they ask is looked at before this is done: `peer.own()` gives them groups of their
   * own. What they are asked, they answer meanwhile. Where it fails, or takes longer than `limits.load`, the socket is
   * closed, and comes back.
   */
  readonly onConnect?: (peer: SyncPeer, context: Omit<SyncContext, "signal">) => void | Promise<void>;
}

/** What an endpoint works with. */
export interface SyncMeans {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly log: Logger;
  /** Done when the values of all variables are known; `undefined` where they are. */
  readonly settling: () => Promise<unknown> | undefined;
  /** A function has begun that takes its time: whoever stops the app waits for it. It does not reject. */
  readonly started: (work: Promise<unknown>) => void;
}

/** What of it is spoken to whoever opens a socket. */
export let endpointOf: <G extends Groups<SyncContext>>(sync: SyncEndpoint<G>) => Endpoint;

/**
 * An endpoint of SockSync, as `app.sync()` gives it: clients are typed by it.
 *
 * @example
 * ```ts
 * import { anyone, App } from "@argyle/argyle";
 * import { connectSync } from "@argyle/argyle/client";
 * import { variable } from "@argyle/argyle/socksync";
 * const sync = new App().sync("/ws/socksync", { price: variable(42) }, { authorize: anyone });
 * const connect = (url: string) => connectSync<typeof sync>(url).variable("price"); // of a number
 * console.assert([...sync.peers].length === 0);
 * ```
 */
export class SyncEndpoint<G extends Groups<SyncContext> = Groups<SyncContext>> {
  /** Its path below the app's base. */
  readonly path: string;
  /** Carries the types of the groups; there is nothing at run time. */
  declare readonly "~groups"?: G;
  readonly #options: SyncOptions;
  readonly #means: SyncMeans;
  readonly #shelf = new Shelf();
  readonly #peers = new Set<SyncPeer>();

  static {
    endpointOf = (sync) => ({
      path: sync.path,
      authorize: (context) => sync.#options.authorize(context),
      connect: (line, context, more) => sync.#connect(line, context, more),
    });
  }

  /**
   * Use `app.sync()`.
   *
   * @throws TypeError for what is no group, and where nobody has said who may come in
   */
  constructor(path: string, groups: G, options: SyncOptions, means: SyncMeans) {
    if (typeof options?.authorize !== "function") {
      throw new TypeError(
        `Cannot add the endpoint ${
          JSON.stringify(path)
        }: say who may open it by \`authorize\`; \`anyone\` is a value.`,
      );
    }
    this.path = path;
    this.#options = options;
    this.#means = means;
    this.#shelf.add(groups as Groups);
  }

  /** Those who are connected to this isolate now: what they own can be seen and called. */
  get peers(): Iterable<SyncPeer> {
    return this.#peers;
  }

  #connect(
    line: EndpointLine,
    given: EndpointContext,
    { development }: { development: boolean },
  ): LineHandlers {
    const { clock, limits, log, started } = this.#means, own = new FieldsLogger(log, { request: given.id });
    // A copy: what is another's prototype has a shape of its own, which costs each connection 2 KB.
    const context = { ...given } as { -readonly [Key in keyof SyncContext]: SyncContext[Key] };
    const peer: Peer = new Peer({
      clock,
      limits,
      context,
      shared: [this.#shelf],
      tell: (error, name) => this.#tell(error, name, { log: own, development }),
      failed: (what, error) => own.error(what, error),
      started,
    });
    context.peer = peer;
    const gone = new AbortController();
    this.#peers.add(peer);
    peer.open(line, this.#begin(peer, context, { line, log: own, gone: gone.signal }));
    return {
      message: (data) => peer.receive(data),
      closed: () => {
        this.#peers.delete(peer);
        peer.lost();
        peer.close();
        gone.abort();
      },
      refuse: (why) =>
        errorFrame(
          Code.other,
          why === "rate" ? "Too many frames." : `A frame has at most ${limits.frame} bytes.`,
        ),
    };
  }

  #begin(
    peer: SyncPeer,
    context: SyncContext,
    { line, log, gone }: { line: EndpointLine; log: Logger; gone: AbortSignal },
  ): Promise<void> | undefined {
    const { onConnect } = this.#options, unknown = this.#means.settling();
    if (onConnect === undefined && unknown === undefined) return undefined;
    const begin = async () => {
      await unknown;
      await onConnect?.(peer, context);
    };
    const fail = (error: unknown) => {
      log.error("a peer could not be received", error, { path: this.path });
      line.close(Close.failed, "Could not be begun; come back.");
    };
    const begun = begin().catch((error) => {
      // That the peer is gone, whoever asks it something meanwhile is told; it is no news.
      if (!(gone.aborted && error instanceof SyncError)) fail(error);
    });
    const { promise: over, resolve } = Promise.withResolvers<void>(),
      { clock, limits: { load: ms } } = this.#means;
    const cancel = clock.after(ms, () => fail(new Error(`It has taken longer than ${ms} ms.`)));
    gone.addEventListener("abort", () => resolve(), { once: true });
    return Promise.race([begun, over]).finally(cancel);
  }

  // What was not thrown for the peer is for the log.
  #tell(
    error: unknown,
    name: string,
    { log, development }: { log: Logger; development: boolean },
  ): string {
    if (error instanceof HttpError && error.status < 500) return error.message;
    const reference = makeReference();
    log.error("a group has failed", error, { group: name, reference });
    if (error instanceof HttpError) return error.message;
    if (development && error instanceof Error) return error.message;
    return `Something went wrong (${reference}).`;
  }
}
