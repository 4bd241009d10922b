/**
 * The topics that one connection is on.
 *
 * @module
 */

import type { Limits } from "../../protocol/limits.ts";
import { type Maybe, then } from "../../socksync/maybe.ts";
import type { Joined } from "../bus/attendance.ts";
import type { Topic, TopicContext } from "../bus/topic.ts";
import { HttpError } from "../http/error.ts";
import { Joins } from "../page/joins.ts";
import type { EndpointContext } from "../socket/endpoint.ts";
import type { RoomMember, Rooms } from "./rooms.ts";

/** What it works with. */
export interface MembershipMeans {
  readonly rooms: Rooms;
  /** The endpoint's path. */
  readonly path: string;
  readonly member: RoomMember;
  /** Whose connection it is. */
  readonly asker: Pick<EndpointContext, "user" | "get" | "sessionId">;
  readonly limits: Pick<Limits, "topics" | "presenceData">;
}

/** A topic that is being joined: who may, and as what they are seen, takes its time to find out. */
interface Joining {
  readonly name: string;
  /** Whether it was left meanwhile. */
  isLeft: boolean;
}

/** Where a connection is, and who its person is shown as. */
export class Membership {
  readonly #means: MembershipMeans;
  readonly #topics = new Set<string>();
  readonly #joining = new Set<Joining>();
  /** Those on which the person is seen. */
  readonly #joined = new Map<string, Joined>();
  /** Names the connection among the places where people are. */
  readonly #place = `events ${crypto.randomUUID()}`;
  #isAttending = false;
  #isOver = false;

  constructor(means: MembershipMeans) {
    this.#means = means;
  }

  /**
   * Puts it on a topic. See `EventsContext.join`.
   *
   * @throws HttpError, TypeError, RangeError
   */
  join(topic: Topic, data: readonly unknown[]): Maybe<void> {
    const joining = { name: topic.name, isLeft: false }, joined = this.#join(topic, data, joining);
    if (!(joined instanceof Promise)) return;
    this.#joining.add(joining);
    return joined.finally(() => this.#joining.delete(joining));
  }

  /** Takes it off a topic. */
  leave({ name }: Topic): void {
    const { rooms, path, member } = this.#means;
    for (const joining of this.#joining) if (joining.name === name) joining.isLeft = true;
    if (this.#topics.delete(name)) rooms.leave(path, name, member);
    if (this.#joined.delete(name)) this.#attend();
  }

  /** Who is on a topic. */
  present(topic: Topic): Maybe<readonly unknown[]> {
    return then(this.allow(topic, "subscribe"), () => this.#means.rooms.attendance.on(topic.name));
  }

  /** The connection is gone. */
  end(): void {
    this.#isOver = true;
    const { rooms, path, member, asker: { user } } = this.#means;
    for (const topic of this.#topics) rooms.leave(path, topic, member);
    this.#topics.clear();
    if (!this.#isAttending) return;
    // Who is known by their name may be back in a moment; nobody else can.
    if (user === undefined) {
      this.#joined.clear();
      this.#attend();
    }
    rooms.attendance.leave(this.#place);
  }

  /** @throws HttpError 403 where the topic does not let them; so does the promise */
  allow(topic: Topic, verb: TopicContext["verb"]): Maybe<void> {
    const { user, get } = this.#means.asker;
    return then(topic.allows({ user, get, verb }), (may) => {
      if (!may) throw new HttpError(403, `You may not ${verb} ${topic.name}.`);
    });
  }

  #join(topic: Topic, data: readonly unknown[], joining: Joining): Maybe<void> {
    const joined = this.#read(topic, data);
    return then(this.allow(topic, "subscribe"), () => {
      if (joined === undefined) return this.#enter(joining, undefined);
      return then(this.allow(topic, "join"), () => then(joined, (joined) => this.#enter(joining, joined)));
    });
  }

  #read(topic: Topic, data: readonly unknown[]): Maybe<Joined> | undefined {
    if (topic.presence === undefined && data.length === 0) return undefined;
    const { asker: { user }, limits } = this.#means;
    const joins = new Joins(user === undefined ? this.#place : `user ${user}`, limits);
    joins.add(topic, data[0]);
    const read = (): Joined => {
      const { name, person, text } = joins.all[0]!;
      return { name, person, text };
    };
    const settled = joins.settle();
    return settled === undefined ? read() : settled.then(read);
  }

  #enter({ name, isLeft }: Joining, joined: Joined | undefined): void {
    if (this.#isOver || isLeft) return;
    const { rooms, path, member, limits: { topics } } = this.#means;
    if (!this.#topics.has(name) && this.#topics.size >= topics) {
      throw new HttpError(429, `A connection joins at most ${topics} topics.`);
    }
    this.#topics.add(name);
    rooms.enter(path, name, member);
    if (joined === undefined) return;
    this.#joined.set(name, joined);
    this.#attend();
  }

  #attend(): void {
    const { rooms: { attendance }, asker: { sessionId = "" } } = this.#means;
    if (!this.#isAttending) attendance.enter();
    this.#isAttending = true;
    attendance.attend(this.#place, sessionId, [...this.#joined.values()]);
  }
}
