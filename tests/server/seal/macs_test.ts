import assert from "node:assert/strict";
import fc from "fast-check";
import { MAC_LENGTH, type MacPurpose, Macs } from "../../../server/seal/macs.ts";
import { makeSecret, readSecrets } from "../../../server/seal/secrets.ts";

const text = () => fc.string({ unit: "grapheme", maxLength: 200 });
const purposes: readonly MacPurpose[] = ["store", "bus"];

function make(...secrets: string[]): Macs {
  return new Macs(readSecrets(secrets.length === 0 ? [makeSecret()] : secrets));
}

Deno.test("Macs: what was sealed opens for the same purpose and context, any text", () => {
  const macs = make();
  fc.assert(fc.property(fc.constantFrom(...purposes), text(), text(), (purpose, context, text) => {
    const sealed = macs.seal(purpose, context, text);
    assert.equal(sealed, macs.sign(purpose, context, text) + text);
    assert.match(sealed.slice(0, MAC_LENGTH), /^[\w-]{24}$/);
    assert.equal(macs.open(purpose, context, sealed), text);
  }));
});

Deno.test("Macs: the same in another process, from the same secret", () => {
  const secret = "0123456789abcdef0123456789abcdef";
  assert.equal(make(secret).sign("store", "shop:s", "{}"), make(secret).sign("store", "shop:s", "{}"));
  // As it was when this was written: what lies in stores must open after an update, too.
  assert.equal(make(secret).sign("store", "shop:s", "{}"), "aFY4RBl-Ba5dUNvH-v1yzukq");
});

Deno.test("Macs: it is HMAC-SHA-256 under a key of HKDF, as the platform has both", async () => {
  const secret = makeSecret(), macs = make(secret), encoder = new TextEncoder();
  const material = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveKey"]);
  for (const purpose of purposes) {
    const info = encoder.encode(`argyle ${purpose}`), salt = new Uint8Array();
    const key = await crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt, info },
      material,
      { name: "HMAC", hash: "SHA-256", length: 256 },
      false,
      ["sign"],
    );
    await fc.assert(
      fc.asyncProperty(text(), text(), async (context, text) => {
        const whole = await crypto.subtle.sign(
          "HMAC",
          key,
          encoder.encode(`${context.length}:${context}${text}`),
        );
        const wanted = new Uint8Array(whole, 0, 16).toBase64({ alphabet: "base64url", omitPadding: true });
        const tag = macs.sign(purpose, context, text);
        assert.equal(tag.length, 24);
        // Of the last letter only the first two bits are of these sixteen bytes.
        assert.equal(tag.slice(2, -1), wanted.slice(0, -1));
      }),
      { numRuns: 50 },
    );
  }
});

Deno.test("Macs: nothing opens for another purpose or context, nor where the border between them has moved", () => {
  const macs = make();
  fc.assert(fc.property(text(), text(), text(), (context, other, text) => {
    const sealed = macs.seal("store", context, text);
    assert.equal(macs.open("bus", context, sealed), undefined);
    if (other !== context) assert.equal(macs.open("store", other, sealed), undefined);
  }));
  fc.assert(fc.property(text(), fc.nat(200), fc.nat(200), (joined, one, other) => {
    fc.pre(Math.min(one, joined.length) !== Math.min(other, joined.length));
    const tag = macs.sign("store", joined.slice(0, one), joined.slice(one));
    assert.equal(macs.verify("store", joined.slice(0, other), joined.slice(other), tag), false);
  }));
  assert.equal(macs.verify("store", "", "1:a", macs.sign("store", "1:a", "")), false);
});

Deno.test("Macs: every bit counts, of the tag and of the text", () => {
  const macs = make();
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      const sealed = macs.seal("store", "key", text);
      for (let at = 0; at < sealed.length; at++) {
        // All sixteen of the unit: a tag of other letters with the same low bits is another tag.
        for (let bit = 0; bit < 16; bit++) {
          const unit = String.fromCharCode(sealed.charCodeAt(at) ^ (1 << bit));
          const flipped = sealed.slice(0, at) + unit + sealed.slice(at + 1);
          assert.equal(macs.open("store", "key", flipped), undefined, `bit ${bit} of unit ${at}`);
        }
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("Macs: what is cut, lengthened, empty or none at all does not open, and does not throw", () => {
  const macs = make(), sealed = macs.seal("store", "key", "a text");
  for (let at = 0; at < sealed.length; at++) {
    assert.equal(macs.open("store", "key", sealed.slice(0, at)), undefined);
  }
  const tag = macs.sign("store", "key", "");
  for (
    const forged of [
      "",
      " ",
      "=".repeat(24),
      "ü".repeat(24),
      "A".repeat(24),
      `${sealed} `,
      ` ${sealed}`,
      "\0",
    ]
  ) {
    assert.equal(macs.open("store", "key", forged), undefined, forged);
    assert.equal(macs.verify("store", "key", "", forged), false, forged);
  }
  for (const longer of [`${tag}A`, `${tag}=`, `${tag}\n`, tag + tag]) {
    assert.equal(macs.verify("store", "key", "", longer), false, longer);
  }
});

Deno.test("Macs: a tag is written in one way only", () => {
  const macs = make(), tag = macs.sign("store", "key", "text");
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const good = [...letters].filter((last) => macs.verify("store", "key", "text", tag.slice(0, -1) + last));
  assert.deepEqual(good, [tag.at(-1)]);
});

Deno.test("Macs: after a rotation the old secret verifies and does not sign; without it nothing of it opens", () => {
  const [old, next] = [makeSecret(), makeSecret()];
  const before = make(old), during = make(next, old), after = make(next);
  const sealed = before.seal("store", "key", "text");
  assert.equal(during.open("store", "key", sealed), "text");
  assert.equal(after.open("store", "key", sealed), undefined);
  assert.equal(after.open("store", "key", during.seal("store", "key", "new")), "new");
  assert.equal(before.open("store", "key", during.seal("store", "key", "new")), undefined);
});

Deno.test("Macs: an old secret's mark is told from what never was a tag", () => {
  const macs = make("0123456789abcdef0123456789abcdef"), other = make("fedcba9876543210fedcba9876543210");
  assert.equal(macs.isStrange(other.seal("store", "key", "text")), true);
  assert.equal(macs.isStrange(macs.seal("store", "key", "text")), false);
  for (const text of ["", "{}", '{"user":"ann","since":1795}', "ü".repeat(30)]) {
    assert.equal(macs.isStrange(text), false);
  }
});

Deno.test("Macs: secrets that happen to share their mark all verify", () => {
  // Two letters have 4,096 values: of 400 secrets some share theirs.
  const seen = new Map<string, string>();
  for (let i = 0; i < 400; i++) {
    const secret = `secret number ${i} 0123456789abcdef0123456789`;
    const name = make(secret).sign("store", "", "").slice(0, 2), twin = seen.get(name);
    seen.set(name, secret);
    if (twin === undefined) continue;
    const sealed = make(twin).seal("store", "key", "text");
    assert.equal(make(secret, twin).open("store", "key", sealed), "text");
    assert.equal(make(secret).open("store", "key", sealed), undefined);
    return;
  }
  assert.fail("no two of them share theirs");
});
