/**
 * Turns: who has met others in a commit waits in line for the next try, so that nobody is overtaken for ever.
 *
 * @module
 */

const nobody = Promise.resolve();

/** Lines by name. Nobody stands in a line who has not met anybody. */
export class Turns {
  readonly #lines = new Map<string, Promise<void>>();

  /** Waits until nobody is in the line of this name. */
  quiet(name: string): Promise<void> {
    return this.#lines.get(name) ?? nobody;
  }

  /**
   * Stands in line.
   *
   * @returns to be called when done, once
   */
  async take(name: string): Promise<() => void> {
    const before = this.#lines.get(name);
    const { promise, resolve } = Promise.withResolvers<void>();
    const line = (before ?? Promise.resolve()).then(() => promise);
    this.#lines.set(name, line);
    await before;
    return () => {
      resolve();
      if (this.#lines.get(name) === line) this.#lines.delete(name);
    };
  }
}
