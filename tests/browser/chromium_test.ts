import assert from "node:assert/strict";
import { assertQuiet, browse, noise } from "./chromium.ts";

const counter = `<!doctype html><title>Counter</title>
<button onclick="total.textContent++">more</button><output id="total">0</output>`;

function serve(body: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    if (new URL(request.url).pathname !== "/") return new Response("Not found", { status: 404 });
    return new Response(body, { headers: { "content-type": "text/html", "set-cookie": "seen=1" } });
  });
}

browse("browse: a click reaches the page", async ({ page }) => {
  await using server = serve(counter);
  await page.goto(`http://127.0.0.1:${server.addr.port}/`);
  await page.getByRole("button").click();
  await page.getByRole("button").click();
  assert.equal(await page.locator("output").textContent(), "2");
  assertQuiet(page);
});

browse("browse: tabs share cookies, visitors do not", async ({ page, newPage, newVisitor, context }) => {
  await using server = serve(counter);
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await page.goto(url);
  const tab = await newPage();
  await tab.goto(url);
  assert.equal(await tab.evaluate(() => document.cookie), "seen=1");
  const other = await newVisitor();
  assert.deepEqual(await other.context.cookies(), []);
  assert.equal((await context.cookies()).length, 1);
});

browse("assertQuiet: console errors, uncaught errors and failed requests are heard", async ({ page }) => {
  await using server = serve(`<!doctype html><img src="/missing.png"><script>
    console.error("one"); setTimeout(() => { document.title = "done"; throw new Error("two"); });
  </script>`);
  await page.goto(`http://127.0.0.1:${server.addr.port}/`);
  await page.waitForFunction(() => document.title === "done");
  const lines = noise(page).join("\n");
  assert.match(lines, /^console: one/m);
  assert.match(lines, /^uncaught: Error: two/m);
  assert.match(lines, /404.*missing\.png/);
  assert.throws(() => assertQuiet(page), /missing\.png/);
  assertQuiet(page, { except: [/one/, /two/, /missing/] });
});

browse("browse: the context may be without scripts", async ({ page }) => {
  await page.goto("data:text/html,<title>plain</title><script>document.title = 'scripted'</script>");
  assert.equal(await page.title(), "plain");
}, { timeout: 15_000, context: { javaScriptEnabled: false } });
