import type { Engine } from "@argyle/argyle";
import type { AnyApp } from "@argyle/argyle/types";
import chat from "./chat/main.tsx";
import counter from "./counter/main.tsx";
import dashboard from "./dashboard/main.tsx";
import forms from "./forms/main.tsx";
import guestbook from "./guestbook/main.tsx";
import inventory from "./inventory/main.tsx";
import operations from "./operations/main.tsx";
import rooms from "./rooms/main.tsx";
import stimulus from "./stimulus/main.tsx";
import table from "./table/main.tsx";
import todo from "./todo/main.tsx";

/** An example: what it is called, what it shows, how it is made. */
export interface Example {
  /** Its folder, and its path in the demo. */
  readonly name: string;
  /** A sentence for the index page. */
  readonly shows: string;
  /** Makes it on an engine, below a base; `openDb` opens the KV file that is there for it. */
  make(options: Engine & { base: string; openDb: () => Promise<Deno.Kv> }): AnyApp | Promise<AnyApp>;
}

/** Every example, in the order in which one would read them. */
export const examples: readonly Example[] = [
  {
    name: "counter",
    shows: "A number for each session, kept through restarts.",
    make: (options) => counter(options),
  },
  {
    name: "table",
    shows: "A thousand rows that everybody sees change, and what that costs.",
    make: (options) => table(options),
  },
  {
    name: "todo",
    shows: "A list for each session: forms, messages, filters by URL, undo.",
    make: (options) => todo(options),
  },
  {
    name: "forms",
    shows: "A registration: what is wrong stands at its field while one types.",
    make: (options) => forms(options),
  },
  {
    name: "chat",
    shows: "Who is there and what they say: one page for all, with a part of their own for each.",
    make: (options) => chat(options),
  },
  {
    name: "guestbook",
    shows: "One form that works with JavaScript and without.",
    make: (options) => guestbook(options),
  },
  {
    name: "operations",
    shows: "A button for each thing that the server can do to a page, for one or for everybody.",
    make: (options) => operations(options),
  },
  {
    name: "stimulus",
    shows: "Colours to keep: real Stimulus controllers that stimulate reflexes.",
    make: (options) => stimulus(options),
  },
  {
    name: "inventory",
    shows: "Products that several people change at once, over SockSync: a list, a variable, functions.",
    make: async ({ openDb, ...options }) => await inventory({ ...options, db: await openDb() }),
  },
  {
    name: "rooms",
    shows: "Rooms in which people and programs speak and whisper, over typed events.",
    make: (options) => rooms(options),
  },
  {
    name: "dashboard",
    shows: "Curves that move, in a chart that lives in the browser: islands, pages without reloading.",
    make: (options) => dashboard(options),
  },
];
