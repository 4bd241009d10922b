import assert from "node:assert/strict";
import { App, Reflex, type Store } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { redis } from "@argyle/argyle/redis";
import { FakeClock, storeContract } from "@argyle/argyle/testing";
import { createClient } from "redis";
import { ForeignValue } from "../../../server/engine/foreign_value.ts";
import { Macs } from "../../../server/seal/macs.ts";
import { makeSecret, readSecrets } from "../../../server/seal/secrets.ts";
import { SealedStore } from "../../../server/session/sealed_store.ts";
import { load, MemoryLog, Peer } from "../../helpers/peer.ts";
import { findRedis, randomPrefix, removeKeys, skipRedis } from "../../helpers/redis.ts";

const expiresAt = Date.now() + 60_000;

function macs(...secrets: string[]): Macs {
  return new Macs(readSecrets(secrets.length === 0 ? [makeSecret()] : secrets));
}

function make(by = macs(), app = "shop") {
  const { store } = memory();
  return { raw: store, store: new SealedStore(store, app, by) };
}

function put(store: Store, key: string, value: string) {
  return store.commit([], [{ key, value, expiresAt }]);
}

storeContract("sealed memory", (clock) => ({
  store: new SealedStore(memory({ clock }).store, "shop", macs()),
  close() {},
}));

Deno.test("SealedStore: says of itself what the store below says", () => {
  const { store: below, bus } = memory();
  const store = new SealedStore(below, "shop", macs());
  const { name, durable, exclusive, transactional } = store;
  assert.deepEqual({ name, durable, exclusive }, { name: "memory", durable: false, exclusive: true });
  assert.equal(transactional, bus);
  const { transactional: _, ...other } = { ...below, get: below.get, commit: below.commit };
  assert.equal(new SealedStore(other, "shop", macs()).transactional, undefined);
});

Deno.test("SealedStore: a publication goes out with its commit", async () => {
  const { store, bus } = memory(), heard: string[] = [];
  await using _ = await bus.listen("shop", { hear: ({ text }) => void heard.push(text), gap() {} });
  const sealed = new SealedStore(store, "shop", macs());
  const said = (text: string) => ({ channel: "shop", messages: [{ topic: "t", text }] });
  await sealed.commit([], [{ key: "a", value: "1", expiresAt }], said("one"));
  await sealed.commit([{ key: "a", version: null }], [], said("refused"));
  await Promise.resolve();
  assert.deepEqual(heard, ["one"]);
});

Deno.test("SealedStore: what others have written is an error, whatever it looks like", async () => {
  const { raw, store } = make();
  await put(store, "good", "1");
  const sealed = (await raw.get(["good"]))[0]!.value;
  const forged = [
    "",
    "{}",
    '{"user":"admin"}',
    "x".repeat(24),
    sealed.slice(1),
    sealed.slice(0, -1),
    `${sealed} `,
    sealed,
  ];
  for (const value of forged) {
    await put(raw, "bad", value);
    await assert.rejects(store.get(["good", "bad"]), (error) => {
      assert.ok(error instanceof ForeignValue);
      assert.match(error.message, /^Cannot read bad from memory: it /);
      assert.ok(value === "" || !error.message.includes(value), "what it holds is in no message");
      return true;
    });
    assert.equal((await store.get(["good"]))[0]?.value, "1", "others are unharmed");
  }
  await put(raw, "bad", '{"user":"admin"}');
  await assert.rejects(store.get(["bad"]), {
    message: "Cannot read bad from memory: it was not written by this app.",
  });
});

Deno.test("SealedStore: it can be overwritten and removed, by those who do not need to believe it", async () => {
  const { raw, store } = make();
  await put(raw, "a", "forged");
  await put(store, "a", "1");
  assert.equal((await store.get(["a"]))[0]?.value, "1");
  await put(raw, "a", "forged");
  await store.commit([], [{ key: "a", value: null, expiresAt }]);
  assert.deepEqual(await store.get(["a"]), [null]);
});

Deno.test("SealedStore: another app's values are foreign, under the same secret and key", async () => {
  const by = macs(), { raw, store } = make(by, "shop");
  await put(store, "a", "1");
  await assert.rejects(new SealedStore(raw, "shop/admin", by).get(["a"]), ForeignValue);
  await assert.rejects(new SealedStore(raw, "", by).get(["a"]), ForeignValue);
});

