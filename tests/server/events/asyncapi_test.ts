import assert from "node:assert/strict";
import { toJsonSchema } from "@valibot/to-json-schema";
import { action, anyone, App, type Schema } from "@argyle/argyle";
import type { Action, AppOptions, DocsOptions, EventsOptions, Sends } from "@argyle/argyle/types";
import { type } from "arktype";
import fc from "fast-check";
import * as v from "valibot";
import { z } from "zod";
import { siteOf } from "../../../server/app.ts";
import { addEndpoint } from "../../../server/door/endpoint_door.ts";
import { follow, keysOf } from "../../../server/events/asyncapi_names.ts";
import type { AsyncApi, Message } from "../../../server/events/asyncapi_types.ts";
import { addAccounts, enter } from "../../helpers/account.tsx";
import { assertValid, fits, messageOf, refsOf } from "../../helpers/asyncapi.ts";
import { Echo, EndpointPeer } from "../../helpers/endpoint.ts";
import { MemoryLog } from "../../helpers/peer.ts";

/** An app whose documentation anyone may see. */
function make(docs: DocsOptions = {}, options: AppOptions = {}): { app: App; log: MemoryLog } {
  const log = new MemoryLog();
  return { app: new App({ log, docs: { authorize: anyone, ...docs }, ...options }), log };
}

/** Adds an endpoint. */
function add(
  app: App,
  path: string,
  handlers: Record<string, unknown>,
  declared: { readonly params?: Schema; readonly query?: Schema; readonly sends?: Sends } = {},
): App {
  app.events(path, declared as EventsOptions<string, unknown, unknown, Sends>).handle(
    handlers as Record<string, Action>,
    { authorize: anyone },
  );
  return app;
}

async function get(app: App, path = "/asyncapi.json", at = "http://127.0.0.1"): Promise<Response> {
  return await app.fetch(new Request(at + path));
}

/** The document, which is valid. */
async function read(app: App, path = "/asyncapi.json"): Promise<AsyncApi> {
  const response = await get(app, path);
  assert.equal(response.status, 200, await response.clone().text());
  const document = await response.json();
  assertValid(document);
  return document;
}

const libraries = {
  zod: {
    params: z.object({ room: z.string(), client: z.coerce.number().int() }),
    message: z.object({
      msg: z.string().max(1000),
      times: z.int().default(1),
      to: z.object({ id: z.int() }).optional(),
    }),
    sent: z.object({ msg: z.string(), sender: z.int() }),
  },
  valibot: {
    params: v.object({ room: v.string(), client: v.pipe(v.string(), v.transform(Number), v.integer()) }),
    message: v.object({
      msg: v.pipe(v.string(), v.maxLength(1000)),
      times: v.optional(v.pipe(v.number(), v.integer()), 1),
      to: v.optional(v.object({ id: v.pipe(v.number(), v.integer()) })),
    }),
    sent: v.object({ msg: v.string(), sender: v.pipe(v.number(), v.integer()) }),
  },
  arktype: {
    params: type({ room: "string", client: "string.integer.parse" }),
    message: type({ msg: "string <= 1000", times: "number.integer = 1", "to?": { id: "number.integer" } }),
    sent: type({ msg: "string", sender: "number.integer" }),
  },
} satisfies Record<string, Record<string, Schema<unknown, unknown>>>;

