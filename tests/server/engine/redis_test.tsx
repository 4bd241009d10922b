import assert from "node:assert/strict";
import { App, Reflex, type Store } from "@argyle/argyle";
import { redis, type RedisClient } from "@argyle/argyle/redis";
import { FakeClock } from "@argyle/argyle/testing";
import fc from "fast-check";
import { Cluster, Redis } from "ioredis";
import { createClient } from "redis";
import { load, MemoryLog, Peer } from "../../helpers/peer.ts";
import { Proxy } from "../../helpers/proxy.ts";
import { canStartRedis, findRedis, type RedisAddress, skipRedis, startRedis } from "../../helpers/redis.ts";
import { clients, keysOf } from "../../helpers/redis_clients.ts";
import { Ear, said } from "../../helpers/redis_ear.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, timeout: 30_000, fn });
}

async function put(store: Store, key: string, value: string, expiresAt = Date.now() + 60_000) {
  const version = await store.commit([], [{ key, value, expiresAt }]);
  assert.ok(version);
  return version;
}

async function increment(store: Store, key: string): Promise<void> {
  for (;;) {
    const [entry] = await store.get([key]);
    const value = String(Number(entry?.value ?? 0) + 1);
    const check = { key, version: entry?.version ?? null };
    if (await store.commit([check], [{ key, value, expiresAt: Infinity }]) !== null) return;
  }
}

/** The text of an error and of what it was caused by. */
async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => assert.fail("it went well"), (error) => error);
  assert.ok(error instanceof Error);
  return error.message;
}

const server = await findRedis();
if (server === undefined) skipRedis("redis: what a store on it does");
else withRedis(server);

