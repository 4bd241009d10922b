import assert from "node:assert/strict";
import { $, show, tick } from "./browser.ts";
import { FakeEnvironment } from "./fakes.ts";
import { patchesLoader } from "../../client/beside.ts";
import { applyOperations } from "../../client/operations.ts";
import { adopt, note } from "../../client/strangers.ts";
import { tellNow, watch } from "../../client/watch.ts";

await patchesLoader(new FakeEnvironment().patches)();
watch(() => {}, note);

const script = `<script type="x" nonce="N" src="/_argyle/client-1.js" data-argyle="T"></script>`;

function setUp(head: string): void {
  show("", head + script);
  $<HTMLScriptElement>("script").nonce = "N";
  tellNow(true);
  adopt(document.documentElement);
}

const inHead = () =>
  [...document.head.children].map((element) => element.outerHTML.replace(/ nonce="[^"]*"/, ""));

Deno.test("head: equal elements stay the same nodes, others come and go in order", async () => {
  setUp(`<title>a</title><meta name="k" content="1"><link rel="stylesheet" href="/a.css">`);
  const link = $("link");
  applyOperations([
    ["head", `<title>b</title><link rel="stylesheet" href="/a.css"><link rel="stylesheet" href="/b.css">`],
  ]);
  assert.equal($("link"), link);
  assert.equal(document.title, "b");
  assert.deepEqual(inHead(), [
    `<title>b</title>`,
    `<link rel="stylesheet" href="/a.css">`,
    `<link rel="stylesheet" href="/b.css">`,
    script.replace(` nonce="N"`, ""),
  ]);
  await tick();
});

Deno.test("head: what others have put there is not touched, and no script, base or pragma comes", async () => {
  setUp(`<title>a</title>`);
  const foreign = document.createElement("style");
  document.head.append(foreign);
  applyOperations([[
    "head",
    `<title>a</title><script src="/evil.js"></script><base href="//evil"><meta http-equiv="x">`,
  ]]);
  assert.deepEqual(inHead(), [`<title>a</title>`, script.replace(` nonce="N"`, ""), `<style></style>`]);
  await tick();
});

Deno.test("head: a style that differs only in its nonce stays, a new one gets the page's", async () => {
  setUp(`<style nonce="N">a{}</style>`);
  const style = $("style");
  applyOperations([["head", `<style nonce="M">a{}</style><style nonce="M">b{}</style>`]]);
  const [kept, added] = document.head.querySelectorAll("style");
  assert.equal(kept, style);
  assert.equal(added?.nonce, "N");
  await tick();
});