for (const [library, { params, message, sent }] of Object.entries(libraries)) {
  Deno.test(`asyncapi: a document of ${library} is valid, and tells messages from what is none`, async () => {
    const { app } = make({ jsonSchema: toJsonSchema });
    add(app, "/room/:room/:client", {
      message: action(message as Schema, () => {}),
      time: action(message as Schema, () => ({ msg: "now", sender: 1 }), { output: sent as Schema }),
      count: action(message as Schema, async function* () {}, { output: sent as Schema }),
    }, { params: params as Schema, sends: { message: sent as Schema } });
    const document = await read(app);
    const channel = document.channels.room_room_client!;
    assert.equal(channel.address, "/room/{room}/{client}");
    assert.deepEqual(Object.keys(channel.parameters ?? {}), ["room", "client"]);
    assert.equal(channel.parameters?.room?.["x-schema"]?.type, "string");
    assert.deepEqual(Object.keys(channel.messages), [
      "errors",
      ...["in.message", "answer.message", "in.time", "answer.time", "in.count", "answer.count", "end.count"],
      "out.message",
    ]);

    const good = [{ type: "message", msg: "Hi" }, {
      type: "message",
      id: "a",
      msg: "Hi",
      times: 2,
      to: { id: 1 },
    }];
    const bad: Record<string, unknown>[] = [
      ...[{}, { msg: "Hi" }, { type: "time", msg: "Hi" }, { type: "message" }, { type: "message", msg: 7 }],
      ...[{ type: "message", msg: "x".repeat(1001) }, { type: "message", msg: "Hi", to: {} }],
      ...[{ type: "message", msg: "Hi", times: "2" }, { type: "message", msg: "Hi", id: [] }],
      { type: "message", msg: "Hi", id: "x".repeat(129) },
    ];
    assert.deepEqual(
      good.filter((payload) => !fits(document, "room_room_client", "in.message", payload)),
      [],
    );
    assert.deepEqual(bad.filter((payload) => fits(document, "room_room_client", "in.message", payload)), []);
    // And the server says the same.
    await using peer = await EndpointPeer.inMemory(app, { path: "/room/lobby/7" });
    const isTaken = async (payload: object) =>
      !(await peer.say(JSON.stringify({ id: 1, ...payload }))).includes('"errors"');
    for (const payload of good) assert.ok(await isTaken(payload), JSON.stringify(payload));
    for (const payload of bad.filter(({ type }) => type === "message")) {
      assert.ok(!await isTaken(payload), JSON.stringify(payload));
    }
    assert.equal(await isTaken({ type: "message", msg: "Hi", zz: 1 }), library === "arktype");
    // Where arktype gives on what it does not know, it is nothing extra.
    const extra = { type: "message", msg: "Hi", zz: 1 };
    assert.equal(fits(document, "room_room_client", "in.message", extra), library === "arktype");
    assert.ok(fits(document, "room_room_client", "out.message", { type: "message", msg: "Hi", sender: 1 }));
    assert.ok(!fits(document, "room_room_client", "out.message", { type: "message", msg: "Hi" }));
    assert.ok(
      fits(document, "room_room_client", "answer.time", { type: "time", id: 1, msg: "now", sender: 1 }),
    );
    assert.ok(!fits(document, "room_room_client", "answer.time", { type: "time", id: 1, msg: "now" }));
    assert.ok(fits(document, "room_room_client", "answer.message", { type: "message", id: 1, any: "thing" }));
    assert.ok(fits(document, "room_room_client", "end.count", { type: "count", id: 1, end: true }));
    assert.ok(!fits(document, "room_room_client", "end.count", { type: "count" }));
  });
}

Deno.test("asyncapi: operations say what is received, what is answered and what is sent", async () => {
  const { app } = make({ version: "1.4.0", description: "A chat." }, { name: "chat" });
  const text = z.object({ msg: z.string() }).describe("Says something.");
  add(app, "/room/:room", { say: action(text, () => {}) }, {
    sends: { said: text },
    query: z.object({ page: z.coerce.number().optional() }),
  });
  const document = await read(app);
  assert.deepEqual(document.info, { title: "chat", version: "1.4.0", description: "A chat." });
  assert.deepEqual(document.servers, { app: { host: "127.0.0.1", protocol: "ws" } });
  const channel = { $ref: "#/channels/room_room" };
  const at = (key: string) => ({ $ref: `#/channels/room_room/messages/${key}` });
  assert.deepEqual(document.operations, {
    "room_room.receive.say": {
      action: "receive",
      channel,
      title: "say",
      summary: "Says something.",
      messages: [at("in.say")],
      reply: { channel, messages: [at("answer.say"), at("errors")] },
    },
    "room_room.send.said": {
      action: "send",
      channel,
      title: "said",
      summary: "Says something.",
      messages: [at("out.said")],
    },
  });
  const { query } = document.channels.room_room!.bindings.ws;
  assert.deepEqual(query, { type: "object", properties: { page: { type: "number" } } });
  assert.deepEqual(await (await get(app)).json(), document, "it is the same again");
  assert.deepEqual(document.channels.room_room!.messages.errors, { $ref: "#/components/messages/errors" });
});

