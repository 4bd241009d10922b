import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { sqliteList, type SqlListOptions } from "@argyle/argyle/sql";
import { byPrice, type Product, shop, sqliteTable } from "../../helpers/sql_shop.ts";

Deno.test("sqliteList: without its triggers it says so, at first and later, and install puts it right", async () => {
  const db = new DatabaseSync(":memory:");
  db.exec(sqliteTable);
  const products = sqliteList<Product>(db, byPrice);
  const missing =
    /Cannot use the list of "products": its triggers are not in the database\. Call its install\(\) once/;
  await assert.rejects(products.read(0, 1), missing);
  await assert.rejects(products.watch(() => {}), missing);
  await products.install();
  await products.install();
  const { version } = await products.insert(undefined, { name: "tea", price: 1 });
  // As a migration does it that makes the table anew: SQLite drops the triggers with the old one.
  db.exec(
    `create table later as select * from products; drop table products; alter table later rename to products`,
  );
  db.exec("insert into products (id, name, price) values (7, 'unseen', 0)");
  await assert.rejects(products.read(0, 1), missing);
  await assert.rejects(products.install(), /its key "id" is not unique\. Declare it PRIMARY KEY or UNIQUE/);
  db.exec("create unique index ids on products (id)");
  await products.install();
  const slice = await products.read(0, 9);
  assert.ok(slice.version > version);
  assert.deepEqual([slice.count, slice.items[0]?.name], [2, "unseen"]);
  await products.uninstall();
  assert.equal(
    db.prepare("select count(*) as n from sqlite_schema where name like 'argyle%'").get()?.["n"],
    0,
  );
  await assert.rejects(products.read(0, 1), missing);
  db.exec(await products.ddl());
  assert.equal((await products.read(0, 9)).count, 2);
  assert.ok((await products.read(0, 9)).version >= slice.version - 1000);
  db.close();
});

Deno.test("sqliteList: names of any kind are names: quotes, words of SQL, spaces", async () => {
  const name = "select \"from\" 'where'; --", column = 'order "by" x', key = "group";
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const { db, products } = await shop(
    { table: name, key, orderBy: { column, descending: true }, where: `${quoted(column)} > 1` },
    `create table ${quoted(name)} (${quoted(key)} integer primary key, ${quoted(column)} int)`,
  );
  await products.insert(undefined, { [column]: 5 } as never);
  db.exec(`insert into ${quoted(name)} (${quoted(column)}) values (1), (7)`);
  assert.deepEqual((await products.read(0, 9)).items as unknown[], [{ group: 3, [column]: 7 }, {
    group: 1,
    [column]: 5,
  }]);
  db.close();
});

Deno.test("sqliteList: what a stranger writes is a value, wherever it stands", async () => {
  const { db, products } = await shop();
  const hostile = [
    "'); drop table products; --",
    '"; delete from products; --',
    "?1",
    ":name",
    "%_",
    "\\'",
  ];
  for (const name of hostile) await products.insert(undefined, { name, price: 1 });
  assert.deepEqual((await products.read(0, 99)).items.map(({ name }) => name).sort(), hostile.toSorted());
  for (const name of hostile) {
    await products.update(0, (old) => ({ ...old, name: `${name}${name}`, price: 2 }));
  }
  assert.equal((await products.read(0, 99)).count, hostile.length);
  const column = { name: "x", price: 1, "price) values (1); drop table products; --": 1 };
  await assert.rejects(
    products.insert(undefined, column),
    /Cannot change the list of "products": table products has no column named price\) values/,
  );
  await assert.rejects(products.update(0, (old) => ({ ...old, "name = 'x' --": 1 })), /no such column/);
  // An object would be taken for the names and values of parameters.
  for (
    const [value, says] of [[{ a: 1 }, "an object"], [["x"], "an object"], [true, "true"], [
      new Date(),
      "an object",
    ]] as const
  ) {
    const refused =
      `Cannot write ${says} into the column "name" of products: SQLite keeps numbers, strings, bytes and null.`;
    await assert.rejects(products.insert(undefined, { name: value as never, price: 1 }), {
      name: "TypeError",
      message: refused,
    });
  }
  await assert.rejects(
    products.insert(undefined, { name: undefined as never, price: 1 }),
    /undefined into the column "name" of products: say null/,
  );
  await assert.rejects(
    products.insert(undefined, { name: "x", price: NaN }),
    /NaN .* SQLite would make NULL of it/,
  );
  await assert.rejects(
    products.insert(undefined, { name: "a\0b", price: 1 }),
    /Cannot write a text into .*: a text may have no character NUL/,
  );
  await assert.rejects(products.insert(undefined, "x" as never), /an item is an object/);
  await assert.rejects(
    products.update(0, () => null as never),
    /Cannot write null into products: an item is an object/,
  );
  await assert.rejects(
    products.insert(undefined, { name: "x", price: 2n ** 64n as never }),
    /18446744073709551616 .*: a whole number of SQLite has 64 bits/,
  );
  assert.equal((await products.read(0, 99)).count, hostile.length);
  db.close();
});

