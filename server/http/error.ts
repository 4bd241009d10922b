/**
 * Leaving a request early, with a status.
 *
 * @module
 */

/**
 * An error whose message is for the peer. Every other error's message is for the log: the peer gets a code and a
 * reference.
 *
 * @example
 * ```tsx
 * import { App, HttpError } from "@argyle/argyle";
 * const app = new App();
 * app.page("/orders/:id", ({ params }) => {
 *   if (!/^\d+$/.test(params.id)) throw new HttpError(404, "There is no such order.");
 *   return <h1>Order {params.id}</h1>;
 * });
 * ```
 */
export class HttpError extends Error {
  /** The status of the response, 400 to 599. */
  readonly status: number;
  /** Headers of the response, beside those that every response has. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * An error to be answered with.
   *
   * @param status 400 to 599
   * @param message a sentence for the peer
   * @param options `cause` for the log; `headers` for the response
   */
  constructor(
    status: number,
    message: string,
    options: { cause?: unknown; headers?: Record<string, string> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "HttpError";
    this.status = status;
    this.headers = options.headers ?? {};
  }
}
