import assert from "node:assert/strict";
import { action, App, on, type PageContext, Reflex } from "@argyle/argyle";
import { open, type TestPage } from "@argyle/argyle/testing";
import { z } from "zod";
import { MemoryLog } from "../helpers/peer.ts";

/** What each call has said; the page shows it. */
interface State {
  said?: string[];
}

class Form extends Reflex<object, State> {
  say = action(z.object({}).loose(), () => this.#note("say"));
  save = action(
    z.object({ title: z.string().min(1, "Say what."), note: z.string() }).loose(),
    (fields) => this.#note(`save ${JSON.stringify(fields)}`),
  );
  double = action(z.object({ n: z.number() }), ({ n }) => 2 * n);
  heard(what: string) {
    this.#note(`${what} ${this.element.value.text(100)}`.trim());
  }
  ticked() {
    this.#note(`ticked ${this.element.checked}`);
  }
  halt() {
    this.abort("Not today.");
  }
  break() {
    throw new Error("a fault of the author");
  }
  #note(text: string) {
    this.state.said = [...this.state.said ?? [], text];
  }
}

function form(log = new MemoryLog()): App {
  const app = new App({ log });
  app.reflexes({ Form });
  app.page("/", ({ state }: PageContext<object, State>) => (
    <main>
      <ol id="said">{state.said?.map((text, n) => <li key={n}>{text}</li>)}</ol>
      <input id="live" {...on("input", Form, "heard", "input").on("change", Form, "heard", "change")} />
      <input id="other" />
      <form id="form" {...on("submit", Form, "save")}>
        <input id="title" name="title" />
        <textarea id="note" name="note" />
        <input id="agree" type="checkbox" name="agree" {...on("change", Form, "ticked")} />
        <input id="red" type="radio" name="colour" value="red" />
        <input id="blue" type="radio" name="colour" value="blue" />
        <select id="size" name="size" {...on("change", Form, "heard", "size")}>
          <option value="s">small</option>
          <option value="l">large</option>
        </select>
        <button id="save" name="by" value="hand">Save</button>
      </form>
      <form id="second">
        <input name="fixed" disabled />
        <button disabled id="never">Never</button>
      </form>
      <div hidden>
        <button id="unseen" {...on("click", Form, "halt")}>?</button>
      </div>
      <button id="halt" {...on("click", Form, "halt")}>Halt</button>
      <button id="break" {...on("click", Form, "break")}>Break</button>
      <p id="key" {...on("keyup", Form, "heard", "key").on("mouseover", Form, "heard", "over")}>Key</p>
    </main>
  ), { calls: [Form] });
  return app;
}

const said = (page: TestPage) => page.texts("#said li");

Deno.test("type: an input event for the text, and a change when the field is left", async () => {
  await using ann = await open(form(), "/");
  await ann.type("#live", "hello");
  assert.deepEqual(said(ann), ["input hello"]);
  await ann.type("#live", "hello you");
  assert.deepEqual(said(ann), ["input hello", "input hello you"]);
  await ann.type("#other", "x");
  assert.deepEqual(said(ann).slice(2), ["change hello you"]);
  await ann.type("#live", "bye");
  await ann.leave();
  assert.deepEqual(said(ann).slice(3), ["input bye", "change bye"]);
  assert.equal(ann.value("#live"), "bye");
});

Deno.test("press: Enter in a field submits its form, by its first button", async () => {
  await using ann = await open(form(), "/");
  await ann.type("#title", "milk");
  await ann.press("#title", "Enter");
  assert.deepEqual(said(ann), ['save {"title":"milk","note":"","size":"s","by":"hand"}']);
  await ann.press("#note", "Enter");
  assert.equal(said(ann).length, 1);
});

Deno.test("check, select: a box and an option are chosen once", async () => {
  await using ann = await open(form(), "/");
  await ann.check("#agree");
  await ann.check("#agree");
  await ann.check("#agree", false);
  await ann.check("#blue");
  await ann.select("#size", "l");
  assert.deepEqual(said(ann), ["ticked true", "ticked false", "size l"]);
  assert.deepEqual([ann.checked("#agree"), ann.checked("#blue"), ann.value("#size")], [false, true, "l"]);
});

Deno.test("submit: fields of every kind, by name; the form by its button too", async () => {
  await using ann = await open(form(), "/");
  await ann.submit("#form", { title: "milk", note: "two\nlitres", agree: true, colour: "red", size: "l" });
  assert.equal(
    said(ann).at(-1),
    'save {"title":"milk","note":"two\\nlitres","agree":"on","colour":"red","size":"l","by":"hand"}',
  );
  await ann.submit("#save", { title: "bread" });
  assert.match(said(ann).at(-1) ?? "", /"title":"bread"/);
});

Deno.test("last: a call that fails says why, and fails no action", async () => {
  await using ann = await open(form(), "/");
  await ann.click("#halt");
  const { code, message, reflex } = ann.last.error ?? {};
  assert.deepEqual([code, message, reflex], ["halted", "Not today.", "Form#halt"]);
  await ann.submit("#form", {});
  assert.deepEqual(ann.last.error?.fields, { title: "Say what." });
  await ann.click("#break");
  assert.equal(ann.last.error?.code, "failed");
  await ann.type("#title", "x".repeat(70_000));
  await ann.submit("#form");
  assert.equal(ann.last.error?.code, "too_large");
  await ann.type("#live", "on");
  assert.equal(ann.last.error, undefined);
  assert.deepEqual(said(ann), ["input on"]);
});

