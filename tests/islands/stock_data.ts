import { action, anyone, type App, topic } from "@argyle/argyle";
import type { variable } from "@argyle/argyle/socksync";
import { z } from "zod";

/** Who is told. */
export const Shop = topic("shop");

/** What islands show that take their data from a socket of their own. */
export function addData(app: App, stock: ReturnType<typeof variable<number>>) {
  const sync = app.sync("/ws/stock", { stock }, { authorize: anyone });
  const events = app.events("/news", { sends: { news: z.object({ text: z.string() }) } }).handle({
    tell: action(
      z.object({ text: z.string() }),
      ({ text }, { publish }) => publish(Shop(), "news", { text }),
    ),
  }, { authorize: anyone, connect: ({ join }) => join(Shop()) });
  return { sync, events };
}

/** Its types are all that a browser has of it. */
export type Data = ReturnType<typeof addData>;
