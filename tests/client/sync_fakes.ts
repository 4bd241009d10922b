/**
 * Sockets, time, chance and a window for the line of a SockSync peer, turned by hand.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { SyncEnvironment, SyncHandshake, SyncSocket } from "../../client/sync_environment.ts";
import { FakeClock } from "../../testing/fake_clock.ts";

/** A socket whose other end is the test. */
export class FakeSyncSocket implements SyncSocket {
  onopen: SyncSocket["onopen"] = null;
  onmessage: SyncSocket["onmessage"] = null;
  onclose: SyncSocket["onclose"] = null;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  /** How it was closed by us. */
  closed: readonly [code: number | undefined, reason: string | undefined] | undefined;

  constructor(readonly url: string, readonly handshake: SyncHandshake) {}

  send(text: string): void {
    this.sent.push(text);
  }

  close(code?: number, reason?: string): void {
    this.closed = [code, reason];
  }

  /** The handshake succeeds. */
  open(): void {
    this.onopen?.();
  }

  /** A frame arrives. */
  say(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** The other end, or the network, goes away. */
  fail(code: number, reason = ""): void {
    this.onclose?.({ code, reason });
  }

  /** What was sent since the last look. */
  take(): Record<string, unknown>[] {
    return this.sent.splice(0).map((text) => JSON.parse(text));
  }
}

/** A clock that can be set, as people set theirs: what waits is not moved by that. */
export class SetClock extends FakeClock {
  /** Milliseconds by which it is set. */
  set = 0;

  override now(): number {
    return super.now() + this.set;
  }
}

/** An environment in which nothing happens by itself. */
export class FakeSyncEnvironment implements SyncEnvironment {
  readonly clock = new SetClock();
  readonly sockets: FakeSyncSocket[] = [];
  readonly listeners: { type: string; run: (event: { persisted?: boolean }) => void }[] = [];
  base: string | undefined = "https://shop.test/app/orders?page=2#top";
  chance = 0.5;
  hidden = false;
  /** What the constructor of a socket throws. */
  refusal: Error | undefined;

  readonly random = (): number => this.chance;

  readonly isHidden = (): boolean => this.hidden;

  readonly connect = (url: string, handshake: SyncHandshake): FakeSyncSocket => {
    if (this.refusal) throw this.refusal;
    const socket = new FakeSyncSocket(url, handshake);
    this.sockets.push(socket);
    return socket;
  };

  readonly listen: SyncEnvironment["listen"] = (type, run) => {
    const listener = { type, run };
    this.listeners.push(listener);
    return () => {
      const at = this.listeners.indexOf(listener);
      if (at >= 0) this.listeners.splice(at, 1);
    };
  };

  /** The window tells. */
  tell(type: string, event: { persisted?: boolean } = {}): void {
    for (const { run } of this.listeners.filter((listener) => listener.type === type)) run(event);
  }

  /** The newest socket. */
  get socket(): FakeSyncSocket {
    return this.sockets.at(-1)!;
  }

  /** Milliseconds until there is one socket more, found by turning the clock; `undefined` after ten minutes. */
  nextAttempt(step = 50): number | undefined {
    const before = this.sockets.length;
    for (let waited = 0; waited < 600_000;) {
      this.clock.turn(step);
      waited += step;
      if (this.sockets.length > before) return waited;
    }
  }
}

/** Lets everything happen that needs no time. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
