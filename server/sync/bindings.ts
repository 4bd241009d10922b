/**
 * The variables and lists of an app, as one of its isolates has them.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Groups } from "../../socksync/groups.ts";
import { attachList, isListAttached, List } from "../../socksync/list.ts";
import type { ListChange } from "../../socksync/source.ts";
import { attachVariable, isAttached, Variable } from "../../socksync/variable.ts";
import type { Notice } from "../bus/notice.ts";
import { SharedList } from "./shared_list.ts";
import { type SharedMeans, SharedVariable } from "./shared_variable.ts";

/** Milliseconds between two looks at lists that somebody sees. */
const LOOK = 5000;

/** The longest name of a topic, in characters, that a bus takes. */
const LONGEST = 512;

/** What is there before the app's parts are. */
export interface BindingsMeans {
  readonly clock: Clock;
  failed(what: string, error: unknown): void;
  /** Lists of this isolate alone are part of an app that has others. */
  warn(lists: readonly string[]): void;
  /** Done when {@linkcode Bindings.begin} is. */
  ready(): Promise<unknown>;
}

/** Brings what isolates say of variables and lists to where they are. */
export class Bindings {
  readonly #given: BindingsMeans;
  readonly #groups = new Map<Variable<unknown> | List<unknown>, string>();
  readonly #variables = new Map<string, SharedVariable<unknown>>();
  readonly #lists = new Map<string, SharedList<unknown>>();
  #means: SharedMeans | undefined;
  /** Variables that were added late, whose values are not known yet. */
  readonly #unknown = new Set<SharedVariable<unknown>>();
  #late: Promise<unknown> | undefined;
  #cancelLook: (() => void) | undefined;
  #isClosed = false;

  constructor(given: BindingsMeans) {
    this.#given = given;
  }

  /**
   * Whether the groups of an endpoint can be added.
   *
   * @throws TypeError for one that is another app's, or whose name is too long
   */
  check(path: string, groups: Groups): void {
    for (const [name, group] of Object.entries(groups)) {
      if (!(group instanceof Variable || group instanceof List) || this.#groups.has(group)) continue;
      const topic = topicName(path, name);
      if (topic.length > LONGEST) {
        throw new TypeError(
          `Cannot add ${JSON.stringify(name)}: with its path it has ${topic.length} characters as a topic, ` +
            `and at most ${LONGEST}.`,
        );
      }
      if (group instanceof Variable ? isAttached(group) : isListAttached(group)) {
        throw new TypeError(`Cannot add ${JSON.stringify(name)}: it is part of another app.`);
      }
    }
  }

  /** Adds the groups of an endpoint, which were checked. One that is there already is the same. */
  add(path: string, groups: Groups): void {
    for (const [name, group] of Object.entries(groups)) {
      if (!(group instanceof Variable || group instanceof List) || this.#groups.has(group)) continue;
      const topic = topicName(path, name);
      if (group instanceof Variable) this.#attachVariable(group, topic);
      else this.#attachList(group, topic);
      this.#groups.set(group, topic);
      if (this.#means === undefined) continue;
      const shared = this.#share(group, topic, this.#means);
      if (shared !== undefined) this.#unknown.add(shared);
    }
    this.settling?.catch((error) => this.#given.failed("a variable could not be looked up", error));
  }

  /**
   * The parts are there: variables get the values that the store has for them. Once more where it has failed: then with
   * other parts.
   *
   * @throws Error where the store cannot be reached
   */
  async begin(means: SharedMeans): Promise<void> {
    this.#means = means;
    this.#unknown.clear();
    this.#forget();
    const variables = [...this.#groups].map(([group, topic]) => this.#share(group, topic, means));
    await Promise.all(variables.map((variable) => variable?.load()));
    const split = [...this.#lists].filter(([, shared]) => shared.isSplit).map(([topic]) => topic);
    if (split.length > 0) this.#given.warn(split);
  }

  /** Done when the values of all variables are known; `undefined` where they are. It rejects where they cannot be had now. */
  get settling(): Promise<unknown> | undefined {
    if (this.#unknown.size === 0) return undefined;
    return this.#late ??= Promise.all(
      [...this.#unknown].map((variable) => variable.load().then(() => this.#unknown.delete(variable))),
    ).finally(() => this.#late = undefined);
  }

  /** An isolate has said something, this one too. */
  hear(notice: Notice): void {
    if (notice[0] === "value") this.#variables.get(notice[1])?.hear(notice[2], notice[3]);
    else if (notice[0] === "list") this.#lists.get(notice[1])?.hear(notice[2], notice[3], notice[4]);
  }

  /** Something may have been missed. */
  gap(): void {
    for (const shared of this.#variables.values()) shared.doubt();
    for (const shared of this.#lists.values()) shared.doubt();
  }

  /** Ends all that looks. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelLook?.();
    await Promise.all([...this.#variables.values(), ...this.#lists.values()].map((shared) => shared.close()));
  }

  #attachVariable(variable: Variable<unknown>, topic: string): void {
    attachVariable(variable, topic, {
      update: async (change) => {
        await this.#given.ready();
        return await this.#variables.get(topic)!.update(change);
      },
    });
  }

  #attachList(list: List<unknown>, topic: string): void {
    const { clock, failed } = this.#given;
    const changed = () => this.#means?.topics.publish(topic);
    attachList(list, topic, { clock, failed, changed, looked: () => this.#look() }, {
      changed: (change) => this.#tell(topic, change),
    });
  }

  #share(
    group: Variable<unknown> | List<unknown>,
    topic: string,
    means: SharedMeans,
  ): SharedVariable<unknown> | undefined {
    if (group instanceof List) {
      this.#lists.set(topic, new SharedList(group, topic, means));
      return undefined;
    }
    const shared = new SharedVariable(group, topic, means);
    this.#variables.set(topic, shared);
    return shared;
  }

  #forget(): void {
    for (const shared of this.#variables.values()) void shared.close();
    this.#variables.clear();
    this.#lists.clear();
  }

  #tell(topic: string, change: ListChange<unknown>): void {
    const shared = this.#lists.get(topic);
    if (shared !== undefined) return shared.tell(change);
    // Changed before anybody has asked the app for anything.
    this.#given.ready().then(() => this.#lists.get(topic)?.tell(change), (error) => {
      this.#given.failed("a change of a list could not be told", error);
    });
  }

  // As long as somebody looks at such a list here.
  #look(): void {
    if (this.#isClosed || this.#cancelLook !== undefined || !this.#isLooking) return;
    this.#cancelLook = this.#given.clock.after(LOOK, () => {
      this.#cancelLook = undefined;
      for (const list of this.#lists.values()) list.look();
      this.#look();
    });
  }

  get #isLooking(): boolean {
    for (const list of this.#lists.values()) if (list.isWanted) return true;
    return false;
  }
}

// No topic that was declared has such a name.
function topicName(path: string, name: string): string {
  return `$sync${path.split("/").map(encodeURIComponent).join("/")}/${encodeURIComponent(name)}`;
}
