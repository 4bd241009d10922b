import type { Store } from "@argyle/argyle";
import { z } from "zod";

/** One entry. */
export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly message: string;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
}

/** What is wrong with what somebody wrote, by field. */
export type Problems = Partial<Record<"name" | "message", string>>;

const Writing = z.object({
  name: z.string().trim().min(1, "Please say who you are.").max(
    60,
    "That is a long name: 60 characters at most.",
  ),
  message: z.string().trim().min(1, "Please write something.").max(500, "500 characters at most, please."),
});

const KEY = "guestbook:entries", KEPT = 50;

/** What is wrong with a writing; nothing, where it is fine. */
export function problemsOf(written: { name: string; message: string }): Problems {
  const checked = Writing.safeParse(written);
  if (checked.success) return {};
  const { name, message } = z.flattenError(checked.error).fieldErrors;
  return { ...(name?.[0] ? { name: name[0] } : {}), ...(message?.[0] ? { message: message[0] } : {}) };
}

/** The entries, newest first, kept in the app's own store: everybody's, not a session's. */
export class Guestbook {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async entries(): Promise<Entry[]> {
    const [entry] = await this.#store.get([KEY]);
    return entry == null ? [] : JSON.parse(entry.value);
  }

  /** Adds an entry, or says what is wrong with it. */
  async sign(written: { name: string; message: string }): Promise<Problems | undefined> {
    const checked = Writing.safeParse(written);
    if (!checked.success) return problemsOf(written);
    const entry: Entry = { id: crypto.randomUUID(), at: Date.now(), ...checked.data };
    for (;;) { // somebody else may sign at the same moment: then once more, on what is there now
      const [before] = await this.#store.get([KEY]);
      const entries: Entry[] = before == null ? [] : JSON.parse(before.value);
      const value = JSON.stringify([entry, ...entries].slice(0, KEPT));
      const checks = [{ key: KEY, version: before?.version ?? null }];
      if (await this.#store.commit(checks, [{ key: KEY, value, expiresAt: Infinity }]) !== null) {
        return undefined;
      }
    }
  }
}
