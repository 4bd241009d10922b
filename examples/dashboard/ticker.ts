import type { Clock } from "@argyle/argyle/protocol";

/**
 * Says again and again that time has gone on, as long as somebody looks. Whoever is shown what has changed asks again, and
 * so is heard of; when nobody has asked between two ticks, the clock is let go.
 */
export class Ticker {
  readonly #clock: Clock;
  readonly #every: number;
  readonly #tick: () => void;
  #cancel: (() => void) | undefined;
  #isLooked = false;
  #isStopped = false;

  /** @param tick what there is to say */
  constructor(clock: Clock, every: number, tick: () => void) {
    this.#clock = clock;
    this.#every = every;
    this.#tick = tick;
  }

  /** Whether it runs. */
  get runs(): boolean {
    return this.#cancel !== undefined;
  }

  /** Somebody is shown something. */
  look(): void {
    this.#isLooked = true;
    if (!this.runs && !this.#isStopped) this.#wait();
  }

  /** Stops for good. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    // On the clock's own beat: all processes tick together, and no tick is late by the sum of those before it.
    const rest = this.#every - this.#clock.now() % this.#every;
    this.#cancel = this.#clock.after(rest, () => {
      this.#cancel = undefined;
      if (!this.#isLooked) return;
      this.#isLooked = false;
      this.#wait();
      this.#tick();
    });
  }
}
