// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * What a page and a change of a list cost, by the source and by how many items there are: `deno run -A bench/lists.ts`, with
 * names of sources and counts where not all are wanted (`deno run -A bench/lists.ts kv 1000000`). It prints Markdown.
 *
 * Each source at each size has a process of its own. A source that keeps its items elsewhere is filled by another process
 * first, so that its memory is that of a server which was started on them.
 *
 * @module
 */

import assert from "node:assert/strict";
import { kvList, openKv } from "@argyle/argyle/kv";
import { postgresList, sqliteList } from "@argyle/argyle/sql";
import { DatabaseSync } from "node:sqlite";
import postgres from "postgres";
import { arraySource } from "../socksync/array_source.ts";
import type { ListSource } from "../socksync/source.ts";
import { quantile } from "./measure.ts";

/** What is in the lists: some hundred bytes each. */
interface Product {
  readonly name: string;
  readonly quantity: number;
  readonly price: number;
}

interface Opened {
  readonly source: ListSource<Product>;
  /** Puts the items there where `replace` is not the way. */
  fill?(items: readonly Product[]): Promise<void>;
  close(): void | Promise<void>;
}

const byName = { table: "products", orderBy: "name", columns: ["name", "quantity", "price"] };

/** What is measured. One that `keeps` its items has them from one process to the next, in this folder. */
const sources: Record<string, { keeps: boolean; open(folder: string): Opened | Promise<Opened> }> = {
  array: { keeps: false, open: () => ({ source: arraySource<Product>(), close() {} }) },
  kv: {
    keeps: true,
    async open(folder) {
      const db = await openKv(`${folder}/app.kv`);
      return { source: kvList<Product>(db, ["products"]), close: () => db.close() };
    },
  },
  "kv, ordered": {
    keeps: true,
    async open(folder) {
      const db = await openKv(`${folder}/app.kv`);
      const source = kvList<Product>(db, ["products"], { orderBy: ({ name }) => [name] });
      return { source, close: () => db.close() };
    },
  },
};

sources["sqlite"] = {
  keeps: true,
  async open(folder) {
    const db = new DatabaseSync(`${folder}/app.db`);
    db.exec(`pragma journal_mode = wal; pragma synchronous = normal; ${table("integer primary key")}`);
    const source = sqliteList<Product>(db, byName);
    await source.install();
    return {
      source,
      fill: (items) => {
        const insert = db.prepare("insert into products (name, quantity, price) values (?, ?, ?)");
        db.exec("begin");
        for (const { name, quantity, price } of items) insert.run(name, quantity, price);
        db.exec("commit");
        return Promise.resolve();
      },
      close: () => db.close(),
    };
  },
};

const postgresUrl = Deno.env.get("POSTGRES_URL");
if (postgresUrl !== undefined) {
  sources["postgres"] = {
    keeps: true,
    async open(folder) {
      const schema = folder.replace(/.*[/\\]/, "").replaceAll("-", "_").toLowerCase();
      const sql = postgres(postgresUrl, { max: 2, connection: { search_path: schema }, onnotice() {} });
      await sql.unsafe(
        `create schema if not exists ${schema}; ${table("bigint primary key generated always as identity")}`,
      );
      const source = postgresList<Product>(sql, byName);
      await source.install();
      return {
        source,
        async fill(items) {
          for (let at = 0; at < items.length; at += 10_000) {
            const rows = items.slice(at, at + 10_000).map((item) => ({ ...item }));
            await sql`insert into products ${sql(rows)}`;
          }
          await sql`vacuum analyze products`;
        },
        close: () => sql.end(),
      };
    },
  };
}

const counts = [1000, 100_000, 1_000_000], PAGE = 25, SAMPLES = 101, WARM = 20;

/** The same items in a table. */
function table(key: string): string {
  return `create table if not exists products (id ${key}, name text not null, quantity integer, price integer)`;
}

/** What one process has found, times in milliseconds, memory in bytes. */
interface Found {
  readonly filled?: number;
  readonly times?: Readonly<Record<string, number>>;
  readonly memory?: readonly [before: number, after: number];
}

function product(at: number): Product {
  return {
    name: `Product ${String(at).padStart(8, "0")} of the bench, with a name`,
    quantity: at % 100,
    price: at % 1000,
  };
}

async function median(run: (sample: number) => unknown): Promise<number> {
  const samples = [];
  for (let sample = -WARM; sample < SAMPLES; sample++) {
    const start = performance.now();
    await run(sample);
    if (sample >= 0) samples.push(performance.now() - start);
  }
  return quantile(samples, 0.5);
}

