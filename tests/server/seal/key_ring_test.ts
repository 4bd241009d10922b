import assert from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import fc from "fast-check";
import { appSecrets } from "../../../server/seal/app_secrets.ts";
import { KeyRing } from "../../../server/seal/key_ring.ts";
import { makeSecret, readSecrets } from "../../../server/seal/secrets.ts";
import { memory } from "../../../server/engine/memory.ts";

const day = 86_400_000;

function ring(secrets: string[] = [makeSecret()], clock = new FakeClock()) {
  return { keys: new KeyRing(readSecrets(secrets), clock), clock };
}

Deno.test("KeyRing: what was sealed opens for the same purpose and context, any text", async () => {
  const { keys, clock } = ring();
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.string({ maxLength: 40 }),
      async (text, context) => {
        const sealed = await keys.seal("page", context, text);
        assert.match(sealed, /^[\w-]+$/);
        const opened = await keys.open("page", context, sealed, day);
        assert.deepEqual(opened, { text, sealedAt: Math.floor(clock.now() / 1000) * 1000 });
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("KeyRing: nothing opens for another purpose or context", async () => {
  const { keys } = ring();
  const sealed = await keys.seal("page", "ann", "text");
  assert.equal(await keys.open("session", "ann", sealed, day), undefined);
  assert.equal(await keys.open("page", "bob", sealed, day), undefined);
});

Deno.test("KeyRing: any changed, cut or lengthened text does not open, and does not throw", async () => {
  const { keys } = ring();
  const sealed = await keys.seal("page", "", "a text of some length");
  const bytes = Uint8Array.fromBase64(sealed, { alphabet: "base64url" });
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at] = changed[at]! ^ 1;
    assert.equal(
      await keys.open("page", "", changed.toBase64({ alphabet: "base64url" }), day),
      undefined,
      `byte ${at}`,
    );
    const cut = bytes.slice(0, at).toBase64({ alphabet: "base64url" });
    assert.equal(await keys.open("page", "", cut, day), undefined, `cut at ${at}`);
  }
  for (const text of ["", "=", "not base64!", "ü", `${sealed}AA`, ` ${sealed}x`, "A".repeat(10_000)]) {
    assert.equal(await keys.open("page", "", text, day), undefined, text);
  }
});

Deno.test("KeyRing: the same text is never sealed alike", async () => {
  const { keys } = ring();
  const sealed = await Promise.all(Array.from({ length: 100 }, () => keys.seal("page", "", "text")));
  assert.equal(new Set(sealed).size, 100);
});

Deno.test("KeyRing: a text is good for its time, and not from the future beyond a minute of skew", async () => {
  const { keys, clock } = ring();
  const sealed = await keys.seal("page", "", "text");
  clock.turn(day);
  assert.equal((await keys.open("page", "", sealed, day))?.text, "text");
  clock.turn(1000);
  assert.equal(await keys.open("page", "", sealed, day), undefined);
  const secret = makeSecret();
  const early = ring([secret], new FakeClock(Date.UTC(2026, 0, 1)));
  const late = ring([secret], new FakeClock(Date.UTC(2026, 0, 1) + 61_000));
  const future = await late.keys.seal("page", "", "text");
  assert.equal(await early.keys.open("page", "", future, day), undefined);
});

Deno.test("KeyRing: the first secret seals, every one opens; one that was dropped does not", async () => {
  const [old, next] = [makeSecret(), makeSecret()];
  const before = await ring([old]).keys.seal("page", "", "text");
  const rotated = ring([next, old]).keys;
  assert.equal((await rotated.open("page", "", before, day))?.text, "text");
  const after = await rotated.seal("page", "", "text");
  assert.equal((await ring([next]).keys.open("page", "", after, day))?.text, "text");
  assert.equal(await ring([old]).keys.open("page", "", after, day), undefined);
  assert.equal(await ring([next]).keys.open("page", "", before, day), undefined);
});

Deno.test("readSecrets: short ones, placeholders, none and too many are refused, and never quoted", () => {
  const good = makeSecret();
  assert.equal(readSecrets(`${good}, ${makeSecret()}`).length, 2);
  const bad: [string, RegExp][] = [
    ["", /there is none/],
    [" , ", /there is none/],
    ["short", /5 bytes of at least 32/],
    [`${good},tiny`, /secret 2 of 2: it has 4 bytes/],
    ["changeme-changeme-changeme-changeme", /placeholder/],
    ["your-secret-key-goes-here-please-do", /placeholder/],
    ["a".repeat(40), /placeholder/],
    ["abababababababababababababababababab", /placeholder/],
    [Array.from({ length: 5 }, makeSecret).join(), /more than four/],
  ];
  for (const [text, message] of bad) {
    assert.throws(() => readSecrets(text), (error: Error) => {
      assert.match(error.message, message);
      return text.length < 8 || !error.message.includes(text);
    });
  }
});

Deno.test("appSecrets: a store of the app's own keeps one, made once by whoever comes first", async () => {
  const { store } = memory();
  const durable = {
    name: "file",
    durable: true,
    exclusive: true,
    get: store.get.bind(store),
    commit: store.commit.bind(store),
  };
  const all = await Promise.all(Array.from({ length: 5 }, () => appSecrets(durable, "app", undefined)));
  const texts = new Set(all.map(([secret]) => secret!.toBase64()));
  assert.equal(texts.size, 1);
  assert.notDeepEqual(await appSecrets(durable, "other", undefined), all[0]);
});

Deno.test("appSecrets: a store that ends with the process has a new one each time; a shared one needs one given", async () => {
  const { store } = memory();
  assert.notDeepEqual(await appSecrets(store, "app", undefined), await appSecrets(store, "app", undefined));
  const shared = {
    ...store,
    name: "redis",
    durable: true,
    exclusive: false,
    get: store.get.bind(store),
    commit: store.commit.bind(store),
  };
  await assert.rejects(
    () => appSecrets(shared, "app", undefined),
    /Cannot start on redis without a secret.*ARGYLE_SECRET/s,
  );
  assert.equal((await appSecrets(shared, "app", makeSecret())).length, 1);
});
