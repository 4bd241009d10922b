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

const mortal = ["tests/browser/fixtures/mortal.tsx"];

for (const dies of ["before", "after"]) {
  browse(`kill -9: a call killed ${dies} its commit has its effect once`, async ({ page }) => {
    await using folder = await temporaryFolder();
    await Deno.writeTextFile(`${folder.path}/die`, dies);
    await using first = await startProcess(mortal, { folder: folder.path });
    await open(page, first.url);
    await page.getByRole("button").click();
    await first.says(/the call has begun/);
    if (dies === "before") await first.kill();
    await page.locator("html[data-argyle-status=offline]").waitFor({ state: "attached" });
    await Deno.remove(`${folder.path}/die`);
    await using second = await startProcess(mortal, { folder: folder.path, port: first.port });
    await online(page);
    await says(page, "#count", 1);
    // A second effect would show now, since calls of a page run in order.
    await page.getByRole("button").click();
    await says(page, "#count", 2);
    await second.says(/the call has begun/);
    assertQuiet(page, { except: [refused] });
  });
}
