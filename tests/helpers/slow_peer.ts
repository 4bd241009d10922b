/**
 * A page's socket whose other end is slow.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Path, PROTOCOL_VERSION } from "@argyle/argyle/protocol";
import type { LoadedPage } from "./peer.ts";
import { RawPeer } from "./raw.ts";

/** A page's socket whose other end reads only when it is told to. */
export class SlowPeer implements Disposable {
  readonly #peer: RawPeer;
  #unread = "";

  private constructor(peer: RawPeer) {
    this.#peer = peer;
  }

  /** Opens one for a page, and waits until that is live. */
  static async live(server: { port: number; url: string }, { cookie, token }: LoadedPage): Promise<SlowPeer> {
    const raw = await RawPeer.connect(server);
    await raw.send(
      `GET ${Path.socket} HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\norigin: ${server.url}\r\ncookie: ${cookie}\r\n` +
        "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n" +
        "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    assert.equal((await raw.answer())?.status, 101);
    const peer = new SlowPeer(raw);
    await peer.send(["hello", PROTOCOL_VERSION, token, 0]);
    assert.deepEqual(await peer.next(), ["ready", 0]);
    return peer;
  }

  /** Sends a frame. */
  async send(frame: unknown): Promise<void> {
    const text = JSON.stringify(frame);
    assert.ok(text.length < 65_536);
    const length = text.length < 126 ? [text.length] : [126, text.length >> 8, text.length & 255];
    await this.#peer.send(String.fromCharCode(0x81, ...length) + text);
  }

  /** Reads one frame. */
  async next(): Promise<unknown[]> {
    while (true) {
      const found = this.#frame();
      if (found !== undefined) return found;
      const more = await this.#peer.text(1);
      assert.notEqual(more, "", "the socket was closed");
      this.#unread += more;
    }
  }

  #frame(): unknown[] | undefined {
    const byte = (at: number) => this.#unread.charCodeAt(at);
    const length = byte(1), header = length < 126 ? 2 : length === 126 ? 4 : 10;
    if (!(this.#unread.length >= header)) return undefined;
    let size = length < 126 ? length : 0;
    for (let i = 2; i < header; i++) size = size * 256 + byte(i);
    if (this.#unread.length < header + size) return undefined;
    const text = this.#unread.slice(header, header + size);
    this.#unread = this.#unread.slice(header + size);
    return JSON.parse(text);
  }

  [Symbol.dispose](): void {
    this.#peer.close();
  }
}
