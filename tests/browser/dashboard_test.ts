import assert from "node:assert/strict";
import dashboard from "../../examples/dashboard/main.tsx";
import { Path } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { online, open, says, serve } from "./serve.ts";

/** Goes to the dashboard, and waits until its chart is alive. */
async function look(page: Page, url: string): Promise<void> {
  await open(page, url);
  await isAlive(page);
}

const isAlive = (page: Page) => page.locator("#zoom:enabled").waitFor();

/** Lets a test hold back what the page calls; everything else goes through. */
async function gate(page: Page): Promise<{ shut(): void; open(): void }> {
  let way = Promise.withResolvers<void>();
  way.resolve();
  await page.routeWebSocket((url) => url.pathname.endsWith(Path.socket), (socket) => {
    const server = socket.connectToServer();
    socket.onMessage(async (message) => {
      if (`${message}`.startsWith('["call"')) await way.promise;
      server.send(message);
    });
  });
  return { shut: () => void (way = Promise.withResolvers()), open: () => way.resolve() };
}

/** The chart as it is drawn now. */
const drawing = (page: Page) => page.locator("#chart svg").innerHTML();

/** Waits until the numbers and the chart have moved on, as often as is said. */
async function moves(page: Page, times = 1): Promise<void> {
  for (let count = 0; count < times; count++) {
    const before = await drawing(page);
    await page.waitForFunction(
      (before) => document.querySelector("#chart svg")?.innerHTML !== before,
      before,
    );
  }
}

const curves = (page: Page) =>
  page.locator("#chart polyline").evaluateAll((lines) => lines.map((line) => line.getAttribute("class")));

browse("dashboard: the chart moves by itself, and its zoom stays through every push", async ({ page }) => {
  await using server = serve(dashboard({ log: new MemoryLog() }));
  const { sent, received } = overhear(page);
  await look(page, server.url);
  await moves(page);
  await page.evaluate(() => document.querySelector("#chart")!.setAttribute("data-same", ""));
  const before = sent.length;
  for (let level = 2; level <= 4; level++) {
    await page.locator("#zoom").click();
    await says(page, "#zoom-level", level);
  }
  const calls = sent.slice(before).filter(([kind]) => kind !== "ping");
  assert.deepEqual(calls, [], "the server hears nothing of a zoom");
  const pushes = received.length;
  await moves(page, 3);
  assert.ok(received.length >= pushes + 3);
  assert.equal(await page.locator("#zoom-level").textContent(), "4");
  assert.equal(await page.locator("#chart[data-same]").count(), 1, "it is the same chart all the time");
  await page.locator("#zoom-out").click();
  await says(page, "#zoom-level", 1);
  assertQuiet(page);
});

browse("dashboard: filters change what is drawn, and leave the zoom alone", async ({ page }) => {
  await using server = serve(dashboard({ log: new MemoryLog() }));
  await look(page, server.url);
  await page.locator("#zoom").click();
  await says(page, "#zoom-level", 2);
  await page.locator("#show-latency").click();
  await page.locator("#show-latency[aria-pressed=false]").waitFor();
  await page.locator("#chart polyline.latency").waitFor({ state: "detached" });
  assert.deepEqual(await curves(page), ["requests", "errors"]);
  await page.locator("#range-600").click();
  await page.locator("#range-600[aria-pressed=true]").waitFor();
  assert.equal(await page.locator("#zoom-level").textContent(), "2");
  await page.reload();
  await online(page);
  await isAlive(page);
  assert.deepEqual(await curves(page), ["requests", "errors"]);
  assert.equal(
    await page.locator("#zoom-level").textContent(),
    "1",
    "a page that is loaded anew begins anew",
  );
  assertQuiet(page);
});

browse("dashboard: a mark is there at once, and is taken back where the server says no", async ({ page }) => {
  await using server = serve(dashboard({ log: new MemoryLog() }));
  const calls = await gate(page);
  await look(page, server.url);
  const marks = page.locator("#marks li");
  for (let count = 1; count <= 5; count++) {
    await moves(page);
    await page.locator("#mark").click();
    await marks.nth(count - 1).waitFor();
  }
  await moves(page);
  calls.shut();
  await page.locator("#mark").click();
  await marks.nth(5).waitFor(); // before the server has heard of it
  calls.open();
  await page.locator("#problem", { hasText: "5 moments can be marked, no more." }).waitFor();
  assert.equal(await marks.count(), 5);
  await marks.first().getByRole("button").click();
  await marks.nth(4).waitFor({ state: "detached" });
  await page.reload();
  await online(page);
  assert.equal(await marks.count(), 4);
  assertQuiet(page);
});

