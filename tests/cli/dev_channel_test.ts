import assert from "node:assert/strict";
import { DevServer, type PageNews } from "../../cli/dev_server.ts";
import { RawPeer } from "../helpers/raw.ts";

const token = "0123456789abcdef0123456789abcdef";
const fault = { title: "The app does not start", message: "SyntaxError: the detail", stack: [] };

function serve(state: "ready" | "failed" = "failed"): DevServer {
  return new DevServer({
    token,
    state: () => ({ kind: "state", state, start: 3, ...state === "failed" && { fault } }),
    faults: () => [],
  });
}

/** A request by hand; `undefined` as a header leaves it out. */
async function ask(
  { port }: DevServer,
  target: string,
  headers: Record<string, string | undefined> = {},
  method = "GET",
): Promise<{ status: number; text: string; connection: string | null }> {
  using peer = await RawPeer.connect({ port });
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers })
    .filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}\r\n`);
  await peer.send(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`);
  const answer = await peer.answer();
  return { status: answer!.status, text: answer!.text, connection: answer!.headers.get("connection") };
}

const handshake = {
  connection: "upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

Deno.test("DevServer: the channel is for pages of this origin that know the token; to others it is not there", async () => {
  await using server = serve();
  const origin = `http://127.0.0.1:${server.port}`, target = `/_argyle/dev?token=${token}`;
  const strangers: [string, string, Record<string, string | undefined>, string?][] = [
    ["no token", "/_argyle/dev", { ...handshake, origin }],
    ["another token", `/_argyle/dev?token=${"0".repeat(32)}`, { ...handshake, origin }],
    ["a part of the token", `/_argyle/dev?token=${token.slice(1)}`, { ...handshake, origin }],
    ["no origin", target, handshake],
    ["another site", target, { ...handshake, origin: "http://evil.test" }],
    ["another port", target, { ...handshake, origin: "http://127.0.0.1:1" }],
    ["a name that leads here", target, { ...handshake, host: "evil.test", origin: "http://evil.test" }],
    ["no upgrade", target, { origin }],
    ["a post", target, { origin, "content-length": "0" }, "POST"],
  ];
  for (const [title, path, headers, method] of strangers) {
    const { status, text } = await ask(server, path, headers, method);
    assert.deepEqual([status, text], [404, "There is no such page."], title);
  }
  assert.equal((await ask(server, target, { ...handshake, origin })).status, 101);
});

Deno.test("DevServer: why no app runs is told to whoever names this machine alone, and its connections end", async () => {
  await using server = serve();
  const html = { accept: "text/html" };
  const page = await ask(server, "/any", html);
  assert.deepEqual([page.status, page.connection], [503, "close"]);
  assert.match(page.text, /<pre>The app does not start\nSyntaxError: the detail<\/pre>/);
  assert.match(page.text, new RegExp(`data-argyle-dev="${token}\\.0"`));
  for (const host of ["evil.test", "10.0.0.7:8000", "localhost.evil.test"]) {
    const { status, text } = await ask(server, "/any", { ...html, host });
    assert.deepEqual([status, text.includes("detail"), text.includes(token)], [421, false, false], host);
  }
  const program = await ask(server, "/any", {}, "POST");
  assert.deepEqual([program.status, program.text], [503, "The app does not start\nSyntaxError: the detail"]);
});

Deno.test("DevServer: a channel tells, and whoever speaks to it is sent away", async () => {
  await using server = serve("ready");
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/_argyle/dev?token=${token}`, {
    headers: { origin: `http://127.0.0.1:${server.port}` },
  } as never);
  const heard: PageNews[] = [];
  const closed = new Promise<number>((resolve) => socket.onclose = ({ code }) => resolve(code));
  await new Promise<void>((resolve) => {
    socket.onmessage = ({ data }) => {
      heard.push(JSON.parse(data));
      if (heard.length === 1) server.tell({ kind: "css", path: "/assets/app.css" });
      else resolve();
    };
  });
  assert.deepEqual(heard, [{ kind: "state", state: "ready", start: 3 }, {
    kind: "css",
    path: "/assets/app.css",
  }]);
  socket.send("{}");
  assert.equal(await closed, 1008);
});
