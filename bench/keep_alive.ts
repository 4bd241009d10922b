/**
 * HTTP on a connection that stays open, without a client library: the load has to cost less than what it measures, and
 * only here is the first byte seen when it comes.
 *
 * @module
 */

/** An answer that takes longer has failed. */
const PATIENCE = 10_000;

/** What a response says of itself. */
export interface Head {
  readonly status: number;
  /** By names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  /** Bytes up to the body. */
  readonly length: number;
}

/** A response, all of it. */
export interface Answer extends Head {
  /** Good until the connection's next request. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Milliseconds from the request to its first byte. */
  readonly firstByte: number;
}

/** A connection with at most one request under way. */
export class KeepAlive implements Disposable {
  readonly #connection: Deno.TcpConn;
  #buffer = new Uint8Array(64 * 1024);

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Opens a connection to the server of a URL. */
  static async open(url: string): Promise<KeepAlive> {
    const { hostname, port } = new URL(url);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    connection.setNoDelay(true);
    return new KeepAlive(connection);
  }

  /**
   * Sends a request and waits for the whole response.
   *
   * @param request as {@linkcode getRequest} writes it
   * @throws Error where the connection ends, or too much time goes by
   */
  async send(request: Uint8Array): Promise<Answer> {
    const late = setTimeout(() => this.#connection.close(), PATIENCE);
    try {
      const start = performance.now();
      for (let sent = 0; sent < request.length;) {
        sent += await this.#connection.write(request.subarray(sent));
      }
      let filled = await this.#read(0);
      const firstByte = performance.now() - start;
      let head: Head | undefined;
      while (true) {
        const bytes = this.#buffer.subarray(0, filled);
        head ??= readHead(bytes);
        const body = head === undefined ? undefined : readBody(bytes.subarray(head.length), head);
        if (head !== undefined && body !== undefined) return { ...head, body, firstByte };
        filled += await this.#read(filled);
      }
    } finally {
      clearTimeout(late);
    }
  }

  /** Ends the connection. */
  [Symbol.dispose](): void {
    this.#connection.close();
  }

  async #read(from: number): Promise<number> {
    if (from === this.#buffer.length) {
      const larger = new Uint8Array(2 * from);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    const count = await this.#connection.read(this.#buffer.subarray(from));
    if (count === null) throw new Error("Cannot read a response: the server has closed the connection.");
    return count;
  }
}

/** A GET as bytes. */
export function getRequest(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const { host, pathname } = new URL(url);
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return new TextEncoder().encode(`GET ${pathname} HTTP/1.1\r\n${lines.join("")}\r\n`);
}

/**
 * The head at the beginning of these bytes; `undefined` where more of it has to come.
 *
 * @throws TypeError for what is no response
 */
export function readHead(bytes: Uint8Array): Head | undefined {
  const end = find(bytes, "\r\n\r\n", 0);
  if (end < 0) return undefined;
  const [first = "", ...lines] = new TextDecoder().decode(bytes.subarray(0, end)).split("\r\n");
  const [, status] = first.match(/^HTTP\/1\.1 (\d{3}) /) ?? [];
  if (status === undefined) {
    throw new TypeError(`Cannot read ${JSON.stringify(first)} as a response's first line.`);
  }
  const headers = new Map(lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  return { status: Number(status), headers, length: end + 4 };
}

/**
 * The body at the beginning of these bytes, in one piece; `undefined` where more of it has to come.
 *
 * @throws TypeError for one without a length, or with a wrong chunk
 */
export function readBody(
  bytes: Uint8Array<ArrayBuffer>,
  { headers }: Pick<Head, "headers">,
): Uint8Array<ArrayBuffer> | undefined {
  if (headers.get("transfer-encoding") === "chunked") return readChunks(bytes);
  const length = Number(headers.get("content-length"));
  if (!headers.has("content-length") || !Number.isSafeInteger(length)) {
    throw new TypeError("Cannot read a body that does not say how long it is.");
  }
  return bytes.length < length ? undefined : bytes.subarray(0, length);
}

function readChunks(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0;;) {
    const end = find(bytes, "\r\n", at);
    if (end < 0) return undefined;
    const line = new TextDecoder().decode(bytes.subarray(at, end));
    const size = /^[0-9a-f]+$/i.test(line) ? parseInt(line, 16) : NaN;
    if (Number.isNaN(size)) {
      throw new TypeError(`Cannot read ${JSON.stringify(line)} as the size of a chunk.`);
    }
    const from = end + 2, next = from + size + 2;
    if (bytes.length < next) return undefined;
    if (size === 0) return joined(chunks);
    chunks.push(bytes.subarray(from, from + size));
    at = next;
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

// The letters are ASCII.
function find(bytes: Uint8Array, text: string, from: number): number {
  const first = text.charCodeAt(0);
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let equal = 1;
    while (equal < text.length && bytes[at + equal] === text.charCodeAt(equal)) equal++;
    if (equal === text.length) return at;
  }
  return -1;
}