Deno.test("sqliteList: what the database refuses is an error, and nothing has changed", async () => {
  const { db, products } = await shop();
  await products.insert(undefined, { id: 1, name: "tea", price: 1 });
  const before = await products.read(0, 9);
  await assert.rejects(
    products.insert(undefined, { id: 1, name: "again", price: 2 }),
    /^Error: Cannot change the list of "products": UNIQUE constraint failed: products\.id\.$/,
  );
  db.exec("insert into products (id, name, price) values (9, 'big', 9007199254740993)");
  await assert.rejects(products.read(0, 9), /Cannot read the list of "products": .*9007199254740993/);
  db.exec("delete from products where id = 9");
  assert.deepEqual((await products.read(0, 9)).items, before.items);
  db.close();
  await assert.rejects(
    products.read(0, 1),
    /Cannot read the list of "products": the connection has been closed\./,
  );
});

Deno.test("sqliteList: what cannot be listed is refused with what is wrong", async () => {
  const db = new DatabaseSync(":memory:");
  db.exec(
    `${sqliteTable}; create view seen as select * from products; create virtual table words using fts5(word)`,
  );
  const refused = async (options: Partial<SqlListOptions>, message: RegExp) =>
    await assert.rejects(sqliteList(db, { ...byPrice, ...options }).install(), message);
  await refused({ table: "nothing" }, /"nothing": the database has no such table/);
  await refused({ table: "seen" }, /"seen": it is a view, which has no triggers/);
  await refused({ table: "words" }, /"words": it is a virtual, which has no triggers/);
  await refused({ orderBy: "prize" }, /it has no column "prize"\. It has id, name, price, active\./);
  await refused({ columns: ["nam"] }, /it has no column "nam"/);
  await refused({ key: "price" }, /its key "price" is not unique/);
  await refused({ where: "active = (select max(active) from products)" }, /subqueries prohibited/);
  await refused({ where: "price > random()" }, /non-deterministic/);
  await refused({ where: "active = = 1" }, /syntax error/);
  await refused(
    { where: "nought = 1" },
    /^Error: Cannot install the list of "products": no such column: nought/,
  );
  assert.equal(
    db.prepare("select count(*) as n from sqlite_schema where name like 'argyle%'").get()?.["n"],
    0,
  );
  db.close();
});

Deno.test("sqliteList: in a transaction of the user's nothing is read or written, for it might be undone", async () => {
  const { db, clock, products } = await shop();
  const errors: Error[] = [], heard: unknown[] = [];
  const told = sqliteList<Product>(db, { ...byPrice, clock, onError: (error) => errors.push(error) });
  const watch = await told.watch((change) => heard.push(change));
  db.exec("begin; insert into products (name, price) values ('tea', 1)");
  const refused = /this connection is in a transaction of your own, which might be undone/;
  await assert.rejects(products.read(0, 1), refused);
  await assert.rejects(products.insert(undefined, { name: "milk", price: 1 }), refused);
  clock.turn(200);
  await assert.rejects(products.read(0, 1), refused);
  assert.deepEqual([heard.length, errors.length], [0, 1]);
  db.exec("rollback");
  assert.equal((await products.read(0, 1)).count, 0);
  db.exec("insert into products (name, price) values ('tea', 1)");
  clock.turn(200);
  await products.read(0, 1);
  assert.deepEqual([heard.length, errors.length], [1, 1]);
  await watch[Symbol.dispose]();
  db.close();
});
