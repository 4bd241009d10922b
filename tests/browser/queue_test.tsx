import assert from "node:assert/strict";
import { App, on, Reflex } from "@argyle/argyle";
import { Path } from "@argyle/argyle/protocol";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { online, open, says, serve } from "./serve.ts";

interface Session {
  letters?: string;
  count?: number;
}

class Notes extends Reflex<Session> {
  write(letter: string) {
    this.session.letters = `${this.session.letters ?? ""}${letter}`;
  }
  add() {
    this.session.count = (this.session.count ?? 0) + 1;
  }
}

function notes(): App<Session> {
  const app = new App<Session>({ log: new MemoryLog() });
  app.reflexes({ Notes });
  app.page("/", ({ session }) => (
    <main>
      <output id="letters">{session.letters ?? ""}</output>
      <output id="count">{session.count ?? 0}</output>
      {["a", "b", "c"].map((letter) => (
        <button id={letter} {...on("click", Notes, "write", letter)}>{letter}</button>
      ))}
      <button id="add" {...on("click", Notes, "add")}>Add</button>
    </main>
  ));
  return app;
}

browse("queue: clicks while connecting are kept, and sent in their order", async ({ page }) => {
  await using server = serve(notes());
  const { promise: free, resolve: release } = Promise.withResolvers<void>();
  await page.routeWebSocket((url) => url.pathname === Path.socket, async (socket) => {
    await free;
    socket.connectToServer();
  });
  await page.goto(server.url);
  for (const letter of "cabbac") await page.locator(`#${letter}`).click();
  assert.equal(await page.locator("html").getAttribute("data-argyle-status"), "connecting");
  assert.equal(await page.locator("#letters").textContent(), "");
  release();
  await online(page);
  await says(page, "#letters", "cabbac");
  assertQuiet(page);
});

// 1,000 would take 22 s: the browser keeps below the 50 frames a second that the server takes.
browse("queue: 300 clicks at once all arrive, once each, and no frame is refused", async ({ page }) => {
  await using server = serve(notes());
  const { sent, received } = overhear(page);
  await open(page, server.url);
  await page.evaluate(() => {
    for (let clicks = 0; clicks < 300; clicks++) document.querySelector<HTMLElement>("#add")!.click();
  });
  await says(page, "#count", 300);
  assert.deepEqual(received.filter(([kind]) => kind === "error" || kind === "resync"), []);
  assert.equal(sent.filter(([kind]) => kind === "call").length, 300);
  assertQuiet(page);
});
