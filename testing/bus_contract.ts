/**
 * What any bus must do, as tests.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Bus, Message } from "../server/engine/bus.ts";
import type { Store } from "../server/engine/store.ts";

/**
 * A bus to be tested, and how to let go of it.
 *
 * @example
 * ```ts
 * import { memory } from "@argyle/argyle/memory";
 * import type { BusUnderTest } from "@argyle/argyle/testing";
 * const makeMemory = (): BusUnderTest => {
 *   const engine = memory();
 *   return { ...engine, other: engine.bus, close() {} };
 * };
 * await makeMemory().close();
 * ```
 */
export interface BusUnderTest {
  /** The bus; nobody listens yet. */
  readonly bus: Bus;
  /** The same as another isolate has it: over a connection of its own, where there are connections. */
  readonly other: Bus;
  /** The store of the same engine, where there is one. */
  readonly store?: Store;
  /** Lets go of them; called once, after its test. */
  close(): void | Promise<void>;
}

/**
 * Registers the tests that a bus must pass, with `Deno.test`.
 *
 * @param name of the bus, the first word of each title
 * @param make gives a bus to which nobody listens
 *
 * @example
 * ```ts ignore tests do not nest, and an example runs in one
 * import { memory } from "@argyle/argyle/memory";
 * import { busContract } from "@argyle/argyle/testing";
 * busContract("memory", () => {
 *   const engine = memory();
 *   return { ...engine, other: engine.bus, close() {} };
 * });
 * ```
 */
