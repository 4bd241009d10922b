/**
 * What is asked of a Redis client, and one way to ask it: whichever client it is, there is an answer or an error within
 * a bounded time.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";

/**
 * A client of Redis, as far as it is used here: one method, that of node-redis or that of ioredis.
 *
 * @example
 * ```ts
 * import { redis, type RedisClient } from "@argyle/argyle/redis";
 * // Any other client fits as well, once it has such a method.
 * const client: RedisClient = { sendCommand: ([command]) => Promise.reject(new Error(`No ${command} today.`)) };
 * const { store } = redis(client);
 * ```
 */
export type RedisClient =
  | {
    /** Sends a command with its arguments, as what `createClient()` of `npm:redis` gives. */
    sendCommand(args: string[]): Promise<unknown>;
  }
  | {
    /** Sends a command with its arguments, as what `new Redis()` of `npm:ioredis` gives. */
    call(command: string, args: string[]): Promise<unknown>;
  };

/** A script, always the same text: what varies are its keys and arguments. */
export interface Script {
  readonly text: string;
  /** Of the text, in hex. */
  readonly sha1: string;
}

// Longer than Redis takes to start again, shorter than what a call may take: a person waits for this.
const PATIENCE = 5000;

/** Sends commands. Knows no key and no value of ours. */
export class RedisCommands {
  readonly #send: (command: string, args: string[]) => Promise<unknown>;
  readonly #clock: Clock;

  /** @throws TypeError where the client has neither method */
  constructor(client: RedisClient, clock: Clock) {
    this.#send = sender(client);
    this.#clock = clock;
  }

  /**
   * Sends one command.
   *
   * @throws Error after five seconds, whatever the client still tries: what was sent may have happened, or may yet
   */
  send(command: string, args: string[]): Promise<unknown> {
    return this.#within(this.#send(command, args));
  }

  /**
   * Runs a script by its hash; Redis is sent the text once, and again after it was started anew.
   *
   * @throws Error after five seconds, as `send` does
   */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#within(this.#run(script, [String(keys.length), ...keys, ...args]));
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
  #within(answer: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(
        PATIENCE,
        () => reject(new Error(`it has not answered within ${PATIENCE} ms, and may have done it.`)),
      );
      answer.finally(cancel).then(resolve, reject);
    });
  }
}

// ioredis has a `sendCommand` too, of another kind: its `call` comes first.
function sender(client: RedisClient): (command: string, args: string[]) => Promise<unknown> {
  if (typeof client === "object" && client !== null) {
    if ("call" in client && typeof client.call === "function") {
      return async (command, args) => await client.call(command, args);
    }
    if ("sendCommand" in client && typeof client.sendCommand === "function") {
      return async (command, args) => await client.sendCommand([command, ...args]);
    }
  }
  throw new TypeError(
    `Cannot use ${
      String(client)
    } as a client of Redis. Give what createClient() of npm:redis or new Redis() of ` +
      `npm:ioredis returns.`,
  );
}
