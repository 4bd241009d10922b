/**
 * A live page: one visit, on one socket.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { canonicalJson } from "../../protocol/json.ts";
import { WireError } from "../../protocol/errors.ts";
import type {
  CallFrame,
  ClientFrame,
  HelloFrame,
  Json,
  Outcome,
  ServerFrame,
} from "../../protocol/frames.ts";
import type { Operation } from "../../protocol/operations.ts";
import { Close } from "../../protocol/markers.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import { HttpError } from "../http/error.ts";
import type { Page } from "../page/page.ts";
import { hashRender, type Render, type View } from "../page/view.ts";
import { diff } from "../patch/diff.ts";
import { isForgotten, type Snapshot } from "../session/records.ts";
import type { Connection } from "../socket/connection.ts";
import { type CallResult, type CheckedCall, errorFrame, failedCall, runCall } from "./call.ts";
import type { Host } from "./host.ts";
import type { Reflex } from "./reflex.ts";
import type { Resolved } from "./run.ts";

/** What is known of a page once its first frame was good. */
interface Live {
  readonly visit: string;
  readonly identity: string;
  readonly sealedAt: number;
  readonly page: Page;
  readonly url: URL;
  readonly params: Record<string, string>;
  readonly view: View;
  /** The render is this isolate's guess: what the browser shows may differ, so the next patch is the whole page. */
  guessed: boolean;
}

/** The frames of one page socket, in their order. */
export class Visit {
  readonly #host: Host;
  readonly #connection: Connection;
  readonly #session: string;
  readonly #origin: string;
  #live: Live | undefined;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #last: number | undefined;

  /**
   * @param session the id that the socket's cookie named
   * @param origin the page's own, for `url`
   */
  constructor(host: Host, connection: Connection, session: string, origin: string) {
    this.#host = host;
    this.#connection = connection;
    this.#session = session;
    this.#origin = origin;
  }

  /** Takes a frame. Calls wait in line; the promise is done when this frame is. */
  frame(frame: ClientFrame, text: string): Promise<void> {
    if (frame[0] === "call") return this.#enqueue(frame, text);
    return this.#inTurn(() => this.#hello(frame as HelloFrame));
  }

