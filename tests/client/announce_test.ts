import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { FakeEnvironment } from "./fakes.ts";
import { attend, goes } from "../../client/attend.ts";

const { clock, pass } = (() => {
  const env = new FakeEnvironment();
  return { clock: env.clock, pass: (ms: number) => env.pass(ms) };
})();

/** A list in which things happen at the given milliseconds, and what is said when. */
function told(
  sentence: string,
  steps: [at: number, change: (list: HTMLElement) => void][],
  until = 10_000,
): [at: number, text: string][] {
  show(`<ul id="x" data-reflex-announce="${sentence}"><li>a</li><li>b</li></ul>`);
  const said: [number, string][] = [];
  let now = 0, before = "";
  for (; now <= until; now += 100) {
    for (const [at, change] of steps) if (at === now) attend(() => change($("#x")), clock);
    const text = document.querySelector("[role=status]")?.textContent ?? "";
    if (text && text !== before) said.push([now, text]);
    before = text;
    pass(100);
  }
  return said;
}

function add(text: string): (list: HTMLElement) => void {
  return (list) => {
    const item = document.createElement("li");
    item.textContent = text;
    list.append(item);
  };
}

const removeFirst = (list: HTMLElement) => list.firstElementChild?.remove();

Deno.test("announce: after half a second without more, and after two seconds in any case", () => {
  assert.deepEqual(told("{added}", [[0, add("c")]]), [[500, "1"]]);
  assert.deepEqual(told("{added}", [[0, add("c")], [400, add("d")], [1500, add("e")]]), [[900, "2"], [
    2000,
    "1",
  ]]);
  const many = Array.from(
    { length: 20 },
    (_, i): [number, (list: HTMLElement) => void] => [i * 300, add("x")],
  );
  assert.deepEqual(told("{added}", many), [[2000, "7"], [4100, "7"], [6200, "6"]]);
});

Deno.test("announce: words that are not ours stay, and a text is trimmed, cut and nothing but text", () => {
  assert.deepEqual(told("Something {here}", [[0, removeFirst]]), [[500, "Something {here}"]]);
  assert.deepEqual(told("{text}!", [[0, add(" <b>c</b>\n")]]), [[500, "<b>c</b>!"]]);
  assert.deepEqual(told("{text}", [[0, add(`  ${"c".repeat(300)}`)]]), [[500, "c".repeat(200)]]);
  assert.deepEqual(told("{text} {added}", [[0, add("{added} {removed}")]]), [[500, "{added} {removed} 1"]]);
  assert.equal(document.querySelector("[role=status] *"), null);
});

Deno.test("announce: what comes and goes within one announcement is counted both ways", () => {
  const both = "{added} {removed}";
  assert.deepEqual(told(both, [[0, add("c")], [100, removeFirst]]), [[600, "1 1"]]);
  // In one change it has never been there.
  assert.deepEqual(told(both, [[0, (list) => (add("c")(list), list.lastElementChild!.remove())]]), []);
  assert.deepEqual(told(both, [[0, (list) => list.append(list.firstElementChild!)]]), []);
  assert.deepEqual(told(both, [[0, (list) => list.remove()]]), []);
  assert.deepEqual(told("", [[0, add("c")]]), []);
});

Deno.test("goes: what is still seen while it goes is gone: it is counted once, and the focus goes on", async () => {
  show(
    `<ul id="x" data-reflex-announce="{removed} gone"><li><button>a</button></li><li><button>b</button></li></ul>`,
  );
  const [first] = document.querySelectorAll("li");
  const button = first!.querySelector("button")!;
  button.focus();
  attend(() => goes(first!), clock);
  // What is inert by now cannot have it again.
  button.focus = () => {};
  await Promise.resolve();
  assert.equal(document.activeElement?.textContent, "b");
  assert.equal(first!.isConnected, true);
  pass(500);
  assert.equal($("[role=status]").textContent, "1 gone");
  attend(() => first!.remove(), clock);
  pass(2000);
  assert.equal($("[role=status]").textContent, "1 gone");
});
