import assert from "node:assert/strict";
import { connectEvents, type EventsClient, EventsError } from "@argyle/argyle/client";
import { memory } from "@argyle/argyle/memory";
import { open } from "@argyle/argyle/testing";
import type { AppOptions } from "@argyle/argyle/types";
import rooms from "./main.tsx";
import type { Rooms } from "./rooms.ts";

/** Words of the log, which are nobody's here. */
class Log {
  readonly errors: unknown[] = [];
  info() {}
  warn() {}
  error(_message: string, error?: unknown) {
    this.errors.push(error);
  }
}

/** The example at an address. Leaving the scope ends it, and sees that nothing has failed in it. */
async function serve(options: AppOptions = {}) {
  const log = new Log(), app = rooms({ log, ...options });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  await app.fetch(new Request(`http://127.0.0.1:${server.addr.port}/`));
  return {
    app,
    url: `ws://127.0.0.1:${server.addr.port}${options.base ?? ""}`,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await server.shutdown();
      assert.deepEqual(log.errors, []);
    },
  };
}

type Message = Record<string, unknown>;

/** Somebody who knows what goes over the wire and nothing else. */
async function stranger(url: string) {
  const socket = new WebSocket(url), come: Message[] = [];
  let wake = () => {};
  socket.onmessage = ({ data }) => {
    come.push(JSON.parse(data));
    wake();
  };
  const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = (event) => reject(event);
  });
  const next = async (): Promise<Message> => {
    while (come.length === 0) await new Promise<void>((resolve) => wake = resolve);
    return come.shift()!;
  };
  const send = (message: unknown) => socket.send(JSON.stringify(message));
  const leave = async () => {
    socket.close();
    await closed;
  };
  let asked = 0;
  return {
    send,
    next,
    leave,
    /** Sends it, and gives what is answered. It is the next thing that comes. */
    ask(message: Message): Promise<Message> {
      send({ ...message, id: ++asked });
      return next();
    },
    [Symbol.asyncDispose]: leave,
  };
}

/** Ann is 7, and Bob is 8; both have heard all that was to be heard of their coming. */
async function twoIn(url: string, room = "lobby") {
  const ann = await stranger(`${url}/room/${room}/7`);
  assert.deepEqual(await ann.next(), { type: "join", client_id: 7 });
  const bob = await stranger(`${url}/room/${room}/8`);
  for (const one of [ann, bob]) assert.deepEqual(await one.next(), { type: "join", client_id: 8 });
  return { ann, bob };
}

