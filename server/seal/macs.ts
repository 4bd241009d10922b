/**
 * Short proofs that a text is the app's own, for what lies in or travels through an engine that others share.
 *
 * @module
 */

import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** What a proof is for; that of one purpose is none for another. */
export type MacPurpose = "store" | "bus";

/** How many characters a tag has: two that name the secret, and 132 bits as base64url. */
export const MAC_LENGTH = 24;

const NAME_LENGTH = 2, FORM = /^[\w-]{24}$/;

// Two tags side by side: nothing is awaited between writing and comparing them.
const encoder = new TextEncoder(), wanted = new Uint8Array(MAC_LENGTH), found = new Uint8Array(MAC_LENGTH);

interface Key {
  /** Tells the app's secrets apart. */
  readonly name: string;
  readonly bytes: Readonly<Record<MacPurpose, Uint8Array>>;
}

/**
 * Makes and checks tags: HMAC-SHA-256 cut to 132 bits (22 letters), under keys derived (HKDF-SHA-256) from each secret
 * for each purpose. The first secret signs, all verify. A tag proves who wrote a text and what for, and hides nothing of
 * it; an old one stays good.
 *
 * Everything is synchronous: 3 µs to sign and 4 to verify 100 bytes, 5 and 6 for 1 KB, 52 for 60 KB. Texts are taken as
 * UTF-8: a lone surrogate counts as U+FFFD, which is what a store makes of it.
 */
export class Macs {
  readonly #keys: readonly Key[];

  /** @param secrets the first signs, all verify */
  constructor(secrets: readonly Uint8Array[]) {
    this.#keys = secrets.map((secret) => ({
      name: derive(secret, "argyle mac name", NAME_LENGTH).toBase64({ alphabet: "base64url" }).slice(
        0,
        NAME_LENGTH,
      ),
      bytes: { store: derive(secret, "argyle store", 32), bus: derive(secret, "argyle bus", 32) },
    }));
  }

  /** The tag of a text. It is good only for the same purpose and context. */
  sign(purpose: MacPurpose, context: string, text: string): string {
    return tag(this.#keys[0]!, purpose, context, text);
  }

  /** Whether a tag is that of this text, for this purpose and context, by one of the secrets. */
  verify(purpose: MacPurpose, context: string, text: string, given: string): boolean {
    if (!FORM.test(given)) return false;
    for (const key of this.#keys) {
      if (!given.startsWith(key.name)) continue;
      // As text and not as bytes: of several spellings of the same bits only ours counts. Both have the same length.
      encoder.encodeInto(tag(key, purpose, context, text), wanted);
      encoder.encodeInto(given, found);
      if (timingSafeEqual(wanted, found)) return true;
    }
    return false;
  }

  /** The text behind its tag. */
  seal(purpose: MacPurpose, context: string, text: string): string {
    return this.sign(purpose, context, text) + text;
  }

  /** @returns the text that was sealed for this purpose and context; `undefined` for anything else */
  open(purpose: MacPurpose, context: string, sealed: string): string | undefined {
    const text = sealed.slice(MAC_LENGTH);
    return this.verify(purpose, context, text, sealed.slice(0, MAC_LENGTH)) ? text : undefined;
  }

  /**
   * Whether what looks like a tag, or begins like one, names a secret that is not among these: it may be an old tag of
   * ours, from before a rotation. Anybody can make it look so.
   */
  isStrange(sealed: string): boolean {
    return FORM.test(sealed.slice(0, MAC_LENGTH)) && !this.#keys.some(({ name }) => sealed.startsWith(name));
  }
}

// The length in front, so that no character can move from the context to the text.
function tag({ name, bytes }: Key, purpose: MacPurpose, context: string, text: string): string {
  const hmac = createHmac("sha256", bytes[purpose]).update(`${context.length}:${context}${text}`, "utf8");
  return name + hmac.digest("base64url").slice(0, MAC_LENGTH - NAME_LENGTH);
}

function derive(secret: Uint8Array, label: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(), label, length));
}
