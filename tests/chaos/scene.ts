/**
 * What a run plays on: processes, their store, and the lines between them and to the clients.
 *
 * @module
 */

import { Proxy } from "../helpers/proxy.ts";
import { Balancer } from "./balancer.ts";
import { AppProcess, type Hearing, RedisServer } from "./processes.ts";

/** What faults happen to. Leaving the scope ends all of it. */
export interface Scene extends AsyncDisposable {
  readonly processes: readonly AppProcess[];
  /** Lines through which clients come: each leads to any process that lives. */
  readonly lines: readonly Proxy[];
  /** From each process to its store; none where that is a file. */
  readonly storeLines: readonly Proxy[];
  readonly redis: RedisServer | undefined;
}

/** Lines through which clients come. */
export const LINES = 3;

/** Processes on a Redis of their own, or one on a file of Deno KV; all listen. */
export async function makeScene(store: "redis" | "kv", count: number, hearing: Hearing): Promise<Scene> {
  await using made = new AsyncDisposableStack();
  const folder = made.adopt(await Deno.makeTempDir(), (folder) => Deno.remove(folder, { recursive: true }));
  const redis = store === "kv" ? undefined : made.use(new RedisServer(folder, hearing));
  await redis?.start();
  const storeLines = redis === undefined
    ? []
    : Array.from({ length: count }, () => made.use(new Proxy(redis)));
  const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
  const stores: Record<string, string>[] = redis === undefined
    ? [{ STORE: "kv", STORE_AT: `${folder}/chaos.kv` }]
    : storeLines.map(({ port }, at) => ({
      STORE: "redis",
      STORE_AT: `redis://127.0.0.1:${port}`,
      CLIENT: at === 2 ? "ioredis" : "redis",
    }));
  const processes = stores.map((env, at) =>
    made.use(new AppProcess(at, { ARGYLE_SECRET: secret, ...env }, hearing))
  );
  await Promise.all(processes.map((process) => process.start()));
  const lines = Array.from(
    { length: LINES },
    (_, at) => made.use(new Proxy(new Balancer(processes, at).target)),
  );
  const all = made.move();
  return {
    processes,
    lines,
    storeLines,
    redis,
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  };
}
