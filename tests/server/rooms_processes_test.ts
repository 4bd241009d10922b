/** The rooms as two processes: on Redis or NATS, by one variable of the environment. */
import assert from "node:assert/strict";
import { startProcess, temporaryFolder } from "../browser/process.ts";
import { startNats, withNats } from "../helpers/nats.ts";
import { load, Peer } from "../helpers/peer.ts";
import { canStartRedis, skipRedis, startRedis } from "../helpers/redis.ts";

type Message = Record<string, unknown>;

/** Somebody in the lobby, who knows what goes over the wire and nothing else. */
async function come(url: string, client: number) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/room/lobby/${client}`), heard: Message[] = [];
  let wake = () => {};
  socket.onmessage = ({ data }) => {
    heard.push(JSON.parse(data));
    wake();
  };
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = (event) => reject(event);
  });
  return {
    closed,
    send: (message: Message) => socket.send(JSON.stringify(message)),
    async next(): Promise<Message> {
      while (heard.length === 0) await new Promise<void>((resolve) => wake = resolve);
      return heard.shift()!;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await closed;
    },
  };
}

/** The page of a room, which shows who is there. */
async function watch(url: string): Promise<Peer> {
  const page = await load({
    fetch: ({ headers }) =>
      fetch(`${url}/?room=lobby&client=1`, { headers: { cookie: headers.get("cookie") ?? "" } }),
  });
  const cookie = page.response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");
  return await Peer.live({ url }, { ...page, cookie });
}

/** Waits for a patch in which something stands. */
async function shows(peer: Peer, what: RegExp): Promise<void> {
  while (!what.test(JSON.stringify(await peer.next())));
}

/**
 * @param env where the engine is
 * @param isOrdered whether all that one process says is heard in its order; else that is so of each topic
 */
async function areOneRoom(env: Record<string, string>, { isOrdered }: { isOrdered: boolean }): Promise<void> {
  await using folder = await temporaryFolder();
  const start = () =>
    startProcess(["examples/main.tsx", "rooms"], {
      folder: folder.path,
      env: { ...env, NO_COLOR: "1", ARGYLE_SECRET: "of all processes: 0123456789 abcdefghijklmn" },
    });
  await using here = await start(), there = await start();
  await using ann = await come(here.url, 7);
  assert.deepEqual(await ann.next(), { type: "join", client_id: 7 });
  await using page = await watch(here.url), bob = await come(there.url, 8);
  for (const one of [ann, bob]) assert.deepEqual(await one.next(), { type: "join", client_id: 8 });
  await shows(page, /2 here/);

  ann.send({ type: "message", msg: "Hello over there" });
  bob.send({ type: "message", msg: "Hello back" });
  const said = [
    { type: "message", msg: "Hello over there", sender: 7 },
    { type: "message", msg: "Hello back", sender: 8 },
  ];
  for (const one of [ann, bob]) {
    const heard = [await one.next(), await one.next()].sort((a, b) =>
      Number(a["sender"]) - Number(b["sender"])
    );
    assert.deepEqual(heard, said);
  }
  ann.send({ type: "whisper", to: 8, msg: "psst", id: "w" });
  assert.deepEqual(await bob.next(), { type: "whisper", from: 7, msg: "psst" });
  assert.deepEqual(await ann.next(), { type: "whisper", id: "w" });
  ann.send({ type: "whisper", to: 9, msg: "psst" });
  assert.deepEqual(await ann.next(), {
    errors: [{ loc: [], msg: "There is no 9 in lobby.", type: "http_error", ctx: { status: 404 } }],
  });

  // Stopped in order: it says of its people that they have left. Killed, it does not; but they are not there any more.
  assert.equal((await there.terminate()).code, 0);
  assert.deepEqual(await ann.next(), { type: "leave", client_id: 8 });
  await shows(page, /1 here/);
  await using third = await start(), cid = await come(third.url, 9);
  for (const one of [ann, cid]) assert.deepEqual(await one.next(), { type: "join", client_id: 9 });
  // Where there is one order, whoever hears that somebody has come knows that they are there.
  if (!isOrdered) await shows(page, /2 here/);
  ann.send({ type: "whisper", to: 9, msg: "psst", id: "w" });
  assert.deepEqual(await cid.next(), { type: "whisper", from: 7, msg: "psst" });
  assert.deepEqual(await ann.next(), { type: "whisper", id: "w" });
  if (isOrdered) await shows(page, /2 here/);
  await third.kill();
  await shows(page, /1 here/);
  ann.send({ type: "whisper", to: 9, msg: "psst" });
  assert.deepEqual(await ann.next(), {
    errors: [{ loc: [], msg: "There is no 9 in lobby.", type: "http_error", ctx: { status: 404 } }],
  });
}

if (!await canStartRedis()) skipRedis("rooms: two processes on Redis are one room");
else {
  Deno.test({
    name: "rooms: two processes on Redis are one room",
    timeout: 60_000,
    async fn() {
      await using redis = await startRedis();
      await areOneRoom({ REDIS_URL: redis.url }, { isOrdered: true });
    },
  });
}

await withNats("rooms: two processes on NATS are one room", () => {
  Deno.test({
    name: "rooms: two processes on NATS are one room",
    timeout: 60_000,
    async fn() {
      await using nats = await startNats();
      await areOneRoom({ NATS_URL: `127.0.0.1:${nats.port}` }, { isOrdered: false });
    },
  });
});
