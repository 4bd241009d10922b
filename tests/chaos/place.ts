/**
 * Where the app under test keeps its own data, and the engine beside it: both survive the process.
 *
 * @module
 */

import type { Engine } from "@argyle/argyle";
import { kv, openKv } from "@argyle/argyle/kv";
import { redis } from "@argyle/argyle/redis";
import type { Logger } from "@argyle/argyle/types";
import { Redis } from "ioredis";
import { createClient } from "redis";

/** What is said in rooms. To say it twice is to say it once, so that a body may run more than once. */
export interface Rooms {
  add(room: string, click: string): Promise<void>;
  /** In no order. */
  list(room: string): Promise<string[]>;
}

/** The engine of the app, and its rooms. */
export interface Kept {
  readonly engine: Engine;
  readonly rooms: Rooms;
}

/** A Redis, by node-redis or by ioredis: they differ in what they do about a connection that was lost. */
export async function keptInRedis(url: string, client: string, log: Logger): Promise<Kept> {
  if (client === "ioredis") {
    const ioredis = new Redis(url);
    ioredis.on("error", (error: unknown) => log.warn(`redis: ${String(error)}`));
    return {
      engine: redis(ioredis),
      rooms: {
        add: async (room, click) => void await ioredis.sadd(`room:${room}`, click),
        list: (room) => ioredis.smembers(`room:${room}`),
      },
    };
  }
  const node = createClient({ url });
  node.on("error", (error: unknown) => log.warn(`redis: ${String(error)}`));
  await node.connect();
  return {
    engine: redis(node),
    rooms: {
      add: async (room, click) => void await node.sAdd(`room:${room}`, click),
      list: (room) => node.sMembers(`room:${room}`),
    },
  };
}

/** A file of Deno KV. */
export async function keptInKv(path: string): Promise<Kept> {
  const db = await openKv(path);
  return {
    engine: kv(db),
    rooms: {
      add: async (room, click) => void await db.set(["room", room, click], true),
      list: async (room) => {
        const clicks: string[] = [];
        for await (const { key } of db.list({ prefix: ["room", room] })) clicks.push(String(key[2]));
        return clicks;
      },
    },
  };
}
