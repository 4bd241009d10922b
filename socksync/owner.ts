/**
 * The groups of this end, and what the other end does with them.
 *
 * @module
 */

import { type Action, isAction } from "../protocol/action.ts";
import type { Clock } from "../protocol/clock.ts";
import type { Limits } from "../protocol/limits.ts";
import { Calling } from "./calling.ts";
import { Code, echo, ECHOED, type Frame, FrameError, type GroupType, needFields, readId } from "./frames.ts";
import { doorOf, type GroupContext, type GroupVerb, isAllowed } from "./group.ts";
import type { Group, Groups } from "./groups.ts";
import { attempt, type Maybe, then } from "./maybe.ts";
import type { Reader } from "./reader.ts";

/** What an owner works with. */
export interface OwnerMeans {
  readonly clock: Clock;
  readonly limits: Pick<Limits, "syncGroups" | "syncCalls" | "pageSize" | "reflex">;
  /** What is known of the other end: given to functions, and to those who decide whether it may. */
  readonly context: GroupContext;
  /** The other end. */
  readonly reader: Reader;
  tell(error: unknown, name: string): string;
  /** A function has begun that takes its time. */
  readonly started: ((work: Promise<unknown>) => void) | undefined;
  /** Something has gone wrong for which nobody waits. */
  failed(what: string, error: unknown): void;
}

/** Groups by type and name. Many peers of a server share one. */
export class Shelf {
  readonly #groups = new Map<string, Group<unknown>>();

  /** How many there are. */
  get size(): number {
    return this.#groups.size;
  }

  /** @throws TypeError for what is no group, and for a name that is taken */
  add(groups: Groups): void {
    for (const [name, group] of Object.entries(groups)) {
      const key = keyOf(typeOf(group, name), name);
      if (name.length > ECHOED) {
        throw new TypeError(`Cannot own ${JSON.stringify(name)}: a name has at most ${ECHOED} characters.`);
      }
      if (!name.isWellFormed()) {
        throw new TypeError(`Cannot own ${JSON.stringify(name)}: a name is well-formed text.`);
      }
      if (this.#groups.has(key)) {
        throw new TypeError(`Cannot own ${JSON.stringify(name)}: the name is taken.`);
      }
      this.#groups.set(key, group as Group<unknown>);
    }
  }

  get(type: string, name: string): Group<unknown> | undefined {
    return this.#groups.get(keyOf(type, name));
  }
}

/** Something that was subscribed to. */
interface Subscription {
  readonly name: string;
  readonly group: Group<unknown>;
}

/** What the other end has of this one. */
export class Owner {
  readonly #means: OwnerMeans;
  readonly #shelves: Pick<Shelf, "get">[];
  readonly #subscriptions = new Map<string, Subscription>();
  #calling: Calling | undefined;
  #own: Shelf | undefined;

  /** @param shared groups that other peers have as well */
  constructor(means: OwnerMeans, shared: readonly Pick<Shelf, "get">[]) {
    this.#means = means;
    this.#shelves = [...shared];
  }

