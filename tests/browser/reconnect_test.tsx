import assert from "node:assert/strict";
import { Path, VISIT_HEADER } from "@argyle/argyle/protocol";
import counter from "../../examples/counter/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
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

/** Has the next load of the page answered with what another load got. */
async function replay(page: Page, url: string, from: Page): Promise<void> {
  const response = await from.goto(url);
  const body = await response!.text();
  const headers = { ...response!.headers() };
  delete headers["set-cookie"];
  await page.route(url, (route) => route.fulfill({ body, headers }), { times: 1 });
}

browse("reconnect: a page that is open twice goes on in both tabs", async ({ page, newPage }) => {
  await using server = serve(counter({ log: new MemoryLog() }));
  const copy = await newPage();
  await replay(copy, `${server.url}/`, page);
  await online(page);
  // The copy takes the visit over; the first tab gets itself another.
  const [anew] = await Promise.all([
    page.waitForRequest(`${server.url}/`),
    open(copy, `${server.url}/`),
  ]);
  assert.equal(anew.headers()[VISIT_HEADER], undefined);
  await online(page);
  for (const [tab, count] of [[page, 1], [copy, 2], [page, 3]] as const) {
    await tab.locator("#increment").click();
    await says(tab, "#count", count);
  }
  for (const tab of [page, copy]) assertQuiet(tab);
});

browse("reconnect: another visitor's page becomes one's own", async ({ page, newVisitor }) => {
  await using server = serve(counter({ log: new MemoryLog() }));
  const other = await newVisitor();
  await open(other.page, server.url);
  await other.page.locator("#increment").click();
  await says(other.page, "#count", 1);
  await open(page, server.url);
  await replay(page, `${server.url}/`, other.page);
  await page.goto(server.url);
  await online(page);
  await says(page, "#count", 0);
  await page.locator("#decrement").click();
  await says(page, "#count", -1);
  assertQuiet(page);
});
