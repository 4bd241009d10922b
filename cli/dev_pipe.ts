/**
 * Two connections, made one.
 *
 * @module
 */

import { closeQuietly } from "./dev_process.ts";

/** Bytes that are read at once. */
const CHUNK = 64 * 1024;

/**
 * Carries everything between a line and another, byte for byte, until both have said all they had. Who reads slowly is
 * written to slowly, and who has stopped speaking may go on to listen.
 *
 * @param begun what has been read of the line already
 * @param next gives the other end: at first, and whenever one has gone without a word to a line that has said nothing
 *   after `begun`. Where it gives nothing, the line is closed.
 */
export async function pipe(
  line: Deno.TcpConn,
  begun: Uint8Array,
  next: () => Promise<Deno.TcpConn | undefined>,
): Promise<void> {
  let other: Deno.TcpConn | undefined, met = Promise.resolve(other);
  let saysMore = false, hasSaidAll = false, isOver = false;
  const end = () => {
    isOver = true;
    for (const open of [line, other]) if (open !== undefined) closeQuietly(open);
  };
  const fail = (error: unknown) => {
    end();
    forgiveGone(error);
  };
  const meet = async (hadSaidAll: boolean) => {
    if (other !== undefined) closeQuietly(other);
    other = await next();
    if (other === undefined || isOver) {
      end();
      return undefined;
    }
    // Whether it has heard this is known by what it says.
    await writeAll(other, begun).catch(forgiveGone);
    if (hadSaidAll) await other.closeWrite().catch(forgiveGone);
    return other;
  };
  const answer = async () => {
    let heard = false;
    while (!heard && !saysMore && !isOver) {
      const to = await (met = meet(hasSaidAll));
      heard = to !== undefined && await carryAnswer(to, line);
    }
    if (!isOver) await line.closeWrite();
  };
  const ask = async () => {
    for await (const bytes of chunks(line)) {
      saysMore = true;
      const to = await met;
      if (to !== undefined) await writeAll(to, bytes);
    }
    hasSaidAll = true;
    await (await met)?.closeWrite().catch(forgiveGone);
  };
  await Promise.all([answer().catch(fail), ask().catch(fail)]);
  end();
}

/** What an end says, until it has said all. What is given is overwritten by what comes next. */
async function* chunks(from: Deno.TcpConn): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK);
  for (let size = await from.read(buffer); size !== null; size = await from.read(buffer)) {
    yield buffer.subarray(0, size);
  }
}

/** Carries what one end says to the other. Whether it has said anything. */
async function carryAnswer(from: Deno.TcpConn, to: Deno.TcpConn): Promise<boolean> {
  let hasSpoken = false;
  try {
    for await (const bytes of chunks(from)) {
      hasSpoken = true;
      await writeAll(to, bytes);
    }
  } catch (error) {
    if (hasSpoken) throw error;
    forgiveGone(error);
  }
  return hasSpoken;
}

function forgiveGone(error: unknown): void {
  if (!isGone(error)) throw error;
}

/** Writes all of it. */
export async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
}

/** Whether an error only says that the other end has gone, or that we have closed ours. */
export function isGone(error: unknown): boolean {
  const {
    ConnectionReset,
    ConnectionAborted,
    BrokenPipe,
    NotConnected,
    BadResource,
    Interrupted,
    UnexpectedEof,
    TimedOut,
  } = Deno.errors;
  return [
    ConnectionReset,
    ConnectionAborted,
    BrokenPipe,
    NotConnected,
    BadResource,
    Interrupted,
    UnexpectedEof,
    TimedOut,
  ]
    .some((kind) => error instanceof kind);
}
