import assert from "node:assert/strict";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { startProcess, temporaryFolder } from "./process.ts";
import { open, says } from "./serve.ts";

/** What the console shows: the texts, without what says their colours. */
function consoleOf(page: Page): string[] {
  const lines: string[] = [];
  page.on("console", async (message) => {
    if (message.type() !== "info") return;
    const at = lines.push("") - 1; // in their order, though they are read one after another
    const [format, ...values] = await Promise.all(message.args().map((one) => one.jsonValue()));
    lines[at] = String(format).replaceAll(/%[csd]/g, (kind) => {
      const value = String(values.shift());
      return kind === "%c" ? "" : value;
    });
  });
  return lines;
}

async function logged(lines: string[], count: number): Promise<string[]> {
  while (lines.filter(Boolean).length < count) await new Promise((resolve) => setTimeout(resolve, 20));
  return lines.splice(0);
}

const fixture = "tests/browser/fixtures/logged.tsx";

browse(
  "log: while developing each reflex is a line, with what it took; one that is quiet is none",
  async ({ page }) => {
    await using folder = await temporaryFolder();
    await using server = await startProcess([fixture], {
      folder: folder.path,
      env: { ARGYLE_ENV: "development" },
    });
    const lines = consoleOf(page), up: string[] = [], down: string[] = [];
    page.on("websocket", (socket) => {
      socket.on(
        "framesent",
        ({ payload }) => String(payload).startsWith('["call"') && up.push(String(payload)),
      );
      socket.on("framereceived", ({ payload }) => down.push(String(payload)));
    });
    await open(page, server.url);
    await page.evaluate(() => document.readyState === "complete" || new Promise((done) => onload = done));

    const bytes = (frame: string | undefined) => new TextEncoder().encode(frame).length;
    await page.locator("#add").click();
    await says(page, "#count", 1);
    const [first = ""] = await logged(lines, 1);
    const [, sent, received] = /^Counter#add #1 success \d+ ms ↑ (\d+) B ↓ (\d+) B$/.exec(first) ?? [];
    assert.equal(Number(sent), bytes(up[0]), first);
    assert.equal(Number(received), bytes(down.find((frame) => frame.startsWith('["patch"'))), first);

    await page.locator("#quiet").click();
    await says(page, "#count", 11);
    for (const id of ["nothing", "stop", "break"]) await page.locator(`#${id}`).click();
    // Not offered: the page is loaded again, and the script with it must not be heard twice.
    await page.evaluate(() => document.querySelector("#add")!.setAttribute("data-reflex-args", "[[1000]]"));
    await page.locator("#add").click();
    await page.locator('#add[data-reflex-args="[[1]]"]').waitFor();
    await page.locator("#add").click();
    await says(page, "#count", 12);
    const rest = (await logged(lines, 5)).map((line) =>
      line.replace(/ \d+ ms/, " MS").replaceAll(/\d+ B/g, "N B")
    );
    assert.deepEqual(rest.map((line) => line.replace(/Reference \w+/, "Reference R")), [
      "Counter#nothing #3 success (nothing) MS ↑ N B ↓ N B",
      "Counter#stop #4 halted MS ↑ N B ↓ N B: Not 100%s now.",
      "Counter#break #5 error (failed) MS ↑ N B ↓ N B: The action failed. (Reference R.)",
      "Counter#add #6 error (stale) MS ↑ N B ↓ N B: The page does not offer Counter#add with 1000, or no longer.",
      "Counter#add #7 success MS ↑ N B ↓ N B",
    ]);
    assertQuiet(page);
  },
);

browse("log: nothing of it is on a page unless development is said", async ({ page }) => {
  await using folder = await temporaryFolder();
  await using server = await startProcess([fixture], { folder: folder.path, env: { ARGYLE_ENV: "" } });
  const lines = consoleOf(page);
  await open(page, server.url);
  await page.locator("#add").click();
  await says(page, "#count", 1);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  assert.deepEqual(lines, []);
  assert.equal(await page.locator('script[src*="log-"]').count(), 0);
  assertQuiet(page);
});
