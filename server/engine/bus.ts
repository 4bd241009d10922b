/**
 * What a bus must do, and what it may say of itself. `busContract` of `@argyle/argyle/testing` is the same as tests.
 *
 * @module
 */

/**
 * Something that isolates tell each other.
 *
 * @example
 * ```ts
 * import type { Message } from "@argyle/argyle/types";
 * const message: Message = { topic: "items", text: '["changed","items"]' };
 * ```
 */
export interface Message {
  /** What it is about: what is said about one topic is heard in its order. At most 512 characters. */
  readonly topic: string;
  /** What is said: any well-formed text. A bus carries it as it is, and knows nothing of what it means. */
  readonly text: string;
}

/**
 * Messages that are published together.
 *
 * @example
 * ```ts
 * import type { Publication } from "@argyle/argyle/types";
 * const publication: Publication = { channel: "shop", messages: [{ topic: "items", text: "changed" }] };
 * ```
 */
export interface Publication {
  /** Whose they are: who listens to another channel does not hear them. The name of an app, with its base. */
  readonly channel: string;
  /** At least one, in their order. */
  readonly messages: readonly Message[];
}

/**
 * Hears what is published. Neither of the two may throw.
 *
 * @example
 * ```ts
 * import type { BusListener } from "@argyle/argyle/types";
 * const listener: BusListener = {
 *   hear: ({ topic, text }) => console.log(topic, text),
 *   gap: () => console.log("something may have been missed"),
 * };
 * ```
 */
export interface BusListener {
  /** A message. */
  hear(message: Message): void;
  /**
   * Some may have been missed between the last one that was heard and the next: what is known from messages is not known
   * any more.
   */
  gap(): void;
}

/**
 * Carries messages between all isolates of an app. What it promises is tested by the contract:
 *
 * - Everybody who listens to a channel hears what is published to it, the isolate that has published it too.
 * - Of one publisher and topic it is heard in the order in which it was published.
 * - It is heard at least once, or there was a `gap()`. A listener copes with hearing it twice.
 * - A listener hears everything that is published once `listen()` is done, and nothing of before. Where the connection is
 *   lost, the bus comes back by itself: with what was said meanwhile where it has `replay`, with a `gap()` else.
 *
 * @example
 * ```ts
 * import { memory } from "@argyle/argyle/memory";
 * const { bus } = memory();
 * await using listening = await bus.listen("shop", { hear: ({ text }) => console.log(text), gap() {} });
 * await bus.publish({ channel: "shop", messages: [{ topic: "items", text: "changed" }] });
 * ```
 */
export interface Bus {
  /** A word for logs: `memory`, `redis`. */
  readonly name: string;
  /** Whether what was published while a listener was cut off is heard when it is back: a gap is the exception then. */
  readonly replay: boolean;
  /**
   * Whether nobody listens to a channel but the isolate that asks, so that nothing has to be published to it now. Left out
   * where nobody can know.
   */
  isAlone?(channel: string): boolean;
  /**
   * Publishes messages.
   *
   * @throws RangeError for a message that is too large; Error where the bus cannot be reached: then it may have happened
   */
  publish(publication: Publication): Promise<void>;
  /**
   * Listens to a channel until what is returned is disposed of, which ends all that it has opened.
   *
   * @throws Error where the bus cannot be reached
   */
  listen(channel: string, listener: BusListener): Promise<AsyncDisposable>;
}