async function fill({ source, fill }: Opened, count: number): Promise<number> {
  const items = Array.from({ length: count }, (_, at) => product(at)), start = performance.now();
  if (fill !== undefined) await fill(items);
  else await source.replace!(items);
  return performance.now() - start;
}

async function measure(source: ListSource<Product>, count: number): Promise<Record<string, number>> {
  const places = { start: 0, middle: count >> 1, end: count - PAGE }, times: Record<string, number> = {};
  const some = (at: number, sample: number) => at + Math.abs(sample) % PAGE;
  for (const [where, at] of Object.entries(places)) {
    times[`page, ${where}`] = await median(async () => {
      assert.equal((await source.read(at, at + PAGE)).items.length, PAGE);
    });
  }
  for (const [where, at] of Object.entries(places)) {
    // Where the source has an order, the item stands beside the one of this name.
    const value = product(at), index = source.isOrdered || where === "end" ? undefined : at;
    times[`insert, ${where}`] = await median(() => source.insert(index, value));
  }
  for (const [where, at] of Object.entries(places)) {
    times[`set, ${where}`] = await median((sample) =>
      source.update(some(at, sample), (old) => ({ ...old, quantity: old.quantity + 1 }))
    );
  }
  for (const [where, at] of Object.entries(places)) {
    times[`delete, ${where}`] = await median(() => source.delete(at));
  }
  return times;
}

/** What a process of its own does: fill, or measure. */
async function part(name: string, count: number, folder: string, isFilling: boolean): Promise<Found> {
  const { keeps, open } = sources[name]!, opened = await open(folder);
  try {
    if (isFilling) return { filled: await fill(opened, count) };
    const before = Deno.memoryUsage().rss;
    const filled = keeps ? {} : { filled: await fill(opened, count) };
    const times = await measure(opened.source, count);
    return { ...filled, times, memory: [before, Deno.memoryUsage().rss] };
  } finally {
    await opened.close();
  }
}

async function inProcess(
  name: string,
  count: number,
  folder: string,
  what: "fill" | "measure",
): Promise<Found> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL(import.meta.url).pathname, what, name, String(count), folder],
  }).output();
  if (!success) throw new Error(`Cannot ${what} ${name}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function find(name: string, count: number): Promise<Found> {
  const folder = await Deno.makeTempDir({ prefix: "argyle-bench-" });
  try {
    const filled = sources[name]!.keeps ? await inProcess(name, count, folder, "fill") : {};
    return { ...filled, ...await inProcess(name, count, folder, "measure") };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function toMarkdown(all: ReadonlyMap<string, Found>): string {
  const measures = Object.keys([...all.values()][0]?.times ?? {});
  const rows = measures.map((name) => [name, ...[...all.values()].map(({ times }) => ms(times![name]!))]);
  const mb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  rows.push(
    ["filling, in all", ...[...all.values()].map(({ filled }) => ms(filled!))],
    ["memory before … after", ...[...all.values()].map(({ memory }) => memory!.map(mb).join(" … "))],
  );
  const lines = [["", ...all.keys()], ["---", ...[...all].map(() => "---:")], ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function ms(time: number): string {
  return `${time.toLocaleString("en", { maximumSignificantDigits: 3 })} ms`;
}

if (import.meta.main) {
  const [what, name, count, folder] = Deno.args;
  if (what === "fill" || what === "measure") {
    console.log(JSON.stringify(await part(name!, Number(count), folder!, what === "fill")));
  } else {
    const isAsked = (one: string, all: readonly string[]) => {
      const some = Deno.args.filter((arg) => all.includes(arg));
      return some.length === 0 || some.includes(one);
    };
    const found = new Map<string, Found>(), names = Object.keys(sources);
    for (const name of names.filter((name) => isAsked(name, names))) {
      for (const count of counts.filter((count) => isAsked(String(count), counts.map(String)))) {
        found.set(`${name}, ${count.toLocaleString("en")}`, await find(name, count));
      }
    }
    const load = Deno.loadavg()[0]?.toFixed(1);
    console.log(
      `${new Date().toISOString().slice(0, 10)}, Deno ${Deno.version.deno}, load ${load}; medians of ` +
        `${SAMPLES}, pages of ${PAGE}:\n\n${toMarkdown(found)}`,
    );
  }
}
