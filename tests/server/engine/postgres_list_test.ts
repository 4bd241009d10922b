import assert from "node:assert/strict";
import { type PostgresClient, postgresList } from "@argyle/argyle/sql";
import postgres from "postgres";
import { ownSchema, postgresTests } from "../../helpers/postgres.ts";
import { byPrice, Heard, postgresShop, postgresTable, type Product } from "../../helpers/sql_shop.ts";

const test = await postgresTests("postgresList");

test("SQL that knows nothing of the list is told by the database itself", async (url) => {
  await using own = await postgresShop(url, { ...byPrice, where: "active" });
  const { sql, products, again } = own, heard = new Heard(), other = again();
  await sql`insert into products (id, name, price) values (1, 'tea', 3), (2, 'milk', 1)`;
  const watch = await products.watch(heard.hear);
  let { version } = await products.read(0, 0);
  const told = async (text: string, versions = 1) => {
    await other.unsafe(text);
    version += versions;
    const change = await heard.until(version);
    assert.equal(change.version, version);
    assert.equal((await products.read(0, 0)).count, change.count);
    return change.steps?.map(({ kind, index }) => `${kind} ${index}`) ?? "several";
  };
  assert.deepEqual(await told("insert into products (id, name, price) values (3, 'salt', 2)"), [
    "insert 1",
  ]);
  assert.deepEqual(await told("update products set name = 'sea salt' where id = 3"), ["set 1"]);
  assert.deepEqual(await told("update products set price = 9 where id = 2"), ["delete 0", "insert 2"]);
  assert.deepEqual(await told("update products set active = false where id = 1"), ["delete 1"]);
  await other`update products set price = 5 where id = 1`; // not in the list: no version
  assert.deepEqual(await told("update products set active = true, price = 0 where id = 1"), ["insert 0"]);
  assert.deepEqual(
    await told(
      "insert into products (id, name, price) values (4, 'x', 4) on conflict (id) do update set price = 4",
    ),
    ["insert 2"],
  );
  assert.deepEqual(
    await told(
      "insert into products (id, name, price) values (4, 'x', 4) on conflict (id) do update set price = 5",
    ),
    ["set 2"],
  );
  assert.deepEqual(await told("update products set id = 5 where id = 4", 2), "several");
  assert.deepEqual(
    await told(
      "merge into products p using (values (5)) as v (id) on p.id = v.id when matched then delete",
    ),
    ["delete 2"],
  );
  assert.deepEqual(await told("update products set price = price + 1", 3), "several");
  assert.deepEqual(await told("truncate products"), "several");
  assert.deepEqual(await products.read(0, 9), { version, count: 0, items: [] });
  await watch[Symbol.dispose]();
  assert.equal(own.clock.waiting, 0);
});

test("a statement of very many rows is one change, and costs no row a version", async (url) => {
  await using own = await postgresShop(url);
  const { sql, products } = own;
  const { version } = await products.read(0, 1);
  await sql`insert into products (name, price) select 'n' || x, x % 1000 from generate_series(1, 100000) x`;
  assert.deepEqual(await products.read(0, 0), { version: version + 1, count: 100_000, items: [] });
  const before = await products.read(50_000, 50_005);
  await sql`delete from products where price < 10`;
  assert.deepEqual(await products.read(49_000, 49_005), { ...before, version: version + 2, count: 99_000 });
  await sql`update products set price = price - 1 where price < 110`;
  assert.equal((await products.read(0, 0)).version, version + 3);
});

