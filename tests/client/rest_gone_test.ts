import assert from "node:assert/strict";
import { $, show, tick, window } from "./browser.ts";
import { FakeEnvironment, settled } from "./fakes.ts";
import { restLoader } from "../../client/beside.ts";
import { bind } from "../../client/bindings.ts";
import { lifecycle } from "../../client/lifecycle.ts";
import { performer } from "../../client/perform.ts";
import type { Calls } from "../../client/calls.ts";

Deno.test("bind: a call whose options cannot be loaded fails where one sees it, and is made when they can", async () => {
  const env = new FakeEnvironment(), calls: string[] = [], told: string[] = [];
  const over = { call: (target: string) => Promise.resolve(void calls.push(target)) } as unknown as Calls;
  const load = restLoader(env.rest);
  env.hasRest = false;
  bind(performer(lifecycle(over, () => {}, load, env.clock)), load, env.patches);
  show(`<b id="b" data-reflex="click->A#b" data-reflex-serialize-form="false"></b>`);
  await tick();
  const hear = (event: Event) =>
    told.push(`${(event.target as Element).id} ${(event as CustomEvent).detail.message}`);
  document.addEventListener("argyle:error", hear);
  const click = () => {
    const event: unknown = new window.MouseEvent("click", { bubbles: true, cancelable: true });
    $("#b").dispatchEvent(event as Event);
    return settled();
  };
  await click();
  assert.deepEqual([calls, told], [[], ["b no network"]]);
  env.hasRest = true;
  await click();
  assert.deepEqual([calls, told.length], [["A#b"], 1]);
  document.removeEventListener("argyle:error", hear);
});
