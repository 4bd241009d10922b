import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { sqliteList } from "@argyle/argyle/sql";
import { byPrice, fill, type Product, shop, sqliteTable, watched } from "../../helpers/sql_shop.ts";

Deno.test("sqliteList: a page deep in the list beside one that was read is found by the index alone", async () => {
  const db = new DatabaseSync(":memory:"), { seen, plans, texts } = watched(db);
  db.exec(sqliteTable);
  fill(db, 20_000);
  const products = sqliteList<Product>(seen, byPrice);
  await products.install();
  await products.read(9_000, 9_025);
  plans.length = 0;
  texts.length = 0;
  for (const start of [9_025, 9_050, 9_040, 9_010, 8_985, 8_999, 9_030]) {
    const { items } = await products.read(start, start + 25);
    const expected = db.prepare("select * from products order by price, name, id limit 25 offset ?").all(
      start,
    );
    assert.deepEqual(items, expected.map((row) => ({ ...row })));
  }
  assert.ok(plans.length > 20);
  assert.deepEqual(
    plans.filter((plan) => !/^SEARCH products USING (COVERING )?INDEX argyle_list_\w+_order \(/.test(plan)),
    [],
  );
  assert.deepEqual(texts.filter((text) => /offset/.test(text) && !/[<>=] \?/.test(text)), []);
  db.close();
});

Deno.test("sqliteList: neighbours are found through NULL and ties too, both ways, whatever falls and rises", async () => {
  for (
    const orderBy of [["price", "name"], ["price desc", "name"], ["price", "name desc"], [
      "price desc",
      "name desc",
    ]]
  ) {
    const db = new DatabaseSync(":memory:"), { seen, texts } = watched(db);
    db.exec(sqliteTable);
    fill(db, 200, "nullif(x % 5, 2)");
    db.exec("update products set name = nullif(name, 'n' || (id / 3 * 3))");
    const products = sqliteList<Product>(seen, { table: "products", orderBy });
    await products.install();
    const all = db.prepare(`select * from products order by ${orderBy.join(", ")}, id`).all().map((row) => ({
      ...row,
    }));
    await products.read(99, 100);
    texts.length = 0;
    for (let start = 100; start < 190; start += 7) {
      assert.deepEqual((await products.read(start, start + 7)).items, all.slice(start, start + 7));
    }
    for (let start = 92; start > 10; start -= 7) {
      assert.deepEqual((await products.read(start, start + 7)).items, all.slice(start, start + 7));
    }
    // Only where the end of the list is nearer may it be counted from.
    const jumps = texts.filter((text) => /^select .* where true order by/.test(text));
    assert.ok(jumps.length <= 2, `${orderBy}: ${jumps.length} jumps`);
    db.close();
  }
});

Deno.test("sqliteList: a jump counts from the nearer end, and along the index alone", async () => {
  const db = new DatabaseSync(":memory:"), { seen, plans, texts } = watched(db);
  db.exec(sqliteTable);
  fill(db, 5_000);
  const products = sqliteList<Product>(seen, byPrice);
  await products.install();
  plans.length = 0;
  const { items } = await products.read(4_900, 4_910);
  assert.equal(items.length, 10);
  assert.equal(plans[0]?.replace(/argyle_list_\w+/, "order"), "SCAN products USING COVERING INDEX order");
  assert.ok(texts.some((text) => /order by "price" desc, "name" desc, "id" desc limit 1 offset/.test(text)));
  assert.ok(!plans.some((plan) => /TEMP B-TREE/.test(plan)));
  db.close();
});

Deno.test("sqliteList: the index of a change is counted from what is known before it, from the end, or from the start", async () => {
  const { db, products } = await shop();
  fill(db, 6_000);
  const place = (name: string) =>
    Number(
      db.prepare(
        "select n from (select name, row_number() over (order by price, name, id) - 1 as n from products) where name = ?",
      )
        .get(name)?.["n"],
    );
  // Nothing is known; then by the tail, then beside what was told before, then after a page was read.
  for (const [at, price] of [500, 998, 999, 500, 2, 500, 750].entries()) {
    const { steps } = await products.insert(undefined, { name: `new ${at}`, price });
    assert.deepEqual(steps?.map(({ kind, index }) => [kind, index]), [["insert", place(`new ${at}`)]]);
    await products.read(3_000, 3_010);
  }
  const { version, steps } = await products.update(3_005, (old) => ({ ...old, name: "moved", price: 0 }));
  assert.deepEqual(steps?.map(({ kind, index }) => [kind, index]), [["delete", 3_005], [
    "insert",
    place("moved"),
  ]]);
  assert.equal((await products.read(0, 1)).version, version);
  db.close();
});

Deno.test("sqliteList: keys and order values of any kind find their way back: bytes, large numbers, fractions, texts", async () => {
  const { db, products } = await shop(
    { table: "products", orderBy: "price desc", columns: ["name"] },
    "create table products (id blob primary key not null, name text, price) without rowid",
  );
  const insert = db.prepare("insert into products values (?, ?, ?)");
  const prices = [
    9007199254740993n,
    9007199254740992n,
    9007199254740994n,
    0.1,
    0.30000000000000004,
    "text",
    "Text",
    null,
    new Uint8Array([0, 255]),
    -Infinity,
  ];
  for (const [at, price] of prices.entries()) insert.run(new Uint8Array([at, 0, 39]), `n${at}`, price);
  const all = db.prepare("select name from products order by price desc, id").all().map((row) => ({
    ...row,
  }));
  await products.read(4, 5);
  for (const at of [5, 6, 7, 8, 9, 3, 2, 1, 0]) {
    assert.deepEqual((await products.read(at, at + 1)).items, [all[at]]);
  }
  for (const at of [7, 5, 2, 0]) {
    assert.deepEqual((await products.delete(at)).steps, [{ kind: "delete", index: at }]);
    all.splice(at, 1);
    assert.deepEqual((await products.read(0, 20)).items, all);
  }
  db.close();
});

Deno.test("sqliteList: the log stays short; who was away for longer reads anew, at the right places", async () => {
  const { db, products } = await shop();
  fill(db, 3_000, "x");
  const logged = () => Number(db.prepare(`select count(*) as n from ${log}`).get()?.["n"]);
  const [log] = db.prepare("select name from sqlite_schema where name like 'argyle%_log'").all().map((
    { name },
  ) => String(name));
  assert.equal(logged(), 1000);
  await products.read(1_500, 1_510);
  for (const rows of [100, 400, 600, 1_200]) {
    db.exec(`delete from products where id in (select id from products order by price limit ${rows})`);
    const { items } = await products.read(300, 303);
    const first = Number(db.prepare("select min(price) as n from products").get()?.["n"]);
    assert.deepEqual(items.map(({ price }) => price), [300, 301, 302].map((at) => first + at));
  }
  assert.equal(logged(), 1000);
  db.close();
});

Deno.test("sqliteList: columns that are computed, and strict ones of any type, order and filter as they do in the table", async () => {
  const setup = `create table products (
    id text primary key not null, name any, price integer, doubled integer as (price * 2), half real as (price / 2.0) stored) strict`;
  for (const orderBy of [["doubled desc", "name"], ["half", "name"], ["name"]]) {
    const { db, products } = await shop(
      { table: "products", orderBy, where: "doubled > 4 and name <> 7" },
      setup,
    );
    const insert = db.prepare("insert into products (id, name, price) values (?, ?, ?)");
    for (let at = 0; at < 60; at++) insert.run(`k${at}`, at % 3 === 0 ? String(at % 9) : at % 9, at % 5);
    const all = () =>
      db.prepare(`select * from products where doubled > 4 and name <> 7 order by ${orderBy.join(", ")}, id`)
        .all()
        .map((row) => ({ ...row }));
    await products.read(15, 16);
    for (let at = 0; at < 20; at++) {
      db.exec(
        `update products set name = case typeof(name) when 'text' then ${at} else '${at}' end where id = 'k${
          at * 3
        }'`,
      );
      assert.deepEqual((await products.read(12, 20)).items as unknown[], all().slice(12, 20));
      const { steps } = await products.update(8, (old) => ({ ...old, price: 2 + at % 4 }));
      assert.deepEqual((await products.read(0, 99)).items as unknown[], all());
      for (const step of steps ?? []) {
        if (step.kind === "insert") assert.deepEqual(all()[step.index], step.value);
      }
    }
    db.close();
  }
});

Deno.test("sqliteList: statements are prepared once, however long a list is used", async () => {
  const db = new DatabaseSync(":memory:"), { seen } = watched(db);
  let prepared = 0;
  const counting: typeof seen = {
    exec: seen.exec,
    prepare(sql) {
      if (/ from "products" indexed by /.test(sql)) prepared++;
      return seen.prepare(sql);
    },
  };
  db.exec(sqliteTable);
  fill(db, 2_000, "nullif(x % 50, 7)");
  const products = sqliteList<Product>(counting, byPrice);
  await products.install();
  const browse = async (from: number) => {
    for (let start = from; start < from + 300; start += 11) {
      await products.read(start, start + 25);
      await products.update(start, (old) => ({ ...old, price: start % 50 }));
      await products.delete(start + 5);
    }
  };
  await browse(100);
  const before = prepared;
  await browse(900);
  await browse(400);
  assert.ok(prepared - before < 10, `${prepared - before} more`);
  db.close();
});