  /** The socket is gone: the view waits a while for another. */
  closed(): void {
    const live = this.#live;
    if (live === undefined) return;
    this.#live = undefined;
    if (this.#host.visits.get(live.visit) !== this) return;
    this.#host.visits.delete(live.visit);
    // A resync has parked what the browser shows by now; this view is older.
    if (!live.guessed && !this.#host.parked.has(live.visit)) this.#host.parked.park(live.visit, live.view);
  }

  /** Ends the socket because another has brought the same visit. */
  replace(): void {
    this.#connection.close(Close.replaced, "The page is open on another socket.");
  }

  // ["hello", 1, "AQ…", 0]
  async #hello([, protocol, token, version]: HelloFrame): Promise<void> {
    if (this.#live !== undefined) {
      return this.#connection.refuse(new WireError("malformed", "hello came before."));
    }
    if (protocol !== PROTOCOL_VERSION) {
      return this.#connection.close(Close.upgrade, `This server speaks protocol ${PROTOCOL_VERSION}.`);
    }
    const data = await this.#host.open(this.#session, token);
    if (data === undefined) return this.#resync("stale");
    const seen = await this.#host.records.read(this.#session, data.visit);
    if (seen.endedAt !== undefined || seen.identity !== data.identity) return this.#resync("identity");
    if (isForgotten(seen, data.sealedAt)) return this.#resync("forgotten");
    const found = this.#host.find(data.path);
    if (found === undefined) return this.#resync("page");
    // Whoever held this visit parks its view first.
    this.#host.visits.get(data.visit)?.replace();
    const parked = this.#host.parked.take(data.visit);
    const known = parked?.hash === data.hash && parked.version === version ? parked : undefined;
    if (known === undefined && (version !== 0 || seen.version !== data.state)) return this.#resync("base");
    if (!this.#connection.open) return;
    const view: View = known ??
      { hash: data.hash, version: 0, render: undefined, previous: undefined, state: data.state };
    const url = new URL(data.path, this.#origin);
    const { visit, identity, sealedAt } = data;
    this.#live = { visit, identity, sealedAt, ...found, url, view, guessed: false };
    this.#host.visits.set(data.visit, this);
    this.#connection.greet();
    this.#connection.send(["ready", view.version]);
    if (view.state !== seen.version) await this.#show(this.#live, seen);
  }

  // ["call", 3, 2, "Counter#increment", [5], {"a":{"id":"increment"}}]
  #enqueue(frame: CallFrame, text: string): Promise<void> {
    const { limits, pending } = this.#host;
    const [, n] = frame;
    if (this.#live === undefined) {
      this.#connection.refuse(new WireError("malformed", "The first frame is hello."));
      return Promise.resolve();
    }
    if (this.#last !== undefined && n > this.#last + limits.pendingPerVisit) {
      this.#connection.refuse(new WireError("malformed", `call: ${n} is too far from ${this.#last}.`));
      return Promise.resolve();
    }
    if (this.#waiting >= limits.pendingPerVisit || !pending.enter(this.#session)) {
      this.#connection.send(errorFrame(n, new WireError("busy"), "", this.#host));
      return Promise.resolve();
    }
    this.#last = Math.max(this.#last ?? 0, n);
    this.#waiting++;
    return this.#inTurn(async () => {
      try {
        await this.#call(frame, text);
      } finally {
        this.#waiting--;
        pending.leave(this.#session);
      }
    });
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(run);
    this.#queue = done.catch(() => {}); // the caller of frame() hears of it; the next in line must not
    return done;
  }

  async #call(frame: CallFrame, text: string): Promise<void> {
    const live = this.#live;
    if (live === undefined) return; // the socket has gone; the frame comes again on another
    const { turns } = this.#host;
    const hash = createHash("sha256").update(text).digest("base64url").slice(0, 11);
    let leave: (() => void) | undefined;
    await turns.quiet(this.#session);
    try {
      for (let tried = 1; tried <= this.#host.limits.conflicts; tried++) {
        if (await this.#try(live, frame, hash)) return;
        leave ??= await turns.take(this.#session);
      }
      throw new WireError("busy");
    } catch (error) {
      const what = `the call ${frame[3]} could not be carried out`;
      this.#connection.send(
        error instanceof WireError
          ? errorFrame(frame[1], error, what, this.#host)
          : this.#unavailable(frame[1], what, error),
      );
    } finally {
      leave?.();
    }
  }

  // Once from reading to committing. False: somebody else was quicker, and nothing has happened.
  async #try(live: Live, frame: CallFrame, hash: string): Promise<boolean> {
    const [, n, , target] = frame;
    const seen = await this.#host.records.read(this.#session, live.visit);
    if (seen.endedAt !== undefined || seen.identity !== live.identity) {
      this.#connection.send(["error", n, "stale", "The session has changed; the page is loaded again."]);
      this.#resync("identity");
      return true;
    }
    if (isForgotten(seen, live.sealedAt)) {
      this.#resync("forgotten");
      throw new WireError("expired");
    }
    if (n <= seen.visit.last) {
      await this.#again(live, frame, hash, seen);
      return true;
    }
    await this.#base(live, seen);
    const resolved = this.#check(live, frame);
    const from = {
      session: this.#session,
      visit: live.visit,
      page: live.page,
      url: live.url,
      params: live.params,
    };
    const call: CheckedCall = { frame, hash, resolved, from };
    const result = await runCall(call, seen, this.#host);
    const { committed, told } = await this.#commit(live, call, result, seen);
    if (committed === undefined) return false;
    if (told.reflex === undefined) {
      live.view.state = live.view.state === seen.version ? committed.version : live.view.state;
      this.#connection.send(told.frame);
      return true;
    }
    const outcome: Outcome = told.value === undefined ? [n] : [n, told.value];
    await this.#show(live, committed, { outcome, reflex: told.reflex, target });
    if (told.change.ticket !== undefined) this.#connection.send(["ticket", told.change.ticket.id]);
    return true;
  }

  async #commit(
    live: Live,
    call: CheckedCall,
    result: CallResult,
    seen: Snapshot,
  ): Promise<{ committed: Snapshot | undefined; told: CallResult }> {
    const { records } = this.#host;
    try {
      return {
        committed: await records.commit(this.#session, live.visit, seen, result.change),
        told: result,
      };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // Too large to be kept: the call has failed, and that is its outcome.
      const told = failedCall(call, error, result.change.read, this.#host);
      return { committed: await records.commit(this.#session, live.visit, seen, told.change), told };
    }
  }

  // A call that was sent again: its outcome is told again, its body does not run.
  async #again(live: Live, frame: CallFrame, hash: string, seen: Snapshot): Promise<void> {
    const [, n] = frame;
    const stored = seen.visit.outcomes.find((outcome) => outcome.n === n);
    if (stored === undefined || (stored.frame === null && stored.hash === hash)) {
      this.#connection.send(errorFrame(n, new WireError("expired"), "", this.#host));
    } else if (stored.hash !== hash) {
      this.#connection.send(errorFrame(n, new WireError("replayed"), "", this.#host));
    } else {
      this.#connection.sendText(stored.frame!);
      if (stored.ticket !== undefined) this.#connection.send(["ticket", stored.ticket]);
    }
    if (live.view.state !== seen.version) await this.#show(live, seen);
  }

  // Registered, the class's own, and offered by the page: in this order, so that a developer learns the most.
  #check(live: Live, [, , , target, args = []]: CallFrame): Resolved {
    const { registry, clock } = this.#host;
    const resolved = registry.find(target);
    if (resolved === undefined) throw new WireError("unknown_reflex", `There is no reflex ${target}.`);
    if (live.page.options.calls?.includes(resolved.create) && resolved.kind === "action") return resolved;
    const { render, previous } = live.view;
    const all = [
      render!.offers,
      ...(previous !== undefined && previous.until > clock.now() ? [previous.offers] : []),
    ];
    const offered = all.some((offers) =>
      resolved.kind === "action" ? offers.hasTarget(target) : offers.hasCall(target, args)
    );
    if (offered) return resolved;
    this.#resync("offer");
    throw new WireError("stale", `The page does not offer ${target}${describe(args)}, or no longer.`);
  }

  // What the browser shows, where this isolate has not rendered it itself.
  async #base(live: Live, seen: Snapshot): Promise<void> {
    if (live.view.render !== undefined) return;
    let render: Render | undefined;
    try {
      render = await this.#render(live, seen);
    } catch (cause) {
      throw new WireError("render", undefined, { cause });
    }
    if (render === undefined) throw new WireError("stale");
    live.guessed = await hashRender(render) !== live.view.hash;
    live.view.render = render;
    live.view.state = seen.version;
  }

  // Renders, and sends what has changed, with the outcome of the call that changed it.
  async #show(
    live: Live,
    seen: Snapshot,
    ran?: { outcome: Outcome; reflex: Reflex; target: string },
  ): Promise<void> {
    const done: ServerFrame | undefined = ran === undefined ? undefined : ["done", ...ran.outcome];
    let render: Render | undefined;
    try {
      render = await this.#render(live, seen, ran?.reflex);
    } catch (error) {
      if (done !== undefined) this.#connection.send(done);
      const reference = crypto.randomUUID().slice(0, 8);
      this.#host.log.error("a page could not be rendered", error, { page: live.page.path, reference });
      this.#connection.send([
        "error",
        0,
        "render",
        `The page could not be rendered. (Reference ${reference}.)`,
      ]);
      return;
    }
    if (render === undefined) {
      if (done !== undefined) this.#connection.send(done);
      return;
    }
    const { view } = live;
    const operations = view.render === undefined || live.guessed ? whole(render) : diff(view.render, render);
    if (view.render !== undefined) {
      view.previous = {
        offers: view.render.offers,
        until: this.#host.clock.now() + this.#host.limits.oldOffers,
      };
    }
    view.render = render;
    view.state = seen.version;
    live.guessed = false;
    if (operations.length > 0) {
      this.#connection.send(["patch", ++view.version, operations, ran?.outcome]);
    } else if (done !== undefined) {
      this.#connection.send(done);
    }
  }

