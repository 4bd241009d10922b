import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { FakeClock } from "@argyle/argyle/testing";
import { load, MemoryLog, timed } from "../helpers/peer.ts";
import { RawPeer } from "../helpers/raw.ts";

const MiB = 1024 * 1024;

/** An app with a form; `asked` is done when its handler waits for the body, `failed` tells why it did not come. */
function open(options: AppOptions = {}) {
  const log = new MemoryLog();
  const app = new App({ log, ...options });
  const asked = Promise.withResolvers<void>(), failed = Promise.withResolvers<unknown>();
  app.page("/", () => "home");
  app.route("/form", {
    async POST({ form }) {
      const fields = form();
      asked.resolve();
      try {
        return Response.json((await fields).names());
      } catch (error) {
        failed.resolve(error);
        throw error;
      }
    },
  });
  return { app, log, asked: asked.promise, failed: failed.promise };
}

const urlencoded = { "content-type": "application/x-www-form-urlencoded" };

function head(server: { readonly port: number }, ...lines: string[]): string {
  const all = [
    "POST /form HTTP/1.1",
    `Host: 127.0.0.1:${server.port}`,
    "Content-Type: " + urlencoded["content-type"],
  ];
  return `${[...all, ...lines].join("\r\n")}\r\n\r\n`;
}

/** A body of 64 KiB pieces, and how many were asked for. */
function pieces(count: number, last = "") {
  let given = 0, cancelled = false;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      given += 1;
      controller.enqueue(new TextEncoder().encode("x".repeat(64 * 1024)));
      if (given < count) return;
      if (last !== "") controller.enqueue(new TextEncoder().encode(last));
      controller.close();
    },
    cancel() {
      cancelled = true;
    },
  }, { highWaterMark: 0 });
  return { stream, given: () => given, cancelled: () => cancelled };
}

timed("body: one byte too many is refused, by what it says of itself and by what it is", async () => {
  const { app, log } = open({ limits: { field: 2 * MiB } });
  const post = (body: BodyInit, headers: Record<string, string> = {}) =>
    app.fetch(
      new Request("http://127.0.0.1/form", { method: "POST", body, headers: { ...urlencoded, ...headers } }),
    );
  const fits = pieces(16);
  assert.equal((await post(fits.stream)).status, 200);
  const long = pieces(16, "x");
  const refused = await post(long.stream);
  assert.equal(refused.status, 413);
  assert.match(await refused.text(), /A body has at most 1048576 bytes\./);
  const endless = pieces(Infinity);
  assert.equal((await post(endless.stream)).status, 413);
  assert.deepEqual([endless.given(), endless.cancelled()], [17, true], "nothing is read beyond the limit");
  const said = pieces(Infinity);
  assert.equal((await post(said.stream, { "content-length": String(MiB + 1) })).status, 413);
  assert.equal(said.given(), 0, "nothing is read at all");
  assert.deepEqual(log.lines, []);
});

timed(
  "body: too large a one is answered before it has come, and what is left of it is no request",
  async () => {
    const { app, log } = open();
    let smuggled = 0;
    app.route("/smuggled", { GET: () => new Response(String(++smuggled)) });
    await using server = await app.listen({ port: 0 });
    log.lines.length = 0;
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`;
    const inner = get("/smuggled").padEnd(64 * 1024, " ");
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    const large = chunk("x".repeat(64 * 1024)).repeat(17);
    using vast = await RawPeer.connect(server);
    await vast.send(`${head(server, "Content-Length: 9007199254740993")}a=1`);
    assert.equal((await vast.answer())?.status, 413);
    // Deno ends a connection whose body nobody reads, and goes on after the end of one that somebody began to read.
    for (
      const [lines, first, rest, after] of [
        [`Content-Length: ${MiB + 1}`, "a=1", inner.repeat(17), undefined],
        ["Transfer-Encoding: chunked", large, `${chunk(inner)}0\r\n\r\n`, 200],
      ] as const
    ) {
      using peer = await RawPeer.connect(server);
      await peer.send(head(server, lines) + first);
      const answer = await peer.answer();
      assert.equal(answer?.status, 413, lines);
      assert.match(answer?.text ?? "", /A body has at most 1048576 bytes\./);
      await peer.send(rest + get("/")).catch((error) => {
        if (
          !(error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset)
        ) throw error;
      });
      assert.equal((await peer.answer())?.status, after, lines);
    }
    assert.equal(smuggled, 0);
    assert.deepEqual(log.lines, []);
    assert.match(await (await fetch(server.url)).text(), /home/);
  },
);

timed("body: one that trickles is 408 after 10 s, however it is sent", async () => {
  for (
    const [lines, first, more] of [
      ["Content-Length: 100", "a=", "x"],
      ["Transfer-Encoding: chunked", "2\r\na=\r\n", "1\r\nx\r\n"],
    ] as const
  ) {
    const clock = new FakeClock();
    const { app, log, asked } = open({ clock });
    await using server = await app.listen({ port: 0 });
    log.lines.length = 0;
    using peer = await RawPeer.connect(server);
    await peer.send(head(server, lines) + first);
    await asked;
    for (let second = 1; second < 10; second++) {
      clock.turn(1000);
      await peer.send(more);
    }
    assert.equal(clock.waiting > 0, true);
    clock.turn(1000);
    const answer = await peer.answer();
    assert.equal(answer?.status, 408);
    assert.match(answer?.text ?? "", /The body took too long to arrive\./);
    assert.deepEqual(log.lines, []);
    assert.match(await (await fetch(server.url)).text(), /home/);
  }
});

timed("body: a sender that goes away in the middle is an error for its handler alone", async () => {
  for (
    const [lines, part] of [
      ["Content-Length: 100", "a=1"],
      ["Content-Length: 100", ""],
      ["Transfer-Encoding: chunked", "3\r\na=1\r\n"],
      ["Transfer-Encoding: chunked", "3\r\na"],
      ["Transfer-Encoding: chunked", ""],
    ] as const
  ) {
    const { app, log, asked, failed } = open();
    await using server = await app.listen({ port: 0 });
    log.lines.length = 0;
    const peer = await RawPeer.connect(server);
    await peer.send(head(server, lines) + part);
    await asked;
    peer.close();
    const error = await failed as { status?: number };
    assert.equal(error.status, 400, `${lines} ${part}`);
    assert.match(await (await fetch(server.url)).text(), /home/);
    assert.deepEqual(log.lines, [], "anybody can go away: it is not worth a line");
  }
});

timed(
  "body: chunks that break the rules in the middle end the connection, and the handler's wait",
  async () => {
    for (const chunk of ["zz\r\n", "-1\r\n", "ffffffffffffffffff\r\n", "3\r\nabcdef\r\n"]) {
      const clock = new FakeClock();
      const { app, log, asked, failed } = open({ clock });
      await using server = await app.listen({ port: 0 });
      log.lines.length = 0;
      using peer = await RawPeer.connect(server);
      await peer.send(`${head(server, "Transfer-Encoding: chunked")}3\r\na=1\r\n`);
      await asked;
      await peer.send(chunk);
      const answer = await peer.answer();
      assert.ok(answer === undefined || answer.status === 400, `${chunk} ${answer?.status}`);
      clock.turn(10_000);
      const error = await failed as { status?: number };
      assert.ok(error.status === 400 || error.status === 408, `${chunk} ${error.status}`);
      assert.match((await load(app)).body, /home/);
      assert.deepEqual(log.lines, []);
    }
  },
);
