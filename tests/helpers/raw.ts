/**
 * HTTP by hand over a bare connection: what `fetch` would never send.
 *
 * @module
 */

/** A response as it came. */
export interface RawAnswer {
  readonly status: number;
  /** Names in small letters; a name that came twice has both values. */
  readonly headers: Headers;
  readonly text: string;
}

/** One connection. Leaving its scope closes it. */
export class RawPeer implements Disposable {
  readonly #connection: Deno.TcpConn;
  #unread = "";
  #ended = false;
  #open = true;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects, and says nothing. */
  static async connect({ port }: { readonly port: number }): Promise<RawPeer> {
    return new RawPeer(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Sends a text, each of its characters one byte. */
  async send(text: string): Promise<void> {
    let bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    while (bytes.length > 0) bytes = bytes.subarray(await this.#connection.write(bytes));
  }

  /** The next response; `undefined` where the server has closed the connection instead. */
  async answer(): Promise<RawAnswer | undefined> {
    while (!this.#unread.includes("\r\n\r\n")) {
      if (!await this.#more()) return undefined;
    }
    const end = this.#unread.indexOf("\r\n\r\n");
    const [line = "", ...fields] = this.#unread.slice(0, end).split("\r\n");
    this.#unread = this.#unread.slice(end + 4);
    const headers = new Headers();
    for (const field of fields) {
      headers.append(field.slice(0, field.indexOf(":")), field.replace(/^.*?: */, ""));
    }
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(line)?.[1]);
    const length = Number(headers.get("content-length") ?? 0);
    while (this.#unread.length < length && await this.#more());
    const text = this.#unread.slice(0, length);
    this.#unread = this.#unread.slice(length);
    return { status, headers, text };
  }

  /** What comes until at least `count` characters are there, or the connection has ended. */
  async text(count: number): Promise<string> {
    while (this.#unread.length < count && await this.#more());
    const text = this.#unread;
    this.#unread = "";
    return text;
  }

  /** Whether the server closes the connection; waits until it does or says something. */
  async ended(): Promise<boolean> {
    return this.#unread === "" && !await this.#more();
  }

  /** Goes away without a word. */
  close(): void {
    if (this.#open) this.#connection.close();
    this.#open = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const chunk = new Uint8Array(64 * 1024);
    const count = await this.#connection.read(chunk).catch((error) => {
      // A server that refuses what it has not read to its end resets the connection.
      if (error instanceof Deno.errors.ConnectionReset) return null;
      throw error;
    });
    if (count === null) this.#ended = true;
    else this.#unread += String.fromCharCode(...chunk.subarray(0, count));
    return count !== null;
  }
}
