/**
 * A file as the body of a response.
 *
 * @module
 */

/** Bytes read at once: fewer cost more calls, more cost memory for every slow reader. */
const CHUNK = 64 * 1024;

/**
 * The next bytes of an open file, read as they are asked for. The stream closes the file: at its end, when it fails,
 * and when it is cancelled.
 *
 * @param length more than 0; what the file has beyond it is left, a file that has less fails the stream
 */
export function streamFile(
  file: Deno.FsFile,
  length: number,
  name: string,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = length, open = true;
  const close = () => {
    if (open) file.close();
    open = false;
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const chunk = new Uint8Array(Math.min(left, CHUNK));
        const count = await file.read(chunk);
        if (!open) return; // cancelled meanwhile
        if (count === null) {
          throw new Error(`The file ${JSON.stringify(name)} became shorter while it was sent.`);
        }
        left -= count;
        controller.enqueue(chunk.subarray(0, count));
        if (left > 0) return;
        close();
        controller.close();
      } catch (error) {
        close();
        throw error;
      }
    },
    cancel: close,
    // Nothing is read ahead of the peer.
  }, { highWaterMark: 0 });
}
