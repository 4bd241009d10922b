/**
 * Listens, and stops as it should.
 *
 * @module
 */

import type { Logger } from "../observe.ts";

/**
 * Where to listen.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { ListenOptions } from "@argyle/argyle/types";
 * const stop = new AbortController();
 * const options: ListenOptions = { port: 0, signal: stop.signal };
 * const server = await new App().listen(options);
 * stop.abort();
 * await server.finished;
 * ```
 */
export interface ListenOptions {
  /** The port; 8000 where left out, any free one for 0. */
  readonly port?: number;
  /** The address; this machine only (`127.0.0.1`) where left out. */
  readonly hostname?: string;
  /** The certificate chain as PEM, with its `key`: then https; http where left out. */
  readonly cert?: string;
  /** The private key as PEM. */
  readonly key?: string;
  /** Stops the server when it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * A server that listens. Leaving its scope stops it.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { Listening } from "@argyle/argyle/types";
 * await using server: Listening = await new App().listen({ port: 0 });
 * console.assert(server.url === `http://127.0.0.1:${server.port}`);
 * ```
 */
export interface Listening extends AsyncDisposable {
  /** Where it listens, `http://127.0.0.1:8000`. */
  readonly url: string;
  /** The port, also where any free one was asked for. */
  readonly port: number;
  /** Done when the server has stopped and nothing runs. */
  readonly finished: Promise<void>;
  /** Stops: no new connections, sockets are told to come back, running calls finish. Twice does no harm. */
  stop(): Promise<void>;
}

/** What is asked of the app that listens. */
interface Stoppable {
  fetch(request: Request, info: Deno.ServeHandlerInfo): Promise<Response>;
  /** Ends sockets and waits for what runs, for at most so many milliseconds. */
  drain(ms: number): Promise<void>;
}

/** Milliseconds for what runs to end after a signal: Deno Deploy kills 5 s after SIGINT. */
export const DRAIN = 3000;

/** Milliseconds after a signal when the process ends, whatever runs. */
export const GIVE_UP = 3500;

/**
 * Listens for an app. SIGTERM and SIGINT stop it and end the process within 4 s.
 *
 * @throws Error that says what to do where the port is taken or not permitted
 */
export function listen(app: Stoppable, log: Logger, options: ListenOptions = {}): Listening {
  const { port = 8000, hostname = "127.0.0.1", cert, key } = options;
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError("Cannot listen with https: it needs both the certificate and its key.");
  }
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    const tls = cert !== undefined && key !== undefined ? { cert, key } : {};
    server = Deno.serve(
      { port, hostname, ...tls, onListen: () => {} },
      (request, info) => app.fetch(request, info),
    );
  } catch (cause) {
    throw startupError(cause, hostname, port);
  }
  const { port: taken } = server.addr;
  const url = `${cert === undefined ? "http" : "https"}://${
    hostname.includes(":") ? `[${hostname}]` : hostname
  }:${taken}`;
  let stopping: Promise<void> | undefined;
  const stopped = Promise.withResolvers<void>();
  const stop = () => stopping ??= stopServer(server, app, log).then(() => stopped.resolve());
  const exit = () => void exitAfter(stop());
  const signals = listenToSignals(exit);
  if (options.signal?.aborted) void stop();
  options.signal?.addEventListener("abort", () => void stop(), { once: true });
  log.info(`listening on ${url}`);
  const finished = Promise.race([server.finished.then(() => stopping), stopped.promise]).then(() =>
    signals()
  );
  return {
    url,
    port: taken,
    finished,
    stop: () => stop().then(() => finished),
    [Symbol.asyncDispose]: () => stop().then(() => finished),
  };
}

async function stopServer(server: Deno.HttpServer, app: Stoppable, log: Logger): Promise<void> {
  const asked = performance.now();
  // The app first: Deno's own shutdown closes sockets with a code that does not say that it is worth coming back.
  await app.drain(DRAIN);
  // Deno 2.9 waits without end for a response that nobody reads, and for an upgrade whose client has gone; we do not.
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    log.warn("a request did not end in time; stopping without it");
    resolve();
  }, GIVE_UP - (performance.now() - asked));
  await Promise.race([server.shutdown(), late]);
  clearTimeout(timer);
}

async function exitAfter(stopped: Promise<void>): Promise<void> {
  await stopped;
  Deno.exit(0);
}

/**
 * Calls `run` at the first SIGTERM or SIGINT.
 *
 * @returns stops listening
 */
export function listenToSignals(run: () => void): () => void {
  // Windows has no SIGTERM to listen to.
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGTERM", "SIGINT"];
  for (const signal of signals) Deno.addSignalListener(signal, run);
  return () => {
    for (const signal of signals) Deno.removeSignalListener(signal, run);
  };
}

function startupError(cause: unknown, hostname: string, port: number): Error {
  const where = `${hostname}:${port}`;
  if (cause instanceof Deno.errors.AddrInUse) {
    return new Error(
      `Cannot listen on ${where}: the port is taken. Stop the other program, or give another port.`,
      {
        cause,
      },
    );
  }
  if (cause instanceof Deno.errors.NotCapable) {
    return new Error(`Cannot listen on ${where}: not permitted. Run with --allow-net=${where}.`, { cause });
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return new Error(
      `Cannot listen on ${where}: the system does not permit it. Ports below 1024 are the system's.`,
      {
        cause,
      },
    );
  }
  return cause instanceof Error ? cause : new Error(`Cannot listen on ${where}.`, { cause });
}
