/** The bus between threads: what is heard in others, what is missed, and what strangers post. */
import assert from "node:assert/strict";
import { broadcastBus, type BusListener } from "@argyle/argyle/broadcast";
import { answers } from "../../helpers/answers.ts";

/** A thread that listens. */
class Thread implements Disposable {
  readonly #worker = new Worker(new URL("./fixtures/broadcast_thread.ts", import.meta.url), {
    type: "module",
  });
  readonly next = answers(this.#worker);

  static async start(): Promise<Thread> {
    const thread = new Thread();
    assert.equal(await thread.next(), "listening");
    return thread;
  }

  order(order: unknown): void {
    this.#worker.postMessage(order);
  }

  /** What it has heard, once the last of it is there. */
  async heard(last: string): Promise<string[]> {
    const all: string[] = [];
    while (all.at(-1) !== last) {
      this.order("tell");
      all.push(...await this.next() as string[]);
    }
    return all;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

/** A listener that writes down what it hears. */
function diary(): BusListener & { readonly entries: string[]; until(last: string): Promise<void> } {
  const entries: string[] = [];
  let wake = () => {};
  const write = (text: string) => {
    entries.push(text);
    wake();
  };
  return {
    entries,
    hear: ({ text }) => write(text),
    gap: () => write("gap"),
    async until(last) {
      while (entries.at(-1) !== last) await new Promise<void>((resolve) => wake = resolve);
    },
  };
}

function publication(text: string) {
  return { channel: "shop", messages: [{ topic: "t", text }] };
}

Deno.test({
  name: "broadcast: what one thread publishes all others hear, in its order, and it itself",
  timeout: 30_000,
  async fn() {
    using one = await Thread.start();
    using two = await Thread.start();
    const bus = broadcastBus(), own = diary();
    await using _listening = await bus.listen("shop", own);
    const texts = Array.from({ length: 300 }, (_, i) => `here ${i}`);
    await Promise.all(texts.map((text) => bus.publish(publication(text))));
    for (const thread of [one, two]) assert.deepEqual(await thread.heard("here 299"), texts);
    await own.until("here 299");
    assert.deepEqual(own.entries.splice(0), texts);
    one.order({ say: ["there 1", "there 2"] });
    assert.equal(await one.next(), "said");
    for (const thread of [one, two]) assert.deepEqual(await thread.heard("there 2"), ["there 1", "there 2"]);
    await own.until("there 2");
    assert.deepEqual(own.entries, ["there 1", "there 2"]);
  },
});

Deno.test({
  name: "broadcast: who publishes without listening is heard, and holds nothing open",
  timeout: 30_000,
  async fn() {
    using thread = await Thread.start();
    const bus = broadcastBus();
    for (const text of ["1", "2", "3"]) await bus.publish(publication(text));
    assert.deepEqual(await thread.heard("3"), ["1", "2", "3"]);
  },
});

Deno.test({
  name: "broadcast: a thread that was busy for long learns that it has missed something",
  timeout: 30_000,
  async fn() {
    using thread = await Thread.start();
    const bus = broadcastBus(), own = diary();
    await using _listening = await bus.listen("shop", own);
    const flood = async (name: string) => {
      const alarm = new Int32Array(new SharedArrayBuffer(4));
      thread.order({ busy: alarm });
      assert.equal(await thread.next(), "busy");
      for (let i = 0; i < 3000; i++) await bus.publish(publication(`${name} ${i}`));
      await own.until(`${name} 2999`);
      Atomics.store(alarm, 0, 1);
      Atomics.notify(alarm, 0);
      assert.equal(await thread.next(), "free");
      await bus.publish(publication(`${name} 3000`));
      const heard = await thread.heard(`${name} 3000`);
      assert.ok(heard.length < 3000, `${heard.length} were heard: nothing was dropped`);
      // There is a gap before each that comes after some that were dropped, and nowhere else.
      let last = -1;
      for (const [at, text] of heard.entries()) {
        if (text === "gap") continue;
        const number = Number(text.split(" ")[1]);
        assert.equal(heard[at - 1] === "gap", number !== last + 1, `${number} after ${last}`);
        last = number;
      }
    };
    // Of a publisher that it has not heard of, and of one that it knows.
    await flood("stranger");
    await flood("known");
  },
});

Deno.test({
  name: "broadcast: a thread that begins to listen does not take what was published before for missed",
  timeout: 30_000,
  async fn() {
    const bus = broadcastBus();
    await bus.publish(publication("before"));
    using thread = await Thread.start();
    await bus.publish(publication("after"));
    assert.deepEqual(await thread.heard("after"), ["after"]);
  },
});

Deno.test("broadcast: who joins a line that others listen to hears nothing of before", async () => {
  const bus = broadcastBus(), early = diary(), late = diary();
  await using _early = await bus.listen("shop", early);
  await bus.publish(publication("before"));
  await using _late = await bus.listen("shop", late);
  await bus.publish(publication("after"));
  await Promise.all([early.until("after"), late.until("after")]);
  assert.deepEqual([early.entries, late.entries], [["before", "after"], ["after"]]);
});

Deno.test("broadcast: what a stranger posts is heard only where it has the form of a post", async () => {
  const bus = broadcastBus(), own = diary();
  await using _listening = await bus.listen("shop", own);
  const stranger = new BroadcastChannel("argyle:shop");
  try {
    const post = {
      by: "x",
      number: 1,
      before: 0,
      thread: "y",
      tick: 1,
      messages: [{ topic: "t", text: "formed" }],
    };
    const strange = [
      null,
      1,
      "text",
      [],
      {},
      { ...post, by: 1 },
      { ...post, number: 1.5 },
      { ...post, before: "0" },
      { ...post, thread: undefined },
      { ...post, tick: NaN },
      { ...post, messages: "formed" },
      { ...post, messages: [{ topic: "t", text: "half" }, null] },
      { ...post, messages: [{ topic: "t", text: "half" }, { topic: "t" }] },
    ];
    for (const data of [...strange, post]) stranger.postMessage(data);
    await own.until("formed");
    assert.deepEqual(own.entries, ["formed"]);
  } finally {
    stranger.close();
  }
});

Deno.test("broadcast: 4 Mi characters are told, one more is refused by name, with all of its publication", async () => {
  const bus = broadcastBus(), own = diary(), most = 4 * 1024 * 1024;
  await using _listening = await bus.listen("shop", own);
  const publish = (length: number) =>
    bus.publish({
      channel: "shop",
      messages: [{ topic: "t", text: "small" }, { topic: "t", text: "x".repeat(length) }],
    });
  await assert.rejects(() => publish(most - 6), {
    name: "RangeError",
    message:
      "Cannot publish 4194305 characters: the threads of a process tell each other at most 4194304 at once. " +
      "Publish less.",
  });
  await publish(most - 7);
  await own.until("x".repeat(most - 7));
  assert.equal(own.entries.length, 2);
});

Deno.test("broadcast: leaving twice, and listening again, is without harm", async () => {
  const bus = broadcastBus(), own = diary();
  for (let i = 0; i < 3; i++) {
    const one = await bus.listen("shop", own), two = await bus.listen("shop", diary());
    await one[Symbol.asyncDispose]();
    await one[Symbol.asyncDispose]();
    await bus.publish(publication("nobody"));
    await two[Symbol.asyncDispose]();
    await two[Symbol.asyncDispose]();
  }
  await using _listening = await bus.listen("shop", own);
  await bus.publish(publication("again"));
  await own.until("again");
  assert.deepEqual(own.entries, ["again"]);
});
