/** The bus in Deno KV: between threads, after a pause, and when the database does not do its part. */
import assert from "node:assert/strict";
import { type Bus, kv, type Message, openKv } from "@argyle/argyle/kv";
import { FakeClock } from "@argyle/argyle/testing";
import { LOOK_EVERY, TRUSTED } from "../../../server/engine/_kv_channel.ts";
import { KEPT } from "../../../server/engine/_kv_log.ts";
import { answers } from "../../helpers/answers.ts";
import { locked, replaced } from "../../helpers/flaky_kv.ts";
import { temporaryFolder } from "../../helpers/folder.ts";

/** Hears, and writes down what in which order, gaps too. */
class Diary implements AsyncDisposable {
  readonly entries: string[] = [];
  #listening: AsyncDisposable | undefined;
  #wake = () => {};

  static async of(bus: Bus, channel = "shop"): Promise<Diary> {
    const diary = new Diary();
    diary.#listening = await bus.listen(channel, {
      hear: ({ text }) => diary.#write(text),
      gap: () => diary.#write("gap"),
    });
    return diary;
  }

  async has(...expected: string[]): Promise<void> {
    while (this.entries.length < expected.length) await new Promise<void>((resolve) => this.#wake = resolve);
    assert.deepEqual(this.entries.splice(0, expected.length), expected);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening?.[Symbol.asyncDispose]();
  }

  #write(text: string): void {
    this.entries.push(text);
    this.#wake();
  }
}

function say(bus: Bus, ...texts: string[]): Promise<void> {
  return bus.publish({ channel: "shop", messages: texts.map((text) => ({ topic: "t", text })) });
}

/** A watch that never tells anything. */
function silent(): () => ReadableStream {
  return () => new ReadableStream();
}

/** Removes what the log has. */
async function clear(db: Deno.Kv, place: "log" | "part"): Promise<void> {
  for await (const { key } of db.list({ prefix: ["argyle", place] })) await db.delete(key);
}

Deno.test({
  name: "kv bus: threads on one file hear what any of them commits, once each and in order",
  timeout: 60_000,
  async fn() {
    await using folder = await temporaryFolder({});
    const url = new URL("./fixtures/kv_thread.ts", import.meta.url), names = ["a", "b", "c"], times = 40;
    const threads = names.map((name) => {
      const worker = new Worker(url, { type: "module" });
      return { name, worker, next: answers(worker) };
    });
    try {
      for (const { next } of threads) assert.equal(await next(), "ready");
      const all = names.length * times;
      for (const { name, worker, next } of threads) {
        worker.postMessage({ file: `${folder.path}/app.kv`, name, times, all });
        assert.equal(await next(), "listening");
      }
      for (const { worker } of threads) worker.postMessage("go");
      const counts = Array.from({ length: all }, (_, i) => `${i + 1}`);
      for (const { next } of threads) {
        const { heard, gaps } = await next() as { heard: string[]; gaps: number };
        assert.equal(gaps, 0);
        // One topic, and each commit on condition of the one before: there is only one order.
        assert.deepEqual(heard.map((text) => text.split(" ")[2]), counts);
      }
    } finally {
      for (const { worker } of threads) worker.terminate();
    }
  },
});

Deno.test("kv bus: who waits for a key is not overtaken by what is told of the same topic", async () => {
  using db = await openKv(":memory:");
  const { store, bus } = kv(db);
  await using diary = await Diary.of(bus);
  const write = (key: string) => [{ key, value: "1", expiresAt: Infinity }];
  const telling = (text: string) => ({ channel: "shop", messages: [{ topic: "t", text }] });
  await Promise.all([
    store.commit([], write("x"), telling("1")),
    store.commit([], write("y"), telling("2")),
    store.commit([], write("y"), telling("3")),
    store.commit([], write("z"), telling("4")),
  ]);
  await diary.has("1", "2", "3", "4");
});

