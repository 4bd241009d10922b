/**
 * Peers without sockets: two of them on a line in memory, or one and frames that were written by hand.
 *
 * @module
 */

import { FakeClock } from "@argyle/argyle/testing";
import { defaultLimits } from "../../protocol/limits.ts";
import type { GroupContext } from "../../socksync/group.ts";
import type { Groups } from "../../socksync/groups.ts";
import { Shelf } from "../../socksync/owner.ts";
import { Peer } from "../../socksync/peer.ts";
import type { PeerOptions } from "../../socksync/peer_options.ts";
import type { Transport } from "../../socksync/transport.ts";

/** A frame, as an object. */
export type Said = Record<string, unknown>;

/** What one end sends, on its way. Nothing arrives before `read` is called; where reading is stopped, not even then. */
export class Pipe implements Transport {
  /** All that was ever sent. */
  readonly texts: string[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly #arrive: (text: string) => void;
  #unread: string[] = [];
  #whenRead: (() => void)[] = [];
  #isStopped = false;

  constructor(arrive: (text: string) => void = () => {}) {
    this.#arrive = arrive;
  }

  /** All that was ever sent, as objects. */
  get frames(): Said[] {
    return this.texts.map((text) => JSON.parse(text) as Said);
  }

  /** How many wait to be told that the other end reads again. */
  get waiting(): number {
    return this.#whenRead.length;
  }

  send(text: string): void {
    if (this.closed !== undefined) return;
    this.texts.push(text);
    this.#unread.push(text);
  }

  isBehind(whenRead: () => void): boolean {
    if (!this.#isStopped) return false;
    this.#whenRead.push(whenRead);
    return true;
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }

  /** Lets arrive what has been sent; `false` where there was nothing. */
  read(): boolean {
    if (this.#isStopped || this.#unread.length === 0) return false;
    const unread = this.#unread;
    this.#unread = [];
    for (const text of unread) this.#arrive(text);
    return true;
  }

  /** The other end reads no more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** The other end reads again. */
  resume(): void {
    this.#isStopped = false;
    this.read();
    const whenRead = this.#whenRead;
    this.#whenRead = [];
    for (const call of whenRead) call();
  }

  /** What was sent since this was called last, as objects. */
  take(): Said[] {
    const taken = this.texts.splice(0);
    this.#unread = [];
    return taken.map((text) => JSON.parse(text) as Said);
  }
}

/** What a peer of a test may be given. */
export interface Given {
  readonly clock?: FakeClock;
  readonly shared?: Groups;
  readonly limits?: Partial<PeerOptions["limits"]>;
  readonly context?: GroupContext;
}

/** A peer, and what it has complained of. */
export interface Told {
  readonly peer: Peer;
  readonly clock: FakeClock;
  readonly failures: string[];
}

/** Somebody of whom nothing is known. */
export const nobody: GroupContext = { user: undefined, get: () => undefined as never };

/** Makes a peer that tells errors as they are. */
export function makePeer({ clock = new FakeClock(), shared, limits, context = nobody }: Given = {}): Told {
  const failures: string[] = [], shelf = new Shelf();
  if (shared !== undefined) shelf.add(shared);
  const peer = new Peer({
    clock,
    limits: { ...defaultLimits, ...limits },
    context,
    shared: [shelf],
    tell: (error) => `Told: ${error instanceof Error ? error.message : String(error)}`,
    failed: (what, error) =>
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`),
  });
  return { peer, clock, failures };
}

/** A peer to which frames are said by hand. */
export interface Raw extends Told {
  readonly pipe: Pipe;
  /** Says something, and gives what is answered at once. */
  say(frame: unknown): Said[];
  /** Says a text as it is, and gives the texts that are answered at once. */
  sayText(data: unknown): string[];
}

/** One end alone. */
export function alone(given: Given = {}): Raw {
  const told = makePeer(given), pipe = new Pipe();
  told.peer.open(pipe);
  const sayText = (data: unknown) => {
    pipe.take();
    told.peer.receive(data);
    return [...pipe.texts];
  };
  return {
    ...told,
    pipe,
    sayText,
    say: (frame) => sayText(JSON.stringify(frame)).map((text) => JSON.parse(text) as Said),
  };
}

/** Two ends on one line. */
export class Link {
  readonly a: Peer;
  readonly b: Peer;
  /** What each of them sends. */
  fromA: Pipe;
  fromB: Pipe;

  constructor(a: Peer, b: Peer) {
    this.a = a;
    this.b = b;
    [this.fromA, this.fromB] = this.#open();
  }

  /** Lets everything arrive, until nothing is said any more. */
  run(): void {
    for (let turn = 0;; turn++) {
      const [a, b] = [this.fromA.read(), this.fromB.read()];
      if (!a && !b) return;
      if (turn > 1000) throw new Error("The two do not come to an end.");
    }
  }

  /** Lets everything arrive that is there, or comes without the clock. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3;) {
      await flush();
      const [a, b] = [this.fromA.read(), this.fromB.read()];
      quiet = a || b ? 0 : quiet + 1;
    }
  }

  /** The line is gone, with all that was on its way. */
  cut(): void {
    this.fromA.close(1006, "");
    this.fromB.close(1006, "");
    this.a.lost();
    this.b.lost();
  }

  /** There is another line. */
  again(): void {
    [this.fromA, this.fromB] = this.#open();
  }

  #open(): [Pipe, Pipe] {
    // What arrives late is of a line that is gone.
    const fromA: Pipe = new Pipe((text) => fromA.closed ?? this.b.receive(text));
    const fromB: Pipe = new Pipe((text) => fromB.closed ?? this.a.receive(text));
    this.a.open(fromA);
    this.b.open(fromB);
    return [fromA, fromB];
  }
}

/** Lets everything go on that waits for nothing but its turn. */
export async function flush(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await undefined;
}
