/**
 * One call, from its frame to its commit.
 *
 * @module
 */

import { errorSentences, WireError } from "../../protocol/errors.ts";
import { writeFrame } from "../../protocol/codec.ts";
import type { CallFrame, ElementData, Json, ServerFrame } from "../../protocol/frames.ts";
import type { Topic } from "../bus/topic.ts";
import type { ContextValues } from "../http/context.ts";
import { FieldsLogger, type Logger } from "../observe.ts";
import type { Html } from "../page/html.ts";
import type { Page, Untyped } from "../page/page.ts";
import type { NewCookie } from "../http/cookie.ts";
import { locationOf } from "../http/redirect.ts";
import { jsonText } from "../session/json_text.ts";
import { type Flash, type FlashPlace, noFlash } from "../session/flash.ts";
import type { Change, Snapshot } from "../session/records.ts";
import { RecordTooLarge } from "../session/records.ts";
import { unpackHeaders } from "../socket/told_headers.ts";
import { ElementReader, FormReader, implicitInput } from "./element.ts";
import type { Host } from "./host.ts";
import type { CallContext, Reflex } from "./reflex.ts";
import { type PushOperation, pushPiece } from "./push.ts";
import { type Piece, Showing } from "./showing.ts";
import { type Deadline, peerError, type Ran, type Resolved, run } from "./run.ts";

/** A call that has passed its checks. */
export interface CheckedCall {
  /** The frame. */
  readonly frame: CallFrame;
  /** Of the frame's text. */
  readonly hash: string;
  /** What it runs. */
  readonly resolved: Resolved;
  /** The live page that it came from. */
  readonly from: {
    values: ContextValues;
    visit: string;
    page: Page;
    href: string;
    params: Record<string, string>;
    told: string;
  };
  /** The live page itself, for what is shown before the call is over. */
  readonly live: { push(pieces: readonly Piece[]): void };
}

/** What a call came to: what is to be kept of it, and what the caller is told. */
export interface CallResult {
  /** To be committed. */
  readonly change: Change;
  /** The instance, for the render that follows; `undefined` where the call failed. */
  readonly reflex: Reflex | undefined;
  /** What it returned. */
  readonly value: Json | undefined;
  /** The topics that it has published. */
  readonly topics: readonly string[];
  /** What is shown of it. */
  readonly showing: Showing;
  /** What is to be done when it is committed. */
  readonly after: readonly (() => void | Promise<void>)[];
  /** The outcome as a frame. */
  readonly frame: ServerFrame;
}

/**
 * Runs the body of a call on a snapshot. Nothing is committed here, and a failure is a result like another: it has an
 * outcome that must be told, also when the frame comes again. Nothing is awaited that is there already.
 */
export function runCall(call: CheckedCall, seen: Snapshot, host: Host): CallResult | Promise<CallResult> {
  const values = host.values.read(seen.values);
  return values instanceof Promise
    ? values.then((values) => runOn(values, call, seen, host))
    : runOn(values, call, seen, host);
}

function runOn(
  values: Untyped,
  call: CheckedCall,
  seen: Snapshot,
  host: Host,
): CallResult | Promise<CallResult> {
  const drafts = new Drafts(values, visitState(seen, call.from.page));
  const effects = new Effects(seen.user, call.from.values);
  const [, , , target, args = [], element = {}] = call.frame;
  const makeContext = (deadline: Deadline) => new OneCall(call, seen.user, drafts, effects, deadline, host);
  const late = (error: unknown) => host.log.error("a reflex failed after its deadline", error, { target });
  try {
    const input = call.resolved.kind === "method"
      ? args
      : actionInput(target, args, element, host.limits.depth);
    const called = { name: target, args };
    const ran = run(call.resolved, input, called, makeContext, host.limits, host.clock, late);
    const result = ran instanceof Promise
      ? ran.then((ran) => settle(ran, call, drafts, effects, host.limits.outcome))
      : settle(ran, call, drafts, effects, host.limits.outcome);
    return result instanceof Promise
      ? result.catch((error) => failedCall(call, error, drafts.read, host))
      : result;
  } catch (error) {
    return failedCall(call, error, drafts.read, host);
  }
}

// The body is done; whether it may publish what it has published need not be.
function settle(
  ran: Ran,
  call: CheckedCall,
  drafts: Drafts,
  effects: Effects,
  limit: number,
): CallResult | Promise<CallResult> {
  const topics = effects.settle();
  return topics instanceof Promise
    ? topics.then((topics) => result(ran, topics, call, drafts, effects, limit))
    : result(ran, topics, call, drafts, effects, limit);
}

function result(
  { reflex, value }: Ran,
  topics: readonly string[],
  { frame: [, n, acknowledged, target], hash }: CheckedCall,
  drafts: Drafts,
  { ticket, showing, flash: added, after }: Effects,
  limit: number,
): CallResult {
  const json = value === undefined ? undefined : resultJson(value, target, limit);
  const frame: ServerFrame = ["done", n, json];
  const outcome = { n, hash, frame: writeFrame(frame), ticket: ticket?.id, to: showing.to };
  const { read, values, state } = drafts.changes();
  const flash = { added, place: placeOf(showing, ticket) };
  const change = { read, values, state, outcome, flash, acknowledged, ticket };
  return { change, reflex, value: json, topics, showing, after, frame };
}

