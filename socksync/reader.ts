/**
 * Who sees a group of this end: the peer on the other side of a line, as the group knows it.
 *
 * @module
 */

/** The other end of one line. */
export interface Reader {
  /** Sends it a frame. */
  send(text: string): void;
  /** Whether it is behind; then it is told of that by `whenRead`, once, and is sent nothing that can wait. */
  isBehind(whenRead: () => void): boolean;
  /** What it sees cannot be shown to it now. */
  failed(type: "list", name: string): void;
}

/** A name as it stands in frames. */
export function quote(name: string): string {
  return JSON.stringify(name);
}

/** A value as JSON; what JSON has no word for is null. */
export function encode(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}
