/**
 * GETs of counter and table, as they are and compressed: how many a second on sixteen connections, and how long until
 * the first byte on one. Floors are bare handlers that answer with documents of the same bytes: prepared ones for the
 * counter and for the table that all visitors share, with rows rendered each time for the table that is each visitor's
 * own.
 *
 * @module
 */

import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { coresApart } from "../cores.ts";
import { DocumentPath } from "../floors/document.ts";
import { type Answer, getRequest, KeepAlive } from "../keep_alive.ts";
import { bytesOf, type Label, type Print, rateLine, timeLine } from "../line.ts";
import { interleave, runsOf, type Turn } from "../measure.ts";
import { type Served, startServer, steady } from "../process.ts";
import { type Effort, effort, shares } from "../shares.ts";
import { plain } from "./render.ts";

const CONNECTIONS = 16, laps = 3, cold = 1;

/** Something that is fetched. */
interface Subject {
  /** Its lines begin with it. */
  readonly name: string;
  readonly url: string;
  readonly gzip: boolean;
  /** The name of the subject that it is held against. */
  readonly floor?: string;
  readonly store?: "memory";
  /** Without a cookie, and so with a session that begins; else the answer sets none. */
  readonly first?: boolean;
  /** GETs of each connection in a turn; the one connection of the other measure does as many. */
  readonly count: number;
  readonly note: string;
}

/** A connection and what is sent on it. */
interface Client {
  readonly connection: KeepAlive;
  readonly request: Uint8Array<ArrayBuffer>;
}

/** A subject with its connections, and the document that each of them has got. */
interface Ready extends Subject {
  readonly clients: readonly Client[];
  readonly html: string;
  /** Bytes of the document, before any compression. */
  readonly length: number;
}

/** Measures them. */
export async function http(print: Print, { rounds }: { rounds: number }): Promise<void> {
  await using cores = await coresApart();
  await using server = await startServer({ core: cores.server, flags: steady });
  using opened = new DisposableStack();
  const all: Ready[] = [];
  for (const subject of subjects(server)) all.push(await prepare(subject, opened));
  checkRows(all);
  const efforts = new Map<string, Effort[]>();
  const runs = await interleave([
    ...all.map((ready) => crowd(server.control, ready, efforts)),
    ...all.map(alone),
  ], { rounds, laps, cold });
  for (const { name, floor, store, note } of all) {
    const held = (measure: string) => {
      const line = `${floor}.${measure}`;
      return floor === undefined ? undefined : { name: line, runs: runsOf(runs, line) };
    };
    const label = (measure: string, note: string): Label => {
      return { measure: `${name}.${measure}`, ...store === undefined ? {} : { store }, note };
    };
    const taken = (efforts.get(name) ?? []).slice(-rounds * laps);
    print(rateLine(
      label("per_second", `${note}; ${CONNECTIONS} connections; ${shares(taken)}; ${cores.note}`),
      runsOf(runs, `${name}.per_second`),
      held("per_second"),
    ));
    // A system that does not tell it says 0.
    if (taken.some(({ server }) => server > 0)) {
      print(timeLine(
        label("processor", "of the server, for 1,000 GETs"),
        runsOf(runs, `${name}.processor`),
        held("processor"),
      ));
    }
    print(timeLine(
      label("first_byte", `${note}; ${cores.note}`),
      runsOf(runs, `${name}.first_byte`),
      held("first_byte"),
    ));
  }
}

function subjects({ floors, counter, table, tablePrivate }: Served): Subject[] {
  const prepared = "a prepared document", zipped = "compressed at once by zlib at its default level";
  const cookie = "with the session's cookie", rows = "its rows by a bare renderToString";
  const counterFloor = `${floors}${DocumentPath.counter}`, tableFloor = `${floors}${DocumentPath.table}`;
  const rendered = `${floors}${DocumentPath.rendered}`;
  const urls = { counter, table, "table.private": tablePrivate };
  const page = (
    name: keyof typeof urls,
    rest: Omit<Subject, "name" | "url" | "store" | "note">,
  ): Subject => {
    const note = rest.first ? "without a cookie" : cookie;
    const kind = `get${rest.gzip ? "_gzip" : ""}${rest.first ? "_first" : ""}`;
    return {
      name: `${name}.${kind}`,
      url: urls[name],
      store: "memory",
      note,
      ...rest,
    };
  };
  const few = 40, some = 3;
  return [
    { name: "prepared.counter", url: counterFloor, gzip: false, count: 2 * few, note: prepared },
    page("counter", { gzip: false, floor: "prepared.counter", count: few }),
    page("counter", { gzip: false, floor: "prepared.counter", count: few, first: true }),
    {
      name: "prepared.counter_gzip",
      url: counterFloor,
      gzip: true,
      count: few,
      note: `${prepared}, ${zipped}`,
    },
    page("counter", { gzip: true, floor: "prepared.counter_gzip", count: few }),
    { name: "prepared.table", url: tableFloor, gzip: false, count: 4 * some, note: prepared },
    page("table", { gzip: false, floor: "prepared.table", count: 2 * some }),
    { name: "prepared.table_gzip", url: tableFloor, gzip: true, count: some, note: `${prepared}, ${zipped}` },
    page("table", { gzip: true, floor: "prepared.table_gzip", count: some }),
    { name: "rendered.table", url: rendered, gzip: false, count: 2 * some, note: `${prepared}, ${rows}` },
    page("table.private", { gzip: false, floor: "rendered.table", count: some }),
    {
      name: "rendered.table_gzip",
      url: rendered,
      gzip: true,
      count: some,
      note: `${prepared}, ${rows}, ${zipped}`,
    },
    page("table.private", { gzip: true, floor: "rendered.table_gzip", count: some }),
  ];
}

