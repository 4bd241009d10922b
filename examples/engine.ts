// deno-lint-ignore-file no-console -- a program speaks to its terminal
import type { Engine } from "@argyle/argyle";
import { kv, openKv } from "@argyle/argyle/kv";

/** An engine, and what opens the KV file beside it: on KV, the one that is open. */
export interface OpenedEngine extends Engine {
  readonly openDb: () => Promise<Deno.Kv>;
}

/**
 * Where an example keeps its state, and how its processes tell each other what has changed: the Redis of `REDIS_URL`, the
 * NATS of `NATS_URL`, for as many processes as there are; else a KV file, for one. A library is loaded where it is used.
 *
 * @param file the KV file
 */
export async function openEngine(file: string): Promise<OpenedEngine> {
  const redisUrl = Deno.env.get("REDIS_URL"), natsUrl = Deno.env.get("NATS_URL");
  if (redisUrl !== undefined) {
    const [{ redis }, { createClient }] = await Promise.all([
      import("@argyle/argyle/redis"),
      import("redis"),
    ]);
    const client = createClient({ url: redisUrl });
    client.on("error", (error: Error) => console.error("Redis:", error.message));
    await client.connect();
    return { ...redis(client), openDb: () => openKv(file) };
  }
  if (natsUrl !== undefined) {
    const [{ nats }, { connect, headers }] = await Promise.all([
      import("@argyle/argyle/nats"),
      import("@nats-io/transport-node"),
    ]);
    const connection = await connect({ servers: natsUrl, maxReconnectAttempts: -1, pingInterval: 10_000 });
    return { ...await nats(connection, { headers }), openDb: () => openKv(file) };
  }
  const db = await openKv(file);
  return { ...kv(db), openDb: () => Promise.resolve(db) };
}