  /** Adds groups for this peer alone. */
  add(groups: Groups): void {
    if (this.#own === undefined) this.#shelves.push(this.#own = new Shelf());
    for (const [name, group] of Object.entries(groups)) {
      if (this.#find(typeOf(group, name), name) !== undefined) {
        throw new TypeError(`Cannot own ${JSON.stringify(name)}: the name is taken.`);
      }
    }
    const { syncGroups } = this.#means.limits;
    if (this.#own.size + Object.keys(groups).length > syncGroups) {
      throw new TypeError(`Cannot own more than ${syncGroups} groups.`);
    }
    this.#own.add(groups);
  }

  /** The group of a name, where there is one and the other end may see it. */
  find(type: GroupType, name: unknown): Maybe<Group<unknown> | undefined> {
    if (typeof name !== "string") return undefined;
    const group = this.#find(type, name);
    if (group === undefined || this.#subscriptions.has(keyOf(type, name))) return group;
    return then(this.#mayUse(group, "subscribe"), (may) => may ? group : undefined);
  }

  /**
   * Does what a frame says.
   *
   * @throws FrameError
   */
  handle(group: Group<unknown>, type: GroupType, frame: Frame): Maybe<void> {
    const name = frame["name"] as string,
      key = keyOf(type, name),
      isSubscribed = this.#subscriptions.has(key);
    if (frame["func"] === "subscribe") {
      return isSubscribed ? undefined : this.#subscribe(key, { name, group });
    }
    if (!isSubscribed) throw new FrameError(Code.func, "Subscription required.");
    if (frame["func"] === "unsubscribe") return this.#unsubscribe(key);
    const { reader, limits } = this.#means, door = doorOf(group);
    return door === undefined
      ? this.#call(group as Action, frame)
      : door.show(frame, name, reader, limits.pageSize);
  }

  /** The other end wants none of it any more. */
  unsubscribeAll(): void {
    for (const key of [...this.#subscriptions.keys()]) this.#unsubscribe(key);
  }

  /** The other end is gone. */
  lost(): void {
    this.unsubscribeAll();
    this.#calling?.abandon();
    this.#calling = undefined;
  }

  #subscribe(key: string, subscription: Subscription): void {
    const { syncGroups } = this.#means.limits, { name, group } = subscription;
    if (this.#subscriptions.size >= syncGroups) {
      throw new FrameError(Code.other, `At most ${syncGroups} groups can be subscribed to.`);
    }
    this.#subscriptions.set(key, subscription);
    doorOf(group)?.join(name, this.#means.reader);
  }

  #unsubscribe(key: string): void {
    const { name, group } = this.#subscriptions.get(key)!;
    this.#subscriptions.delete(key);
    doorOf(group)?.leave(name, this.#means.reader);
  }

  #call(action: Action, frame: Frame): Maybe<void> {
    needFields(frame, "id");
    const id = readId(frame), { args = {} } = frame as { args?: unknown };
    if (typeof args !== "object" || args === null || Array.isArray(args)) {
      throw new FrameError(Code.other, "args is not an object.");
    }
    const calling = this.#calling ??= this.#makeCalling(), { syncCalls } = this.#means.limits;
    return then(this.#mayUse(action, "call"), (may) => {
      if (this.#calling !== calling) return; // it was of another line
      if (!may) throw notRegistered(frame["name"]);
      if (calling.has(id)) throw new FrameError(Code.id, `${echo(id)} is not a valid function call.`);
      if (calling.size >= syncCalls) {
        throw new FrameError(Code.other, `At most ${syncCalls} calls run at once.`);
      }
      calling.start(action, frame, id, args);
    });
  }

  #makeCalling(): Calling {
    const { clock, limits, context, reader, tell, started } = this.#means;
    const send = (text: string) => reader.send(text);
    return new Calling({ clock, timeout: limits.reflex, context, send, tell, started });
  }

  // Whoever cannot be asked has not said yes; and that it is there is not told by that either.
  #mayUse(group: Group<unknown>, verb: GroupVerb): Maybe<boolean> {
    const { authorize } = doorOf(group) ?? (group as Action).options;
    return then(attempt(() => this.#inTime(isAllowed(authorize, this.#means.context, verb))), (outcome) => {
      if (!("error" in outcome)) return outcome.value;
      this.#means.failed("a group could not say who may use it", outcome.error);
      return false;
    });
  }

  // What comes after the question waits for its answer.
  #inTime(may: Maybe<boolean>): Maybe<boolean> {
    const { clock, limits: { reflex: ms } } = this.#means;
    if (!(may instanceof Promise) || ms === Infinity) return may;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = clock.after(ms, () => {
      reject(new Error(`It could not be found out within ${ms} ms who may use it.`));
    });
    return Promise.race([may, late]).finally(cancel);
  }

  #find(type: GroupType, name: string): Group<unknown> | undefined {
    for (const shelf of this.#shelves) {
      const group = shelf.get(type, name);
      if (group !== undefined) return group;
    }
    return undefined;
  }
}

/** The answer to a name that nobody has, or that is not for whoever asks: the two look alike. */
export function notRegistered(name: unknown): FrameError {
  return new FrameError(Code.name, `${echo(name)} is not registered.`);
}

function typeOf(group: Group<never>, name: string): GroupType {
  const type = isAction(group) ? "function" : doorOf(group)?.type;
  if (type !== undefined) return type;
  throw new TypeError(`Cannot own ${JSON.stringify(name)}: it is no variable, list or action.`);
}

function keyOf(type: string, name: string): string {
  return `${type}\n${name}`;
}
