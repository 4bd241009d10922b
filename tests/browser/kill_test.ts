import assert from "node:assert/strict";
import { assertQuiet, browse } from "./chromium.ts";
import { startProcess, temporaryFolder } from "./process.ts";
import { online, open, says } from "./serve.ts";

// What Chromium itself says about a server that is not there.
const refused = /ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED/;

browse("kill -9: the count is kept, and clicks made meanwhile arrive exactly once", async ({ page }) => {
  await using folder = await temporaryFolder();
  const example = ["examples/main.tsx", "counter"];
  await using first = await startProcess(example, { folder: folder.path });
  await open(page, first.url);
  await page.locator("#increment").click();
  await says(page, "#count", 1);

  await first.kill();
  await page.locator("html[data-argyle-status=offline]").waitFor({ state: "attached" });
  for (let clicks = 0; clicks < 5; clicks++) await page.locator("#increment").click();
  assert.equal(await page.locator("#count").textContent(), "1");
  await using second = await startProcess(example, { folder: folder.path, port: first.port });
  // By itself: nobody reloads.
  await online(page);
  await says(page, "#count", 6);
  await page.locator("#increment").click();
  await says(page, "#count", 7);
  await page.reload();
  assert.equal(await page.locator("#count").textContent(), "7");
  assert.equal(second.port, first.port);
  assertQuiet(page, { except: [refused] });
});

const slow = "tests/browser/fixtures/slow.tsx";

for (const [when, deadly] of [["before", false], ["after", true]] as const) {
  browse(`kill -9: a call killed ${when} its commit has its effect once`, async ({ page }) => {
    await using folder = await temporaryFolder();
    const path = (name: string) => `${folder.path}/${name}`;
    if (deadly) await Deno.writeTextFile(path("deadly"), "");
    await using watcher = watch(folder.path);
    await using first = await startProcess([slow], { folder: folder.path });
    await open(page, first.url);
    await page.getByRole("button").click();
    await watcher.seen("begun");
    if (!deadly) await first.kill();
    await Deno.writeTextFile(path("go"), "");
    await page.locator("html[data-argyle-status=offline]").waitFor({ state: "attached" });
    if (deadly) await Deno.remove(path("deadly"));
    await using _second = await startProcess([slow], { folder: folder.path, port: first.port });
    await online(page);
    await says(page, "#count", 1);
    // A second effect would show now, since calls of a page run in order.
    await page.getByRole("button").click();
    await says(page, "#count", 2);
    assertQuiet(page, { except: [refused] });
  });
}

/** Waits for a file to be made. */
function watch(folder: string) {
  const watcher = Deno.watchFs(folder);
  return {
    async seen(name: string) {
      for await (const { paths } of watcher) {
        if (paths.some((path) => path.endsWith(`/${name}`))) return;
      }
    },
    [Symbol.asyncDispose]() {
      // The iterator of `seen` has closed it.
      return Promise.resolve();
    },
  };
}
