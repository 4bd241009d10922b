import assert from "node:assert/strict";
import { type ListChange, type PostgresClient, postgresList, type SqlListOptions } from "@argyle/argyle/sql";
import { FakeClock } from "@argyle/argyle/testing";
import postgres from "postgres";
import { ownSchema, postgresTests } from "../../helpers/postgres.ts";
import { byPrice, Heard, postgresShop, postgresTable, type Product } from "../../helpers/sql_shop.ts";

const test = await postgresTests("postgresList");

test("what a stranger writes is a value, wherever it stands", async (url) => {
  await using own = await postgresShop(url);
  const { sql, products } = own;
  const hostile = [
    "'); drop table products; --",
    '"; delete from products; --',
    "$1",
    "\\'; --",
    "%_",
    "$argyle$",
  ];
  for (const name of hostile) await products.insert(undefined, { name, price: 1 });
  for (const name of hostile) await products.update(0, (old) => ({ ...old, name: `${name}!`, price: 2 }));
  const names = (await products.read(0, 99)).items.map(({ name }) => name);
  assert.deepEqual(names.sort(), hostile.map((name) => `${name}!`).sort());
  const refused = async (value: Record<string, unknown>, message: RegExp) =>
    await assert.rejects(products.insert(undefined, value as Product), message);
  await refused(
    { name: "x", 'price") values (1); --': 1 },
    /Cannot change the list of "products": column "price"\) values \(1\); --" of relation "products" does not exist\./,
  );
  await refused({ name: "a\0b" }, /invalid byte sequence for encoding "UTF8": 0x00/);
  await refused({ price: "1; drop table products" }, /invalid input syntax for type integer/);
  await refused({ price: 2 ** 40 }, /out of range for type integer/);
  await refused(
    { price: undefined },
    /Cannot write undefined into the column "price" of products: say null/,
  );
  assert.equal((await products.read(0, 1)).count, hostile.length);
  assert.equal((await sql`select count(*)::int as n from products`)[0]?.["n"], hostile.length);
});

test("what cannot be listed, or has no triggers, is refused with what is wrong", async (url) => {
  await using own = await ownSchema(
    url,
    `${postgresTable}; create view seen as select * from products; create table "odd.name" (id int unique, "a ""b" int)`,
  );
  const { sql } = own;
  const refused = async (options: Partial<SqlListOptions>, message: RegExp) =>
    await assert.rejects(postgresList(sql, { ...byPrice, ...options }).install(), message);
  await refused({ table: "nothing" }, /"nothing": the database has no such table/);
  await refused({ table: "x.y.z.w" }, /Cannot install the list of "x\.y\.z\.w": improper relation name/);
  await refused({ table: "seen" }, /"seen": it is no table, and has no triggers/);
  await sql.unsafe(
    "create table parts (id int primary key, price int, name text) partition by range (id); " +
      "create table part partition of parts for values from (0) to (9)",
  );
  await refused({ table: "parts" }, /"parts": its rows are those of another table too, by partitions/);
  await refused({ table: "part" }, /"part": its rows are those of another table too/);
  await refused({ orderBy: "prize" }, /it has no column "prize"\. It has id, name, price, active\./);
  await refused({ key: "price" }, /its key "price" is not unique/);
  await refused({ where: "active = (select true)" }, /cannot use subquery in index predicate/);
  await refused({ where: "price > random()" }, /must be marked IMMUTABLE/);
  await refused({ where: "nought = 1" }, /column "nought" does not exist/);
  await refused({ where: "price" }, /argument of WHERE must be type boolean/);
  assert.equal(
    (await sql`select * from pg_class where relname like 'argyle%' and relnamespace = current_schema()::regnamespace`)
      .length,
    0,
  );
  const products = postgresList<Product>(sql, byPrice),
    missing = /its triggers are not in the database\. Call its install\(\)/;
  await assert.rejects(products.read(0, 1), missing);
  await Promise.all([products.install(), products.install(), postgresList(own.again(), byPrice).install()]);
  const { version } = await products.insert(undefined, { name: "tea" });
  await sql`alter table products disable trigger user`;
  await assert.rejects(products.read(0, 1), missing);
  await sql`insert into products (name) values ('unseen')`;
  await products.install();
  const slice = await products.read(0, 9);
  assert.deepEqual([slice.count, slice.items.length, slice.version > version], [2, 2, true]);
  await products.uninstall();
  assert.equal(
    (await sql`select * from pg_class where relname like 'argyle%' and relnamespace = current_schema()::regnamespace`)
      .length,
    0,
  );
  await sql.unsafe(await products.ddl());
  assert.equal((await products.read(0, 9)).count, 2);
  const odd = postgresList(sql, { table: `${own.schema}.products`, orderBy: "id" });
  await odd.install();
  assert.equal((await odd.read(0, 9)).count, 2);
});

