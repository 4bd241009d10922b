/**
 * Two connections, made one.
 *
 * @module
 */

import { closeQuietly } from "./dev_process.ts";

/** Bytes that are read at once. */
const CHUNK = 64 * 1024;

/**
 * Carries everything between two ends, byte for byte, until both have said all they had. Who reads slowly is written to
 * slowly, and who has stopped speaking may go on to listen.
 *
 * @param begun what has been read of the first end already
 */
export async function pipe(one: Deno.TcpConn, other: Deno.TcpConn, begun: Uint8Array): Promise<void> {
  try {
    await writeAll(other, begun);
    await Promise.all([carry(one, other), carry(other, one)]);
  } catch (error) {
    if (!isGone(error)) throw error;
  } finally {
    closeQuietly(one);
    closeQuietly(other);
  }
}

async function carry(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(CHUNK);
  for (let size = await from.read(buffer); size !== null; size = await from.read(buffer)) {
    await writeAll(to, buffer.subarray(0, size));
  }
  await to.closeWrite();
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
