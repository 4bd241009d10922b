/**
 * Somebody who speaks to an endpoint of events.
 *
 * @module
 */

import { App } from "@argyle/argyle";
import { FakeClock } from "@argyle/argyle/testing";
import type { AnyApp, AppOptions, Listening } from "@argyle/argyle/types";
import { type Asking, EndpointPeer } from "./endpoint.ts";
import { MemoryLog } from "./peer.ts";

/** An app with a clock that is turned by hand, and a log that is read. */
export interface EventsWorld extends AsyncDisposable {
  readonly app: App;
  readonly clock: FakeClock;
  readonly log: MemoryLog;
}

/** Makes an app that a test adds endpoints to. */
export function makeWorld(options: AppOptions = {}): EventsWorld {
  const clock = new FakeClock(), log = new MemoryLog();
  const app = new App({ clock, log, ...options });
  return { app, clock, log, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

/** A peer that speaks JSON. */
export class EventsPeer implements AsyncDisposable {
  readonly peer: EndpointPeer;

  private constructor(peer: EndpointPeer) {
    this.peer = peer;
  }

  /** Connects: over the network to what listens, to an app without one. */
  static async open(to: AnyApp | Listening, asking: Asking = {}): Promise<EventsPeer> {
    return new EventsPeer(
      "url" in to ? await EndpointPeer.connect(to, asking) : await EndpointPeer.inMemory(to, asking),
    );
  }

  /** Sends something. */
  send(message: unknown): void {
    this.peer.send(JSON.stringify(message));
  }

  /** Sends something, and gets what comes next. */
  async say(message: unknown): Promise<unknown> {
    this.send(message);
    return await this.next();
  }

  /** What comes next. */
  async next(): Promise<unknown> {
    return JSON.parse(await this.peer.next());
  }

  /** Nothing more has come until now. */
  async quiet(): Promise<void> {
    const id = `quiet ${crypto.randomUUID()}`, answer = await this.say({ type: "$quiet", id });
    if ((answer as { id?: unknown }).id !== id) throw new Error(`There is more: ${JSON.stringify(answer)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer[Symbol.asyncDispose]();
  }
}
