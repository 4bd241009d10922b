/**
 * An endpoint of SockSync as the bench needs it: a list that many see, variables that are set together, functions that are
 * called at once, and a variable of any length for who does not read.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { action, anyone, App } from "@argyle/argyle";
import { list, type Variable, variable } from "@argyle/argyle/socksync";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import { ITEMS, makeItem, variableName, VARIABLES } from "../sync_frames.ts";

/** Where it is served. */
export const SYNC = "ws/sync";

/** An endpoint that is served. */
export interface SyncPage {
  readonly app: App;
  /** Puts the item of this number on top. */
  insert(number: number): Promise<void>;
  /** Tells the news of the numbers that come next, so many, in a text of so many letters each. */
  tell(first: number, count: number, length: number): Promise<void>;
}

/** Makes one. */
export function syncPage(options: AppOptions = {}): SyncPage {
  const items = list(Array.from({ length: ITEMS }, (_, index) => makeItem(ITEMS - 1 - index)));
  const variables = new Map<string, Variable<number>>();
  for (let index = 0; index < VARIABLES; index++) variables.set(variableName(index), variable(0));
  const all = [...variables.values()], news = variable("0 ");
  let held = Promise.withResolvers<void>();

  const functions = {
    add: action(z.object({ a: z.number(), b: z.number() }), ({ a, b }) => a + b),
    /** Gives all variables a value. */
    setAll: action(z.object({ value: z.number() }), async ({ value }) => {
      await Promise.all(all.map((variable) => variable.set(value)));
      return value;
    }),
    /** Is not over before somebody calls `release`. */
    hold: action(z.object({}), async () => {
      await held.promise;
      held = Promise.withResolvers();
      return 0;
    }),
    release: action(z.object({}), () => {
      held.resolve();
      return 0;
    }),
  };

  const app = new App({ name: "bench-sync", ...options });
  app.sync(`/${SYNC}`, { items, news, ...Object.fromEntries(variables), ...functions }, {
    authorize: anyone,
  });
  return {
    app,
    insert: (number) => items.insert(0, makeItem(number)),
    async tell(first, count, length) {
      for (let number = first; number < first + count; number++) {
        await news.set(`${number} `.padEnd(length, "news "));
        await setImmediate(); // a server that does not let its sockets write fills any buffer
      }
    },
  };
}
