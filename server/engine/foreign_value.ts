/**
 * What lies under a key of ours and is not ours.
 *
 * @module
 */

/** A value that cannot be believed, in a store that others can write to. What it holds is in no message. */
export class ForeignValue extends Error {
  override readonly name = "ForeignValue";
}
