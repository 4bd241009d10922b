/**
 * A bus over a stream of NATS JetStream: `docs/decisions/014-nats-bus.md`.
 *
 * @module
 */

import { systemClock } from "../../protocol/clock.ts";
import type { Bus, BusListener, Publication } from "./bus.ts";
import { ANSWER_MS } from "./_nats_connection.ts";
import { NatsFeed } from "./_nats_feed.ts";
import type { NatsLog } from "./_nats_log.ts";
import { encode, tokenOf } from "./_nats_parts.ts";
import { NatsSender } from "./_nats_sender.ts";

/** Carries messages between all that have a connection to the same NATS. */
export class NatsBus implements Bus {
  readonly name = "nats";
  readonly replay = true;
  readonly #log: NatsLog;
  readonly #senders = new Map<string, NatsSender>();
  #feed: NatsFeed | undefined;

  constructor(log: NatsLog) {
    this.#log = log;
  }

  async publish({ channel, messages }: Publication): Promise<void> {
    const token = tokenOf(channel), bytes = encode(messages);
    if (messages.length === 0) return;
    let sender = this.#senders.get(token);
    if (sender === undefined) {
      sender = new NatsSender(this.#log, token, () => this.#senders.delete(token));
      this.#senders.set(token, sender);
    }
    await sender.send(bytes);
  }

  async listen(channel: string, listener: BusListener): Promise<AsyncDisposable> {
    const token = tokenOf(channel);
    const feed: NatsFeed = this.#feed ??= new NatsFeed(this.#log, () => {
      if (this.#feed === feed) this.#feed = undefined;
    });
    try {
      return await feed.join(token, listener);
    } catch (cause) {
      const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\.?$/, ".");
      throw new Error(`Cannot listen to NATS: ${why}`, { cause });
    }
  }

  /**
   * Says something to itself, once: what is not permitted is found at start.
   *
   * @throws Error where it is not heard
   */
  async rehearse(): Promise<void> {
    const channel = `start-${crypto.randomUUID()}`, heard = Promise.withResolvers<boolean>();
    await using _listening = await this.listen(channel, { hear: () => heard.resolve(true), gap() {} });
    await this.publish({ channel, messages: [{ topic: "", text: "" }] });
    const cancel = systemClock.after(ANSWER_MS, () => heard.resolve(false));
    const isHeard = await heard.promise;
    cancel();
    if (!isHeard) throw new Error("What was just published is not heard.");
  }
}
