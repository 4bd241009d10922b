import assert from "node:assert/strict";
import { action, App, Head, on, Reflex } from "@argyle/argyle";
import { z } from "zod";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";

const waiting = Promise.withResolvers<void>();

class Counter extends Reflex<{ count?: number; hidden?: boolean }> {
  add = action(z.int(), (by) => this.session.count = (this.session.count ?? 0) + by);
  wait = action(z.unknown(), () => waiting.promise);
  hide() {
    this.session.hidden = true;
    return "hidden";
  }
  stop() {
    this.abort("Enough.");
  }
}

/** An app whose page runs a script of its own. */
function scripted(script: string): App<{ count?: number; hidden?: boolean }> {
  const app = new App<{ count?: number; hidden?: boolean }>({ log: new MemoryLog() });
  app.reflexes({ Counter });
  const headers = { "content-type": "text/javascript" };
  app.route("/own.js", { GET: () => new Response(script, { headers }) });
  app.page("/", ({ session }) => (
    <main>
      <Head>
        <title>Own</title>
        <script type="module" src="/own.js" />
      </Head>
      <output id="count">{session.count ?? 0}</output>
      {session.hidden ? null : (
        <div id="box" data-behavior="watch">
          <button id="hide" {...on("click", Counter, "hide")}>Hide</button>
          <button id="stop" {...on("click", Counter, "stop")}>Stop</button>
        </div>
      )}
      <p id="last">Last</p>
    </main>
  ), { calls: [Counter] });
  return app;
}

const script = `
import { behavior, reflex, ReflexError } from "@argyle/argyle/client";
globalThis.counter = reflex("Counter");
globalThis.reflex = reflex;
globalThis.ReflexError = ReflexError;
globalThis.seen = [];
for (const stage of ["created", "before", "delivered", "nothing", "success", "halted", "error", "after", "finalize"]) {
  document.addEventListener("argyle:" + stage, ({ detail, target }) =>
    seen.push(detail.reflex + " " + stage + " " + (target.id ?? "document")));
}
behavior("watch", {
  connect(element, signal) {
    seen.push("connect " + element.id);
    signal.addEventListener("abort", () => seen.push("abort"));
  },
  disconnect: (element) => seen.push("disconnect " + element.id),
  reflex: (element, { stage }) => seen.push("behavior " + stage),
});
document.documentElement.dataset.ready = "";
`;

/** What the page's script has seen since the last look. */
async function seen(page: Page): Promise<string[]> {
  return await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen.splice(0));
}

async function ready(page: Page, url: string): Promise<void> {
  await open(page, url);
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
}

declare const counter: Record<string, (...args: unknown[]) => Promise<unknown>>;
declare const reflex: (name: string, options: object) => typeof counter;
declare const ReflexError: new (...args: unknown[]) => Error;

browse("reflex: a script calls an action, and gets what it returned or why not", async ({ page }) => {
  await using server = serve(scripted(script));
  await ready(page, server.url);
  assert.equal(await page.evaluate(() => counter["add"]!(5)), 5);
  await says(page, "#count", 5);
  const refused = await page.evaluate(() =>
    counter["add"]!("five").catch((error) => [error instanceof ReflexError, error.code, error.message])
  );
  assert.deepEqual(refused, [true, "invalid", "The input is not valid."]);
  const unknown = await page.evaluate(() => counter["nothing"]!().catch(({ code }) => code));
  assert.equal(unknown, "unknown_reflex");
  // A proxy of functions is no promise.
  assert.equal(await page.evaluate(async () => typeof (await counter)["add"]), "function");
  assertQuiet(page);
});

browse("reflex: a signal gives up waiting, and the call is carried out all the same", async ({ page }) => {
  await using server = serve(scripted(script));
  await ready(page, server.url);
  const gone = await page.evaluate(async () => {
    const controller = new AbortController();
    const outcome = reflex("Counter", { signal: controller.signal })["wait"]!(1);
    setTimeout(() => controller.abort(new Error("Too long.")));
    return await outcome.catch((error) => error.message);
  });
  assert.equal(gone, "Too long.");
  waiting.resolve();
  assert.equal(await page.evaluate(() => counter["add"]!(1)), 1);
  const before = await page.evaluate(() =>
    reflex("Counter", { signal: AbortSignal.abort(new Error("Never.")) })["add"]!(1).catch(({ message }) =>
      message
    )
  );
  assert.equal(before, "Never.");
  await says(page, "#count", 1);
  assertQuiet(page);
});

browse("events: each stage in its order; on the document when the element has gone", async ({ page }) => {
  await using server = serve(scripted(script));
  await ready(page, server.url);
  assert.deepEqual(await seen(page), ["connect box"]);
  await page.locator("#stop").click();
  await page.waitForFunction(() => (globalThis as unknown as { seen: string[] }).seen.length >= 12);
  const stages = ["created", "before", "delivered", "halted", "after", "finalize"];
  const wanted = stages.flatMap((stage) => [`Counter#stop ${stage} stop`, `behavior ${stage}`]);
  assert.deepEqual(await seen(page), wanted);
  await page.locator("#hide").click();
  await page.waitForFunction(() => !document.querySelector("#box"));
  const told = await seen(page);
  assert.deepEqual(told.filter((line) => line.startsWith("Counter")), [
    "Counter#hide created hide",
    "Counter#hide before hide",
    "Counter#hide delivered hide",
    "Counter#hide success document",
    "Counter#hide after document",
    "Counter#hide finalize document",
  ]);
  assert.deepEqual(told.filter((line) => /^(abort|disconnect)/.test(line)), ["abort", "disconnect box"]);
  assertQuiet(page);
});

browse(
  "behavior: an element that is moved stays connected; one that gets the name comes to it",
  async ({ page }) => {
    await using server = serve(scripted(script));
    await ready(page, server.url);
    await seen(page);
    await page.evaluate(() => {
      const box = document.querySelector("#box")!, last = document.querySelector("#last")!;
      last.after(box);
      last.setAttribute("data-behavior", "other watch");
    });
    await page.waitForFunction(() => (globalThis as unknown as { seen: string[] }).seen.length > 0);
    assert.deepEqual(await seen(page), ["connect last"]);
    await page.evaluate(() => document.querySelector("#last")!.removeAttribute("data-behavior"));
    await page.waitForFunction(() => (globalThis as unknown as { seen: string[] }).seen.length > 1);
    assert.deepEqual(await seen(page), ["abort", "disconnect last"]);
    assertQuiet(page);
  },
);
