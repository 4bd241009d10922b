/**
 * A page that all visitors share, and of which one text of any length changes: what fills the line of who does not read.
 *
 * @module
 */

import { App, Head, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";

const News = topic("news");

/** A board that is served. */
export interface Board {
  readonly app: App;
  /** Shows a number to whoever looks at it, in a text of so many letters. */
  show(number: number, length: number): Promise<void>;
}

/** Makes one that shows 0. */
export function boardPage(options: AppOptions = {}): Board {
  let news = "0";
  const app = new App({ name: "board", ...options });
  app.page("/", ({ subscribe }) => {
    subscribe(News());
    return (
      <main>
        <Head>
          <title>Board</title>
        </Head>
        <p id="news">{news}</p>
      </main>
    );
  }, { key: () => "everybody" });
  return {
    app,
    async show(number, length) {
      news = `${number} `.padEnd(length, "news ");
      await app.publish(News());
    },
  };
}
