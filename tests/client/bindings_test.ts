import assert from "node:assert/strict";
import { $, show, tick, window } from "./browser.ts";
import { FakeEnvironment } from "./fakes.ts";
import { restLoader } from "../../client/beside.ts";
import { bind, parseOffers } from "../../client/bindings.ts";
import { applyOperations } from "../../client/operations.ts";

const heard: string[] = [];
const env = new FakeEnvironment(), load = restLoader(env.rest);
bind(
  (element, { target, position }) => {
    heard.push(`${element.id} ${target} ${position}`);
    return Promise.resolve();
  },
  load,
  env.patches,
);

/** Shows a page, sends an event, and says what was heard and whether the default was prevented. */
async function hear(body: string, selector: string, event: unknown): Promise<[string[], boolean]> {
  show(body);
  await tick();
  heard.length = 0;
  const untouched = $(selector).dispatchEvent(event as Event);
  return [heard.splice(0), !untouched];
}

const click = (init = {}) => new window.MouseEvent("click", { bubbles: true, cancelable: true, ...init });
const plain = (type: string, bubbles: boolean) => new window.Event(type, { bubbles, cancelable: true });

Deno.test("parseOffers: tokens keep their positions; an event alone brings the page up to date", () => {
  assert.deepEqual(parseOffers(" click->A#b\n change keydown->C#d "), [
    { type: "click", words: "", target: "A#b", position: 0 },
    { type: "change", words: "", target: "$#refresh", position: 1 },
    { type: "keydown", words: "", target: "C#d", position: 2 },
  ]);
});

Deno.test("parseOffers: words stand behind an event; other names with dots are names", () => {
  const types = (text: string) => parseOffers(text).map(({ type, words }) => [type, words]);
  assert.deepEqual(types("click.prevent.once->A#b keydown.ctrl.k->A#b keyup.prevent->A#b"), [
    ["click", ".prevent.once"],
    ["keydown", ".ctrl.k"],
    ["keyup", ".prevent"],
  ]);
  assert.deepEqual(types("shown.bs.modal->A#b shown.bs.modal.once->A#b keynote.shown->A#b"), [
    ["shown.bs.modal", ""],
    ["shown.bs.modal", ".once"],
    ["keynote.shown", ""],
  ]);
});

Deno.test("bind: the nearest element that offers something for the event performs, alone", async () => {
  const page =
    `<div id="outer" data-reflex="click->A#outer"><b id="inner" data-reflex="keyup->A#key click->A#inner">
    <i id="leaf" data-reflex="keyup->A#leaf"></i></b></div>`;
  assert.deepEqual(await hear(page, "#leaf", click()), [["inner A#inner 1"], false]);
  assert.deepEqual(await hear(page, "#leaf", plain("keyup", true)), [["leaf A#leaf 0"], false]);
});

Deno.test("bind: several tokens of one type are performed in order", async () => {
  const [calls] = await hear(`<b id="b" data-reflex="click->A#a click->A#b"></b>`, "#b", click());
  assert.deepEqual(calls, ["b A#a 0", "b A#b 1"]);
});

Deno.test("bind: an event that does not bubble is its target's own", async () => {
  const page = `<p id="p" data-reflex="focus->A#p"><input id="i" data-reflex="focus->A#i"><input id="j"></p>`;
  assert.deepEqual(await hear(page, "#i", plain("focus", false)), [["i A#i 0"], false]);
  assert.deepEqual(await hear(page, "#j", plain("focus", false)), [[], false]);
});

Deno.test("bind: nothing inside raw HTML offers anything; its border and what is outside do", async () => {
  const page =
    `<p id="p" data-reflex="click->A#p"><span id="raw" data-raw><b id="b" data-reflex="click->A#wipe">
    </b></span></p><div id="border" data-raw data-reflex="click->A#border"><i id="i"></i></div>`;
  assert.deepEqual(await hear(page, "#b", click()), [["p A#p 0"], false]);
  assert.deepEqual(await hear(page, "#i", click()), [["border A#border 0"], false]);
});

Deno.test("bind: elements and attributes that come later are bound", async () => {
  show(`<b id="b"></b>`);
  await tick();
  heard.length = 0;
  $("#b").setAttribute("data-reflex", "late->A#attribute");
  const child = document.createElement("i");
  child.innerHTML = `<u id="u" data-reflex="later->A#child"></u>`;
  document.body.append(child);
  await tick();
  $("#b").dispatchEvent(new Event("late"));
  $("#u").dispatchEvent(new Event("later"));
  assert.deepEqual(heard, ["b A#attribute 0", "u A#child 0"]);
});

Deno.test("bind: a link's default is prevented, but a click that opens it elsewhere is the browser's", async () => {
  const page = `<a id="a" href="/x" data-reflex="click->A#a"><i id="i"></i></a>`;
  assert.deepEqual(await hear(page, "#i", click()), [["a A#a 0"], true]);
  for (const init of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { button: 1 }]) {
    assert.deepEqual(await hear(page, "#i", click(init)), [[], false], JSON.stringify(init));
  }
  const button = `<button id="b" type="button" data-reflex="click->A#b"></button>`;
  assert.deepEqual(await hear(button, "#b", click({ ctrlKey: true })), [["b A#b 0"], false]);
});

Deno.test("bind: submit and the click of a submit button do not leave the page", async () => {
  const page =
    `<form id="f" data-reflex="submit->A#f"><button id="b" data-reflex="click->A#b"></button></form>
    <button id="c" data-reflex="click->A#c"></button>`;
  assert.deepEqual(await hear(page, "#f", plain("submit", true)), [["f A#f 0"], true]);
  assert.deepEqual(await hear(page, "#b", click()), [["b A#b 0"], true]);
  assert.deepEqual(await hear(page, "#c", click()), [["c A#c 0"], false]);
});

Deno.test("bind: a disabled element makes no call", async () => {
  const page = `<button id="b" disabled data-reflex="ping->A#b"></button>`;
  assert.deepEqual(await hear(page, "#b", plain("ping", true)), [[], false]);
});

Deno.test("bind: events that a patch causes are not a person's", async () => {
  show(`<div id="d"><input id="i" data-reflex="blur->A#i focusout->A#i"></div>`);
  await tick();
  $("#i").focus();
  heard.length = 0;
  applyOperations([["morph", "d", `<div id="d"></div>`]]);
  await tick();
  assert.deepEqual(heard, []);
});
