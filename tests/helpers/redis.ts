/**
 * A real Redis for tests: that of `REDIS_URL`, else the one on its usual port, else one that is started from the PATH.
 *
 * @module
 */

import { createClient } from "redis";
import { skip } from "../skip.ts";

/** Where a Redis is. */
export interface RedisAddress {
  readonly hostname: string;
  readonly port: number;
  readonly url: string;
}

/** A Redis of a test's own. Leaving the scope kills it, with all that it holds. */
export interface OwnRedis extends RedisAddress, AsyncDisposable {}

const DEFAULT = "redis://127.0.0.1:6379";

/** A Redis that all tests of a file may share, each under keys of its own; `undefined` where there is none. */
export async function findRedis(): Promise<RedisAddress | undefined> {
  const named = Deno.env.get("REDIS_URL");
  if (named !== undefined) return address(named);
  if (await answers(DEFAULT)) return address(DEFAULT);
  if (!await canStartRedis()) return undefined;
  const own = await startRedis();
  addEventListener("unload", () => void own[Symbol.asyncDispose]());
  return own;
}

/** Says that the tests of a file cannot run: a failure where everything has to be there. */
export function skipRedis(title: string): void {
  const reason = "no Redis: set REDIS_URL, start one on port 6379, or put redis-server on the PATH";
  if (Deno.env.get("TEST_BROKERS") !== "all") skip(title, reason);
  else Deno.test(title, () => Promise.reject(new Error(reason)));
}

/**
 * Starts a Redis on a free port.
 *
 * @param args further arguments of `redis-server`
 * @throws Deno.errors.NotFound where `redis-server` is not on the PATH; see `canStartRedis`
 */
export async function startRedis(args: readonly string[] = [], port = freePort()): Promise<OwnRedis> {
  const folder = await Deno.makeTempDir();
  const child = new Deno.Command("redis-server", {
    args: ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const own = address(`redis://127.0.0.1:${port}`);
  const kill = async () => {
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    await child.status;
    await Deno.remove(folder, { recursive: true });
  };
  const ended = child.status.then(({ code }) => {
    throw new Error(`redis-server has ended with code ${code} before it answered.`);
  });
  await Promise.race([ended, untilItAnswers(own.url)]);
  ended.catch(() => {}); // from here on its end is the test's
  return { ...own, [Symbol.asyncDispose]: kill };
}

/** Whether `startRedis` can. */
export async function canStartRedis(): Promise<boolean> {
  try {
    return (await new Deno.Command("redis-server", { args: ["--version"], stdout: "null" }).output()).success;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false; // no such program
  }
}

/** How the keys of one test begin. */
export function randomPrefix(): string {
  return `argyle-test:${crypto.randomUUID()}:`;
}

/** Removes every key that begins so. */
export async function removeKeys(url: string, prefix: string): Promise<void> {
  const client = await createClient({ url }).connect();
  try {
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 })) {
      if (keys.length > 0) await client.unlink(keys);
    }
  } finally {
    client.destroy();
  }
}

function address(url: string): RedisAddress {
  const { hostname, port } = new URL(url);
  return { hostname, port: Number(port || 6379), url };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function untilItAnswers(url: string): Promise<void> {
  while (!await answers(url)) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function answers(url: string): Promise<boolean> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on("error", () => {}); // that is an answer too
  try {
    await client.connect();
    return await client.ping() === "PONG";
  } catch {
    return false;
  } finally {
    if (client.isOpen) client.destroy();
  }
}
