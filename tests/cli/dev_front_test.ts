import assert from "node:assert/strict";
import { Front, type FrontLimits } from "../../cli/dev_front.ts";
import { RawPeer } from "../helpers/raw.ts";

/** A server that says who it is, and gives back what it is sent. */
function echo(name: string): { port: number } & AsyncDisposable {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const host = request.headers.get("host");
    return request.body === null
      ? new Response(`${name} ${new URL(request.url).pathname} ${host}`)
      : new Response(request.body);
  });
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** A front on a free port. `app` is what it is led by. */
function open(
  app: (isForeign: boolean) => Promise<number | undefined>,
  own: number,
  limits: FrontLimits = {},
  hostname = "127.0.0.1",
): { port: number } & Disposable {
  const listener = Deno.listen({ hostname, port: 0 });
  const front = new Front(listener, { app, own }, limits);
  return { port: listener.addr.port, [Symbol.dispose]: () => front[Symbol.dispose]() };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: shop.test:1\r\nconnection: close\r\n\r\n`;

async function says(port: number, text: string): Promise<string | undefined> {
  using peer = await RawPeer.connect({ port });
  await peer.send(text);
  return (await peer.answer())?.text;
}

/** What comes until the other end has said all. */
async function readAll(line: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(1000);
  let text = "";
  for (let size = await line.read(buffer); size !== null; size = await line.read(buffer)) {
    text += new TextDecoder().decode(buffer.subarray(0, size));
  }
  return text;
}

Deno.test("Front: the first line of a connection decides; the rest is carried as it is", async () => {
  await using app = echo("app");
  await using own = echo("own");
  using front = open(() => Promise.resolve(app.port), own.port);
  assert.equal(await says(front.port, get("/a?/_argyle/dev")), "app /a shop.test:1");
  assert.equal(await says(front.port, get("/_argyle/dev?token=x")), "own /_argyle/dev shop.test:1");
  assert.equal(await says(front.port, get("/_argyle/dev.js")), "app /_argyle/dev.js shop.test:1");
  assert.equal(await says(front.port, get("/shop/_argyle/dev")), "app /shop/_argyle/dev shop.test:1");
});

Deno.test("Front: a first line in pieces is waited for; one without end is the app's to refuse", async () => {
  await using app = echo("app");
  using front = open(() => Promise.resolve(app.port), 1);
  using slow = await RawPeer.connect({ port: front.port });
  for (const letter of get("/slow")) await slow.send(letter);
  assert.equal((await slow.answer())?.text, "app /slow shop.test:1");
  using long = await RawPeer.connect({ port: front.port });
  await long.send(`GET /${"x".repeat(20_000)}`);
  await long.send(` HTTP/1.1\r\nhost: shop.test:1\r\nconnection: close\r\n\r\n`);
  assert.match((await long.answer())!.text, /^app \/x{20000} /);
});

Deno.test("Front: who connects and says nothing is let go, and so is whoever comes when all places are taken", async () => {
  await using app = echo("app");
  using front = open(() => Promise.resolve(app.port), 1, { patience: 50, connections: 1 });
  using silent = await RawPeer.connect({ port: front.port });
  using other = await RawPeer.connect({ port: front.port });
  assert.ok(await other.ended());
  assert.ok(await silent.ended());
  assert.equal(await says(front.port, get("/")), "app / shop.test:1");
});

Deno.test("Front: 20 MB go through and come back", async () => {
  await using app = echo("app");
  using front = open(() => Promise.resolve(app.port), 1);
  const body = new Uint8Array(20_000_000).map((_, index) => index % 251);
  const response = await fetch(`http://127.0.0.1:${front.port}/`, { method: "POST", body });
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), body);
});

Deno.test("Front: who has stopped speaking still hears the answer", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using front = open(() => Promise.resolve(listener.addr.port), 1);
  using client = await Deno.connect({ hostname: "127.0.0.1", port: front.port });
  await client.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  await client.closeWrite();
  const server = await listener.accept();
  listener.close();
  assert.equal(await readAll(server), "GET / HTTP/1.1\r\n\r\n");
  await server.write(new TextEncoder().encode("the answer"));
  server.close();
  assert.equal(await readAll(client), "the answer");
});

Deno.test("Front: where no app runs, its own server answers; while one starts, a request waits", async () => {
  await using app = echo("app");
  await using own = echo("own");
  const started = Promise.withResolvers<number | undefined>();
  using front = open(() => started.promise, own.port);
  const waiting = says(front.port, get("/early"));
  started.resolve(app.port);
  assert.equal(await waiting, "app /early shop.test:1");
  using idle = open(() => Promise.resolve(undefined), own.port);
  assert.equal(await says(idle.port, get("/any")), "own /any shop.test:1");
});

