/**
 * A socket on which one text goes out and one comes back, whatever else may come between. Floor and measure use it alike,
 * so that its own cost is in both.
 *
 * @module
 */

/** An answer that takes longer has failed. */
const PATIENCE = 10_000;

interface Waiting {
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

/** How a socket is opened. */
export interface WireOptions {
  /** What a browser would send of its own accord. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Is given each frame; true for one that is no answer, and that it has taken. */
  readonly aside?: (text: string) => boolean;
}

/** A WebSocket with at most one exchange under way. */
export class Wire implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #closed = Promise.withResolvers<void>();
  readonly #aside: (text: string) => boolean;
  #waiting: Waiting | undefined;
  #failed: Error | undefined;

  private constructor(socket: WebSocket, aside: (text: string) => boolean) {
    this.#socket = socket;
    this.#aside = aside;
    socket.onmessage = ({ data }) => {
      if (this.#aside(data)) return;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting === undefined) this.#fail(new Error(`Nobody waited for a frame: ${cut(data)}.`));
      else waiting.resolve(data);
    };
    socket.onclose = ({ code, reason }) => {
      this.#fail(new Error(`The socket has closed: ${code} ${JSON.stringify(reason)}.`));
      this.#closed.resolve();
    };
  }

  /**
   * Opens a socket.
   *
   * @throws Error where it cannot be opened
   */
  static async open(url: string, { headers = {}, aside = () => false }: WireOptions = {}): Promise<Wire> {
    // The standard's constructor takes no headers; Deno's does.
    const Open = WebSocket as unknown as new (url: string, options: object) => WebSocket;
    const socket = new Open(url, { headers });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.onopen = () => resolve();
    socket.onerror = (event) => {
      reject(new Error(`Cannot open ${url}: ${event instanceof ErrorEvent ? event.message : "refused"}.`));
    };
    await promise;
    return new Wire(socket, aside);
  }

  /** Done when the socket has closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /**
   * Sends a text that nobody answers, or whose answers are taken `aside`.
   *
   * @throws Error when the socket has closed, or has sent what nobody waited for
   */
  send(text: string): void {
    this.assertOpen();
    this.#socket.send(text);
  }

  /**
   * Sends a text and waits for the next one.
   *
   * @throws Error when the socket has closed, or has sent what nobody waited for
   */
  exchange(text: string): Promise<string> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#waiting = { resolve, reject };
    this.#socket.send(text);
    return promise;
  }

  /**
   * Exchanges texts one after the other.
   *
   * @param texts what is sent; the first `warmUp` are not timed
   * @param check is given each answer, after its time was taken
   * @returns the time of each exchange, in milliseconds
   */
  async time(
    texts: readonly string[],
    warmUp: number,
    check: (answer: string, index: number) => void,
  ): Promise<number[]> {
    const overdue = setTimeout(
      () => this.#fail(new Error("Cannot wait any longer for an answer.")),
      PATIENCE + texts.length * 100,
    );
    try {
      const samples: number[] = [];
      for (const [index, text] of texts.entries()) {
        const start = performance.now();
        const answer = await this.exchange(text);
        const end = performance.now();
        check(answer, index);
        if (index >= warmUp) samples.push(end - start);
      }
      return samples;
    } finally {
      clearTimeout(overdue);
    }
  }

  /**
   * Exchanges texts one after the other as fast as the answers come: nothing is timed or looked at on the way.
   *
   * @returns the answers
   */
  rally(texts: readonly string[]): Promise<string[]> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    const { promise, resolve, reject } = Promise.withResolvers<string[]>();
    const overdue = setTimeout(
      () => this.#fail(new Error("Cannot wait any longer for an answer.")),
      PATIENCE + texts.length * 100,
    );
    const answers: string[] = [];
    const waiting: Waiting = {
      resolve: (answer) => {
        answers.push(answer);
        next();
      },
      reject: (error) => {
        clearTimeout(overdue);
        reject(error);
      },
    };
    const next = () => {
      const text = texts[answers.length];
      if (text === undefined) {
        clearTimeout(overdue);
        return resolve(answers);
      }
      this.#waiting = waiting;
      this.#socket.send(text);
    };
    next();
    return promise;
  }

  /** @throws Error when the socket has closed, or has sent what nobody waited for */
  assertOpen(): void {
    if (this.#failed !== undefined) throw this.#failed;
  }

  /** Closes the socket and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState !== WebSocket.CLOSED) {
      this.#socket.close();
      await this.#closed.promise;
    }
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

function cut(data: unknown): string {
  const text = String(data);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
