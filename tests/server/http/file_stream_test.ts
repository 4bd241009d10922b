import assert from "node:assert/strict";
import { streamFile } from "../../../server/http/_file_stream.ts";
import { findFile, openFile, realRoot } from "../../../server/http/_file.ts";
import { serveFiles } from "../../../server/http/static_files.ts";
import { makeStaticFiles } from "../../../server/http/static_options.ts";
import { timed } from "../../helpers/peer.ts";
import { makeFolder } from "./_files.ts";

const large = 32 * 1024 * 1024;

/** Whether nobody has closed the file yet. */
async function isOpen(file: Deno.FsFile): Promise<boolean> {
  return await file.stat().then(() => true, (error) => {
    if (error instanceof Deno.errors.BadResource) return false;
    throw error;
  });
}

timed("streamFile: reads nothing before it is asked, and closes the file at its end", async () => {
  await using folder = await makeFolder({ "a.txt": "0123456789" });
  const file = await Deno.open(`${folder.path}/a.txt`);
  const stream = streamFile(file, 4, "a.txt");
  assert.equal(await file.seek(0, Deno.SeekMode.Current), 0);
  assert.equal(await new Response(stream).text(), "0123");
  assert.equal(await isOpen(file), false);
});

timed("streamFile: is cancelled before, between and during reads, and closes the file", async () => {
  await using folder = await makeFolder({ "a.bin": new Uint8Array(1_000_000) });
  for (const moment of ["before", "between", "during"]) {
    const file = await Deno.open(`${folder.path}/a.bin`);
    const reader = streamFile(file, 1_000_000, "a.bin").getReader();
    if (moment === "between") assert.ok(((await reader.read()).value?.length ?? 0) > 0);
    const pending = moment === "during" ? reader.read() : undefined;
    await reader.cancel();
    assert.equal((await pending)?.done ?? true, true, moment);
    assert.equal(await isOpen(file), false, moment);
  }
});

timed("streamFile: a file that became shorter fails the stream, and is closed", async () => {
  await using folder = await makeFolder({ "a.txt": "0123456789" });
  const file = await Deno.open(`${folder.path}/a.txt`);
  await assert.rejects(() => new Response(streamFile(file, 11, "a.txt")).text(), /"a\.txt" became shorter/);
  assert.equal(await isOpen(file), false);
});

timed("openFile: a file that went away since it was found is not there", async () => {
  await using folder = await makeFolder({ "a.txt": "a" });
  const found = await findFile(await realRoot(folder.path), "a.txt");
  await Deno.remove(`${folder.path}/a.txt`);
  assert.equal(await openFile(found!), undefined);
});

timed(
  "serveFiles: over a real connection, whole, in part, as HEAD, and to a client that goes away",
  async () => {
    const content = new Uint8Array(large).map((_, at) => at % 251);
    await using folder = await makeFolder({ "a.bin": content });
    const files = makeStaticFiles("/", folder.path);
    // What the server read of the file, once the client has gone.
    const ended = Promise.withResolvers<number>();
    let watch = false;
    await using server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      async (request) => {
        const response = await serveFiles(request, new URL(request.url).pathname, files);
        return watch && response?.body ? watched(response, ended.resolve) : response!;
      },
    );
    const url = `http://127.0.0.1:${server.addr.port}/a.bin`;

    const whole = await fetch(url);
    assert.equal(whole.headers.get("content-length"), String(large));
    assert.deepEqual(
      await crypto.subtle.digest("SHA-256", await whole.arrayBuffer()),
      await crypto.subtle.digest("SHA-256", content),
    );

    const part = await fetch(url, { headers: { range: "bytes=1000000-2000000" } });
    assert.equal(part.status, 206);
    assert.deepEqual(await part.bytes(), content.slice(1_000_000, 2_000_001));

    const head = await fetch(url, { method: "HEAD" });
    assert.deepEqual([head.headers.get("content-length"), await head.text()], [String(large), ""]);

    watch = true;
    const gone = await fetch(url);
    const reader = gone.body!.getReader();
    assert.ok(((await reader.read()).value?.length ?? 0) > 0);
    await reader.cancel();
    assert.ok(await ended.promise < large, "the rest of the file was not read");
  },
);

/** The same response; `end` gets the bytes that were sent when its body is cancelled. */
function watched(response: Response, end: (sent: number) => void): Response {
  const reader = response.body!.getReader();
  let sent = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { value } = await reader.read();
      if (value === undefined) return controller.close();
      sent += value.length;
      controller.enqueue(value);
    },
    async cancel() {
      await reader.cancel();
      end(sent);
    },
  }, { highWaterMark: 0 });
  return new Response(body, { status: response.status, headers: response.headers });
}
