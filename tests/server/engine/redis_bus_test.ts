import assert from "node:assert/strict";
import { redis, type RedisClient } from "@argyle/argyle/redis";
import { FakeClock } from "@argyle/argyle/testing";
import fc from "fast-check";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { Proxy } from "../../helpers/proxy.ts";
import { findRedis, type RedisAddress, skipRedis } from "../../helpers/redis.ts";
import { clients, failure, keysOf, until, untilBack } from "../../helpers/redis_clients.ts";
import { Ear, said } from "../../helpers/redis_ear.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, timeout: 30_000, fn });
}

const server = await findRedis();
if (server === undefined) skipRedis("redis: what a bus on it does");
else withRedis(server);

function withRedis({ url, hostname, port }: RedisAddress): void {
  const through = (proxy: Proxy) => url.replace(`${hostname}:${port}`, `127.0.0.1:${proxy.port}`);

  for (const [name, open] of Object.entries(clients)) {
    test(`redis bus by ${name}: what was said while the line was cut is heard in its order`, async () => {
      await using keys = keysOf(url);
      await using proxy = new Proxy({ hostname, port });
      await using opened = await open(through(proxy));
      await using direct = await open(url);
      const { bus } = redis(direct.client, keys);
      await using ear = await Ear.at(redis(opened.client, keys).bus);
      await bus.publish(said("shop", "t", "before"));
      assert.deepEqual(await ear.next(1), ["t before"]);
      for (let round = 0; round < 3; round++) {
        proxy.refuse();
        proxy.cut();
        await until(() => proxy.connections === 0);
        for (let i = 0; i < 300; i++) await bus.publish(said("shop", "t", `${round} ${i}`));
        proxy.accept();
        assert.deepEqual(await ear.next(300), Array.from({ length: 300 }, (_, i) => `t ${round} ${i}`));
        await untilBack(opened); // the other connection of this client comes back too
      }
    });

    test(`redis bus by ${name}: a line on which nothing moves is given up, and another one goes on`, async () => {
      await using keys = keysOf(url);
      await using proxy = new Proxy({ hostname, port });
      await using opened = await open(through(proxy));
      await using direct = await open(url);
      const clock = new FakeClock();
      const { bus } = redis(direct.client, keys);
      await using ear = await Ear.at(redis(opened.client, { ...keys, clock }).bus);
      for (const direction of ["down", "up"] as const) {
        proxy.freeze(direction);
        await bus.publish(said("shop", "t", direction));
        await proxy.held(direction);
        clock.turn(5000);
        // What is held back keeps the proxy from hearing that the client has closed the line.
        proxy.thaw();
        await until(() => proxy.connections === 1);
        // It waits before it connects again; the clock is not to run away from a connection that is being made.
        await until(() => (proxy.connections === 1 && clock.turn(20), ear.heard.length > 0));
        assert.deepEqual(await ear.next(1), [`t ${direction}`]);
        await untilBack(opened);
      }
    });

    test(`redis bus by ${name}: another channel is heard at once, over the same connection`, async () => {
      await using keys = keysOf(url);
      await using proxy = new Proxy({ hostname, port });
      await using opened = await open(through(proxy));
      await using direct = await open(url);
      const { bus } = redis(direct.client, keys), { bus: listening, store } = redis(opened.client, keys);
      await until(() => proxy.connections === 1);
      {
        await using ears = new AsyncDisposableStack();
        for (let i = 0; i < 20; i++) {
          const channel = `shop${i % 10}`;
          const ear = ears.use(await Ear.at(listening, channel));
          assert.equal(proxy.connections, 2);
          const start = performance.now();
          await bus.publish(said(channel, "t", String(i)));
          await store.commit([], [{ key: "a", value: String(i), expiresAt: Infinity }]);
          assert.deepEqual(await ear.next(1), [`t ${i}`]);
          const ms = performance.now() - start;
          assert.ok(ms < 1000, `${ms} ms`); // a reading is held back for longer
        }
      }
      await until(() => proxy.connections === 1);
      // And once more, from nothing.
      await using ear = await Ear.at(listening);
      await bus.publish(said("shop", "t", "again"));
      assert.deepEqual(await ear.next(1), ["t again"]);
    });

    test(`redis bus by ${name}: who cannot reach Redis is told, and nothing stays open`, async () => {
      await using keys = keysOf(url);
      await using proxy = new Proxy({ hostname, port });
      await using opened = await open(through(proxy));
      const { client } = opened;
      const gone = await (async () => {
        await using own = new Proxy({ hostname, port });
        return own.port;
      })();
      const nowhere = `redis://127.0.0.1:${gone}`;
      // It is published over a line that works; the one for listening leads nowhere.
      const duplicate =
        () => ("call" in client ? new Redis(gone, "127.0.0.1") : createClient({ url: nowhere }));
      const half = "call" in client
        ? { call: (command: string, args: string[]) => client.call(command, args), duplicate }
        : { sendCommand: (args: string[]) => client.sendCommand(args), duplicate };
      assert.match(
        await failure(Ear.at(redis(half as RedisClient, keys).bus)),
        /^Error: Cannot listen to Redis: /,
      );
      proxy.refuse();
      proxy.cut();
      const clock = new FakeClock();
      const { bus } = redis(client, { ...keys, clock });
      const refused = [failure(Ear.at(bus)), failure(bus.publish(said("shop", "t", "x")))];
      await until(() => clock.waiting >= 2 || proxy.connections > 0);
      clock.turn(5000);
      assert.match((await refused[0])!, /^Error: Cannot listen to Redis: /);
      assert.match((await refused[1])!, /^Error: Cannot publish to Redis: /);
      assert.equal(clock.waiting, 0);
    });

    test(`redis bus by ${name}: a commit that is sent twice is published once`, async () => {
      await using keys = keysOf(url);
      await using proxy = new Proxy({ hostname, port });
      await using opened = await open(through(proxy));
      await using direct = await open(url);
      const { store } = redis(opened.client, keys), { store: other, bus } = redis(direct.client, keys);
      await using ear = await Ear.at(bus);
      await store.commit([], [{ key: "warm", value: "up", expiresAt: Infinity }], said("shop", "t", "first"));
      assert.deepEqual(await ear.next(1), ["t first"]);
      for (const checks of [[{ key: "a", version: null }], []]) {
        const texts = [`${checks.length} one`, `${checks.length} two`];
        const key = checks.length > 0 ? "a" : "b";
        await untilBack(opened); // connected again
        proxy.freeze("down");
        const committed = store.commit(
          checks,
          [{ key: "gone", value: null, expiresAt: 0 }, { key, value: "1", expiresAt: Infinity }],
          said("shop", "t", ...texts),
        ).catch((error) => error);
        await proxy.held("down");
        proxy.cut();
        proxy.thaw();
        const version = await committed;
        const [entry] = await other.get([key]);
        assert.equal(entry?.value, "1");
        // ioredis sends it again by itself, node-redis leaves that to whoever wants to.
        if (name === "ioredis") assert.equal(version, entry.version);
        else assert.match(version.message, /^Cannot commit to Redis: /);
        await bus.publish(said("shop", "t", "after"));
        assert.deepEqual(await ear.next(3), [...texts.map((text) => `t ${text}`), "t after"]);
      }
    });

    test(`redis bus by ${name}: channels, topics and texts are data, whatever they look like`, async () => {
      await using keys = keysOf(url);
      await using opened = await open(url);
      const { bus, store } = redis(opened.client, keys);
      const hostile = [
        "*",
        "$",
        "+",
        "STREAMS",
        "{tag}",
        "%7Btag%7D",
        "a\r\nDEL b\r\n",
        "]] .. redis.call('FLUSHALL') --",
        "KEYS[1]",
        "%s%n%c",
        "\0",
        "__proto__",
        "0-0",
        "-1",
        "p",
      ];
      await using ears = new AsyncDisposableStack();
      const all: Ear[] = [];
      for (const channel of hostile) all.push(ears.use(await Ear.at(bus, channel)));
      for (const text of hostile) {
        const written = { key: text, value: text, expiresAt: Infinity };
        await bus.publish(said(text, text, text, ...hostile));
        assert.ok(await store.commit([], [written], said(text, text, text)));
      }
      for (const [at, text] of hostile.entries()) {
        const heard = await all[at]!.next(hostile.length + 2);
        assert.deepEqual(heard, [text, ...hostile, text].map((each) => `${text} ${each}`));
        assert.equal((await store.get([text]))[0]?.value, text);
      }
      await using ear = await Ear.at(bus);
      await fc.assert(
        fc.asyncProperty(
          fc.string({ unit: "binary" }),
          fc.string({ unit: "binary", size: "large" }),
          async (topic, text) => {
            await bus.publish(said("shop", topic, text));
            assert.deepEqual(await ear.next(1), [`${topic} ${text}`]);
          },
        ),
        { numRuns: 100 },
      );
    });
  }

  test("redis bus: who joins while much is still being read hears nothing of it, and all that comes after", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    await using direct = await clients.ioredis(url);
    const { bus } = redis(opened.client, keys), { bus: other } = redis(direct.client, keys);
    await using first = await Ear.at(bus);
    const before = Array.from({ length: 5000 }, (_, i) => `before ${i}`);
    await other.publish(said("shop", "t", ...before));
    await using joined = await Ear.at(bus);
    assert.ok(first.heard.length < 5000, "it is read already");
    await other.publish(said("shop", "t", "after"));
    assert.deepEqual(await joined.next(1), ["t after"]);
    assert.deepEqual(await first.next(5001), [...before, "after"].map((text) => `t ${text}`));
    assert.equal(joined.heard.length, 0);
  });

  test("redis bus: who joins hears from the place on that Redis gave, also what is read before that arrives", async () => {
    await using keys = keysOf(url);
    await using proxy = new Proxy({ hostname, port });
    await using slow = await clients.ioredis(through(proxy));
    await using direct = await clients.ioredis(url);
    const { client } = slow, { client: reader } = direct;
    assert.ok("call" in client && "call" in reader);
    const { bus } = redis({
      call: (command, args) => client.call(command, args),
      duplicate: (...settings: never[]) => reader.duplicate(...settings),
    }, keys);
    await using first = await Ear.at(bus);
    for (const isGone of [false, true]) {
      proxy.freeze("down");
      const joining = Ear.at(bus);
      await proxy.held("down");
      if (isGone) await direct.send("DEL", `${keys.prefix}shop:bus`);
      await redis(reader, keys).bus.publish(said("shop", "t", "meanwhile"));
      const heard = [...isGone ? ["gap"] : [], "t meanwhile"];
      assert.deepEqual(await first.until("t meanwhile"), heard);
      proxy.thaw();
      await using joined = await joining;
      assert.deepEqual(await joined.until("t meanwhile"), heard);
    }
  });

  test("redis bus: one that throws is heard of by the process, and others go on", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const { bus } = redis(opened.client, keys);
    const errors: string[] = [];
    const note = (event: ErrorEvent) => {
      event.preventDefault();
      errors.push(event.error.message);
    };
    addEventListener("error", note);
    try {
      const fail = () => {
        throw new Error("not so");
      };
      await using _broken = await bus.listen("shop", { hear: fail, gap: fail });
      await using ear = await Ear.at(bus);
      await bus.publish(said("shop", "t", "1", "2"));
      assert.deepEqual(await ear.next(2), ["t 1", "t 2"]);
      assert.deepEqual(errors, ["not so", "not so"]);
    } finally {
      removeEventListener("error", note);
    }
  });

  test("redis bus: an app hears what its own prefix puts before a key", async () => {
    await using keys = keysOf(url);
    const client = new Redis(url, { keyPrefix: keys.prefix, lazyConnect: true });
    await client.connect();
    try {
      const { bus } = redis(client);
      await using ear = await Ear.at(bus), other = await Ear.at(bus, "other");
      await bus.publish(said("shop", "t", "x"));
      await bus.publish(said("other", "t", "y"));
      assert.deepEqual([await ear.next(1), await other.next(1)], [["t x"], ["t y"]]);
    } finally {
      client.disconnect();
    }
  });

  test("redis bus: what the client is told to wait for an answer is not for readings", async () => {
    await using keys = keysOf(url);
    await using direct = await clients["node-redis"](url);
    const connectionName = crypto.randomUUID();
    const client = new Redis(url, { commandTimeout: 1000, connectionName, lazyConnect: true });
    await client.connect();
    const connections = async () =>
      String(await direct.send("CLIENT", "LIST")).split("\n")
        .filter((line) => line.includes(connectionName)).map((line) => line.split(" ")[0]);
    try {
      await using ear = await Ear.at(redis(client, keys).bus);
      const before = await connections();
      assert.equal(before.length, 2);
      await direct.send("DEL", `${keys.prefix}shop:bus`);
      assert.deepEqual(await ear.next(1), ["gap"]); // when there was nothing to read for longer than that
      assert.deepEqual(await connections(), before);
    } finally {
      client.disconnect();
    }
  });

  test("redis bus: a client that cannot be duplicated is refused", () => {
    const client = { sendCommand: () => Promise.resolve(null) } as unknown as RedisClient;
    assert.throws(() => redis(client), /^TypeError: Cannot use .* Give what createClient\(\) of npm:redis/);
    return Promise.resolve();
  });
}
