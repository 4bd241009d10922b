/**
 * What a program of ours says to the person at the terminal.
 *
 * @module
 */

/** Something that was asked for and cannot be done. Its message is the whole answer; nobody needs to see a stack. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
