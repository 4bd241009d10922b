/** What must compile, and what must not: the compiler is the judge, and each `@ts-expect-error` has its own reason. */
import { action, anyone, App, EventsEndpoint, topic } from "@argyle/argyle";
import type { EventName, Events } from "@argyle/argyle/types";
import { z } from "zod";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
function holds<_T extends true>(): void {}

/** The handlers of an endpoint, by their events. */
type HandlersOf<E> = E extends Events<infer H, infer _S, infer _P, infer _Q> ? H : never;
type InputOf<A> = A extends { readonly "~types"?: { readonly input: infer Input } } ? Input : never;
type ResultOf<A> = A extends { readonly "~types"?: { readonly result: infer Result } } ? Result : never;

const Room = topic("room/:room"), Client = topic("room/:room/:client");
const People = topic("people/:room", { presence: z.object({ name: z.string() }) });
const sends = {
  message: z.object({ msg: z.string(), sender: z.int() }),
  join: z.object({ client_id: z.int() }),
};
const room = z.object({ room: z.string(), client: z.coerce.number().int() });

Deno.test("types: params, query and what is sent are known to handlers and hooks", () => {
  const rooms = new App().events("/room/:room/:client", {
    params: room,
    query: z.object({ since: z.coerce.date().optional() }),
    sends,
  }).handle({
    message: action(z.object({ msg: z.string().max(1000) }), ({ msg }, { params, query, publish }) => {
      holds<Equal<typeof params.client, number>>();
      holds<Equal<typeof query.since, Date | undefined>>();
      return publish(Room(params), "message", { msg, sender: params.client });
    }),
    onTime: action(z.object({ zone: z.string() }), ({ zone }) => ({ now: zone })),
    count: action(z.object({}), async function* (_input, { params }) {
      yield { at: params.client.toFixed() };
    }),
    private: action(z.object({ to: z.int() }), () => {}, { event: "whisper", concurrent: true }),
  }, {
    authorize: ({ params, user }) => params.client.toFixed() === user,
    async connect({ params, join, publish, present }) {
      join(Room(params));
      join(Client(params));
      await join(People(params), { name: "Ann" });
      const [first] = await present(People(params));
      holds<Equal<typeof first, { name: string } | undefined>>();
      return publish(Room(params), "join", { client_id: params.client });
    },
    disconnect: ({ params, publish }, code) =>
      publish(Room(params), "join", { client_id: params.client + code }),
  });
  type Handled = HandlersOf<typeof rooms>;
  holds<Equal<keyof Handled, "message" | "time" | "count" | "whisper">>();
  holds<Equal<InputOf<Handled["time"]>, { zone: string }>>();
  holds<Equal<ResultOf<Handled["time"]>, { now: string }>>();
});

Deno.test("types: a wrong message does not compile", () => {
  const never = () => {
    const bad = new App().events("/bad/:room", { sends }).handle({
      // @ts-expect-error -- no action
      silly: () => {},
    }, { authorize: anyone });
    // @ts-expect-error -- not declared
    void bad.publish(Room({ room: "a" }), "other", {});
    // @ts-expect-error -- a text is no number
    void bad.publish(Room({ room: "a" }), "message", { msg: "", sender: "x" });
    // @ts-expect-error -- nobody has said who may come in
    new App().events("/none").handle({}, {});
    new App().events("/inner", { sends }).handle({
      a: action(z.object({ msg: z.string() }), ({ msg }, { send, join, params, close }) => {
        void send("join", { client_id: 1 });
        // @ts-expect-error -- not declared
        void send("nothing", {});
        // @ts-expect-error -- a field is missing
        void send("message", { msg });
        // @ts-expect-error -- the topic has presence, and wants to know as what
        void join(People({ room: "a" }));
        // @ts-expect-error -- and this has none
        void join(Room({ room: "a" }), { name: "" });
        // @ts-expect-error -- a path without params
        void params.room;
        // @ts-expect-error -- a code is a number
        close("1000");
      }),
    }, { authorize: anyone });
  };
  void never;
});

Deno.test("types: without `sends`, anything may be sent", () => {
  new App().events("/plain/:room").handle({
    message: action(z.object({ msg: z.string() }), ({ msg }, { params, send }) => {
      holds<Equal<typeof params.room, string>>();
      return send("x", { msg, room: params.room });
    }),
  }, { authorize: anyone });
});

Deno.test("types: a class has its endpoint's params, and gives its actions", () => {
  class Base extends EventsEndpoint<{ room: string; client: number }, URLSearchParams, typeof sends> {
    onMessage = action(z.object({ msg: z.string() }), ({ msg }) => {
      holds<Equal<typeof this.socket.params.client, number>>();
      return this.socket.publish(Room(this.socket.params), "message", { msg, sender: 1 });
    });
    label = "no handler";
  }
  class Chat extends Base {
    handle_time = action(z.object({}), () => ({ now: 1 }));
    override connect() {
      // @ts-expect-error -- not declared
      void (() => this.socket.send("nothing", {}));
      return this.socket.join(Room(this.socket.params));
    }
  }
  const chat = new App().events("/room/:room/:client", { params: room, sends }).handle(Chat, {
    authorize: anyone,
  });
  holds<Equal<keyof HandlersOf<typeof chat>, "message" | "time">>();
  const more = chat.attach({
    onPing: action(z.object({}), (_input, { params }) => ({ pong: params.client })),
  });
  holds<Equal<keyof HandlersOf<typeof more>, "message" | "time" | "ping">>();
  const never = () => {
    // @ts-expect-error -- the path has no client
    new App().events("/room/:room", { sends }).handle(Chat, { authorize: anyone });
    // @ts-expect-error -- no endpoint
    new App().events("/date").handle(Date, { authorize: anyone });
  };
  void never;
});

Deno.test("types: names of events, as they are at run time", () => {
  holds<Equal<EventName<"onMessage">, "message">>();
  holds<Equal<EventName<"on_message">, "message">>();
  holds<Equal<EventName<"handleMessage">, "message">>();
  holds<Equal<EventName<"handle_it_all">, "it_all">>();
  holds<Equal<EventName<"on_on_air">, "on_air">>();
  holds<Equal<EventName<"onHandleIt">, "handleIt">>();
  holds<Equal<EventName<"once" | "handler" | "message">, "once" | "handler" | "message">>();
  holds<Equal<EventName<"on2">, "on2">>();
});