// Who logs in or is led elsewhere sees another page next.
function placeOf({ mode }: Showing, ticket: Change["ticket"]): FlashPlace {
  if (mode === "redirect" || ticket?.user !== undefined) return "next page";
  return mode === "page" ? "now" : "next render";
}

function resultJson(value: unknown, target: string, limit: number): Json {
  const text = jsonText(value, `the result of ${target}`);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > limit) throw new RecordTooLarge(`result of ${target}`, bytes, limit);
  return JSON.parse(text) as Json;
}

/** What a body may ask for. It is a class: an object with getters of its own takes twenty times as long to make. */
class OneCall implements CallContext {
  readonly n: number;
  readonly user: string | undefined;
  readonly get: CallContext["get"];
  readonly #call: CheckedCall;
  readonly #drafts: Drafts;
  readonly #effects: Effects;
  readonly #deadline: Deadline;
  readonly #host: Pick<Host, "renderer" | "limits" | "log">;
  #element: ElementReader | undefined;
  #fields: FormReader | undefined;
  #url: URL | undefined;

  constructor(
    call: CheckedCall,
    user: string | undefined,
    drafts: Drafts,
    effects: Effects,
    deadline: Deadline,
    host: Pick<Host, "renderer" | "limits" | "log">,
  ) {
    this.n = call.frame[1];
    this.user = user;
    this.get = call.from.values.get;
    this.#call = call;
    this.#drafts = drafts;
    this.#effects = effects;
    this.#deadline = deadline;
    this.#host = host;
  }

  get id(): string {
    return `${this.#call.from.visit}.${this.n}`;
  }

  get element(): ElementReader {
    return this.#element ??= new ElementReader(this.#call.frame[5] ?? {});
  }

  get fields(): FormReader {
    return this.#fields ??= new FormReader(this.#call.frame[5] ?? {}, this.#host.limits.depth);
  }

  get url(): URL {
    return this.#url ??= new URL(this.#call.from.href);
  }

  get params(): Readonly<Record<string, string>> {
    return this.#call.from.params;
  }

