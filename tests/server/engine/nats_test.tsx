import assert from "node:assert/strict";
import { App, Reflex, type Store } from "@argyle/argyle";
import { nats, type NatsConnection, type NatsHeaders } from "@argyle/argyle/nats";
import type { Check, Write } from "@argyle/argyle/types";
import { FakeClock } from "@argyle/argyle/testing";
import { headers } from "@nats-io/transport-node";
import fc from "fast-check";
import { type Bucket, natsBucket, withNats } from "../../helpers/nats.ts";
import { load, MemoryLog, Peer } from "../../helpers/peer.ts";

/** Random runs; 300 were made when it was written, and take a minute. */
const RUNS = Number(Deno.env.get("NATS_RUNS") ?? 60);

const later = () => Date.now() + 60_000;
const put = (key: string, value: string | null): Write => ({ key, value, expiresAt: later() });

async function values(store: Store, keys: readonly string[]): Promise<(string | null)[]> {
  return (await store.get(keys)).map((entry) => entry?.value ?? null);
}

/** Another process: a connection of its own, and a store of its own over the same bucket. */
async function another(bucket: Bucket): Promise<{ store: Store; [Symbol.asyncDispose](): Promise<void> }> {
  const connection = await bucket.connect();
  const { store } = await nats(connection, { headers, bucket: bucket.name });
  return { store, [Symbol.asyncDispose]: () => connection.close() };
}

/** A test that may take as long as its many questions to a real server do. */
function timed(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, timeout: 90_000, fn });
}

/** A test with a bucket that is removed behind it. */
function withBucket(title: string, run: (bucket: Bucket) => Promise<void>): void {
  timed(title, async () => {
    const bucket = await natsBucket();
    try {
      await run(bucket);
    } finally {
      await bucket.close();
    }
  });
}

/** The process ends here. */
class Stopped extends Error {}

/**
 * A connection that ends at its n-th request: before it is made, or when it is answered and nobody hears, or before it
 * is made, while the network still delivers it later.
 */
class Stopping implements NatsConnection {
  readonly #inner: NatsConnection;
  readonly info;
  /** What is done around each request. */
  around: () => Promise<void> = () => Promise.resolve();
  /** How many requests are left, and whether the last one is still made. */
  left = Infinity;
  isLastMade = false;
  isLastLate = false;
  /** Delivers what is late. */
  deliver: () => Promise<unknown> = () => Promise.resolve();

  constructor(inner: NatsConnection) {
    this.#inner = inner;
    this.info = inner.info;
  }

  publish(subject: string): void {
    this.#inner.publish(subject);
  }

  subscribe(...args: Parameters<NatsConnection["subscribe"]>): { unsubscribe(): void } {
    return this.#inner.subscribe(...args);
  }

  async request(
    subject: string,
    payload?: Uint8Array,
    options?: { timeout: number; headers?: NatsHeaders },
  ): Promise<{ readonly data: Uint8Array }> {
    this.left--;
    if (this.left === 0 && this.isLastLate) {
      this.deliver = () => this.#inner.request(subject, payload, options);
    }
    if (this.left < 0 || (this.left === 0 && !this.isLastMade)) throw new Stopped();
    await this.around();
    const answer = await this.#inner.request(subject, payload, options);
    await this.around();
    if (this.left <= 0) throw new Stopped();
    return answer;
  }
}