Deno.test("asyncapi: the errors of the wire fit their message", async () => {
  const { app } = make();
  const document = await read(add(app, "/ws", {}));
  const ajv = {
    channels: { ws: { messages: { errors: document.components.messages.errors } } },
  } as unknown as AsyncApi;
  const error = { loc: ["to", 0], msg: "field required", type: "value_error.missing" };
  assert.ok(fits(ajv, "ws", "errors", { errors: [error, { ...error, ctx: { given: "a" } }], id: 7 }));
  assert.ok(!fits(ajv, "ws", "errors", { errors: [] }));
  assert.ok(!fits(ajv, "ws", "errors", { errors: [{ loc: [], msg: "" }] }));
});

Deno.test("asyncapi: extra keys, where they are allowed; alternatives carry the envelope each", async () => {
  const { app } = make({ jsonSchema: toJsonSchema });
  const kind = z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("a"), x: z.number() }),
    z.object({ kind: z.literal("b") }),
  ]);
  add(app, "/ws", {
    loose: action(z.object({ a: z.string() }), () => {}, { extra: "allow" }),
    looseZod: action(z.looseObject({ a: z.string() }), () => {}),
    looseValibot: action(v.looseObject({ a: v.string() }), () => {}),
    either: action(kind, () => {}),
    both: action(z.object({ a: z.string() }).and(z.object({ b: z.string() })), () => {}),
    any: action(z.any(), () => {}),
  });
  const document = await read(app);
  const is = (key: string, payload: object) => fits(document, "ws", `in.${key}`, { type: key, ...payload });
  assert.ok(is("loose", { a: "", zz: 1 }));
  for (const key of ["looseZod", "looseValibot"]) assert.ok(is(key, { a: "", zz: 1 }), key);
  assert.ok(is("either", { kind: "a", x: 1, id: 1 }));
  assert.ok(is("either", { kind: "b" }));
  assert.ok(!is("either", { kind: "a" }));
  assert.ok(!is("either", { kind: "b", zz: 1 }));
  assert.ok(is("both", { a: "", b: "" }));
  assert.ok(!is("both", { a: "" }));
  assert.ok(is("any", { whatever: 1 }));
  assert.ok(!fits(document, "ws", "in.any", { type: "other" }));
});

