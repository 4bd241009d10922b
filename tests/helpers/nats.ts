/**
 * A real NATS server with JetStream: that of `NATS_URL`, else one at the default port of this machine, else one of our
 * own from the PATH, else a skip.
 *
 * @module
 */

import { nats } from "@argyle/argyle/nats";
import type { Store } from "@argyle/argyle";
import type { Clock } from "@argyle/argyle/types";
import { connect, headers, type NatsConnection } from "@nats-io/transport-node";
import { skip } from "../skip.ts";

/** A bucket of its own, and the connection that it is reached by. */
export interface Bucket {
  readonly store: Store;
  readonly name: string;
  readonly connection: NatsConnection;
  /** Another connection to the same server, to be closed by whoever asked. */
  connect(): Promise<NatsConnection>;
  /** Asks JetStream. */
  ask(what: string, body?: unknown): Promise<Record<string, unknown>>;
  /** How many messages lie in it, and under how many subjects. */
  messages(): Promise<number>;
  subjects(): Promise<number>;
  /** Removes it, and closes the connection. */
  close(): Promise<void>;
}

let server: Promise<string | undefined> | undefined;

/** Registers tests that need a server, or one skipped test that says what is missing. */
export async function withNats(title: string, register: () => void): Promise<void> {
  server ??= find();
  if (await server !== undefined) register();
  else if (Deno.env.get("TEST_BROKERS") === "all") {
    Deno.test(title, () => Promise.reject(new Error("No NATS server.")));
  } else skip(title, "no NATS server: neither NATS_URL, nor 127.0.0.1:4222, nor nats-server in the PATH");
}

/** Connects to the server that was found. */
export async function connectNats(): Promise<NatsConnection> {
  return await connect({ servers: (await server)!, timeout: 2000 });
}

/** An empty bucket under a name that nobody else has. */
export async function natsBucket(options: { clock?: Clock } = {}): Promise<Bucket> {
  const name = `argyle-test-${crypto.randomUUID()}`;
  const connection = await connectNats();
  const { store } = await nats(connection, { headers, bucket: name, ...options });
  const ask = async (what: string, body?: unknown) => {
    const { data } = await connection.request(
      `$JS.API.STREAM.${what}.${name}`,
      body === undefined ? undefined : JSON.stringify(body),
      { timeout: 5000 },
    );
    return JSON.parse(new TextDecoder().decode(data));
  };
  return {
    store,
    name,
    connection,
    connect: connectNats,
    ask,
    messages: async () => (await ask("INFO")).state.messages,
    subjects: async () => (await ask("INFO")).state.num_subjects,
    async close() {
      await ask("DELETE");
      await connection.close();
    },
  };
}

async function find(): Promise<string | undefined> {
  const given = Deno.env.get("NATS_URL");
  if (given !== undefined) return given;
  return await answers("127.0.0.1:4222") ? "127.0.0.1:4222" : await start();
}

async function answers(address: string): Promise<boolean> {
  try {
    await (await connect({ servers: address, timeout: 1000, reconnect: false })).close();
    return true;
  } catch {
    return false; // What is asked is whether there is one.
  }
}

/** One of our own, with a folder that goes with it when the tests have run. */
async function start(): Promise<string | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    const child = new Deno.Command("nats-server", {
      args: ["--addr", "127.0.0.1", "--port", "-1", "--jetstream", "--store_dir", folder],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    child.unref();
    globalThis.addEventListener("unload", () => {
      child.kill("SIGKILL");
      Deno.removeSync(folder, { recursive: true });
    });
    let said = "";
    for await (
      const text of child.stderr.pipeThrough(new TextDecoderStream()).values({ preventCancel: true })
    ) {
      said += text;
      const address = /client connections on (127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (address !== undefined && said.includes("Server is ready")) return address;
    }
    throw new Error(`nats-server did not start:\n${said}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.remove(folder, { recursive: true });
    return undefined;
  }
}
