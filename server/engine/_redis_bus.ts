/**
 * The bus of Redis: a stream for each channel, and one connection that reads all of them.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Bus, BusListener, Publication } from "./bus.ts";
import { RedisChannel, RedisListener } from "./_redis_channel.ts";
import { ask, noClient, type RedisClient, type RedisCommands } from "./_redis_client.ts";
import { appendScript, IDLE, lookScript, markArgs, publicationArgs } from "./_redis_log.ts";
import { readLook, RedisReading } from "./_redis_reading.ts";

/** Carries messages in streams. */
export class RedisBus implements Bus {
  readonly name = "redis";
  readonly replay = true;
  readonly #client: RedisClient;
  readonly #commands: RedisCommands;
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #channels = new Map<string, RedisChannel>();
  #reading: RedisReading | undefined;

  constructor(client: RedisClient, commands: RedisCommands, prefix: string, clock: Clock) {
    if (typeof client.duplicate !== "function") throw noClient(client);
    this.#client = client;
    this.#commands = commands;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  /** Of the stream of a channel. No two channels have the same; what stands in braces would choose its node. */
  key(channel: string): string {
    return `${this.#prefix}${channel.replace(/[%{}]/g, encodeURIComponent)}:bus`;
  }

  async publish(publication: Publication): Promise<void> {
    const args = publicationArgs(publication);
    if (publication.messages.length === 0) return;
    await ask(
      "publish to",
      () => this.#commands.runInOrder(appendScript, [this.key(publication.channel)], args),
    );
  }

  async listen(channel: string, listener: BusListener): Promise<AsyncDisposable> {
    const own = new RedisListener(listener), joined = this.#join(this.key(channel), own);
    let left: Promise<void> | undefined;
    const leave = () => left ??= this.#leave(joined, own);
    try {
      await ask("listen to", () => this.#begin(joined, own));
    } catch (error) {
      await leave();
      throw error;
    }
    return { [Symbol.asyncDispose]: leave };
  }

  #join(key: string, listener: RedisListener): RedisChannel {
    const channel = this.#channels.get(key) ?? new RedisChannel(key);
    this.#channels.set(key, channel);
    channel.listeners.add(listener);
    return channel;
  }

  async #begin(channel: RedisChannel, listener: RedisListener): Promise<void> {
    const { name, id } = readLook(
      await this.#commands.run(lookScript, [channel.key], [String(IDLE), ""]),
      0,
    );
    const isNew = channel.cursor === "";
    if (isNew) Object.assign(channel, { name, cursor: id });
    this.#reading ??= new RedisReading(
      this.#client,
      this.#clock,
      () => [...this.#channels.values()].filter(({ cursor }) => cursor !== ""),
    );
    const reading = this.#reading;
    if (isNew) {
      reading.wake();
      // It waits for others alone. They are told nothing, and so it comes round and takes this one along.
      const [other] = reading.held;
      if (other !== undefined) await this.#commands.run(appendScript, [other.key], markArgs);
    }
    await reading.opened;
    listener.begin(id);
  }

  // The last one closes the connection.
  async #leave(channel: RedisChannel, listener: RedisListener): Promise<void> {
    listener.leave();
    channel.listeners.delete(listener);
    if (channel.listeners.size > 0 || this.#channels.get(channel.key) !== channel) return;
    this.#channels.delete(channel.key);
    if (this.#channels.size > 0) return;
    const reading = this.#reading;
    this.#reading = undefined;
    await reading?.close();
  }
}
