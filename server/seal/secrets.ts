/**
 * The secrets that everything is sealed with: read, judged, made.
 *
 * @module
 */

const placeholder = /change.?me|placeholder|example|password|your.?secret|^(.)\1+$/i;

/** Fewest bytes of a secret: 256 bits, where they are random. */
export const SECRET_BYTES = 32;

/**
 * The secrets of `ARGYLE_SECRET` or of an app's options, as bytes: the first seals, all open.
 *
 * @param secrets one text with commas, or a list
 * @throws TypeError for a secret that is short, a known placeholder, or one too many
 */
export function readSecrets(secrets: string | readonly string[]): Uint8Array<ArrayBuffer>[] {
  const texts = (typeof secrets === "string" ? secrets.split(",") : secrets).map((text) => text.trim())
    .filter((text) => text !== "");
  if (texts.length === 0) throw new TypeError("Cannot use the secrets: there is none among them.");
  if (texts.length > 4) throw new TypeError("Cannot use the secrets: more than four; retire the old ones.");
  return texts.map((text, index) => {
    const bytes = new TextEncoder().encode(text);
    // The value itself must never reach a log, so the message counts instead of quoting.
    const which = `secret ${index + 1} of ${texts.length}`;
    if (bytes.length < SECRET_BYTES) {
      throw new TypeError(
        `Cannot use ${which}: it has ${bytes.length} bytes of at least ${SECRET_BYTES}. ` +
          `Make one with: openssl rand -base64 32`,
      );
    }
    if (placeholder.test(text) || new Set(text).size < 8) {
      throw new TypeError(
        `Cannot use ${which}: it looks like a placeholder. Make one with: openssl rand -base64 32`,
      );
    }
    return bytes;
  });
}

/** A new secret of 256 random bits, as text. */
export function makeSecret(): string {
  return crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}
