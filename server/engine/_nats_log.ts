/**
 * The stream of a bus: one subject for each channel, and every message numbered. What is older than some minutes goes
 * by itself.
 *
 * @module
 */

import {
  type Answer,
  ANSWER_MS,
  ask,
  askApi,
  type NatsConnection,
  type NatsHeaders,
  type NatsMessage,
  refuse,
} from "./_nats_connection.ts";

/** A stream is made so; an operator may make it with other bounds, but with some. */
const MAX_AGE_MS = 10 * 60_000, MAX_BYTES = 256 * 1024 * 1024, MAX_MESSAGES = 1_000_000;

/** For so long the server knows a message by its id, so that one that is sent again is stored once. */
const KNOWN_MS = 120_000;

/** A sender sends again for a few seconds; a stream that forgets earlier would store it twice. */
const KNOWN_AT_LEAST_MS = 30_000;

/** So often the server says that it is there. */
export const HEARTBEAT_MS = 1_000;

/** So long the server keeps a consumer to which nobody listens. */
const ALONE_MS = 5_000;

/** What headers and protocol take of a message. */
const AROUND = 512;

/** Numbers of JetStream's errors. */
const NO_STREAM = 10059, OTHER_CONFIG = 10058;

/** Messages that belong together have this header: what they make up, which one this is, and of how many. */
export const PART = "Argyle-Part";

/** The stream at one moment. */
export interface LogState {
  /** When it was made: another one of this name has another. */
  readonly created: string;
  /** The number of the first message that is still there. */
  readonly first: number;
  /** The number of the last message, also of one that is gone. */
  readonly last: number;
}

/** What the server has refused for good: it is not stored, and would not be the next time. */
export class RefusedError extends Error {}

interface Info extends Answer {
  readonly created: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly state: { readonly first_seq: number; readonly last_seq: number };
}

interface Ack extends Answer {
  readonly stream?: string;
}

/** The stream beside that of a bucket. */
export class NatsLog {
  readonly #connection: NatsConnection;
  readonly #headers: () => NatsHeaders;
  readonly #replicas: number;
  /** The stream. */
  readonly name: string;

  constructor(connection: NatsConnection, headers: () => NatsHeaders, bucket: string, replicas: number) {
    this.#connection = connection;
    this.#headers = headers;
    this.#replicas = replicas;
    this.name = `${bucket}-bus`;
  }

