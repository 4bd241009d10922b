import assert from "node:assert/strict";
import counter from "../../examples/counter/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { open, serve } from "./serve.ts";

browse("framing: another origin's frame shows nothing", async ({ page }) => {
  await using server = serve(counter({ log: new MemoryLog() }), { csp: "own" });
  await using around = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(`<iframe src="${server.url}"></iframe>`, { headers: { "content-type": "text/html" } }),
  );
  const refused = page.waitForEvent(
    "console",
    (message) => /frame-ancestors|frame because/.test(message.text()),
  );
  await page.goto(`http://127.0.0.1:${around.addr.port}/`);
  await refused;
  const frame = page.frames()[1];
  assert.equal(await frame?.locator("#count").count(), 0);
  // It has been asked for, so that it is the header that keeps it out.
  assert.deepEqual(server.requests.filter((request) => !request.includes("favicon")), ["GET /"]);
});

browse(
  "policy: scripts without the nonce, eval and foreign addresses are refused; the icon is no error",
  async ({ page }) => {
    await using server = serve(counter({ log: new MemoryLog() }), { csp: "own" });
    const lines: string[] = [];
    page.on("console", (message) => lines.push(message.text()));
    await open(page, server.url);
    const icon = await page.evaluate(async () => (await fetch("/favicon.ico")).status);
    assert.equal(icon, 204);
    assert.deepEqual(lines, []);
    assertQuiet(page);

    const refused = await page.evaluate(async () => {
      const refused: string[] = [];
      const { promise, resolve } = Promise.withResolvers<void>();
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
        refused.push(effectiveDirective);
        if (refused.length === 4) resolve();
      });
      const script = document.createElement("script");
      script.textContent = "document.title = 'ran'";
      const button = document.createElement("button");
      button.setAttribute("onclick", "document.title = 'ran'");
      const image = new Image();
      image.src = "https://evil.test/pixel.png";
      document.body.append(script, button);
      button.click();
      await fetch("https://evil.test/").catch(() => {});
      await promise;
      return refused.sort();
    });
    assert.deepEqual(refused, ["connect-src", "img-src", "script-src-attr", "script-src-elem"]);
    assert.equal(await page.title(), "Counter");
  },
);

browse("policy: Trusted Types are in force in this suite, and leave one policy of ours", async ({ page }) => {
  await using server = serve(counter({ log: new MemoryLog() }));
  await open(page, server.url);
  const thrown = await page.evaluate(() => {
    const attempts: (() => unknown)[] = [
      () => document.body.innerHTML = "<p>x</p>",
      () =>
        (globalThis as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } })
          .trustedTypes.createPolicy("other", {}),
    ];
    return attempts.map((attempt) => {
      try {
        return attempt();
      } catch (error) {
        return (error as Error).name;
      }
    });
  });
  assert.deepEqual(thrown, ["TypeError", "TypeError"]);
});
