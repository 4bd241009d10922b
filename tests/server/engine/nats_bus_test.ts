import assert from "node:assert/strict";
import type { Bus } from "@argyle/argyle";
import { nats } from "@argyle/argyle/nats";
import { connect, headers, type NatsConnection } from "@nats-io/transport-node";
import { type Bucket, Ear, GAP, natsBucket, type OwnNats, startNats, withNats } from "../../helpers/nats.ts";
import { Proxy } from "../../helpers/proxy.ts";

/** A server of its own, an engine that reaches it directly, and one over a line that can go bad. */
interface Given {
  readonly server: OwnNats;
  readonly proxy: Proxy;
  readonly bucket: Bucket;
  readonly bus: Bus;
  /** Over the line. */
  readonly far: Bus;
  readonly connection: NatsConnection;
}

function test(title: string, run: (given: Given) => Promise<void>): void {
  Deno.test({
    name: `nats bus: ${title}`,
    timeout: 60_000,
    async fn() {
      await using server = await startNats();
      await using proxy = new Proxy({ hostname: "127.0.0.1", port: server.port });
      const bucket = await natsBucket({ servers: server.options.servers });
      const connection = await connect({ ...server.options, servers: `127.0.0.1:${proxy.port}` });
      try {
        const { bus: far } = await nats(connection, { headers, bucket: bucket.name });
        await run({ server, proxy, bucket, bus: bucket.bus, far, connection });
      } finally {
        await connection.close();
        await bucket.connection.close();
      }
    },
  });
}

