/**
 * What carries frames from one end to the other.
 *
 * @module
 */

/**
 * One line to the other end, as the engine sees it. What comes in, whoever has the line hands to `Peer.receive`; that it is
 * gone, to `Peer.lost`.
 *
 * @example
 * ```ts
 * import type { Transport } from "@argyle/argyle/socksync";
 * const over = (socket: WebSocket): Transport => ({
 *   send: (text) => socket.send(text),
 *   isBehind: () => false, // whatever waits, waits in memory
 *   close: (code, reason) => socket.close(code, reason),
 * });
 * ```
 */
export interface Transport {
  /** Sends a frame; silently nothing where the line is gone. It does not throw. */
  send(text: string): void;
  /**
   * Whether so much waits to be read at the other end that what can wait should not be sent now. Then `whenRead` is called
   * once, when that is over.
   */
  isBehind(whenRead: () => void): boolean;
  /** Ends the line. */
  close(code: number, reason: string): void;
}
