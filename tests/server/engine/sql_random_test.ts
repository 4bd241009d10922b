import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { postgresList, sqliteList, type SqlList, type SqlListOptions } from "@argyle/argyle/sql";
import { FakeClock } from "@argyle/argyle/testing";
import fc from "fast-check";
import type { ListChange } from "../../../socksync/source.ts";
import { findPostgres, ownSchema, skipPostgres } from "../../helpers/postgres.ts";

interface Thing {
  id?: number;
  a: number | null;
  b: string | null;
  ok: number | null;
}

/** A list, and the same table by SQL that knows nothing of it. */
interface World {
  list: SqlList<Thing>;
  /** Runs SQL as anybody may; what breaks a rule of the table is left undone. */
  run(sql: string): Promise<void>;
  /** The items as the database itself orders them. */
  all(): Promise<Thing[]>;
  close(): Promise<void>;
}

const definition: SqlListOptions[] = [
  { table: "things", orderBy: ["a desc", "b"], where: "ok = 1" },
  { table: "things", orderBy: ["b", "a"] },
  { table: "things", orderBy: { column: "id", descending: true }, where: "b is null or b <> 'b'" },
];
const ordered = [
  "where ok = 1 order by a desc, b, id",
  "order by b, a, id",
  "where b is null or b <> 'b' order by id desc",
];

type Step =
  | { do: "sql"; sql: string }
  | { do: "insert"; value: Thing }
  | { do: "update"; at: number; value: Thing }
  | { do: "delete"; at: number }
  | { do: "read"; at: number; length: number };

const value: fc.Arbitrary<Thing> = fc.record({
  a: fc.constantFrom(null, 0, 1, 2),
  b: fc.constantFrom(null, "a", "A", "b", "B", "c"),
  ok: fc.constantFrom(0, 1, 1, 1, null),
});
const id = fc.integer({ min: 1, max: 50 });
const text = (value: string | number | null) =>
  value === null ? "null" : typeof value === "number" ? `${value}` : `'${value}'`;
const tuple = (id: number, { a, b, ok }: Thing) => `(${id}, ${text(a)}, ${text(b)}, ${text(ok)})`;

const anySql: fc.Arbitrary<string>[] = [
  fc.tuple(id, value).map(([id, value]) => `insert into things (id, a, b, ok) values ${tuple(id, value)}`),
  fc.tuple(id, value).map(([id, { a, b }]) =>
    `update things set a = ${text(a)}, b = ${text(b)} where id = ${id}`
  ),
  fc.tuple(id, value).map(([id, { ok }]) => `update things set ok = ${text(ok)} where id = ${id}`),
  fc.tuple(id, id).map(([from, to]) => `update things set id = ${to} where id = ${from}`),
  fc.tuple(id).map(([id]) => `delete from things where id = ${id}`),
  fc.tuple(id).map(([id]) => `update things set a = 1 - a, ok = 1 where id > ${id}`),
  fc.tuple(id).map(([id]) => `delete from things where id > ${id + 10}`),
  fc.tuple(id, value).map(([id, value]) =>
    `insert into things (id, a, b, ok) values ${
      tuple(id, value)
    } on conflict (id) do update set a = 2, b = excluded.b`
  ),
];
const onlySqlite: fc.Arbitrary<string>[] = [
  fc.tuple(id, value).map(([id, value]) =>
    `insert or replace into things (id, a, b, ok) values ${tuple(id, value)}`
  ),
  fc.tuple(id, value).map(([id, value]) =>
    `insert or ignore into things (id, a, b, ok) values ${tuple(id, value)}`
  ),
  fc.tuple(id, id).map(([from, to]) => `update or replace things set id = ${to} where id = ${from}`),
  fc.constantFrom("pragma recursive_triggers = on", "pragma recursive_triggers = off"),
  fc.tuple(id, id).map(([one, two]) => `update or replace things set twin = ${one} where id = ${two}`),
  fc.tuple(id, id).map(([id, twin]) =>
    `insert or replace into things (id, a, b, ok, twin) values (${id}, 1, 'a', 1, ${twin})`
  ),
];

function anySteps(sql: fc.Arbitrary<string>[]): fc.Arbitrary<Step[]> {
  const at = fc.integer({ min: 0, max: 35 });
  return fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.oneof(...sql).map((sql) => ({ do: "sql" as const, sql })) },
      { weight: 2, arbitrary: value.map((value) => ({ do: "insert" as const, value })) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("update" as const), at, value }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), at }) },
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant("read" as const),
          at,
          length: fc.integer({ min: 0, max: 5 }),
        }),
      },
    ),
    { maxLength: 40 },
  );
}

