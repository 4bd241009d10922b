/**
 * What a call does besides writing.
 *
 * @module
 */

import { WireError } from "../../protocol/errors.ts";
import type { Told } from "../bus/told.ts";
import type { Topic } from "../bus/topic.ts";
import type { ContextValues } from "../http/context.ts";
import type { NewCookie } from "../http/cookie.ts";
import { empty, type Operations } from "../operations/operations.ts";
import { type Flash, noFlash } from "../session/flash.ts";
import type { Change } from "../session/records.ts";
import { Showing } from "./showing.ts";

/** Something that pages are told. */
export interface Said {
  /** What they follow. */
  readonly address: string;
  readonly told: Told;
}

/** What a call does besides writing: it happens when the call is committed, or never. */
export class Effects {
  /** A login or logout, and cookies. */
  ticket: Change["ticket"];
  readonly showing: Showing = new Showing();
  /** Messages for the person. */
  flash: readonly Flash[] = noFlash;
  /** What is to be done when it is committed. */
  after: readonly (() => void | Promise<void>)[] = nothing;
  /** What the caller's page is to do. */
  operations: Operations | undefined;
  /** What others are told. */
  said: readonly Said[] | undefined;
  readonly #user: string | undefined;
  readonly #values: ContextValues;
  #topics: Set<string> | undefined;
  #asked: Promise<boolean>[] | undefined;

  constructor(user: string | undefined, values: ContextValues) {
    this.#user = user;
    this.#values = values;
  }

  /** As if nothing had been done. */
  undo(): void {
    this.ticket = undefined;
    this.#topics = undefined;
    this.#asked = undefined;
    this.showing.undo();
    this.flash = noFlash;
    this.after = nothing;
    this.said = undefined;
    if (this.operations !== undefined) empty(this.operations);
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
    this.#ask(topic, "publish");
    (this.#topics ??= new Set()).add(topic.name);
  }

  /**
   * Notes that others are told something.
   *
   * @param topic whose they are, where they are a topic's
   * @throws WireError `forbidden` where this person may not tell them
   */
  tell(address: string, told: Told, topic: Topic | undefined): void {
    if (topic !== undefined) this.#ask(topic, "broadcast");
    this.said = [...this.said ?? [], { address, told }];
  }

  /**
   * The names of the topics that have changed.
   *
   * @throws WireError `forbidden` where it has turned out that this person may not
   */
  settle(): readonly string[] | Promise<readonly string[]> {
    const names = this.#topics === undefined ? none : [...this.#topics];
    if (this.#asked === undefined) return names;
    return Promise.all(this.#asked).then((answers) => {
      if (!answers.every((allowed) => allowed === true)) throw new WireError("forbidden");
      return names;
    });
  }

  #ask(topic: Topic, verb: "publish" | "broadcast"): void {
    const allowed = topic.allows({ user: this.#user, verb, get: this.#values.get });
    if (allowed === false) throw new WireError("forbidden");
    if (allowed === true) return;
    allowed.catch(() => {}); // heard of in settle()
    (this.#asked ??= []).push(allowed);
  }
}

const none: readonly string[] = [];
const nothing: Effects["after"] = [];

function randomId(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toBase64({ alphabet: "base64url", omitPadding: true });
}