const texts = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}${i}`);

async function say(bus: Bus, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await bus.publish({ channel: "shop", messages: [{ topic: "t", text }] });
}

async function consumers({ askBus }: Bucket): Promise<number> {
  return ((await askBus("INFO")).state as { consumer_count: number }).consumer_count;
}

/** Asks until it is so; the test's own limit is the bound. */
async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The listener is cut off while this happens, and comes back afterwards. */
async function meanwhile({ proxy }: Given, happens: () => Promise<void>): Promise<void> {
  proxy.refuse();
  proxy.cut();
  await happens();
  proxy.accept();
}

await withNats("nats bus: faults", () => {
  test("what is published while the line is cut is heard when it is back, in order", async (given) => {
    await using ear = await Ear.at(given.far);
    await say(given.bus, "before");
    const missed = texts("m", 50);
    await meanwhile(given, () => say(given.bus, ...missed));
    await say(given.bus, "after");
    assert.deepEqual(await ear.upTo("after"), ["before", ...missed, "after"]);
  });

  test("what is published while nothing was ever heard and the line is cut is heard, too", async (given) => {
    await using ear = await Ear.at(given.far);
    await meanwhile(given, () => say(given.bus, "first"));
    assert.deepEqual(await ear.upTo("first"), ["first"]);
  });

  test("a line that is frozen is noticed within five seconds, and nothing is missed", async (given) => {
    await using ear = await Ear.at(given.far);
    await say(given.bus, "before");
    await ear.upTo("before");
    given.proxy.freeze();
    const frozenAt = performance.now();
    const missed = texts("m", 20);
    await say(given.bus, ...missed);
    // Who is content says nothing.
    await given.proxy.held("up");
    assert.ok(performance.now() - frozenAt < 5000);
    given.proxy.thaw();
    assert.deepEqual(await ear.upTo("m19"), missed);
  });

  test("a server that is killed and comes back has lost nothing, for who publishes and who listens", async (given) => {
    const { bus, far, server } = given;
    await using near = await Ear.at(bus), ear = await Ear.at(far);
    const stored: string[] = [];
    let isOver = false;
    const publishing = (async () => {
      for (let i = 0; !isOver; i++) {
        await say(bus, `${i}`);
        stored.push(`${i}`);
      }
    })();
    for (let round = 0; round < 3; round++) {
      const count = stored.length + 100;
      await eventually(() => Promise.resolve(stored.length > count));
      await server.kill();
      await server.restart();
    }
    isOver = true;
    await publishing;
    await say(bus, "end");
    for (const one of [near, ear]) assert.deepEqual(await one.upTo("end"), [...stored, "end"]);
  });

  test("an answer that is lost: it is sent again, and stored once", async ({ far, bus, proxy }) => {
    await using ear = await Ear.at(bus);
    proxy.freeze("down");
    const published = say(far, "once");
    await ear.upTo("once");
    proxy.cut();
    proxy.thaw();
    await published;
    await say(far, "after");
    assert.deepEqual(await ear.upTo("after"), ["after"]);
  });

  test("what was given up does not come behind what was published later", async ({ bus, server, bucket, proxy }) => {
    await using second = new Proxy({ hostname: "127.0.0.1", port: server.port });
    const servers = [proxy, second].map(({ port }) => `127.0.0.1:${port}`);
    const connection = await connect({ ...server.options, servers, noRandomize: true });
    try {
      const { bus: twice } = await nats(connection, { headers, bucket: bucket.name });
      await using ear = await Ear.at(bus);
      proxy.freeze("up");
      const startedAt = performance.now();
      await assert.rejects(
        () => say(twice, "given up"),
        /^Error: Cannot publish to NATS: .*It may have been/,
      );
      assert.ok(performance.now() - startedAt < 5000);
      await connection.reconnect();
      await say(twice, "later");
      proxy.thaw(); // the old connection says at last what was held back
      await say(twice, "last");
      await say(bus, "end");
      assert.deepEqual(await ear.upTo("end"), ["later", "last", "end"]);
      await eventually(() => Promise.resolve(proxy.connections <= 1));
      await say(bus, "very end");
      assert.deepEqual(await ear.upTo("very end"), ["very end"]);
    } finally {
      await connection.close();
    }
  });

  test("a publisher that is cut off fails in time, and its order is kept when it is back", async (given) => {
    const { far, bus, proxy } = given;
    await using ear = await Ear.at(bus);
    proxy.refuse();
    proxy.cut();
    const startedAt = performance.now();
    const all = await Promise.allSettled(texts("m", 20).map((text) => say(far, text)));
    assert.ok(performance.now() - startedAt < 5000);
    assert.ok(all.every(({ status }) => status === "rejected"));
    proxy.accept();
    await say(far, "back");
    const heard = await ear.upTo("back");
    // They may have happened all the same: then at their place.
    assert.deepEqual(heard.toSorted(byNumber), heard);
  });

  test("who publishes while another is about to give up has time of its own", async ({ far, proxy }) => {
    proxy.refuse();
    proxy.cut();
    const failed = (text: string) => say(far, text).then(() => "published", () => "failed");
    const first = failed("first"), startedAt = performance.now();
    // The second waits behind the first, and goes together with the third, which comes much later.
    await eventually(() => Promise.resolve(performance.now() > startedAt));
    const second = failed("second");
    await eventually(() => Promise.resolve(performance.now() > startedAt + 3000));
    const third = failed("third");
    assert.deepEqual(await Promise.all([first, second]), ["failed", "failed"]);
    assert.ok(performance.now() - startedAt < 5100);
    proxy.accept();
    assert.equal(await third, "published");
  });

  test("a stream that is deleted is made anew, by who listens, with a gap", async ({ bus, far, bucket }) => {
    await using ear = await Ear.at(far);
    await say(bus, "before");
    await bucket.askBus("DELETE");
    assert.deepEqual(await ear.upTo(GAP), ["before", GAP]);
    await say(bus, "after");
    assert.deepEqual(await ear.upTo("after"), ["after"]);
  });

  test("a stream that is deleted is made anew by who publishes", async ({ bus, bucket }) => {
    await bucket.askBus("DELETE");
    await say(bus, "first");
    assert.equal(((await bucket.askBus("INFO")).state as { messages: number }).messages, 1);
  });

  test("another stream under the same name is a gap, even with more messages", async (given) => {
    const { bus, far, bucket } = given;
    await using ear = await Ear.at(far);
    await say(bus, "before");
    await ear.upTo("before");
    await meanwhile(given, async () => {
      await bucket.askBus("DELETE");
      await say(bus, ...texts("m", 50));
    });
    const heard = await ear.until((heard) => heard.includes(GAP));
    assert.equal(heard[0], GAP);
    await say(bus, "after");
    await ear.upTo("after");
  });

  test("what was purged before it was heard is a gap; what was heard is not", async (given) => {
    const { bus, far, bucket } = given;
    await using ear = await Ear.at(far);
    await say(bus, "heard");
    await ear.upTo("heard");
    await bucket.askBus("PURGE");
    await say(bus, "next");
    assert.deepEqual(await ear.upTo("next"), ["next"]);
    await meanwhile(given, async () => {
      await say(bus, "lost");
      await bucket.askBus("PURGE");
    });
    assert.deepEqual(await ear.upTo(GAP), [GAP]);
    await say(bus, "after");
    assert.deepEqual(await ear.upTo("after"), ["after"]);
  });

  test("what was trimmed before it was heard is a gap, and the rest is heard", async (given) => {
    const { bus, far, bucket } = given;
    await using ear = await Ear.at(far);
    const { config } = await bucket.askBus("INFO");
    await bucket.askBus("UPDATE", { ...config as object, max_msgs: 5 });
    await meanwhile(given, () => say(bus, ...texts("m", 20)));
    assert.deepEqual(await ear.upTo("m19"), [GAP, ...texts("m", 20).slice(15)]);
  });

  test("what was trimmed while a slow line was still at it is a gap", async ({ bus, far, bucket, proxy }) => {
    await using ear = await Ear.at(far);
    const { config } = await bucket.askBus("INFO");
    await bucket.askBus("UPDATE", { ...config as object, max_msgs: 3 });
    proxy.freeze("down");
    const large = texts("m", 60).map((text) => text.padEnd(400_000));
    await say(bus, ...large);
    proxy.thaw();
    const heard = (await ear.upTo(large.at(-1)!)).map((text) => text.trim());
    assert.ok(heard.includes(GAP), `${heard}`);
    assert.deepEqual(
      heard.filter((text) => text !== GAP).toSorted(byNumber),
      heard.filter((text) => text !== GAP),
    );
  });

  test("what was purged while a slow line was still at it is a gap, though nothing comes behind it", async (given) => {
    const { bus, far, bucket, proxy } = given;
    await using ear = await Ear.at(far);
    proxy.freeze("down");
    await say(bus, ...texts("m", 60).map((text) => text.padEnd(400_000)));
    await bucket.askBus("PURGE");
    proxy.thaw();
    const heard = (await ear.upTo(GAP)).map((text) => text.trim());
    assert.ok(heard.length < 60);
    assert.deepEqual(heard, [...texts("m", heard.length - 1), GAP]);
    await say(bus, "after");
    assert.deepEqual(await ear.upTo("after"), ["after"]);
  });

  test("one message that was removed before it was heard is a gap", async (given) => {
    const { bus, far, bucket } = given;
    await using ear = await Ear.at(far);
    await meanwhile(given, async () => {
      await say(bus, "a", "b", "c");
      const { state } = await bucket.askBus("INFO") as { state: { last_seq: number } };
      await bucket.askBus("MSG.DELETE", { seq: state.last_seq - 1 });
    });
    assert.deepEqual(await ear.upTo("c"), ["a", GAP, "c"]);
  });

  test("a stream that was set back is a gap: with fewer messages, and with others in their place", async (given) => {
    const { bus, far, server } = given;
    await using ear = await Ear.at(far);
    await say(bus, "kept");
    await server.kill();
    await server.keep();
    await server.restart();
    for (const others of [[], texts("o", 9)]) {
      await say(bus, "x0", "x1", "x2");
      await ear.upTo("x2");
      await meanwhile(given, async () => {
        await server.kill();
        await server.setBack();
        await server.restart();
        await say(bus, ...others);
      });
      await ear.upTo(GAP);
      await say(bus, "after");
      // Those from before the gap was found may be left out.
      const heard = (await ear.upTo("after")).filter((text) => text !== GAP);
      assert.deepEqual(heard, [...others, "after"].slice(-heard.length));
    }
  });

  test("who leaves leaves nothing behind, with a line and without", async ({ bus, far, bucket, proxy }) => {
    const ears = [await Ear.at(far), await Ear.at(far, "other"), await Ear.at(bus)];
    assert.equal(await consumers(bucket), 2);
    await ears[0]![Symbol.asyncDispose]();
    await ears[0]![Symbol.asyncDispose]();
    assert.equal(await consumers(bucket), 2);
    await ears[1]![Symbol.asyncDispose]();
    assert.equal(await consumers(bucket), 1);
    await using again = await Ear.at(far);
    await say(bus, "again");
    assert.deepEqual(await again.upTo("again"), ["again"]);
    proxy.refuse();
    proxy.cut();
    await Promise.all([again[Symbol.asyncDispose](), ears[2]![Symbol.asyncDispose]()]);
  });

  test("where the connection is closed there is a gap, and nothing more", async ({ far, connection }) => {
    await using ear = await Ear.at(far);
    await connection.close();
    assert.deepEqual(await ear.upTo(GAP), [GAP]);
    await assert.rejects(() => Ear.at(far), /^Error: Cannot listen to NATS: /);
    await assert.rejects(() => say(far, "x"), /^Error: Cannot publish to NATS: /);
  });
});

function byNumber(a: string, b: string): number {
  return Number(/\d+/.exec(a)?.[0] ?? Infinity) - Number(/\d+/.exec(b)?.[0] ?? Infinity);
}
