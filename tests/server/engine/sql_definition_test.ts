import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import {
  type PostgresClient,
  type SqliteDatabase,
  sqliteList,
  type SqlListOptions,
} from "@argyle/argyle/sql";
import postgres from "postgres";

/** Compiles where what a user has fits what is asked for. */
const fitting: [SqliteDatabase, PostgresClient, PostgresClient] = [
  new DatabaseSync(":memory:"),
  postgres({ max: 1 }),
  postgres({ types: { bigint: postgres.BigInt }, transform: postgres.camel }),
];

const table = "create table products (id integer primary key, name text, price integer, active integer)";

Deno.test("sql list: the clients that users have fit", () => {
  assert.equal(fitting.length, 3);
});

Deno.test("sql list: an order is a name, names, or more than that, and ends with the key", async () => {
  const orders: [SqlListOptions["orderBy"], string][] = [
    ["price", "price, id"],
    ["price desc", "price desc, id"],
    [" price  DESC ", "price desc, id"],
    [["price asc", "name desc"], "price, name desc, id"],
    [{ column: "price", descending: true }, "price desc, id"],
    [[{ column: "name" }, "price"], "name, price, id"],
    ["id", "id"],
    [["name", "id desc", "price"], "name, id desc"],
    [[], "id"],
  ];
  for (const [orderBy, sql] of orders) {
    const db = new DatabaseSync(":memory:");
    db.exec(table);
    for (let at = 0; at < 30; at++) {
      db.exec(`insert into products (name, price) values ('n${(at * 7) % 5}', ${(at * 11) % 4})`);
    }
    const list = sqliteList(db, { table: "products", orderBy });
    await list.install();
    const all = db.prepare(`select * from products order by ${sql}`).all().map((row) => ({ ...row }));
    assert.deepEqual((await list.read(0, 99)).items, all, sql);
    await list.read(10, 12);
    assert.deepEqual((await list.read(12, 20)).items, all.slice(12, 20), sql);
    db.close();
  }
});

Deno.test("sql list: a definition that lacks something, or says too much, is refused at once", () => {
  const db = new DatabaseSync(":memory:");
  const refused = (options: unknown, message: RegExp) =>
    assert.throws(() => sqliteList(db, { table: "t", orderBy: "a", ...options as object }), {
      name: "TypeError",
      message,
    });
  refused({ table: "" }, /Cannot make a list with "" as the name of a table or column/);
  refused({ table: undefined }, /with undefined as the name of a table/);
  refused({ table: "a\0b" }, /as the name of a table/);
  refused({ orderBy: "a descending" }, /Cannot order a list by "a descending": give the name of a column/);
  refused({ orderBy: "a; drop table t" }, /Cannot order a list by/);
  refused({ orderBy: "a, b" }, /Cannot order a list by/);
  refused({ orderBy: undefined }, /Cannot order a list by undefined: give the name/);
  refused({ orderBy: ["a", "a desc"] }, /Cannot order the list of t: a column is named twice/);
  refused({ columns: [] }, /its items have no columns/);
  refused({ where: " " }, /where " ": give a condition in SQL/);
  for (const where of ["a = ?", "a = ?1", "a = $1", "a = :a", "a = @a"]) {
    refused({ where }, /it may have no parameters/);
  }
  for (const where of ["a = 1; drop table t", "a = 1 -- x", "a /* x */ = 1", "a = '$argyle$'"]) {
    refused({ where }, /it may have no semicolon and no comment/);
  }
  assert.throws(
    () => sqliteList({} as never, { table: "t", orderBy: "a" }),
    /as a connection of SQLite\. Give what/,
  );
  // What only looks like it stands in a text.
  for (const where of ["a = 'x; y -- z ?'", "a = '@b'", "a::text = 'x'", '"a ?" = 1']) {
    assert.ok(sqliteList(db, { table: "t", orderBy: "a", where }));
  }
  db.close();
});

Deno.test("sql list: each definition has things of its own in the database, and so they stand beside each other", async () => {
  const db = new DatabaseSync(":memory:");
  db.exec(table);
  const cheap = sqliteList(db, { table: "products", orderBy: "price", where: "price < 10" });
  const dear = sqliteList(db, { table: "products", orderBy: "price desc", where: "price >= 10" });
  await cheap.install();
  await dear.install();
  const at = { cheap: (await cheap.read(0, 0)).version, dear: (await dear.read(0, 0)).version };
  db.exec("insert into products (price) values (1), (2), (30)");
  assert.deepEqual([(await cheap.read(0, 0)).version - at.cheap, (await dear.read(0, 0)).version - at.dear], [
    2,
    1,
  ]);
  const { steps } = await cheap.update(0, (old) => ({ ...old, price: 20 }));
  assert.deepEqual(steps, [{ kind: "delete", index: 0 }]);
  assert.deepEqual((await dear.read(0, 9)).items.map(({ price }) => price), [30, 20]);
  await cheap.uninstall();
  db.exec("delete from products where price = 30");
  assert.equal((await dear.read(0, 9)).count, 1);
  db.close();
});
