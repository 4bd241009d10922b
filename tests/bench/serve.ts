/**
 * Serves a handler of the bench on a port of this machine.
 *
 * @module
 */

/** What is served, and where; leaving the scope ends it. */
export interface Served extends AsyncDisposable {
  readonly url: string;
}

/** Begins to serve. */
export function serve(handler: Deno.ServeHandler): Served {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