/** What a handshake is answered. */
async function handshake(app: { fetch: (request: Request) => Promise<Response> | Response }, path: string) {
  const headers = {
    "upgrade": "websocket",
    "connection": "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const response = await app.fetch(new Request(`http://127.0.0.1${path}`, { headers }));
  return { status: response.status, text: await response.text() };
}

Deno.test("rooms: who comes is told to all in the room, who goes to those who stay", async () => {
  await using server = await serve();
  const { ann, bob } = await twoIn(server.url);
  await bob.leave();
  assert.deepEqual(await ann.next(), { type: "leave", client_id: 8 });
  await ann.leave();
  await using cid = await stranger(`${server.url}/room/lobby/9`);
  assert.deepEqual(await cid.next(), { type: "join", client_id: 9 });
});

Deno.test("rooms: a message is for all in the room, and for no other room", async () => {
  await using server = await serve();
  const { ann, bob } = await twoIn(server.url), elsewhere = await twoIn(server.url, "attic");
  ann.send({ type: "message", msg: "Hello" });
  for (const one of [ann, bob]) {
    assert.deepEqual(await one.next(), { type: "message", msg: "Hello", sender: 7 });
  }
  elsewhere.bob.send({ type: "message", msg: "Up here" });
  for (const one of [elsewhere.ann, elsewhere.bob]) {
    assert.deepEqual(await one.next(), { type: "message", msg: "Up here", sender: 8 });
  }
  for (const one of [ann, bob, elsewhere.ann, elsewhere.bob]) await one.leave();
});

Deno.test("rooms: a whisper reaches one person, on all their connections, and nobody else", async () => {
  await using server = await serve();
  const { ann, bob } = await twoIn(server.url);
  await using too = await stranger(`${server.url}/room/lobby/8`);
  for (const one of [ann, bob, too]) assert.deepEqual(await one.next(), { type: "join", client_id: 8 });
  const elsewhere = await twoIn(server.url, "attic");
  ann.send({ type: "whisper", to: 8, msg: "psst" });
  for (const one of [bob, too]) assert.deepEqual(await one.next(), { type: "whisper", from: 7, msg: "psst" });
  bob.send({ type: "whisper", to: 8, msg: "to myself" });
  for (const one of [bob, too]) {
    assert.deepEqual(await one.next(), { type: "whisper", from: 8, msg: "to myself" });
  }
  // Nobody else has got any of it: what they hear next is what is said next.
  bob.send({ type: "message", msg: "over" });
  for (const one of [ann, bob, too]) {
    assert.deepEqual(await one.next(), { type: "message", msg: "over", sender: 8 });
  }
  elsewhere.ann.send({ type: "message", msg: "quiet here" });
  for (const one of [elsewhere.ann, elsewhere.bob]) {
    assert.deepEqual(await one.next(), { type: "message", msg: "quiet here", sender: 7 });
  }
  for (const one of [ann, bob, elsewhere.ann, elsewhere.bob]) await one.leave();
});

Deno.test("rooms: a message with an id is answered, after what it has caused", async () => {
  await using server = await serve();
  const { ann, bob } = await twoIn(server.url);
  assert.deepEqual(await ann.ask({ type: "message", msg: "Hello" }), {
    type: "message",
    msg: "Hello",
    sender: 7,
  });
  assert.deepEqual(await ann.next(), { type: "message", id: 1 });
  assert.deepEqual(await bob.next(), { type: "message", msg: "Hello", sender: 7 });
  assert.deepEqual(await ann.ask({ type: "whisper", to: 8, msg: "psst" }), { type: "whisper", id: 2 });
  assert.deepEqual(await bob.next(), { type: "whisper", from: 7, msg: "psst" });
  for (const one of [ann, bob]) await one.leave();
});

Deno.test("rooms: whoever whispers to somebody who is not there is told", async () => {
  await using server = await serve();
  const { ann, bob } = await twoIn(server.url);
  const absent = (msg: string) => [{ loc: [], msg, type: "http_error", ctx: { status: 404 } }];
  ann.send({ type: "whisper", to: 9, msg: "psst" });
  assert.deepEqual(await ann.next(), { errors: absent("There is no 9 in lobby.") });
  await bob.leave();
  await ann.next();
  assert.deepEqual(await ann.ask({ type: "whisper", to: 8, msg: "psst" }), {
    errors: absent("There is no 8 in lobby."),
    id: 1,
  });
  await ann.leave();
});

Deno.test("rooms: what cannot be is said in errors, and the socket lives on", async () => {
  await using server = await serve();
  const { ann, bob } = await twoIn(server.url);
  const wrong: [message: Message, errors: (readonly [loc: unknown[], type: string])[]][] = [
    [{ type: "shout", msg: "a" }, [[["type"], "value_error.const"]]],
    [{ msg: "a" }, [[["type"], "value_error.missing"]]],
    [{ type: null }, [[["type"], "type_error.none.not_allowed"]]],
    [{ type: "message" }, [[["msg"], "value_error.missing"]]],
    [{ type: "message", msg: 7 }, [[["msg"], "type_error.string"]]],
    [{ type: "message", msg: "x".repeat(1001) }, [[["msg"], "value_error.too_big"]]],
    [{ type: "message", msg: "a", to: 8 }, [[["to"], "value_error.extra"]]],
    [{ type: "whisper" }, [[["to"], "value_error.missing"], [["msg"], "value_error.missing"]]],
    [{ type: "whisper", to: 8.5, msg: "a" }, [[["to"], "type_error.int"]]],
    [{ type: "join", client_id: 9 }, [[["type"], "value_error.const"]]],
  ];
  for (const [message, expected] of wrong) {
    const { errors, id } = await ann.ask(message) as {
      errors: { loc: unknown[]; type: string }[];
      id: number;
    };
    assert.deepEqual(errors.map(({ loc, type }) => [loc, type]), expected, JSON.stringify(message));
    assert.equal(typeof id, "number");
  }
  ann.send({ type: "shout" });
  assert.deepEqual(await ann.next(), {
    errors: [{
      loc: ["type"],
      msg: "unexpected value; permitted: 'message', 'whisper'",
      type: "value_error.const",
      ctx: { given: "shout", permitted: ["message", "whisper"] },
    }],
  });
  ann.send({ type: "message", msg: "Still here" });
  for (const one of [ann, bob]) {
    assert.deepEqual(await one.next(), { type: "message", msg: "Still here", sender: 7 });
  }
  for (const one of [ann, bob]) await one.leave();
});

Deno.test("rooms: a client that is no integer, and a room that is none, are refused at the handshake", async () => {
  await using server = await serve();
  for (const client of ["ann", "1.5", "1e3", "0x7", "%207", "12345678901234567890"]) {
    const { status, text } = await handshake(server.app, `/room/lobby/${client}`);
    assert.equal(status, 400, client);
    assert.deepEqual(JSON.parse(text), {
      errors: [{
        loc: ["path", "client"],
        msg: "A client is a whole number.",
        type: "value_error.invalid_format",
      }],
    });
  }
  for (const room of ["%20", "a%0Ab", "a%2F7", "x".repeat(51)]) {
    assert.equal((await handshake(server.app, `/room/${room}/7`)).status, 400, room);
  }
  assert.equal((await handshake(server.app, "/room/lobby")).status, 404);
  // A browser's socket, and anybody's, just does not open.
  const socket = new WebSocket(`${server.url}/room/lobby/ann`);
  await new Promise<void>((resolve) => socket.onclose = () => resolve());
});

Deno.test("rooms: numbers below zero, and names in which anything may be", async () => {
  await using server = await serve();
  await using below = await stranger(`${server.url}/room/lobby/-12`);
  assert.deepEqual(await below.next(), { type: "join", client_id: -12 });
  assert.deepEqual(await below.ask({ type: "whisper", to: -12, msg: "a" }), {
    type: "whisper",
    from: -12,
    msg: "a",
  });
  for (const name of ["☕".repeat(50), "*", "a b", "~people", "lobby~people", "%2F"]) {
    await using one = await stranger(`${server.url}/room/${encodeURIComponent(name)}/7`);
    assert.deepEqual(await one.next(), { type: "join", client_id: 7 }, name);
  }
});

Deno.test("rooms: the client is typed by the endpoint", async () => {
  await using server = await serve();
  using ann = connectEvents<Rooms>(`${server.url}/room/lobby/7`);
  const heard: string[] = [], { promise: over, resolve } = Promise.withResolvers<void>();
  ann.on("message", ({ msg, sender }) => heard.push(`${sender.toFixed()} ${msg.toUpperCase()}`));
  ann.on("whisper", ({ from, msg }) => {
    heard.push(`${from.toFixed()} ${msg.toLowerCase()}`);
    resolve();
  });
  await ann.send("message", { msg: "Hello" });
  await ann.send("whisper", { to: 7, msg: "Psst" });
  await over;
  assert.deepEqual(heard, ["7 HELLO", "7 psst"]);
  await assert.rejects(ann.send("whisper", { to: 9, msg: "" }), (error) => {
    assert.ok(error instanceof EventsError);
    assert.deepEqual([error.reason, error.errors[0]!.msg], ["refused", "There is no 9 in lobby."]);
    return true;
  });
});

Deno.test("rooms: a wrong message does not compile", () => {
  const never = (client: EventsClient<Rooms>) => {
    // @ts-expect-error -- there is no such event
    void client.send("shout", { msg: "a" });
    // @ts-expect-error -- a message has a msg
    void client.send("message", {});
    // @ts-expect-error -- a message is for all
    void client.send("message", { msg: "a", to: 8 });
    // @ts-expect-error -- a number is no text
    void client.send("whisper", { to: "8", msg: "a" });
    // @ts-expect-error -- the server alone says who comes
    void client.send("join", { client_id: 7 });
    // @ts-expect-error -- a message has a sender, and no from
    client.on("message", ({ from }) => from);
    // @ts-expect-error -- the server sends no such thing
    client.on("shout", () => {});
  };
  void never;
});

Deno.test("rooms: the page asks for room and number, and shows who is there as they come and go", async () => {
  await using server = await serve();
  await using door = await open(server.app, "/");
  assert.deepEqual([door.text("h1"), door.value("input[name=room]")], ["Rooms", "lobby"]);
  assert.match(door.value("input[name=client]")!, /^\d{4}$/);
  await using page = await open(server.app, "/?room=lobby&client=7");
  assert.deepEqual([page.text("h1"), page.text("#here")], ["lobby", "0 here"]);
  const { ann, bob } = await twoIn(server.url);
  await page.see("2 here", "#here");
  assert.deepEqual(page.texts("#people li"), ["7, you", "8"]);
  const again = await stranger(`${server.url}/room/lobby/8`),
    attic = await stranger(`${server.url}/room/attic/9`);
  await bob.leave();
  assert.deepEqual(page.texts("#people li"), ["7, you", "8"]); // by another line
  await again.leave();
  await page.see("1 here", "#here");
  assert.deepEqual(page.texts("#people li"), ["7, you"]);
  for (const one of [ann, attic]) await one.leave();
});

Deno.test("rooms: an address that is none is a page that says so", async () => {
  await using server = await serve();
  for (const query of ["room=lobby&client=ann", `room=${"x".repeat(51)}`, "room=%20"]) {
    const response = await server.app.fetch(new Request(`http://127.0.0.1/?${query}`));
    assert.equal(response.status, 400, query);
    await response.body?.cancel();
  }
});

Deno.test("rooms: it says what is spoken, to anybody", async () => {
  await using server = await serve();
  const response = await server.app.fetch(new Request("http://127.0.0.1/asyncapi.json"));
  const { asyncapi, channels } = await response.json();
  assert.match(asyncapi, /^3\./);
  assert.deepEqual(Object.values(channels).map((channel) => (channel as { address: string }).address), [
    "/room/{room}/{client}",
  ]);
});

Deno.test("rooms: below a base its script and its endpoint are below that", async () => {
  await using server = await serve({ base: "/rooms" });
  await using page = await open(server.app, "/rooms?room=a%20b&client=7");
  assert.equal(page.attribute("#room", "data-endpoint"), "/rooms/room/a%20b/7");
  const response = await server.app.fetch(new Request("http://127.0.0.1/rooms/script.js"));
  assert.match(response.headers.get("content-type")!, /^text\/javascript/);
  assert.match(await response.text(), /^import/);
  const { ann, bob } = await twoIn(server.url);
  for (const one of [ann, bob]) await one.leave();
});

Deno.test("rooms: isolates on one engine are one room", async () => {
  const engine = memory(), secrets = ["of all isolates: 0123456789abcdefghijkl"];
  await using here = await serve({ ...engine, secrets });
  await using there = await serve({ ...engine, secrets });
  await using ann = await stranger(`${here.url}/room/lobby/7`);
  assert.deepEqual(await ann.next(), { type: "join", client_id: 7 });
  await using bob = await stranger(`${there.url}/room/lobby/8`);
  for (const one of [ann, bob]) assert.deepEqual(await one.next(), { type: "join", client_id: 8 });
  bob.send({ type: "message", msg: "Hello over there" });
  for (const one of [ann, bob]) {
    assert.deepEqual(await one.next(), { type: "message", msg: "Hello over there", sender: 8 });
  }
  ann.send({ type: "whisper", to: 8, msg: "psst" });
  assert.deepEqual(await bob.next(), { type: "whisper", from: 7, msg: "psst" });
  await bob.leave();
  assert.deepEqual(await ann.next(), { type: "leave", client_id: 8 });
});

Deno.test("rooms: a program speaks from a terminal", { timeout: 30_000 }, async () => {
  await using server = await serve();
  await using ann = await stranger(`${server.url}/room/lobby/7`);
  await ann.next();
  const address = server.url.replace("ws:", "http:");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", `--allow-net=${new URL(address).host}`, "examples/rooms/talk.ts", address, "lobby", "8"],
    cwd: new URL("../../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter(), output = child.output();
  const type = (line: string) => input.write(new TextEncoder().encode(`${line}\n`));
  assert.deepEqual(await ann.next(), { type: "join", client_id: 8 });
  await type("Hello");
  assert.deepEqual(await ann.next(), { type: "message", msg: "Hello", sender: 8 });
  await type("/7 psst");
  assert.deepEqual(await ann.next(), { type: "whisper", from: 8, msg: "psst" });
  await type("/9 psst");
  await input.close();
  assert.deepEqual(await ann.next(), { type: "leave", client_id: 8 });
  const { code, stdout, stderr } = await output;
  const said = new TextDecoder().decode(stdout);
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  assert.match(said, /^8 has come\.\n8: Hello\n/);
  assert.match(said, /There is no 9 in lobby\./);
});
