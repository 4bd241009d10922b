import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { FakeClock } from "@argyle/argyle/testing";
import { load, MemoryLog, timed } from "../helpers/peer.ts";
import { RawPeer } from "../helpers/raw.ts";

/** An app with a page, and one that waits: for `page`, its layout, or something that it loads. */
function open(options: AppOptions = {}) {
  const log = new MemoryLog();
  const app = new App({ log, ...options });
  const asked = Promise.withResolvers<AbortSignal>(), waiting = Promise.withResolvers<string>();
  const wait = () => waiting.promise;
  app.use(({ request, path }, next) => {
    if (path !== "/") asked.resolve(request.signal);
    return next();
  });
  app.page("/", () => "home");
  app.page("/page", wait);
  app.page("/load", ({ load }) => load("a", wait));
  app.page("/layout", () => "inner", {
    layout: async ({ children }) => {
      await wait();
      return children;
    },
  });
  app.page("/public", wait, { cache: "public" });
  app.route("/route", {
    GET: async () => new Response(await wait()),
    POST: async () => new Response(await wait()),
  });
  return { app, log, asked: asked.promise, waiting };
}

/** What nobody has caught while `run` ran, and a little longer. */
async function uncaught(run: () => Promise<void>): Promise<unknown[]> {
  const found: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    found.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", note);
  try {
    await run();
    // Deno reports a rejection once the event loop has come round.
    for (let round = 0; round < 3; round++) await new Promise((resolve) => setTimeout(resolve, 0));
  } finally {
    globalThis.removeEventListener("unhandledrejection", note);
  }
  return found;
}

const slow = ["/page", "/load", "/layout", "/public"];

timed("load: one that never ends is 504 after 10 s; what comes later, a throw too, is nobody's", async () => {
  for (const path of slow) {
    for (const late of ["a result", "a throw"]) {
      const clock = new FakeClock();
      const { app, log, asked, waiting } = open({ clock });
      const found = await uncaught(async () => {
        const answer = app.fetch(new Request(`http://127.0.0.1${path}`));
        await asked;
        // Until it waits for the page.
        while (clock.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 0));
        clock.turn(9_999);
        assert.equal(clock.waiting, 1);
        clock.turn(1);
        const response = await answer;
        assert.equal(response.status, 504, path);
        assert.match(await response.text(), /The page took longer than 10 s\./);
        if (late === "a result") waiting.resolve("late");
        else waiting.reject(new Error("secret detail"));
      });
      assert.deepEqual(found, [], `${path} ${late}`);
      assert.equal(clock.waiting, 0);
      assert.match((await load(app)).body, /home/);
      assert.ok(!log.lines.join().includes("TypeError"));
    }
  }
});

timed("load: a page that took too long is a line in the log, which names it", async () => {
  for (const path of slow) {
    const { app, log } = open({ limits: { load: 5 } });
    const response = await app.fetch(new Request(`http://127.0.0.1${path}`));
    await response.body?.cancel();
    assert.equal(response.status, 504);
    assert.equal(log.lines.length, 1, path);
    assert.ok(log.lines.join().includes(path), log.lines.join());
  }
});

timed(
  "client: one that goes away while its page is made, or its form answered, costs nobody anything",
  async () => {
    for (
      const [method, path] of [["GET", "/page"], ["GET", "/route"], ["HEAD", "/page"], ["POST", "/route"]]
    ) {
      for (const end of ["a result", "a throw"]) {
        const { app, log, asked, waiting } = open();
        await using server = await app.listen({ port: 0 });
        log.lines.length = 0;
        const found = await uncaught(async () => {
          const peer = await RawPeer.connect(server);
          const lines = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${server.port}`, "Content-Length: 0"];
          await peer.send(`${lines.join("\r\n")}\r\n\r\n`);
          const signal = await asked;
          const gone = new Promise((resolve) => signal.addEventListener("abort", resolve));
          peer.close();
          await gone;
          assert.match(await (await fetch(server.url)).text(), /home/);
          if (end === "a result") waiting.resolve("late");
          else waiting.reject(new Error("secret detail"));
          assert.match(await (await fetch(server.url)).text(), /home/);
        });
        assert.deepEqual(found, [], `${method} ${path} ${end}`);
        assert.equal(log.lines.length, end === "a result" ? 0 : 1, `${method} ${path} ${end}`);
      }
    }
  },
);

timed(
  "layout: one that throws, at once or later, is 500 and one line, and the next page is served",
  async () => {
    const log = new MemoryLog();
    const app = new App({ log });
    app.page("/", () => "home");
    app.page("/at-once", () => "x", {
      layout: () => {
        throw new Error("secret detail");
      },
    });
    app.page("/later", () => "x", { layout: () => Promise.reject(new Error("secret detail")) });
    app.page("/nothing-thrown", () => "x", { layout: () => Promise.reject(undefined) });
    app.page("/public", () => "x", {
      cache: "public",
      layout: () => Promise.reject(new Error("secret detail")),
    });
    for (const path of ["/at-once", "/later", "/nothing-thrown", "/public"]) {
      for (const method of ["GET", "HEAD"]) {
        log.lines.length = 0;
        const response = await app.fetch(new Request(`http://127.0.0.1${path}`, { method }));
        const text = await response.text();
        assert.equal(response.status, 500, path);
        if (method === "GET") {
          assert.match(
            text,
            /Something went wrong on the server\. \(Reference [0-9a-f]{8,}\.\)/,
          );
        }
        assert.doesNotMatch(text, /secret/);
        assert.equal(log.lines.length, 1, path);
        assert.match((await load(app)).body, /home/);
      }
    }
  },
);
