/**
 * A live page: one visit, on one socket.
 *
 * @module
 */

import { canonicalJson } from "../../protocol/json.ts";
import { WireError } from "../../protocol/errors.ts";
import type {
  CallFrame,
  ClientFrame,
  HelloFrame,
  Json,
  Outcome,
  ServerFrame,
  ShownFrame,
  VisitFrame,
} from "../../protocol/frames.ts";
import { Attribute, Close } from "../../protocol/markers.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import { HttpError } from "../http/error.ts";
import { VISIT_LETTERS } from "../page/document.ts";
import { noErrors } from "../page/form.ts";
import { hashOpened, type Opened, openView } from "../page/open_view.ts";
import { View } from "../page/view.ts";
import type { OpenedPage } from "../page/page_data.ts";
import { isForgotten, type Snapshot } from "../session/records.ts";
import type { Connection } from "../socket/connection.ts";
import { type CallResult, type CheckedCall, errorFrame, runCall } from "./call.ts";
import { commitCall } from "./commit.ts";
import { askSchema, checkedTarget, formOf, noteErrors, sentencesOf } from "./form_check.ts";
import { finish, resume } from "./finish.ts";
import type { Handshake, Host } from "./host.ts";
import { land, mayNeedMore } from "./landing.ts";
import { LivePage, type LivePageParts } from "./live_page.ts";
import { answerFormer } from "./former.ts";
import { Navigation } from "./navigation.ts";
import { type Task, within, type Work } from "../trace/work.ts";
import { Person, type Whereabouts } from "./person.ts";
import type { Resolved } from "./run.ts";
import type { Landing } from "./trip.ts";

/** The page that a browser has left. */
interface Before {
  readonly live: LivePage;
  /** The visit that has led away from it. */
  readonly id: number;
  /** Whether the browser has said that it shows the page of that visit. */
  isShown: boolean;
  /** Keeps it from being forgotten by itself. */
  readonly cancel: () => void;
}

/** The frames of one page socket, in their order. */
export class Visit {
  readonly #host: Host;
  readonly #connection: Connection;
  readonly #session: string;
  /** Until the page is live; afterwards nobody asks for it. */
  #handshake: Handshake | undefined;
  #live: LivePage | undefined;
  /** The page that the browser has left, as long as calls of it may still be on their way. */
  #before: Before | undefined;
  /** Made when it goes to another page. */
  #navigation: Navigation | undefined;
  readonly #traveller: Pick<Handshake, "id" | "cookie" | "development">;
  /** The last in line, where somebody is. */
  #queue: Promise<void> | undefined;
  #waiting = 0;
  #last: number | undefined;
  /** The call that is carried out, where somebody looks. */
  #work: Work | undefined;

  /**
   * @param session the id that the socket's cookie named
   * @param handshake the socket's request, for the page's URL and for middleware
   */
  constructor(host: Host, connection: Connection, session: string, handshake: Handshake) {
    this.#host = host;
    this.#connection = connection;
    this.#session = session;
    this.#handshake = handshake;
    const { id, cookie, development } = handshake;
    this.#traveller = { id, cookie, development };
  }

  /** Takes a frame. Calls wait in line; the promise is done when this frame is. */
  frame(frame: ClientFrame, text: string): Promise<void> {
    if (frame[0] === "call") return this.#enqueue(frame, text);
    if (frame[0] === "visit") return this.#goTo(frame);
    if (frame[0] === "shown") return this.#noteShown(frame);
    return this.#inTurn(() => this.#open(frame as HelloFrame));
  }

  /** The socket is gone: the view waits a while for another. */
  closed(): void {
    this.#navigation?.close();
    this.#forgetBefore();
    const live = this.#live;
    if (live === undefined) return;
    this.#live = undefined;
    live.detach();
    const { visits, parked } = this.#host;
    const { known, parts: { visit, view } } = live;
    const isOurs = visits.get(visit) === this;
    if (isOurs) visits.delete(visit);
    // A resync has parked what the browser shows by now; this view is older.
    if (isOurs && known !== undefined && !parked.has(visit)) parked.park(visit, known);
    else view.end();
  }

