import assert from "node:assert/strict";
import { topic } from "@argyle/argyle";
import { connectEvents, type EventsClient, EventsError } from "@argyle/argyle/client";
import { EVENTS_PROBE } from "../../protocol/events_probe.ts";
import { type Rooms, serveRooms } from "./events_serve.ts";

const Room = topic("room/:room");

/** Waits until a client is as it should be. */
function until(client: EventsClient<Rooms>, isSo: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = client.watch(() => isSo() && resolve());
  if (isSo()) resolve();
  return promise.finally(end);
}

/** The next that the server sends of an event. */
function next<Type extends "message" | "whisper" | "join">(client: EventsClient<Rooms>, type: Type) {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const end = client.on(type, resolve);
  return promise.finally(end);
}

Deno.test("connectEvents: over a real socket, answers, messages of others and of the server come, typed", async () => {
  await using server = await serveRooms();
  using ann = connectEvents<Rooms>(server.url(7));
  assert.deepEqual(await next(ann, "join"), { client_id: 7 });
  const joined = next(ann, "join");
  using bob = connectEvents<Rooms>(server.url(8));
  assert.deepEqual(await joined, { client_id: 8 });
  const heard = [next(ann, "message"), next(bob, "message")];
  await ann.send("message", { msg: "Hello" });
  assert.deepEqual(await Promise.all(heard), Array(2).fill({ msg: "Hello", sender: 7 }));
  const whispered = next(bob, "whisper");
  ann.notify("whisper", { to: 8, msg: "psst" });
  assert.deepEqual(await whispered, { from: 7, msg: "psst" });
  const told = next(bob, "message");
  await server.rooms.publish(Room({ room: "lobby" }), "message", { msg: "Maintenance at noon", sender: 0 });
  assert.deepEqual(await told, { msg: "Maintenance at noon", sender: 0 });
  const { now } = await ann.send("time", { zone: "UTC" });
  assert.equal(now, "UTC");
});

Deno.test("connectEvents: a loop over a client has all of a room, in its order", async () => {
  await using server = await serveRooms();
  using client = connectEvents<Rooms>(server.url(7));
  const seen: unknown[] = [];
  const reading = (async () => {
    for await (const message of client) {
      if (message.type === "message") seen.push(message.msg);
      if (seen.length === 100) break;
    }
  })();
  await Promise.all(Array.from({ length: 100 }, (_, n) => client.send("message", { msg: String(n) })));
  await reading;
  assert.deepEqual(seen, Array.from({ length: 100 }, (_, n) => String(n)));
});

Deno.test("connectEvents: what the server refuses says where and why", async () => {
  await using server = await serveRooms();
  using client = connectEvents<Rooms>(server.url(7));
  const wrong = { msg: 5, more: true } as unknown as { msg: string };
  await assert.rejects(client.send("message", wrong), (error) => {
    assert.ok(error instanceof EventsError);
    assert.equal(error.reason, "refused");
    assert.deepEqual(error.errors.map(({ loc, type }) => [loc, type]), [
      [["msg"], "type_error.string"],
      [["more"], "value_error.extra"],
    ]);
    return true;
  });
  await assert.rejects(client.send("none" as "leave"), (error) => {
    const [issue] = (error as EventsError).errors;
    assert.deepEqual([issue?.loc, issue?.type, issue?.ctx?.["given"]], [
      ["type"],
      "value_error.const",
      "none",
    ]);
    return true;
  });
});

Deno.test("connectEvents: a handler that gives several messages is a loop, which may be left", async () => {
  await using server = await serveRooms();
  using client = connectEvents<Rooms>(server.url(7));
  const all: number[] = [];
  for await (const { n } of client.stream("count", { to: 5 })) all.push(n);
  assert.deepEqual(all, [1, 2, 3, 4, 5]);
  for await (const { n } of client.stream("count", { to: 1000 })) if (n === 3) break;
  assert.deepEqual(await client.send("double", { n: 4 }), { n: 8 });
});

Deno.test("connectEvents: 2,500 messages at once are all answered, on one line, which the server's limits let live", async () => {
  await using server = await serveRooms();
  using client = connectEvents<Rooms>(server.url(7));
  await client.send("time", { zone: "UTC" });
  const answers = await Promise.all(Array.from({ length: 2500 }, (_, n) => client.send("double", { n })));
  assert.deepEqual(answers, Array.from({ length: 2500 }, (_, n) => ({ n: 2 * n })));
  assert.deepEqual([client.status, client.lastClose], ["online", undefined]);
});

