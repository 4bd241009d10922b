/**
 * One end of a line: what it owns is the other's to see, and what the other owns is here.
 *
 * @module
 */

import type { Schema } from "../protocol/schema.ts";
import { Caller } from "./caller.ts";
import { Code, echo, errorFrame, type Frame, FrameError, type GroupType } from "./frames.ts";
import type { Groups, SyncPeer } from "./groups.ts";
import { Inbox } from "./inbox.ts";
import { Listeners } from "./listeners.ts";
import { attempt, type Maybe, then } from "./maybe.ts";
import type { AnyMirror } from "./mirror.ts";
import { notRegistered, Owner } from "./owner.ts";
import type { PeerOptions } from "./peer_options.ts";
import { readFrame } from "./read_frame.ts";
import type { Unsubscribe } from "./remote.ts";
import { ListMirror } from "./remote_list.ts";
import { VariableMirror } from "./remote_variable.ts";
import { SyncError } from "./sync_error.ts";
import type { Transport } from "./transport.ts";
import { isForOwner, isOfOwner, isType } from "./verbs.ts";

/** The code with which a line is ended that nobody wants any more. */
const NORMAL = 1000;

/**
 * One end. It lives as long as it is wanted; lines come and go.
 *
 * @example
 * ```ts
 * import { Peer, type PeerOptions, variable } from "@argyle/argyle/socksync";
 * function speak(socket: WebSocket, options: PeerOptions): Peer {
 *   const peer = new Peer(options);
 *   peer.own({ price: variable(42) });
 *   socket.onopen = () =>
 *     peer.open({
 *       send: (text) => socket.send(text),
 *       isBehind: () => false,
 *       close: (code, reason) => socket.close(code, reason),
 *     });
 *   socket.onmessage = ({ data }) => peer.receive(data);
 *   socket.onclose = () => peer.close();
 *   return peer;
 * }
 * ```
 */
export class Peer<Theirs = unknown> implements SyncPeer<Theirs> {
  readonly #options: PeerOptions;
  readonly #owner: Owner;
  readonly #mirrors = new Map<string, AnyMirror>();
  #caller: Caller | undefined;
  #watchers: Listeners<void> | undefined;
  #transport: Transport | undefined;
  #isClosed = false;
  #inbox: Inbox | undefined;

  /** An end that has no line yet: {@linkcode Peer.open}. */
  constructor(options: PeerOptions) {
    this.#options = options;
    const { clock, limits, context, tell, failed, started } = options;
    const means = { clock, limits, context, reader: this, tell, failed, started };
    this.#owner = new Owner(means, options.shared ?? []);
  }

  get isOpen(): boolean {
    return this.#transport !== undefined;
  }

  /** Whether something is held or awaited of the other end, so that silence would be noticed. */
  get isInterested(): boolean {
    return this.#mirrors.size > 0 || this.#caller?.isWaiting === true;
  }

