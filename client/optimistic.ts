/**
 * Calls whose results are shown before they are known.
 *
 * @module
 */

/** What a component does at the moment: it may be another at each render. */
export interface Optimism<Value, Call extends Asking> {
  readonly call: Call;
  readonly reduce: (value: Value, ...input: Parameters<Call>) => Value;
}

/** A function of the server. */
export type Asking = (...input: never) => Promise<unknown>;

/** The calls of one component that are under way. It is kept over its renders. */
export class OptimisticCalls<Value, Call extends Asking> {
  /** What is called, and what is expected of it. */
  newest: Optimism<Value, Call> | undefined;
  readonly #draw: () => void;
  /** In the order in which they were made. */
  readonly #underWay = new Set<Parameters<Call>>();
  #isGone = false;

  /** @param draw shows what has changed */
  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** The component is there; what is returned says that it is there no longer. */
  begin(): () => void {
    this.#isGone = false;
    return () => {
      this.#isGone = true;
    };
  }

  /** What a value will be, as far as is known: whatever it is now, each call that is under way is done to it. */
  shown(value: Value): Value {
    for (const input of this.#underWay) value = this.newest!.reduce(value, ...input);
    return value;
  }

  /** Calls it. */
  readonly call = (...input: Parameters<Call>): ReturnType<Call> => {
    this.#underWay.add(input);
    this.#look();
    const outcome = this.#send(input);
    // The patch that shows what was done came before the outcome, so that from here on the value says it by itself. With
    // this, a rejection has been looked at: what was shown is taken back.
    const end = () => {
      this.#underWay.delete(input);
      this.#look();
    };
    outcome.then(end, end);
    return outcome as ReturnType<Call>;
  };

  // What is thrown is a failure as any other.
  async #send(input: Parameters<Call>): Promise<unknown> {
    return await this.newest!.call(...input as never);
  }

  #look(): void {
    if (!this.#isGone) this.#draw();
  }
}
