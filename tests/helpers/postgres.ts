/**
 * A real Postgres for tests: that of `POSTGRES_URL`, else one of the test process' own, in a folder that goes with it.
 *
 * @module
 */

import postgres from "postgres";
import { skip } from "../skip.ts";

/** A schema of a test's own, and a client that finds its tables there. */
export interface OwnSchema extends AsyncDisposable {
  readonly sql: postgres.Sql;
  readonly schema: string;
  /** Another client of it; ended by `close` too. */
  again(options?: postgres.Options<Record<string, never>>): postgres.Sql;
  /** Drops it, and ends all clients. */
  close(): Promise<void>;
}

/** Where Debian has the programs of each release. */
const DEBIAN = "/usr/lib/postgresql";

let found: Promise<string | undefined> | undefined;

/** The address of a Postgres that all tests of a process share; `undefined` where there is none. */
export function findPostgres(): Promise<string | undefined> {
  found ??= find();
  return found;
}

/** Says that the tests of a file cannot run: a failure where everything has to be there. */
export function skipPostgres(title: string): void {
  const reason = "no Postgres: set POSTGRES_URL, or install the package postgresql";
  if (Deno.env.get("TEST_BROKERS") !== "all") skip(title, reason);
  else Deno.test(title, () => Promise.reject(new Error(reason)));
}

/** Registers tests that are given the address of a Postgres, with a name before their titles. */
export async function postgresTests(
  name: string,
): Promise<(title: string, run: (url: string) => Promise<void>) => void> {
  const url = await findPostgres();
  if (url === undefined) skipPostgres(`${name}: all of its tests`);
  return (title, run) => {
    if (url !== undefined) Deno.test(`${name}: ${title}`, async () => await run(url));
  };
}

/** Makes a schema with what stands in `setup`. */
export async function ownSchema(url: string, setup: string): Promise<OwnSchema> {
  const schema = `argyle_test_${crypto.randomUUID().slice(0, 13).replace("-", "")}`;
  const clients: postgres.Sql[] = [];
  const again: OwnSchema["again"] = (options) => {
    const sql = postgres(url, {
      max: 4,
      onnotice() {},
      connection: { search_path: schema },
      ...options,
    }) as unknown as postgres.Sql;
    clients.push(sql);
    return sql;
  };
  const sql = again();
  const close = async () => {
    const last = postgres(url, { max: 1, onnotice() {} });
    await Promise.all(clients.map((sql) => sql.end({ timeout: 1 })));
    await last.unsafe(`drop schema ${schema} cascade`);
    await last.end();
  };
  await sql.unsafe(`create schema ${schema}`);
  await sql.unsafe(setup);
  return { sql, schema, again, close, [Symbol.asyncDispose]: close };
}

async function find(): Promise<string | undefined> {
  const named = Deno.env.get("POSTGRES_URL");
  if (named !== undefined) return named;
  const programs = await findPrograms();
  return programs === undefined ? undefined : await start(programs);
}

/** The folder of `initdb` and `postgres`; the empty one where they are on the PATH. */
async function findPrograms(): Promise<string | undefined> {
  try {
    await new Deno.Command("initdb", { args: ["--version"], stdout: "null" }).output();
    return "";
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    const releases = Array.from(Deno.readDirSync(DEBIAN), ({ name }) => name);
    const [newest] = releases.sort((a, b) => Number(b) - Number(a));
    return newest === undefined ? undefined : `${DEBIAN}/${newest}/bin/`;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return undefined;
  }
}

/** Starts a server. A shell beside it ends it, and removes its folder, when this process is no more, however that went. */
async function start(programs: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "argyle-postgres-" }), port = freePort();
  // Postgres does not run as root.
  const as = Deno.uid() === 0 ? "setpriv --reuid=postgres --regid=postgres --clear-groups" : "";
  if (as !== "") await run("chown", ["postgres:postgres", folder]);
  const data = `${folder}/data`, user = "-U postgres -A trust";
  await run("sh", [
    "-c",
    `cd /; ${as} ${programs}initdb -D ${data} ${user} --no-sync -E UTF8 --locale=C.UTF-8`,
  ]);
  const settings = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    `port=${port}`,
  ].map((setting) => `-c ${setting}`).join(" ");
  new Deno.Command("setsid", {
    args: [
      "sh",
      "-c",
      `cd /; ${as} ${programs}postgres -D ${data} ${settings} </dev/null >${folder}/log 2>&1 & server=$!
      cat >/dev/null; kill -QUIT $server; wait $server; rm -rf ${folder}`,
    ],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn().unref();
  await untilItAnswers(programs, port, `${folder}/log`);
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stdout: "null", stderr: "piped" })
    .output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

async function untilItAnswers(programs: string, port: number, log: string): Promise<void> {
  const end = Date.now() + 20_000, args = ["-q", "-h", "127.0.0.1", "-p", String(port)];
  while (!(await new Deno.Command(`${programs}pg_isready`, { args }).output()).success) {
    if (Date.now() > end) throw new Error(`postgres has not answered: ${await Deno.readTextFile(log)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
