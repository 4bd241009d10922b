/**
 * Which connections of this isolate are on which topic, at which endpoint; and telling them what is published there.
 *
 * @module
 */

import type { Attendance } from "../bus/attendance.ts";
import type { Channel } from "../bus/channel.ts";
import type { Maybe } from "../../socksync/maybe.ts";
import type { Notice } from "../bus/notice.ts";

/** A connection that hears what is published. */
export interface RoomMember {
  /** An event, as it is sent. It must not throw. */
  hear(text: string): void;
}

/** What there is once an app's parts are. */
export interface RoomsMeans {
  readonly channel: Pick<Channel, "publish" | "isShared">;
  readonly attendance: Attendance;
}

/** The rooms of one app. */
export class Rooms {
  readonly #ready: () => Promise<unknown>;
  readonly #members = new Map<string, Set<RoomMember>>();
  /** What runs though its connection is gone. */
  readonly #farewells = new Set<Promise<unknown>>();
  #means: RoomsMeans | undefined;

  /** @param ready done when {@linkcode begin} is */
  constructor(ready: () => Promise<unknown>) {
    this.#ready = ready;
  }

  /** The app's parts are there. */
  begin(means: RoomsMeans): void {
    this.#means = means;
  }

  /** Who is where. A connection is there after the app's parts. */
  get attendance(): Attendance {
    return this.#means!.attendance;
  }

  /** How many rooms somebody is in. */
  get size(): number {
    return this.#members.size;
  }

  /** From now on it hears what is published to the topic at the endpoint. */
  enter(path: string, topic: string, member: RoomMember): void {
    const key = keyOf(path, topic), members = this.#members.get(key);
    if (members === undefined) this.#members.set(key, new Set([member]));
    else members.add(member);
  }

  /** No more. */
  leave(path: string, topic: string, member: RoomMember): void {
    const key = keyOf(path, topic), members = this.#members.get(key);
    if (members?.delete(member) && members.size === 0) this.#members.delete(key);
  }

  /**
   * Tells those who are on a topic: at once here, then elsewhere. Of two calls, what the first has published is everywhere
   * heard first.
   *
   * @returns done when the others are told
   * @throws Error where the bus cannot be reached; those here are told
   */
  publish(path: string, topic: string, type: string, text: string): Maybe<void> {
    const means = this.#means;
    if (means === undefined) return this.#ready().then(() => this.publish(path, topic, type, text));
    this.#tell(path, topic, text);
    if (means.channel.isShared) return means.channel.publish([["event", topic, path, type, text]]);
  }

  /** Another isolate has said something. */
  hear(notice: Notice): void {
    if (notice[0] === "event") this.#tell(notice[2], notice[1], notice[4]);
  }

  /** Something is done for a connection that is gone: the app waits for it before it ends. */
  bid(farewell: Promise<unknown>): void {
    this.#farewells.add(farewell);
    void farewell.finally(() => this.#farewells.delete(farewell));
  }

  /** Done when nothing is done any more for connections that are gone. */
  async idle(): Promise<void> {
    while (this.#farewells.size > 0) await Promise.all(this.#farewells);
  }

  #tell(path: string, topic: string, text: string): void {
    for (const member of [...this.#members.get(keyOf(path, topic)) ?? []]) member.hear(text);
  }
}

// A topic's name has no line break.
function keyOf(path: string, topic: string): string {
  return `${topic}\n${path}`;
}