Deno.test("asyncapi: schemas that contain themselves, and that are named, are definitions of the document", async () => {
  interface Tree {
    name: string;
    kids?: Tree[] | undefined;
  }
  const tree: z.ZodType<Tree> = z.object({ name: z.string(), kids: z.lazy(() => z.array(tree)).optional() });
  const treeV: v.GenericSchema<Tree> = v.object({
    name: v.string(),
    kids: v.optional(v.array(v.lazy(() => treeV))),
  });
  const person = z.object({ name: z.string() }).meta({ id: "Person/of ours" });
  const make1 = () => {
    // The library counts its types: those of the second are others.
    const { node: treeA } = type.module({ node: { name: "string", "kids?": "node[]" } });
    const { app } = make({ jsonSchema: toJsonSchema });
    return add(app, "/ws", {
      zod: action(tree, () => {}),
      valibot: action(treeV, () => {}),
      arktype: action(treeA, () => {}),
      people: action(z.object({ one: person, other: person }), () => {}),
      person: action(person, () => {}),
    });
  };
  const document = await read(make1());
  for (const key of ["zod", "valibot", "arktype"]) {
    const is = (payload: object) => fits(document, "ws", `in.${key}`, { type: key, ...payload });
    assert.ok(is({ id: 1, name: "a", kids: [{ name: "b", kids: [{ name: "c" }] }] }), key);
    assert.ok(!is({ name: "a", kids: [{ name: "b", kids: [{ name: 7 }] }] }), key);
  }
  assert.ok(fits(document, "ws", "in.person", { type: "person", name: "Ann" }));
  assert.ok(refsOf(document).includes("#/components/schemas/ws.people.Person_of_ours"));
  assert.deepEqual(Object.keys(document.components.schemas).filter((name) => !/^[\w.-]+$/.test(name)), []);
  assert.deepEqual(await read(make1()), document, "counters of libraries are not in it");
});

Deno.test("docs: schemas that contain themselves have an end on the page", async () => {
  const { app } = make({ jsonSchema: (schema: { told: object }) => schema.told });
  const own = (told: object) => ({
    told,
    "~standard": { version: 1, vendor: "own", validate: (value: unknown) => ({ value }) },
  } as Schema & { told: object });
  const self = { $ref: "#" };
  add(app, "/ws", {
    json: action(z.object({ data: z.json() }), () => {}),
    list: action(
      own({ type: "object", properties: { list: { type: "array", items: self } }, required: ["list"] }),
      () => {},
    ),
    one: action(own({ type: "object", properties: { one: self }, required: ["one"] }), () => {}),
    either: action(own({ anyOf: [self, { type: "string" }] }), () => {}),
    inner: action(
      own({
        definitions: { e: { anyOf: [{ $ref: "#/definitions/e" }, { const: 1 }] } },
        properties: { e: { $ref: "#/definitions/e" } },
      }),
      () => {},
    ),
    all: action(own({ allOf: [self, { properties: { all: self } }] }), () => {}),
    nothing: action(own({ $ref: "#" }), () => {}),
    tuple: action(own({ properties: { pair: { type: "array", items: [self, true, {}] } } }), () => {}),
  });
  await read(app);
  const response = await get(app, "/asyncapi");
  const html = await response.text();
  assert.equal(response.status, 200, html);
  assert.ok(html.length < 100_000, `${html.length} characters`);
});

Deno.test("asyncapi: what gives no JSON Schema is not known, and said so; the log has why", async () => {
  const own: Schema = { "~standard": { version: 1, vendor: 'o"wn', validate: (value) => ({ value }) } };
  const throwing = {
    "~standard": {
      ...own["~standard"],
      jsonSchema: {
        input() {
          throw new Error("no idea");
        },
      },
    },
  };
  const { app, log } = make();
  const document = await read(add(app, "/ws", {
    own: action(own, () => {}),
    throwing: action(throwing, () => {}),
    valibot: action(v.object({ a: v.string() }), () => {}),
  }));
  for (const key of ["own", "throwing", "valibot"]) {
    const { payload } = messageOf(document, "ws", `in.${key}`);
    assert.match(`${payload.description}`, /^Not known: schemas of "(o\\"wn|valibot)" give no JSON Schema/);
    assert.ok(fits(document, "ws", `in.${key}`, { type: key, whatever: 1 }));
  }
  assert.deepEqual(log.lines.length, 1);
  assert.match(log.lines[0]!, /^warn a schema does not say what it is.*no idea/);
});