test("a page beside one that was read, and the index of a change, are found by the index alone", async (url) => {
  const own = await ownSchema(url, postgresTable);
  try {
    await own
      .sql`insert into products (name, price) select 'n' || x, x % 1000 from generate_series(1, 20000) x`;
    const texts: [string, unknown[]][] = [];
    const seen = recording(own.sql, texts), products = postgresList<Product>(seen, byPrice);
    await products.install();
    await own.sql`analyze products`;
    await products.read(9_000, 9_025);
    texts.length = 0;
    const all = await own.sql`select * from products order by price, name, id`;
    for (const start of [9_025, 9_040, 9_010, 8_985, 9_030]) {
      assert.deepEqual((await products.read(start, start + 25)).items, all.slice(start, start + 25));
    }
    const reads = texts.filter(([text]) => /from "\w+"."products"/.test(text) && !/pg_/.test(text));
    assert.ok(reads.length > 10);
    for (const [text, values] of reads) {
      const plan = await own.sql.unsafe(`explain ${text}`, values as never[]);
      const lines = plan.map((row) => row["QUERY PLAN"]).join("\n");
      // Of rows with one price the few that are wanted may be sorted.
      assert.match(lines, /Index (Only )?Scan (Backward )?(using|on) argyle_list_\w+_order/, lines);
      assert.match(lines, /Index Cond: /, lines);
      assert.doesNotMatch(lines, /Seq Scan/, lines);
    }
  } finally {
    await own.close();
  }
});

test("a mark keeps all of a value: microseconds, digits, collation, the other NULL", async (url) => {
  await using own = await postgresShop(
    url,
    { table: "moments", orderBy: ["at desc", "amount", "label"], columns: ["id"] },
    `create table moments (id uuid primary key default gen_random_uuid(), at timestamptz, amount numeric, label text collate "en-x-icu")`,
  );
  const { sql, products } = own;
  await sql.unsafe(`insert into moments (at, amount, label) select
    case when x % 7 = 0 then null else timestamptz '2026-11-01' + (x % 5) * interval '1 microsecond' end,
    case when x % 11 = 0 then null else 0.1 + (x % 3) * 1e-20 end,
    (array['a', 'B', 'A', 'b', 'ä', null])[1 + x % 6] from generate_series(1, 300) x`);
  const all = [...await sql`select id from moments order by at desc, amount, label, id`];
  await products.read(150, 151);
  for (const start of [151, 160, 200, 210, 250, 290, 280, 240, 140, 130, 60, 20]) {
    assert.deepEqual(
      (await products.read(start, start + 10)).items,
      all.slice(start, start + 10),
      `from ${start}`,
    );
  }
  for (const index of [140, 151, 20, 280]) {
    assert.deepEqual((await products.delete(index)).steps, [{ kind: "delete", index }]);
    all.splice(index, 1);
    assert.deepEqual((await products.read(0, 400)).items, all);
  }
  const { steps } = await products.insert(undefined, {});
  const [place] =
    await sql`select n from (select id, row_number() over (order by at desc, amount, label, id) - 1 as n from moments) s where id = ${
      (steps?.[0] as unknown as { value: { id: string } }).value.id
    }`;
  assert.equal(steps?.[0]?.index, Number(place?.["n"]));
});

test("a client that makes other names and values of rows does so with items alone", async (url) => {
  await using own = await ownSchema(
    url,
    "create table goods (id bigint primary key, unit_price int8, made_at timestamptz, info jsonb)",
  );
  const sql = own.again({ types: { bigint: postgres.BigInt } as never, prepare: false });
  const list = postgresList<Record<string, unknown>>(sql, { table: "goods", orderBy: "unit_price" });
  await list.install();
  const made = new Date(0);
  await list.insert(undefined, { id: 1n, unit_price: 2n ** 60n, made_at: made, info: { a: [1, "x'"] } });
  await list.insert(undefined, { id: 2n, unit_price: 1n, made_at: null, info: null });
  assert.deepEqual((await list.read(1, 2)).items, [{
    id: 1n,
    unit_price: 2n ** 60n,
    made_at: made,
    info: { a: [1, "x'"] },
  }]);
  const { steps } = await list.update(1, (old) => ({ ...old, unit_price: 0n }));
  assert.deepEqual(steps?.map(({ kind, index }) => `${kind} ${index}`), ["delete 1", "insert 0"]);
});

