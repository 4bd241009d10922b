/**
 * What is asked of a NATS client, and JetStream's way to answer.
 *
 * @module
 */

/**
 * The headers of a message, as the client's own `headers()` makes them.
 *
 * @example
 * ```ts
 * import type { NatsHeaders } from "@argyle/argyle/nats";
 * const headers: NatsHeaders = new Headers();
 * headers.set("Nats-Expected-Last-Subject-Sequence", "0");
 * ```
 */
export interface NatsHeaders {
  /** Sets one of them. */
  set(name: string, value: string): void;
}

/**
 * A message that a subscription receives.
 *
 * @example
 * ```ts
 * import type { NatsMessage } from "@argyle/argyle/nats";
 * const isHeartbeat = ({ headers }: NatsMessage) => headers?.code === 100;
 * console.assert(!isHeartbeat({ subject: "a", data: new Uint8Array() }));
 * ```
 */
export interface NatsMessage {
  /** What it was published to. */
  readonly subject: string;
  /** Where an answer goes. */
  readonly reply?: string | undefined;
  /** What it says. */
  readonly data: Uint8Array;
  /** Its headers; `get` gives an empty text for one that is not there. `code`: the status, 0 where there is none. */
  readonly headers?: { readonly code: number; get(name: string): string } | undefined;
}

/**
 * What is asked of a connection: that of `@nats-io/transport-node`, of `@nats-io/nats-core`, or of `nats` before
 * them.
 *
 * @example
 * ```ts
 * import { nats, type NatsConnection } from "@argyle/argyle/nats";
 * const connection: NatsConnection = {
 *   request: () => Promise.reject(new Error("no server")),
 *   publish() {},
 *   subscribe: () => ({ unsubscribe() {} }),
 * };
 * const failure = await nats(connection, { headers: () => new Headers() }).catch((error) => error.message);
 * console.assert(failure.startsWith("Cannot keep state in NATS"));
 * ```
 */
export interface NatsConnection {
  /** What the server says of itself; `max_payload` in bytes. */
  readonly info?: { readonly max_payload: number; readonly version: string } | undefined;
  /** What the client was made with; `inboxPrefix`: where answers may go, `_INBOX` where left out. */
  readonly options?: { readonly inboxPrefix?: string | undefined } | undefined;
  /**
   * Asks, and waits for one answer.
   *
   * @throws Error where there is none within `timeout` milliseconds, or where the connection is closed
   */
  request(
    subject: string,
    payload?: Uint8Array,
    options?: { timeout: number; headers?: NatsHeaders },
  ): Promise<{ readonly data: Uint8Array }>;
  /**
   * Sends a message that nobody answers.
   *
   * @throws Error where the connection is closed
   */
  publish(subject: string): void;
  /**
   * Receives messages, also after the client has lost the server and found it again.
   *
   * @throws Error where the connection is closed
   */
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, message: NatsMessage) => void },
  ): { unsubscribe(): void };
  /** Whether it is closed for good. */
  isClosed?(): boolean;
}

/** After this long without an answer a request has failed. */
export const ANSWER_MS = 5_000;

/** What every answer of JetStream may say. */
export interface Answer {
  readonly error?: { readonly code?: number; readonly err_code: number; readonly description: string };
}

/** Asks JetStream. */
export async function ask<T extends Answer>(
  connection: NatsConnection,
  subject: string,
  data: Uint8Array,
  options: { timeout: number; headers?: NatsHeaders } = { timeout: ANSWER_MS },
): Promise<T> {
  const answer = await connection.request(subject, data, options);
  return JSON.parse(new TextDecoder().decode(answer.data));
}

/** Asks JetStream about something. */
export async function askApi<T extends Answer>(
  connection: NatsConnection,
  what: string,
  body?: unknown,
  timeout = ANSWER_MS,
): Promise<T> {
  const data = body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(body));
  return await ask<T>(connection, `$JS.API.${what}`, data, { timeout });
}

/** Throws what JetStream says where it did not do it. */
export function refuse({ error }: Answer, what: string): void {
  if (error === undefined) return;
  throw new Error(`NATS did not ${what}: ${error.description} (${error.err_code}).`);
}
