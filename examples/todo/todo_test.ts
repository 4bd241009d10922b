import assert from "node:assert/strict";
import { Attribute, Path, PROTOCOL_VERSION } from "@argyle/argyle/protocol";
import todo from "./main.tsx";

Deno.test("todo: each filter is a page, below the base too", async () => {
  for (const base of ["", "/todo"]) {
    const app = todo({ base });
    for (const [path, nothing] of [["", "to do yet"], ["/active", "is left"], ["/completed", "is done"]]) {
      const response = await app.fetch(new Request(`http://localhost${base}${path}`));
      assert.equal(response.status, 200);
      const html = await response.text();
      assert.match(html, new RegExp(`<a data-k="[^"]*" href="${base + path || "/"}" aria-current="page">`));
      assert.match(html, new RegExp(`<p class="nothing">Nothing ${nothing}`));
    }
  }
});

Deno.test({
  name: "todo: a list is full at 200 to-dos, and sooner where their letters are large",
  timeout: 20_000,
  async fn() {
    // A person does not add them at this speed.
    const app = todo({ limits: { frameBurst: 1000 } });
    await using server = await app.listen({ port: 0 });
    for (const [title, room] of [["x", 200], ["語".repeat(200), 74]] as const) {
      const { socket, add } = await visit(app, server.url);
      for (let n = 1; n <= room; n++) assert.match(await add(n, title), new RegExp(`\\b${n} left\\b`));
      assert.match(await add(room + 1, title), /The list is full/);
      socket.close();
      await heard(socket, "close");
    }
  },
});

/** A page of a new visitor, and how it adds a to-do as its nth call: what comes back, as text. */
async function visit(app: ReturnType<typeof todo>, url: string) {
  // What a browser keeps of a page: the cookie, and the sealed page data of its script element.
  const page = await app.fetch(new Request(url));
  const cookie = page.headers.get("set-cookie")!.split(";")[0]!;
  const token = new RegExp(`${Attribute.page}="([^"]+)"`).exec(await page.text())?.[1];
  // Deno's WebSocket takes headers; the type is the browsers'.
  const options = { headers: { cookie, origin: url } } as unknown as string[];
  const socket = new WebSocket(url.replace("http", "ws") + Path.socket, options);
  await heard(socket, "open");
  await ask(socket, ["hello", PROTOCOL_VERSION, token, 0]);
  return {
    socket,
    add: (n: number, title: string) => ask(socket, ["call", n, n - 1, "Todos#add", [{ title }]]),
  };
}

/** Sends a frame and waits for the next one that comes. */
async function ask(socket: WebSocket, frame: unknown): Promise<string> {
  const answer = heard(socket, "message");
  socket.send(JSON.stringify(frame));
  return (await answer as MessageEvent<string>).data.replaceAll("\\", "");
}

function heard(socket: WebSocket, type: string): Promise<Event> {
  return new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));
}