Deno.test("SealedStore: a secret that was taken away is named as the reason", async () => {
  const old = "0123456789abcdef0123456789abcdef", next = "fedcba9876543210fedcba9876543210";
  const { raw, store } = make(macs(old));
  await put(store, "a", "1");
  assert.equal((await new SealedStore(raw, "shop", macs(next, old)).get(["a"]))[0]?.value, "1");
  await assert.rejects(
    new SealedStore(raw, "shop", macs(next)).get(["a"]),
    /it bears the mark of a secret that is not among this app's\. .* behind the new one in ARGYLE_SECRET/,
  );
});

Deno.test("SealedStore: what is too long is not looked at, and not written", async () => {
  const by = macs(), { raw, store } = make(by), most = 1024 * 1024 - 24;
  await put(store, "fits", "x".repeat(most));
  assert.equal((await store.get(["fits"]))[0]?.value.length, most);
  await assert.rejects(put(store, "long", "x".repeat(most + 1)), RangeError);
  assert.deepEqual(await raw.get(["long"]), [null]);
  await put(raw, "long", by.seal("store", "4:shoplong", "x".repeat(most)));
  assert.equal((await store.get(["long"]))[0]?.value.length, most);
  await put(raw, "long", by.seal("store", "4:shoplong", "x".repeat(most + 1)));
  await assert.rejects(store.get(["long"]), ForeignValue);
});

class Cart extends Reflex<{ items?: string[] }> {
  put() {
    this.session.items = [...this.session.items ?? [], "tea"];
  }
}

const server = await findRedis();
if (server === undefined) {
  skipRedis("SealedStore: an app on Redis believes no session that others have written");
} else {
  Deno.test({
    name: "SealedStore: an app on Redis believes no session that others have written, and others go on",
    timeout: 30_000,
    async fn() {
      const prefix = randomPrefix(), client = await createClient({ url: server.url }).connect();
      try {
        const log = new MemoryLog(), clock = new FakeClock();
        const app = new App<{ items?: string[] }>({
          ...redis(client, { prefix, clock }),
          clock,
          log,
          secrets: [makeSecret()],
        });
        app.reflexes({ Cart });
        app.page(
          "/",
          ({ session }) => <p data-reflex="click->Cart#put">{session.items?.join(" ") ?? "empty"}</p>,
        );
        await using serving = await app.listen({ port: 0 });
        const [ann, bob] = [await load(app), await load(app)];
        await using annsPeer = await Peer.live(serving, ann);
        const [kind, reason] = await annsPeer.call("Cart#put");
        assert.equal(kind, "patch", String(reason));
        const [key = ""] = await client.keys(`${prefix}*:s:*`);
        // As somebody would who knows how it is written: the version of before, a list of his own.
        const lies = (await client.get(key))!;
        assert.match(lies, /"tea"/);
        await client.set(key, lies.replace("tea", "gold"));
        assert.deepEqual((await annsPeer.call("Cart#put")).slice(0, 3), [
          "error",
          2,
          "unavailable",
        ]);
        const page = await load(app, "/", ann);
        assert.equal(page.response.status >= 500, true, String(page.response.status));
        assert.doesNotMatch(page.html, /gold/);
        // For the call, for the page, and for the live one that has a look whether the call has happened.
        const told = log.lines.filter((line) => line.includes("was not written by this app"));
        for (
          const doing of ["could not be carried out", "a request failed", "could not be brought up to date"]
        ) {
          assert.equal(told.filter((line) => line.includes(doing)).length, 1, log.lines.join("\n"));
        }
        await using bobsPeer = await Peer.live(serving, bob);
        assert.equal((await bobsPeer.call("Cart#put"))[0], "patch");
        assert.match((await load(app, "/", bob)).body, />tea</);
        await client.set(key, lies);
        assert.equal((await annsPeer.call("Cart#put"))[0], "patch");
        assert.match((await load(app, "/", ann)).body, />tea tea</);
      } finally {
        await removeKeys(server.url, prefix);
        client.destroy();
      }
    },
  });
}
