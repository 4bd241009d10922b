/**
 * Lines of a stream.
 *
 * @module
 */

/** Characters of one line; a stack with its causes has a few thousand. */
const LONGEST = 1_000_000;

/**
 * The lines of a stream of UTF-8.
 *
 * @throws RangeError for a line that is too long
 */
export async function* readLines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    if (rest.length > LONGEST) throw new RangeError(`Cannot read a line of more than ${LONGEST} characters.`);
    yield* lines;
  }
}