  /**
   * There is a line: what is held of the other end is subscribed to, and asked for.
   *
   * @param first what has to be done before anything is heard; it does not reject
   */
  open(transport: Transport, first?: Promise<void>): void {
    if (this.#isClosed) return transport.close(NORMAL, "");
    this.lost();
    this.#transport = transport;
    this.#inbox = new Inbox(this.#options.limits.buffered, (data) => this.#handle(data));
    if (first !== undefined) this.#inbox.await(first);
    for (const mirror of [...this.#mirrors.values()]) mirror.opened();
    this.#caller?.opened();
    this.#watchers?.tell();
  }

  /** Something has come over the line. */
  receive(data: unknown): void {
    const transport = this.#transport;
    if (this.#inbox?.isBusy === true && this.#isAnswer(data)) return void this.#handle(data);
    if (this.#inbox?.receive(data) !== false) return;
    this.lost(); // nothing of it is looked at any more
    transport?.close(1013, "Too much waits to be looked at.");
  }

  /** The line is gone. */
  lost(): void {
    if (!this.isOpen) return;
    this.#transport = undefined;
    this.#inbox?.end();
    this.#inbox = undefined;
    this.#owner.lost();
    for (const mirror of [...this.#mirrors.values()]) mirror.lost();
    this.#caller?.lost();
    this.#watchers?.tell();
  }

  variable: SyncPeer<Theirs>["variable"] = (name, { schema } = {}) => {
    const make = () => new VariableMirror(name, this.#means(), schema as Schema | undefined);
    return this.#mirror("var", name, make) as never;
  };

  list: SyncPeer<Theirs>["list"] = (name, options = {}) => {
    const { pageSize } = options, given = options as { page?: number; pageSize?: number; schema?: Schema };
    const make = () => new ListMirror(name, this.#means(), given);
    const list = this.#mirror("list", name, make) as ListMirror<unknown>;
    if (pageSize === undefined || list.wantedSize === pageSize) return list as never;
    throw new TypeError(
      `Cannot show ${
        JSON.stringify(name)
      } with ${pageSize} items a page: it is here with ${list.wantedSize}.`,
    );
  };

  function: SyncPeer<Theirs>["function"] = (name, { output } = {}) => {
    return this.#calls().function(name, output as Schema | undefined) as never;
  };

  own(groups: Groups): void {
    this.#owner.add(groups);
  }

  watch(listener: () => void): Unsubscribe {
    this.#watchers ??= new Listeners((error) => this.#options.failed("a listener of a peer failed", error));
    return this.#watchers.add(listener);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const transport = this.#transport;
    this.lost();
    for (const mirror of this.#mirrors.values()) mirror.forget(closed());
    this.#mirrors.clear();
    this.#calls().end();
    this.#watchers?.clear();
    transport?.close(NORMAL, "");
    this.#options.ended?.();
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Sends text that is a frame. */
  send(text: string): void {
    this.#transport?.send(text);
  }

  /** Whether the other end is so far behind that nothing is sent that can wait; then `whenRead` is called once. */
  isBehind(whenRead: () => void): boolean {
    return this.#transport?.isBehind(whenRead) ?? false;
  }

  /** What the other end sees cannot be shown to it now. */
  failed(type: "list", name: string): void {
    this.send(errorFrame(Code.other, `${name} cannot be shown now.`, { type, name }));
  }

  // What this end is asked may wait for what this end has asked: that does not wait in its turn.
  #isAnswer(data: unknown): boolean {
    if (this.#mirrors.size === 0 && this.#caller === undefined) return false;
    const frame = attempt(() => readFrame(data, this.#options.limits.depth));
    if (frame instanceof Promise || "error" in frame) return false; // it is told so in its turn
    const { func, type, name } = frame.value;
    return func === "error" ||
      isType(type) && isOfOwner(type, func) && this.#isHeld(type, name);
  }

  #handle(data: unknown): Maybe<void> {
    let frame: Frame | undefined;
    const done = attempt(() => {
      frame = readFrame(data, this.#options.limits.depth);
      return this.#dispatch(frame);
    });
    return then(done, (outcome) => {
      if (!("error" in outcome)) return;
      const { error } = outcome;
      if (error instanceof FrameError) return this.send(errorFrame(error.code, error.message, frame));
      this.send(errorFrame(Code.other, this.#options.tell(error, echo(frame?.["name"])), frame));
    });
  }

  // In the order in which the protocol checks.
  #dispatch(frame: Frame): Maybe<void> {
    const { func, type, name } = frame;
    if (func === undefined) throw new FrameError(Code.func, "func is required.");
    if (func === "error") return this.#hearError(frame);
    if (func === "unsubscribe_all") return this.#owner.unsubscribeAll();
    if (type === undefined) throw new FrameError(Code.type, "type is required.");
    if (name === undefined) throw new FrameError(Code.name, "name is required.");
    if (!isType(type)) throw new FrameError(Code.type, `${echo(type)} is not a valid type.`);
    const isTheirs = isOfOwner(type, func) && this.#isHeld(type, name);
    if (isTheirs) return this.#hearOwner(type, frame);
    const inbox = this.#inbox;
    return then(this.#owner.find(type, name), (group) => {
      if (this.#inbox !== inbox) return; // it was of another line
      if (group === undefined && !this.#isHeld(type, name)) throw notRegistered(name);
      if (group === undefined || !isForOwner(type, func)) {
        throw new FrameError(Code.func, `${echo(func)} is not valid for this group.`);
      }
      return this.#owner.handle(group, type, frame);
    });
  }

  #hearOwner(type: GroupType, frame: Frame): void {
    if (type === "function") return this.#caller!.returned(frame);
    this.#mirrors.get(keyOf(type, frame["name"] as string))!.handle(frame);
  }

  #hearError({ type, name, id, error_code, message }: Frame): void {
    const isCode = typeof error_code === "number" || typeof error_code === "string";
    const code = isCode && Number.isInteger(Number(error_code)) ? Number(error_code) : Code.other;
    const text = typeof message === "string" ? message : "The other end has answered with an error.";
    if (id !== undefined && this.#caller?.refused(id, code, text)) return;
    if (type === "function" && id === undefined) return this.#caller?.refusedFunction(name, code, text);
    if (typeof type === "string" && typeof name === "string") {
      this.#mirrors.get(keyOf(type, name))?.refused(code, text);
    }
  }

  #isHeld(type: GroupType, name: unknown): boolean {
    if (typeof name !== "string") return false;
    return type === "function" ? this.#caller?.has(name) === true : this.#mirrors.has(keyOf(type, name));
  }

  #mirror(type: "var" | "list", name: string, make: () => AnyMirror): AnyMirror {
    const key = keyOf(type, name), known = this.#mirrors.get(key);
    if (known !== undefined) return known;
    const mirror = make();
    if (this.#isClosed) mirror.forget(closed());
    else this.#mirrors.set(key, mirror);
    if (this.isOpen) mirror.opened();
    return mirror;
  }

  #means() {
    const { clock, failed } = this.#options;
    return {
      clock,
      failed,
      isOpen: () => this.isOpen,
      send: (frame: Frame) => this.send(this.#write(frame)),
      drop: (mirror: AnyMirror) => {
        const key = keyOf(mirror.type, mirror.name);
        if (this.#mirrors.get(key) === mirror) this.#mirrors.delete(key);
      },
    };
  }

  #calls(): Caller {
    return this.#caller ??= new Caller({
      clock: this.#options.clock,
      most: this.#options.limits.syncCalls,
      isOpen: () => this.isOpen,
      write: (frame) => this.#write(frame),
      send: (text) => this.send(text),
    });
  }

  #write(frame: Frame): string {
    const text = JSON.stringify(frame), { longest = Infinity } = this.#options;
    if (text.length > longest) {
      throw new SyncError(
        "invalid",
        `A frame has at most ${longest} characters; this one has ${text.length}.`,
      );
    }
    return text;
  }
}

function closed(): SyncError {
  return new SyncError("disconnected", "The peer was closed.");
}

function keyOf(type: string, name: string): string {
  return `${type}\n${name}`;
}