await withNats("nats: everything that the contract does not ask", () => {
  withBucket("nats: hostile keys are keys like others, and never meet", async ({ store }) => {
    const keys = [
      "*",
      ">",
      "a.*",
      "a.>",
      "a.b",
      "a b",
      "a\tb",
      "a\r\nb",
      "",
      " ",
      ".",
      "..",
      "a..b",
      "$JS.API.>",
      "{",
      "}",
      "{}",
      "{a}",
      "{a}{b}",
      "x{a}",
      "a",
      "A",
      "\0",
      "ü",
      "u\u0308",
      "__proto__",
      "k".repeat(10_000),
      `${"k".repeat(10_000)}.`,
    ];
    for (const [at, key] of keys.entries()) {
      assert.ok(await store.commit([{ key, version: null }], [put(key, `${at}`)]), JSON.stringify(key));
    }
    assert.deepEqual(await values(store, keys), keys.map((_, at) => `${at}`));
    for (const key of keys) await store.commit([], [put(key, null)]);
    assert.deepEqual(await values(store, keys), keys.map(() => null));
  });

  withBucket("nats: two processes add 500 each, with checks, and none is lost", async (bucket) => {
    await using other = await another(bucket);
    const add = async (store: Store, key: string) => {
      for (;;) {
        const [entry] = await store.get([key]);
        const sum = put(key, `${Number(entry?.value ?? 0) + 1}`);
        if (await store.commit([{ key, version: entry?.version ?? null }], [sum])) return;
      }
    };
    await Promise.all([bucket.store, other.store].flatMap((store) =>
      Array.from({ length: 2 }, async () => {
        for (let i = 0; i < 250; i++) await add(store, "sum");
      })
    ));
    assert.deepEqual(await values(other.store, ["sum"]), ["1000"]);
  });

  withBucket("nats: two processes move between keys of several cells, and the sum stays", async (bucket) => {
    await using other = await another(bucket);
    const keys = ["a", "b", "c", "d"];
    await bucket.store.commit([], keys.map((key) => put(key, "100")));
    const move = async (store: Store, from: string, to: string) => {
      for (;;) {
        const entries = await store.get([from, to]);
        const checks = entries.map((entry, at) => ({ key: [from, to][at]!, version: entry!.version }));
        const [one, two] = entries.map((entry) => Number(entry!.value));
        if (await store.commit(checks, [put(from, `${one! - 1}`), put(to, `${two! + 1}`)])) return;
      }
    };
    let isMoving = true;
    const moving = Promise.all([bucket.store, other.store].flatMap((store, s) =>
      [0, 1].map(async (w) => {
        for (let i = 0; i < 25; i++) await move(store, keys[(i + s) % 4]!, keys[(i + s + w + 1) % 4]!);
      })
    )).finally(() => isMoving = false);
    const sum = async (store: Store) =>
      (await values(store, keys)).reduce((sum, value) => sum + Number(value), 0);
    while (isMoving) assert.equal(await sum(other.store), 400);
    await moving;
    assert.equal(await sum(bucket.store), 400);
  });

  // Small values go along with the last message of a cell; large ones are where they were written, until they are not.
  for (const [what, size] of [["small", 0], ["large", 1000]] as const) {
    withBucket(
      `nats: between any two steps of a reader others commit, and it sees all or nothing: ${what} values`,
      async (bucket) => {
        const stopping = new Stopping(bucket.connection);
        const { store } = await nats(stopping, { headers, bucket: bucket.name });
        const keys = ["a", "b", "c", "one{t}", "two{t}"];
        let written = 0;
        const write = async (): Promise<void> => {
          written++;
          assert.ok(await bucket.store.commit([], keys.map((key) => put(key, `${written}`.padEnd(size)))));
          assert.ok(await bucket.store.commit([], [put("three{t}", `${written}`)]));
        };
        await write();
        for (let at = 0, isOver = false; !isOver; at++) {
          const before = written;
          let looks = 0;
          stopping.around = async () => {
            if (looks++ === at) await write();
          };
          const seen = new Set((await values(store, keys)).map((value) => value?.trim()));
          assert.equal(seen.size, 1, `at step ${at}: ${[...seen]}`);
          isOver = written === before;
        }
      },
    );
  }

  withBucket(
    "nats: a value above max_payload is refused by name, and nothing of the commit is done",
    async (bucket) => {
      const { store, connection } = bucket;
      const limit = connection.info!.max_payload;
      await store.commit([], [put("fits", "ü".repeat(limit / 2 - 1000))]);
      assert.equal((await values(store, ["fits"]))[0]?.length, limit / 2 - 1000);
      for (const large of ["large", "large{t}"]) {
        await assert.rejects(
          store.commit([], [put("small{t}", "1"), put("fits", "1"), put(large, "ü".repeat(limit / 2))]),
          (error: Error) => {
            assert.equal(error.name, "RangeError");
            assert.match(error.message, /^Cannot store large.*: \d+ bytes.*max_payload/);
            return true;
          },
        );
      }
      assert.deepEqual(await values(store, ["small{t}", "large", "large{t}"]), [null, null, null]);
      assert.notEqual((await values(store, ["fits"]))[0], "1");
    },
  );

  withBucket("nats: where the server says nothing, the error comes in time", async ({ connection, name }) => {
    let isLost = false;
    const asked: (number | undefined)[] = [];
    const { store } = await nats({
      request(subject, payload, options) {
        if (isLost) asked.push(options?.timeout);
        // Nobody listens there: what a lost connection looks like, in 50 ms.
        return isLost
          ? connection.request(`argyle.nobody.${name}`, payload, { timeout: 50, noMux: true })
          : connection.request(subject, payload, options as { timeout: number });
      },
      publish: (subject) => connection.publish(subject),
      subscribe: (subject, options) => connection.subscribe(subject, options),
    }, { headers, bucket: name });
    isLost = true;
    await assert.rejects(store.get(["a"]), Error);
    await assert.rejects(store.commit([], [put("a", "1")]), Error);
    await assert.rejects(store.commit([], [put("a", "1"), put("b", "1")]), Error);
    assert.ok(asked.every((timeout) => timeout === 5000), `${asked}`);
  });

  withBucket("nats: a closed connection is an error at once", async (bucket) => {
    const connection = await bucket.connect();
    const { store } = await nats(connection, { headers, bucket: bucket.name });
    await connection.close();
    await assert.rejects(store.get(["a"]), /clos/i);
    await assert.rejects(store.commit([], [put("a", "1")]), /clos/i);
  });

  timed(
    "nats: what has expired or was removed leaves the bucket, and so does what was overwritten",
    async () => {
      const clock = new FakeClock();
      const bucket = await natsBucket({ clock });
      try {
        const { store } = bucket;
        const write = (key: string, value: string | null): Write => ({
          key,
          value,
          expiresAt: clock.now() + 1000,
        });
        const large = "x".repeat(5000);
        for (let i = 0; i < 100; i++) {
          await store.commit([], [write(`s:{${i}}`, large), write(`v:{${i}}`, "small")]);
          await store.commit([], [write(`v:{${i}}`, "other"), write(`t:${i}`, "ticket")]);
          await store.commit([], [write(`t:${i}`, null)]);
        }
        clock.turn(1000);
        // Each commit looks at one message of those that lie there.
        let commits = 0;
        for (; await bucket.messages() > 3; commits++) { // the live one, and what is just being removed
          assert.ok(commits < 1000, `${await bucket.messages()} messages are left`);
          await store.commit([], [write("live", "1")]);
          if (commits % 100 === 99) clock.turn(60_000);
        }
        await store.commit([], [{ key: "live", value: "1", expiresAt: Infinity }]);
        clock.turn(60_000);
        for (let i = 0; i < 10; i++) await store.commit([], [write("live{2}", `${i}`)]);
        assert.deepEqual(await values(store, ["live", "live{2}"]), ["1", "9"]);
      } finally {
        await bucket.close();
      }
    },
  );

  withBucket(
    "nats: one who is slow reads and writes what others have swept away, as if it were not there",
    async (bucket) => {
      const clock = new FakeClock(Date.now());
      const fast = (await nats(bucket.connection, { headers, bucket: bucket.name, clock })).store;
      const slow = bucket.store;
      const large = "x".repeat(5000);
      const version = await slow.commit([], [put("a:{1}", large)]);
      await slow.commit([], [put("b:{1}", large)]);
      await fast.commit([], [{ key: "live", value: "1", expiresAt: Infinity }]);
      clock.turn(3_600_000);
      while (await bucket.subjects() > 1) {
        await fast.commit([], [{ key: "live", value: "1", expiresAt: Infinity }]);
        clock.turn(60_000);
      }
      assert.equal(await slow.commit([{ key: "a:{1}", version }], [put("b:{1}", "2")]), null);
      assert.deepEqual(await values(slow, ["a:{1}", "b:{1}"]), [null, null]);
      assert.ok(await slow.commit([{ key: "a:{1}", version: null }], [put("a:{1}", "3")]));
      assert.deepEqual(await values(slow, ["a:{1}"]), ["3"]);
    },
  );

  withBucket("nats: a stream that serves something else is left alone", async ({ connection, ask, name }) => {
    await ask("UPDATE", { name, subjects: [`${name}.>`], max_age: 3_600_000_000_000, storage: "file" });
    await assert.rejects(
      () => nats(connection, { headers, bucket: name }),
      /its max_age is 3600000000000.*another bucket/,
    );
  });

  withBucket("nats: an app does not start on it without a secret, and says what to set", async (bucket) => {
    const { name, durable, exclusive } = bucket.store;
    assert.deepEqual([name, durable, exclusive], ["nats", true, false]);
    const app = new App({ store: bucket.store, log: new MemoryLog() }).page("/", () => <p>Hello</p>);
    await assert.rejects(
      () => app.listen({ port: 0 }),
      /nats without a secret.*ARGYLE_SECRET/,
    );
  });

  withBucket("nats: a session goes on in another process", async (bucket) => {
    await using other = await another(bucket);
    class Counter extends Reflex<{ count?: number }> {
      add() {
        this.session.count = (this.session.count ?? 0) + 1;
      }
      enter() {
        this.login("ann");
      }
    }
    const make = (store: Store) => {
      const app = new App<{ count?: number }>({
        store,
        log: new MemoryLog(),
        secrets: ["RysOU0gZcJ1WmnYbLrVhKqDxQeTfAu34"],
      });
      app.reflexes({ Counter });
      app.page(
        "/",
        ({ session, user }) => (
          <p data-reflex="click->Counter#add click->Counter#enter">{user ?? "nobody"} {session.count ?? 0}</p>
        ),
      );
      return app;
    };
    const apps = [make(bucket.store), make(other.store)] as const;
    let cookie = "";
    await using one = await apps[0].listen({ port: 0 });
    await using two = await apps[1].listen({ port: 0 });
    for (let i = 0; i < 6; i++) {
      const page = await load(apps[i % 2]!, "/", { cookie });
      assert.match(page.body, new RegExp(`nobody ${i}<`));
      cookie = page.cookie;
      await using peer = await Peer.live([two, one][i % 2]!, page);
      assert.equal((await peer.call("Counter#add"))[0], "patch");
    }
  });

  for (const isLastMade of [false, true]) {
    const when = isLastMade ? "when a step is made and its answer lost" : "before a step";
    withBucket(
      `nats: a process that ends ${when} leaves all or nothing, to whoever looks`,
      async (bucket) => {
        await using reader = await another(bucket);
        const stopping = new Stopping(bucket.connection);
        let commits = 0;
        for (let steps = 1;; steps++) {
          const keys = ["old", "new", "absent", "gone", "one{t}", "two{t}"].map((key) => `${steps} ${key}`);
          const [old, , , gone, one] = keys;
          await reader.store.commit([], [put(old!, "1"), put(gone!, "1")]);
          await reader.store.commit([], [put(one!, "1")]);
          const nothing = ["1", null, null, "1", "1", null], all = ["2", "2", null, null, "2", "2"];
          const [entry, , , goneEntry] = await reader.store.get(keys);
          let isAll = false;
          const look = async () => {
            const found = await values(reader.store, keys);
            if (isAll || found[0] === "2") assert.deepEqual(found, all, `after ${steps} steps`);
            else assert.deepEqual(found, nothing, `after ${steps} steps`);
            isAll = found[0] === "2";
          };
          // A process that has just started knows nothing of the cells.
          stopping.left = Infinity;
          const { store } = await nats(stopping, { headers, bucket: bucket.name });
          Object.assign(stopping, { left: steps, isLastMade, around: look });
          const checks: Check[] = [
            { key: old!, version: entry!.version },
            { key: gone!, version: goneEntry!.version },
            { key: keys[2]!, version: null },
          ];
          const writes = [
            put(old!, "2"),
            put(keys[1]!, "2"),
            put(gone!, null),
            put(one!, "2"),
            put(keys[5]!, "2"),
          ];
          let answer: string | null | undefined;
          try {
            answer = await store.commit(checks, writes);
          } catch (error) {
            assert.ok(error instanceof Stopped, String(error));
          }
          stopping.around = () => Promise.resolve();
          await look();
          if (answer !== undefined) assert.ok(answer !== null && isAll, "what was answered has happened");
          // Whoever writes next finds a store that works, whatever was left lying.
          const seen = await reader.store.get(keys);
          const again = keys.map((key, at) => ({ key, version: seen[at]?.version ?? null }));
          assert.ok(await reader.store.commit(again, keys.map((key) => put(key, "3"))));
          assert.deepEqual(await values(reader.store, keys), keys.map(() => "3"));
          if (isAll) commits++;
          if (stopping.left > 0) break;
          assert.ok(steps < 100);
        }
        assert.ok(commits > 1, "it was stopped behind the decision too");
      },
    );
  }

  for (const isThere of [true, false]) {
    withBucket(
      `nats: a step that arrives late, when others went on, ${isThere ? "changes" : "makes"} nothing`,
      async (bucket) => {
        await using reader = await another(bucket);
        const stopping = new Stopping(bucket.connection);
        for (const other of [0, 2, 4]) {
          for (let steps = 1;; steps++) {
            // Two keys in each of three cells: others write one of them, and so bring the cell to an end.
            const keys = ["a", "a2", "b", "b2", "c", "c2"].map((key) =>
              `${key} {${other} ${steps} ${key[0]}}`
            );
            if (isThere) await reader.store.commit([], keys.map((key) => put(key, "1")));
            stopping.left = Infinity;
            const { store } = await nats(stopping, { headers, bucket: bucket.name });
            Object.assign(stopping, { left: steps, isLastLate: true });
            const isOver = await store.commit([], keys.map((key) => put(key, "2"))).then(
              () => true,
              () => false,
            );
            const seen = await values(reader.store, keys);
            assert.ok(await reader.store.commit([], [put(keys[other]!, "3")]));
            const before = await values(reader.store, keys);
            assert.deepEqual(before, seen.with(other, "3"), `step ${steps}`);
            await stopping.deliver();
            assert.deepEqual(await values(reader.store, keys), before, `step ${steps}`);
            if (isOver && stopping.left > 0) break;
            assert.ok(steps < 100);
          }
        }
      },
    );
  }

  timed(
    "nats: processes that end, each in what the last one has left",
    async () => {
      const bucket = await natsBucket();
      await using reader = await another(bucket);
      try {
        let run = 0;
        const end = fc.record({
          steps: fc.integer({ min: 1, max: 15 }),
          how: fc.constantFrom("before", "made", "late"),
          left: fc.integer({ min: 0, max: 2 }), // keys that it does not write
          others: fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1 }), // keys that are written before what is late
        });
        await fc.assert(
          fc.asyncProperty(fc.array(end, { minLength: 2, maxLength: 5 }), async (ends) => {
            const keys = [0, 1, 2, 3].map((n) => `${run} ${n}`);
            run++;
            let known = keys.map((): string | null => null);
            for (const [at, { steps, how, left, others }] of ends.entries()) {
              const stopping = new Stopping(bucket.connection);
              const { store } = await nats(stopping, { headers, bucket: bucket.name });
              Object.assign(stopping, {
                left: steps,
                isLastMade: how === "made",
                isLastLate: how === "late",
              });
              const wanted = keys.map((_, n) => n < left ? known[n]! : `${at}`);
              const look = async () => {
                const found = await values(reader.store, keys);
                assert.ok(
                  [known, wanted].some((state) => `${state}` === `${found}`),
                  `${found}: ${known} or ${wanted}`,
                );
                return found;
              };
              try {
                const answer = await store.commit([], keys.slice(left).map((key) => put(key, `${at}`)));
                assert.ok(answer);
                assert.deepEqual(await look(), wanted);
              } catch (error) {
                if (!(error instanceof Stopped)) throw error;
              }
              known = await look();
              if (how === "late") {
                // Others build upon some of what is there, and only then it arrives.
                known = known.map((value, n) => others.includes(n) ? `${at} by another` : value);
                const writes = keys.flatMap((key, n) => others.includes(n) ? [put(key, known[n]!)] : []);
                assert.ok(await reader.store.commit([], writes));
                await stopping.deliver();
                const found = await values(reader.store, keys);
                const isApart = others.every((n) => n < left);
                const happened = known.map((value, n) => n < left ? value : `${at}`);
                assert.ok(
                  `${found}` === `${known}` || (isApart && `${found}` === `${happened}`),
                  `${found}: ${known}, late`,
                );
                known = found;
              }
            }
          }),
          { numRuns: RUNS / 3 },
        );
      } finally {
        await bucket.close();
      }
    },
  );

  timed("nats: two processes at once, against a map", async () => {
    const bucket = await natsBucket();
    await using other = await another(bucket);
    try {
      let run = 0;
      const names = ["a", "b", "c{t}", "d{t}", "e{t}"];
      const commit = fc.record({
        checks: fc.uniqueArray(
          fc.record({
            key: fc.constantFrom(...names),
            isStale: fc.integer({ max: 7, min: 0 }).map((n) => n === 0),
          }),
          { selector: ({ key }) => key, maxLength: 3 },
        ),
        writes: fc.uniqueArray(
          fc.record({ key: fc.constantFrom(...names), value: fc.option(fc.string({ maxLength: 700 })) }),
          { selector: ({ key }) => key, maxLength: 4 },
        ),
      });
      const step = fc.record({ first: commit, second: fc.option(commit) });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
          const prefix = `${++run}:`;
          const keys = names.map((name) => `${prefix}${name}`);
          let model = new Map<string, { value: string; version: string }>();
          for (const { first, second } of steps) {
            const asked = [first, ...second === null ? [] : [second]].map(({ checks, writes }) => ({
              checks: checks.map(({ key, isStale }): Check => ({
                key: prefix + key,
                version: isStale ? "stale" : model.get(prefix + key)?.version ?? null,
              })),
              writes: writes.map(({ key, value }) => put(prefix + key, value)),
            }));
            const [versions, during] = await Promise.all([
              Promise.all(
                asked.map(({ checks, writes }, at) => [bucket, other][at]!.store.commit(checks, writes)),
              ),
              other.store.get(keys),
            ]);
            const orders = asked.length === 1 ? [[0]] : [[0, 1], [1, 0]];
            const now = show(await bucket.store.get(keys));
            assert.deepEqual(show(await other.store.get(keys)), now);
            // One of the orders explains what was answered, what is there now, and what was seen meanwhile.
            const explained = orders.flatMap((order) => {
              const states = [model];
              for (const at of order) {
                const next = apply(states.at(-1)!, asked[at]!, versions[at]!);
                if (next === undefined) return [];
                states.push(next);
              }
              const shown = states.map((state) => show(keys.map((key) => state.get(key) ?? null)));
              return shown.at(-1) === now && shown.includes(show(during)) ? [states.at(-1)!] : [];
            });
            assert.ok(explained.length > 0, `nothing explains ${now} and ${show(during)} after ${versions}`);
            model = explained[0]!;
          }
        }),
        { numRuns: RUNS },
      );
    } finally {
      await bucket.close();
    }
  });
});