test("a transaction that is undone is no change; one that is under way is waited for, or refused", async (url) => {
  await using own = await postgresShop(url);
  const { sql, products, again, clock } = own, other = again({ max: 1 });
  await products.insert(undefined, { id: 1, name: "tea", price: 1 });
  const before = await products.read(0, 9);
  const undone = other.begin(async (sql) => {
    await sql`insert into products (name, price) values ('never', 0)`;
    assert.deepEqual(await products.read(0, 9), before);
    throw new Error("undone");
  });
  await assert.rejects(undone, /undone/);
  assert.deepEqual(await products.read(0, 9), before);
  let inserting: Promise<ListChange<Product>> | undefined;
  await other.begin(async (other) => {
    await other`insert into products (name, price) values ('first', 0)`;
    inserting = products.insert(undefined, { name: "second", price: 0 });
    // The second one waits for the list, and gets it when this is over.
    while (
      (await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like ${"%argyle_list%"}`)
        .length === 0
    );
  });
  const { version, steps } = await inserting!;
  assert.equal(version, before.version + 2);
  assert.deepEqual(steps?.map(({ index }) => index), [1]);
  // A row that another one has locked, without a change yet, is not waited for with the list in hand.
  const { promise: held, resolve: hold } = Promise.withResolvers<void>(),
    { promise: over, resolve: end } = Promise.withResolvers<void>();
  const locking = other.begin(async (sql) => {
    await sql`select 1 from products where id = 1 for update`;
    hold();
    await over;
    await sql`update products set price = 7 where id = 1`;
  });
  await held;
  const deleting = assert.rejects(
    products.delete(2),
    /could not obtain lock on row in relation "products"/,
  );
  const turn = setInterval(() => clock.turn(2_000), 5);
  await deleting;
  clearInterval(turn);
  end();
  await locking;
  assert.deepEqual((await products.read(0, 9)).items.map(({ price }) => price), [0, 0, 7]);
});

test("a listener that was cut off looks again as soon as it hears", async (url) => {
  await using own = await postgresShop(url);
  const { sql, products } = own, heard = new Heard();
  const watch = await products.watch(heard.hear);
  const { version } = await products.read(0, 0);
  const [killed] =
    await sql`with found as (select pid from pg_stat_activity where query like ${'listen "argyle_list%'} and state = 'idle'
    and pid <> pg_backend_pid() order by backend_start desc limit 1) select pg_terminate_backend(pid) as done from found`;
  assert.equal(killed?.["done"], true);
  await sql`insert into products (name) values ('meanwhile')`;
  assert.equal((await heard.until(version + 1)).count, 1);
  await watch[Symbol.dispose]();
  await watch[Symbol.dispose]();
});

test("a line that is dead without a word is found out by looking", async (url) => {
  await using own = await ownSchema(url, postgresTable);
  const clock = new FakeClock(), heard = new Heard();
  const deaf: PostgresClient = {
    begin: (options, run) => own.sql.begin(options, run),
    listen: () => Promise.resolve({ unlisten: () => Promise.resolve() }),
  };
  const products = postgresList<Product>(deaf, { ...byPrice, clock });
  await products.install();
  const watch = await products.watch(heard.hear), { version } = await products.read(0, 0);
  await own.sql`insert into products (name) values ('unheard')`;
  clock.turn(30_000);
  assert.equal((await heard.until(version + 1)).count, 1);
  await watch[Symbol.dispose]();
});

test("a connection that is gone is an error that says so, and of a look it is told", async (url) => {
  await using own = await ownSchema(url, postgresTable);
  const errors: Error[] = [], clock = new FakeClock(), sql = own.again();
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  const products = postgresList<Product>(sql, {
    ...byPrice,
    clock,
    onError: (error) => {
      errors.push(error);
      resolve();
    },
  });
  await products.install();
  const watch = await products.watch(() => {});
  await sql.end();
  await assert.rejects(
    products.read(0, 1),
    /^Error: Cannot read the list of "products": write CONNECTION_ENDED/,
  );
  await assert.rejects(
    products.insert(undefined, {}),
    /Cannot change the list of "products": write CONNECTION_ENDED .*/,
  );
  clock.turn(30_000);
  await failed;
  assert.match(errors[0]!.message, /Cannot read the list of "products": write CONNECTION_ENDED/);
  await watch[Symbol.dispose]();
  assert.equal(clock.waiting, 0);
  const nowhere = postgres("postgres://127.0.0.1:1/none", { max: 1, connect_timeout: 1 });
  await assert.rejects(
    postgresList(nowhere, byPrice).read(0, 1),
    /Cannot use the list of "products": .*ECONNREFUSED/,
  );
  await nowhere.end();
});

Deno.test("postgresList: without a client the error says what to give", () => {
  assert.throws(
    () => postgresList(undefined as never, byPrice),
    /Cannot use undefined as a client of Postgres\. Give what postgres\(\)/,
  );
});
