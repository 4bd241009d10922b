/**
 * The server that is restarted: `restart_server.tsx PAGE FILE PORT`, the counter or each visitor's own table, on a KV file,
 * until it is told to stop, is killed, or its input ends.
 *
 * @module
 */

import { kv, openKv } from "@argyle/argyle/kv";
import type { AppOptions } from "@argyle/argyle/types";
import counter from "../examples/counter/main.tsx";
import { Row } from "../examples/table/main.tsx";
import { tablePage } from "./pages/table.tsx";

const [page = "", file = "", port = ""] = Deno.args;
const options: AppOptions = {
  ...kv(await openKv(file)),
  log: {
    info() {},
    warn: (message, fields) => say(`warn ${message} ${JSON.stringify(fields ?? {})}`),
    error: (message, error) => say(`error ${message}: ${String(error)}`),
  },
};
const app = page === "counter" ? counter(options) : tablePage({ Row, options }).app;
await app.listen({ port: Number(port) });
Deno.stdout.writeSync(new TextEncoder().encode("listens\n"));
await Deno.stdin.readable.pipeTo(new WritableStream());
Deno.exit(0);

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
