/**
 * All of it as a person has it: an app is made, looked at while it is edited, built, and served as in production.
 *
 * @module
 */

import assert from "node:assert/strict";
import { init } from "../../cli/init.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { deno, freePort, start, type Started, startTask } from "../helpers/project_of_ones_own.ts";
import { browse, noise, type Page } from "./chromium.ts";
import { open, says } from "./serve.ts";

/** Starts the app's task on a free port, in place of 8000. */
async function startOn(folder: string, task: "dev" | "start"): Promise<Started> {
  const port = freePort();
  if (task === "dev") return await startTask(folder, "dev", "--port", `${port}`);
  const config = JSON.parse(await Deno.readTextFile(`${folder}/deno.json`));
  const command = config.tasks.start.replace("--port 8000", `--port ${port}`).split(" ");
  return await start(folder, [Deno.execPath(), ...command.slice(1)]);
}

/** Changes a text in a file, as an editor does that saves. */
async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await Deno.readTextFile(file);
  assert.ok(text.includes(from), `${file} has ${from}`);
  await Deno.writeTextFile(file, text.replace(from, to));
}

/** Clicks on the island's button until it is heard: what is not alive yet does nothing. */
async function countThem(page: Page): Promise<void> {
  const button = page.locator("#switch");
  await page.waitForFunction(() => {
    const button = document.querySelector<HTMLButtonElement>("#switch")!;
    if (button.textContent === "Draw them") return true;
    button.click();
    return false;
  });
  assert.equal(await button.textContent(), "Draw them");
}

const background = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.querySelector("#wave")!).backgroundColor);

/** The document is marked, so that another one would be seen. */
const mark = (page: Page) => page.evaluate(() => void Object.assign(globalThis, { isTheSame: true }));
const isTheSame = (page: Page) => page.evaluate(() => "isTheSame" in globalThis);

browse("toolchain: init, dev, edit, see it, test, build, start, click", async ({ page }) => {
  await using folder = await temporaryFolder({});
  await init([folder.path, "--name", "my-app", "--yes"]);
  const app = `${folder.path}/app.tsx`;
  {
    await using dev = await startOn(folder.path, "dev");
    await open(page, dev.url);
    await mark(page);
    await page.locator("#wave").click();
    await page.locator("#wave").click();
    await says(page, "#waves", "👋👋");
    await countThem(page);
    await says(page, "#waves", 2);
    await page.locator("#name").fill("An");

    // The server's code: what one has typed, the island and the session stay.
    await edit(app, "Wave\n", "Wave again\n");
    await says(page, "#wave", "Wave again");
    assert.equal(await page.locator("#name").inputValue(), "An");
    assert.equal(await page.locator("#waves").textContent(), "2");
    assert.equal(await page.locator("#switch").textContent(), "Draw them");
    await page.locator("#wave").click();
    await says(page, "#waves", 3);

    // A mistake is shown, and its end too.
    await edit(app, "this.session.waves ?? 0) + 1;", "this.session.waves ?? 0) + ;");
    await page.locator("argyle-overlay").waitFor({ state: "attached" });
    await edit(app, "this.session.waves ?? 0) + ;", "this.session.waves ?? 0) + 10;");
    await page.locator("argyle-overlay").waitFor({ state: "detached" });
    await page.locator("#wave").click();
    await says(page, "#waves", 13);

    // A stylesheet is put in place of the old one.
    const before = await background(page);
    await edit(`${folder.path}/static/style.css`, "background: var(--accent);", "background: rgb(1, 2, 3);");
    await page.waitForFunction(
      () => getComputedStyle(document.querySelector("#wave")!).backgroundColor === "rgb(1, 2, 3)",
    );
    assert.notEqual(before, "rgb(1, 2, 3)");
    assert.equal(await page.locator("#name").inputValue(), "An");
    assert.equal(await isTheSame(page), true, "the page was never loaded again");

    // An island.
    await edit(`${folder.path}/islands/waves_island.tsx`, '"Draw them"', '"Draw them again"');
    await page.locator("#switch", { hasText: /Draw them again|Count them/ }).waitFor();
    assert.equal(await page.locator("#name").inputValue(), "An");

    // What it does wrong in the browser is shown in the words of its source.
    const waves = `${folder.path}/islands/waves_island.tsx`, right = "onClick={() => setInDigits(!inDigits)}";
    await edit(waves, right, 'onClick={() => setDigits("none")} title="Wrong"');
    await page.locator("#switch[title=Wrong]").click();
    const line = (await Deno.readTextFile(waves)).split("\n").findIndex((text) => text.includes("Wrong")) + 1;
    await page.locator("argyle-overlay .place", { hasText: `islands/waves_island.tsx:${line}:` }).waitFor();
    await page.locator("argyle-overlay .frame mark", { hasText: 'setDigits("none")' }).waitFor();
    await edit(waves, 'onClick={() => setDigits("none")} title="Wrong"', right);
    await page.locator("argyle-overlay").waitFor({ state: "detached" });
    await page.locator("#switch:not([title])").waitFor();
  }

  await edit(app, "this.session.waves ?? 0) + 10;", "this.session.waves ?? 0) + 1;");
  for (const task of ["test", "build"]) {
    const { code, said } = await deno(folder.path, "task", task);
    assert.equal(code, 0, said);
  }

  // What was developed is no more, and its page would go on asking for it.
  await page.goto("about:blank");
  await using server = await startOn(folder.path, "start");
  const heard = noise(page).length;
  await open(page, server.url);
  const scripts = await page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)
  );
  assert.ok(scripts.some((path) => path.startsWith("/static/style.css")), scripts.join());
  await page.locator("#wave").click();
  await page.locator('#waves[aria-label="14 waves"]').waitFor();
  await page.waitForFunction(() => {
    const button = document.querySelector<HTMLButtonElement>("#switch")!;
    if (button.textContent !== "Count them") return true;
    button.click();
    return false;
  });
  await says(page, "#waves", 14);
  const modules = await page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) =>
      path.includes("/_argyle/islands/")
    )
  );
  assert.ok(modules.some((path) => /waves_island.*[-.][0-9A-Za-z]{8,}\.js$/.test(path)), modules.join());
  assert.deepEqual(noise(page).slice(heard), []);
}, { timeout: 180_000 });