/** Does all steps; after each the watch has told it, and the list is what the database says. */
async function follow(world: World, clock: FakeClock, steps: Step[]): Promise<void> {
  const { list } = world;
  // Enough that places which are known are nearer than both ends.
  for (const id of Array(40).keys()) {
    await world.run(`insert into things (id, a, b, ok) values (${id}, ${id % 3}, 'b${id % 7}', 1)`);
  }
  let now = await list.read(0, 1000), told: ListChange<Thing> | undefined, wake = () => {};
  let shown = await world.all();
  const watch = await list.watch((change) => {
    told = change;
    wake();
  });
  try {
    for (const step of steps) {
      const change = await perform(world, step, shown.length);
      const all = await world.all();
      if (change?.steps !== undefined) assert.deepEqual(applied(shown, change), all, JSON.stringify(step));
      const { version, count } = await list.read(0, 0);
      assert.equal(count, all.length);
      if (version !== now.version) {
        while ((told?.version ?? 0) < version) {
          const waking = new Promise<void>((resolve) => wake = resolve);
          clock.turn(60_000);
          await waking;
        }
        if (told!.steps !== undefined) assert.deepEqual(applied(shown, told!), all, JSON.stringify(step));
        else {assert.notEqual(
            version,
            now.version + 1,
            `one change was told without steps: ${JSON.stringify(step)}`,
          );}
      } else assert.deepEqual(shown, all, `not told: ${JSON.stringify(step)}`);
      now = { version, count, items: [] };
      shown = all;
      const middle = Math.floor(all.length / 2);
      assert.deepEqual((await list.read(middle, middle + 2)).items, all.slice(middle, middle + 2));
    }
    assert.deepEqual((await list.read(0, 1000)).items, shown);
  } finally {
    await watch[Symbol.dispose]();
  }
}

async function perform(world: World, step: Step, count: number): Promise<ListChange<Thing> | undefined> {
  const { list } = world;
  if (step.do === "sql") return void await world.run(step.sql);
  if (step.do === "insert") return await list.insert(undefined, step.value);
  if (step.do === "read") {
    const { items } = await list.read(step.at, step.at + step.length);
    assert.deepEqual(items, (await world.all()).slice(step.at, step.at + step.length));
    return undefined;
  }
  if (step.at >= count) {
    const refused = step.do === "delete" ? list.delete(step.at) : list.update(step.at, (old) => old);
    return void await assert.rejects(refused, RangeError);
  }
  return step.do === "delete"
    ? await list.delete(step.at)
    : await list.update(step.at, (old) => ({ ...old, ...step.value }));
}

function applied(items: Thing[], { steps = [] }: ListChange<Thing>): Thing[] {
  return steps.reduce((items, step) => {
    if (step.kind === "insert") return items.toSpliced(step.index, 0, step.value);
    return step.kind === "set" ? items.with(step.index, step.value) : items.toSpliced(step.index, 1);
  }, items);
}

async function sqliteWorld(at: number, clock: FakeClock): Promise<World> {
  const db = new DatabaseSync(":memory:"), columns = "id, a, b, ok";
  db.exec(
    "create table things (id integer primary key, a integer, b text collate nocase, ok integer, twin integer unique)",
  );
  const list = sqliteList<Thing>(db, { ...definition[at]!, columns: columns.split(", "), clock });
  await list.install();
  return {
    list,
    run(sql) {
      try {
        db.exec(sql);
      } catch (error) {
        if (!/constraint failed/.test(String(error))) throw error;
      }
      return Promise.resolve();
    },
    all: () =>
      Promise.resolve(
        db.prepare(`select ${columns} from things ${ordered[at]}`).all().map((row) => ({ ...row })) as never,
      ),
    close: () => Promise.resolve(db.close()),
  };
}

for (const at of definition.keys()) {
  Deno.test(`sqlite list: whoever changes the table and how, what is told and read is what it has, by definition ${at}`, async () => {
    const steps = anySteps([...anySql, ...onlySqlite]);
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const clock = new FakeClock(), world = await sqliteWorld(at, clock);
        try {
          await follow(world, clock, steps);
        } finally {
          await world.close();
        }
      }),
      { numRuns: Number(Deno.env.get("SQL_RUNS") ?? 100) },
    );
  });
}

const server = await findPostgres();
if (server === undefined) skipPostgres("postgres list: random changes");
else {
  for (const at of definition.keys()) {
    Deno.test(`postgres list: whoever changes the table and how, what is told and read is what it has, by definition ${at}`, async () => {
      await fc.assert(
        fc.asyncProperty(anySteps(anySql), async (steps) => {
          const clock = new FakeClock();
          const { sql, close } = await ownSchema(
            server,
            "create table things (id int primary key generated by default as identity (start 100), a int, b text, ok int)",
          );
          const list = postgresList<Thing>(sql, { ...definition[at]!, clock });
          await list.install();
          const world: World = {
            list,
            async run(text) {
              await sql.unsafe(text).catch((error) => assert.equal(error.code, "23505"));
            },
            all: async () =>
              [...await sql.unsafe(`select * from things ${ordered[at]}`)] as unknown as Thing[],
            close,
          };
          try {
            await follow(world, clock, steps);
          } finally {
            await world.close();
          }
        }),
        { numRuns: Number(Deno.env.get("SQL_RUNS") ?? 6) },
      );
    });
  }
}
