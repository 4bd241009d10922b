import assert from "node:assert/strict";
import { Attribute, Path, PROTOCOL_VERSION } from "@argyle/argyle/protocol";
import table from "./main.tsx";

function row(quantity: number): string {
  return `<tr id="row-17"><td>17</td><td>Item 17</td><td class="qty">${quantity}</td><td>12.50</td>` +
    '<td><button class="bump" data-reflex="click->Table#bump" data-id="17">+1</button></td></tr>';
}

Deno.test("table: the page has a thousand rows", async () => {
  const response = await table().fetch(new Request("http://localhost/"));
  const html = await response.text();
  assert.equal(html.match(/<tr id="row-/g)?.length, 1000);
  assert.ok(html.includes(row(3)));
});

Deno.test({
  name: "table: a bump sends one number, and a row that is not there is refused",
  timeout: 10_000,
  async fn() {
    const app = table();
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
    const bump = (n: number, id: string) => ["call", n, n - 1, "Table#bump", [], { a: { "data-id": id } }];
    assert.deepEqual(await ask(socket, bump(1, "17")), ["patch", 1, [["text", ["row-17", 2], "4"]], [1]]);
    assert.deepEqual(await ask(socket, bump(2, "0")), [
      "error",
      2,
      "halted",
      "There is no such row any more.",
    ]);
    const [, , code] = await ask(socket, bump(3, "seventeen")) as unknown[];
    assert.equal(code, "invalid");
    socket.close();
    await heard(socket, "close");
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
