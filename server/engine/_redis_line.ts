/**
 * A connection of one's own, for a command that waits: whichever client it is of, it is opened, and it is lost once and
 * for good.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import {
  type RedisClient,
  RedisCommands,
  type RedisConnection,
  type Script,
  sender,
} from "./_redis_client.ts";

/** For so many milliseconds one is waited for: as for an answer. */
const OPENING = 5000;

/**
 * A duplicate of a client. It does not come back by itself as its client would: whoever reads has to look at what has
 * become of Redis meanwhile, and so takes another one.
 */
export class RedisLine implements Disposable {
  readonly #connection: RedisConnection;
  readonly #commands: RedisCommands;
  readonly #ready = Promise.withResolvers<void>();
  readonly #lost = Promise.withResolvers<never>();
  readonly #cancel: () => void;
  #isClosed = false;

  constructor(client: RedisClient, clock: Clock) {
    this.#connection = duplicate(client);
    const send = sender(this.#connection), lost = this.#lost.promise;
    lost.catch(() => {}); // told to whoever waits for something, and to nobody else
    // A client may keep what had no answer, for a connection that it is not going to have.
    this.#commands = new RedisCommands((...command) => Promise.race([lost, send(...command)]), clock);
    this.#connection.on("ready", () => this.#ready.resolve());
    this.#connection.on("error", (error) => this.#lose(error));
    for (const end of ["close", "end"]) {
      this.#connection.on(end, () => this.#lose("the connection was closed."));
    }
    this.#cancel = clock.after(OPENING, () => this.#lose(`it was not reached within ${OPENING} ms.`));
    this.#connection.connect().catch((error) => this.#lose(error));
  }

  /**
   * Resolves when it can be used.
   *
   * @throws Error where Redis cannot be reached
   */
  async opened(): Promise<void> {
    await Promise.race([this.#ready.promise, this.#lost.promise]);
    this.#cancel();
  }

  /**
   * Sends one command.
   *
   * @param patience milliseconds
   * @throws Error where Redis refuses, or there is no answer for so long, or the line is lost
   */
  send(command: string, args: string[], patience: number): Promise<unknown> {
    return this.#commands.send(command, args, patience);
  }

  /** Runs a script; throws as `send` does. */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#commands.run(script, keys, args);
  }

  /** Closes it, also twice. */
  [Symbol.dispose](): void {
    this.#lose("the connection was closed here.");
  }

  // At once, inside the event: a client that has been closed does not set out to connect again.
  #lose(reason: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancel();
    if ("destroy" in this.#connection) this.#connection.destroy();
    else if (this.#connection.status !== "end") this.#connection.disconnect();
    this.#lost.reject(reason instanceof Error ? reason : new Error(String(reason)));
  }
}

// node-redis connects when it is told to. ioredis does so by itself, and again when it is lost, and may be told not to
// wait as long for an answer as a reading does.
function duplicate(client: RedisClient): RedisConnection {
  if (!("call" in client)) return client.duplicate();
  const never = () => null;
  const own = {
    lazyConnect: true,
    commandTimeout: undefined,
    retryStrategy: never,
    clusterRetryStrategy: never,
  };
  return Reflect.apply(client.duplicate, client, client.isCluster ? [[], own] : [own]);
}
