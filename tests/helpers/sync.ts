/**
 * The other end of an endpoint of SockSync: the engine over a socket of {@linkcode EndpointPeer}, or frames by hand.
 *
 * @module
 */

import assert from "node:assert/strict";
import { defaultLimits, systemClock } from "@argyle/argyle/protocol";
import { type Groups, Peer, type SyncPeer } from "@argyle/argyle/socksync";
import type { AnyApp } from "@argyle/argyle/types";
import { type Asking, EndpointPeer } from "./endpoint.ts";

/** A frame, as a test writes or reads it. */
export type Frame = Record<string, unknown>;

/** Whom a peer connects to: a server, or an app without one. */
type Server = { readonly url: string } | Pick<AnyApp, "fetch">;

async function open(server: Server, asking: Asking): Promise<EndpointPeer> {
  return "url" in server
    ? await EndpointPeer.connect(server, asking)
    : await EndpointPeer.inMemory(server, asking);
}

/** Frames by hand. Leaving its scope closes the socket. */
export class Hand implements AsyncDisposable {
  readonly socket: EndpointPeer;

  private constructor(socket: EndpointPeer) {
    this.socket = socket;
  }

  static async open(server: Server, asking: Asking = {}): Promise<Hand> {
    return new Hand(await open(server, asking));
  }

  send(...frames: readonly Frame[]): void {
    for (const frame of frames) this.socket.send(JSON.stringify(frame));
  }

  /** The next frame. */
  async next(): Promise<Frame> {
    return JSON.parse(await this.socket.next());
  }

  /** Sends a frame, and gets what comes next. */
  async ask(frame: Frame): Promise<Frame> {
    this.send(frame);
    return await this.next();
  }

  /** Subscribes to groups, by their types and names. */
  subscribe(groups: Readonly<Record<string, "var" | "list" | "function">>): void {
    for (const [name, type] of Object.entries(groups)) this.send({ func: "subscribe", type, name });
  }

  /** Subscribes to a function, and calls it. */
  async call(name: string, args: Frame = {}, id: unknown = 1): Promise<Frame> {
    this.subscribe({ [name]: "function" });
    return await this.ask({ func: "call", type: "function", name, id, args });
  }

  /** Nothing has come that was not read: frames are answered in their order. */
  async quiet(): Promise<void> {
    assert.deepEqual(await this.ask({}), { func: "error", error_code: 1, message: "func is required." });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.socket[Symbol.asyncDispose]();
  }
}

/** The engine, with what it was told. Leaving its scope closes the socket. */
export class End implements AsyncDisposable {
  readonly peer: Peer;
  /** Every frame that came, as it came. */
  readonly texts: string[] = [];
  readonly #socket: EndpointPeer;
  readonly #pumping: Promise<void>;

  private constructor(socket: EndpointPeer, groups: Groups) {
    this.#socket = socket;
    this.peer = new Peer({
      clock: systemClock,
      limits: defaultLimits,
      context: { user: undefined, get: () => assert.fail("Nothing is set here.") },
      tell: (error) => error instanceof Error ? error.message : String(error),
      failed: (what, error) => assert.fail(`${what}: ${error}`),
    });
    this.peer.own(groups);
    this.peer.open({ send: (text) => socket.send(text), isBehind: () => false, close: () => {} });
    this.#pumping = this.#pump();
  }

  static async open(server: Server, asking: Asking = {}, groups: Groups = {}): Promise<End> {
    return new End(await open(server, asking), groups);
  }

  /** What it is to whoever uses it. */
  get sync(): SyncPeer {
    return this.peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.peer.close();
    await this.#socket[Symbol.asyncDispose]();
    await this.#pumping;
  }

  async #pump(): Promise<void> {
    for (;;) {
      let text: string;
      try {
        text = await this.#socket.next();
      } catch {
        return this.peer.lost(); // the socket is closed
      }
      this.texts.push(text);
      this.peer.receive(text);
    }
  }
}

/** Waits for something that happens soon, or the test ends. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 0));
}
