/**
 * A body that is there in pieces.
 *
 * @module
 */

/**
 * Pieces as the body of a response, one after the other, without a copy of them all in one: many bodies may have
 * pieces in common.
 */
export function bodyOf(
  pieces: readonly Uint8Array<ArrayBuffer>[],
): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>> {
  if (pieces.length === 1) return pieces[0]!;
  let next = 0;
  // Not one of `type: "bytes"`: that would take the pieces away from the others.
  return new ReadableStream({
    pull(controller) {
      if (next < pieces.length) controller.enqueue(pieces[next++]!);
      else controller.close();
    },
  }, { highWaterMark: 0 });
}
