/**
 * Starts Chromium with flags of our own; those that packages suggest may switch web security off.
 *
 * @module
 */

import { type Browser, chromium } from "playwright-core";
import type { FoundBrowser } from "./find.ts";

// Playwright adds what keeps a browser from updating itself and from talking to its maker.
// Containers and unprivileged users have no sandbox; the pages are our own.
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic"];

/** Starts a browser without a window. It ends with `close()`, or with this process. */
export async function launch({ path, env }: FoundBrowser): Promise<Browser> {
  return await chromium.launch({
    executablePath: path,
    args: flags,
    // Without it the browser from npm says that its language is `en-US@posix`, which is none to `Intl`.
    env: { ...Deno.env.toObject(), LANG: "en_US.UTF-8", LC_ALL: "en_US.UTF-8", ...env },
    timeout: 20_000,
    // The process ends by itself when the pipe to us does; a listener would look like a leak in each test.
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
  });
}
