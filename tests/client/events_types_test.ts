/** What must compile, and what must not: the compiler is the judge, and each `@ts-expect-error` has its own reason. */
import { action, anyone, App, EventsEndpoint } from "@argyle/argyle";
import { connectEvents, type EventsClient, type EventsMessage } from "@argyle/argyle/client";
import { z } from "zod";
// As a page would have it: the type, and nothing else.
import type { Rooms } from "./events_serve.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
function holds<_T extends true>(): void {}

Deno.test("types: a client knows what may be sent, and what is answered", () => {
  const never = async () => {
    using client = connectEvents<Rooms>("wss://shop.test/room/lobby/7");
    holds<Equal<typeof client, EventsClient<Rooms>>>();
    const time = await client.send("time", { zone: "UTC" }, { signal: AbortSignal.timeout(2000) });
    holds<Equal<typeof time, { now: string }>>();
    const nothing = await client.send("message", { msg: "Hello" });
    holds<Equal<typeof nothing, void>>();
    await client.send("whisper", { to: 8, msg: "psst" }); // its handler is `onWhisper`
    await client.send("leave");
    await client.send("leave", {}, { timeout: 10 });
    // @ts-expect-error -- misspelt
    void client.send("mesage", { msg: "Hello" });
    // @ts-expect-error -- the event of `onWhisper` is `whisper`
    void client.send("onWhisper", { to: 8, msg: "psst" });
    // @ts-expect-error -- a number is no text
    void client.send("message", { msg: 5 });
    // @ts-expect-error -- `msg` is missing
    void client.send("message", {});
    // @ts-expect-error -- the data cannot be left out
    void client.send("message");
    // @ts-expect-error -- one key too many
    void client.send("message", { msg: "Hello", more: true });
    // @ts-expect-error -- no option of that name
    void client.send("leave", {}, { deadline: 10 });
    // @ts-expect-error -- it gives several messages
    void client.send("count", { to: 3 });
  };
  void never;
});

Deno.test("types: a client knows what comes in several messages, and what needs no answer", () => {
  const never = async () => {
    using client = connectEvents<Rooms>("wss://shop.test/room/lobby/7");
    for await (const part of client.stream("count", { to: 3 }, { timeout: 10 })) {
      holds<Equal<typeof part, { n: number }>>();
    }
    // @ts-expect-error -- a text is no number
    client.stream("count", { to: "3" });
    // @ts-expect-error -- it gives one message
    client.stream("time", { zone: "UTC" });
    client.notify("count", { to: 3 });
    client.notify("leave");
    // @ts-expect-error -- a number is no text
    client.notify("message", { msg: 5 });
    // @ts-expect-error -- nobody waits, so that there is nothing to say about it
    client.notify("message", { msg: "Hello" }, { timeout: 10 });
  };
  void never;
});

Deno.test("types: a client knows what the server sends by itself", () => {
  const never = async () => {
    using client = connectEvents<Rooms>("wss://shop.test/room/lobby/7");
    client.on("message", (data) => holds<Equal<typeof data, { msg: string; sender: number }>>());
    // @ts-expect-error -- what can be sent is not what comes
    client.on("time", () => {});
    // @ts-expect-error -- a text is no number
    client.on("join", ({ client_id }: { client_id: string }) => client_id);
    for await (const message of client) {
      holds<Equal<typeof message, EventsMessage<Rooms>>>();
      // @ts-expect-error -- `join` has none
      void message.msg;
      if (message.type === "whisper") holds<Equal<typeof message.from, number>>();
      // @ts-expect-error -- nothing of that type comes
      if (message.type === "leave") break;
    }
    // @ts-expect-error -- it says how it is, and is not told
    client.status = "closed";
  };
  void never;
});

Deno.test("types: what a handler may give or not may be there or not", () => {
  const tools = new App().events("/tools").handle({
    find: action(z.object({ id_of: z.string() }), ({ id_of }) => id_of === "a" ? { at: 1 } : undefined),
    look: action(z.object({}), async (): Promise<{ a: 1 } | { b: 2 }> => await Promise.resolve({ a: 1 })),
    own: action(z.object({}), () => ({ type: "other", id: 5, n: 1 })),
    any: action(z.object({}), (): unknown => ({ n: 1 })),
  }, { authorize: anyone });
  const never = async () => {
    using client = connectEvents<typeof tools>("wss://shop.test/tools");
    const { at } = await client.send("find", { id_of: "a" });
    holds<Equal<typeof at, number | undefined>>();
    const look = await client.send("look");
    holds<Equal<typeof look, { a: 1 } | { b: 2 }>>();
    const own = await client.send("own");
    holds<Equal<typeof own, { n: number }>>();
    const { n } = await client.send("any");
    holds<Equal<typeof n, unknown>>();
    client.on("whatever", (data) => holds<Equal<typeof data, Record<string, unknown>>>());
  };
  void never;
});

Deno.test("types: a client of a class knows its events", () => {
  class Chat extends EventsEndpoint {
    onSay = action(z.object({ msg: z.string() }), ({ msg }) => ({ length: msg.length }));
  }
  const chat = new App().events("/chat").handle(Chat, { authorize: anyone });
  const never = async () => {
    using client = connectEvents<typeof chat>("wss://shop.test/chat");
    const { length } = await client.send("say", { msg: "Hello" });
    holds<Equal<typeof length, number>>();
    // @ts-expect-error -- a number is no text
    void client.send("say", { msg: 5 });
    // @ts-expect-error -- no handler
    void client.send("connect");
  };
  void never;
});

Deno.test("types: of a client of which nothing is known, types are texts and data unknown", () => {
  const never = async () => {
    const client = connectEvents("wss://shop.test/chat");
    const { now } = await client.send("time", { zone: 5 });
    holds<Equal<typeof now, unknown>>();
    client.on("message", ({ msg }) => holds<Equal<typeof msg, unknown>>());
    for await (const { type, msg } of client) holds<Equal<[typeof type, typeof msg], [string, unknown]>>();
    // @ts-expect-error -- a text is no object
    void client.send("time", "UTC");
    // @ts-expect-error -- a number is no type
    client.notify(5);
  };
  void never;
});

Deno.test("types: what connectEvents is given is checked", () => {
  const never = () => {
    connectEvents(new URL("wss://shop.test/ws"), { protocols: ["a"], headers: { a: "b" } });
    // @ts-expect-error -- a number is no address
    connectEvents(5);
    // @ts-expect-error -- headers are texts
    connectEvents("/ws", { headers: { a: 5 } });
    // @ts-expect-error -- no option of that name
    connectEvents("/ws", { retries: 5 });
  };
  void never;
});
