/**
 * Commits that publish, where store and bus are two systems.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Bus, Publication } from "../engine/bus.ts";
import { ForeignValue } from "../engine/foreign_value.ts";
import type { Check, Entry, Store, Write } from "../engine/store.ts";
import type { Logger } from "../observe.ts";
import { OutboxPlace } from "./_outbox_place.ts";
import { OUTBOX_AGE, OutboxRegistry } from "./_outbox_registry.ts";
import { OutboxRounds } from "./_outbox_rounds.ts";
import { checkOf, type OutboxSlots, remember, type Slot } from "./_outbox_slots.ts";
import { CLOSED, publicationTexts, writeSlot } from "./_outbox_text.ts";
import { TopicLine, type Turn } from "./_topic_line.ts";

// How long a commit waits for a slot, in milliseconds.
const WAIT = 5000;

// How long it is waited after a failure, in milliseconds: twice as long each time.
const FIRST_PAUSE = 100, LONGEST_PAUSE = 5000;

const TRIES = 10;

/** What an outbox needs besides store and bus. */
export interface OutboxOptions {
  /** The app's name and base, as its keys begin. */
  readonly app: string;
  /** Every time is its. */
  readonly clock: Clock;
  /** Hears what could not be published yet. */
  readonly log: Logger;
}

/** A publication that is under way: its place in line, and where it lies meanwhile. */
interface Sending {
  readonly own: OutboxSlots;
  readonly slots: readonly Slot[];
  readonly sequence: number;
  readonly publication: Publication;
  readonly turn: Turn;
}

/**
 * A store whose commits publish to a bus that is not its own: what is to be published lies in the store with the commit,
 * until it has been; where the isolate ends before, another one finds it. It is published at least once if the commit
 * happens, and not at all if it does not; what one isolate says about one topic, in the order of its commits.
 *
 * ```ts ignore it is put together in compose.ts
 * const outbox = new Outbox(new SealedStore(store, app, macs), bus, { app, clock, log });
 * const engine = { store: outbox, bus: outbox.transactional };
 * // At the end: await outbox.idle() as long as one likes to wait, then dispose of it.
 * ```
 *
 * It is for a durable store without `transactional`. The app uses `transactional` in place of the bus: while somebody
 * listens to it, this isolate looks for those that have ended; and what is published to it without a commit stays behind
 * what was committed before. An isolate whose commits publish nothing writes nothing, and one that does not listen reads
 * nothing. `docs/decisions/015-outbox.md` says how it works and what it costs.
 */
export class Outbox implements Store, AsyncDisposable {
  readonly name: string;
  readonly durable: boolean;
  readonly exclusive: boolean;
  /** The bus, as it is to be used beside the outbox. */
  readonly transactional: Bus;
  readonly #store: Store;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #place: OutboxPlace;
  readonly #rounds: OutboxRounds;
  readonly #line = new TopicLine();
  /** Commits and publications under way, whether somebody waits for them or not. */
  readonly #work = new Set<Promise<unknown>>();
  readonly #sleeping = new Set<() => void>();
  #isClosed = false;

  /** @param store where the app's records are: publications are committed with them */
  constructor(store: Store, bus: Bus, { app, clock, log }: OutboxOptions) {
    this.name = store.name;
    this.durable = store.durable;
    this.exclusive = store.exclusive;
    this.#store = store;
    this.#bus = bus;
    this.#clock = clock;
    this.#log = log;
    const parts = { store, bus, registry: new OutboxRegistry(store, app, clock, log), clock, log };
    this.#place = new OutboxPlace(parts);
    this.#rounds = new OutboxRounds(parts, (id) => id === this.#place.id);
    this.transactional = {
      name: bus.name,
      replay: bus.replay,
      publish: (publication) => this.#track(this.#publishInTurn(publication)),
      listen: (channel, listener) => this.#listen(channel, listener),
    };
  }

  get(keys: readonly string[]): Promise<(Entry | null)[]> {
    return this.#store.get(keys);
  }

  /**
   * Commits, and publishes if it has happened: soon after, and nobody waits for it here.
   *
   * @throws RangeError for a publication of more than about 200,000 characters; Error where too many wait for the bus.
   *   Nothing was committed then
   */
  commit(
    checks: readonly Check[],
    writes: readonly Write[],
    publication?: Publication,
  ): Promise<string | null> {
    return publication === undefined
      ? this.#store.commit(checks, writes)
      : this.#track(this.#commit(checks, writes, publication));
  }

