/**
 * The start tag of an element in a template: whether the element has an id.
 *
 * @module
 */

/** A start tag. */
export class StartTag {
  /** The holes in it, each an attribute. */
  readonly holes: number[] = [];
  /** The id that stands in the static strings, as HTML. */
  id: string | undefined;
  /** For each hole, as far as it is known: whether it is the id. A place in the source has one name for ever. */
  readonly #isId: (boolean | undefined)[] = [];

  /**
   * Whether there is an id that leads to the element: an empty one does not.
   *
   * @param values ready to be written, each with a blank before it
   */
  hasId(values: readonly unknown[]): boolean {
    return this.id !== undefined || this.#holeOfId(values) !== -1;
  }

  /** The id as HTML. */
  idOf(values: readonly unknown[]): string | undefined {
    if (this.id !== undefined) return this.id;
    const hole = this.#holeOfId(values);
    return hole === -1 ? undefined : (values[hole] as string).slice(' id="'.length, -1);
  }

  // Reading the letters of a string that was just joined would copy it: that is done once for each hole.
  #holeOfId(values: readonly unknown[]): number {
    for (let i = 0; i < this.holes.length; i++) {
      const hole = this.holes[i] ?? -1;
      const value = values[hole];
      if (typeof value !== "string" || value.length <= " id".length) continue;
      this.#isId[i] ??= /^ id="/i.test(value);
      if (this.#isId[i] === true) return hole;
    }
    return -1;
  }
}
