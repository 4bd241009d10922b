import type { Store } from "@argyle/argyle";

/** What somebody has said. */
export interface Message {
  /** Counts up. */
  readonly id: number;
  /** Names the call that has said it: said twice, it is there once. */
  readonly call: string;
  readonly from: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const KEY = "chat:messages", KEPT = 100, CHARACTERS = 15_000;

/** What is said: the last hundred messages, in the app's store, where every process finds them. */
export class Room {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The latest last. */
  async messages(): Promise<readonly Message[]> {
    return (await this.#read()).messages;
  }

  /** Somebody says something. */
  async say(call: string, from: string, text: string): Promise<void> {
    for (;;) {
      const { messages, version } = await this.#read();
      if (messages.some((message) => message.call === call)) return;
      const message: Message = { id: (messages.at(-1)?.id ?? 0) + 1, call, from, text, at: Date.now() };
      const value = JSON.stringify(latest([...messages, message]));
      const write = { key: KEY, value, expiresAt: Infinity };
      // Whoever was quicker has been heard first.
      if (await this.#store.commit([{ key: KEY, version }], [write]) !== null) return;
    }
  }

  async #read(): Promise<{ messages: readonly Message[]; version: string | null }> {
    const [entry = null] = await this.#store.get([KEY]);
    return { messages: entry === null ? [] : JSON.parse(entry.value), version: entry?.version ?? null };
  }
}

/** As many as are kept, and as have room: a store has a limit for what lies under one key. */
function latest(messages: readonly Message[]): readonly Message[] {
  let from = Math.max(0, messages.length - KEPT);
  let characters = messages.slice(from).reduce((sum, { text }) => sum + text.length, 0);
  while (characters > CHARACTERS && from < messages.length - 1) characters -= messages[from++]!.text.length;
  return messages.slice(from);
}