  /** Waits until nothing is left to be published. Where the bus cannot be reached, that is as long as it cannot. */
  async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }

  /** Ends it. What could not be published is left for another isolate. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#place.close();
    for (const wake of this.#sleeping) wake();
    await this.#rounds.close();
    await this.idle();
    await this.#place.leave();
  }

  async #commit(
    checks: readonly Check[],
    writes: readonly Write[],
    publication: Publication,
  ): Promise<string | null> {
    const texts = publicationTexts(publication);
    for (let tried = 0; tried < TRIES; tried++) {
      const own = await this.#place.registered();
      const slots = await own.take(texts.length, WAIT, () => this.#late());
      if (slots === undefined) continue;
      if (slots.some(({ version }) => version === undefined) && !await this.#lookUp(own, slots)) continue;
      const seen = slots.map(({ version }) => version);
      const version = await this.#commitWith(checks, writes, {
        own,
        slots,
        sequence: own.next++,
        publication,
        turn: this.#line.enter(publication),
      }, texts);
      if (version !== null) return version;
      // Was it one of the caller's checks that did not hold, or one of ours?
      if (!await this.#lookUp(own, slots)) continue;
      const isOurs = slots.some(({ version }, at) => version !== seen[at]);
      own.give(slots);
      if (!isOurs) return null;
    }
    throw new Error(`Cannot commit to ${this.name}: its slots in the outbox were taken away ${TRIES} times.`);
  }

  async #commitWith(
    checks: readonly Check[],
    writes: readonly Write[],
    sending: Sending,
    texts: readonly string[],
  ): Promise<string | null> {
    const { own, slots, sequence, turn } = sending, expiresAt = this.#clock.now() + OUTBOX_AGE;
    const lying = slots.map(({ key }, part) => ({
      key,
      value: writeSlot({ sequence, part, parts: texts.length, text: texts[part]! }),
      expiresAt,
    }));
    try {
      const version = await this.#store.commit([...checks, ...slots.map(checkOf)], [...writes, ...lying]);
      if (version === null) turn.leave();
      else {
        for (const slot of slots) Object.assign(slot, { version, sequence });
        this.#later(this.#publish(sending));
      }
      return version;
    } catch (error) {
      if (error instanceof RangeError) {
        turn.leave();
        own.give(slots);
      } else this.#later(this.#settle(sending));
      throw error;
    }
  }

  /** Publishes what was committed, however often it takes. */
  async #publish({ own, slots, publication, turn }: Sending): Promise<void> {
    await turn.before;
    for (let tried = 0; !this.#isClosed; tried++) {
      try {
        await this.#bus.publish(publication);
      } catch (error) {
        if (!(error instanceof RangeError)) {
          if (tried === 0) this.#report("what was committed could not be published yet", error);
          await this.#pause(tried);
          continue;
        }
        // Every bus carries what fits into an outbox, so that this should not be; and again would be no better.
        this.#report("what was committed cannot be published", error);
      }
      own.give(slots);
      break;
    }
    turn.leave();
  }

  /**
   * A commit has failed, and may have happened all the same, or still be under way. Either its slots hold it, or they are
   * written so that it cannot happen any more.
   */
  async #settle(sending: Sending): Promise<void> {
    const { own, slots, sequence, turn } = sending;
    for (let tried = 0; !this.#isClosed; tried++) {
      try {
        const entries = await this.#store.get(slots.map(({ key }) => key));
        if (entries.some((entry) => entry?.value === CLOSED)) {
          this.#place.forget(own); // whoever has closed them has published what was there
          break;
        }
        remember(slots, entries);
        if (slots[0]!.sequence === sequence) return await this.#publish(sending);
        const expiresAt = this.#clock.now() + OUTBOX_AGE;
        const empty = slots.map(({ key }) => ({ key, value: "", expiresAt }));
        const version = await this.#store.commit(slots.map(checkOf), empty);
        if (version === null) continue;
        for (const slot of slots) Object.assign(slot, { version, sequence: 0 });
        own.give(slots);
        break;
      } catch (error) {
        if (error instanceof ForeignValue) {
          this.#report("it cannot be known whether a commit has happened", error);
          this.#place.forget(own);
          break;
        }
        if (tried === 0) this.#report("it is not known yet whether a commit has happened", error);
        await this.#pause(tried);
      }
    }
    turn.leave();
  }

  async #lookUp(own: OutboxSlots, slots: readonly Slot[]): Promise<boolean> {
    try {
      return await this.#place.lookUp(own, slots);
    } catch (error) {
      own.give(slots);
      throw error;
    }
  }

  async #publishInTurn(publication: Publication): Promise<void> {
    const turn = this.#line.enter(publication);
    try {
      await this.#inTime(turn.before);
      await this.#bus.publish(publication);
    } finally {
      turn.leave();
    }
  }

  // Whoever publishes waits for an answer: what is committed may wait for as long as the bus is away.
  #inTime(before: Promise<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(WAIT, () => {
        const why = "what was committed before still waits to be published.";
        reject(new Error(`Cannot publish to ${this.#bus.name}: ${why} Try again when it can be reached.`));
      });
      void before.then(() => {
        cancel();
        resolve();
      });
    });
  }

  async #listen(...given: Parameters<Bus["listen"]>): Promise<AsyncDisposable> {
    const listening = await this.#bus.listen(...given);
    this.#rounds.begin();
    let isOver = false;
    return {
      [Symbol.asyncDispose]: async () => {
        if (!isOver) this.#rounds.end();
        isOver = true;
        await listening[Symbol.asyncDispose]();
      },
    };
  }

  #later(work: Promise<void>): void {
    void this.#track(work);
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => {
      this.#work.delete(tracked);
      if (this.#work.size === 0) this.#place.rest();
    });
    this.#work.add(tracked);
    return tracked;
  }

  /** Twice as long each time, up to a limit, and with jitter; not at all where it is over. */
  #pause(tried: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const ms = Math.min(FIRST_PAUSE * 2 ** Math.min(tried, 10), LONGEST_PAUSE) * (0.5 + Math.random() / 2);
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        this.#sleeping.delete(wake);
        resolve();
      };
      const cancel = this.#clock.after(ms, wake);
      this.#sleeping.add(wake);
    });
  }

  #late(): Error {
    return new Error(
      `Cannot commit: what was committed before still waits to be published, and ${this.#bus.name} has not taken it for ` +
        `${WAIT / 1000} seconds. Nothing was committed; try again when ${this.#bus.name} can be reached.`,
    );
  }

  #report(what: string, error: unknown): void {
    this.#log.error(what, error, { store: this.name, bus: this.#bus.name });
  }
}