  /** What the server takes in one message. */
  get limit(): number {
    return Math.max((this.#connection.info?.max_payload ?? 1024 * 1024) - AROUND, AROUND);
  }

  /** Whether the connection is closed for good. */
  get isClosed(): boolean {
    return this.#connection.isClosed?.() ?? false;
  }

  /**
   * Makes the stream, or finds it.
   *
   * @throws Error where a stream of this name serves something else
   */
  async open(): Promise<void> {
    const { config } = await this.#info();
    const wrong = Object.entries({
      subjects: JSON.stringify(config.subjects) === JSON.stringify([`${this.name}.>`]),
      retention: config.retention === "limits",
      discard: config.discard === "old",
      max_msgs_per_subject: Number(config.max_msgs_per_subject ?? -1) <= 0,
      no_ack: config.no_ack !== true,
      duplicate_window: Number(config.duplicate_window) >= nanoseconds(KNOWN_AT_LEAST_MS),
      max_age: [config.max_age, config.max_bytes, config.max_msgs].some((bound) => Number(bound) > 0),
    }).find(([, isRight]) => !isRight)?.[0];
    if (wrong === undefined) return;
    throw new Error(
      `Cannot publish over the NATS stream ${this.name}: its ${wrong} is ${
        JSON.stringify(config[wrong])
      }, which ` +
        `would lose messages or keep them for ever. Give another bucket.`,
    );
  }

  /** How it is now. One that has gone meanwhile is made anew. */
  async state(timeout = ANSWER_MS): Promise<LogState> {
    const { created, state } = await this.#info(timeout);
    return { created, first: state.first_seq, last: state.last_seq };
  }

  /**
   * Stores a message, once for one `id`.
   *
   * @param part what it is a part of
   * @throws RefusedError where it is not stored; Error where it may be
   */
  async append(
    token: string,
    data: Uint8Array,
    { id, part, timeout }: { id: string; part?: string | undefined; timeout: number },
  ): Promise<void> {
    const headers = this.#headers();
    headers.set("Nats-Msg-Id", id);
    if (part !== undefined) headers.set(PART, part);
    const subject = `${this.name}.${token}`;
    const { error, stream } = await ask<Ack>(this.#connection, subject, data, { timeout, headers });
    if (error !== undefined) {
      const why = `NATS did not store it: ${error.description} (${error.err_code}).`;
      // Anything else may be otherwise soon: no leader, no space, the same message still under way.
      throw error.code === 400 ? new RefusedError(why) : new Error(why);
    }
    if (stream !== this.name) throw new Error(`NATS has answered for ${stream}, and not for ${this.name}.`);
  }

  /** The channel's token in the subject of a message. */
  token({ subject }: NatsMessage): string {
    return subject.slice(this.name.length + 1);
  }

  /** Receives what is sent to an address that nobody else has. */
  receive(
    receive: (error: Error | null, message: NatsMessage) => void,
  ): { readonly inbox: string; unsubscribe(): void } {
    const inbox = `${this.#connection.options?.inboxPrefix ?? "_INBOX"}.${crypto.randomUUID()}`;
    const subscription = this.#connection.subscribe(inbox, { callback: receive });
    return { inbox, unsubscribe: () => subscription.unsubscribe() };
  }

  /** Has all messages from this number on sent to an address, and says that the server may send more. */
  async follow(consumer: string, inbox: string, from: number, timeout: number): Promise<void> {
    const answer = await askApi(this.#connection, `CONSUMER.CREATE.${this.name}.${consumer}`, {
      stream_name: this.name,
      config: {
        name: consumer,
        deliver_subject: inbox,
        deliver_policy: "by_start_sequence",
        opt_start_seq: from,
        ack_policy: "none",
        replay_policy: "instant",
        flow_control: true,
        idle_heartbeat: nanoseconds(HEARTBEAT_MS),
        inactive_threshold: nanoseconds(ALONE_MS),
        num_replicas: 1,
        mem_storage: true,
      },
    }, timeout);
    refuse(answer, "make a consumer");
  }

  /** Ends what `follow` has begun. */
  async forget(consumer: string, timeout: number): Promise<void> {
    await askApi(this.#connection, `CONSUMER.DELETE.${this.name}.${consumer}`, undefined, timeout);
  }

  /** Tells the server to go on. */
  goOn(subject: string): void {
    this.#connection.publish(subject);
  }

  async #info(timeout?: number): Promise<Info> {
    const info = await this.#ask("INFO", undefined, timeout);
    if (info.error?.err_code !== NO_STREAM) return checked(info, "look for the stream of the bus");
    const made = await this.#ask("CREATE", {
      name: this.name,
      subjects: [`${this.name}.>`],
      retention: "limits",
      storage: "file",
      discard: "old",
      num_replicas: this.#replicas,
      max_age: nanoseconds(MAX_AGE_MS),
      max_bytes: MAX_BYTES,
      max_consumers: -1,
      max_msgs: MAX_MESSAGES,
      max_msgs_per_subject: -1,
      max_msg_size: -1,
      duplicate_window: nanoseconds(KNOWN_MS),
    }, timeout);
    // Somebody else was faster, and had it otherwise.
    if (made.error?.err_code === OTHER_CONFIG) {
      return checked(await this.#ask("INFO", undefined, timeout), "look for the stream of the bus");
    }
    return checked(made, "make the stream of the bus");
  }

  #ask(what: string, body: unknown, timeout?: number): Promise<Info> {
    return askApi<Info>(this.#connection, `STREAM.${what}.${this.name}`, body, timeout);
  }
}

function checked(info: Info, what: string): Info {
  refuse(info, what);
  return info;
}

function nanoseconds(ms: number): number {
  return ms * 1_000_000;
}