Deno.test("call: what a script of the page would get", async () => {
  await using ann = await open(form(), "/");
  assert.equal(await ann.call("Form#double", { n: 21 }), 42);
  await assert.rejects(ann.call("Form#double", { n: "x" }), { name: "ReflexError", code: "invalid" });
  assert.equal(ann.last.error?.reflex, "Form#double");
});

Deno.test("fire: any event, with what belongs to it", async () => {
  await using ann = await open(form(), "/");
  await ann.fire("#key", "keyup", { key: "a" });
  await ann.fire("#key", "mouseover");
  assert.deepEqual(said(ann), ["key", "over"]);
});

Deno.test("click: what is not there, disabled or hidden is told by name", async () => {
  await using ann = await open(form(), "/");
  const says = (act: Promise<void>, message: string | RegExp) => assert.rejects(act, { message });
  await says(
    ann.click("#sav"),
    /^Cannot click #sav: nothing on the page is so\. Its ids are, the nearest first, #save, /,
  );
  await says(ann.click("[data-reflex='click->Form#hallt']"), / It offers click->Form#halt, /);
  await says(ann.click("#never"), "Cannot click #never: it is disabled.");
  await says(ann.click("#unseen"), "Cannot click #unseen: it is hidden.");
  await says(ann.click("##"), "Cannot click ##: it is not a selector.");
  await says(ann.type("#save", "x"), "Cannot type into #save: <button> holds no text.");
  await says(ann.type("#agree", "x"), 'Cannot type into #agree: <input type="checkbox"> holds no text.');
  await says(ann.check("#title"), "Cannot check #title: <input> is no checkbox and no radio button.");
  await says(ann.select("#size", "m"), 'Cannot select "m" in #size: it offers "s", "l".');
  await says(ann.select("#title", "m"), "Cannot select in #title: <input> has no options.");
  await says(ann.submit(), "Cannot submit form: there are 2 of them; say which by a selector.");
  await says(ann.submit("#title"), "Cannot submit #title: <input> is no form and submits none.");
  await says(
    ann.submit("#form", { titel: "x" }),
    "Cannot fill in titel of #form: its fields are title, note, agree, colour, size.",
  );
  await says(
    ann.submit("#form", { colour: "green" }),
    /^Cannot check "green" of colour of #form: it offers "red"/,
  );
  await says(ann.submit("#second", { fixed: "x" }), "Cannot fill in fixed of #second: it is disabled.");
  assert.throws(() => ann.text("#nothing"), /^Error: Cannot read the text of #nothing: /);
  assert.throws(() => ann.value("#key"), { message: "Cannot read the value of #key: <p> has none." });
  assert.deepEqual(said(ann), []);
});

Deno.test("see: waits for what comes, and says what is there when it does not", async () => {
  await using ann = await open(form(), "/", { patience: 400 });
  await ann.see("Halt");
  await ann.see(/^Key$/, "p");
  assert.equal(ann.has("#key"), true);
  await assert.rejects(ann.see("Lock", "#key"), { message: 'Cannot see "Lock" in #key: there is "Key".' });
  await assert.rejects(ann.see(/./, "#lock"), {
    message: "Cannot see /./ in #lock: there is no such element.",
  });
  await assert.rejects(ann.until(() => false), /^Error: Cannot see what was waited for/);
});

Deno.test("see: what somebody else does comes when it comes", async () => {
  await using ann = await open(form(), "/");
  const seen = ann.see("input later", "#said");
  await ann.type("#live", "later");
  await seen;
});

Deno.test("open: an id that stands twice is told of once a page, also when it comes later", async () => {
  class Twins extends Reflex<object, { more?: boolean }> {
    more() {
      this.state.more = true;
    }
  }
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Twins });
  app.page("/", ({ state }: PageContext<object, { more?: boolean }>) => (
    <main>
      <p id="one" />
      <p id="one" />
      <p id="two" />
      <div id="more">{state.more && <p id="two" />}</div>
      <button id="click" {...on("click", Twins, "more")}>More</button>
    </main>
  ));
  const log = new MemoryLog();
  await using ann = await open(app, "/", { log });
  const line = (id: string) =>
    `warn several elements have one id: a patch of it reaches the first {"id":"${id}","page":"http://localhost/"}`;
  assert.deepEqual(log.lines, [line("one")]);
  await ann.click("#click");
  await ann.click("#click");
  assert.deepEqual(log.lines, [line("one"), line("two")]);
});

Deno.test("click: words behind an event mean what they mean in a browser, from the first click on", async () => {
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Form });
  app.page("/", ({ state }: PageContext<object, State>) => (
    <main>
      <ol id="said">{state.said?.map((text, n) => <li key={n}>{text}</li>)}</ol>
      <button id="once" type="button" {...on("click.once", Form, "heard", "once")}>Once</button>
      <a id="away" href="/elsewhere" {...on("click.prevent", Form, "heard", "away")}>Away</a>
    </main>
  ));
  await using page = await open(app, "/");
  await page.click("#once");
  assert.equal(page.text("#said"), "once");
  await page.click("#once");
  await page.click("#away");
  assert.equal(page.text("#said"), "onceaway");
});