  /** Ends the socket because another has brought the same visit. */
  replace(): void {
    this.#connection.close(Close.replaced, "The page is open on another socket.");
  }

  // A socket that is neither live nor gone would leave its page waiting for ever.
  async #open(frame: HelloFrame): Promise<void> {
    try {
      await this.#hello(frame);
    } catch (error) {
      this.#connection.close(Close.failed, "The page cannot be found out about now; come back.");
      throw error;
    }
  }

  // ["hello", 3, "AQ…", 0]
  async #hello([, protocol, token, version]: HelloFrame): Promise<void> {
    const handshake = this.#handshake;
    if (this.#live !== undefined || handshake === undefined) {
      return this.#connection.refuse(new WireError("malformed", "hello came before."));
    }
    this.#connection.greet();
    if (protocol !== PROTOCOL_VERSION) {
      return this.#connection.close(Close.upgrade, `This server speaks protocol ${PROTOCOL_VERSION}.`);
    }
    const data = await this.#host.open(this.#session, token);
    if (data === undefined) return this.#resync("stale");
    const { now: since } = this.#host.topics;
    const seen = await this.#host.records.read(this.#session, data.visit);
    if (seen.endedAt !== undefined || seen.identity !== data.identity) return this.#resync("identity");
    if (isForgotten(seen, data.sealedAt)) return this.#resync("forgotten");
    const found = this.#host.find(data.path);
    if (found === undefined) return this.#resync("page");
    const url = new URL(data.path, handshake.origin), { href } = url;
    const who = { user: seen.user, sessionId: this.#session };
    const values = await this.#host.admit(url, who, handshake);
    if (values === undefined) return this.#resync("left");
    // Whoever held this visit parks its view first.
    this.#host.visits.get(data.visit)?.replace();
    const { visit, identity, sealedAt, former } = data, session = this.#session;
    const where = { ...found, href, values, session };
    const view = this.#takeView(data, version, seen) ??
      await this.#openAnew(data, version, seen, where, since);
    if (view === undefined) return this.#resync("base");
    const parts = {
      visit,
      identity,
      user: seen.user,
      sealedAt,
      former,
      ...where,
      told: handshake.told,
      view,
    };
    const live = new LivePage(parts, this.#host, this.#connection);
    let maySee = false;
    try {
      maySee = await live.maySee(seen) && this.#connection.open;
    } finally {
      if (!maySee) view.end();
    }
    if (!maySee) return this.#resync("left");
    this.#live = live;
    this.#handshake = undefined;
    this.#host.visits.get(visit)?.replace(); // one that came while we asked
    this.#host.visits.set(visit, this);
    live.attach();
    this.#connection.send(["ready", view.version]);
    const isOld = view.state !== seen.version, { isBehind } = view;
    if (isOld) await live.show(seen, undefined, since); // before others are shown who is here: it may say something else
    live.join();
    if (isBehind && !isOld) await live.refresh();
    if (seen.entries.visit !== null) await resume(live.parts, seen, this.#host);
  }

  /** What the browser shows, as far as it can be said. */
  #takeView(data: OpenedPage, version: number, seen: Snapshot): View | undefined {
    const { parked } = this.#host;
    const known = parked.take(data.visit);
    if (known?.hash === data.hash && known.version === version && known.shared?.ended !== true) return known;
    known?.end();
    // What it depends on may have changed while nobody was here to hear of it.
    if (data.isWatched || version !== 0 || seen.version !== data.state) return undefined;
    return new View({ hash: data.hash, state: data.state, render: undefined });
  }

  // Another isolate has rendered what the browser shows. Where it would be the same here, it is true now.
  async #openAnew(
    { hash, isWatched }: OpenedPage,
    version: number,
    seen: Snapshot,
    where: Whereabouts,
    since: number,
  ): Promise<View | undefined> {
    if (!isWatched || version !== 0) return undefined;
    const session = await this.#host.values.read(seen.values);
    const person = new Person(where, { session, seen, errors: noErrors, ran: undefined, since });
    let opened: Opened | Response;
    try {
      opened = await this.#host.inTurn(() => openView(where.page, person, this.#host));
    } catch (error) {
      // Whoever loads the page again is told what is wrong, or to wait.
      if (!(error instanceof HttpError)) {
        this.#host.log.error("a page could not be rendered", error, { page: where.page.path });
      }
      return undefined;
    }
    if (opened instanceof Response) {
      await opened.body?.cancel();
      return undefined;
    }
    if (await hashOpened(opened) !== hash) return undefined;
    return new View({ hash, state: seen.version, ...opened });
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
      this.#connection.refuse(new WireError("malformed", `call: ${n} is too far from ${this.#last}.`, { n }));
      return Promise.resolve();
    }
    if (this.#waiting >= limits.pendingPerVisit || !pending.enter(this.#session)) {
      this.#connection.send(errorFrame(n, new WireError("busy"), "", this.#host));
      return Promise.resolve();
    }
    this.#last = Math.max(this.#last ?? 0, n);
    this.#waiting++;
    const live = this.#pageOf(frame, this.#live);
    const came = this.#host.watch === undefined ? 0 : performance.now();
    return this.#inTurn(() => this.#call(live, frame, text, came));
  }

  // A browser that has gone to another page may have made a call on the one before, which has crossed that on its way.
  #pageOf(frame: CallFrame, live: LivePage): LivePage {
    const before = this.#before, resolved = this.#host.registry.find(frame[3]);
    if (before === undefined || resolved === undefined) return live;
    const pages = before.isShown ? [live, before.live] : [before.live, live];
    return pages.find((page) => this.#isOffered(page, frame, resolved)) ?? live;
  }

  // From here on its calls are those of the page that it has gone to. Of two pages on their way, the last counts.
  #noteShown([, id]: ShownFrame): Promise<void> {
    if (this.#before?.id === id) this.#before.isShown = true;
    return Promise.resolve();
  }

  async #goTo(frame: VisitFrame): Promise<void> {
    const live = this.#live;
    if (live === undefined) {
      return this.#connection.refuse(new WireError("malformed", "The first frame is hello."));
    }
    const { href, told } = live.parts, session = this.#session;
    const traveller = { ...this.#traveller, origin: new URL(href).origin, told, session };
    this.#navigation ??= new Navigation(
      traveller,
      this.#host,
      this.#connection,
      (id, landing) => this.#land(id, landing),
    );
    await this.#navigation.take(frame);
  }

  // The page is another one from now on. False where the browser has to load it in full.
  async #land(id: number, landing: Landing): Promise<boolean> {
    const from = this.#live, { page, params, values, opened, visit, url } = landing;
    if (from === undefined || from.isOver) return false;
    // Messages that are shown once would be gone when it is loaded.
    const { head } = opened.render;
    if (landing.isFlashShown && mayNeedMore(from.parts.view.shown?.render.head, head)) return false;
    const lastCall = () => Math.max(this.#last ?? 0, from.parts.former?.last ?? 0);
    const { view, token, ticket, former, seen } = await land(landing, from.parts, lastCall, this.#host);
    if (this.#live !== from || from.isOver || !this.#connection.open) {
      view.end();
      return false;
    }
    const path = `${url.pathname}${url.search}`, name = visit.slice(0, VISIT_LETTERS);
    const operations = from.operationsTo(opened);
    this.#connection.send(["page", id, `${path}${url.hash}`, token, name, operations, ticket]);
    const { href } = new URL(path, url), sealedAt = this.#host.clock.now();
    const { session, told } = from.parts, { identity, user } = seen;
    this.#moveTo(
      { visit, session, identity, user, sealedAt, former, page, href, params, values, told, view },
      from,
      id,
    );
    return true;
  }

  #forgetBefore(): void {
    this.#before?.cancel();
    this.#before = undefined;
  }

  #moveTo(parts: LivePageParts, from: LivePage, id: number): void {
    const { visits, limits, clock } = this.#host;
    if (visits.get(from.parts.visit) === this) visits.delete(from.parts.visit);
    visits.set(parts.visit, this);
    const live = this.#live = new LivePage(parts, this.#host, this.#connection);
    live.attach();
    live.join(); // before the other is left: who is on a topic of both does not come and go
    from.leave();
    // A page that is only passed through is not where a person calls something.
    const left = this.#before?.isShown === false ? this.#before.live : from;
    this.#forgetBefore();
    const cancel = clock.after(limits.oldOffers, () => this.#before = undefined);
    this.#before = { live: left, id, isShown: false, cancel };
    live.doubt(); // a call may have written what was rendered a moment ago
  }

  // The caller of frame() hears of what goes wrong; the next in line does not.
  #inTurn(run: () => Promise<void>): Promise<void> {
    return this.#queue = this.#queue === undefined ? run() : this.#queue.then(run, run);
  }

  async #call(live: LivePage, frame: CallFrame, text: string, came: number): Promise<void> {
    try {
      // Where the socket has gone, the frame comes again on another.
      if (this.#live !== undefined) await this.#carryOut(live, frame, text, came);
    } finally {
      if (--this.#waiting === 0) this.#queue = undefined;
      this.#host.pending.leave(this.#session);
    }
  }

  #carryOut(live: LivePage, frame: CallFrame, text: string, came: number): Promise<unknown> {
    const { watch } = this.#host, hash = hashFrame(text);
    return watch === undefined
      ? this.#run(live, frame, hash)
      : this.#watched(watch.begin(this.#taskOf(live, frame, text, came)), () => this.#run(live, frame, hash));
  }

  #taskOf(live: LivePage, [, n, , target, , element]: CallFrame, text: string, came: number): Task {
    return {
      kind: "reflex",
      target,
      isKnown: this.#host.registry.find(target) !== undefined,
      n,
      visit: live.parts.visit.slice(0, 6),
      came,
      up: new TextEncoder().encode(text).length,
      isQuiet: element?.q === true, // by its element: data-reflex-suppress-logging
    };
  }

  async #watched(work: Work, run: () => Promise<string>): Promise<void> {
    this.#work = work;
    let outcome = "unavailable";
    try {
      work.enter("check");
      outcome = await run();
    } finally {
      this.#work = undefined;
      work.end(outcome);
    }
  }

  // What became of it, in a word for the log: how it was shown, or the code of its error.
  async #run(live: LivePage, frame: CallFrame, hash: string): Promise<string> {
    const { visit } = live.parts;
    try {
      return await this.#host.retries.run(
        this.#session,
        visit,
        (seen, since) => this.#try(live, frame, hash, seen, since),
      );
    } catch (error) {
      const what = `the call ${frame[3]} could not be carried out`;
      if (!(error instanceof WireError)) live.doubt();
      this.#connection.send(
        error instanceof WireError
          ? errorFrame(frame[1], error, what, this.#host)
          : this.#unavailable(frame[1], what, error),
      );
      return error instanceof WireError ? error.code : "unavailable";
    }
  }

  // Once, on what was read. `undefined`: somebody else was quicker, and nothing has happened.
  async #try(
    live: LivePage,
    frame: CallFrame,
    hash: string,
    seen: Snapshot,
    since: number,
  ): Promise<string | undefined> {
    const [, n] = frame, { former } = live.parts;
    if (seen.endedAt !== undefined || seen.identity !== live.parts.identity) {
      this.#connection.send(["error", n, "stale", "The session has changed; the page is loaded again."]);
      this.#resync("identity", live);
      return "stale";
    }
    if (former !== undefined && n <= former.last) {
      const { text, ticket, became } = await answerFormer(
        frame,
        hash,
        former,
        live.parts.session,
        this.#host,
      );
      this.#connection.sendText(text);
      this.#lead(live, ticket, undefined);
      return became;
    }
    if (isForgotten(seen, live.parts.sealedAt)) {
      this.#resync("forgotten", live);
      throw new WireError("expired");
    }
    if (n <= seen.visit.last) {
      return await this.#again(live, frame, hash, seen, since);
    }
    if (live.parts.view.shown === undefined) await live.base(seen);
    if (frame[3] === Attribute.check) return await this.#askForm(live, frame, seen);
    const call: CheckedCall = { frame, hash, resolved: this.#check(live, frame), from: live.parts, live };
    const running = within(this.#work, "run", () => runCall(call, seen, this.#host));
    const ran = running instanceof Promise ? await running : running;
    const done = await within(this.#work, "commit", () => commitCall(call, seen, ran, this.#host));
    if (done === undefined) return undefined;
    const { result, committed } = done;
    try {
      await this.#tell(live, call, result, seen, committed, since);
    } finally {
      if (result.after.length > 0) {
        this.#host.pending.follow(finish(result.after, frame, live.parts, this.#host));
      }
    }
    return result.frame[0] === "error" ? result.frame[2] : result.showing.mode;
  }

  // Nothing is done, so that nothing has to be kept of it: where it comes again, it is asked again.
  async #askForm(live: LivePage, frame: CallFrame, seen: Snapshot): Promise<string> {
    const [, n, , , args = [], element = {}] = frame;
    this.#check(live, frame);
    const target = checkedTarget(args), resolved = this.#host.registry.find(target);
    const form = formOf(target, element, (isOffered) => live.offers(isOffered));
    if (resolved === undefined || form === undefined) throw new WireError("stale");
    let fields: Record<string, string>;
    try {
      fields = await askSchema(resolved, element, this.#host);
    } catch (error) {
      const frame = errorFrame(n, error, `the schema of ${target} failed`, this.#host);
      this.#connection.send(frame);
      return String(frame[2]);
    }
    const work = this.#work;
    if (noteErrors(live.parts.view, form, fields)) await live.show(seen, { outcome: [n], work });
    else this.#connection.send(["done", n]);
    return "check";
  }

  // What was wrong with a bound form stands at its fields; nothing stands there after it went well.
  #noteForm(live: LivePage, [, , , target, , element]: CallFrame, frame: ServerFrame): boolean {
    const { view } = live.parts;
    const isInvalid = frame[0] === "error" && frame[2] === "invalid";
    if (!isInvalid && (frame[0] === "error" || view.errors.size === 0)) return false;
    const form = formOf(target, element, (isOffered) => live.offers(isOffered));
    if (form === undefined) return false;
    return noteErrors(view, form, isInvalid ? sentencesOf(frame[4], frame[3] ?? "") : {});
  }

  #tell(
    live: LivePage,
    call: CheckedCall,
    { reflex, value, topics, change, showing, pieces, said, frame }: CallResult,
    seen: Snapshot,
    committed: Snapshot,
    since: number,
  ): void | Promise<void> {
    const { view } = live.parts, [, n, , target, args = [], element] = call.frame, work = this.#work;
    const isNoted = this.#noteForm(live, call.frame, frame);
    if (reflex === undefined) {
      // Only the mark was written: what was shown before is still the truth.
      if (view.state === seen.version) view.state = committed.version;
      const tell = () => this.#connection.send(frame);
      const shown = isNoted ? live.show(committed) : undefined;
      return shown instanceof Promise ? shown.then(tell) : tell();
    }
    // What others have changed is not held back, nor what is no longer wrong with a form.
    const ids = view.isBehind || isNoted ? undefined : element?.r;
    // The commit has made sure of a session that the call has read; of another it knows what it was before.
    const isSure = change.read || this.#host.topics.now === since;
    for (const topic of topics) {
      this.#host.causes?.note(topic, target);
      this.#host.topics.publish(topic);
    }
    const outcome: Outcome = value === undefined ? [n] : [n, value];
    const roots = ids === undefined ? undefined : {
      roots: ids,
      target,
      args: call.resolved.kind === "action" ? undefined : args,
      since: this.#host.topics.now,
    };
    const shown = showing.mode === "page"
      ? live.show(committed, { outcome, reflex, within: roots, pieces, work }, isSure ? undefined : since)
      : live.showPieces(showing.pieces, outcome, pieces, work);
    if (live !== this.#live) this.#live?.doubt(); // the page that is there now may show what it has written
    const { ticket, to, replaces } = change.outcome;
    if (ticket === undefined && to === undefined && said.length === 0) return shown;
    const then = () => {
      for (const { address, told } of said) this.#host.topics.tell(address, told);
      this.#lead(live, ticket, to, replaces);
    };
    return shown instanceof Promise ? shown.then(then) : then();
  }

  // What the browser has to do outside the page. Whoever has gone elsewhere is not led away from there.
  #lead(live: LivePage, ticket: string | undefined, to: string | undefined, replaces = false): void {
    if (ticket !== undefined) this.#live?.lead();
    if (to !== undefined && live === this.#live) {
      this.#connection.send(["go", to, ticket ?? (replaces ? null : undefined), replaces ? 1 : undefined]);
    } else if (ticket !== undefined) this.#connection.send(["ticket", ticket]);
  }

  // A call that was sent again: its outcome is told again, its body does not run.
  async #again(
    live: LivePage,
    frame: CallFrame,
    hash: string,
    seen: Snapshot,
    since: number,
  ): Promise<string> {
    const [, n] = frame;
    const stored = seen.visit.outcomes.find((outcome) => outcome.n === n);
    let became: "again" | "expired" | "replayed" = "again";
    if (stored === undefined || (stored.frame === null && stored.hash === hash)) became = "expired";
    else if (stored.hash !== hash) became = "replayed";
    if (became !== "again") {
      this.#connection.send(errorFrame(n, new WireError(became), "", this.#host));
    } else if (stored !== undefined) {
      this.#connection.sendText(stored.frame!);
      if (stored.operations !== undefined) live.repeat(stored.operations);
      this.#lead(live, stored.ticket, stored.to, stored.replaces);
      await resume(live.parts, seen, this.#host);
      if (stored.to !== undefined) return became;
    }
    if (live.parts.view.state !== seen.version) await live.show(seen, undefined, since);
    return became;
  }

  // Registered, the class's own, and offered by the page: in this order, so that a developer learns the most.
  #check(live: LivePage, frame: CallFrame): Resolved {
    const [, , , target, args = []] = frame;
    const resolved = this.#host.registry.find(target);
    if (resolved === undefined) throw new WireError("unknown_reflex", `There is no reflex ${target}.`);
    if (this.#isOffered(live, frame, resolved)) return resolved;
    this.#resync("offer", live);
    throw new WireError("stale", `The page does not offer ${target}${describe(args)}, or no longer.`);
  }

  #isOffered(live: LivePage, [, , , target, args = []]: CallFrame, { create, kind }: Resolved): boolean {
    if (live.parts.page.options.calls?.includes(create) && kind === "action") return true;
    // Whoever may see the page may load it again; this is less.
    if (target === Attribute.refresh && args.length === 0) return true;
    return live.offers((offers) =>
      kind === "action" ? offers.hasTarget(target) : offers.hasCall(target, args)
    );
  }

  // A page that the browser has left is not what it would load.
  #resync(reason: string, live?: LivePage): void {
    if (live !== undefined && live !== this.#live) return;
    this.#connection.send(["resync", reason]);
  }

  #unavailable(n: number, what: string, error: unknown): ServerFrame {
    this.#host.log.error(what, error);
    return errorFrame(n, new WireError("unavailable"), "", this.#host);
  }
}

// Tells an honest browser's frames apart; whoever makes two of one hash cheats nobody but himself.
function hashFrame(text: string): string {
  let a = 0x811c9dc5, b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return `${a}.${b}`; // in decimals, which V8 writes ten times as fast as base 36
}

function describe(args: readonly Json[]): string {
  if (args.length === 0) return "";
  const text = canonicalJson(args).slice(1, -1);
  return ` with ${text.length > 100 ? `${text.slice(0, 100)}…` : text}`;
}
