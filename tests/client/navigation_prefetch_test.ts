import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { FakeEnvironment } from "./fakes.ts";
import type { Visits } from "../../client/visits.ts";

const { prefetch } = await import("../../client/prefetch.ts");

const script = `<script type="x" src="/app/_argyle/client-1.js" data-argyle="T0" data-navigate></script>`;
const env = new FakeEnvironment(), asked: string[] = [];
let isReady = true;
prefetch({
  ready: ({ pathname }: URL) => {
    if (isReady) asked.push(pathname);
    return isReady;
  },
} as Partial<Visits> as Visits, env);

const happen = (selector: string, type: string) =>
  void $(selector).dispatchEvent(new Event(type, { bubbles: true }));
const links = (...names: string[]) =>
  show(names.map((name) => `<a id="${name}" href="/app/${name}"><b>x</b></a>`).join(""), script);

Deno.test("prefetch: after 65 ms, with the pointer or the focus; at once under a finger; once in ten seconds", () => {
  links("a", "b", "c");
  happen("#a b", "pointerover");
  env.pass(64);
  happen("#a b", "pointerout");
  env.pass(100);
  assert.deepEqual(asked.splice(0), []);
  happen("#a", "pointerover");
  env.pass(65);
  happen("#b", "focusin");
  env.pass(65);
  happen("#c", "touchstart");
  env.pass(0);
  assert.deepEqual(asked.splice(0), ["/app/a", "/app/b", "/app/c"]);
  happen("#a", "pointerover");
  env.pass(9_000);
  assert.deepEqual(asked.splice(0), []);
  env.pass(2_000);
  happen("#a", "pointerover");
  env.pass(65);
  assert.deepEqual(asked.splice(0), ["/app/a"]);
});

Deno.test("prefetch: not where it is not wanted, of this page, or with data saved; what was not asked is asked again", () => {
  links("d", "e", "orders");
  $("#d").setAttribute("data-navigate-prefetch", "false");
  $("#orders").setAttribute("href", "?page=2");
  for (const id of ["d", "orders"]) {
    happen(`#${id}`, "pointerover");
    env.pass(70);
  }
  assert.deepEqual(asked.splice(0), []);
  isReady = false;
  happen("#e", "pointerover");
  env.pass(70);
  isReady = true;
  happen("#e", "pointerover");
  env.pass(70);
  assert.deepEqual(asked.splice(0), ["/app/e"]);
  env.pass(10_000);
  Object.defineProperty(navigator, "connection", { value: { saveData: true }, configurable: true });
  happen("#e", "pointerover");
  env.pass(70);
  Reflect.deleteProperty(navigator, "connection");
  assert.deepEqual(asked.splice(0), []);
});
