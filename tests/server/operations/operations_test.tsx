import assert from "node:assert/strict";
import { App, Head, type Html, HttpError, Live, on, type Operations, ops, raw, Reflex } from "@argyle/argyle";
import type { DoOperation } from "@argyle/argyle/protocol";
import { MemoryLog } from "../../helpers/peer.ts";

/** What a list is on the wire. */
const wire = (operations: Operations): DoOperation[] => JSON.parse(JSON.stringify(operations));

/** Each of CableReady's, as it is written and as it is sent. */
const all: [name: string, operations: Operations, target: string | null, detail?: Record<string, unknown>][] =
  [
    ["append", ops().append("#a", <li>1</li>), "#a", { html: "<li>1</li>" }],
    ["graft", ops().graft("#a", "#b"), "#a", { parent: "#b" }],
    ["innerHtml", ops().innerHtml("#a", "1 < 2"), "#a", { html: "1 &lt; 2" }],
    ["insertAdjacentHtml", ops().insertAdjacentHtml("#a", <b />, { position: "beforebegin" }), "#a", {
      position: "beforebegin",
      html: "<b></b>",
    }],
    ["insertAdjacentText", ops().insertAdjacentText("#a", "<b>"), "#a", { text: "<b>" }],
    [
      "morph",
      ops().morph(
        "#a",
        <>
          <i />b
        </>,
        { childrenOnly: true },
      ),
      "#a",
      {
        childrenOnly: true,
        html: "<i></i>b",
      },
    ],
    ["outerHtml", ops().outerHtml("#a", <p>1</p>), "#a", { html: "<p>1</p>" }],
    ["prepend", ops().prepend("#a", raw("<b data-reflex='click->A#b'>")), "#a", {
      html: "<b data-reflex='click->A#b'>",
      raw: true,
    }],
    ["remove", ops().remove("#a"), "#a"],
    ["replace", ops().replace("#a", null), "#a", { html: "" }],
    ["textContent", ops().textContent("#a", ""), "#a", { text: "" }],
    ["addCssClass", ops().addCssClass("#a", ["x", " y  z "]), "#a", { name: ["x", "y", "z"] }],
    ["removeCssClass", ops().removeCssClass("#a", "x", { selectAll: true }), "#a", {
      selectAll: true,
      name: "x",
    }],
    ["setAttribute", ops().setAttribute("#a", "href", "javascript:1"), "#a", {
      name: "href",
      value: "about:blank#blocked",
    }],
    ["removeAttribute", ops().removeAttribute("//p", "title", { xpath: true }), "//p", {
      xpath: true,
      name: "title",
    }],
    ["setDatasetProperty", ops().setDatasetProperty("#a", "itemId", "7"), "#a", {
      name: "itemId",
      value: "7",
    }],
    ["setProperty", ops().setProperty("#a", "scrollTop", 7), "#a", { name: "scrollTop", value: 7 }],
    ["setStyle", ops().setStyle("#a", "--hue", "7"), "#a", { name: "--hue", value: "7" }],
    ["setStyles", ops().setStyles("#a", { width: "1px" }), "#a", { styles: { width: "1px" } }],
    ["setValue", ops().setValue("#a", "7", { delay: 5, batch: "b" }), "#a", {
      delay: 5,
      batch: "b",
      value: "7",
    }],
    ["dispatchEvent", ops().dispatchEvent("x:y", { z: 1 }, { selector: "#a" }), "#a", {
      name: "x:y",
      detail: { z: 1 },
    }],
    ["setMeta", ops().setMeta("theme-color", "red"), null, { name: "theme-color", content: "red" }],
    ["setTitle", ops().setTitle("Hello"), null, { title: "Hello" }],
    ["clearStorage", ops().clearStorage({ type: "session" }), null, { type: "session" }],
    ["go", ops().go(-1), null, { delta: -1 }],
    ["pushState", ops().pushState("/a/../b?c#d", { state: { e: 1 } }), null, {
      state: { e: 1 },
      url: "/a/../b?c#d",
    }],
    ["redirectTo", ops().redirectTo("https://else.test/", { external: true }), null, {
      external: true,
      url: "https://else.test/",
    }],
    ["reload", ops().reload(), null],
    ["removeStorageItem", ops().removeStorageItem("k"), null, { key: "k" }],
    ["replaceState", ops().replaceState("?page=2"), null, { url: "?page=2" }],
    ["scrollIntoView", ops().scrollIntoView("#a", { block: "center" }), "#a", { block: "center" }],
    ["setCookie", ops().setCookie("theme=dark; Path=/"), null, { cookie: "theme=dark; Path=/" }],
    ["setFocus", ops().setFocus("#a"), "#a"],
    ["setStorageItem", ops().setStorageItem("k", "v"), null, { key: "k", value: "v" }],
    ["consoleLog", ops().consoleLog({ a: 1 }, { level: "warn" }), null, { level: "warn", message: { a: 1 } }],
    ["consoleTable", ops().consoleTable([[1]], { columns: ["0"] }), null, { columns: ["0"], data: [[1]] }],
    ["notification", ops().notification("Tea", { body: "It boils" }), null, {
      title: "Tea",
      options: { body: "It boils" },
    }],
  ];