browse("dashboard: a report shows how far it has come", async ({ page }) => {
  const clock = new FakeClock();
  await using server = serve(dashboard({ clock, log: new MemoryLog() }));
  await look(page, server.url);
  await page.locator("#zoom").click();
  await page.locator("#make-report").click();
  for (const percent of ["17", "50", "83"]) {
    await page.locator(`#progress[style*="${percent}%"]`).waitFor({ state: "attached" });
    await page.locator(`[role=progressbar][aria-valuenow="${percent}"]`).waitFor();
    assert.equal(await page.locator("#make-report").textContent(), "Working …");
    clock.turn(400);
  }
  await page.locator("#summary tbody tr").nth(2).waitFor();
  await page.locator("#make-report:enabled").waitFor();
  assert.equal(await page.locator("#zoom-level").textContent(), "2");
  assertQuiet(page);
});

browse("dashboard: three pages without loading one, and back", async ({ page }) => {
  await using server = serve(dashboard({ log: new MemoryLog() }));
  await look(page, server.url);
  await page.evaluate(() => Object.assign(globalThis, { wasHere: true }));
  const loaded = server.requests.filter((line) => /^GET \/(readings|about)?$/.test(line)).length;
  const goes = async (name: string, title: string) => {
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await page.locator("nav [aria-current]", { hasText: name }).waitFor();
  };
  await goes("Readings", "Readings");
  assert.equal(new URL(page.url()).pathname, "/readings");
  assert.equal(await page.title(), "Readings");
  const first = await page.locator("#rows th").first().textContent();
  await page.waitForFunction((first) => document.querySelector("#rows th")?.textContent !== first, first);
  await goes("About", "About");
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Readings" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
  await isAlive(page);
  await moves(page);
  await page.goForward();
  await page.getByRole("heading", { level: 1, name: "Readings" }).waitFor();
  assert.equal(await page.evaluate(() => "wasHere" in globalThis), true, "it is one document all the time");
  const since = server.requests.filter((line) => /^GET \/(readings|about)?$/.test(line)).length;
  assert.equal(since, loaded, server.requests.join());
  assertQuiet(page);
});

browse("dashboard: with the keyboard alone, and for a screen reader", async ({ page }) => {
  await using server = serve(dashboard({ log: new MemoryLog() }));
  await look(page, server.url);
  await page.locator("#zoom").focus();
  await page.keyboard.press("Enter");
  await says(page, "#zoom-level", 2);
  await moves(page);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "zoom", "a push leaves the focus");
  const image = page.getByRole("img", {
    name: /Requests: [\d.]+ a second now, [\d.]+ to [\d.]+ in the chart\./,
  });
  await image.waitFor();
  await page.getByRole("group", { name: "Time" }).getByRole("button", { pressed: true, name: "30 seconds" })
    .waitFor();
  await page.getByRole("progressbar", { name: "How far the report is" }).waitFor();
  assertQuiet(page);
});

browse("dashboard: fits 360 px, is light and dark, and its console is empty", async ({ page }) => {
  await using server = serve(dashboard({ log: new MemoryLog() }), { csp: "own" });
  await page.setViewportSize({ width: 360, height: 640 });
  for (const path of ["/", "/readings", "/about"]) {
    const colours = new Set<string>();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await open(page, `${server.url}${path}`);
      const { wide, colour } = await page.evaluate(() => ({
        wide: document.scrollingElement!.scrollWidth - innerWidth,
        colour: getComputedStyle(document.body).backgroundColor,
      }));
      assert.ok(wide <= 0, `${path} is ${wide} px too wide`);
      colours.add(colour);
    }
    assert.equal(colours.size, 2);
  }
  assertQuiet(page);
});

browse(
  "dashboard: without JavaScript the curves are there as they were when the page came",
  async ({ page }) => {
    await using server = serve(dashboard({ log: new MemoryLog() }));
    await page.goto(server.url);
    assert.deepEqual(await curves(page), ["requests", "latency", "errors"]);
    assert.equal(await page.locator("#zoom").isDisabled(), true);
    await page.getByRole("link", { name: "Readings" }).click();
    assert.equal(await page.locator("#rows tr").count(), 20);
  },
  { context: { javaScriptEnabled: false } },
);
