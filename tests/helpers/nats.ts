/**
 * A real NATS server with JetStream: that of `NATS_URL`, else one at the default port of this machine, else one of our
 * own from the PATH, else a skip.
 *
 * @module
 */

import { nats } from "@argyle/argyle/nats";
import type { Bus, Store } from "@argyle/argyle";
import type { Clock } from "@argyle/argyle/types";
import { connect, headers, type NatsConnection } from "@nats-io/transport-node";
import { skip } from "../skip.ts";

/** A bucket of its own, and the connection that it is reached by. */
export interface Bucket {
  readonly store: Store;
  readonly bus: Bus;
  readonly name: string;
  readonly connection: NatsConnection;
  /** Another connection to the same server, to be closed by whoever asked. */
  connect(): Promise<NatsConnection>;
  /** Asks JetStream about the stream of the store. */
  ask(what: string, body?: unknown): Promise<Record<string, unknown>>;
  /** How many messages lie in it, and under how many subjects. */
  messages(): Promise<number>;
  subjects(): Promise<number>;
  /** Asks JetStream about the stream of the bus. */
  askBus(what: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Removes both streams, and closes the connection. */
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

/** An empty bucket under a name that nobody else has; `servers`: of another server than the one that was found. */
export async function natsBucket(
  { servers, ...options }: { clock?: Clock; servers?: string } = {},
): Promise<Bucket> {
  const name = `argyle-test-${crypto.randomUUID()}`;
  const open = () => servers === undefined ? connectNats() : connect({ servers, ...patient });
  const connection = await open();
  const { store, bus } = await nats(connection, { headers, bucket: name, ...options });
  const asking = (stream: string) => async (what: string, body?: unknown) => {
    const { data } = await connection.request(
      `$JS.API.STREAM.${what}.${stream}`,
      body === undefined ? undefined : JSON.stringify(body),
      { timeout: 5000 },
    );
    return JSON.parse(new TextDecoder().decode(data));
  };
  const ask = asking(name), askBus = asking(`${name}-bus`);
  return {
    store,
    bus,
    name,
    connection,
    connect: open,
    ask,
    askBus,
    messages: async () => (await ask("INFO")).state.messages,
    subjects: async () => (await ask("INFO")).state.num_subjects,
    async close() {
      await Promise.all([ask("DELETE"), askBus("DELETE")]);
      await connection.close();
    },
  };
}

/** A server of a test's own, that can be killed. Leaving the scope ends it, with all that it keeps. */
export interface OwnNats extends AsyncDisposable {
  readonly port: number;
  /** Where it is, for `connect()`, with a client that comes back as often as it takes. */
  readonly options: { readonly servers: string } & typeof patient;
  /** Ends the process at once, as a machine that fails does to it. */
  kill(): Promise<void>;
  /** Starts it again at the same port, with what it has kept. */
  restart(): Promise<void>;
  /** Puts a copy of all that it keeps aside, and later back in its place; both while it is dead. */
  keep(): Promise<void>;
  setBack(): Promise<void>;
}

/** How a client has to be set up to come back always, and soon. */
const patient = {
  timeout: 2000,
  maxReconnectAttempts: -1,
  reconnectTimeWait: 50,
  reconnectJitter: 10,
} as const;

/** @param config further lines of its configuration */
export async function startNats(config = ""): Promise<OwnNats> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/nats.conf`, config);
  const launch = (port: number) =>
    spawn(["--config", `${folder}/nats.conf`, "--port", String(port), "--store_dir", `${folder}/store`]);
  let { child, said, address } = await launch(-1);
  const port = Number(address.split(":")[1]);
  const kill = async () => {
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    await child.status;
    await said.cancel();
  };
  return {
    port,
    options: { servers: address, ...patient },
    kill,
    restart: async () => void ({ child, said } = await launch(port)),
    keep: () => copy(`${folder}/store`, `${folder}/kept`),
    setBack: () => copy(`${folder}/kept`, `${folder}/store`),
    async [Symbol.asyncDispose]() {
      await kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** What is written down of a gap. */
export const GAP = "<gap>";

/** Texts in the order in which they were heard, with the gaps between them. */
export class Ear implements AsyncDisposable {
  readonly heard: string[] = [];
  #listening: AsyncDisposable | undefined;
  #wake = () => {};

  static async at(bus: Bus, channel = "shop"): Promise<Ear> {
    const ear = new Ear();
    ear.#listening = await bus.listen(channel, {
      hear: ({ text }) => ear.#note(text),
      gap: () => ear.#note(GAP),
    });
    return ear;
  }

  /** Resolves when this was heard; the test's own limit is the bound. */
  async until(isEnough: (heard: readonly string[]) => boolean): Promise<readonly string[]> {
    while (!isEnough(this.heard)) await new Promise<void>((resolve) => this.#wake = resolve);
    return this.heard;
  }

  /** Resolves with all that was heard up to this text. */
  async upTo(text: string): Promise<readonly string[]> {
    await this.until((heard) => heard.includes(text));
    return this.heard.splice(0, this.heard.indexOf(text) + 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening?.[Symbol.asyncDispose]();
  }

  #note(text: string): void {
    this.heard.push(text);
    this.#wake();
  }
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
    const { child, address } = await spawn(["--port", "-1", "--store_dir", folder]);
    child.unref();
    globalThis.addEventListener("unload", () => {
      child.kill("SIGKILL");
      Deno.removeSync(folder, { recursive: true });
    });
    return address;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.remove(folder, { recursive: true });
    return undefined;
  }
}

interface Spawned {
  readonly child: Deno.ChildProcess;
  /** What it says from here on. */
  readonly said: ReadableStream<string>;
  readonly address: string;
}

async function spawn(args: readonly string[]): Promise<Spawned> {
  const child = new Deno.Command("nats-server", {
    args: ["--addr", "127.0.0.1", "--jetstream", ...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = child.stderr.pipeThrough(new TextDecoderStream());
  let text = "";
  for await (const more of said.values({ preventCancel: true })) {
    text += more;
    const address = /client connections on (127\.0\.0\.1:\d+)/.exec(text)?.[1];
    if (address !== undefined && text.includes("Server is ready")) return { child, said, address };
  }
  throw new Error(`nats-server did not start:\n${text}`);
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.remove(to, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    await (isDirectory ? copy : Deno.copyFile)(`${from}/${name}`, `${to}/${name}`);
  }
}