Deno.test("asyncapi: what libraries write that is no JSON Schema is left out", async () => {
  const strange = {
    type: "object",
    $id: "http://evil.test/schema",
    discriminator: { propertyName: "a" },
    externalDocs: 7,
    title: 7,
    properties: {
      $ref: { type: "string" },
      ref: { $ref: "http://evil.test/other#/a" },
      local: { $ref: "#/nowhere" },
      escape: { $ref: "#/%zz" },
      twice: { enum: [1, 1] },
      wrong: { type: "text", pattern: "(", minLength: -1, items: 7, anyOf: [], "x-mine": 1, "x-?": 1 },
      data: { const: { $ref: "#/nowhere" }, default: { $ref: "#/nowhere" } },
      ["__proto__"]: { type: "number" },
      round: { $ref: "#/properties/round" },
      never: false,
      alike: { $ref: "#/definitions/a~1b" },
    },
    // One inside the other, and called alike as keys.
    definitions: {
      "a/b": { type: "object", properties: { inner: { $ref: "#/definitions/a_b" } } },
      a_b: { type: "string" },
    },
    required: ["ref", 7],
    additionalProperties: false,
  };
  const { app } = make({ jsonSchema: () => strange });
  const own: Schema = { "~standard": { version: 1, vendor: "own", validate: (value) => ({ value }) } };
  const response = await get(add(app, "/ws", { own: action(own, () => {}) }));
  const document = await response.json();
  // The data that looks like a reference is none.
  const references = refsOf(document).filter((ref) => ref !== "#/nowhere");
  assert.deepEqual(
    references.filter((ref) => !ref.startsWith("#/channels/ws") && !ref.startsWith("#/components/")),
    [],
  );
  const { properties } = document.channels.ws.messages["in.own"].payload;
  assert.deepEqual(properties.$ref, { type: "string" });
  assert.deepEqual(properties.wrong, { "x-mine": 1 });
  assert.deepEqual(properties.twice, {});
  assert.deepEqual(properties.data, { const: { $ref: "#/nowhere" }, default: { $ref: "#/nowhere" } });
  assert.deepEqual(Object.getOwnPropertyDescriptor(properties, "__proto__")?.value, { type: "number" });
  assert.deepEqual(properties.local, { description: "Not known: #/nowhere" });
  assert.doesNotMatch(JSON.stringify(document.components), /evil/);
  const outer = follow(document, keysOf(properties.alike.$ref)!) as {
    properties: { inner: { $ref: string } };
  };
  assert.deepEqual(follow(document, keysOf(outer.properties.inner.$ref)!), { type: "string" });
});

const anyName = fc.oneof(
  fc.string({ minLength: 1, unit: "binary" }),
  fc.constantFrom(
    "a/b~c",
    "~1",
    "%41",
    "{x}",
    "__proto__",
    "constructor",
    "</script><img src=x onerror=alert(1)>",
    "\ud800",
    "errors",
  ),
);

