/**
 * The few requests of JetStream's own protocol that a store makes, over a connection that is somebody else's.
 *
 * @module
 */

import {
  type Answer as AnyAnswer,
  ANSWER_MS,
  ask,
  askApi,
  type NatsConnection,
  type NatsHeaders,
  refuse,
} from "./_nats_connection.ts";

/** Numbers of JetStream's errors. */
const NO_STREAM = 10059, NO_MESSAGE = 10037, NOT_DELETED = 10057, SEQUENCE_GONE = 10043;

/** Somebody else has written, or is about to in a cluster. */
const WRONG_LAST = [10071, 10164];

/** The first server that compares and sets rightly where a stream has replicas: before, two could both get through. */
const REPLICAS_SINCE = [2, 12] as const;

/** A message of the stream. */
export interface Message {
  readonly cell: string;
  readonly seq: number;
  readonly data: Uint8Array;
}

interface Answer extends AnyAnswer {
  readonly seq?: number;
  readonly message?: { readonly subject: string; readonly seq: number; readonly data?: string };
  readonly config?: Readonly<Record<string, unknown>>;
}

/** One stream, with a subject for each cell. */
export class Stream {
  readonly #connection: NatsConnection;
  readonly #headers: () => NatsHeaders;
  /** The bucket. */
  readonly name: string;

  /** @param name letters, digits, `-` and `_` */
  constructor(connection: NatsConnection, headers: () => NatsHeaders, name: string) {
    this.#connection = connection;
    this.#headers = headers;
    this.name = name;
  }

  /** What the server takes in one message. */
  get limit(): number {
    return this.#connection.info?.max_payload ?? Infinity;
  }

  /**
   * Makes the stream, or finds it.
   *
   * @throws Error where a stream of this name serves something else
   */
  async open(replicas: number): Promise<void> {
    const config = {
      name: this.name,
      subjects: [this.#subject(">")],
      retention: "limits",
      storage: "file",
      discard: "old",
      num_replicas: replicas,
      max_age: 0,
      max_bytes: -1,
      max_consumers: -1,
      max_msgs: -1,
      max_msgs_per_subject: -1,
      max_msg_size: -1,
    };
    const info = await this.#ask("INFO");
    if (info.error?.err_code === NO_STREAM) {
      this.#allow(replicas);
      // Two that start at once ask for the same, which is one stream.
      refuse(await this.#ask("CREATE", config), "make its stream");
      return;
    }
    refuse(info, "look for its stream");
    this.#allow(Number(info.config?.num_replicas));
    for (const name of ["subjects", "max_age", "max_bytes", "max_msgs", "max_msgs_per_subject"] as const) {
      const found = JSON.stringify(info.config?.[name]);
      if (found !== JSON.stringify(config[name])) {
        throw new Error(
          `Cannot keep state in the NATS stream ${this.name}: its ${name} is ${found}, which would lose or mix ` +
            `up values. Give another bucket.`,
        );
      }
    }
  }

  /** The last message of a cell. Asked of the leader, so that what was committed is seen. */
  async last(cell: string): Promise<Message | null> {
    return await this.#get({ last_by_subj: this.#subject(cell) });
  }

  /** The message of this number. */
  async at(seq: number): Promise<Message | null> {
    return await this.#get({ seq });
  }

  /** The first message of this number or a higher one. */
  async from(seq: number): Promise<Message | null> {
    return await this.#get({ seq, next_by_subj: this.#subject(">") });
  }

  /** @returns the message's number, or `null` where the last of the cell is not the one that was expected */
  async publish(cell: string, data: Uint8Array, expected: number): Promise<number | null> {
    const headers = this.#headers();
    headers.set("Nats-Expected-Last-Subject-Sequence", String(expected));
    const options = { timeout: ANSWER_MS, headers };
    const answer = await ask<Answer>(this.#connection, this.#subject(cell), data, options);
    if (answer.error !== undefined && WRONG_LAST.includes(answer.error.err_code)) return null;
    refuse(answer, "write");
    return answer.seq!;
  }

  /** Removes one message; one that is not there is no error. */
  async remove(seq: number): Promise<void> {
    const answer = await this.#ask("MSG.DELETE", { seq, no_erase: true });
    const { err_code: code, description = "" } = answer.error ?? {};
    const isGone = code === NO_MESSAGE || code === SEQUENCE_GONE ||
      (code === NOT_DELETED && description === "no message found");
    if (!isGone) refuse(answer, "remove a message");
  }

  /** Removes a cell's messages up to this number. */
  async purge(cell: string, upTo: number): Promise<void> {
    refuse(await this.#ask("PURGE", { filter: this.#subject(cell), seq: upTo + 1 }), "remove messages");
  }

  // nats-server issue 4320: 2.9.10 with three replicas took two messages for one place at every sixth try.
  #allow(replicas: number): void {
    const version = this.#connection.info?.version ?? "0";
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (
      replicas === 1 || major > REPLICAS_SINCE[0] ||
      (major === REPLICAS_SINCE[0] && minor >= REPLICAS_SINCE[1])
    ) {
      return;
    }
    throw new Error(
      `NATS ${version} lets two writers through at once where a stream has ${replicas} replicas. Take 1, or NATS ` +
        `${REPLICAS_SINCE.join(".")} or newer.`,
    );
  }

  #subject(cell: string): string {
    return `${this.name}.${cell}`;
  }

  async #get(query: Record<string, unknown>): Promise<Message | null> {
    const answer = await this.#ask("MSG.GET", query);
    if (answer.error?.err_code === NO_MESSAGE) return null;
    refuse(answer, "read");
    const { subject, seq, data = "" } = answer.message!;
    return { cell: subject.slice(this.name.length + 1), seq, data: Uint8Array.fromBase64(data) };
  }

  async #ask(what: string, body?: unknown): Promise<Answer> {
    return await askApi<Answer>(this.#connection, `STREAM.${what}.${this.name}`, body);
  }
}
