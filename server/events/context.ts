/**
 * What handlers of one connection are given.
 *
 * @module
 */

import type { Limits } from "../../protocol/limits.ts";
import { then } from "../../socksync/maybe.ts";
import type { Topic } from "../bus/topic.ts";
import type { ContextKey } from "../http/context.ts";
import type { EndpointLine } from "../socket/endpoint_line.ts";
import { Membership } from "./membership.ts";
import type { Outgoing } from "./outgoing.ts";
import type { RoomMember, Rooms } from "./rooms.ts";
import type { Running } from "./running.ts";
import type { EventsAsker, EventsContext } from "./types.ts";

/** What it is made of. */
export interface ContextMeans {
  readonly line: EndpointLine;
  readonly outgoing: Outgoing;
  readonly rooms: Rooms;
  readonly path: string;
  readonly limits: Limits;
  /** The connection itself. */
  readonly running: Running;
  /** Hears what is published. */
  readonly member: RoomMember;
}

/** The context of a connection; that of a message is the same, with a signal of its own. */
export class ConnectionContext implements EventsContext<unknown, unknown> {
  readonly request: Request;
  readonly id: string;
  readonly url: URL;
  readonly origin: string | undefined;
  readonly user: string | undefined;
  readonly sessionId: string | undefined;
  readonly params: unknown;
  readonly query: unknown;
  readonly get: <T>(key: ContextKey<T>) => T;
  readonly send: EventsContext["send"];
  readonly join: EventsContext["join"];
  readonly leave: EventsContext["leave"];
  readonly publish: EventsContext["publish"];
  readonly present: EventsContext["present"];
  readonly close: EventsContext["close"];
  /** The topics that it is on. Not for handlers. */
  declare readonly membership: Membership;
  /** What it has begun to join. Likewise. */
  declare readonly joining: Set<Promise<void>>;
  /** Is told of what could not be joined, as long as somebody wants to know. Likewise. */
  declare refused: ((error: unknown) => void) | undefined;
  /** What the signal belongs to. Likewise. */
  declare running: Running;

  constructor(asker: EventsAsker<unknown, unknown>, means: ContextMeans) {
    const { line, outgoing, rooms, path, limits, member } = means;
    ({
      request: this.request,
      id: this.id,
      url: this.url,
      origin: this.origin,
      user: this.user,
      sessionId: this.sessionId,
      params: this.params,
      query: this.query,
      get: this.get,
    } = asker);
    const membership = new Membership({ rooms, path, asker, limits, member });
    const joining = new Set<Promise<void>>();
    hide(this, { membership, joining, running: means.running, refused: undefined });
    this.send = (type, data) => {
      return settled(then(outgoing.write(type, data), (text) => line.send(text)));
    };
    this.publish = (topic, type, data) => {
      const text = outgoing.write(type, data), allowed = membership.allow(topic, "publish");
      return settled(then(allowed, () => then(text, (text) => rooms.publish(path, topic.name, type, text))));
    };
    this.join = (topic, ...data) => this.#join(topic as Topic, data);
    this.leave = (topic) => membership.leave(topic);
    this.present = (topic) => settled(membership.present(topic as Topic)) as Promise<readonly never[]>;
    this.close = (code = 1000, reason = "") => {
      if (code !== 1000 && !(code >= 3000 && code <= 4999)) {
        throw new RangeError(`Cannot close with ${code}: it is 1000, or from 3000 to 4999.`);
      }
      line.close(code, reason);
    };
  }

  get signal(): AbortSignal {
    return this.running.signal;
  }

  /** The context of what is done for this connection. */
  of(running: Running): EventsContext {
    const own = Object.create(this) as ConnectionContext;
    own.running = running;
    return own as EventsContext;
  }

  #join(topic: Topic, data: readonly unknown[]): Promise<void> {
    let joined: void | Promise<void>;
    try {
      joined = this.membership.join(topic, data);
    } catch (error) {
      this.refused?.(error);
      throw error;
    }
    if (!(joined instanceof Promise)) return settled(joined);
    // One that is refused, and nobody has awaited, is in the log.
    const told = joined.catch((error) => {
      this.refused?.(error);
      throw error;
    }).finally(() => this.joining.delete(told));
    this.joining.add(told);
    return told;
  }
}

// What is not for handlers does not show.
function hide(target: object, values: object): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(target, name, { value, writable: true });
  }
}

// `async` would have made of an error that is known at once one that nobody hears of who does not await.
function settled<T>(value: T | Promise<T>): Promise<T> {
  return value instanceof Promise ? value : Promise.resolve(value);
}
