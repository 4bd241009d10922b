import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { sqliteList } from "@argyle/argyle/sql";
import { FakeClock } from "@argyle/argyle/testing";
import { byPrice, type Product, sqliteTable } from "../../helpers/sql_shop.ts";

Deno.test("sqliteList: a file that another connection writes to is waited for, and given up after five seconds", async () => {
  const folder = await Deno.makeTempDir(), clock = new FakeClock();
  const one = new DatabaseSync(`${folder}/app.db`), two = new DatabaseSync(`${folder}/app.db`);
  try {
    one.exec(`pragma journal_mode = wal; ${sqliteTable}`);
    const products = sqliteList<Product>(one, { ...byPrice, clock });
    await products.install();
    two.exec("begin immediate; insert into products (name, price) values ('theirs', 1)");
    const waiting = products.insert(undefined, { name: "ours", price: 2 });
    for (let at = 0; at < 5; at++) await turned(clock);
    two.exec("commit");
    await turned(clock);
    assert.deepEqual((await waiting).steps?.map(({ index }) => index), [1]);
    two.exec("begin immediate");
    const refused = assert.rejects(
      products.insert(undefined, { name: "never", price: 2 }),
      /Cannot change the list of "products": another connection has had it for more than 5000 ms: database is locked/,
    );
    const end = clock.now() + 6_000;
    while (clock.now() < end) await turned(clock);
    await refused;
    two.exec("rollback");
  } finally {
    one.close();
    two.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("sqliteList: processes that write to one file at once: no change is lost, and all are told", async () => {
  const folder = await Deno.makeTempDir();
  const db = new DatabaseSync(`${folder}/app.db`);
  try {
    db.exec(`pragma journal_mode = wal; pragma synchronous = off; ${sqliteTable}`);
    const products = sqliteList<Product>(db, { ...byPrice, every: 5 });
    await products.install();
    const start = (await products.read(0, 0)).version,
      { promise: all, resolve } = Promise.withResolvers<void>();
    const watch = await products.watch(({ version }) => version >= start + 300 && resolve());
    const entry = import.meta.resolve("../../../server/engine/sql.ts");
    const code = (at: number) =>
      `const { DatabaseSync } = await import("node:sqlite"), { sqliteList } = await import(${
        JSON.stringify(entry)
      });
      const db = new DatabaseSync(${JSON.stringify(`${folder}/app.db`)}, { timeout: 5000 });
      const products = sqliteList(db, ${JSON.stringify(byPrice)});
      for (let at = 0; at < 50; at++) {
        await products.insert(undefined, { name: "list ${at}", price: at });
        db.exec("insert into products (name, price) values ('sql ${at}', " + at + ")");
      }
      db.close();`;
    const config = new URL("../../../deno.json", import.meta.url).pathname;
    const children = [0, 1].map((at) =>
      new Deno.Command(Deno.execPath(), { args: ["eval", "--config", config, code(at)], stdout: "null" })
        .output()
    );
    for (let at = 0; at < 100; at++) await products.insert(undefined, { name: "own", price: at });
    for (const { success, stderr } of await Promise.all(children)) {
      assert.ok(success, new TextDecoder().decode(stderr));
    }
    await all;
    const { version, count } = await products.read(0, 0);
    assert.deepEqual([version, count], [start + 300, 300]);
    await watch[Symbol.dispose]();
  } finally {
    db.close();
    await Deno.remove(folder, { recursive: true });
  }
});

/** Turns the clock a little, and lets what has waited for it happen. */
async function turned(clock: FakeClock): Promise<void> {
  clock.turn(50);
  for (let at = 0; at < 20; at++) await null;
}
