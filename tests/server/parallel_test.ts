/** `deno serve --parallel`: several threads, of which none sees another's memory. */
import assert from "node:assert/strict";
import { load, Peer } from "../helpers/peer.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { TextLineStream } from "./fixtures/lines.ts";

const fixture = new URL("./fixtures/threads.tsx", import.meta.url).pathname;

function serve(env: Record<string, string>): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["serve", "-A", "--parallel", "--port", "0", "--host", "127.0.0.1", fixture],
    env: { DENO_JOBS: "2", NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test({
  name: "parallel: threads that each have a memory of their own are refused, with a sentence",
  timeout: 30_000,
  async fn() {
    const { code, stderr } = await serve({}).output();
    assert.equal(code, 1);
    const said = new TextDecoder().decode(stderr);
    assert.match(said, /cannot serve with --parallel: the memory of one thread is not the others'/);
    assert.match(said, /Give the app a store and a bus that all threads can reach, `new App\(kv\(/);
  },
});

for (const bus of ["kv", "broadcast"]) {
  Deno.test({
    name: `parallel: threads on a file of Deno KV are one app, over the bus ${bus}, and end at SIGTERM`,
    timeout: 60_000,
    async fn() {
      await using folder = await temporaryFolder({});
      const child = serve({ KV_FILE: `${folder.path}/app.kv`, BUS: bus });
      const url = await listening(child);
      try {
        // Deno hands each connection to one of them: new ones are made until both have answered.
        const get = async (path: string, headers: Record<string, string> = {}) =>
          await fetch(`${url}${path}`, { headers: { connection: "close", ...headers } });
        const threads = new Set<string>();
        while (threads.size < 2) threads.add(await (await get("/thread")).text());
        const page = await load({
          fetch: (request) => get(new URL(request.url).pathname, cookiesOf(request)),
        });
        // One page for each thread, all of one session: whichever thread has rendered it, its socket is good on both.
        const peers = new Map<string, Peer>();
        while (peers.size < 2) {
          const { cookie } = page;
          const tab = await load(
            { fetch: (request) => get(new URL(request.url).pathname, cookiesOf(request)) },
            "/",
            { cookie },
          );
          const peer = await Peer.live({ url }, tab);
          const thread = String((await peer.call("Counter#where")).at(-1));
          if (peers.has(thread)) await peer[Symbol.asyncDispose]();
          else peers.set(thread, peer);
        }
        const [one, other] = [...peers.values()];
        const shows = (version: number, count: string) => ["patch", version, [["text", "count", count]]];
        assert.deepEqual(await one!.call("Counter#add"), [...shows(1, "1"), [2]]);
        assert.deepEqual(await other!.next(), shows(1, "1"));
        assert.deepEqual(await other!.call("Counter#add"), [...shows(2, "2"), [2]]);
        assert.deepEqual(await one!.next(), shows(2, "2"));
        for (const peer of peers.values()) await peer[Symbol.asyncDispose]();
      } finally {
        child.kill("SIGTERM");
      }
      assert.ok((await child.status).success);
    },
  });
}

/** Where it listens; what it says is read to its end. */
function listening(child: Deno.ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      void (async () => {
        for await (
          const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
        ) {
          const found = /listening on (http:\/\/[\d.:]+)/i.exec(line)?.[1];
          if (found !== undefined) resolve(found);
        }
      })();
    }
  });
}

function cookiesOf({ headers }: Request): Record<string, string> {
  const cookie = headers.get("cookie");
  return cookie === null ? {} : { cookie };
}
