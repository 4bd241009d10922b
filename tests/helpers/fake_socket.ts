/**
 * Our end of a socket, with nobody at the other.
 *
 * @module
 */

import type { Socket } from "../../server/socket/line.ts";

/** A socket whose events are a test's to tell. It is open. */
export class FakeSocket extends EventTarget implements Socket {
  readyState = 1;
  bufferedAmount = 0;
  binaryType: "blob" | "arraybuffer" = "blob";
  readonly sent: string[] = [];
  /** The codes that it was closed with. */
  readonly ends: number[] = [];

  send(text: string): void {
    this.sent.push(text);
  }

  close(code?: number): void {
    this.readyState = 2;
    this.ends.push(code ?? 0);
  }

  /** A message has come. */
  say(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  /** The upgrade is done. */
  opened(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  /** It has ended. */
  end(type: "close" | "error" = "close"): void {
    this.readyState = 3;
    this.dispatchEvent(new Event(type));
  }
}