  // `undefined`: the page has left with a response, which only a GET can follow.
  async #render(live: Live, seen: Snapshot, ran?: Reflex): Promise<Render | undefined> {
    const { renderer, values } = this.#host;
    try {
      const render = await renderer.render(live.page, {
        url: new URL(live.url),
        params: live.params,
        session: await values.read(seen.values),
        state: structuredClone(seen.visit.state ?? live.page.options.state?.() ?? {}) as Record<string, Json>,
        user: seen.user,
        ...(ran === undefined ? {} : { ran }),
      });
      if (!(render instanceof Response)) return render;
    } catch (error) {
      if (!(error instanceof HttpError) || error.status >= 500) throw error;
    }
    this.#resync("left");
    return undefined;
  }

  #resync(reason: string): void {
    this.#connection.send(["resync", reason]);
  }

  #unavailable(n: number, what: string, error: unknown): ServerFrame {
    this.#host.log.error(what, error);
    return errorFrame(n, new WireError("unavailable"), "", this.#host);
  }
}

function whole({ head, body }: Render): Operation[] {
  return [["head", head], ["body", body]];
}

function describe(args: readonly Json[]): string {
  if (args.length === 0) return "";
  const text = canonicalJson(args).slice(1, -1);
  return ` with ${text.length > 100 ? `${text.slice(0, 100)}…` : text}`;
}
