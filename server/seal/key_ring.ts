/**
 * Sealing: what leaves the server to come back is encrypted and bound to its purpose, context and time.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";

/** What a sealed text is for; no text of one purpose opens for another. */
export type Purpose = "session" | "page" | "visit";

const VERSION = 1, HEADER = 18, TAG = 16, DAY = 86_400;
const base64url = { alphabet: "base64url", omitPadding: true } as const;

/**
 * Seals with AES-256-GCM under keys derived (HKDF-SHA-256) from the first secret for each purpose and day; opens
 * with every secret. A sealed text is `version 1 | key id 1 | seconds 4 | nonce 12 | ciphertext | tag 16`, as
 * base64url, the header authenticated.
 */
export class KeyRing {
  readonly #secrets: readonly { id: number; material: Promise<CryptoKey> }[];
  readonly #clock: Clock;
  readonly #derived = new Map<string, Promise<CryptoKey>>();

  /**
   * @param secrets the first seals, all open
   * @param clock the time that goes into the seal
   */
  constructor(secrets: readonly Uint8Array<ArrayBuffer>[], clock: Clock) {
    this.#clock = clock;
    this.#secrets = secrets.map((bytes) => ({
      id: fingerprint(bytes),
      material: crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]),
    }));
  }

  /** Seals a text. It opens only for the same purpose and context. */
  async seal(purpose: Purpose, context: string, text: string): Promise<string> {
    const secret = this.#secrets[0]!;
    const header = new Uint8Array(HEADER);
    const seconds = Math.floor(this.#clock.now() / 1000);
    header[0] = VERSION;
    header[1] = secret.id;
    new DataView(header.buffer).setUint32(2, seconds);
    crypto.getRandomValues(header.subarray(6));
    const key = await this.#key(0, purpose, seconds);
    const sealed = await crypto.subtle.encrypt(
      parameters(header, context),
      key,
      new TextEncoder().encode(text),
    );
    const out = new Uint8Array(HEADER + sealed.byteLength);
    out.set(header);
    out.set(new Uint8Array(sealed), HEADER);
    return out.toBase64(base64url);
  }

  /**
   * Opens a text that was sealed for this purpose and context at most `maxAge` milliseconds ago.
   *
   * @returns the text and when it was sealed (ms), or `undefined` for anything else: forged, moved, old, damaged;
   * which of them is nobody's business
   */
  async open(
    purpose: Purpose,
    context: string,
    sealed: string,
    maxAge: number,
  ): Promise<{ text: string; sealedAt: number } | undefined> {
    const bytes = decode(sealed);
    if (bytes === undefined || bytes.length < HEADER + TAG || bytes[0] !== VERSION) return undefined;
    const seconds = new DataView(bytes.buffer).getUint32(2);
    const age = this.#clock.now() - seconds * 1000;
    if (age > maxAge || age < -60_000) return undefined; // a minute of skew between machines
    const header = bytes.subarray(0, HEADER), body = bytes.subarray(HEADER);
    for (const [index, { id }] of this.#secrets.entries()) {
      if (id !== header[1]) continue;
      const key = await this.#key(index, purpose, seconds);
      try {
        const opened = await crypto.subtle.decrypt(parameters(header, context), key, body);
        return { text: new TextDecoder().decode(opened), sealedAt: seconds * 1000 };
      } catch (error) {
        // Not authentic under this secret; another may share the id. Anything else is a fault of ours.
        if (!(error instanceof DOMException && error.name === "OperationError")) throw error;
      }
    }
    return undefined;
  }

  #key(index: number, purpose: Purpose, seconds: number): Promise<CryptoKey> {
    const day = Math.floor(seconds / DAY);
    const name = `${index} ${purpose} ${day}`;
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    // 31 days × purposes × secrets stay well below this; what is dropped is derived again.
    if (this.#derived.size > 512) this.#derived.clear();
    const key = this.#secrets[index]!.material.then((material) =>
      crypto.subtle.deriveKey(
        {
          name: "HKDF",
          hash: "SHA-256",
          salt: new Uint8Array(),
          info: new TextEncoder().encode(`argyle ${purpose} ${day}`),
        },
        material,
        { name: "AES-GCM", length: 256 },
        false,
        ["encrypt", "decrypt"],
      )
    );
    this.#derived.set(name, key);
    return key;
  }
}

function parameters(header: Uint8Array<ArrayBuffer>, context: string): AesGcmParams {
  const text = new TextEncoder().encode(context);
  const additionalData = new Uint8Array(header.length + text.length);
  additionalData.set(header);
  additionalData.set(text, header.length);
  return { name: "AES-GCM", iv: header.subarray(6), additionalData };
}

function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

// Eight bits that tell secrets apart and nothing about them.
function fingerprint(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash ^ (hash >>> 16)) & 0xff;
}
