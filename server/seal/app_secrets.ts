/**
 * Which secrets an app seals with.
 *
 * @module
 */

import { makeSecret, readSecrets } from "./secrets.ts";

/** What is asked of the store that may keep a secret. */
interface SecretStore {
  readonly name: string;
  readonly durable: boolean;
  readonly exclusive: boolean;
  get(keys: readonly string[]): Promise<({ value: string } | null)[]>;
  commit(
    checks: readonly { key: string; version: string | null }[],
    writes: readonly { key: string; value: string; expiresAt: number }[],
  ): Promise<string | null>;
}

/**
 * The app's secrets: those that were given; else one that lies in a store that is the app's alone, made once by
 * compare-and-set; else, where the state ends with the process anyway, one that does too.
 *
 * @param app names the secret in the store
 * @param passing one for a store that keeps none: `deno task dev` has it, so that who is known stays so from process to process
 * @throws TypeError where the store is shared and no secret was given
 */
export async function appSecrets(
  store: SecretStore,
  app: string,
  given: string | readonly string[] | undefined,
  passing?: string,
): Promise<Uint8Array<ArrayBuffer>[]> {
  if (given !== undefined) return readSecrets(given);
  const keeps = store.durable && store.exclusive;
  if (passing !== undefined && !keeps) return readSecrets([passing]);
  if (!store.durable) return readSecrets([makeSecret()]);
  if (!keeps) {
    throw new TypeError(
      `Cannot start on ${store.name} without a secret: others can read what lies there. ` +
        `Set ARGYLE_SECRET to the same value on every machine; make one with: openssl rand -base64 32`,
    );
  }
  const key = `${app}:secret`;
  const secret = makeSecret();
  // Nobody overwrites: who comes second takes what the first has left.
  await store.commit([{ key, version: null }], [{ key, value: secret, expiresAt: Infinity }]);
  const [kept] = await store.get([key]);
  if (kept == null) throw new Error(`Cannot start: the secret that was kept in ${store.name} is not there.`);
  return readSecrets([kept.value]);
}
