/**
 * Stands in front of the app's module in its process (`--preload`): whatever would listen does so at a port of the
 * supervisor's choice, and what happens is told to it. When the supervisor is gone, the process ends.
 *
 * It imports nothing of ours but types: the app may have another copy of the package.
 *
 * @module
 */

import { existsSync } from "node:fs";
import type { DevelopmentNews } from "../server/development.ts";
import type { ChildNews, ChildOrders, ErrorText } from "./dev_news.ts";

/** What a module may give to be served, as for `deno serve`. */
interface Servable extends Partial<AsyncDisposable> {
  fetch(request: Request, info: Deno.ServeHandlerInfo): Response | Promise<Response>;
}

type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;
type Options = Partial<Deno.ServeTcpOptions> & { handler?: Handler; path?: string; transport?: string };

/** Milliseconds for sockets to be told and calls to end, before the process goes. */
const DRAIN = 1500;

const variable = "ARGYLE_DEV_CHILD";
const { control, key, hostname, port, isOpen, kept } = JSON.parse(
  Deno.env.get(variable) ?? "{}",
) as ChildOrders;
Deno.env.delete(variable);

const line = await Deno.connect({ hostname: "127.0.0.1", port: control });
let told = Promise.resolve(), isOrphan = false;
tell({ kind: "hello", key });
// Deno runs the app's module when nothing that was begun here is still awaited.
line.unref();
void endWith(line);

keepMemory(kept);

const serve = Deno.serve;
let server: "none" | "given" | "started" = "none";
Deno.serve = serveInstead as typeof Deno.serve;

globalThis.addEventListener("argyle:development", (event) => {
  const news = (event as CustomEvent<DevelopmentNews>).detail;
  if (news.kind === "files") return tell(news);
  const { what, error, request } = news;
  tell({ kind: "error", what, error: describe(error), ...request !== undefined && { request } });
});

// The module has run, and what it awaits at its top is done.
globalThis.addEventListener("load", () => {
  line.ref();
  void serveGiven();
});

function tell(news: ChildNews): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(news)}\n`);
  told = told.then(async () => {
    for (let sent = 0; sent < bytes.length;) sent += await line.write(bytes.subarray(sent));
  });
  // Whoever should hear it is gone, and so is this process in a moment.
  told.catch(() => {});
}

/** A record of an app's memory: more is not known of it here. */
interface Kept {
  readonly key: string;
  readonly version: string;
  /** `null` for none: JSON has no `Infinity`. */
  readonly expiresAt: number | null;
}

/** What the apps of this process have in memory when it ends, the next one begins with. */
function keepMemory(path: string): void {
  const leaving: (() => readonly Kept[])[] = [];
  const text = Deno.readTextFileSync(path);
  const read = (text === "" ? [] : JSON.parse(text)) as Kept[];
  const left = read.map((record) => ({ ...record, expiresAt: record.expiresAt ?? Infinity }));
  Object.assign(globalThis, {
    [Symbol.for("argyle.kept")]: {
      left,
      leaving: (records: () => readonly Kept[]) => void leaving.push(records),
    },
  });
  // Each app has begun with what all have left: of two records of a key, the one that was written last is true.
  globalThis.addEventListener("unload", () => {
    const newest = new Map<string, Kept>();
    for (const record of leaving.length === 0 ? left : leaving.flatMap((records) => records())) {
      if (Number(record.version) >= Number(newest.get(record.key)?.version ?? 0)) {
        newest.set(record.key, record);
      }
    }
    if (isOrphan) {
      if (existsSync(path)) Deno.removeSync(path); // nobody else is left to do so
      return;
    }
    // All of it or nothing: the process may be killed in the middle.
    Deno.writeTextFileSync(`${path}.new`, JSON.stringify([...newest.values()]), { mode: 0o600 });
    Deno.renameSync(`${path}.new`, path);
  });
}

/** Nothing is ever said on this line: it ends with the supervisor, however that ends. */
async function endWith(line: Deno.Conn): Promise<void> {
  try {
    while (await line.read(new Uint8Array(64)) !== null);
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
  isOrphan = true;
  Deno.exit(1);
}

/** `Deno.serve` for the app's module: the first server is what `dev` shows. */
function serveInstead(first: Handler | Options, second?: Handler): Deno.HttpServer {
  const options = typeof first === "function" ? {} : first;
  const handler = second ?? (typeof first === "function" ? first : first.handler);
  const isElsewhere = options.path !== undefined || (options.transport ?? "tcp") !== "tcp";
  if (handler === undefined || isElsewhere || server === "started") {
    return (serve as (...given: unknown[]) => Deno.HttpServer)(first, second);
  }
  server = "started";
  const { onListen, onError, signal } = options;
  return listen(handler, {
    ...onError && { onError },
    ...signal && { signal },
    onListen: () => onListen?.({ transport: "tcp", hostname, port }),
  });
}

/** What the module gives is served, where it has not started a server itself. */
async function serveGiven(): Promise<void> {
  const { default: given } = await import(Deno.mainModule) as { default?: unknown };
  if (server !== "none") return;
  if (!isServable(given)) {
    return tell({ kind: "loaded", gives: given === undefined ? "nothing" : typeof given });
  }
  server = "given";
  const main = listen((request, info) => given.fetch(request, info), { onListen() {} });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    if (Deno.build.os !== "windows" || signal === "SIGINT") {
      Deno.addSignalListener(signal, () => void end(given, main));
    }
  }
}

function isServable(given: unknown): given is Servable {
  return typeof given === "object" && given !== null &&
    typeof (given as Partial<Servable>).fetch === "function";
}

// Sockets first, which says that it is worth coming back; then what is being answered.
async function end(app: Servable, main: Deno.HttpServer): Promise<void> {
  setTimeout(() => Deno.exit(0), DRAIN);
  await app[Symbol.asyncDispose]?.();
  await main.shutdown();
  Deno.exit(0);
}

function listen(handler: Handler, options: Omit<Deno.ServeTcpOptions, "port" | "hostname">): Deno.HttpServer {
  const own = { hostname: "127.0.0.1", port: 0 };
  const main = serve({ ...options, ...own }, handler);
  const foreign = isOpen
    ? serve({ ...options, ...own, onListen() {} }, (request, info) => handler(request, stranger(info)))
    : undefined;
  tell({ kind: "listening", port: main.addr.port, foreign: foreign?.addr.port });
  // The app says where it is found, and that is not here.
  return Object.defineProperty(main, "addr", { value: { transport: "tcp", hostname, port } });
}

// An address that is nobody's (RFC 5737): all that is known is that it is not this machine.
function stranger(info: Deno.ServeHandlerInfo): Deno.ServeHandlerInfo {
  return { ...info, remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 0 } };
}

function describe(error: unknown): ErrorText {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: String(error) };
  return { name: error.name, message: error.message, stack: stackOf(error) };
}

function stackOf(error: Error, depth = 0): string {
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error && depth < 5
    ? `${stack}\nCaused by: ${stackOf(error.cause, depth + 1)}`
    : stack;
}