  get headers(): Headers {
    return unpackHeaders(this.#call.from.told);
  }

  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  session(): Untyped {
    return this.#drafts.session();
  }

  state(): Untyped {
    return this.#drafts.state();
  }

  publish(topic: Topic): void {
    this.#effects.publish(topic);
  }

  renew(user: string | null): void {
    this.#effects.renew(user);
  }

  morph(selector: string, html: Html): void {
    if (typeof selector !== "string" || selector.trim() === "") {
      throw new TypeError("Cannot morph elements: the selector is an empty text.");
    }
    const { showing } = this.#effects, what = `morph ${selector}`;
    showing.choose("selector", what);
    // Now, so that what cannot be rendered fails the call where it is written.
    const { html: text, offers } = this.#host.renderer.renderFragment(this.#call.from.page, html, what);
    showing.add({ operation: ["select", selector, text.toWellFormed()], offers });
  }

  skipRender(): void {
    this.#effects.showing.choose("nothing", "skip the render");
  }

  get path(): string {
    return this.#call.from.page.path;
  }

  get log(): Logger {
    return new FieldsLogger(this.#host.log, { call: this.id, target: this.#call.frame[3] });
  }

  push(operations: readonly PushOperation[]): void {
    if (this.#deadline.passed !== undefined) throw this.#deadline.passed;
    if (operations.length === 0) return;
    const { page } = this.#call.from, { renderer } = this.#host;
    this.#call.live.push(operations.map((operation) => pushPiece(operation, page, renderer)));
  }

  afterCommit(run: () => void | Promise<void>): void {
    this.#effects.after = [...this.#effects.after, run];
  }

  setCookie(cookie: NewCookie): void {
    this.#effects.setCookie(cookie);
  }

  flash(message: Flash): void {
    this.#effects.flash = [...this.#effects.flash, message];
  }

  redirect(to: string): void {
    const { showing } = this.#effects, location = locationOf(to);
    showing.choose("redirect", `redirect to ${location}`);
    showing.to = location;
  }

  undo(): void {
    this.#drafts.undo();
    this.#effects.undo();
  }
}

/**
 * A failure as the result of a call.
 *
 * @param read whether the body had looked at the session before it failed
 */
export function failedCall(call: CheckedCall, error: unknown, read: boolean, host: Host): CallResult {
  const [, n, acknowledged, target] = call.frame;
  const frame = errorFrame(n, error, `the reflex ${target} failed`, host);
  return {
    change: { read, outcome: { n, hash: call.hash, frame: writeFrame(frame) }, acknowledged },
    reflex: undefined,
    value: undefined,
    topics: none,
    showing: new Showing(),
    after: nothing,
    frame,
  };
}

/**
 * An error as a frame. What was not meant for the peer goes to the log whole, and to the peer as a reference.
 *
 * @param what begins the line in the log
 */
export function errorFrame(n: number, error: unknown, what: string, host: Pick<Host, "log">): ServerFrame {
  const known = peerError(error);
  if (known !== undefined) {
    if (known.cause !== undefined) host.log.error(what, known.cause);
    return ["error", n, known.code, known.message, known.fields];
  }
  const reference = makeReference();
  host.log.error(what, error, { reference });
  return ["error", n, "failed", `${errorSentences.failed} (Reference ${reference}.)`];
}

// An action has one input: the argument that the call gave, or what stood around the element.
function actionInput(target: string, args: readonly Json[], element: ElementData, depth: number): unknown {
  if (args.length > 1) {
    throw new WireError("invalid", `${target} takes one argument, and got ${args.length}.`);
  }
  return args.length === 1 ? args[0] : implicitInput(element, depth);
}

/** The state of a visit, a copy of the caller's own. */
export function visitState({ visit: { state } }: Snapshot, page: Page): Untyped {
  if (state === undefined) return page.options.state?.() ?? {};
  return JSON.parse(JSON.stringify(state)) as Untyped; // three times as quick as a structured clone
}

/** The call's own copies of session and state, and whether they were looked at and changed. */
class Drafts {
  readonly #session: { value: Untyped; before?: string };
  readonly #state: { value: Untyped; before?: string };

  constructor(session: Untyped, state: Untyped) {
    this.#session = { value: session };
    this.#state = { value: state };
  }

  /** Whether the session was looked at. */
  get read(): boolean {
    return this.#session.before !== undefined;
  }

  session(): Untyped {
    this.#session.before ??= JSON.stringify(this.#session.value);
    return this.#session.value;
  }

  state(): Untyped {
    this.#state.before ??= JSON.stringify(this.#state.value);
    return this.#state.value;
  }

  /** As if nothing had been written. That it was read counts on: what follows may rest on it. */
  undo(): void {
    for (const draft of [this.#session, this.#state]) {
      if (draft.before !== undefined) draft.value = JSON.parse(draft.before);
    }
  }

  changes(): Pick<Change, "read" | "values" | "state"> {
    const state = changed(this.#state, "state");
    return {
      read: this.read,
      values: changed(this.#session, "session"),
      state: state === undefined ? undefined : JSON.parse(state) as Json,
    };
  }
}

/** What a call does besides writing: it happens when the call is committed, or never. */
class Effects {
  /** A login or logout, and cookies. */
  ticket: Change["ticket"];
  readonly showing: Showing = new Showing();
  /** Messages for the person. */
  flash: readonly Flash[] = noFlash;
  after: CallResult["after"] = nothing;
  readonly #user: string | undefined;
  readonly #values: ContextValues;
  #topics: Map<string, true | Promise<boolean>> | undefined;

  constructor(user: string | undefined, values: ContextValues) {
    this.#user = user;
    this.#values = values;
  }

  /** As if nothing had been done. */
  undo(): void {
    this.ticket = undefined;
    this.#topics = undefined;
    this.showing.undo();
    this.flash = noFlash;
    this.after = nothing;
  }

  /** Notes a login or logout; the last one counts. */
  renew(user: string | null): void {
    this.ticket = { ...this.ticket, id: this.ticket?.id ?? randomId(), user };
  }

  /** Notes a cookie; the last one of its name counts. */
  setCookie(cookie: NewCookie): void {
    const others = this.ticket?.cookies?.filter(({ name, path }) =>
      name !== cookie.name || path !== cookie.path
    );
    this.ticket = { ...this.ticket, id: this.ticket?.id ?? randomId(), cookies: [...others ?? [], cookie] };
  }

  /**
   * Notes that a topic has changed.
   *
   * @throws WireError `forbidden` where this person may not say so
   */
  publish(topic: Topic): void {
    if (this.#topics?.has(topic.name)) return;
    const allowed = topic.allows({ user: this.#user, verb: "publish", get: this.#values.get });
    if (allowed === false) throw new WireError("forbidden");
    if (allowed !== true) allowed.catch(() => {}); // heard of in settle()
    (this.#topics ??= new Map()).set(topic.name, allowed);
  }

  /**
   * The names of the topics.
   *
   * @throws WireError `forbidden` where it has turned out that this person may not
   */
  settle(): readonly string[] | Promise<readonly string[]> {
    if (this.#topics === undefined) return none;
    const names = [...this.#topics.keys()], all = [...this.#topics.values()];
    if (all.every((allowed) => allowed === true)) return names;
    return Promise.all(all).then((answers) => {
      if (!answers.every((allowed) => allowed === true)) throw new WireError("forbidden");
      return names;
    });
  }
}

const none: readonly string[] = [];
const nothing: CallResult["after"] = [];

function changed({ value, before }: { value: Untyped; before?: string }, what: string): string | undefined {
  if (before === undefined) return undefined;
  const after = jsonText(value, what);
  return after === before ? undefined : after;
}

/** A word by which a person's report finds a line of the log. */
export function makeReference(): string {
  return crypto.randomUUID().slice(0, 8);
}

function randomId(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toBase64({ alphabet: "base64url", omitPadding: true });
}
