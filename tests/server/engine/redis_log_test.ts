import assert from "node:assert/strict";
import { redis, type RedisClient } from "@argyle/argyle/redis";
import { Proxy } from "../../helpers/proxy.ts";
import { findRedis, type RedisAddress, skipRedis } from "../../helpers/redis.ts";
import { clients, copyOf, failure, keysOf, until, untilBack } from "../../helpers/redis_clients.ts";
import { Ear, said } from "../../helpers/redis_ear.ts";

const MIB = 1024 * 1024;

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, timeout: 30_000, fn });
}

const server = await findRedis();
if (server === undefined) skipRedis("redis: what lies in the log of a bus");
else withRedis(server);

function withRedis({ url, hostname, port }: RedisAddress): void {
  const through = (proxy: Proxy) => url.replace(`${hostname}:${port}`, `127.0.0.1:${proxy.port}`);

  test("redis bus: what is too large is refused before anything is sent, also with a commit", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const { bus, store } = redis(opened.client, keys);
    await using ear = await Ear.at(bus);
    const full = "ü".repeat(MIB / 2), topic = "t".repeat(512);
    const refused: [RegExp, ReturnType<typeof said>][] = [
      [/Cannot publish to t: 1048577 bytes, .* 1048576/, said("shop", "t", "small", `${full}x`)],
      [
        /Cannot publish 8388609 bytes at once to shop: .* 8388608/,
        said("shop", "t", ...Array(8).fill(full), "x"),
      ],
      [/Cannot publish 5001 messages at once to shop: .* 5000/, said("shop", "t", ...Array(5001).fill(""))],
      [/a topic has 513 characters, and at most 512/, said("shop", `${topic}t`, "x")],
    ];
    const write = { key: "a", value: "1", expiresAt: Infinity };
    for (const [message, publication] of refused) {
      assert.match(await failure(bus.publish(publication)), /^RangeError: /);
      assert.match(await failure(store.commit([], [write], publication)), message);
    }
    assert.deepEqual(await store.get(["a"]), [null]);
    await bus.publish(said("shop", topic, ...Array(8).fill(full)));
    const heard = await ear.next(8);
    assert.ok(heard.every((text) => text === `${topic} ${full}`));
    await bus.publish(said("shop", "t", ...Array(5000).fill("")));
    assert.deepEqual(new Set(await ear.next(5000)), new Set(["t "]));
    // None is nothing to say.
    await bus.publish(said("shop", "t"));
    assert.ok(await store.commit([], [write], said("shop", "t")));
    await bus.publish(said("shop", "t", "after"));
    assert.deepEqual(await ear.next(1), ["t after"]);
  });

  test("redis bus: a log is bounded by number, age and bytes, and goes where nobody listens", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const { send } = opened, { bus } = redis(opened.client, keys);
    const length = async (channel: string) => Number(await send("XLEN", `${keys.prefix}${channel}:bus`));
    for (let i = 0; i < 5; i++) await bus.publish(said("many", "t", ...Array(5000).fill("x")));
    const many = await length("many");
    assert.ok(many >= 10_000 && many < 10_200, String(many));
    const ms = Number(await send("PTTL", `${keys.prefix}many:bus`));
    assert.ok(ms > 3_590_000 && ms <= 3_600_000, `${ms} ms`);

    for (let i = 0; i < 12; i++) await bus.publish(said("large", "t", ...Array(8).fill("x".repeat(MIB))));
    const large = await length("large");
    assert.ok(large >= 64 && large < 70, String(large));

    const [seconds] = await send("TIME") as string[];
    const old = Number(seconds) * 1000 - 601_000;
    for (let i = 0; i < 500; i++) await send("XADD", `${keys.prefix}old:bus`, `${old}-${i + 1}`, "p", "0-0");
    await bus.publish(said("old", "t", "new"));
    const left = await length("old");
    assert.ok(left >= 1 && left <= 101, String(left)); // Redis removes by the hundred
  });

  test("redis bus: what was trimmed while one was away is told, and the rest is heard", async () => {
    await using keys = keysOf(url);
    await using proxy = new Proxy({ hostname, port });
    await using opened = await clients["node-redis"](through(proxy));
    await using direct = await clients.ioredis(url);
    const { bus } = redis(direct.client, keys);
    await using ear = await Ear.at(redis(opened.client, keys).bus);
    proxy.refuse();
    proxy.cut();
    await until(() => proxy.connections === 0);
    for (let at = 0; at < 20_000; at += 5000) {
      await bus.publish(said("shop", "t", ...Array.from({ length: 5000 }, (_, i) => String(at + i))));
    }
    proxy.accept();
    const [first, ...rest] = await ear.until("t 19999");
    await untilBack(opened);
    assert.equal(first, "gap");
    assert.ok(rest.length >= 10_000 && rest.length < 10_200, String(rest.length));
    assert.deepEqual(rest, rest.map((_, i) => `t ${20_000 - rest.length + i}`));
  });

  test("redis bus: a stream that is gone, or is another one, is told within seconds", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const { send } = opened, { bus } = redis(opened.client, keys);
    const key = `${keys.prefix}shop:bus`;
    const goesOn = async (ear: Ear) => {
      await bus.publish(said("shop", "t", "after"));
      assert.deepEqual(await ear.until("t after"), ["t after"]);
    };
    await using ear = await Ear.at(bus);

    await send("DEL", key); // nobody says anything
    assert.deepEqual(await ear.next(1), ["gap"]);
    await goesOn(ear);

    await send("DEL", key); // somebody says something at once
    await bus.publish(said("shop", "t", "new"));
    assert.deepEqual(await ear.until("t new"), ["gap", "t new"]);

    const older = await copyOf(url, key);
    await bus.publish(said("shop", "t", "lost"));
    assert.deepEqual(await ear.next(1), ["t lost"]);
    await older(); // Redis as it was before
    assert.deepEqual(await ear.next(1), ["gap"]);
    await goesOn(ear);

    const copy = await copyOf(url, key);
    await bus.publish(said("shop", "t", "lost"));
    assert.deepEqual(await ear.next(1), ["t lost"]);
    await copy();
    await bus.publish(said("shop", "t", "new"));
    assert.deepEqual(await ear.until("t new"), ["gap", "t new"]);

    await send("XTRIM", key, "MAXLEN", "0"); // nothing is lost that was not read
    await goesOn(ear);
  });

  test("redis bus: a stream whose time goes back is not waited for", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const { send } = opened, { bus } = redis(opened.client, keys);
    const key = `${keys.prefix}shop:bus`;
    await using ear = await Ear.at(bus);
    const info = await send("XINFO", "STREAM", key) as Record<string, string>;
    await send("XADD", key, "9999999999999-1", "p", info["last-generated-id"]!, "t", "t", "x", "in 2286");
    assert.deepEqual(await ear.next(1), ["t in 2286"]);
    await send("DEL", key);
    await bus.publish(said("shop", "t", "now"));
    assert.deepEqual(await ear.next(1), ["gap"]);
    await bus.publish(said("shop", "t", "after"));
    assert.deepEqual(await ear.next(1), ["t after"]);
  });

  test("redis bus: a stream that somebody has brought to its end begins anew", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const { bus, store } = redis(opened.client, keys);
    await using ear = await Ear.at(bus);
    const last = "18446744073709551615-18446744073709551615";
    for (const commit of [false, true]) {
      await opened.send("XADD", `${keys.prefix}shop:bus`, last, "p", "0-0");
      assert.deepEqual(await ear.next(1), ["gap"]);
      if (!commit) await bus.publish(said("shop", "t", "lost"));
      else {assert.ok(
          await store.commit([], [{ key: "a", value: "1", expiresAt: 0 }], said("shop", "t", "lost")),
        );}
      assert.deepEqual(await ear.next(1), ["gap"]);
      await bus.publish(said("shop", "t", "after"));
      assert.deepEqual(await ear.next(1), ["t after"]);
      // Who begins to listen is no worse off.
      await opened.send("XADD", `${keys.prefix}other:bus`, last, "p", "0-0");
      await using other = await Ear.at(bus, "other");
      await bus.publish(said("other", "t", "x"));
      assert.deepEqual(await other.next(1), ["t x"]);
    }
  });

  test("redis bus: what somebody else has written there is dropped, and told as a gap", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const { send } = opened, { bus } = redis(opened.client, keys);
    const key = `${keys.prefix}shop:bus`;
    await using ear = await Ear.at(bus);
    const place = async () => {
      const { "last-generated-id": id } = await send("XINFO", "STREAM", key) as Record<string, string>;
      return id!;
    };
    const foreign: ((before: string) => string[])[] = [
      () => ["hello", "world"],
      () => ["p", "", "t", "t", "x", "forged"],
      () => ["p", "*", "t", "t", "x", "forged"],
      () => ["p", "0-0\r\n", "t", "t", "x", "forged"],
      () => ["t", "t", "x", "forged"],
      (p) => ["p", p, "x", "forged", "t", "t"],
      (p) => ["p", p, "t", "t", "x", "forged", "y", "more"],
      (p) => ["p", p, "t", "t".repeat(513), "x", "forged"],
      (p) => ["p", p, "t", "t", "x", "x".repeat(MIB + 1)],
      (p) => ["p", p, "__proto__", "x"],
      () => Array.from({ length: 2000 }, (_, i) => String(i)),
    ];
    for (const fields of foreign) {
      await send("XADD", key, "*", ...fields(await place()));
      await bus.publish(said("shop", "t", "ours"));
      assert.deepEqual(await ear.until("t ours"), ["gap", "t ours"]);
    }
    // Bytes that are no text come as what the client makes of them: whether it is ours is not for the bus to say.
    await send("XADD", key, "*", "p", await place());
    await bus.publish(said("shop", "t", "ours"));
    assert.deepEqual(await ear.next(1), ["t ours"]);

    await send("DEL", key);
    await send("SET", key, "hello");
    assert.match(
      await failure(bus.publish(said("shop", "t", "x"))),
      /^Error: Cannot publish to Redis: .*WRONGTYPE/,
    );
    assert.match(await failure(Ear.at(bus)), /^Error: Cannot listen to Redis: .*WRONGTYPE/);
    await send("DEL", key);
    assert.equal((await ear.next(1))[0], "gap");
    await bus.publish(said("shop", "t", "ours"));
    assert.deepEqual(await ear.until("t ours"), ["t ours"]);
  });

  test("redis bus: a commit that cannot be published does not happen", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const { bus, store } = redis(opened.client, keys);
    const kept = await store.commit([], [{ key: "a", value: "1", expiresAt: Infinity }]);
    await opened.send("SET", `${keys.prefix}shop:bus`, "hello");
    const writes = [{ key: "a", value: null, expiresAt: 0 }, { key: "b", value: "1", expiresAt: Infinity }];
    assert.match(
      await failure(store.commit([], writes, said("shop", "t", "x"))),
      /Cannot commit to Redis: .*WRONGTYPE/,
    );
    assert.deepEqual(await store.get(["a", "b"]), [{ value: "1", version: kept }, null]);
    await opened.send("DEL", `${keys.prefix}shop:bus`);
    await using ear = await Ear.at(bus);
    assert.ok(await store.commit([{ key: "a", version: kept }], writes, said("shop", "t", "x")));
    assert.deepEqual(await ear.next(1), ["t x"]);
    assert.deepEqual((await store.get(["a", "b"])).map((entry) => entry?.value), [undefined, "1"]);
  });

  test("redis bus: an entry that no client can take is passed over, and told", async () => {
    await using keys = keysOf(url);
    await using opened = await clients.ioredis(url);
    await using direct = await clients["node-redis"](url);
    const { client } = opened;
    assert.ok("call" in client);
    // As where it is larger than what the client can hold: the answer is none, and the connection is of no use.
    const weak: RedisClient = {
      call: (command, args) => client.call(command, args),
      duplicate() {
        const connection = client.duplicate();
        assert.ok("call" in connection);
        const call = connection.call.bind(connection);
        return Object.assign(connection, {
          async call(command: string, args: string[]) {
            const answer = await call(command, args);
            if (JSON.stringify(answer).includes("poison")) throw new Error("Cannot create a string so long");
            return answer;
          },
        });
      },
    };
    const { bus } = redis(direct.client, keys);
    await using ear = await Ear.at(redis(weak, keys).bus);
    await bus.publish(said("shop", "t", "fine"));
    assert.deepEqual(await ear.next(1), ["t fine"]);
    await bus.publish(said("shop", "t", "poison"));
    assert.deepEqual(await ear.next(1), ["gap"]);
    await bus.publish(said("shop", "t", "after"));
    assert.deepEqual(await ear.next(1), ["t after"]);
  });
}