Deno.test("asyncapi: whatever events are called, the document is valid, and its references lead to them", async () => {
  const empty = z.object({});
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(anyName, { maxLength: 6, selector: (name) => name.toWellFormed() }),
      async (names) => {
        const { app } = make();
        const events = names.map((name) => [name, action(empty, () => {}, { event: name })] as const);
        add(app, "/ws", Object.fromEntries(events), {
          sends: Object.fromEntries(names.map((name) => [name, empty])),
        });
        const document = await read(app);
        const titles = (way: string) =>
          Object.values(document.operations).filter(({ action }) => action === way).map(({ title }) => title);
        // Keys that are numbers come first, as everywhere.
        assert.deepEqual(titles("receive").sort(), [...names].sort());
        assert.deepEqual(titles("send").sort(), [...names].sort());
        const messages = Object.values(document.operations).map(({ messages: [ref] }) => {
          return (follow(document, keysOf(ref!.$ref)!) as Message).name;
        });
        assert.deepEqual(messages.sort(), [...names, ...names].sort());
        assert.deepEqual(refsOf(document).filter((ref) => !/^#[\w./%-]+$/.test(ref)), []);
        const page = await (await get(app, "/asyncapi")).text();
        assert.doesNotMatch(page, /<img|<\/script><img/);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("asyncapi: paths that look alike are channels of their own, and patterns are no part of an address", async () => {
  const { app } = make();
  for (const path of ["/a/b", "/a-b", "/", "/日本"]) add(app, path, {});
  const document = await read(app);
  const found = Object.entries(document.channels).map(([name, { address }]) => [name, address]);
  assert.deepEqual(found, [["a_b", "/a/b"], ["a_b_2", "/a-b"], ["root", "/"], ["root_2", "/日本"]]);
});

Deno.test("docs: in production they are not there, like any page that is not", async () => {
  for (const path of ["/asyncapi", "/asyncapi.json"]) {
    const app = add(new App({ log: new MemoryLog() }), "/ws", {});
    const [answer, other] = await Promise.all([get(app, path), get(app, "/nowhere")]);
    assert.equal(answer.status, 404);
    assert.equal(await answer.text(), await other.text());
  }
});

Deno.test("docs: in development they are there, for this machine alone", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("./fixtures/development.ts", import.meta.url).pathname],
    env: { ARGYLE_ENV: "development" },
  }).output();
  const each = [200, 200, 404, 404];
  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), [...each, ...each]);
});

Deno.test("docs: without an endpoint of events there is nothing to show", async () => {
  const { app } = make();
  addEndpoint(siteOf(app), new Echo());
  assert.equal((await get(app)).status, 404);
});

Deno.test("docs: authorize decides, by what middleware has found, and only true is a yes", async () => {
  const answers: unknown[] = [true, Promise.resolve(true), false, undefined, 1, Promise.resolve("yes")];
  const asked: string[] = [];
  const authorize = (({ path, user, request }) => {
    asked.push(`${request.method} ${path} ${user}`);
    return answers.shift();
  }) as NonNullable<DocsOptions["authorize"]>;
  const { app } = make({ authorize });
  add(app, "/ws", {});
  const statuses: number[] = [];
  while (answers.length > 0) {
    statuses.push((await get(app, statuses.length % 2 ? "/asyncapi" : "/asyncapi.json")).status);
  }
  assert.deepEqual(statuses, [200, 200, 403, 403, 403, 403]);
  assert.equal(asked[1], "GET /asyncapi undefined");
  assert.equal((await app.fetch(new Request("http://127.0.0.1/asyncapi", { method: "DELETE" }))).status, 405);
  app.use(() => new Response("no", { status: 401 }));
  assert.equal((await get(app)).status, 401, "middleware comes first");
});

Deno.test("docs: authorize knows who is logged in", async () => {
  const app = addAccounts(make({ authorize: ({ user }) => user === "ann" }).app);
  add(app, "/ws", {});
  await using server = await app.listen({ port: 0 });
  const status = async (cookie?: string) => {
    const response = await fetch(
      `${server.url}/asyncapi`,
      cookie === undefined ? {} : { headers: { cookie } },
    );
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await status(await enter({ app, server }, "ann")), 200);
  assert.equal(await status(await enter({ app, server }, "bob")), 403);
  assert.equal(await status(), 403);
});

Deno.test("docs: an authorize that throws, and one that never ends, let nobody in", async () => {
  const { app } = make({
    authorize: () => {
      throw new Error("the store is away");
    },
  });
  assert.equal((await get(add(app, "/ws", {}))).status, 500);
  const { app: slow } = make({ authorize: () => new Promise(() => {}) }, { limits: { load: 10 } });
  assert.equal((await get(add(slow, "/ws", {}))).status, 504);
});

