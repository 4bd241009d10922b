/** What must compile, and what must not: the compiler is the judge, and each `@ts-expect-error` has its own reason. */
import { action, App, Live, on, type PathParams, Reflex, type Topic, topic } from "@argyle/argyle";
import { reflex, type ReflexMember, type RemoteReflex } from "@argyle/argyle/client";
import { z } from "zod";

interface Session {
  count: number;
  name: string;
}

class Counter extends Reflex<{ count: number }> {
  increment(by = 1) {
    return this.session.count += by;
  }
  rename = action(z.object({ name: z.string() }), ({ name }) => name.length);
  label = "no call";
}

class Stranger extends Reflex<{ unknown: Date }> {
  go() {}
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
function holds<_T extends true>(): void {}

Deno.test("types: on() knows names and arguments", () => {
  on("click", Counter, "increment", 5);
  on("click", Counter, "increment");
  on("click", Counter, "rename", { name: "Ann" }).on("focus", Counter, "rename");
  // @ts-expect-error -- a text is no number
  on("click", Counter, "increment", "5");
  // @ts-expect-error -- one argument too many
  on("click", Counter, "increment", 5, 6);
  // @ts-expect-error -- misspelt
  on("click", Counter, "incremnt");
  // @ts-expect-error -- the schema's input has a name
  on("click", Counter, "rename", { title: "Ann" });
  // @ts-expect-error -- a field that is no action
  on("click", Counter, "label");
  // @ts-expect-error -- what every reflex has is not for pages
  on("click", Counter, "abort");
  // @ts-expect-error -- not a reflex
  on("click", Date, "getTime");
});

Deno.test("types: a script calls actions with their input, and methods without arguments", () => {
  holds<Equal<ReflexMember, keyof Reflex>>();
  type Remote = RemoteReflex<Counter>;
  holds<Equal<keyof Remote, "increment" | "rename">>();
  holds<Equal<ReturnType<Remote["increment"]>, Promise<number>>>();
  holds<Equal<Remote["rename"], (input: { name: string }) => Promise<number>>>();
  const never = () => {
    const counter = reflex<Counter>("Counter");
    void counter.increment();
    void counter.rename({ name: "Ann" });
    // @ts-expect-error -- arguments are the page's to offer
    void counter.increment(5);
    // @ts-expect-error -- the schema's input has a name
    void counter.rename({ title: "Ann" });
    // @ts-expect-error -- misspelt
    void counter.incremnt();
    // @ts-expect-error -- what every reflex has is not for scripts
    void counter.abort();
  };
  void never;
});

Deno.test("types: a form knows the action and its fields", () => {
  new App<Session>().page("/", ({ form }) => {
    const rename = form(Counter, "rename");
    rename.field("name");
    rename.error();
    // @ts-expect-error -- misspelt
    rename.field("nmae");
    // @ts-expect-error -- a method has no schema
    form(Counter, "increment");
    // @ts-expect-error -- misspelt
    form(Counter, "renam");
    return <form {...rename} />;
  });
  on("input", Counter, "rename").with({ debounce: 300 });
  // @ts-expect-error -- misspelt
  const wrong = () => on("input", Counter, "rename").with({ debounse: 300 });
  void wrong;
});

Deno.test("types: an app takes reflexes that need a part of its session, or none of it", () => {
  class Any extends Reflex {
    go() {}
  }
  const app = new App<Session>();
  app.reflexes({ Counter, Any });
  // @ts-expect-error -- the app's session has no such field
  app.reflexes({ Stranger });
});

Deno.test("types: a schema types the session", () => {
  const app = new App({ session: z.object({ count: z.number().default(0) }) });
  app.page("/", ({ session }) => {
    holds<Equal<typeof session, Readonly<{ count: number }>>>();
    // @ts-expect-error -- a page only shows
    session.count = 1;
    return <p>{session.count.toFixed()}</p>;
  });
});

Deno.test("types: params come from the path", () => {
  const app = new App();
  app.page("/rooms/:room/:seat?", ({ params }) => {
    params.room.toUpperCase();
    // @ts-expect-error -- it may be absent
    params.seat.toUpperCase();
    // @ts-expect-error -- there is no such param
    return <p>{params.chair}</p>;
  });
  holds<Equal<PathParams<"/files/*">["0"], string>>();
  holds<Equal<PathParams<"/orders/:id(\\d+)">["id"], string>>();
  holds<Equal<PathParams<"/:from-:to">["to"], string>>();
  holds<Equal<PathParams<string>, { readonly [name: string]: string }>>();
});

Deno.test("types: inside a reflex, refusals narrow, and a stranger's word is no text", () => {
  class Rows extends Reflex {
    open(rows: Map<number, string>) {
      const row = rows.get(this.element.dataset("id").int()) ?? this.abort("There is none.");
      holds<Equal<typeof row, string>>();
      // @ts-expect-error -- a stranger's word has to be read first
      const text: string = this.element.value;
      return [row, text];
    }
  }
  void Rows;
});

Deno.test("types: the method's private parts and inherited ones cannot be offered", () => {
  class Account extends Reflex {
    private wipe() {}
    keep() {
      this.wipe();
    }
  }
  on("click", Account, "keep");
  // @ts-expect-error -- private
  on("click", Account, "wipe");
});

Deno.test("types: a page with cache has nothing of a person", () => {
  const app = new App<Session>();
  app.page("/a/:b", ({ params }) => <p>{params.b}</p>, { cache: "public" });
  // @ts-expect-error -- there is no session
  app.page("/", ({ session }) => <p>{session.count}</p>, { cache: "public" });
  app.page("/", ({ session }) => <p>{session.count.toFixed()}</p>, { state: () => ({ open: false }) });
});

Deno.test("types: a schema types the query, of pages, public pages and routes", () => {
  const app = new App<Session>();
  const query = z.object({ page: z.coerce.number().default(1), tag: z.string().optional() });
  app.page("/:shelf", ({ query, params, session, state }) => {
    holds<Equal<typeof query, { page: number; tag?: string | undefined }>>();
    holds<Equal<typeof state, Readonly<{ open: boolean }>>>();
    // @ts-expect-error -- it is no URLSearchParams
    query.get("page");
    return <p>{params.shelf.length + session.count}</p>;
  }, { query, state: () => ({ open: false }) });
  app.page("/a", ({ query }) => <p>{query.page.toFixed()}</p>, { query, cache: "public" });
  app.route("/b", { GET: ({ query }) => Response.json(query.page.toFixed()) }, { query });
  app.page("/c", ({ query }) => <p>{query.get("page")}</p>, { state: () => ({ open: false }) });
  app.route("/d", { GET: ({ query }) => new Response(query.get("page")) });
});

Deno.test("types: a topic knows what people on it are shown as, and what they join with", () => {
  const Room = topic("room/:room", {
    presence: z.object({ name: z.string(), mood: z.string().default("fine") }),
    authorize: ({ user, verb }, { room }) => verb === "join" ? user !== undefined : room !== "staff",
  });
  const Items = topic("items");
  holds<
    Equal<
      ReturnType<typeof Room>,
      Topic<{ name: string; mood: string }, { name: string; mood?: string | undefined }>
    >
  >();
  holds<Equal<ReturnType<typeof Items>, Topic<undefined>>>();
  const lobby = Room({ room: "lobby" });
  const topics: Topic[] = [lobby, Items()];
  void topics;
  new App<Session>().page("/:room", async ({ session, params, present, join }) => {
    const people = await present(Room(params));
    holds<Equal<typeof people, readonly { name: string; mood: string }[]>>();
    join(lobby, { name: session.name });
    join(lobby, { name: session.name, mood: "busy" });
    // @ts-expect-error -- the schema's input has a name
    join(lobby, {});
    // @ts-expect-error -- a number is no name
    join(lobby, { name: 7 });
    // @ts-expect-error -- there is no such field
    join(lobby, { name: "Ann", age: 7 });
    // @ts-expect-error -- the topic has no presence
    join(Items(), { name: "Ann" });
    // @ts-expect-error -- likewise
    await present(Items());
    // @ts-expect-error -- whether it has is not known
    await present(topics[0]!);
    return <p>{people.map(({ mood }) => mood.toUpperCase())}</p>;
  });
  new App<Session>().page("/:room", async ({ params, present }) => (
    <ul>
      {(await present(Room(params))).map(({ name }) => <li key={name}>{name}</li>)}
      <Live<Session> as="li" topic={Room(params)}>
        {({ session, join }) => {
          join(Room(params), { name: session.name });
          return session.name;
        }}
      </Live>
    </ul>
  ), { key: () => "all" });
  // @ts-expect-error -- a page that many share is nobody
  new App<Session>().page("/", ({ join }) => <p>{typeof join}</p>, { key: () => "all" });
  const typed: Topic<{ name: string }> = topic("desk", { presence: z.object({ name: z.string() }) })();
  void typed;
});
