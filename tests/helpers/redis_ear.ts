/**
 * Hears what is published, and that something was missed, in the order in which it was told.
 *
 * @module
 */

import type { Bus, Publication } from "@argyle/argyle/redis";

/** What is published with these texts. */
export function said(channel: string, topic: string, ...texts: string[]): Publication {
  return { channel, messages: texts.map((text) => ({ topic, text })) };
}

/** Leaving the scope leaves the channel. */
export class Ear implements AsyncDisposable {
  /** `TOPIC TEXT` each, or `gap`: what nobody has asked for yet. */
  readonly heard: string[] = [];
  #listening: AsyncDisposable | undefined;
  #wake: (() => void) | undefined;

  /** Resolves when it listens. */
  static async at(bus: Bus, channel = "shop"): Promise<Ear> {
    const ear = new Ear();
    ear.#listening = await bus.listen(channel, {
      hear: ({ topic, text }) => ear.#add(`${topic} ${text}`),
      gap: () => ear.#add("gap"),
    });
    return ear;
  }

  /** So many that are told next. */
  async next(count: number): Promise<string[]> {
    while (this.heard.length < count) await this.#more();
    return this.heard.splice(0, count);
  }

  /** All that is told up to this one, and this one. */
  async until(last: string): Promise<string[]> {
    while (!this.heard.includes(last)) await this.#more();
    return this.heard.splice(0, this.heard.indexOf(last) + 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening?.[Symbol.asyncDispose]();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  #add(word: string): void {
    this.heard.push(word);
    this.#wake?.();
  }
}