Deno.test("docs: a page or a route of the app's own at this very path comes first; a pattern does not", async () => {
  const { app } = make();
  add(app, "/ws", {}).page("/:page", () => "A page");
  assert.equal((await get(app)).headers.get("content-type"), "application/json; charset=utf-8");
  app.route("/asyncapi.json", { GET: () => new Response("mine") });
  assert.equal(await (await get(app)).text(), "mine");
  const other = add(make().app, "/ws", {}).page("/asyncapi", () => "My own");
  assert.match(await (await get(other, "/asyncapi")).text(), /My own/);
});

Deno.test("docs: an app below a base, mounted in another, has its own", async () => {
  const shop = make({}, { base: "/shop", name: "shop" }).app;
  add(shop, "/ws", {});
  const { app } = make();
  app.mount(shop);
  assert.equal((await get(app)).status, 404, "the other's are not here");
  const document = await read(app, "/shop/asyncapi.json");
  assert.equal(document.info.title, "shop");
  assert.deepEqual(document.servers.app, { host: "127.0.0.1", protocol: "ws", pathname: "/shop" });
  const page = await (await get(app, "/shop/asyncapi")).text();
  assert.match(page, /data-address="\/shop\/ws"/);
  assert.match(page, /href="\/shop\/asyncapi\.json"/);
  const [, script] = /<script nonce="[^"]+" type="module" src="([^"]+)"/.exec(page) ?? [];
  assert.match(script!, /^\/shop\/_argyle\/console-\w+\.js$/);
  assert.equal((await get(app, script)).status, 200);
});

Deno.test("docs: over https, as the origins say, the protocol is wss", async () => {
  const { app } = make({}, { origins: ["https://chat.test"] });
  add(app, "/ws", {});
  const response = await get(app, "/asyncapi.json", "http://chat.test");
  assert.deepEqual((await response.json()).servers.app, { host: "chat.test", protocol: "wss" });
});

Deno.test("docs: HEAD has no body; nothing of it is kept by caches", async () => {
  const { app } = make();
  add(app, "/ws", {});
  for (const path of ["/asyncapi", "/asyncapi.json"]) {
    const head = await app.fetch(new Request(`http://127.0.0.1${path}`, { method: "HEAD" }));
    assert.deepEqual([head.status, await head.text()], [200, ""]);
    assert.equal(head.headers.get("cache-control"), "private, no-store");
    const [cookie = ""] = head.headers.get("set-cookie")?.split(";") ?? [];
    const again = await app.fetch(new Request(`http://127.0.0.1${path}`, { headers: { cookie } }));
    assert.equal(again.headers.get("cache-control"), "private, no-store");
    await again.body?.cancel();
  }
});

Deno.test("docs: the page has a strict policy and no script but ours, and shows what schemas say as text", async () => {
  const evil = `"><img src=x onerror=alert(1)></style><script>alert(1)</script>`;
  const { app } = make({ description: evil, version: evil }, { name: evil });
  const schema = z.object({ [evil]: z.string().default(evil).describe(evil) }).describe(evil).meta({
    title: evil,
    examples: [{ [evil]: evil }],
  });
  const choice = z.object({ pick: z.enum([evil, "b"]), deep: z.object({ [evil]: z.literal(evil) }) });
  add(app, "/ws", { [evil]: action(schema, () => {}), choice: action(choice, () => {}) }, {
    sends: { [evil]: schema },
    query: schema,
  });
  const response = await get(app, "/asyncapi");
  const html = await response.text();
  assert.equal(response.status, 200, html);
  const policy = response.headers.get("content-security-policy")!;
  const nonce = /script-src 'nonce-([^']+)';/.exec(policy)?.[1];
  assert.ok(nonce !== undefined, policy);
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(html, /<img/);
  const scripts = [...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
  assert.equal(scripts.length, 1);
  assert.match(
    scripts[0]!,
    new RegExp(`^<script nonce="${RegExp.escape(nonce)}" type="module" src="/_argyle/console-\\w+.js">$`),
  );
  assert.doesNotMatch(html, / on\w+="|http:\/\/|https:\/\//);
  assertValid(await (await get(app)).json());
});
