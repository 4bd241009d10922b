/**
 * What the groups of an end have in common.
 *
 * @module
 */

import type { ActionAuthority } from "../protocol/action.ts";
import type { Frame } from "./frames.ts";
import type { Reader } from "./reader.ts";

/**
 * Who asks for a group, and what is known of them.
 *
 * @example
 * ```ts
 * import { type GroupContext, variable } from "@argyle/argyle/socksync";
 * const staff = ({ user }: GroupContext) => user === "ann";
 * const revenue = variable(0, { authorize: staff });
 * ```
 */
export type GroupContext = ActionAuthority;

/**
 * What somebody wants of a group: to see it, or to call it.
 *
 * @example
 * ```ts
 * import { type GroupVerb, variable } from "@argyle/argyle/socksync";
 * const seen: GroupVerb[] = [];
 * const price = variable(42, { authorize: (_context, verb) => seen.push(verb) > 0 });
 * ```
 */
export type GroupVerb = "subscribe" | "call";

/**
 * Whether somebody may. Nothing but `true` is a yes.
 *
 * @example
 * ```ts
 * import { type Authorize, variable } from "@argyle/argyle/socksync";
 * const staff: Authorize = ({ user }) => user === "ann";
 * const revenue = variable(0, { authorize: staff });
 * ```
 */
export type Authorize = (context: GroupContext, verb: GroupVerb) => boolean | Promise<boolean>;

/**
 * What an owner does with a variable or a list. It knows them by this alone, so that an end that has none of them does without
 * all that they need.
 */
export interface Door {
  readonly type: "var" | "list";
  readonly authorize: Authorize | undefined;
  /** Somebody has subscribed under this name. */
  join(name: string, reader: Reader): void;
  /** Somebody is to be told no more. */
  leave(name: string, reader: Reader): void;
  /**
   * Somebody has asked for it.
   *
   * @param most items of the largest page, where the list does not say another
   * @throws FrameError
   */
  show(frame: Frame, name: string, reader: Reader, most: number): void;
}

const doors = new WeakMap<object, Door>();

/** Gives a variable or a list its door. */
export function addDoor(group: object, door: Door): void {
  doors.set(group, door);
}

/** The door of a variable or a list; `undefined` for anything else. */
export function doorOf(group: unknown): Door | undefined {
  return doors.get(group as object);
}

/** Whether somebody may, as far as the group itself is asked. */
export function isAllowed(
  authorize: Authorize | undefined,
  context: GroupContext,
  verb: GroupVerb,
): boolean | Promise<boolean> {
  if (authorize === undefined) return true;
  const allowed: unknown = authorize(context, verb);
  return allowed instanceof Promise ? allowed.then((allowed) => allowed === true) : allowed === true;
}

/**
 * Names a group among the topics of an app, so that pages can watch it. Set by what the group is added to.
 */
export class GroupTopic {
  #name: string | undefined;

  /** @throws TypeError for a group that is not part of an app */
  get name(): string {
    if (this.#name !== undefined) return this.#name;
    throw new TypeError("Cannot watch a group that is not part of an app: give it to app.sync() first.");
  }

  /** @throws TypeError where it is another's already */
  set name(name: string) {
    if (this.#name !== undefined && this.#name !== name) {
      throw new TypeError(`Cannot add a group as ${name}: it is part of an app as ${this.#name}.`);
    }
    this.#name = name;
  }

  /** Whether it has one. */
  get isNamed(): boolean {
    return this.#name !== undefined;
  }
}
