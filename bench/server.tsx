/**
 * The process that serves what is measured, each app and the floors on a port of their own, until its standard input
 * ends: so it ends with the bench, however the bench ends. Its first line of output tells where it serves.
 *
 * @module
 */

import { memory } from "@argyle/argyle/memory";
import { kv, openKv } from "@argyle/argyle/kv";
import type { AppOptions, Limits, Logger } from "@argyle/argyle/types";
import type { Layout } from "@argyle/argyle";
import counter from "../examples/counter/main.tsx";
import table, { Row as MemoRow } from "../examples/table/main.tsx";
import { control } from "./control.ts";
import { timeCommits } from "./floors/commit.ts";
import { type Documents, prepared, serveDocument } from "./floors/document.ts";
import { domPage } from "./floors/dom_page.ts";
import { burst } from "./floors/burst.ts";
import { echo } from "./floors/echo.ts";
import { Fan } from "./floors/fan.ts";
import { livePage } from "./floors/live_page.ts";
import { renderTime } from "./floors/render.ts";
import { Windows } from "./floors/windows.ts";
import { boardPage } from "./pages/board.tsx";
import { eventsPage } from "./pages/events.ts";
import { syncPage } from "./pages/sync.ts";
import { tablePage, type TableParts } from "./pages/table.tsx";
import { Row as PlainRow } from "./rows.tsx";

/** The URLs of what is served. */
export interface Places {
  /** Of this process itself. */
  readonly control: string;
  readonly floors: string;
  readonly counter: string;
  readonly counterKv: string;
  readonly table: string;
  /** Each visitor's own table. */
  readonly tablePrivate: string;
  /** The same with rows that are not remembered. */
  readonly tablePlain: string;
  /** The same below a line with a `€`. */
  readonly tableEuro: string;
  /** One table for all, of which the control changes a cell (`publish`). */
  readonly tableShared: string;
  /** One text for all, which the control changes (`show`). */
  readonly board: string;
  /** An endpoint of SockSync, of which the control changes a list (`insert`) and a text (`tell`). */
  readonly sync: string;
  /** Typed events. */
  readonly events: string;
}

/** The bench calls faster than a person clicks: the limits of frames a second are out of its way, no others. */
const limits: Partial<Limits> = {
  framesPerSecond: 1e9,
  frameBurst: 1e9,
  syncFramesPerSecond: 1e9,
  syncFrameBurst: 1e9,
};

type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

function serve(handler: Handler): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request, info) => {
    const response = await handler(request, info);
    if (response.status === 101) return response;
    // In a page that is isolated across origins Chromium's clock is twenty times as fine.
    response.headers.set("cross-origin-opener-policy", "same-origin");
    response.headers.set("cross-origin-embedder-policy", "require-corp");
    return response;
  });
}

/** What stands beside the apps; `documents` are those of the apps, once they are served. */
function floors(
  db: Deno.Kv,
  { fan, windows }: { fan: Fan; windows: Windows },
  documents: Promise<Documents>,
): Handler {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/echo") return echo(request);
    if (pathname === "/fan") return fan.serve(request);
    if (pathname === "/windows") return windows.serve(request);
    if (pathname === "/burst") return burst(request);
    if (pathname === "/") return domPage();
    if (pathname === "/commits") {
      return Response.json(await timeCommits(db, Number(searchParams.get("count"))));
    }
    const all = await documents;
    return serveDocument(request, pathname, all) ?? livePage(pathname, all) ??
      new Response(null, { status: 404 });
  };
}

/** The documents as a visitor gets them. */
async function load(places: Pick<Places, keyof Documents>): Promise<Documents> {
  return {
    counter: await prepared(places.counter),
    table: await prepared(places.table),
    tablePrivate: await prepared(places.tablePrivate),
  };
}

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "argyle-bench-" });
  try {
    using records = await openKv(`${folder}/records.kv`);
    using floor = await openKv(`${folder}/floor.kv`);
    const given = { limits, log }, options = () => ({ ...given, ...memory() });
    const fan = new Fan(), windows = new Windows();
    const board = boardPage(options()), sync = syncPage(options());
    const own = (Row: TableParts["Row"], more: AppOptions = {}) =>
      tablePage({ Row, options: { ...options(), ...more } }).app.fetch;
    const shared = tablePage({ Row: MemoRow, isShared: true, options: options() });
    const { promise: documents, resolve } = Promise.withResolvers<Documents>();
    const servers = {
      control: serve(control({
        publish: () => shared.bump(),
        show(text) {
          const { number, length } = JSON.parse(text);
          return board.show(number, length);
        },
        send: (text) => fan.send(text),
        insert: (number) => sync.insert(Number(number)),
        sendWindows: (number) => windows.send(Number(number)),
        tell(text) {
          const { first, count, length } = JSON.parse(text);
          return sync.tell(first, count, length);
        },
        render: (count) => renderTime(Number(count)),
      })),
      floors: serve(floors(floor, { fan, windows }, documents)),
      counter: serve(counter(options()).fetch),
      counterKv: serve(counter({ ...given, ...kv(records) }).fetch),
      table: serve(table(options()).fetch),
      tablePrivate: serve(own(MemoRow)),
      tablePlain: serve(own(PlainRow)),
      tableEuro: serve(own(MemoRow, { layout: Price })),
      tableShared: serve(shared.app.fetch),
      board: serve(board.app.fetch),
      sync: serve(sync.app.fetch),
      events: serve(eventsPage(options()).fetch),
    };
    const urls = Object.entries(servers).map(([name, { addr }]) => [name, `http://127.0.0.1:${addr.port}/`]);
    const places: Places = Object.fromEntries(urls);
    resolve(await load(places));
    say(`${JSON.stringify(places)}\n`, Deno.stdout);
    await Deno.stdin.readable.pipeTo(new WritableStream());
    await Promise.all(Object.values(servers).map((server) => server.shutdown()));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A `€` on every page: with one letter beyond Latin-1, V8 keeps two bytes for each letter of a text. */
const Price: Layout = ({ children }) => (
  <>
    {children}
    <p id="currency">Prices in €</p>
  </>
);

// Standard output is for the places alone.
const log: Logger = {
  info() {},
  warn: (message, fields) => say(`warn ${message} ${JSON.stringify(fields ?? {})}\n`, Deno.stderr),
  error: (message, error) => {
    const text = error instanceof Error ? error.stack ?? error.message : String(error);
    say(`error ${message}: ${text}\n`, Deno.stderr);
  },
};

function say(text: string, to: typeof Deno.stdout): void {
  to.writeSync(new TextEncoder().encode(text));
}

if (import.meta.main) {
  await main();
  // Whatever an app still holds must not keep the process.
  Deno.exit(0);
}
