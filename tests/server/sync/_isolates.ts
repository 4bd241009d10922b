/**
 * Isolates of an app that has one engine, and what can go wrong between them.
 *
 * @module
 */

import { anyone, App, type Bus, type Engine, type Store } from "@argyle/argyle";
import type { AppOptions, BusListener, Message, Publication, SyncContext } from "@argyle/argyle/types";
import { type Groups, type Variable, variable } from "@argyle/argyle/socksync";
import { MemoryLog } from "../../helpers/peer.ts";

export const secrets = ["an isolate's secret, 0123456789 abcdefghij"];
export const path = "/sync";

/** An isolate, with groups of its own making. */
export function isolate<G extends Groups<SyncContext>>(groups: G, options: AppOptions) {
  const log = new MemoryLog();
  const app = new App({ secrets, log, ...options });
  const sync = app.sync(path, groups, { authorize: anyone });
  return { app, log, sync, groups };
}

/** An isolate with a variable of a number. */
export function counting(options: AppOptions, first = 0) {
  const count: Variable<number> = variable(first);
  return { ...isolate({ count }, options), count };
}

/** A store that can be away, and whose answers can be lost. */
export class FaultyStore implements Store {
  readonly name = "faulty";
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly #store: Store;
  isAway = false;
  /** What becomes of the next commit, whose answer is lost. */
  next: "happens" | "does not" | undefined;
  gets = 0;
  /** Answers of commits wait for it. */
  answers: Promise<void> | undefined;

  constructor(store: Store, isTransactional = true) {
    this.#store = store;
    this.durable = store.durable;
    this.exclusive = store.exclusive;
    if (isTransactional && store.transactional !== undefined) {
      Object.assign(this, { transactional: store.transactional });
    }
  }

  async get(keys: readonly string[]) {
    this.gets++;
    if (this.isAway) throw new Error("connection refused");
    return await this.#store.get(keys);
  }

  async commit(...args: Parameters<Store["commit"]>) {
    if (this.isAway) throw new Error("connection refused");
    const { next } = this;
    this.next = undefined;
    const version = next === "does not" ? null : await this.#store.commit(...args);
    if (next !== undefined) throw new Error("connection lost");
    await this.answers;
    return version;
  }
}

/** A bus on which messages are lost, doubled, and come in another order. */
export class FaultyBus implements Bus {
  readonly name = "faulty";
  readonly replay = false;
  readonly #listeners = new Set<BusListener>();
  isAway = false;
  /** What becomes of messages on their way. */
  fault: (messages: readonly Message[]) => readonly Message[] = (messages) => messages;
  /** Everything that was published. */
  readonly said: Message[] = [];

  get listening(): number {
    return this.#listeners.size;
  }

  publish({ messages }: Publication): Promise<void> {
    if (this.isAway) return Promise.reject(new Error("the bus is away"));
    this.said.push(...messages);
    const heard = this.fault(messages);
    queueMicrotask(() => this.deliver(heard));
    return Promise.resolve();
  }

  deliver(messages: readonly Message[]): void {
    for (const listener of this.#listeners) for (const message of messages) listener.hear(message);
  }

  gap(): void {
    for (const listener of this.#listeners) listener.gap();
  }

  listen(_channel: string, listener: BusListener): Promise<AsyncDisposable> {
    if (this.isAway) return Promise.reject(new Error("the bus is away"));
    this.#listeners.add(listener);
    return Promise.resolve({
      [Symbol.asyncDispose]: () => {
        this.#listeners.delete(listener);
        return Promise.resolve();
      },
    });
  }
}

/** An engine whose store and bus are faulty; commits publish by the outbox. */
export function faulty(engine: Engine) {
  const store = new FaultyStore(engine.store, false), bus = new FaultyBus();
  return { store, bus };
}
