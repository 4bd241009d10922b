/**
 * State and a bus in NATS JetStream, for many processes and machines.
 *
 * ```ts ignore it needs a NATS server
 * import { App } from "@argyle/argyle";
 * import { nats } from "@argyle/argyle/nats";
 * import { connect, headers } from "@nats-io/transport-node";
 *
 * const connection = await connect({ servers: "127.0.0.1:4222" });
 * const app = new App({ ...await nats(connection, { headers }), name: "shop" }); // with ARGYLE_SECRET set
 * ```
 *
 * @module
 */

import { type Clock, systemClock } from "../../protocol/clock.ts";
import { NatsBus } from "./_nats_bus.ts";
import type { NatsConnection, NatsHeaders } from "./_nats_connection.ts";
import { NatsLog } from "./_nats_log.ts";
import { NatsStore } from "./_nats_store.ts";
import { Stream } from "./_nats_stream.ts";
import type { Engine } from "./store.ts";

export type { NatsConnection, NatsHeaders, NatsMessage } from "./_nats_connection.ts";
export type { Check, Engine, Entry, Store, Write } from "./store.ts";

/**
 * How state is kept in NATS.
 *
 * @example
 * ```ts
 * import type { NatsOptions } from "@argyle/argyle/nats";
 * // `headers` is what the client exports under this name.
 * const options = (headers: NatsOptions["headers"]): NatsOptions => ({ headers, bucket: "shop", replicas: 3 });
 * ```
 */
export interface NatsOptions {
  /** Makes empty headers for a message: `headers` of the client. */
  readonly headers: () => NatsHeaders;
  /**
   * The stream of the state, `argyle` where left out: letters, digits, `-` and `_`. That of the bus has `-bus` behind it.
   * Both are made where there are none. Whoever listens hears all of the bucket, so apps that talk much have one each.
   */
  readonly bucket?: string;
  /** The time by which values expire; the system's where left out. */
  readonly clock?: Clock;
  /**
   * On how many servers of a cluster each message lies, when the stream is made: 1, 3 or 5; 1 where left out. More than
   * one needs NATS 2.12: older ones may let two writers through at once, and are refused.
   */
  readonly replicas?: number;
}

/**
 * An engine on NATS JetStream, from NATS 2.9 on. The connection stays yours to close.
 *
 * @throws TypeError or RangeError for options that cannot be; Error where JetStream cannot be reached, or may not be
 *   used as it must
 *
 * @example
 * ```ts
 * import { nats, type NatsConnection, type NatsHeaders } from "@argyle/argyle/nats";
 * const engine = (connection: NatsConnection, headers: () => NatsHeaders) =>
 *   nats(connection, { headers, bucket: "shop", replicas: 3 });
 * ```
 */
export async function nats(connection: NatsConnection, options: NatsOptions): Promise<Engine> {
  if (typeof connection?.request !== "function") {
    throw new TypeError(
      `Cannot use ${String(connection)} as a NATS connection. Give what \`await connect()\` returns.`,
    );
  }
  if (typeof options?.headers !== "function") {
    throw new TypeError(
      "Cannot write to NATS without headers. Give the client's own: nats(connection, { headers }).",
    );
  }
  const { headers, bucket = "argyle", clock = systemClock, replicas = 1 } = options;
  if (!/^[\w-]{1,64}$/.test(bucket)) {
    throw new TypeError(
      `Cannot name a NATS bucket ${JSON.stringify(bucket)}: 1 to 64 letters, digits, "-" and "_" are a name.`,
    );
  }
  if (![1, 3, 5].includes(replicas)) {
    throw new RangeError(`Cannot keep ${replicas} replicas in NATS: 1, 3 or 5 is a number that can vote.`);
  }
  const stream = new Stream(connection, headers, bucket);
  const log = new NatsLog(connection, headers, bucket, replicas), bus = new NatsBus(log);
  try {
    await stream.open(replicas);
    await rehearse(stream);
    await log.open();
    await bus.rehearse();
  } catch (cause) {
    const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\.?$/, ".");
    throw new Error(
      `Cannot keep state in NATS: ${why} It needs JetStream (nats-server -js), permission to publish to ` +
        `${bucket}.>, ${log.name}.>, $JS.API.STREAM.(INFO, CREATE, PURGE, MSG.GET, MSG.DELETE).${bucket}, ` +
        `$JS.API.STREAM.(INFO, CREATE).${log.name}, $JS.API.CONSUMER.(CREATE, DELETE).${log.name}.> and ` +
        `$JS.FC.${log.name}.>, and to subscribe to _INBOX.>.`,
      { cause },
    );
  }
  return { store: new NatsStore(stream, clock), bus };
}

// All that is ever asked of the server, once: what is not permitted is found at start, and not by a bucket that grows.
async function rehearse(stream: Stream): Promise<void> {
  const cell = `start-${crypto.randomUUID()}`;
  const seq = await stream.publish(cell, new TextEncoder().encode('{"k":[]}'), 0);
  if (seq === null || await stream.last(cell) === null) {
    throw new Error("What was just written is not there.");
  }
  await stream.remove(seq);
  await stream.purge(cell, seq);
}
