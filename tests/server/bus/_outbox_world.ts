/**
 * Isolates that share a store and a bus, and can be cut short between any two steps.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  type Bus,
  type Check,
  memory,
  type Publication,
  type Store,
  type Write,
} from "@argyle/argyle/memory";
import { FakeClock } from "@argyle/argyle/testing";
import { Outbox } from "../../../server/bus/outbox.ts";
import { MemoryLog } from "../../helpers/peer.ts";

/** What becomes of one step: the process ends, or only the call fails; before it has had its effect, or after. */
export type Fate = "ends before" | "ends after" | "fails before" | "fails after";

export const fates: readonly Fate[] = ["ends before", "ends after", "fails before", "fails after"];

/** One isolate, and the one step that goes wrong in it. */
export class Isolate {
  readonly log = new MemoryLog();
  readonly outbox: Outbox;
  readonly clock: FakeClock;
  /** What its bus says, as long as it cannot be reached. */
  down: Error | undefined;
  isEnded = false;
  steps = 0;
  reads = 0;
  commits = 0;
  #plan: { readonly at: number; readonly fate: Fate } | undefined;

  constructor(store: Store, bus: Bus, clock: FakeClock, plan?: { at: number; fate: Fate }) {
    this.clock = clock;
    this.#plan = plan;
    const { name, durable, exclusive } = store;
    const cut = { name, durable, exclusive, get: this.#get(store), commit: this.#commit(store) };
    const own: Bus = {
      name: bus.name,
      replay: bus.replay,
      listen: (channel, listener) => bus.listen(channel, listener),
      publish: (publication) =>
        this.#step(() => this.down === undefined ? bus.publish(publication) : Promise.reject(this.down)),
    };
    this.outbox = new Outbox(cut, own, { app: "shop/", clock: this.#timers(clock), log: this.log });
  }

  /** From here on nothing happens in it any more. */
  end(): void {
    this.isEnded = true;
  }

  #get(store: Store): Store["get"] {
    return (keys) => this.#step(() => (this.reads++, store.get(keys)));
  }

  #commit(store: Store): Store["commit"] {
    return (checks, writes) => this.#step(() => (this.commits++, store.commit(checks, writes)));
  }

  async #step<T>(run: () => Promise<T>): Promise<T> {
    const at = this.steps++, fate = this.#plan?.at === at ? this.#plan.fate : undefined;
    if (fate === "ends before") this.end();
    if (this.isEnded) return await new Promise<never>(() => {});
    if (fate === "fails before") throw new Error("The call has failed.");
    const result = await run();
    if (fate === "ends after") this.end();
    if (this.isEnded) return await new Promise<never>(() => {});
    if (fate === "fails after") throw new Error("The answer was lost.");
    return result;
  }

  // Those of an isolate that has ended do not ring.
  #timers(clock: FakeClock) {
    return {
      now: () => clock.now(),
      after: (ms: number, run: () => void) => clock.after(ms, () => void (this.isEnded || run())),
    };
  }
}

/** A store, a bus, a clock, and what is heard. */
export class World implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly engine = memory({ clock: this.clock });
  readonly heard: string[] = [];
  readonly #isolates: Isolate[] = [];
  readonly #written = new Set<string>();
  readonly #listening: AsyncDisposable[] = [];
  readonly store: Store = {
    name: "memory",
    durable: true,
    exclusive: true,
    get: (keys) => this.engine.store.get(keys),
    commit: (checks, writes) => {
      for (const { key } of writes) if (key.startsWith("shop/:o")) this.#written.add(key);
      return this.engine.store.commit(checks, writes);
    },
  };

  static async make(): Promise<World> {
    const world = new World();
    await world.engine.store.commit([], [writeOf("there")]);
    world.#listening.push(
      await world.engine.bus.listen("shop", {
        hear: ({ topic, text }) => void world.heard.push(`${topic} ${text}`),
        gap() {},
      }),
    );
    return world;
  }

  /** @param clock of its own, where it is not the one that everybody looks at */
  isolate(plan?: { at: number; fate: Fate }, clock = this.clock): Isolate {
    const isolate = new Isolate(this.store, this.engine.bus, clock, plan);
    this.#isolates.push(isolate);
    return isolate;
  }

  /** One that listens, and so looks for others that have ended. */
  async watcher(plan?: { at: number; fate: Fate }, clock = this.clock): Promise<Isolate> {
    const isolate = this.isolate(plan, clock);
    this.#listening.push(await isolate.outbox.transactional.listen("shop", { hear() {}, gap() {} }));
    return isolate;
  }

  /** Turns the clock by seconds, or until something holds. */
  async turn(seconds: number, until: () => boolean | Promise<boolean> = () => false): Promise<void> {
    for (let i = 0; i < seconds && !await until(); i++) {
      this.clock.turn(1000);
      await settle();
    }
  }

  /** What is heard of a topic, in its order. */
  of(topic: string): string[] {
    return this.heard.filter((text) => text.startsWith(`${topic} `)).map((text) =>
      text.slice(topic.length + 1)
    );
  }

  /** Whether nobody has an outbox any more. */
  async isClean(): Promise<boolean> {
    return (await this.engine.store.get(["shop/:o"]))[0] === null;
  }

  /** Nothing is left but, for an hour, what keeps an isolate from coming back. */
  async assertClean(): Promise<void> {
    const keys = [...this.#written],
      left = () => Promise.all(keys.map((key) => this.engine.store.get([key])));
    for (const [at, [entry]] of (await left()).entries()) {
      assert.ok(entry === null || entry?.value === "closed", `${keys[at]} is ${entry?.value}`);
    }
    this.clock.turn(3_600_000);
    assert.deepEqual((await left()).flat().filter((entry) => entry !== null), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const listening of this.#listening) await listening[Symbol.asyncDispose]();
    for (const { outbox, isEnded } of this.#isolates) if (!isEnded) await outbox[Symbol.asyncDispose]();
  }
}

/** Lets everything happen that needs no time. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

export function say(topic: string, ...texts: string[]): Publication {
  return { channel: "shop", messages: texts.map((text) => ({ topic, text })) };
}

export function writeOf(key: string, value: string | null = "1"): Write {
  return { key, value, expiresAt: Infinity };
}

export function absent(key: string): Check {
  return { key, version: null };
}