function withRedis({ url, hostname, port }: RedisAddress): void {
  const through = (proxy: Proxy) => url.replace(`${hostname}:${port}`, `127.0.0.1:${proxy.port}`);

  for (const [name, open] of Object.entries(clients)) {
    test(`redis by ${name}: keys and values are data, whatever they look like`, async () => {
      await using keys = keysOf(url);
      await using opened = await open(url);
      const { store } = redis(opened.client, keys);
      const hostile = [
        "*",
        "[a-z]?\\",
        "{tag}",
        "a\r\nDEL b\r\n",
        "$3\r\nfoo\r\n",
        "return redis.call('FLUSHALL')",
        "]] .. redis.call('FLUSHALL') --",
        "KEYS[1]",
        "%s%n%c",
        "AAAAAAAAAAAAAAAA:0:",
        "::",
        "\0",
        "__proto__",
        "-1",
        "PX",
      ];
      await put(store, "bystander", "untouched");
      for (const text of hostile) {
        const version = await put(store, text, text);
        assert.deepEqual(await store.get([text]), [{ value: text, version }], text);
        assert.equal(
          await store.commit([{ key: text, version: text }], [{
            key: "bystander",
            value: null,
            expiresAt: 0,
          }]),
          null,
        );
      }
      assert.deepEqual(
        (await store.get(hostile.slice(0, 10))).map((entry) => entry?.value),
        hostile.slice(0, 10),
      );
      assert.equal((await store.get(["bystander"]))[0]?.value, "untouched");
      assert.ok(await store.commit([], [{ key: "*", value: null, expiresAt: 0 }]));
      assert.equal((await store.get(["[a-z]?\\"]))[0]?.value, "[a-z]?\\");
    });

    test(`redis by ${name}: any text comes back as it was`, async () => {
      await using keys = keysOf(url);
      await using opened = await open(url);
      const { store } = redis(opened.client, keys);
      await fc.assert(
        fc.asyncProperty(
          fc.string({ unit: "binary" }),
          fc.string({ unit: "binary", size: "large" }),
          async (key, value) => {
            const version = await put(store, key, value);
            assert.deepEqual(await store.get([key]), [{ value, version }]);
          },
        ),
        { numRuns: 200 },
      );
      // More than comes in one piece, so that letters are torn apart on the way.
      const long = "€𝄞ü".repeat(100_000);
      await put(store, "long", long);
      assert.equal((await store.get(["long"]))[0]?.value, long);
    });

    test(`redis by ${name}: a value has at most 1 MiB; one that is larger is refused by name, and all with it`, async () => {
      await using keys = keysOf(url);
      await using opened = await open(url);
      const { store } = redis(opened.client, keys);
      await put(store, "fits", "ü".repeat(512 * 1024));
      assert.equal((await store.get(["fits"]))[0]?.value.length, 512 * 1024);
      await assert.rejects(
        () =>
          store.commit([], [
            { key: "small", value: "1", expiresAt: Infinity },
            { key: "large", value: "ü".repeat(512 * 1024) + "x", expiresAt: Infinity },
          ]),
        {
          name: "RangeError",
          message: "Cannot store large: 1048577 bytes, and Redis is given at most 1048576.",
        },
      );
      assert.deepEqual(await store.get(["small", "large"]), [null, null]);
    });

    test(`redis by ${name}: an error does not carry what was to be stored into the log`, async () => {
      await using keys = keysOf(url);
      await using opened = await open(url);
      const { store } = redis(opened.client, keys);
      await opened.send("RPUSH", `${keys.prefix}a`, "hello");
      const writes = [{ key: "a", value: "canary", expiresAt: Infinity }];
      const error = await store.commit([{ key: "a", version: null }], writes).catch((error) => error);
      assert.match(error.message, /^Cannot commit to Redis: WRONGTYPE /);
      assert.doesNotMatch(Deno.inspect(error), /canary/);
    });

    test(`redis by ${name}: where it is away, and where it is silent, there is an error after five seconds`, async () => {
      await using keys = keysOf(url);
      await using proxy = new Proxy({ hostname, port });
      await using opened = await open(through(proxy));
      const clock = new FakeClock();
      const { store } = redis(opened.client, { ...keys, clock });
      await put(store, "a", "1", clock.now() + 60_000);

      proxy.freeze();
      const silent = [store.get(["a"]), store.commit([], [])].map((work) => failure(work));
      await proxy.held("up");
      clock.turn(4999);
      assert.equal(await Promise.race([...silent, "still waiting"]), "still waiting");
      clock.turn(1);
      assert.deepEqual(await Promise.all(silent), [
        "Cannot read from Redis: it has not answered within 5000 ms, and may have done it.",
        "Cannot commit to Redis: it has not answered within 5000 ms, and may have done it.",
      ]);
      assert.equal(clock.waiting, 0);

      proxy.refuse();
      proxy.cut();
      proxy.thaw();
      const away = failure(store.get(["a"]));
      clock.turn(5000);
      assert.match(await away, /^Cannot read from Redis: /);

      // Nobody has to do anything when it is there again. What the last attempts have lost is an error.
      proxy.accept();
      let found;
      while (found === undefined) found = await store.get(["a"]).catch(() => undefined);
      assert.equal(found[0]?.value, "1");
    });

    test(`redis by ${name}: a commit whose answer is lost has happened once, whatever the client does about it`, async () => {
      await using keys = keysOf(url);
      await using proxy = new Proxy({ hostname, port });
      await using opened = await open(through(proxy));
      const { store } = redis(opened.client, keys);
      const before = await put(store, "a", "1");
      proxy.freeze("down");
      const commit = store.commit([{ key: "a", version: before }], [{
        key: "a",
        value: "2",
        expiresAt: Infinity,
      }]);
      const answer = commit.catch((error: Error) => error);
      await proxy.held("down");
      proxy.cut();
      proxy.thaw();
      // ioredis sends it again by itself, and is told what became of it the first time.
      const became = await answer;
      const [entry] = await store.get(["a"]);
      assert.equal(entry?.value, "2");
      assert.notEqual(entry.version, before);
      if (became instanceof Error) assert.match(became.message, /^Cannot commit to Redis: /);
      else assert.equal(became, entry.version);
      assert.equal(became instanceof Error, name === "node-redis");
    });

    test(`redis by ${name}: a slow line carries many commits at once`, async () => {
      await using keys = keysOf(url);
      await using proxy = new Proxy({ hostname, port });
      await using opened = await open(through(proxy));
      const { store } = redis(opened.client, keys);
      await put(store, "warm", "1");
      proxy.delay = 50;
      const start = performance.now();
      await Promise.all(Array.from({ length: 100 }, (_, i) => put(store, `k${i}`, "1")));
      const took = performance.now() - start;
      assert.ok(took >= 99 && took < 2000, `${took} ms`);
    });
  }

  test("redis: a client that is told not to queue says at once that Redis is away", async () => {
    await using keys = keysOf(url);
    await using proxy = new Proxy({ hostname, port });
    const nodeRedis = createClient({ url: through(proxy), disableOfflineQueue: true }).on("error", () => {});
    const ioRedis = new Redis(through(proxy), {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
    }).on("error", () => {});
    await Promise.all([nodeRedis.connect(), ioRedis.connect()]);
    const clock = new FakeClock(); // stands still
    const stores = [nodeRedis, ioRedis].map((client) => redis(client, { ...keys, clock }).store);
    proxy.freeze();
    const asked = stores.map((store) => failure(store.get(["a"])));
    await proxy.held("up");
    proxy.refuse();
    proxy.cut();
    for (const message of await Promise.all(asked)) assert.match(message, /^Cannot read from Redis: /);
    for (const store of stores) assert.match(await failure(store.get(["a"])), /^Cannot read from Redis: /);
    const ready = [nodeRedis, ioRedis].map((client) =>
      new Promise<void>((resolve) => client.once("ready", () => resolve()))
    );
    proxy.thaw();
    proxy.accept();
    await Promise.all(ready);
    for (const store of stores) assert.deepEqual(await store.get(["a"]), [null]);
    nodeRedis.destroy();
    ioRedis.disconnect();
  });

  test("redis: of 1,000 increments over two connections, each with 25 in flight, none is lost", async () => {
    await using keys = keysOf(url);
    await using one = await clients["node-redis"](url);
    await using other = await clients.ioredis(url);
    await Promise.all([one, other].map(async ({ client }) => {
      const { store } = redis(client, keys);
      await Promise.all(Array.from({ length: 25 }, async () => {
        for (let i = 0; i < 20; i++) await increment(store, "count");
      }));
    }));
    assert.equal((await redis(one.client, keys).store.get(["count"]))[0]?.value, "1000");
  });

  test("redis: a transfer over two connections is seen whole by every reader", async () => {
    await using keys = keysOf(url);
    await using one = await clients["node-redis"](url);
    await using other = await clients.ioredis(url);
    const [writer, reader] = [one, other].map(({ client }) => redis(client, keys).store) as [Store, Store];
    let done = false;
    const written = (async () => {
      for (let i = 0; i < 500; i++) {
        await writer.commit([], [
          { key: "a", value: String(i), expiresAt: Infinity },
          { key: "b", value: String(-i), expiresAt: Infinity },
        ]);
      }
      done = true;
    })();
    while (!done) {
      const [a, b] = await reader.get(["a", "b"]);
      assert.equal(Number(a?.value ?? 0) + Number(b?.value ?? 0), 0);
      assert.equal(a?.version, b?.version);
    }
    await written;
  });

  test("redis: two prefixes do not meet", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const production = redis(opened.client, { prefix: `${keys.prefix}production:` }).store;
    const staging = redis(opened.client, { prefix: `${keys.prefix}staging:` }).store;
    await put(production, "a", "1");
    assert.deepEqual(await staging.get(["a"]), [null]);
    const [found] = await opened.send("KEYS", `${keys.prefix}*`) as string[];
    assert.equal(found, `${keys.prefix}production:a`);
  });

  test("redis: at most ten keys are read at once; none is no question", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const { store } = redis(opened.client, keys);
    const names = Array.from({ length: 11 }, (_, i) => String(i));
    await assert.rejects(() => store.get(names), {
      name: "RangeError",
      message: /Cannot read 11 keys at once/,
    });
    assert.equal((await store.get(names.slice(1))).length, 10);
    assert.deepEqual(await store.get([]), []);
  });

  test("redis: what counts no more lies there for another minute, by no clock but ours", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const { send } = opened;
    const left = async (key: string) => Number(await send("PTTL", `${keys.prefix}${key}`));
    // Years away from Redis' own time.
    for (const now of [Date.UTC(2001), Date.UTC(2100)]) {
      const clock = new FakeClock(now);
      const { store } = redis(opened.client, { ...keys, clock });
      await put(store, "a", "1", now + 1000.5);
      const ms = await left("a");
      assert.ok(ms > 60_000 && ms <= 61_001, `${ms} ms`);
      clock.turn(1000);
      assert.equal((await store.get(["a"]))[0]?.value, "1");
      clock.turn(1);
      assert.deepEqual(await store.get(["a"]), [null]);
      await put(store, "a", "1", Infinity);
      assert.equal(await left("a"), -1);
      await put(store, "a", "1", Number.MAX_VALUE);
      assert.ok(await left("a") > 1e15);
      assert.equal((await store.get(["a"]))[0]?.value, "1");
      await put(store, "a", "1", now - 60_001);
      while (await send("EXISTS", `${keys.prefix}a`) === 1); // Redis clears it away by itself, within a millisecond
    }
  });

  test("redis: what somebody else has written there is not believed, and not overwritten unseen", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const { store } = redis(opened.client, keys);
    const kept = await put(store, "kept", "1");
    const foreign = [
      "hello",
      "",
      ":",
      "short:1:x",
      "AAAAAAAAAAAAAAAA:soon:x",
      `AAAAAAAAAAAAAAAA::${"x".repeat(2 ** 21)}`,
    ];
    for (const text of foreign) {
      await opened.send("SET", `${keys.prefix}a`, text);
      assert.match(
        await failure(store.get(["kept", "a"])),
        /^Cannot read a from Redis: it was not written by Argyle/,
      );
    }
    for (const command of [["SET", `${keys.prefix}b`, "hello"], ["RPUSH", `${keys.prefix}c`, "hello"]]) {
      await opened.send(...command);
      const key = command[1]!.at(-1)!;
      const commit = store.commit([{ key: "kept", version: kept }, { key, version: null }], [
        { key: "kept", value: "2", expiresAt: Infinity },
        { key, value: "2", expiresAt: Infinity },
      ]);
      assert.match(await failure(commit), /^Cannot commit to Redis: (FOREIGN|WRONGTYPE) /);
    }
    assert.equal((await store.get(["kept"]))[0]?.value, "1");
  });

  test("redis: a client that is none is refused with what to give", () => {
    for (const strange of [undefined, null, {}, "redis://127.0.0.1", { call: 1 }]) {
      assert.throws(
        () => redis(strange as unknown as RedisClient),
        /Give what createClient\(\) of npm:redis/,
      );
    }
    return Promise.resolve();
  });

  const secrets = ["a secret for tests, 32 bytes or more"];

  class Counter extends Reflex<{ count?: number }> {
    static during: (() => Promise<void>) | undefined;

    async add() {
      this.session.count = (this.session.count ?? 0) + 1;
      const { during } = Counter;
      Counter.during = undefined;
      await during?.();
    }
  }

  function makeApp(client: RedisClient, prefix: string, log = new MemoryLog()): App<{ count?: number }> {
    const app = new App<{ count?: number }>({ ...redis(client, { prefix }), name: "shop", secrets, log });
    app.reflexes({ Counter });
    app.page("/", ({ session }) => <b data-reflex="click->Counter#add">{session.count ?? 0}</b>);
    return app;
  }

  test("redis: an app does not start without a secret, since others read what lies there", async () => {
    await using keys = keysOf(url);
    await using opened = await clients["node-redis"](url);
    const app = new App({ ...redis(opened.client, keys), name: "shop" });
    await assert.rejects(() => app.listen({ port: 0 }), {
      name: "TypeError",
      message: /^Cannot start on redis without a secret: .*Set ARGYLE_SECRET/,
    });
    assert.deepEqual(await opened.send("KEYS", `${keys.prefix}*`), []);
  });

  test("redis: two machines share a session, and a call that both are sent happens once", async () => {
    await using keys = keysOf(url);
    await using one = await clients["node-redis"](url);
    await using other = await clients.ioredis(url);
    const [here, there] = [makeApp(one.client, keys.prefix), makeApp(other.client, keys.prefix)];
    await using serverHere = await here.listen({ port: 0 });
    await using serverThere = await there.listen({ port: 0 });
    const page = await load(here);
    await using atHere = await Peer.live(serverHere, page);
    assert.deepEqual((await atHere.call("Counter#add")).slice(0, 1), ["patch"]);
    assert.match((await load(there, "/", page)).body, />1</);

    // The visit goes on at the other machine, and sends again what it had sent.
    const moved = await load(there, "/", { cookie: page.cookie, visit: page.token });
    assert.equal(moved.visit, page.visit);
    await using atThere = await Peer.live(serverThere, moved);
    const first = await atThere.call("Counter#add");
    assert.equal(first[0], "done", String(first));
    assert.equal((await atThere.call("Counter#add"))[0], "patch");
    assert.match((await load(here, "/", page)).body, />2</);

    // Two tabs on two machines at once: whoever is later runs again on what the first has left.
    await using tab = await Peer.live(serverHere, await load(here, "/", { cookie: page.cookie }));
    await Promise.all([tab, atThere].map(async (peer) => {
      for (let done = 0; done < 20;) {
        const [kind, , code] = await peer.call("Counter#add");
        if (kind === "patch") done++;
        else assert.deepEqual([kind, code], ["error", "busy"]); // overtaken ten times: nothing has happened
      }
    }));
    assert.match((await load(there, "/", page)).body, />42</);
    const found = await one.send("KEYS", `${keys.prefix}*`) as string[];
    assert.ok(
      found.length > 0 && found.every((key) => key.startsWith(`${keys.prefix}shop:`)),
      found.join(" "),
    );
  });

  test("redis: where the answer to a commit was lost, the call is unavailable; sent again it has its outcome", async () => {
    await using keys = keysOf(url);
    await using proxy = new Proxy({ hostname, port });
    await using opened = await clients["node-redis"](through(proxy));
    const log = new MemoryLog();
    const app = makeApp(opened.client, keys.prefix, log);
    await using serving = await app.listen({ port: 0 });
    const page = await load(app);
    await using peer = await Peer.live(serving, page);
    // The call has been read: from here on answers get lost.
    Counter.during = () => Promise.resolve(proxy.freeze("down"));
    const frame = ["call", 1, 0, "Counter#add", [], {}];
    peer.send(frame);
    await proxy.held("down");
    proxy.cut();
    proxy.thaw();
    const [kind, n, code] = await peer.next();
    assert.deepEqual([kind, n, code], ["error", 1, "unavailable"]);
    assert.ok(log.lines.some((line) => line.includes("Cannot commit to Redis")), log.lines.join("\n"));
    peer.send(frame);
    const [again] = await peer.next();
    assert.notEqual(again, "error");
    assert.match((await load(app, "/", { cookie: page.cookie })).body, />1</);
  });
}