Deno.test("kv bus: who joins a channel that others listen to hears nothing of before, though they are behind", async () => {
  using db = await openKv(":memory:");
  const pass = Promise.withResolvers<void>();
  const slow = replaced(db, {
    watch: (keys) =>
      db.watch(keys).pipeThrough(
        new TransformStream({
          async transform(value, controller) {
            await pass.promise;
            controller.enqueue(value);
          },
        }),
      ),
  });
  const { bus } = kv(slow), other = kv(db).bus;
  await using early = await Diary.of(bus);
  await say(other, "before");
  await using late = await Diary.of(bus);
  await say(other, "after");
  pass.resolve();
  await early.has("before", "after");
  await late.has("after");
});

Deno.test("kv bus: any channel has a log of its own: long ones, NULs, the beginning of another", async () => {
  using db = await openKv(":memory:");
  const { bus } = kv(db);
  const names = [
    "",
    "\0",
    "\0\0",
    "shop",
    "shop\0",
    "ü".repeat(256),
    "ü".repeat(257),
    `${"ü".repeat(257)}x`,
    "\0".repeat(5000),
  ];
  const diaries = await Promise.all(names.map((name) => Diary.of(bus, name)));
  try {
    for (const [at, channel] of names.entries()) {
      await bus.publish({
        channel,
        messages: [{ topic: "t", text: `${at}` }, { topic: "u", text: `${at}` }],
      });
    }
    for (const [at, diary] of diaries.entries()) {
      await diary.has(`${at}`, `${at}`);
      assert.deepEqual(diary.entries, []);
    }
  } finally {
    for (const diary of diaries) await diary[Symbol.asyncDispose]();
  }
});

Deno.test("kv bus: topics of any kind are spread over the heads, and all are heard", async () => {
  using db = await openKv(":memory:");
  const { bus } = kv(db), heard: Message[] = [], whole = Promise.withResolvers<void>();
  await using _listening = await bus.listen("shop", {
    hear: (message) => void (heard.push(message) === 300 && whole.resolve()),
    gap: () => whole.reject(new Error("there was a gap")),
  });
  const messages = Array.from({ length: 300 }, (_, i) => ({ topic: `room/${i}`, text: `${i}` }));
  await bus.publish({ channel: "shop", messages });
  await whole.promise;
  assert.deepEqual(heard.toSorted((a, b) => Number(a.text) - Number(b.text)), messages);
  const heads = await Array.fromAsync(db.list({ prefix: ["argyle", "head"] }));
  assert.ok(heads.length > 1 && heads.length <= 8);
});

Deno.test("kv bus: a watch that fails or ends is begun again, and what came meanwhile is heard", async () => {
  using db = await openKv(":memory:");
  let watches = 0;
  const failing = replaced(db, {
    watch: (keys) => {
      watches++;
      if (watches === 1) throw new Error("connection reset");
      if (watches === 2) {
        return new ReadableStream({ start: (controller) => controller.error(new Error("reset")) });
      }
      if (watches === 3) return new ReadableStream({ start: (controller) => controller.close() });
      return db.watch(keys);
    },
  });
  await using diary = await Diary.of(kv(failing).bus);
  await say(kv(db).bus, "one");
  await diary.has("one");
  while (watches < 4) {
    await say(kv(db).bus, "more");
    await diary.has("more");
  }
});

Deno.test("kv bus: a log that is locked is read again, and nothing is heard twice", async () => {
  using db = await openKv(":memory:");
  let reads = 0;
  const flaky = replaced(db, {
    getMany: (keys) => reads++ % 2 === 0 ? Promise.reject(locked()) : db.getMany(keys),
  });
  const { bus } = kv(flaky);
  await using diary = await Diary.of(bus);
  const large = "x".repeat(200_000);
  await say(bus, "one", large, "three");
  await say(bus, "four");
  await diary.has("one", large, "three", "four");
  assert.deepEqual(diary.entries, []);
});

