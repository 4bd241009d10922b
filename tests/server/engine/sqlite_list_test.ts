import assert from "node:assert/strict";
import type { ListChange } from "@argyle/argyle/sql";
import { byPrice, type Product, shop } from "../../helpers/sql_shop.ts";

Deno.test("sqliteList: SQL that knows nothing of the list is told, one change with its steps, several as one", async () => {
  const { db, clock, products } = await shop({ ...byPrice, where: "active = 1" });
  db.exec("insert into products (id, name, price) values (1, 'tea', 3), (2, 'milk', 1)");
  const heard: ListChange<Product>[] = [];
  const watch = await products.watch((change) => heard.push(change));
  const { version } = await products.read(0, 0);
  const told = async (sql: string) => {
    heard.length = 0;
    db.exec(sql);
    clock.turn(200);
    await products.read(0, 0); // after the look, which was asked for before
    const steps = heard.flatMap(({ steps }) =>
      steps?.map(({ kind, index }) => `${kind} ${index}`) ?? "several"
    );
    return [heard.at(-1)?.version === undefined ? 0 : heard.at(-1)!.version - version, ...steps];
  };
  assert.deepEqual(await told("insert into products (id, name, price) values (3, 'salt', 2)"), [
    1,
    "insert 1",
  ]);
  assert.deepEqual(await told("update products set name = 'sea salt' where id = 3"), [2, "set 1"]);
  assert.deepEqual(await told("update products set price = 9 where id = 2"), [3, "delete 0", "insert 2"]);
  assert.deepEqual(await told("update products set price = 8 where id = 2"), [4, "set 2"]);
  assert.deepEqual(await told("update products set active = 0 where id = 1"), [5, "delete 1"]);
  assert.deepEqual(await told("update products set price = 5 where id = 1"), [0]);
  assert.deepEqual(await told("update products set active = 1, price = 0 where id = 1"), [6, "insert 0"]);
  assert.deepEqual(await told("insert or replace into products (id, name, price) values (4, 'x', 4)"), [
    7,
    "insert 2",
  ]);
  assert.deepEqual(await told("insert or replace into products (id, name, price) values (4, 'y', 4)"), [
    9,
    "several",
  ]);
  assert.deepEqual(await told("insert or ignore into products (id, name, price) values (4, 'z', 4)"), [0]);
  assert.deepEqual(await told("delete from products where id = 4"), [10, "delete 2"]);
  assert.deepEqual(await told("delete from products"), [13, "several"]);
  assert.deepEqual(await products.read(0, 9), { version: version + 13, count: 0, items: [] });
  await watch[Symbol.dispose]();
  assert.equal(clock.waiting, 0);
  db.close();
});

Deno.test("sqliteList: an update that takes a row out of the list is a delete, an item of another list a version", async () => {
  const { db, products } = await shop({ ...byPrice, where: "active = 1" });
  const { version } = await products.insert(undefined, { name: "tea", price: 3 });
  assert.deepEqual(await products.insert(undefined, { name: "old", price: 1, active: 0 }), {
    version: version + 1,
    count: 1,
    steps: [],
  });
  assert.deepEqual(await products.update(0, (old) => ({ ...old, active: 0 })), {
    version: version + 2,
    count: 0,
    steps: [{ kind: "delete", index: 0 }],
  });
  assert.equal(db.prepare("select count(*) as n from products").get()?.["n"], 2);
  db.close();
});

Deno.test("sqliteList: the condition compares as the table does: by type, by collation, and NULL is no yes", async () => {
  const where = "code = 5 and label = 'TEA' and amount > '1' and not hidden";
  const setup =
    "create table goods (id integer primary key, code text, label text collate nocase, amount integer, hidden)";
  const { db, products } = await shop({ table: "goods", orderBy: "label", where }, setup);
  const count = async () => [
    (await products.read(0, 0)).count,
    Number(db.prepare(`select count(*) as n from goods where ${where}`).get()?.["n"]),
  ];
  db.exec(
    "insert into goods values (1, '5', 'tea', 2, 0), (2, 5, 'Tea', '7', 0), (3, '5', 'tea', 2, null), (4, x'35', 'tea', 2, 0)",
  );
  assert.deepEqual(await count(), [2, 2]);
  db.exec("update goods set hidden = 0 where id = 3; update goods set code = x'35' where id = 1");
  assert.deepEqual(await count(), [2, 2]);
  db.exec("update goods set label = 'milk'");
  assert.deepEqual(await count(), [0, 0]);
  db.close();
});

Deno.test("sqliteList: cascades, triggers of the user's own and statements that fail are seen as what they are", async () => {
  const { db, products } = await shop(
    byPrice,
    `pragma foreign_keys = on; create table shops (id integer primary key);
    create table products (id integer primary key, name text check (name <> 'bad'), price integer, shop integer references shops on delete cascade);
    insert into shops values (1), (2);
    create trigger own after insert on products when NEW.price < 0 begin update products set price = 0 where id = NEW.id; end`,
  );
  db.exec("insert into products values (1, 'tea', 3, 1), (2, 'milk', 1, 2), (3, 'salt', 2, 1)");
  db.exec("delete from shops where id = 1");
  assert.deepEqual((await products.read(0, 9)).items.map(({ id }) => id), [2]);
  const before = await products.read(0, 9);
  assert.throws(
    () => db.exec("insert into products (id, name, price) values (4, 'ok', 1), (5, 'bad', 1)"),
    /CHECK/,
  );
  assert.throws(
    () => db.exec("insert or fail into products (id, name, price) values (5, 'bad', 1)"),
    /CHECK/,
  );
  assert.deepEqual(await products.read(0, 9), before);
  // What a trigger makes of it is a change more, so that nobody can say what it was in one.
  const change = await products.insert(undefined, { name: "minus", price: -5 });
  assert.deepEqual(change, { version: before.version + 2, count: 2 });
  assert.deepEqual((await products.read(0, 9)).items.map(({ price }) => price), [0, 1]);
  db.exec("create trigger keep before delete on products begin select raise(ignore); end");
  await assert.rejects(
    products.delete(0),
    /^Error: Cannot delete item 0 of "products": a trigger or a rule of the table has kept it as it is\.$/,
  );
  db.close();
});

Deno.test("sqliteList: a key that may be NULL: what has none is not in the list", async () => {
  const { db, products } = await shop(
    byPrice,
    "create table products (id text primary key, name text, price int)",
  );
  db.exec("insert into products values (null, 'none', 1), (null, 'none', 2), ('a', 'tea', 3)");
  assert.deepEqual((await products.read(0, 9)).items, [{ id: "a", name: "tea", price: 3 }]);
  db.exec("update products set id = 'b' where price = 1");
  assert.deepEqual((await products.read(0, 9)).count, 2);
  db.close();
});

Deno.test("sqliteList: an update that others are always faster than is given up with a sentence", async () => {
  const { db, products } = await shop();
  await products.insert(undefined, { id: 1, name: "tea", price: 1 });
  let tries = 0;
  await assert.rejects(
    products.update(0, (old) => {
      tries++;
      db.exec("update products set price = price + 1");
      return { ...old, name: "late" };
    }),
    /Cannot update item 0 of "products": others have changed it 100 times meanwhile\./,
  );
  assert.equal(tries, 100);
  // What others change elsewhere is no reason to begin anew, as long as the index means the same row.
  tries = 0;
  await products.update(0, (old) => {
    if (tries++ < 5) db.exec("insert into products (name, price) values ('behind', 1000)");
    return { ...old, name: "in time" };
  });
  assert.equal(tries, 1);
  db.close();
});
