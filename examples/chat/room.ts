/** What somebody has said. */
export interface Message {
  /** Counts up. */
  readonly id: number;
  readonly from: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const KEPT = 100;

/** What is said, in this process's memory: the last hundred messages. */
export class Room {
  #messages: readonly Message[] = [];
  #last = 0;

  /** The latest last. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Somebody says something. */
  say(from: string, text: string): void {
    const message: Message = { id: ++this.#last, from, text, at: Date.now() };
    this.#messages = [...this.#messages, message].slice(-KEPT);
  }
}
