/**
 * What is asked of a Redis client, and one way to ask it: whichever client it is, there is an answer or an error within
 * a bounded time.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Clock } from "../../protocol/clock.ts";

/**
 * A client of Redis, as far as it is used here: that of node-redis or that of ioredis. What it sends is kept and
 * published; a duplicate of it, with the same settings, is for listening.
 *
 * @example
 * ```ts
 * import { redis, type RedisClient } from "@argyle/argyle/redis";
 * import { Redis } from "ioredis";
 * const client: RedisClient = new Redis({ lazyConnect: true });
 * const { store, bus } = redis(client);
 * console.assert(store.transactional === bus);
 * ```
 */
export type RedisClient =
  | {
    /** Sends a command with its arguments, as what `createClient()` of `npm:redis` gives. */
    sendCommand(args: string[]): Promise<unknown>;
    /** Another client of the same settings, not connected. */
    duplicate(): RedisConnection;
  }
  | {
    /** Sends a command with its arguments, as what `new Redis()` of `npm:ioredis` gives. */
    call(command: string, args: string[]): Promise<unknown>;
    /** Whether it is that of a cluster, whose `duplicate` takes its settings second. */
    readonly isCluster?: boolean;
    /** Another client of the same settings, apart from those that it is given. */
    duplicate(...settings: never[]): RedisConnection;
  };

/**
 * A connection for listening: what `duplicate()` of a client gives. It is connected and closed here, and told about
 * by its events `ready`, `error`, `close` and `end`.
 *
 * @example
 * ```ts
 * import type { RedisConnection } from "@argyle/argyle/redis";
 * import { createClient } from "redis";
 * const connection: RedisConnection = createClient().duplicate();
 * connection.on("error", () => {});
 * ```
 */
export type RedisConnection =
  & {
    /** Calls `listener` at every event of this name. */
    on(event: string, listener: (...args: unknown[]) => void): unknown;
    /** Connects. */
    connect(): Promise<unknown>;
  }
  & (
    | {
      /** Sends a command with its arguments. */
      sendCommand(args: string[]): Promise<unknown>;
      /** Closes the connection at once, and for good. */
      destroy(): void;
    }
    | {
      /** Sends a command with its arguments. */
      call(command: string, args: string[]): Promise<unknown>;
      /** `end` where it has been closed and does not connect again. */
      readonly status: string;
      /** Closes the connection at once, and for good. */
      disconnect(): void;
    }
  );

/** Sends a command by whichever client it is. */
export type Send = (command: string, args: string[]) => Promise<unknown>;

/** A script, always the same text: what varies are its keys and arguments. */
export interface Script {
  readonly text: string;
  /** Of the text, in hex. */
  readonly sha1: string;
}

/** @returns the script of this text, which must be fixed: no name and no value becomes a part of it */
export function script(text: string): Script {
  return { text, sha1: createHash("sha1").update(text).digest("hex") };
}

// Longer than Redis takes to start again, shorter than what a call may take: a person waits for this.
const PATIENCE = 5000;

/** Sends commands. Knows no key and no value of ours. */
export class RedisCommands {
  readonly #send: Send;
  readonly #clock: Clock;

  constructor(send: Send, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /**
   * Sends one command.
   *
   * @param patience milliseconds
   * @throws Error after that long, whatever the client still tries: what was sent may have happened, or may yet
   */
  send(command: string, args: string[], patience: number = PATIENCE): Promise<unknown> {
    return this.#within(patience, this.#send(command, args));
  }

  /**
   * Runs a script by its hash; Redis is sent the text once, and again after it was started anew.
   *
   * @throws Error after five seconds, as `send` does
   */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#within(PATIENCE, this.#run(script, [String(keys.length), ...keys, ...args]));
  }

  /**
   * Runs a script that is sent whole. What is sent by its hash comes later than what was sent after it, where Redis does
   * not know it and somebody else sends it meanwhile; so this is for what must keep its order.
   *
   * @throws Error after five seconds, as `send` does
   */
  runInOrder({ text }: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#within(PATIENCE, this.#send("EVAL", [text, String(keys.length), ...keys, ...args]));
  }

  async #run({ text, sha1 }: Script, rest: string[]): Promise<unknown> {
    try {
      return await this.#send("EVALSHA", [sha1, ...rest]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return await this.#send("EVAL", [text, ...rest]);
    }
  }

  // An answer that comes too late is heard all the same, so that no error is left to nobody.
  #within(patience: number, answer: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(
        patience,
        () => reject(new Error(`it has not answered within ${patience} ms, and may have done it.`)),
      );
      answer.finally(cancel).then(resolve, reject);
    });
  }
}

/**
 * Asks, and says of an error what could not be done. The client's own error is not handed on: that of ioredis carries
 * the command with all that was to be stored, and what is thrown here is logged whole.
 *
 * @param what such as `read from`
 */
export async function ask<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const help = message.includes("CROSSSLOT")
      ? `. In Redis Cluster all keys of an app must lie in one slot: give redis(client, { prefix: "{argyle}:" }).`
      : "";
    throw new Error(`Cannot ${what} Redis: ${message}${help}`);
  }
}

/**
 * How this client sends. ioredis has a `sendCommand` too, of another kind: its `call` comes first.
 *
 * @throws TypeError where it is no client
 */
export function sender(client: RedisClient | RedisConnection): Send {
  if (typeof client === "object" && client !== null) {
    if ("call" in client && typeof client.call === "function") {
      return async (command, args) => await client.call(command, args);
    }
    if ("sendCommand" in client && typeof client.sendCommand === "function") {
      return async (command, args) => await client.sendCommand([command, ...args]);
    }
  }
  throw noClient(client);
}

/** What is said where something else was given. */
export function noClient(client: unknown): TypeError {
  return new TypeError(
    `Cannot use ${
      String(client)
    } as a client of Redis. Give what createClient() of npm:redis or new Redis() of ` +
      `npm:ioredis returns.`,
  );
}