test("a client that writes columns in camel case does so here too", async (url) => {
  await using own = await ownSchema(
    url,
    "create table goods (good_id int primary key, unit_price int, in_stock int)",
  );
  const sql = own.again({ transform: postgres.camel });
  const list = postgresList<{ goodId: number; unitPrice: number; inStock: number | null }>(sql, {
    table: "goods",
    key: "good_id",
    orderBy: "unit_price",
  });
  await list.install();
  await list.insert(undefined, { goodId: 1, unitPrice: 5, inStock: null });
  await list.insert(undefined, { goodId: 2, unitPrice: 3, inStock: 7 });
  await list.update(1, (old) => ({ ...old, unitPrice: 1 }));
  assert.deepEqual((await list.read(0, 9)).items, [
    { goodId: 1, unitPrice: 1, inStock: null },
    { goodId: 2, unitPrice: 3, inStock: 7 },
  ]);
});

test("cascades, COPY and triggers of the user's own are seen as what they are", async (url) => {
  await using own = await postgresShop(
    url,
    byPrice,
    `create table shops (id int primary key); insert into shops values (1), (2);
    ${postgresTable}; alter table products add shop int references shops on delete cascade;
    create function own() returns trigger language plpgsql as 'begin NEW.price := abs(NEW.price); return NEW; end';
    create trigger own before insert or update on products for each row execute function own()`,
  );
  const { sql, products } = own, { version } = await products.read(0, 0);
  const { steps } = await products.insert(undefined, { id: 1, name: "minus", price: -5 });
  assert.deepEqual(steps?.map((step) => "value" in step && step.value.price), [5]);
  await sql`insert into products (id, price, shop) values (2, 1, 1), (3, 9, 2), (4, 2, 1)`;
  await sql`delete from shops where id = 1`;
  const ids = async () => (await products.read(0, 9)).items.map(({ id }) => id);
  assert.deepEqual(await ids(), [1, 3]);
  const copy = await sql`copy products (id, price) from stdin`.writable();
  await new Promise<void>((resolve, reject) =>
    copy.on("error", reject).on("finish", resolve).end("7\t-7\n8\t0\n")
  );
  assert.deepEqual(await ids(), [8, 1, 7, 3]);
  assert.equal((await products.read(0, 9)).version, version + 1 + 3 + 2 + 2);
  await sql.unsafe(`create function keep() returns trigger language plpgsql as 'begin return null; end';
    create trigger keep before delete on products for each row execute function keep()`);
  await assert.rejects(
    products.delete(0),
    /Cannot delete item 0 of "products": a trigger or a rule of the table has kept it/,
  );
});

test("who may write to the table alone is seen all the same", async (url) => {
  await using own = await postgresShop(url);
  const { sql, products, schema } = own, role = `${schema}_writer`;
  await sql.unsafe(
    `create role ${role}; grant usage on schema ${schema} to ${role}; grant insert on products to ${role}`,
  );
  try {
    const { version } = await products.read(0, 0);
    await sql.begin((sql) => [
      sql.unsafe(`set local role ${role}`),
      sql.unsafe(`set local search_path = pg_catalog`),
      sql.unsafe(`insert into ${schema}.products (name) values ('theirs')`),
    ]);
    assert.deepEqual(await products.read(0, 0), { version: version + 1, count: 1, items: [] });
  } finally {
    await sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  }
});

/** The same client, that writes down what it is asked in transactions. */
function recording(sql: postgres.Sql, texts: [string, unknown[]][]): PostgresClient {
  return {
    listen: (...args) => sql.listen(...args),
    begin: (options, run) =>
      sql.begin(options, (own) =>
        run({
          unsafe(text, values = [], options) {
            texts.push([text, values]);
            return own.unsafe(text, values, options);
          },
        })),
  };
}
