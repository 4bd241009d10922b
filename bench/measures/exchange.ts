/**
 * Whether a page goes live by one exchange.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { Attribute } from "../../protocol/markers.ts";

/** Milliseconds in which more would come, if there were more. */
const PAUSE = 300;

/** Opens a page as a new visitor: it says hello, hears that it is ready, and that is all. */
export async function checkExchange(chromium: Browser, url: string): Promise<void> {
  const visitor = await chromium.newContext();
  visitor.setDefaultTimeout(15_000);
  const page = await visitor.newPage();
  const frames: string[] = [];
  let sockets = 0;
  page.on("websocket", (socket) => {
    sockets++;
    socket.on("framesent", ({ payload }) => frames.push(`> ${payload}`));
    socket.on("framereceived", ({ payload }) => frames.push(`< ${payload}`));
  });
  await page.goto(url);
  await page.locator(`html[${Attribute.status}="online"]`).waitFor();
  await page.waitForTimeout(PAUSE);
  assert.equal(sockets, 1);
  assert.match(frames.join("\n"), /^> \["hello",\d+,"[\w-]+",0\]\n< \["ready",0\]$/);
  await visitor.close();
}