const nowhere: NatsConnection = {
  request: () => Promise.reject(new Error("503")),
  publish() {},
  subscribe: () => ({ unsubscribe() {} }),
};

Deno.test("nats: without a connection, headers or JetStream the error says what to give", async () => {
  await assert.rejects(
    () => nats(undefined as unknown as NatsConnection, { headers }),
    /Cannot use undefined as a NATS connection. Give what `await connect\(\)` returns/,
  );
  await assert.rejects(
    () => nats(nowhere, {} as unknown as { headers: typeof headers }),
    /Give the client's own: nats\(connection, { headers }\)/,
  );
  await assert.rejects(
    () => nats(nowhere, { headers }),
    /503\. It needs JetStream .*permission to publish to argyle\.>/,
  );
});

Deno.test("nats: a bucket's name is a name, and replicas can vote", async () => {
  for (const bucket of ["", "a.b", "a b", "*", ">", "a/b", "x".repeat(65)]) {
    await assert.rejects(() => nats(nowhere, { headers, bucket }), /^TypeError: Cannot name a NATS bucket/);
  }
  for (const replicas of [0, 2, 7, NaN]) {
    await assert.rejects(() => nats(nowhere, { headers, replicas }), { name: "RangeError" });
  }
});

Deno.test("nats: replicas on a server that lets two writers through at once are refused, and nothing is made", async () => {
  const start = async (version: string, replicas: number) => {
    const asked: string[] = [];
    const failure = await nats({
      ...nowhere,
      info: { max_payload: 1_048_576, version },
      request(subject) {
        asked.push(subject.split(".").at(-2)!);
        if (asked.length > 1) return Promise.reject(new Error("enough"));
        const error = { err_code: 10059, description: "stream not found" };
        return Promise.resolve({ data: new TextEncoder().encode(JSON.stringify({ error })) });
      },
    }, { headers, replicas }).catch((error) => error.message);
    return [asked.join(" "), /NATS [^ ]* lets two writers/.test(failure)];
  };
  assert.deepEqual(await start("2.9.10", 3), ["INFO", true]);
  assert.deepEqual(await start("2.11.9", 3), ["INFO", true]);
  assert.deepEqual(await start("2.9.10", 1), ["INFO CREATE", false]);
  assert.deepEqual(await start("2.12.0", 3), ["INFO CREATE", false]);
  assert.deepEqual(await start("3.0.0-beta.1", 5), ["INFO CREATE", false]);
});

function show(entries: readonly ({ value: string; version: string } | null)[]): string {
  return JSON.stringify(entries.map((entry) => entry && [entry.value, entry.version]));
}

type State = ReadonlyMap<string, { value: string; version: string }>;

/** What a commit makes of a state; `undefined` where it would have been answered otherwise. */
function apply(
  state: State,
  { checks, writes }: { checks: readonly Check[]; writes: readonly Write[] },
  version: string | null,
): Map<string, { value: string; version: string }> | undefined {
  const isRight = checks.every(({ key, version }) => (state.get(key)?.version ?? null) === version);
  if (isRight !== (version !== null)) return undefined;
  const next = new Map(state);
  if (version === null) return next;
  for (const { key, value } of writes) {
    if (value === null) next.delete(key);
    else next.set(key, { value, version });
  }
  return next;
}
