import assert from "node:assert/strict";
import { getRequest, KeepAlive, readBody, readHead } from "../../bench/keep_alive.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes);

Deno.test("getRequest: the host is the URL's, then come the headers", () => {
  assert.equal(
    text(getRequest("http://127.0.0.1:80/a", { cookie: "b=c" })),
    "GET /a HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: b=c\r\n\r\n",
  );
});

Deno.test("readHead: nothing before its end has come, then status, headers and length", () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: a: b\r\n\r\n";
  assert.equal(readHead(bytes(head.slice(0, -1))), undefined);
  assert.deepEqual(readHead(bytes(`${head}ok`)), {
    status: 200,
    headers: new Map([["content-length", "2"], ["x", "a: b"]]),
    length: head.length,
  });
  assert.throws(
    () => readHead(bytes("SMTP ready\r\n\r\n")),
    /Cannot read "SMTP ready" as a response's first line/,
  );
});

Deno.test("readBody: with a length, nothing before all of it is there", () => {
  const head = { headers: new Map([["content-length", "4"]]) };
  assert.equal(readBody(bytes("abc"), head), undefined);
  assert.equal(text(readBody(bytes("abcd"), head)), "abcd");
});

Deno.test("readBody: chunks are joined, wherever what has come so far ends", () => {
  const head = { headers: new Map([["transfer-encoding", "chunked"]]) };
  const body = "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
  for (let end = 0; end < body.length; end++) {
    assert.equal(readBody(bytes(body.slice(0, end)), head), undefined);
  }
  assert.equal(text(readBody(bytes(body), head)), "abc0123456789");
  assert.throws(() => readBody(bytes("3;x\r\nabc\r\n"), head), /Cannot read "3;x" as the size of a chunk/);
});

Deno.test("readBody: one without a length is refused", () => {
  assert.throws(() => readBody(bytes("abc"), { headers: new Map() }), /does not say how long it is/);
});

Deno.test("KeepAlive: one connection carries several responses, small, large and chunked", async () => {
  const ports = new Set<number>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request, { remoteAddr }) => {
    ports.add((remoteAddr as Deno.NetAddr).port);
    const { pathname } = new URL(request.url);
    if (pathname === "/large") return new Response("x".repeat(200_000));
    if (pathname === "/chunked") return new Response(ReadableStream.from(["a", "bc"].map(bytes)));
    return new Response(request.headers.get("cookie"), { status: 404 });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  {
    using connection = await KeepAlive.open(url);
    const small = await connection.send(getRequest(`${url}/`, { cookie: "a=b" }));
    assert.deepEqual([small.status, text(small.body)], [404, "a=b"]);
    assert.ok(small.firstByte > 0);
    assert.equal((await connection.send(getRequest(`${url}/large`))).body.length, 200_000);
    assert.equal(text((await connection.send(getRequest(`${url}/chunked`))).body), "abc");
  }
  assert.equal(ports.size, 1);
  await server.shutdown();
});

Deno.test("KeepAlive: a connection that the server ends is an error", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept().then((connection) => connection.close());
  using connection = await KeepAlive.open(`http://127.0.0.1:${listener.addr.port}`);
  await accepted;
  await assert.rejects(connection.send(bytes("GET / HTTP/1.1\r\n\r\n")));
});