export function busContract(name: string, make: () => BusUnderTest | Promise<BusUnderTest>): void {
  const test = (title: string, run: (given: BusUnderTest) => Promise<void>) =>
    Deno.test({
      name: `${name}: ${title}`,
      timeout: 30_000,
      async fn() {
        const given = await make();
        try {
          await run(given);
        } finally {
          await given.close();
        }
      },
    });

  test("everybody hears what is published, the publisher too", async ({ bus, other }) => {
    await using here = await Ear.at(bus), there = await Ear.at(other);
    await say(bus, "items", "one", "two");
    for (const ear of [here, there]) assert.deepEqual(await ear.next(2), ["items one", "items two"]);
    await say(other, "items", "three");
    for (const ear of [here, there]) assert.deepEqual(await ear.next(1), ["items three"]);
  });

  test("several listen over one bus, each hears it once", async ({ bus }) => {
    await using one = await Ear.at(bus), two = await Ear.at(bus);
    await say(bus, "items", "a", "b");
    for (const ear of [one, two]) {
      assert.deepEqual(await ear.next(2), ["items a", "items b"]);
    }
  });

  test("what was published before is not heard, what is published from then on is", async ({ bus, other }) => {
    await say(bus, "items", "before");
    await using ear = await Ear.at(other);
    await say(bus, "items", "after");
    assert.deepEqual(await ear.next(1), ["items after"]);
  });

  test("another channel is not heard, whatever its name begins with", async ({ bus, other }) => {
    await using ear = await Ear.at(other, "shop");
    for (const channel of ["shop/live", "sho", "shop:", "*", "shop.a"]) {
      await bus.publish({ channel, messages: [{ topic: "items", text: channel }] });
    }
    await say(bus, "items", "mine");
    assert.deepEqual(await ear.next(1), ["items mine"]);
  });

  test("who has left hears nothing any more, the others do", async ({ bus, other }) => {
    await using stays = await Ear.at(other);
    const leaves = await Ear.at(other);
    await say(bus, "items", "both");
    assert.deepEqual(await leaves.next(1), await stays.next(1));
    await leaves[Symbol.asyncDispose]();
    await say(bus, "items", "one");
    assert.deepEqual(await stays.next(1), ["items one"]);
    assert.equal(leaves.size, 0);
  });

  test("of one publisher and topic it is heard in its order, however much is under way", async ({ bus, other }) => {
    await using ear = await Ear.at(other);
    const topics = ["a", "b", "room/%2F", "c"], count = 250;
    await Promise.all(
      [bus, other].map((bus, at) =>
        Promise.all(Array.from({ length: count }, (_, i) => say(bus, topics[i % 4]!, `${at} ${i}`)))
      ),
    );
    const heard = await ear.next(2 * count);
    for (const topic of topics) {
      for (const at of [0, 1]) {
        const own = heard.filter((text) => text.startsWith(`${topic} ${at} `));
        const numbers = own.map((text) => Number(text.split(" ")[2]));
        assert.equal(numbers.length, topic === "a" || topic === "b" ? 63 : 62);
        assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b), `${topic} by ${at}`);
      }
    }
  });

  test("a text comes back as it was: empty, any script, NUL, separators", async ({ bus, other }) => {
    await using ear = await Ear.at(other);
    for (const text of ["", "€ 𝄞 ü", "a\0b", "a\r\nb", "\u2028\u2029", '{"a":"\\n"}', '["","x"]']) {
      await say(bus, "t", text);
      assert.deepEqual(await ear.next(1), [`t ${text}`]);
    }
  });

  test("a topic may have 512 characters", async ({ bus, other }) => {
    await using ear = await Ear.at(other);
    const topic = `room/${"%20".repeat(169)}`.slice(0, 512);
    await say(bus, topic, "x");
    assert.deepEqual(await ear.next(1), [`${topic} x`]);
  });

  test("300,000 characters arrive whole, and what is small behind them", async ({ bus, other }) => {
    await using ear = await Ear.at(other);
    const large = "ü€".repeat(50_000) + "x".repeat(200_000);
    await bus.publish({
      channel: "shop",
      messages: [{ topic: "t", text: "1" }, { topic: "t", text: large }, { topic: "t", text: "3" }],
    });
    const [first, second, third] = await ear.next(3);
    assert.equal(first, "t 1");
    assert.ok(second === `t ${large}`);
    assert.equal(third, "t 3");
  });

  test("what is too large is refused and not cut, and nothing of its publication is heard", async ({ bus, other }) => {
    await using ear = await Ear.at(other);
    const huge = "x".repeat(64 * 1024 * 1024);
    const messages = [{ topic: "t", text: "small" }, { topic: "t", text: huge }];
    let isRefused = false;
    try {
      await bus.publish({ channel: "shop", messages });
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
      isRefused = true;
    }
    await say(bus, "t", "after");
    const heard = await ear.next(isRefused ? 1 : 3);
    assert.ok(heard.at(-1) === "t after");
    if (!isRefused) assert.ok(heard[1] === `t ${huge}`);
  });

  test("a thousand messages at once are heard in their order", async ({ bus, other }) => {
    await using ear = await Ear.at(other);
    const messages = Array.from({ length: 1000 }, (_, i) => ({ topic: "t", text: String(i) }));
    await bus.publish({ channel: "shop", messages });
    assert.deepEqual(await ear.next(1000), messages.map(({ text }) => `t ${text}`));
  });

  test("where commits can publish: with what is committed, and not with what is refused", async (given) => {
    const { bus, other, store } = given;
    if (store?.transactional === undefined) return;
    assert.equal(store.transactional, bus);
    await using ear = await Ear.at(other), own = await Ear.at(bus);
    const write = { key: "{a}", value: "1", expiresAt: Date.now() + 60_000 };
    const publication = (...texts: string[]) => ({
      channel: "shop",
      messages: texts.map((text) => ({ topic: "t", text })),
    });
    await say(bus, "t", "before");
    assert.ok(await store.commit([{ key: "{a}", version: null }], [write], publication("one", "two")));
    assert.equal(await store.commit([{ key: "{a}", version: null }], [write], publication("refused")), null);
    await say(bus, "t", "after");
    for (const ear_ of [ear, own]) {
      assert.deepEqual(await ear_.next(4), ["t before", "t one", "t two", "t after"]);
    }
  });

  test("where commits can publish: what is too large is refused with its commit", async ({ other, store }) => {
    if (store?.transactional === undefined) return;
    await using ear = await Ear.at(other);
    const write = { key: "{b}", value: "1", expiresAt: Date.now() + 60_000 };
    const messages = [{ topic: "t", text: "x".repeat(64 * 1024 * 1024) }];
    let isRefused = false;
    try {
      await store.commit([], [write], { channel: "shop", messages });
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
      isRefused = true;
    }
    assert.equal((await store.get(["{b}"]))[0] === null, isRefused);
    await say(other, "t", "after");
    assert.ok((await ear.next(isRefused ? 1 : 2)).at(-1) === "t after");
  });

  test("where commits can publish: many at once are heard, each once", async ({ other, store }) => {
    if (store?.transactional === undefined) return;
    await using ear = await Ear.at(other);
    const expiresAt = Date.now() + 60_000;
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        store.commit([], [{ key: `{k${i}}`, value: "1", expiresAt }], {
          channel: "shop",
          messages: [{ topic: `t${i}`, text: "x" }],
        })),
    );
    const heard = await ear.next(100);
    assert.equal(new Set(heard).size, 100);
  });
}

function say(bus: Bus, topic: string, ...texts: string[]): Promise<void> {
  return bus.publish({ channel: "shop", messages: texts.map((text) => ({ topic, text })) });
}

/** Hears, and waits for what is still to be heard. */
class Ear implements AsyncDisposable {
  readonly #heard: string[] = [];
  #listening: AsyncDisposable | undefined;
  #wake: (() => void) | undefined;
  #gaps = 0;

  static async at(bus: Bus, channel = "shop"): Promise<Ear> {
    const ear = new Ear();
    ear.#listening = await bus.listen(channel, {
      hear: (message) => ear.#hear(message),
      gap: () => ear.#gaps++,
    });
    return ear;
  }

  /** How much was heard that nobody has asked for. */
  get size(): number {
    return this.#heard.length;
  }

  /** What is heard next: each as its topic and its text. */
  async next(count: number): Promise<string[]> {
    while (this.#heard.length < count) await new Promise<void>((resolve) => this.#wake = resolve);
    assert.equal(this.#gaps, 0, "there was a gap");
    return this.#heard.splice(0, count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening?.[Symbol.asyncDispose]();
  }

  #hear({ topic, text }: Message): void {
    this.#heard.push(`${topic} ${text}`);
    this.#wake?.();
  }
}
