// deno-lint-ignore-file no-console -- a program speaks to the terminal
/**
 * `deno task dev`: runs an app, and again whenever its source changes. Pages stay open: they are brought to the new render.
 * In a project of your own it is `deno run -A jsr:@argyle/argyle/dev main.tsx`.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { isLoopback } from "../server/http/host.ts";
import { listenToSignals } from "../server/http/listen.ts";
import { findProject, isFile } from "./dev_graph.ts";
import { Supervisor } from "./dev_supervisor.ts";
import { Refusal } from "./refusal.ts";

const help = `\
Runs an app while you write it.

  deno run -A jsr:@argyle/argyle/dev [MODULE] [--port 8000] [--host 127.0.0.1]

  MODULE    gives the app by default, or listens; main.tsx if left out
  --port    where it is found; if left out, PORT, else 8000, else the next that is free
  --host    the address; this machine only if left out
  --help    this text

Variables of .env are set, where there is such a file.
`;

/** Ports that are tried after one that is taken, where none was asked for. */
const TRIES = 20;

/** Milliseconds within which several signals mean the same. */
const ONE_WISH = 500;

/**
 * An app that is being developed. Leaving its scope ends it.
 *
 * @example
 * ```ts
 * import { dev, type Developing } from "@argyle/argyle/dev";
 * const open = ({ url }: Developing) => fetch(url);
 * const none = await dev(["--help"]);
 * if (none !== undefined) await open(none);
 * ```
 */
export interface Developing extends AsyncDisposable {
  /** Where it is found, `http://127.0.0.1:8000`. */
  readonly url: string;
}

/**
 * Begins to run an app.
 *
 * @param args as on the command line: the module, `--port`, `--host`
 * @returns what ends it; nothing for `--help`
 * @throws Error with a sentence, where it cannot be done
 *
 * @example
 * ```ts
 * import { dev } from "@argyle/argyle/dev";
 * console.assert(await dev(["--help"]) === undefined);
 * ```
 */
export async function dev(args: string[]): Promise<Developing | undefined> {
  const { help: asked, entry, hostname, port } = readArguments(args);
  if (asked) {
    console.log(help);
    return undefined;
  }
  if (!await isFile(entry)) {
    throw new Refusal(
      `Cannot run ${entry}: there is no such file. Name the module that gives the app; see --help.`,
    );
  }
  const { root, config } = await findProject(entry);
  const envFile = join(root, ".env");
  const listener = listen(hostname, port);
  const isOpen = !isLoopback(inUrl(hostname));
  // All addresses are none that one could open, or at which this machine's tools would be.
  const isAnywhere = ["0.0.0.0", "::"].includes(listener.addr.hostname);
  const url = `http://${isAnywhere ? "127.0.0.1" : inUrl(hostname)}:${listener.addr.port}`;
  if (isOpen) {
    const others = (isAnywhere ? foreignAddresses() : [])
      .map((address) => `http://${address}:${listener.addr.port}/`).join(" and ");
    console.log(
      `Other machines find it${others && ` at ${others}`}, as in production: without details of errors, ` +
        "without this page's tools, and over plain http without sessions.",
    );
  }
  const supervisor = new Supervisor({
    entry,
    root,
    settings: [resolve(entry), envFile, ...config === undefined ? [] : [config]],
    envFile,
    listener,
    isOpen,
    url,
  });
  return { url, [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose]() };
}

interface Asked {
  readonly help: boolean;
  readonly entry: string;
  readonly hostname: string;
  /** The one that was asked for, if one was. */
  readonly port: number | undefined;
}

function readArguments(args: string[]): Asked {
  const options = {
    port: { type: "string" },
    host: { type: "string", default: "127.0.0.1" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (positionals.length > 1) throw new Refusal("Cannot run several modules: name one. See --help.");
    const { port = Deno.env.get("PORT") || undefined, host: hostname, help = false } = values;
    return {
      help,
      entry: positionals[0] ?? "main.tsx",
      hostname,
      port: port === undefined ? undefined : readPort(port),
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Refusal(`Cannot read the arguments: ${error.message}`, { cause: error });
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new Refusal(`Cannot listen on the port ${JSON.stringify(text)}: it is a number up to 65535.`);
  }
  return port;
}

function inUrl(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** Where a telephone on the table finds this machine. */
function foreignAddresses(): string[] {
  return Deno.networkInterfaces().filter(({ family, address }) => family === "IPv4" && !isLoopback(address))
    .map(({ address }) => address);
}

/** The port that was asked for; else 8000, or the first behind it that is free. */
function listen(hostname: string, port: number | undefined): Deno.TcpListener {
  for (let tried = port ?? 8000;; tried++) {
    try {
      const listener = Deno.listen({ hostname, port: tried });
      if (port === undefined && tried > 8000) console.log(`Port 8000 is taken; this is ${tried}.`);
      return listener;
    } catch (error) {
      const isTaken = error instanceof Deno.errors.AddrInUse;
      if (isTaken && port === undefined && tried < 8000 + TRIES) continue;
      throw new Refusal(`Cannot listen on ${inUrl(hostname)}:${tried}: ${whyNot(error)}`, { cause: error });
    }
  }
}

function whyNot(error: unknown): string {
  const { AddrInUse, AddrNotAvailable, PermissionDenied } = Deno.errors;
  if (error instanceof AddrInUse) {
    return "the port is taken. Stop the other program, or give another --port.";
  }
  if (error instanceof AddrNotAvailable) return "this machine has no such address. Give another --host.";
  if (error instanceof PermissionDenied) {
    return "the system does not permit it. Ports below 1024 are the system's: give another --port.";
  }
  return error instanceof Error ? `${error.message}.` : String(error);
}

async function main(): Promise<void> {
  try {
    const developing = await dev(Deno.args);
    if (developing === undefined) return;
    let asked: number | undefined;
    listenToSignals(() => {
      if (asked !== undefined) {
        // Whoever asks twice does not want to wait. At once it is one wish: `deno task` passes on what all have heard.
        if (performance.now() - asked > ONE_WISH) Deno.exit(130);
        return;
      }
      asked = performance.now();
      void developing[Symbol.asyncDispose]().then(() => Deno.exit(0));
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}

if (import.meta.main) await main();
