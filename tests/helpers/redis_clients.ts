/**
 * Both clients of Redis, as they are where nothing is set.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { RedisClient } from "@argyle/argyle/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { randomPrefix, removeKeys } from "./redis.ts";

/** A client, and how to close it. */
export interface Opened extends AsyncDisposable {
  readonly client: RedisClient;
  /** Sends a command past what is tested. */
  send(...command: string[]): Promise<unknown>;
}

/** What goes wrong with a connection is its own affair. */
export const clients = {
  async "node-redis"(url: string): Promise<Opened> {
    const client = await createClient({ url }).on("error", () => {}).connect();
    return {
      client,
      send: (...command) => client.sendCommand(command),
      [Symbol.asyncDispose]: () => Promise.resolve(client.destroy()),
    };
  },
  async "ioredis"(url: string): Promise<Opened> {
    const client = new Redis(url, { lazyConnect: true }).on("error", () => {});
    await client.connect();
    return {
      client,
      send: (command = "", ...args) => client.call(command, args),
      [Symbol.asyncDispose]: () => Promise.resolve(client.disconnect()),
    };
  },
};

/** Where keys go, and are gone after the scope. */
export function keysOf(url: string): { readonly prefix: string } & AsyncDisposable {
  const prefix = randomPrefix();
  return { prefix, [Symbol.asyncDispose]: () => removeKeys(url, prefix) };
}

/** Waits until something is so; the limit of the test bounds it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Waits until a client is connected again: else what it still tries would outlive the test. */
export function untilBack({ send }: Opened): Promise<void> {
  return until(() => send("PING").then(() => true, () => false));
}

/** The name and the text of the error that it ends with. */
export async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => assert.fail("it went well"), (error) => error);
  assert.ok(error instanceof Error);
  return `${error.name}: ${error.message}`;
}

/** Puts a key back as it is now, whenever it is called. */
export async function copyOf(url: string, key: string): Promise<() => Promise<void>> {
  const using = async <T>(run: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(url, { lazyConnect: true });
    await client.connect();
    return await run(client).finally(() => client.disconnect());
  };
  const copy = await using((client) => client.dumpBuffer(key));
  assert.ok(copy);
  return async () => void await using((client) => client.restore(key, 0, copy, "REPLACE"));
}