/** Tests that turn a server inside out have one of their own. */
function withOwnRedis(name: string, args: readonly string[], fn: (own: RedisAddress) => Promise<void>): void {
  test(name, async () => {
    await using own = await startRedis(args);
    await fn(own);
  });
}

if (!await canStartRedis()) {
  skipRedis("redis: what a server does that is set up otherwise (needs redis-server on the PATH)");
} else {
  withOwnRedis("redis: versions do not come back when Redis has lost everything", [], async ({ url }) => {
    await using opened = await clients["node-redis"](url);
    const { store } = redis(opened.client);
    const first = await put(store, "a", "1");
    await opened.send("FLUSHALL");
    assert.notEqual(await put(store, "a", "1"), first);
    assert.equal(await store.commit([{ key: "a", version: first }], []), null);
  });

  withOwnRedis("redis: a server that does not know the script is sent it", [], async ({ url }) => {
    for (const open of Object.values(clients)) {
      await using opened = await open(url);
      await opened.send("SCRIPT", "FLUSH");
      const { store } = redis(opened.client);
      await put(store, "a", "1");
      await opened.send("SCRIPT", "FLUSH");
      await put(store, "a", "2");
      assert.equal((await store.get(["a"]))[0]?.value, "2");
      assert.deepEqual(await opened.send("SCRIPT", "EXISTS", "0".repeat(40)), [0]);
    }
  });

  test("redis: what was committed is there after a kill, where Redis keeps a log", async () => {
    const folder = await Deno.makeTempDir();
    const kept = ["--appendonly", "yes", "--appendfsync", "always", "--dir", folder];
    try {
      const versions: string[] = [];
      for (let start = 0; start < 2; start++) {
        await using own = await startRedis(kept);
        await using opened = await clients["node-redis"](own.url);
        const { store } = redis(opened.client);
        if (start === 0) versions.push(await put(store, "a", "1", Infinity));
        assert.deepEqual(await store.get(["a"]), [{ value: "1", version: versions[0] }]);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  withOwnRedis("redis: where it is full, a commit is refused as a whole", [
    "--maxmemory-policy",
    "noeviction",
  ], async ({ url }) => {
    await using opened = await clients["node-redis"](url);
    const { store } = redis(opened.client);
    const version = await put(store, "a", "1");
    await opened.send("CONFIG", "SET", "maxmemory", "1");
    const commit = store.commit([{ key: "a", version }], [
      { key: "a", value: "2", expiresAt: Infinity },
      { key: "b", value: "2", expiresAt: Infinity },
    ]);
    assert.match(await failure(commit), /^Cannot commit to Redis: OOM /);
    assert.deepEqual((await store.get(["a", "b"])).map((entry) => entry?.value), ["1", undefined]);
  });

  withOwnRedis(
    "redis: a user may be held to the commands that are needed and one prefix",
    [],
    async ({ url, port }) => {
      await using admin = await clients["node-redis"](url);
      const rule =
        "on >pass resetkeys ~argyle:* -@all +mget +eval +evalsha +getrange +set +del +info +client " +
        "+pttl +pexpire +time +xinfo +xadd +xtrim +xread";
      await admin.send("ACL", "SETUSER", "shop", ...rule.split(" "));
      for (const open of Object.values(clients)) {
        await using opened = await open(`redis://shop:pass@127.0.0.1:${port}`);
        const { store, bus } = redis(opened.client);
        await put(store, "a", "1");
        await store.commit([], [{ key: "b", value: null, expiresAt: 0 }]);
        assert.equal((await store.get(["a"]))[0]?.value, "1");
        await using ear = await Ear.at(bus);
        await store.commit([], [{ key: "b", value: "1", expiresAt: Infinity }], said("shop", "t", "with it"));
        await bus.publish(said("shop", "t", "alone"));
        assert.deepEqual(await ear.next(2), ["t with it", "t alone"]);
        const elsewhere = redis(opened.client, { prefix: "other:" }).store;
        assert.match(
          await failure(put(elsewhere, "a", "1")),
          /^Cannot commit to Redis: .*(NOPERM|permission)/i,
        );
        const { bus: forbidden } = redis(opened.client, { prefix: "other:" });
        assert.match(
          await failure(forbidden.publish(said("shop", "t", "x"))),
          /^Cannot publish to Redis: .*perm/i,
        );
        assert.match(await failure(Ear.at(forbidden)), /^Cannot listen to Redis: .*perm/i);
        assert.match(await failure(elsewhere.get(["a"])), /^Cannot read from Redis: NOPERM/);
      }
    },
  );

  withOwnRedis(
    "redis: a cluster refuses keys of different slots, and takes them all where the prefix is a tag",
    ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"],
    async ({ url, port }) => {
      {
        await using admin = await clients["node-redis"](url);
        await admin.send("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        while (!String(await admin.send("CLUSTER", "INFO")).includes("cluster_state:ok"));
      }
      const cluster = new Cluster([{ host: "127.0.0.1", port }], { lazyConnect: true });
      await cluster.connect();
      try {
        const writes = ["a", "b"].map((key) => ({ key, value: "1", expiresAt: Infinity }));
        assert.match(
          await failure(redis(cluster).store.commit([], writes)),
          /^Cannot commit to Redis: .*slot.* give redis\(client, \{ prefix: "\{argyle\}:" \}\)\.$/i,
        );
        // A stream alone lies in one slot, whatever its prefix; with what is committed it has to share one.
        const apart = redis(cluster, { prefix: "apart:" });
        await using heard = await Ear.at(apart.bus);
        await apart.bus.publish(said("shop", "t", "alone"));
        const write = { key: "{a}", value: "1", expiresAt: Infinity };
        assert.match(
          await failure(apart.store.commit([], [write], said("shop", "t", "with it"))),
          /^Cannot commit to Redis: .*CROSSSLOT.* one slot: give redis\(client/,
        );
        assert.deepEqual(await apart.store.get(["{a}"]), [null]);
        await apart.bus.publish(said("shop", "t", "after"));
        assert.deepEqual(await heard.next(2), ["t alone", "t after"]);
        const { store, bus } = redis(cluster, { prefix: "{argyle}:" });
        await using ear = await Ear.at(bus), beside = await Ear.at(bus, "other");
        const version = await store.commit([{ key: "a", version: null }], writes, said("shop", "t", "x"));
        assert.ok(version);
        await bus.publish(said("other", "t", "y"));
        assert.deepEqual([await ear.next(1), await beside.next(1)], [["t x"], ["t y"]]);
        assert.deepEqual(await store.get(["a", "b"]), [{ value: "1", version }, { value: "1", version }]);
      } finally {
        cluster.disconnect();
      }
    },
  );
}
