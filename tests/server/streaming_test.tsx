import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import { temporaryFolder } from "../helpers/folder.ts";
import { MemoryLog, timed } from "../helpers/peer.ts";
import { RawPeer } from "../helpers/raw.ts";
import { type Source, source } from "../helpers/source.ts";

const MiB = 1024 * 1024;

/** An app that streams what a test gives it, as `type`. */
function streaming(type: string) {
  const app = new App({ log: new MemoryLog() });
  let asked = Promise.withResolvers<Source>();
  const answer = () => {
    const one = source();
    asked.resolve(one);
    return new Response(one.stream, { headers: { "content-type": type } });
  };
  app.page("/", () => "home");
  app.page("/page", answer);
  app.route("/stream", { GET: answer });
  /** The stream of the next request. */
  const next = async () => {
    const one = await asked.promise;
    asked = Promise.withResolvers();
    return one;
  };
  return { app, next };
}

function get(app: App, path: string, headers: Record<string, string> = {}, method = "GET") {
  return app.fetch(new Request(`http://127.0.0.1${path}`, { method, headers }));
}

async function home(server: { readonly url: string }): Promise<string> {
  return await (await fetch(server.url)).text();
}

timed("stream: a file of 64 MB is read as it is sent, at most a chunk ahead, zipped or not", async () => {
  await using folder = await temporaryFolder({ "a.bin": new Uint8Array(0), "a.txt": new Uint8Array(0) });
  for (const name of ["a.bin", "a.txt"]) await Deno.truncate(`${folder.path}/${name}`, 64 * MiB);
  const app = new App({ log: new MemoryLog() });
  app.static("/", folder.path);
  for (const [path, headers] of [["/a.bin", {}], ["/a.txt", { "accept-encoding": "gzip" }]] as const) {
    const reads = countReads();
    try {
      const response = await get(app, path, headers);
      const reader = response.body!.getReader();
      await reader.read();
      // A coder holds one chunk more: the one that it works on.
      assert.ok(reads.bytes() <= 3 * 64 * 1024, `${path}: ${reads.bytes()} bytes were read for the first`);
      await reader.cancel();
      await reads.closed;
    } finally {
      reads.restore();
    }
  }
});

timed("stream: a reader that stops keeps a server from reading the rest of a file", async () => {
  await using folder = await temporaryFolder({ "a.bin": new Uint8Array(0) });
  await Deno.truncate(`${folder.path}/a.bin`, 64 * MiB);
  const app = new App({ log: new MemoryLog() });
  app.static("/", folder.path);
  app.page("/", () => "home");
  await using server = await app.listen({ port: 0 });
  const reads = countReads();
  try {
    using slow = await RawPeer.connect(server);
    await slow.send(`GET /a.bin HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
    assert.ok((await slow.text(MiB)).length >= MiB);
    // What the system's own buffers hold is some megabytes; the file is not among it.
    for (let round = 0; round < 20; round++) assert.match(await home(server), /home/);
    assert.ok(reads.bytes() < 32 * MiB, `${reads.bytes()} bytes were read`);
    slow.close();
    await reads.closed;
    assert.ok(reads.bytes() < 32 * MiB, `${reads.bytes()} bytes were read after all`);
    const range = `bytes=${32 * MiB}-${33 * MiB}`;
    const part = await fetch(`${server.url}/a.bin`, { headers: { range } });
    assert.deepEqual([part.status, (await part.bytes()).length], [206, MiB + 1]);
  } finally {
    reads.restore();
  }
});

for (const type of ["text/event-stream", "text/html", "application/octet-stream"]) {
  timed(`stream: ${type} goes out as it comes, zipped too`, async () => {
    for (const coding of ["identity", "gzip"]) {
      const { app, next } = streaming(type);
      const response = await get(app, "/stream", { "accept-encoding": coding });
      const zipped = response.headers.get("content-encoding") === "gzip";
      const body = zipped ? response.body!.pipeThrough(new DecompressionStream("gzip")) : response.body!;
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      const one = await next();
      for (const text of ["first", "second"]) {
        one.give(text);
        // The stream is open: this would wait for ever for what a coder or we kept back.
        assert.equal((await reader.read()).value, text, `${text}, ${coding}`);
      }
      one.end();
      assert.equal((await reader.read()).done, true);
    }
  });
}

timed("stream: over a connection the first part is there before the last is made", async () => {
  const { app, next } = streaming("text/event-stream");
  await using server = await app.listen({ port: 0 });
  const asked = fetch(`${server.url}/stream`);
  const one = await next();
  one.give("data: first\n\n");
  const reader = (await asked).body!.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await reader.read()).value, "data: first\n\n");
  one.give("data: last\n\n");
  one.end();
  assert.equal((await reader.read()).value, "data: last\n\n");
  assert.equal((await reader.read()).done, true);
});

timed("stream: a client that goes away cancels it, zipped or not, and others are served", async () => {
  const { app, next } = streaming("text/plain");
  await using server = await app.listen({ port: 0 });
  for (const coding of ["identity", "gzip"]) {
    using peer = await RawPeer.connect(server);
    const head =
      `GET /stream HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAccept-Encoding: ${coding}\r\n\r\n`;
    await peer.send(head);
    const one = await next();
    one.give("first");
    assert.match(await peer.text(10), /^HTTP\/1\.1 200/);
    peer.close();
    await one.cancelled;
    assert.match(await home(server), /home/);
  }
});

timed("stream: HEAD cancels what GET would have sent", async () => {
  for (const path of ["/stream", "/page"]) {
    const { app, next } = streaming("text/plain");
    const response = await get(app, path, {}, "HEAD");
    assert.equal(response.body, null, path);
    assert.equal((await next()).isCancelled, true, path);
  }
});

timed("stream: one that fails in the middle ends its own response, and others are served", async () => {
  for (const [type, coding] of [["text/plain", "gzip"], ["text/plain", "identity"], ["image/png", "gzip"]]) {
    const { app, next } = streaming(type!);
    await using server = await app.listen({ port: 0 });
    using peer = await RawPeer.connect(server);
    const head =
      `GET /stream HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAccept-Encoding: ${coding}\r\n\r\n`;
    await peer.send(head);
    const one = await next();
    one.give("x".repeat(100));
    one.fail(new Error("secret detail"));
    // Without the last chunk, which would say that this was all.
    const text = await peer.text(Infinity);
    assert.match(text, /^HTTP\/1\.1 200/);
    assert.doesNotMatch(text, /\r\n0\r\n\r\n$|secret/);
    assert.match(await home(server), /home/);
  }
});

/** Counts what is read from files that are opened from now on. */
function countReads() {
  const { open } = Deno;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let bytes = 0, files = 0;
  Deno.open = async (...args) => {
    const file = await open(...args);
    const { read, close } = file;
    files += 1;
    file.read = async (chunk) => {
      const count = await read.call(file, chunk);
      bytes += count ?? 0;
      return count;
    };
    file.close = () => {
      files -= 1;
      close.call(file);
      if (files === 0) resolve();
    };
    return file;
  };
  return {
    bytes: () => bytes,
    /** Done when the last of them was closed for the first time. */
    closed,
    restore: () => {
      Deno.open = open;
    },
  };
}
