/** `deno serve --parallel`: several threads, of which none sees another's memory. */
import assert from "node:assert/strict";
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
    assert.match(said, /Give the app a store that all threads can reach, `new App\(kv\(/);
  },
});

Deno.test({
  name: "parallel: threads that share a file of Deno KV serve, and end at SIGTERM",
  timeout: 30_000,
  async fn() {
    await using folder = await temporaryFolder({});
    const child = serve({ KV_FILE: `${folder.path}/app.kv` });
    const lines = child.stderr.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    const said = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    const url = await new Promise<string>((resolve) => {
      for (const stream of [lines, said]) {
        void (async () => {
          for await (const line of stream) {
            const found = /listening on (http:\/\/[\d.:]+)/i.exec(line)?.[1];
            if (found !== undefined) resolve(found);
          }
        })();
      }
    });
    // Deno hands each connection to one of them: ask over new ones until both have answered.
    const threads = new Set<string>();
    while (threads.size < 2) {
      threads.add(await (await fetch(`${url}/thread`, { headers: { connection: "close" } })).text());
    }
    child.kill("SIGTERM");
    assert.ok((await child.status).success);
  },
});