Deno.test("Front: an app that has just gone is not the end: the next one is asked for", async () => {
  await using app = echo("app");
  const gone = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ports = [gone.addr.port, app.port];
  gone.close();
  using front = open(() => Promise.resolve(ports.shift()), 1);
  assert.equal(await says(front.port, get("/")), "app / shop.test:1");
});

/** A server that goes without a word, once it has heard this many bytes; and what it has heard. */
function mute(length: number, how: (line: Deno.TcpConn) => void = (line) => line.close()) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const heard = (async () => {
    const line = await listener.accept(), buffer = new Uint8Array(length);
    listener.close();
    for (let size = 0; size < length;) size += (await line.read(buffer.subarray(size)))!;
    how(line);
    return new TextDecoder().decode(buffer);
  })();
  return { port: listener.addr.port, heard };
}

Deno.test("Front: whoever asks an app that goes without a word is answered by the next one", async () => {
  await using app = echo("app");
  await using own = echo("own");
  const request = get("/a");
  for (const last of [app.port, undefined]) {
    const gone = [mute(request.length), mute(request.length)];
    const ports = [...gone.map(({ port }) => port), last];
    using front = open(() => Promise.resolve(ports.shift()), own.port);
    assert.equal(await says(front.port, request), `${last === undefined ? "own" : "app"} /a shop.test:1`);
    for (const { heard } of gone) assert.equal(await heard, request);
  }
});

Deno.test("Front: who asks, and has stopped speaking, is answered by the next one as well", async () => {
  await using app = echo("app");
  const request = get("/a"), ports: (number | undefined)[] = [];
  // It goes when the line has said that this was all.
  const gone = mute(request.length, async (line) => {
    assert.equal(await line.read(new Uint8Array(1)), null);
    line.close();
  });
  ports.push(gone.port, app.port);
  using front = open(() => Promise.resolve(ports.shift()), 1);
  using client = await Deno.connect({ hostname: "127.0.0.1", port: front.port });
  await client.write(new TextEncoder().encode(request));
  await client.closeWrite();
  assert.match(await readAll(client), /app \/a shop\.test:1/);
});

Deno.test("Front: what may have had an effect, or has had half an answer, is not asked again", async () => {
  const post = "POST /a HTTP/1.1\r\nhost: shop.test:1\r\ncontent-length: 2\r\n\r\nhi";
  const half = (line: Deno.TcpConn) =>
    void line.write(new TextEncoder().encode("HTTP/1.1 200")).then(() => line.close());
  for (
    const [request, how] of [
      [post, undefined],
      [post.slice(0, -2), undefined],
      [get("/a"), half],
      [get("/a").slice(0, -2), undefined], // more of it may still come
    ] as const
  ) {
    const gone = mute(request.length, how);
    let asked = 0;
    using front = open(() => Promise.resolve(asked++ === 0 ? gone.port : undefined), 1);
    using client = await RawPeer.connect({ port: front.port });
    await client.send(request);
    await gone.heard;
    assert.equal(await client.answer(), undefined);
    assert.equal(asked, 1);
  }
});

Deno.test("Front: an app that never says a word is asked three times, and then the line is closed", async () => {
  const request = get("/a"), apps = [1, 2, 3, 4].map(() => mute(request.length));
  const ports = apps.map(({ port }) => port);
  using front = open(() => Promise.resolve(ports.shift()), 1);
  assert.equal(await says(front.port, request), undefined);
  assert.equal(ports.length, 1);
  using last = await RawPeer.connect({ port: ports[0]! });
  await last.send(request);
  await Promise.all(apps.map(({ heard }) => heard));
});

const [foreign] = Deno.networkInterfaces()
  .filter(({ family, address }) => family === "IPv4" && !address.startsWith("127."));

Deno.test({
  name: "Front: another machine is led to the door for strangers, and never to the server of dev",
  ignore: foreign === undefined,
  async fn() {
    await using app = echo("app");
    await using strangers = echo("strangers");
    let isRunning = true;
    const lead = (isForeign: boolean) =>
      Promise.resolve(isRunning ? (isForeign ? strangers : app).port : undefined);
    using front = open(lead, 1, {}, "0.0.0.0");
    const url = `http://${foreign!.address}:${front.port}`;
    assert.match(
      await (await fetch(`${url}/a`, { headers: { connection: "close" } })).text(),
      /^strangers \/a/,
    );
    // As every path that is none of the app's.
    assert.match(
      await (await fetch(`${url}/_argyle/dev`, { headers: { connection: "close" } })).text(),
      /Not running/,
    );
    isRunning = false;
    const response = await fetch(`${url}/a`, { headers: { connection: "close" } });
    assert.deepEqual([response.status, await response.text()], [503, "Not running."]);
  },
});
