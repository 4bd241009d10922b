import { DatabaseSync } from "node:sqlite";
import { kvList, openKv } from "@argyle/argyle/kv";
import { postgresList, sqliteList } from "@argyle/argyle/sql";
import { sourceContract, type SourceItem } from "@argyle/argyle/testing";
import { arraySource } from "../../socksync/array_source.ts";
import { findPostgres, ownSchema, skipPostgres } from "../helpers/postgres.ts";
import { lookingSource, tellingSource } from "../helpers/watched_source.ts";

sourceContract("array", () => ({ source: arraySource(), close() {} }));

sourceContract("a source that tells", tellingSource);

sourceContract("a source that looks from time to time", lookingSource);

const orderBy = ({ rank, name }: SourceItem) => [rank, name];

for (const [name, options] of Object.entries({ "kv": {}, "kv with an order": { orderBy } })) {
  sourceContract(name, async () => {
    const db = await openKv(":memory:"), make = () => kvList<SourceItem>(db, ["items"], options);
    return { source: make(), other: make, close: () => db.close() };
  });

  // Two connections, as two processes have them: they do not stand in one line.
  sourceContract(`${name}, in a file`, async () => {
    const folder = await Deno.makeTempDir();
    const one = await openKv(`${folder}/app.kv`), other = await openKv(`${folder}/app.kv`);
    return {
      source: kvList<SourceItem>(one, ["shop", "items"], options),
      other: () => kvList<SourceItem>(other, ["shop", "items"], options),
      async close() {
        one.close();
        other.close();
        await Deno.remove(folder, { recursive: true });
      },
    };
  });
}

const itemsByRank = { table: "items", orderBy: ["rank", "name"], columns: ["name", "rank"] };
const itemsInSqlite =
  "create table items (id integer primary key, name text not null, rank integer not null)";

sourceContract("sqlite", async (clock) => {
  const db = new DatabaseSync(":memory:");
  db.exec(itemsInSqlite);
  const other = () => sqliteList<SourceItem>(db, { ...itemsByRank, clock });
  const source = other();
  await source.install();
  return { source, other, close: () => db.close() };
});

sourceContract("sqlite in a file, by two connections", async (clock) => {
  const folder = await Deno.makeTempDir();
  const one = new DatabaseSync(`${folder}/app.db`), two = new DatabaseSync(`${folder}/app.db`);
  one.exec(`pragma journal_mode = wal; pragma synchronous = off; ${itemsInSqlite}`);
  const source = sqliteList<SourceItem>(one, { ...itemsByRank, clock });
  await source.install();
  return {
    source,
    other: () => sqliteList<SourceItem>(two, { ...itemsByRank, clock }),
    async close() {
      one.close();
      two.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});

const server = await findPostgres();
if (server === undefined) skipPostgres("postgres: the contract of a source");
else {
  const serial = 'id bigint primary key generated always as identity, name text collate "C" not null';
  sourceContract("postgres", async (clock) => {
    const { sql, again, close } = await ownSchema(
      server,
      `create table items (${serial}, rank int not null)`,
    );
    const source = postgresList<SourceItem>(sql, { ...itemsByRank, clock });
    await source.install();
    return { source, other: () => postgresList<SourceItem>(again(), { ...itemsByRank, clock }), close };
  });
}
