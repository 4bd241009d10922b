import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { settled } from "./fakes.ts";
import { CallError } from "../../client/call_error.ts";
import { type Call, performer } from "../../client/perform.ts";

/** Performs the offer at a position of #b, and says what was told about it, and where. */
async function told(call: Call, args: string, position = 0, removed = false): Promise<unknown[]> {
  show(`<p><b id="b"></b></p>`);
  const element = $("#b");
  element.setAttribute("data-reflex-args", args);
  const events: unknown[] = [];
  const hear = (event: Event) =>
    events.push(event.type, (event.target as Element).nodeName, (event as CustomEvent).detail);
  for (const type of ["argyle:success", "argyle:error"]) document.addEventListener(type, hear);
  const done = performer(call)(element, { type: "click", target: "A#b", position }, new Event("click"));
  if (removed) element.remove();
  await done;
  await settled();
  for (const type of ["argyle:success", "argyle:error"]) document.removeEventListener(type, hear);
  return events;
}

Deno.test("performer: arguments by position, and success told on the element", async () => {
  const calls: unknown[] = [];
  const call: Call = (...parts) => {
    calls.push(parts);
    return Promise.resolve("yes");
  };
  assert.deepEqual(await told(call, "[[1],[2,3]]", 1), ["argyle:success", "B", {
    target: "A#b",
    value: "yes",
  }]);
  await told(call, "[[1]]", 1);
  assert.deepEqual(calls, [["A#b", [2, 3], { a: { id: "b" } }], ["A#b", [], { a: { id: "b" } }]]);
});

Deno.test("performer: failure told on the element, or on the document when it is gone", async () => {
  const call: Call = () => Promise.reject(new CallError("invalid", "No.", { a: "b" }));
  const detail = { code: "invalid", message: "No.", fields: { a: "b" }, target: "A#b" };
  assert.deepEqual(await told(call, "[]"), ["argyle:error", "B", detail]);
  assert.deepEqual(await told(call, "[]", 0, true), ["argyle:error", "#document", detail]);
});

Deno.test("performer: arguments that are not JSON are told as malformed, and nothing is called", async () => {
  const call: Call = () => Promise.reject(new Error("called"));
  const [type, , detail] = await told(call, "[[") as [string, string, { code: string; message: string }];
  assert.deepEqual([type, detail.code], ["argyle:error", "malformed"]);
  assert.match(detail.message, /JSON/);
});
