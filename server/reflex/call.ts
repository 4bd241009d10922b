/**
 * One call, from its frame to its commit.
 *
 * @module
 */

import { errorSentences, WireError } from "../../protocol/errors.ts";
import { writeFrame } from "../../protocol/codec.ts";
import type { CallFrame, ElementData, Json, ServerFrame } from "../../protocol/frames.ts";
import { addressOf, type ReflexAudience, sessionAddress } from "../bus/audience.ts";
import type { Notice } from "../bus/notice.ts";
import type { Piece, Told } from "../bus/told.ts";
import { Topic } from "../bus/topic.ts";
import type { ContextValues } from "../http/context.ts";
import { FieldsLogger, type Logger, makeReference } from "../observe.ts";
import type { Html } from "../page/html.ts";
import type { Page, Untyped } from "../page/page.ts";
import { type Operations, ops } from "../operations/operations.ts";
import type { NewCookie } from "../http/cookie.ts";
import { jsonText } from "../session/json_text.ts";
import type { Flash, FlashPlace } from "../session/flash.ts";
import type { Change, Snapshot } from "../session/records.ts";
import { RecordTooLarge } from "../session/records.ts";
import { unpackHeaders } from "../socket/told_headers.ts";
import { ElementReader, FormReader, implicitInput } from "./element.ts";
import type { Host } from "./host.ts";
import { leadOf, type LeadOptions, type OtherQuery } from "./leading.ts";
import type { CallContext, Reflex } from "./reflex.ts";
import { Effects, type Said } from "./effects.ts";
import { Showing } from "./showing.ts";
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
    session: string;
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
  /** What the caller's page is to do behind what shows it. */
  readonly pieces: readonly Piece[];
  /** What others are told, by where they hear it. */
  readonly said: readonly Said[];
  /** What is to be done when it is committed. */
  readonly after: readonly (() => void | Promise<void>)[];
  /** The outcome as a frame. */
  readonly frame: ServerFrame;
  /** What was thrown, where the call failed. */
  readonly error?: unknown;
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
      ? ran.then((ran) => settle(ran, call, drafts, effects, host))
      : settle(ran, call, drafts, effects, host);
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
  host: Host,
): CallResult | Promise<CallResult> {
  const topics = effects.settle();
  return topics instanceof Promise
    ? topics.then((topics) => result(ran, topics, call, drafts, effects, host))
    : result(ran, topics, call, drafts, effects, host);
}

function result(
  { reflex, value }: Ran,
  topics: readonly string[],
  { frame: [, n, acknowledged, target], hash, from: { page } }: CheckedCall,
  drafts: Drafts,
  { ticket, showing, flash: added, after, operations, said = nobody }: Effects,
  { limits, writer, channel }: Host,
): CallResult {
  const json = value === undefined ? undefined : resultJson(value, target, limits.outcome);
  const frame: ServerFrame = ["done", n, json];
  const told = operations === undefined || operations.length === 0
    ? undefined
    : writer.write(operations, page.path);
  const outcome = {
    n,
    hash,
    frame: writeFrame(frame),
    ticket: ticket?.id,
    to: showing.to,
    ...(showing.replaces ? { replaces: true } : {}),
    // More than an outcome may have is done once or, where its frame is lost, not at all.
    operations: told !== undefined && told.text.length <= limits.outcome ? told.text : undefined,
  };
  const { read, values, state } = drafts.changes();
  const flash = { added, place: placeOf(showing, ticket) };
  const publication = channel.publication(noticesOf(topics, said));
  const change = { read, values, state, outcome, flash, acknowledged, ticket, publication };
  return {
    change,
    reflex,
    value: json,
    topics,
    showing,
    pieces: told?.pieces ?? noPieces,
    said,
    after,
    frame,
  };
}

function noticesOf(topics: readonly string[], said: readonly Said[]): Notice[] {
  return [
    ...topics.map((topic) => ["changed", topic] as const),
    ...said.map(({ address, told }) => ["told", address, told] as const),
  ];
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
  readonly #host: Pick<Host, "renderer" | "writer" | "limits" | "log">;
  #element: ElementReader | undefined;
  #fields: FormReader | undefined;
  #url: URL | undefined;

  constructor(
    call: CheckedCall,
    user: string | undefined,
    drafts: Drafts,
    effects: Effects,
    deadline: Deadline,
    host: Pick<Host, "renderer" | "writer" | "limits" | "log">,
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

  get sessionId(): string {
    return this.#call.from.session;
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

  push(operations: Operations): void {
    if (this.#deadline.passed !== undefined) throw this.#deadline.passed;
    const { pieces } = this.#write(operations);
    if (pieces.length > 0) this.#call.live.push(pieces);
  }

  get ops(): Operations {
    return this.#effects.operations ??= ops();
  }

  broadcast(audience: ReflexAudience, operations: Operations): void {
    const { session } = this.#call.from;
    const address = audience === "session" ? sessionAddress(session) : addressOf(audience);
    const told = this.#write(operations);
    this.#effects.tell(address, told, audience instanceof Topic ? audience : undefined);
  }

  // Now, so that what cannot be rendered fails the call where it is written.
  #write(operations: Operations): Told {
    return this.#host.writer.write(operations, this.#call.from.page.path);
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

  redirect(to: string | OtherQuery, { replace = false }: LeadOptions): void {
    const { showing } = this.#effects, location = leadOf(to, this.url);
    showing.choose("redirect", `redirect to ${location}`);
    showing.to = location;
    showing.replaces = replace === true;
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
    pieces: noPieces,
    said: nobody,
    showing: new Showing(),
    after: nothing,
    frame,
    error,
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

const none: readonly string[] = [];
const nothing: CallResult["after"] = [];
const noPieces: readonly Piece[] = [];
const nobody: readonly Said[] = [];

function changed({ value, before }: { value: Untyped; before?: string }, what: string): string | undefined {
  if (before === undefined) return undefined;
  const after = jsonText(value, what);
  return after === before ? undefined : after;
}