Deno.test("connectEvents: a thousand messages that have waited for a line are all done when there is one", async () => {
  await using server = await serveRooms();
  using client = connectEvents<Rooms>(server.url(7));
  const answers = Array.from({ length: 1000 }, (_, n) => client.send("double", { n }));
  assert.equal(client.status, "connecting");
  assert.deepEqual(await Promise.all(answers), Array.from({ length: 1000 }, (_, n) => ({ n: 2 * n })));
});

Deno.test("connectEvents: large messages at once are all done, too", async () => {
  await using server = await serveRooms();
  using client = connectEvents<Rooms>(server.url(7));
  const zone = "x".repeat(60_000);
  const answers = await Promise.all(Array.from({ length: 40 }, () => client.send("time", { zone })));
  assert.ok(answers.every(({ now }) => now === zone));
});

Deno.test("connectEvents: a line that the server ends comes back, and says how it was ended", async () => {
  await using server = await serveRooms();
  using client = connectEvents<Rooms>(server.url(7));
  await client.send("time", { zone: "UTC" });
  client.notify("leave");
  await until(client, () => client.status === "offline");
  assert.deepEqual(client.lastClose, { code: 4001, reason: "As you wish." });
  const { now } = await client.send("time", { zone: "CET" });
  assert.deepEqual([now, client.status], ["CET", "online"]);
});

Deno.test("connectEvents: a server that stops is found again where it stands anew, with what has waited for it", async () => {
  const before = await serveRooms();
  using client = connectEvents<Rooms>(before.url(7));
  await client.send("time", { zone: "UTC" });
  await before[Symbol.asyncDispose]();
  await until(client, () => client.status === "offline");
  const answer = client.send("time", { zone: "CET" });
  await using _server = await serveRooms({ port: before.port });
  assert.deepEqual(await answer, { now: "CET" });
});

Deno.test("connectEvents: headers reach the server; whoever is refused goes on asking, and comes in when they may", async () => {
  let mayEnter = false;
  const heard: unknown[] = [], asked = Promise.withResolvers<void>();
  await using server = await serveRooms({
    authorize({ request, origin }) {
      heard.push(request.headers.get("authorization"), origin);
      asked.resolve();
      return mayEnter;
    },
  });
  using client = connectEvents<Rooms>(server.url(7), { headers: { authorization: "Bearer 4f9d" } });
  const answer = client.send("time", { zone: "UTC" });
  await asked.promise;
  assert.equal(client.status, "connecting");
  mayEnter = true;
  assert.deepEqual(await answer, { now: "UTC" });
  assert.deepEqual(heard.slice(0, 2), ["Bearer 4f9d", undefined]);
});

Deno.test("connectEvents: whether anybody is there is answered while a handler takes its time", async () => {
  const { promise, resolve } = Promise.withResolvers<void>(), began = Promise.withResolvers<void>();
  await using server = await serveRooms({ waited: () => (began.resolve(), promise) });
  const socket = new WebSocket(server.url(7).replace("http", "ws")), heard: string[] = [];
  const probed = Promise.withResolvers<void>(), closed = Promise.withResolvers<void>();
  socket.onopen = () => socket.send('{"type":"wait","id":1}');
  socket.onclose = () => closed.resolve();
  socket.onmessage = ({ data }) => {
    heard.push(data);
    if (data.includes('"id":0')) probed.resolve();
    if (data.includes('"id":1')) socket.close();
  };
  await began.promise;
  socket.send(EVENTS_PROBE);
  const isLate = Promise.withResolvers<void>(), timer = setTimeout(() => (isLate.resolve(), resolve()), 3000);
  await Promise.race([probed.promise, isLate.promise]);
  clearTimeout(timer);
  resolve();
  await closed.promise;
  const ids = heard.map((text) => JSON.parse(text).id).filter((id) => id !== undefined);
  assert.deepEqual(ids, [0, 1]);
});

Deno.test("connectEvents: closed while it connects, nothing is left", async () => {
  await using server = await serveRooms();
  const client = connectEvents<Rooms>(server.url(7));
  client.close();
});
