/**
 * The engines that are measured beside each other, each as its users open it; and brokers of the bench's own, which sync
 * their files as theirs would.
 *
 * @module
 */

import type { Engine } from "@argyle/argyle";
import { broadcastBus } from "@argyle/argyle/broadcast";
import { kv, openKv } from "@argyle/argyle/kv";
import { memory } from "@argyle/argyle/memory";
import { nats } from "@argyle/argyle/nats";
import { redis } from "@argyle/argyle/redis";
import { connect, headers } from "@nats-io/transport-node";
import { createClient } from "redis";
import { startNats } from "../tests/helpers/nats.ts";
import { startRedis } from "../tests/helpers/redis.ts";

/** What an engine is made of. */
export type EngineKind =
  | "memory"
  | "kv"
  | "kv and broadcast"
  | "redis"
  | "redis always"
  | "redis untimed"
  | "nats";

/** Where an engine keeps things: a file, or the URL of a broker. */
export interface Place {
  readonly kind: EngineKind;
  readonly at: string;
}

/** Opens an engine; closing it is left to the end of the process. */
export async function openEngine({ kind, at }: Place): Promise<Engine> {
  switch (kind) {
    case "memory":
      return memory();
    case "kv":
      return kv(await openKv(at));
    case "kv and broadcast":
      return { ...kv(await openKv(at)), bus: broadcastBus() };
    case "redis":
    case "redis always":
      return redis(await createClient({ url: at }).connect());
    // The client makes a signal for each command, which lives for five seconds whatever comes.
    case "redis untimed":
      return redis(await createClient({ url: at, commandOptions: { timeout: 0 } }).connect());
    case "nats":
      return await nats(await connect({ servers: at }), { headers });
  }
}

/** Places for engines. Leaving the scope ends brokers and removes files. */
export interface Places extends AsyncDisposable {
  /** One where nothing is yet; of a broker one that has been used before by nothing but the bench. */
  place(kind: EngineKind): Promise<Place>;
}

/** Makes places; a broker is started when it is asked for first. */
export function openPlaces(): Places {
  const scope = new AsyncDisposableStack();
  const brokers = new Map<EngineKind, Promise<string>>();
  const withRedis = (sync: string) => async () =>
    scope.use(await startRedis(["--appendonly", "yes", "--appendfsync", sync])).url;
  const start: Partial<Record<EngineKind, () => Promise<string>>> = {
    redis: withRedis("everysec"),
    "redis always": withRedis("always"),
    "redis untimed": withRedis("everysec"),
    nats: async () => scope.use(await startNats()).options.servers,
  };
  return {
    async place(kind) {
      const begin = start[kind];
      if (begin !== undefined) {
        const at = brokers.get(kind) ?? begin();
        brokers.set(kind, at);
        return { kind, at: await at };
      }
      if (kind === "memory") return { kind, at: "" };
      const folder = await Deno.makeTempDir({ prefix: "argyle-bench-" });
      scope.defer(() => Deno.remove(folder, { recursive: true }));
      return { kind, at: `${folder}/app.kv` };
    },
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}
