// deno-lint-ignore-file no-console -- a program speaks to its terminal
import type { Engine } from "@argyle/argyle";
import { kv, openKv } from "@argyle/argyle/kv";

/**
 * Where an example keeps its state, and how its processes tell each other what has changed: the Redis of `REDIS_URL`, the
 * NATS of `NATS_URL`, for as many processes as there are; else a KV file, for one. A library is loaded where it is used.
 *
 * @param file the KV file
 */
export async function openEngine(file: string): Promise<Engine> {
  const redisUrl = Deno.env.get("REDIS_URL"), natsUrl = Deno.env.get("NATS_URL");
  if (redisUrl !== undefined) {
    const [{ redis }, { createClient }] = await Promise.all([
      import("@argyle/argyle/redis"),
      import("redis"),
    ]);
    const client = createClient({ url: redisUrl });
    client.on("error", (error: Error) => console.error("Redis:", error.message));
    await client.connect();
    return redis(client);
  }
  if (natsUrl !== undefined) {
    const [{ nats }, { connect, headers }] = await Promise.all([
      import("@argyle/argyle/nats"),
      import("@nats-io/transport-node"),
    ]);
    const connection = await connect({ servers: natsUrl, maxReconnectAttempts: -1, pingInterval: 10_000 });
    return await nats(connection, { headers });
  }
  return kv(await openKv(file));
}
