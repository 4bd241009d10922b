import assert from "node:assert/strict";
import { App, on, Reflex } from "@argyle/argyle";
import { Path } from "@argyle/argyle/protocol";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { address, enter, isAt, isMarked, mark, ready, shut, site } from "./navigating.tsx";
import { says, serve } from "./serve.ts";

browse("navigation: of two links the later wins, wherever the earlier has got to", async ({ page }) => {
  await using server = serve(site());
  const heard = overhear(page);
  await enter(page, server.url);
  await mark(page);
  const finish = shut("a");
  await page.locator("#to-slow").click();
  await page.locator("#to-slow").click();
  await page.locator("html[data-argyle-navigating][aria-busy=true]").waitFor({ state: "attached" });
  assert.equal(address(page), "/", "the address is that of the page that is shown");
  await page.locator("#to-orders").click();
  await says(page, "h1", "Orders 1");
  finish();
  await page.locator("#to-form").click();
  await isAt(page, "/form");
  assert.equal(await page.locator("html[data-argyle-navigating]").count(), 0);
  const visits = heard.sent.filter(([kind, , url, prepare]) =>
    kind === "visit" && url === "/slow/a" && !prepare
  );
  assert.equal(visits.length, 1, "who clicks twice means it once");
  await page.goBack();
  await page.goBack();
  await says(page, "h1", "Home");
  assert.ok(await isMarked(page));
  assertQuiet(page);
});

browse(
  "navigation: what is no page is loaded in full; so is one that does not come, and one that is not there",
  async ({ page }) => {
    await using server = serve(site());
    await enter(page, server.url);
    await page.evaluate(() => document.querySelector("#to-gone")!.setAttribute("href", "/file"));
    await page.locator("#to-gone").click();
    await isAt(page, "/file");
    assert.equal(await page.locator("body").textContent(), "A file.");
    await page.goBack();
    await ready(page);
    await page.locator("#to-gone").click();
    await isAt(page, "/gone");
    assert.match((await page.locator("h1").textContent())!, /404/);
    await page.goBack();
    await ready(page);
    await page.clock.install();
    const finish = shut("a");
    await mark(page);
    await page.locator("#to-slow").click();
    await page.clock.fastForward(9_900);
    assert.ok(await isMarked(page));
    const loaded = page.waitForRequest((request) => request.isNavigationRequest());
    await page.clock.fastForward(200);
    await loaded;
    finish();
    await says(page, "h1", "Slow a");
    assert.equal(address(page), "/slow/a");
    assert.ok(!await isMarked(page));
  },
);

browse(
  "navigation: the server dies in the middle, and the page is loaded from the next",
  async ({ page }) => {
    const finish = shut("a");
    let url: string;
    {
      await using server = serve(site());
      url = server.url;
      await enter(page, url);
      await page.locator("#to-orders").click();
      await says(page, "h1", "Orders 1");
      await mark(page);
      // The next server is there when the page is asked for.
      await page.route("**/slow/a", async (route) => {
        await up.promise;
        await route.continue();
      });
      await page.locator("#to-slow").click();
    }
    finish();
    await using _server = serve(site(), { port: Number(new URL(url).port) });
    up.resolve();
    await says(page, "h1", "Slow a");
    assert.equal(address(page), "/slow/a");
    await page.goBack();
    await says(page, "h1", "Orders 1");
  },
);

const up = Promise.withResolvers<void>();

browse(
  "navigation: a link that is followed while the page is fetched anew is not undone by that",
  async ({ page }) => {
    await using server = serve(site());
    await enter(page, server.url);
    const asked = Promise.withResolvers<void>(), answer = Promise.withResolvers<void>();
    await page.route(`${server.url}/`, async (route) => {
      asked.resolve();
      await answer.promise;
      await route.continue().catch(() => {}); // the document that has asked is gone
    });
    // The next patch finds the page to be another than the server believes.
    await page.evaluate(() => document.querySelector("#count")!.remove());
    await page.locator("#add").click();
    await asked.promise;
    await page.locator("#to-orders").click();
    await says(page, "h1", "Orders 1");
    answer.resolve();
    await ready(page);
    await page.locator("#add").click();
    await says(page, "h1", "Orders 1");
    await page.locator("#to-home").click();
    await says(page, "#count", 2);
    assert.equal(address(page), "/");
  },
);

browse(
  "navigation: what is called on the page that is still seen is not the next page's",
  async ({ page }) => {
    const removed: string[] = [];
    class Order extends Reflex {
      remove() {
        removed.push(this.params.id!);
      }
    }
    const app = new App({ log: new MemoryLog(), navigation: true });
    app.reflexes({ Order });
    app.page("/orders/:id", ({ params }) => (
      <main>
        <h1>{params.id}</h1>
        <a id="next" href="/orders/2">2</a>
        <button type="button" id="remove" {...on("click", Order, "remove")}>Remove</button>
      </main>
    ));
    await using server = serve(app);
    // The next page is on its way, and takes long.
    const left = Promise.withResolvers<void>(), arrives = Promise.withResolvers<void>();
    await page.routeWebSocket((url) => url.pathname.endsWith(Path.socket), (socket) => {
      socket.connectToServer().onMessage(async (message) => {
        if (`${message}`.startsWith('["page"')) {
          left.resolve();
          await arrives.promise;
        }
        socket.send(message);
      });
    });
    const remove = async () => {
      const count = removed.length;
      await page.locator("#remove").click();
      while (removed.length === count) await page.evaluate(() => 0);
    };
    await enter(page, `${server.url}/orders/1`);
    await page.locator("#next").click();
    await left.promise;
    await says(page, "h1", 1);
    await remove();
    arrives.resolve();
    await says(page, "h1", 2);
    await remove();
    assert.deepEqual(removed, ["1", "2"]);
  },
);

browse("navigation: without a socket links are what they are", async ({ page }) => {
  await using server = serve(site());
  await page.routeWebSocket((url) => url.pathname.endsWith(Path.socket), (socket) => void socket.close());
  await page.goto(server.url);
  await mark(page);
  await page.locator("#to-orders").click();
  await says(page, "h1", "Orders 1");
  assert.ok(!await isMarked(page));
  await page.goBack();
  await says(page, "h1", "Home");
  assert.equal(address(page), "/");
});

browse("navigation: a page that answers nonsense, or for another origin, is loaded", async ({ page }) => {
  await using server = serve(site());
  let answer: unknown[] = [];
  await page.routeWebSocket((url) => url.pathname.endsWith(Path.socket), (socket) => {
    socket.onMessage((message) => {
      const frame = JSON.parse(`${message}`);
      if (frame[0] === "hello") socket.send(JSON.stringify(["ready", 0]));
      if (frame[0] === "visit" && !frame[3]) socket.send(JSON.stringify(["page", frame[1], ...answer]));
    });
  });
  for (const url of ["//evil.test/orders", "https://evil.test/", "javascript:alert(1)"]) {
    answer = [url, "T", "v", []];
    await enter(page, server.url);
    await mark(page);
    await page.locator("#to-orders").click();
    await says(page, "h1", "Orders 1");
    assert.equal(address(page), "/orders");
    assert.ok(!await isMarked(page), url);
  }
  // It cannot be applied: the page is fetched from where it now is.
  answer = ["/orders", "T", "v", [["morph", "nobody", "<p>"]]];
  await enter(page, server.url);
  await mark(page);
  await page.locator("#to-orders").click();
  await says(page, "h1", "Orders 1");
  assert.equal(address(page), "/orders");
  assert.ok(await isMarked(page));
});
