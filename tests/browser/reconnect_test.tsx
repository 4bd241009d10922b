import assert from "node:assert/strict";
import { Path, VISIT_HEADER } from "@argyle/argyle/protocol";
import counter from "../../examples/counter/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { online, open, says, serve } from "./serve.ts";

// What Chromium itself says about a server that is away, and about a handshake with a cookie of another key.
const away = [/ERR_CONNECTION_REFUSED/, new RegExp(`${Path.socket}.*(Unexpected response code: 503|403)`)];

browse(
  "reconnect: after a restart without store and key the page comes back, with a session of its own",
  async ({ page }) => {
    const first = serve(counter({ log: new MemoryLog() }));
    await open(page, first.url);
    await page.locator("#increment").click();
    await says(page, "#count", 1);
    await first[Symbol.asyncDispose]();
    await page.locator("html[data-argyle-status=offline]").waitFor({ state: "attached" });
    await using _second = serve(counter({ log: new MemoryLog() }), { port: Number(new URL(first.url).port) });
    await online(page);
    await says(page, "#count", 0);
    await page.locator("#increment").click();
    await says(page, "#count", 1);
    assertQuiet(page, { except: away });
  },
);

browse("reconnect: a page that history brings back is live", async ({ page }) => {
  await using server = serve(counter({ log: new MemoryLog() }));
  await open(page, server.url);
  await page.locator("#increment").click();
  await says(page, "#count", 1);
  await page.goto("about:blank");
  await page.goBack();
  await online(page);
  assert.equal(await page.locator("#count").textContent(), "1");
  await page.locator("#increment").click();
  await says(page, "#count", 2);

  // As from a back/forward cache, which this browser does not use for pages with `no-store`.
  await page.evaluate(() => {
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    document.querySelector<HTMLElement>("#increment")!.click();
  });
  const { sent } = overhear(page);
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await says(page, "#count", 3);
  assert.deepEqual(sent.map(([kind]) => kind), ["hello", "call"]);
  assertQuiet(page);
});

browse("reconnect: a page that is open twice goes on in both tabs", async ({ page, newPage }) => {
  const app = counter({ log: new MemoryLog() });
  await using server = serve(app);
  const url = `${server.url}/`;
  const response = await app.fetch(new Request(url));
  server.instead.push(response.clone(), response);
  const copy = await newPage();
  await open(page, url);
  // The copy takes the visit over; the first tab gets itself another.
  const [anew] = await Promise.all([page.waitForRequest(url), open(copy, url)]);
  assert.equal(anew.headers()[VISIT_HEADER], undefined);
  await online(page);
  for (const [tab, count] of [[page, 1], [copy, 2], [page, 3]] as const) {
    await tab.locator("#increment").click();
    await says(tab, "#count", count);
  }
  for (const tab of [page, copy]) assertQuiet(tab);
});

browse("reconnect: another visitor's page becomes one's own", async ({ page }) => {
  const app = counter({ log: new MemoryLog() });
  await using server = serve(app);
  await open(page, server.url);
  await page.locator("#increment").click();
  await says(page, "#count", 1);
  // As a cache would keep it that is told to keep everything.
  const foreign = await app.fetch(new Request(`${server.url}/`));
  foreign.headers.delete("set-cookie");
  server.instead.push(foreign);
  const { received } = overhear(page);
  const loaded = await page.reload();
  // What has come, not what is shown: the page may be one's own already.
  assert.match(await loaded!.text(), /id="count"[^>]*>0</);
  await says(page, "#count", 1);
  await online(page);
  assert.deepEqual(received.slice(0, 2), [["resync", "stale"], ["ready", 0]]);
  await page.locator("#increment").click();
  await says(page, "#count", 2);
  assertQuiet(page);
});
