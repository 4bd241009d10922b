import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { Path } from "@argyle/argyle/protocol";
import { load, MemoryLog, timed } from "../helpers/peer.ts";
import { RawPeer } from "../helpers/raw.ts";

async function open(options: AppOptions = {}) {
  const log = new MemoryLog();
  const app = new App({ log, ...options });
  const reached: string[] = [];
  app.use(({ request, url }, next) => {
    reached.push(`${request.method} ${url.pathname}`);
    return next();
  });
  app.page("/", () => "home");
  app.page("/admin", () => "admin");
  app.route("/form", {
    GET: () => new Response("no form"),
    POST: async ({ form }) => new Response((await form()).names().join()),
  });
  const server = await app.listen({ port: 0 });
  log.lines.length = 0;
  const good = `Host: 127.0.0.1:${server.port}`;
  return {
    app,
    log,
    server,
    reached,
    good,
    /** What one connection answers to these bytes: statuses, in order; 0 where it is closed without one. */
    async ask(text: string): Promise<number[]> {
      using peer = await RawPeer.connect(server);
      await peer.send(text);
      const statuses: number[] = [];
      for (let answer = await peer.answer(); answer !== undefined; answer = await peer.answer()) {
        statuses.push(answer.status);
      }
      return statuses.length === 0 ? [0] : statuses;
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

const close = "Connection: close\r\n\r\n";

timed("host: a request that names somebody else, or nobody, reaches nothing", async () => {
  await using site = await open();
  const { port } = site.server;
  for (
    const [lines, status] of [
      [`GET / HTTP/1.1\r\nHost: evil.test\r\n`, 421],
      [`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port + 1}\r\n`, 200],
      [`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: evil.test\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: 127.0.0.1:${port}\r\n`, 400],
      [`GET /x HTTP/1.1\r\nHost: evil/admin?\r\n`, 400],
      [`GET /x HTTP/1.1\r\nHost: 127.0.0.1:${port}/admin?\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: user@127.0.0.1:${port}\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: user:pass@127.0.0.1:${port}\r\n`, 400],
      [`GET http://evil.test/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`, 421],
      [`GET http://127.0.0.1:${port}/admin HTTP/1.1\r\nHost: evil.test\r\n`, 421],
      [`GET http://evil.test/ HTTP/1.1\r\n`, 421],
      [`GET / HTTP/1.1\r\nHost: \r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: a b\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: 127.0.0.1,evil.test\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: 127.0.0.1:99999\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: 127.0.0.1:\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: [::1\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: [::1%25eth0]\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: 127.0.0.1.\r\n`, 421],
      [`GET / HTTP/1.1\r\nHost: 0x7f.1\r\n`, 421],
      [`GET / HTTP/1.1\r\nHost: \xff\xfe\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: xn--\r\n`, 400],
      [`GET / HTTP/1.1\r\nX-Forwarded-Host: evil.test\r\nHost: 127.0.0.1:${port}\r\n`, 200],
    ] as const
  ) {
    site.reached.length = 0;
    assert.deepEqual(await site.ask(lines + close), [status], lines);
    assert.deepEqual(site.reached, status === 200 ? ["GET /"] : [], lines);
  }
  assert.deepEqual(site.log.lines, [], "none is worth a line");
});

timed(
  "host: without a Host Deno makes one up, and an app that names its own is not asked by it",
  async () => {
    await using open1 = await open();
    await using named = await open({ hosts: ["shop.test"] });
    for (const version of ["HTTP/1.1", "HTTP/1.0"]) {
      assert.deepEqual(await open1.ask(`GET / ${version}\r\n${close}`), [200]);
      assert.deepEqual(await named.ask(`GET / ${version}\r\n${close}`), [421]);
    }
    assert.deepEqual(named.reached, []);
  },
);

timed(
  "smuggling: a request whose end can be read in two ways is refused, and its rest is no request",
  async () => {
    await using site = await open();
    const { good } = site;
    const form = `POST /form HTTP/1.1\r\n${good}\r\nContent-Type: application/x-www-form-urlencoded\r\n`;
    const inner = `GET /admin HTTP/1.1\r\n${good}\r\n${close}`;
    const empty = `0\r\n\r\n${inner}`, short = `a=b${inner}`;
    for (
      const [text, statuses] of [
        [`${form}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${empty}`, [400]],
        [`${form}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n${empty}`, [400]],
        [`${form}Content-Length: 3\r\nContent-Length: 5\r\n\r\n${short}`, [400]],
        [`${form}Content-Length: 3, 5\r\n\r\n${short}`, [400]],
        [`${form}Content-Length: +3\r\n\r\n${short}`, [400]],
        [`${form}Content-Length: -3\r\n\r\n${short}`, [400]],
        [`${form}Content-Length: 0x3\r\n\r\n${short}`, [400]],
        [`${form}Content-Length: 3 \x0b\r\n\r\n${short}`, [400]],
        [`${form}Content-Length : 3\r\n\r\n${short}`, [400]],
        [`${form}Content-Length: 99999999999999999999999\r\n\r\n${short}`, [400]],
        [`${form}Transfer-Encoding : chunked\r\n\r\n${empty}`, [400]],
        [`${form}Transfer-Encoding: xchunked\r\n\r\n${empty}`, [400]],
        [`${form}Transfer-Encoding: chunked, identity\r\n\r\n${empty}`, [400]],
        [`${form}Transfer-Encoding: identity\r\n\r\n${empty}`, [400]],
        [`${form}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n${empty}`, [400]],
        [`${form}Transfer-Encoding:\x0bchunked\r\n\r\n${empty}`, [400]],
        [`${form}X: y\r\n Content-Length: 3\r\n\r\n${short}`, [400]],
        [`${form}X: a\0b\r\n\r\n${short}`, [400]],
        [`${form}X: a\rContent-Length: 3\r\n\r\n${short}`, [400]],
      ] as const
    ) {
      site.reached.length = 0;
      assert.deepEqual(await site.ask(text), statuses, JSON.stringify(text.slice(form.length)));
      assert.ok(!site.reached.includes("GET /admin"), JSON.stringify(text.slice(form.length)));
    }
    assert.deepEqual(site.log.lines, []);
    // The same length twice, and a length in its place: these have one meaning.
    assert.deepEqual(await site.ask(`${form}Content-Length: 3\r\nContent-Length: 3\r\n\r\n${short}`), [
      200,
      200,
    ]);
    assert.deepEqual(await site.ask(`${form}Content-Length: 3\r\n\r\n${short}`), [200, 200]);
  },
);

timed("smuggling: the body of a GET is not the next request", async () => {
  await using site = await open();
  const { good } = site;
  const inner = `GET /admin HTTP/1.1\r\n${good}\r\n\r\n`;
  const outer = `GET /form HTTP/1.1\r\n${good}\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`;
  assert.deepEqual(await site.ask(`${outer}GET / HTTP/1.1\r\n${good}\r\n${close}`), [200, 200]);
  assert.deepEqual(site.reached, ["GET /form", "GET /"]);
});

timed(
  "request line: what is no request is refused, and what is a strange one is answered as others",
  async () => {
    await using site = await open();
    const { good } = site;
    const line = (text: string) => `${text}\r\n${good}\r\n${close}`;
    for (
      const [text, status] of [
        [line("GET /a b HTTP/1.1"), 400],
        [line("GET * HTTP/1.1"), 400],
        [line("GET admin HTTP/1.1"), 400],
        [line("GET / HTTP/9.9"), 400],
        [line("GET /"), 400],
        [line("G\0T / HTTP/1.1"), 400],
        [line("/ GET HTTP/1.1"), 400],
        ["\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n", 400],
        ["\r\n\r\n\r\nGARBAGE\r\n\r\n", 400],
        [line(`OPTIONS * HTTP/1.1`), 404],
        [line(`CONNECT 127.0.0.1:${site.server.port} HTTP/1.1`), 405],
        [line("TRACE / HTTP/1.1"), 405],
        [line("get / HTTP/1.1"), 405],
        [line("PROPFIND / HTTP/1.1"), 405],
        [line("__proto__ / HTTP/1.1"), 405],
        [line("constructor /form HTTP/1.1"), 405],
        [line(`GET http://user:pass@127.0.0.1:${site.server.port}/ HTTP/1.1`), 200],
        [`GET / HTTP/1.1\n${good}\nConnection: close\n\n`, 200],
      ] as const
    ) {
      assert.deepEqual(await site.ask(text), [status], JSON.stringify(text.slice(0, 60)));
    }
    assert.deepEqual(site.log.lines, []);
  },
);

timed("headers: too many and too large ones are Deno's to refuse, and others are served", async () => {
  await using site = await open();
  const head = `GET / HTTP/1.1\r\n${site.good}\r\n`;
  const status = (lines: string) => site.ask(head + lines + close);
  assert.deepEqual(await status("X: y\r\n".repeat(90)), [200]);
  assert.deepEqual(await status(`X: ${"y".repeat(32 * 1024)}\r\n`), [200]);
  assert.deepEqual(await status(`X: ${"y".repeat(70 * 1024)}\r\n`), [400]);
  assert.deepEqual(await status(`${"y".repeat(70 * 1024)}: x\r\n`), [400]);
  assert.deepEqual(await status(`X: ${"y".repeat(1024 * 1024)}\r\n`), [400]);
  assert.deepEqual(await status(`Cookie: ${"y".repeat(9 * 1024)}\r\n`), [431]);
  const many = await status("X: y\r\n".repeat(20_000));
  assert.deepEqual(many, [400]);
  assert.deepEqual(site.log.lines, []);
  assert.deepEqual(await status(""), [200]);
});

timed("upgrade: a handshake with a part too few or too many is refused without a line", async () => {
  await using site = await open();
  const { cookie } = await load(site.app);
  const lines = {
    Host: site.good.slice(6),
    Origin: site.server.url,
    Cookie: cookie,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
  };
  const first = async (changes: Record<string, string | undefined>, more = "", method = "GET") => {
    const all = Object.entries({ ...lines, ...changes }).filter(([, value]) => value !== undefined);
    using peer = await RawPeer.connect(site.server);
    const text = all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    await peer.send(`${method} ${Path.socket} HTTP/1.1\r\n${text}\r\n${more}`);
    return (await peer.answer())?.status;
  };
  for (
    const [title, status, changes, more] of [
      ["whole", 101, {}, ""],
      ["no upgrade", 426, { Upgrade: undefined }, ""],
      ["another upgrade", 426, { Upgrade: "h2c" }, ""],
      ["a list of upgrades", 426, { Upgrade: "h2c, websocket" }, ""],
      ["no connection", 400, { Connection: undefined }, ""],
      ["a connection that closes", 400, { Connection: "close" }, ""],
      ["a connection that stays", 400, { Connection: "keep-alive" }, ""],
      ["no key", 400, { "Sec-WebSocket-Key": undefined }, ""],
      ["a short key", 400, { "Sec-WebSocket-Key": "AAAA" }, ""],
      ["two keys", 400, { "sec-websocket-key": "BAAAAAAAAAAAAAAAAAAAAA==" }, ""],
      ["no version", 426, { "Sec-WebSocket-Version": undefined }, ""],
      ["two versions", 426, { "Sec-WebSocket-Version": "8, 13" }, ""],
      ["a body", 400, { "Content-Length": "5" }, "hello"],
      ["a chunked body", 400, { "Transfer-Encoding": "chunked" }, "0\r\n\r\n"],
      ["no origin", 403, { Origin: undefined }, ""],
      ["two origins", 403, { origin: "http://evil.test" }, ""],
      ["no cookie", 403, { Cookie: undefined }, ""],
    ] as const
  ) {
    assert.equal(await first(changes, more), status, title);
  }
  assert.equal(await first({ "Sec-Fetch-Site": "same-origin" }, "", "POST"), 405);
  assert.deepEqual(site.log.lines, []);
  assert.deepEqual(await site.ask(`GET / HTTP/1.1\r\n${site.good}\r\nUpgrade: h2c\r\n${close}`), [200]);
});
