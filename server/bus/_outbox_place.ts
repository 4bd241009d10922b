/**
 * The place of this isolate in the registry: it has one from its first commit that publishes until it has had none for a
 * while.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import { ForeignValue } from "../engine/foreign_value.ts";
import type { Store, Write } from "../engine/store.ts";
import type { Logger } from "../observe.ts";
import type { OutboxRegistry } from "./_outbox_registry.ts";
import { BEAT } from "./_outbox_rounds.ts";
import { checkOf, OutboxSlots, remember, type Slot } from "./_outbox_slots.ts";
import { CLOSED } from "./_outbox_text.ts";

// When what was published is cleared away, in milliseconds.
const QUIET = 1000;

const TRIES = 10;

/** What a place needs. */
export interface PlaceParts {
  readonly store: Store;
  readonly registry: OutboxRegistry;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Registers when it must, shows that the isolate lives, and leaves nothing behind. */
export class OutboxPlace {
  readonly #store: Store;
  readonly #registry: OutboxRegistry;
  readonly #clock: Clock;
  readonly #log: Logger;
  #slots: OutboxSlots | undefined;
  #registering: Promise<OutboxSlots> | undefined;
  #chore: Promise<void> | undefined;
  #cancelBeat: (() => void) | undefined;
  #cancelQuiet: (() => void) | undefined;
  #isClosed = false;

  constructor({ store, registry, clock, log }: PlaceParts) {
    this.#store = store;
    this.#registry = registry;
    this.#clock = clock;
    this.#log = log;
  }

  /** The isolate's name, while it is registered. */
  get id(): string | undefined {
    return this.#slots?.id;
  }

  /** The slots of the isolate, which is registered then: so whoever looks for what it has left finds them. */
  registered(): Promise<OutboxSlots> {
    if (this.#isClosed) return Promise.reject(new Error("Cannot publish with a commit: the app has ended."));
    this.#cancelQuiet?.();
    if (this.#slots !== undefined) return Promise.resolve(this.#slots);
    return this.#registering ??= this.#register().finally(() => this.#registering = undefined);
  }

  /**
   * Asks the store what is in slots that were taken.
   *
   * @returns `false` where they are the isolate's no more, so that it has to register again
   * @throws Error where the store cannot be reached
   */
  async lookUp(own: OutboxSlots, slots: readonly Slot[]): Promise<boolean> {
    try {
      const entries = await this.#store.get(slots.map(({ key }) => key));
      if (entries.every((entry) => entry?.value !== CLOSED) && (await this.#registry.read()).has(own.id)) {
        remember(slots, entries);
        return true;
      }
    } catch (error) {
      for (const slot of slots) slot.version = undefined;
      if (!(error instanceof ForeignValue)) throw error;
      this.#log.error("an outbox is begun anew", error);
    }
    this.forget(own);
    return false;
  }

  /** Nothing is under way: what was published is removed, if that stays so for a second. */
  rest(): void {
    const own = this.#slots;
    if (this.#isClosed || own === undefined) return;
    this.#cancelQuiet?.();
    this.#cancelQuiet = this.#clock.after(QUIET, () => void this.#after(() => this.#clear(own)));
  }

  /** Nobody registers or waits any more. */
  close(): void {
    this.#isClosed = true;
    this.#cancelBeat?.();
    this.#cancelQuiet?.();
    this.#slots?.end();
  }

  /** Takes the isolate out of the registry, unless something in its slots is still to be published. */
  async leave(): Promise<void> {
    await this.#after(async () => {
      if (this.#slots?.isIdle) await this.#leave(this.#slots);
    });
  }

  async #register(): Promise<OutboxSlots> {
    // A name that was never there before: nothing lies in its slots.
    const id = crypto.getRandomValues(new Uint8Array(9)).toBase64({ alphabet: "base64url" });
    await this.#registry.change((beats) => beats.set(id, 0).has(id));
    const slots = new OutboxSlots(id, this.#clock, this.#registry.slotKey);
    this.#slots = slots;
    if (this.#isClosed) slots.end();
    else this.#scheduleBeat(slots);
    return slots;
  }

  #scheduleBeat(own: OutboxSlots): void {
    this.#cancelBeat = this.#clock.after(BEAT, () => void this.#after(() => this.#beat(own)));
  }

  /** Shows that the isolate lives; or leaves, where it has published nothing since the last time. */
  async #beat(own: OutboxSlots): Promise<void> {
    if (this.#slots !== own) return;
    if (!own.isUsed && own.isIdle) return await this.#leave(own);
    own.isUsed = false;
    try {
      const isThere = await this.#registry.change((beats) => {
        const beat = beats.get(own.id);
        return beat !== undefined && beats.set(own.id, beat + 1).has(own.id);
      });
      if (!isThere) this.forget(own);
    } catch (error) {
      this.#log.error("the outbox could not show that it lives", error);
    }
    if (!this.#isClosed && this.#slots === own) this.#scheduleBeat(own);
  }

  async #clear(own: OutboxSlots): Promise<void> {
    if (this.#slots !== own || !own.isIdle) return;
    const slots = own.takeWritten();
    if (slots.length === 0) return;
    try {
      if (slots.some(({ version }) => version === undefined) && !await this.lookUp(own, slots)) return;
      const isDone = await this.#store.commit(slots.map(checkOf), this.#removing(slots)) !== null;
      for (const slot of slots) {
        Object.assign(slot, isDone ? { version: null, sequence: 0 } : { version: undefined });
      }
    } catch (error) {
      for (const slot of slots) slot.version = undefined;
      this.#log.error("the outbox could not be cleared", error);
    } finally {
      own.give(slots);
    }
  }

  /** Where it fails, others do it when they find that the isolate does not show itself any more. */
  async #leave(own: OutboxSlots): Promise<void> {
    this.forget(own);
    const slots = own.takeWritten();
    try {
      if (slots.some(({ version }) => version === undefined) && !await this.lookUp(own, slots)) return;
      for (let tried = 0; tried < TRIES; tried++) {
        const left = (beats: Map<string, number>) => beats.delete(own.id);
        if (await this.#registry.attempt(left, slots.map(checkOf), this.#removing(slots)) !== "refused") {
          return;
        }
      }
    } catch (error) {
      this.#log.error("the outbox could not be cleared away", error);
    }
  }

  /** Others drain it now, or have already. What it has in hand it publishes all the same. */
  forget(own: OutboxSlots): void {
    own.end();
    if (this.#slots !== own) return;
    this.#slots = undefined;
    this.#cancelBeat?.();
    this.#cancelQuiet?.();
  }

  // One at a time.
  async #after(chore: () => Promise<void>): Promise<void> {
    while (this.#chore !== undefined) await this.#chore;
    const done = chore().finally(() => {
      if (this.#chore === done) this.#chore = undefined;
    });
    this.#chore = done;
    await done;
  }

  #removing(slots: readonly Slot[]): Write[] {
    return slots.map(({ key }) => ({ key, value: null, expiresAt: this.#clock.now() }));
  }
}
