/**
 * The life of a line to an endpoint, of SockSync or of typed events: opening, losing and finding it again, for ever or until
 * it is stopped.
 *
 * @module
 */

import { Close } from "../protocol/markers.ts";
import { type Backoff, backoff } from "./backoff.ts";
import type { SyncEnvironment, SyncSocket } from "./sync_environment.ts";
import { type Pace, pace } from "./sync_pace.ts";
import { type Pulse, pulse } from "./sync_pulse.ts";

/** Milliseconds. */
const Time = {
  /** A handshake that takes longer has failed. */
  handshake: 10_000,
  /** A line that was there for so long was a good one. */
  steady: 10_000,
  /** After a restart everybody comes back; within this time, unless the server has said another. */
  returnSpread: 1000,
  /** Within this time, whatever a server says. */
  longestSpread: 600_000,
} as const;

/** A socket that is open. What is done to it when it is gone is the affair of whoever was told that it is. */
export interface Link {
  /** Sends, and says whether more may go. */
  readonly pace: Pace;
  /** Something is sent to which there should be an answer, in time. */
  expect(): void;
  /**
   * Lets go of it.
   *
   * @param code what decides when the next comes, as if the other end had said so
   * @param said what the other end is told
   */
  lose(code: number, ...said: [code?: number, reason?: string]): void;
}

/** Who is at our end of the line. */
export interface LineEnd {
  /** There is a line. */
  open(link: Link): void;
  /** Something came over it. */
  receive(data: unknown): void;
  /** It is gone; the code and the reason are the other end's, and 0 where it has said none. */
  lost(code: number, reason: string): void;
}

/** What a line works with. */
export interface LineMeans {
  /** Opens a socket. */
  connect(): SyncSocket;
  /** What every other end answers, whatever it does; sent where nothing was heard for long. */
  readonly probe: string;
}

/** One line; it holds at most one socket and one plan for the next. */
export class SyncLine {
  readonly #end: LineEnd;
  readonly #means: LineMeans;
  readonly #env: SyncEnvironment;
  readonly #nextDelay: Backoff;
  readonly #deaf: readonly (() => void)[];
  #isStopped = false;
  #socket: SyncSocket | undefined;
  /** Is there once the socket is open. */
  #beat: Pulse | undefined;
  #isSteady = false;
  /** Cancels the next attempt. */
  #planned: (() => void) | undefined;
  /** Cancels the wait for the handshake, and then for the socket to be steady. */
  #settling: (() => void) | undefined;

  /**
   * Connects at once.
   *
   * @throws what `connect` throws, the first time
   */
  constructor(end: LineEnd, means: LineMeans, env: SyncEnvironment) {
    this.#end = end;
    this.#means = means;
    this.#env = env;
    this.#nextDelay = backoff(env.random);
    this.#attempt();
    this.#deaf = [
      env.listen("online", () => this.#wake()),
      env.listen("visibilitychange", () => env.isHidden() || this.#wake()),
      // A browser keeps a page that one goes back to only if it holds no socket.
      env.listen("pagehide", () => this.#sleep()),
      env.listen("pageshow", ({ persisted }) => persisted && this.#wake()),
    ];
  }

  /** Ends it for ever; nothing is left of it. Also twice. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const end of this.#deaf) end();
    this.#sleep();
  }

  #plan(ms: number): void {
    this.#planned?.();
    this.#planned = this.#env.clock.after(ms, () => this.#attempt());
  }

  #attempt(): void {
    this.#planned?.();
    this.#planned = undefined;
    this.#isSteady = false;
    const socket = this.#socket = this.#means.connect();
    this.#settling = this.#env.clock.after(Time.handshake, () => this.#lost(0));
    socket.onopen = () => this.#begin(socket);
    socket.onmessage = ({ data }) => {
      this.#beat?.hear();
      this.#end.receive(data);
    };
    socket.onclose = ({ code, reason }) => this.#lost(code, reason);
  }

  #begin(socket: SyncSocket): void {
    const { clock } = this.#env;
    this.#settling?.();
    this.#settling = clock.after(Time.steady, () => {
      this.#isSteady = true;
      this.#nextDelay.reset();
    });
    const going = pace(socket, clock);
    // A question that waits behind others makes the other end look dead.
    const beat = this.#beat = pulse(clock, () => going.send(this.#means.probe), () => this.#lost(0));
    this.#end.open({
      pace: going,
      expect: beat.expect,
      lose: (code, ...said) => this.#lost(code, "", said),
    });
  }

  /** A socket may close twice, or late: a dropped one has no handlers any more. */
  #drop(code: number, reason: string, said: readonly [code?: number, reason?: string] = []): void {
    const socket = this.#socket, beat = this.#beat;
    this.#socket = this.#beat = undefined;
    this.#settling?.();
    beat?.stop();
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(...said);
    }
    if (beat) this.#end.lost(code, reason);
  }

  #lost(code: number, reason = "", said?: readonly [code?: number, reason?: string]): void {
    this.#drop(said ? 0 : code, reason, said);
    if (this.#isStopped) return;
    const comesBack = code === Close.restart || code === Close.away || code === Close.age;
    // Whoever breaks a rule breaks it again when it does the same again; rights may come back, but not in a moment.
    // A handshake that is refused looks to us like a server that is away: it is tried again later and later.
    const isSlow = code === Close.policy || code === Close.tooLarge || code === Close.behind;
    // A server that sends everybody away is not asked more and more often.
    const least = comesBack && this.#isSteady
      ? 0
      : this.#nextDelay(!comesBack && (isSlow || this.#env.isHidden()));
    // A server that stops says first how far apart its peers are to come back, in milliseconds.
    const spread = Math.min(parseInt(reason) || Time.returnSpread, Time.longestSpread);
    this.#plan(comesBack ? Math.max(least, this.#env.random() * spread) : least);
  }

  /** Connects at once, or makes sure that the socket we have still has another end. */
  #wake(): void {
    if (this.#beat) this.#beat.probe();
    else if (!this.#socket) this.#attempt();
  }

  /** Lets go of everything. */
  #sleep(): void {
    this.#planned?.();
    this.#planned = undefined;
    this.#drop(0, "");
  }
}
