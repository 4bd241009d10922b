/** What somebody has said. */
export interface Message {
  /** Counts up, in one room. */
  readonly id: number;
  readonly from: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const KEPT = 100, ROOMS = 1000;

/** Rooms in this process's memory: the last hundred messages of each, the least recently used room goes first. */
export class Rooms {
  readonly #rooms = new Map<string, Message[]>();
  #last = 0;

  /** What was said in a room, the latest last. */
  messages(room: string): readonly Message[] {
    return this.#rooms.get(room) ?? [];
  }

  /** Somebody says something. */
  say(room: string, from: string, text: string): void {
    const message: Message = { id: ++this.#last, from, text, at: Date.now() };
    const messages = [...this.messages(room), message].slice(-KEPT);
    this.#rooms.delete(room);
    this.#rooms.set(room, messages);
    const [oldest] = this.#rooms.keys();
    if (this.#rooms.size > ROOMS && oldest !== undefined) this.#rooms.delete(oldest);
  }
}
