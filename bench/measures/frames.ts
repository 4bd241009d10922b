/**
 * Whether a browser sends what the raw socket's part of the bench sends in its name.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { EVENT_PREFIX } from "../../protocol/markers.ts";
import type { Click } from "../calls.ts";

/** Clicks once, waits for the outcome, and compares the call that Chromium made with the one that is measured. */
export async function checkFrame(page: Page, { selector, target, args, element }: Click): Promise<void> {
  const call = await page.evaluate(clickAndListen, { selector, event: `${EVENT_PREFIX}success` });
  assert.equal(call.outcome, target);
  const frame: unknown[] = JSON.parse(call.sent[0] ?? "[]");
  assert.equal(call.sent.length, 1, call.sent.join("\n"));
  assert.deepEqual([frame[0], ...frame.slice(3)], ["call", target, args, element]);
}

/** Runs inside the page. */
async function clickAndListen(
  { selector, event }: { selector: string; event: string },
): Promise<{ outcome: unknown; sent: string[] }> {
  const sent: string[] = [], send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (text) {
    sent.push(String(text));
    send.call(this, text);
  };
  try {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    document.addEventListener(event, (success) => resolve((success as CustomEvent).detail.reflex), {
      once: true,
    });
    document.querySelector<HTMLElement>(selector)?.click();
    return { outcome: await promise, sent };
  } finally {
    WebSocket.prototype.send = send;
  }
}