/** Opens the connections, each with a session of its own, and looks closely at one answer of each. */
async function prepare(subject: Subject, opened: DisposableStack): Promise<Ready> {
  const { name, url, gzip, store, first = false } = subject;
  const clients: Client[] = [];
  let html = "";
  for (let done = 0; done < CONNECTIONS; done++) {
    const connection = opened.use(await KeepAlive.open(url));
    const encoding: Record<string, string> = gzip ? { "accept-encoding": "gzip" } : {};
    const cookie: Record<string, string> = store === undefined || first
      ? {}
      : { cookie: await newSession(url) };
    const request = getRequest(url, { ...encoding, ...cookie });
    html = documentOf(await connection.send(request));
    assert.ok(html.endsWith("</html>"), `${name} is not a document.`);
    clients.push({ connection, request });
  }
  return { ...subject, clients, html, length: bytesOf(html) };
}

/** Every connection at once. */
function crowd(control: string, ready: Ready, efforts: Map<string, Effort[]>): Turn {
  const { name, clients, count } = ready;
  return async () => {
    const taken = await effort(control, async () => {
      await Promise.all(clients.map(async ({ connection, request }) => {
        for (let done = 0; done < count; done++) check(await connection.send(request), ready);
      }));
    });
    efforts.set(name, [...efforts.get(name) ?? [], taken]);
    const gets = clients.length * count;
    return {
      [`${name}.per_second`]: [gets / taken.elapsed * 1000],
      [`${name}.processor`]: [taken.server / gets * 1000],
    };
  };
}

/** One connection, one request after the other. */
function alone(ready: Ready): Turn {
  const { name, clients, count } = ready;
  return async () => {
    const times: number[] = [];
    for (const { connection, request } of clients.slice(0, 1)) {
      for (let done = 0; done < 2 * count; done++) {
        const answer = await connection.send(request);
        check(answer, ready);
        times.push(answer.firstByte);
      }
    }
    return { [`${name}.first_byte`]: times };
  };
}

// Cheap, because it is in the time: status, cookie, coding, and the length of the document.
function check({ status, headers, body }: Answer, { name, gzip, length, store, first = false }: Ready): void {
  const sets = headers.has("set-cookie"), zipped = headers.get("content-encoding") === "gzip";
  const wanted = store !== undefined && first;
  // The last four bytes of gzip tell how long the content was.
  const found = zipped
    ? new DataView(body.buffer, body.byteOffset, body.length).getUint32(body.length - 4, true)
    : body.length;
  if (status !== 200 || sets !== wanted || zipped !== gzip || found !== length) {
    throw new Error(
      `Cannot time ${name}: ${status}, ${found} bytes of ${length}, a cookie: ${sets}, gzip: ${zipped}.`,
    );
  }
}

/** The rows that Preact alone renders are those of the page. */
function checkRows(all: readonly Ready[]): void {
  const [bare, page] = ["rendered.table", "table.private.get"].map((name) =>
    all.find((ready) => ready.name === name)
  );
  assert.ok(bare !== undefined && page !== undefined);
  assert.equal(rowsOf(bare.html), rowsOf(page.html));
}

function rowsOf(html: string): string {
  const rows = plain(html.slice(html.indexOf("<tbody"), html.indexOf("</tbody>")));
  assert.ok(rows.includes('id="row-1000"'));
  return rows;
}

function documentOf({ status, headers, body }: Answer): string {
  assert.equal(status, 200);
  return new TextDecoder().decode(headers.get("content-encoding") === "gzip" ? gunzipSync(body) : body);
}

async function newSession(url: string): Promise<string> {
  const response = await fetch(url);
  await response.body?.cancel();
  const [cookie] = response.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
  if (!response.ok || cookie === undefined) {
    throw new Error(`Cannot begin a session at ${url}: ${response.status}.`);
  }
  return cookie;
}
