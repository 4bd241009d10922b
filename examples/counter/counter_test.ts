import assert from "node:assert/strict";
import { Attribute, Path, PROTOCOL_VERSION } from "@argyle/argyle/protocol";
import counter from "./main.tsx";

Deno.test("counter: the page shows the number of the session", async () => {
  const response = await counter().fetch(new Request("http://localhost/"));
  assert.equal(response.status, 200);
  const html = await response.text();
  assert.match(html, /<output id="count" aria-live="polite">0<\/output>/);
  assert.match(html, /<button [^>]*aria-label="One more"/);
});

Deno.test({
  name: "counter: a call counts, and only one that the page offers",
  timeout: 10_000,
  async fn() {
    const app = counter();
    await using server = await app.listen({ port: 0 });

    // What a browser keeps of a page: the cookie, and the sealed page data of its script element.
    const page = await app.fetch(new Request(server.url));
    const cookie = page.headers.get("set-cookie")!.split(";")[0]!;
    const token = new RegExp(`${Attribute.page}="([^"]+)"`).exec(await page.text())?.[1];

    // Deno's WebSocket takes headers; the type is the browsers'.
    const headers = { cookie, origin: server.url };
    const socket = new WebSocket(
      server.url.replace("http", "ws") + Path.socket,
      { headers } as unknown as string[],
    );
    await heard(socket, "open");
    assert.deepEqual(await ask(socket, ["hello", PROTOCOL_VERSION, token, 0]), ["ready", 0]);
    assert.deepEqual(
      await ask(socket, ["call", 1, 0, "Counter#add", [1]]),
      ["patch", 1, [["text", "count", "1"]], [1]],
    );
    assert.deepEqual(await ask(socket, ["call", 2, 1, "Counter#add", [1000]]), ["resync", "offer"]);
    socket.close();
    await heard(socket, "close");

    const again = await app.fetch(new Request(server.url, { headers: { cookie } }));
    assert.ok((await again.text()).includes(`<output id="count" aria-live="polite">1</output>`));
  },
});

/** Sends a frame and waits for the next one that comes. */
async function ask(socket: WebSocket, frame: unknown): Promise<unknown> {
  const answer = heard(socket, "message");
  socket.send(JSON.stringify(frame));
  return JSON.parse((await answer as MessageEvent<string>).data);
}

function heard(socket: WebSocket, type: string): Promise<Event> {
  return new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));
}
