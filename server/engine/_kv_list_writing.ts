/**
 * What Deno KV refuses because of its size, said as what it is.
 *
 * @module
 */

/** Waits for a commit, and says of an item that is too large that it is. */
export async function refusal<R>(commit: Promise<R>): Promise<R> {
  try {
    return await commit;
  } catch (error) {
    const why = tooLarge(error);
    if (why === undefined) throw error;
    throw new RangeError(`Cannot store an item of the list in Deno KV: ${why}.`, { cause: error });
  }
}

/** What of a commit was too large, as Deno KV says it; `undefined` where it was not that. */
export function tooLarge(error: unknown): string | undefined {
  if (!(error instanceof TypeError)) return undefined;
  const found = /^(?:Value|Key|Total key size|Total mutation size) too large.*|^Too many mutations.*/.exec(
    error.message,
  );
  return found?.[0].replace(/^Value/, "its value is").replace(/^Key/, "its key is");
}
