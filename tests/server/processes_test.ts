/** The chat as two processes: on Redis or NATS, by one variable of the environment. */
import assert from "node:assert/strict";
import { TextLineStream } from "./fixtures/lines.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { startNats, withNats } from "../helpers/nats.ts";
import { load, type LoadedPage, Peer } from "../helpers/peer.ts";
import { canStartRedis, skipRedis, startRedis } from "../helpers/redis.ts";
import { root } from "../project.ts";

/** A process of the chat, where its engine is, with a folder in which it may open a file. */
async function chat(env: Record<string, string>, folder: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "examples/main.tsx", "chat"],
    cwd: root,
    env: {
      ...env,
      PORT: String(port),
      DATA_DIR: folder,
      NO_COLOR: "1",
      ARGYLE_SECRET: "of both processes: 0123456789 abcdefghijklm",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const said: string[] = [];
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  const reading = Promise.all([child.stdout, child.stderr].map(async (stream) => {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      said.push(line);
      if (line.includes("listening on")) resolve();
    }
  }));
  await Promise.race([listening, child.status.then(() => assert.fail(said.join("\n")))]);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    said,
    async stop(signal: Deno.Signal) {
      child.kill(signal);
      await child.status;
      await reading;
    },
    /** Loads the page of one process, and brings its socket to another. */
    async come(to: { url: string } = { url }): Promise<Peer> {
      const page: LoadedPage = await load({
        fetch: ({ headers }) => fetch(url, { headers: { cookie: headers.get("cookie") ?? "" } }),
      });
      const cookie = page.response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");
      return await Peer.live({ url: to.url }, { ...page, cookie });
    },
  };
}

/** Waits for a patch in which something stands. */
async function hears(peer: Peer, what: RegExp): Promise<void> {
  while (!what.test(JSON.stringify(await peer.next())));
}

async function isOneRoom(env: Record<string, string>): Promise<void> {
  await using folder = await temporaryFolder({});
  const [here, there] = await Promise.all([chat(env, folder.path), chat(env, folder.path)]);
  await using ann = await here.come(), bob = await there.come();
  for (const peer of [ann, bob]) await hears(peer, /2 here/);
  // Both know of each other by now: a page of the one is as true on the other.
  await using cid = await here.come(there);
  for (const peer of [ann, bob, cid]) await hears(peer, /3 here/);
  ann.send(["call", 1, 0, "Chat#post", [{ text: "Hello over there" }]]);
  for (const peer of [bob, cid]) await hears(peer, /Hello over there/);
  bob.send(["call", 1, 0, "Chat#post", [{ text: "Hello back" }]]);
  await hears(ann, /Hello back/);
  // Killed: its people are not there any more. In order: the same, a moment later than they could come back.
  await there.stop("SIGKILL");
  await hears(ann, /1 here/);
  await using late = await here.come();
  await hears(late, /2 here/);
  await here.stop("SIGTERM");
  for (const { said } of [here, there]) {
    assert.deepEqual(said.filter((line) => / (error|warn) /.test(line)), []);
  }
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path)), []);
}

if (!await canStartRedis()) skipRedis("chat: two processes on Redis are one room");
else {
  Deno.test({
    name: "chat: two processes on Redis are one room, and open no file",
    timeout: 60_000,
    async fn() {
      await using redis = await startRedis();
      await isOneRoom({ REDIS_URL: redis.url });
    },
  });
}

await withNats("chat: two processes on NATS are one room, and open no file", () => {
  Deno.test({
    name: "chat: two processes on NATS are one room, and open no file",
    timeout: 60_000,
    async fn() {
      await using nats = await startNats();
      await isOneRoom({ NATS_URL: `127.0.0.1:${nats.port}` });
    },
  });
});
