/**
 * Finds a browser that starts: the one that `CHROME_PATH` names, the one from npm, or the system's. npm's is the same
 * wherever the tests run, and has no part of a browser that only a window needs: with it they take less than half the time.
 *
 * @module
 */

import { launch } from "./launch.ts";
import { packagedBrowsers } from "./package.ts";

/** A browser and what its process needs in its environment. */
export interface FoundBrowser {
  path: string;
  env: Record<string, string>;
}

/** Set by the runner, so that each test file need not look again: a `FoundBrowser` as JSON. */
export const foundVariable = "ARGYLE_TEST_BROWSER";

const names = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
];
const places = [
  ...["/usr/bin", "/usr/local/bin", "/snap/bin"].flatMap((folder) =>
    names.map((name) => `${folder}/${name}`)
  ),
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The browser that the runner found, or else one found now. */
export async function findBrowser(): Promise<FoundBrowser> {
  const found = Deno.env.get(foundVariable);
  if (found !== undefined) return JSON.parse(found);

  const chosen = Deno.env.get("CHROME_PATH");
  if (chosen) return await firstThatStarts([{ path: chosen, env: {} }]);
  try {
    return await firstThatStarts(await packagedBrowsers());
  } catch (error) {
    try {
      return await firstThatStarts(places.filter(isFile).map((path) => ({ path, env: {} })));
    } catch (other) {
      throw new AggregateError([error, other], "Cannot find a browser: set CHROME_PATH to one that starts.");
    }
  }
}

async function firstThatStarts(browsers: FoundBrowser[]): Promise<FoundBrowser> {
  const errors: unknown[] = [];
  for (const found of browsers) {
    try {
      await tryOut(found);
      return found;
    } catch (error) {
      errors.push(error);
    }
  }
  const tried = browsers.map(({ path }) => path).join(", ") || "none is installed";
  throw new AggregateError(errors, `Cannot start a browser: ${tried}.`);
}

async function tryOut(found: FoundBrowser): Promise<void> {
  const browser = await launch(found);
  try {
    const page = await browser.newPage();
    await page.goto("about:blank");
  } finally {
    await browser.close();
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