Deno.test("kv bus: what no watch has told of is found by a look at the heads", async () => {
  using db = await openKv(":memory:");
  const clock = new FakeClock();
  await using diary = await Diary.of(kv(replaced(db, { watch: silent() }), { clock }).bus);
  const { bus } = kv(db);
  for (const text of ["one", "two"]) {
    await say(bus, text);
    clock.turn(LOOK_EVERY);
    await diary.has(text);
    // The look has begun the watch again, after a pause, and waits for its next time.
    while (clock.waiting < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  }
});

Deno.test("kv bus: after a pause in which nothing was said there is no gap; else there is, and then what is left", async () => {
  using db = await openKv(":memory:");
  let now = Date.now(), ring: (() => void) | undefined;
  // Of a process that is stopped no timer rings.
  const clock = {
    now: () => now,
    after(ms: number, run: () => void) {
      if (ms === LOOK_EVERY) ring = run;
      return () => {};
    },
  };
  await using diary = await Diary.of(kv(replaced(db, { watch: silent() }), { clock }).bus);
  const { bus } = kv(db);
  const look = async () => {
    const run = ring!;
    ring = undefined;
    run();
    while (ring === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  now += 10 * KEPT;
  await look();
  now += TRUSTED;
  await say(bus, "in time");
  await look();
  now += TRUSTED + 1;
  await say(bus, "late");
  await look();
  await diary.has("in time", "gap", "late");
});

Deno.test("kv bus: an entry or a part that has gone is a gap, and what comes after it is heard", async () => {
  using db = await openKv(":memory:");
  const clock = new FakeClock();
  await using diary = await Diary.of(kv(replaced(db, { watch: silent() }), { clock }).bus);
  const { bus } = kv(db);
  const look = async (...expected: string[]) => {
    clock.turn(LOOK_EVERY);
    await diary.has(...expected);
    while (clock.waiting < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  await say(bus, "one");
  await clear(db, "log");
  await look("gap");
  await say(bus, "x".repeat(200_000));
  await clear(db, "part");
  await say(bus, "two");
  await look("gap", "two");
});

Deno.test("kv bus: what somebody else has put into the log is a gap, not the end", async () => {
  using db = await openKv(":memory:");
  const { bus } = kv(db);
  await using diary = await Diary.of(bus);
  const encoder = new TextEncoder();
  for (
    const value of [
      1,
      { parts: 0 },
      { parts: 0, bytes: encoder.encode("[") },
      { parts: 0, bytes: encoder.encode('["t"]') },
      {
        parts: 1.5,
        bytes: encoder.encode("[]"),
      },
      { parts: -1, bytes: encoder.encode('["t",1]') },
      { parts: 1e9, bytes: encoder.encode("[]") },
    ]
  ) {
    await db.atomic().set(["argyle", "head", "shop", 0], 1)
      .set(["argyle", "log", "shop", 0, db.commitVersionstamp()], value).commit();
    await diary.has("gap");
  }
  await say(bus, "one");
  await diary.has("one");
});

Deno.test("kv bus: a database that is closed under its listeners is a gap, and leaves nothing behind", async () => {
  const db = await openKv(":memory:");
  const { bus } = kv(db);
  const diary = await Diary.of(bus);
  db.close();
  await diary.has("gap");
  await diary[Symbol.asyncDispose]();
  await assert.rejects(() => Diary.of(bus), Deno.errors.BadResource);
  await assert.rejects(() => say(bus, "x"), Deno.errors.BadResource);
});

Deno.test("kv bus: leaving twice, while reading, and as the last one, leaves nothing behind", async () => {
  using db = await openKv(":memory:");
  const { bus } = kv(db);
  for (let i = 0; i < 20; i++) {
    const [one, two] = await Promise.all([Diary.of(bus), Diary.of(bus)]);
    const said = say(bus, "x".repeat(100_000));
    await Promise.all([one[Symbol.asyncDispose](), one[Symbol.asyncDispose](), two[Symbol.asyncDispose]()]);
    await said;
  }
});

Deno.test("kv bus: the log is given to KV to sweep, and the heads are not", async () => {
  using db = await openKv(":memory:");
  const swept: unknown[] = [], kept: unknown[] = [];
  const seeing = replaced(db, {
    atomic() {
      const atomic = db.atomic(), set = atomic.set.bind(atomic);
      atomic.set = (key, value, options) => {
        (options?.expireIn === KEPT ? swept : kept).push(key[1]);
        return set(key, value, options);
      };
      return atomic;
    },
  });
  await say(kv(seeing).bus, "x".repeat(100_000));
  assert.deepEqual([kept, swept], [["head"], ["log", "part"]]);
});
