import assert from "node:assert/strict";
import { askProcessorTime, control, order } from "../../bench/control.ts";
import { renderTime } from "../../bench/floors/render.ts";
import { timed } from "../helpers/peer.ts";
import { serve } from "./serve.ts";

timed("control: does what it is told, with the text for it, and answers what comes of it", async () => {
  const told: string[] = [];
  await using server = serve(control({
    note: (text) => void told.push(text),
    double: (text) => Promise.resolve(2 * Number(text)),
  }));
  assert.equal(await order(server.url, "note", "this"), null);
  assert.equal(await order(server.url, "double", "21"), 42);
  assert.deepEqual(told, ["this"]);
  await assert.rejects(order(server.url, "toString"), /Cannot ask .*: 404/);
});

timed("control: the processor time grows", async () => {
  await using server = serve(control({}));
  const before = await askProcessorTime(server.url);
  assert.ok(renderTime(20) > 0);
  assert.ok(await askProcessorTime(server.url) > before);
});
