import assert from "node:assert/strict";
import { TextLineStream } from "./fixtures/lines.ts";
import type { AnyApp } from "@argyle/argyle/types";
import { Close } from "@argyle/argyle/protocol";
import { load, Peer } from "../helpers/peer.ts";

const fixture = new URL("./fixtures/faulty.tsx", import.meta.url).pathname;

/** A server in a process of its own, and what it has said. */
async function start(how: "run" | "serve") {
  const args = how === "run"
    ? ["run", "-A", fixture, "0"]
    : ["serve", "-A", "--port", "0", "--host", "127.0.0.1", fixture];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "piped" }).spawn();
  const said: string[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      said.push(line);
      const port = /listening on http:\/\/[^:]+:(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    }
  };
  const readers = Promise.all([read(child.stdout), read(child.stderr)]);
  const url = await promise;
  // As far as the helpers see, an app is what answers requests.
  const app = {
    fetch: (request: Request) => {
      const { pathname } = new URL(request.url);
      return fetch(`${url}${pathname}`, { headers: request.headers, redirect: "manual" });
    },
  } as AnyApp;
  return {
    url,
    app,
    said,
    child,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // it has ended already
      }
      await child.status;
      await readers;
    },
  };
}

for (const how of ["run", "serve"] as const) {
  Deno.test({
    name: `process (deno ${how}): what user code throws or rejects where nobody looks ends nothing`,
    timeout: 30_000,
    async fn() {
      await using server = await start(how);
      const page = await load(server.app);
      await using peer = await Peer.live(server, page);
      await using other = await Peer.live(server, await load(server.app));
      for (const name of ["rejectsLater", "throwsLater", "throws"]) await peer.call(`Faulty#${name}`);
      assert.equal((await peer.call("Faulty#go"))[0], "patch");
      assert.equal((await other.call("Faulty#go"))[0], "patch");
      assert.equal((await load(server.app)).response.status, 200);
      const log = server.said.join("\n");
      assert.match(log, /a promise was rejected and nobody awaited it .*nobody awaited this/);
      assert.match(log, /an exception was not caught .*nobody caught this/);
    },
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.test({
      name: `process (deno ${how}): ${signal} ends it within 4 s, sockets and running calls and all`,
      timeout: 30_000,
      async fn() {
        await using server = await start(how);
        const page = await load(server.app);
        await using peer = await Peer.live(server, page);
        await using stuck = await Peer.live(server, await load(server.app));
        peer.send(["call", 1, 0, "Faulty#slow"]);
        await peer.quiet();
        stuck.send(["call", 1, 0, "Faulty#forever"]);
        await stuck.quiet();
        const asked = performance.now();
        server.child.kill(signal);
        const { code } = await peer.ended();
        // Under `deno serve` Deno hears the signal too, and may be quicker.
        const codes: number[] = how === "run" ? [Close.restart] : [Close.restart, Close.away];
        assert.ok(codes.includes(code), `sockets are told to come back, not ${code}`);
        const status = await server.child.status;
        const took = performance.now() - asked;
        assert.ok(took < 4000, `${took} ms`);
        assert.equal(status.code, 0);
      },
    });
  }
}