Deno.test("ops: CableReady's 37, each as it is sent", () => {
  assert.equal(new Set(all.map(([name]) => name)).size, 37);
  for (const [name, operations, target, detail] of all) {
    assert.deepEqual(wire(operations), [detail ? ["do", name, target, detail] : ["do", name, target]]);
  }
});

Deno.test("ops: in the order in which they are written; what is not known goes along", () => {
  const options = { mood: { level: 3 } };
  const list = ops().perform("chime", { volume: 0.2 }).addCssClass("#a", "x", options)
    .perform("spin", {}, { selector: "#b", delay: 9 });
  assert.equal(list.length, 3);
  options.mood.level = 4; // too late
  assert.deepEqual(wire(list), [
    ["do", "chime", null, { volume: 0.2 }],
    ["do", "addCssClass", "#a", { mood: { level: 3 }, name: "x" }],
    ["do", "spin", "#b", { delay: 9 }],
  ]);
});

Deno.test("ops: a string is text, wherever markup is taken", () => {
  const evil = "<img src=x onerror=alert(1)>";
  const takes = [
    "append",
    "prepend",
    "innerHtml",
    "outerHtml",
    "replace",
    "morph",
    "insertAdjacentHtml",
  ] as const;
  for (const name of takes) {
    const [[, , , detail]] = wire(ops()[name]("#a", evil)) as [DoOperation];
    assert.equal(detail?.["html"], "&lt;img src=x onerror=alert(1)>");
  }
  // What looks like raw markup and comes out of JSON is none.
  assert.throws(() => wire(ops().append("#a", { __html: evil } as unknown as Html)), TypeError);
});

Deno.test("ops: what cannot be sent fails where it is written", () => {
  class A extends Reflex {
    b() {}
  }
  const throws = (write: () => unknown, error: { new (...args: never[]): Error }, message: RegExp) =>
    assert.throws(write, (thrown) => thrown instanceof error && message.test(thrown.message));
  for (const selector of ["", undefined, 5, null]) {
    throws(() => ops().remove(selector as string), TypeError, /the selector is (no|an empty) text/);
  }
  for (
    const name of [
      "onclick",
      "ONLOAD",
      "srcdoc",
      "id",
      "data-k",
      "data-raw",
      "data-reflex",
      "a b",
      "",
      "nonce",
    ]
  ) {
    throws(() => ops().setAttribute("#a", name, "x"), TypeError, /only a render writes/);
    throws(() => ops().removeAttribute("#a", name), TypeError, /only a render writes/);
  }
  for (const name of ["reflex", "argyleVisit", "raw", "k"]) {
    throws(() => ops().setDatasetProperty("#a", name, "x"), TypeError, /only a render writes/);
  }
  for (const name of ["innerHTML", "outerHTML", "srcdoc", "onclick", "__proto__", "constructor", "text"]) {
    throws(() => ops().setProperty("#a", name, "x"), TypeError, /no operation sets this property/);
  }
  for (
    const url of ["//evil.test", "/\\evil.test", "/\t/evil.test", "javascript:alert(1)", "https://evil.test"]
  ) {
    throws(() => ops().redirectTo(url), HttpError, /another site/);
    throws(() => ops().pushState(url), HttpError, /another site/);
    throws(() => ops().replaceState(url), HttpError, /another site/);
  }
  throws(() => ops().redirectTo("javascript:alert(1)", { external: true }), HttpError, /another site/);
  for (
    const cookie of ["__Host-argyle-app=1", "argyle-app=1", " __Secure-x=1", "nothing", "=1"]
  ) {
    throws(() => ops().setCookie(cookie), TypeError, /Cannot set the cookie/);
  }
  throws(() => ops().go(0.5), TypeError, /no whole number/);
  throws(() => ops().consoleLog(1n as never), TypeError, /JSON/);
  throws(() => ops().dispatchEvent("x", { a: () => {} } as never), TypeError, /JSON/);
  throws(() => ops().perform("append", {}), TypeError, /ops\(\)\.append/);
  throws(() => ops().perform("toJSON", {}), TypeError, /it is a method/);
  throws(() => ops().perform("a b"), TypeError, /letters, digits/);
  throws(() => wire(ops().append("#a", <b {...on("click", A, "b")} />)), TypeError, /outside an app/);
  throws(
    () =>
      wire(
        ops().append(
          "#a",
          <Head>
            <title>x</title>
          </Head>,
        ),
      ),
    TypeError,
    /Head/,
  );
  throws(() => wire(ops().append("#a", <Live topic={[]}>{() => "x"}</Live>)), TypeError, /Live/);
});

Deno.test("ops: as the answer to a request", async () => {
  const app = new App({ log: new MemoryLog() });
  app.route("/lamp", { GET: () => Response.json(ops().addCssClass("#lamp", "on").setTitle("On")) });
  const response = await app.fetch(new Request("http://localhost/lamp"));
  assert.deepEqual(await response.json(), [
    ["do", "addCssClass", "#lamp", { name: "on" }],
    ["do", "setTitle", null, { title: "On" }],
  ]);
});
