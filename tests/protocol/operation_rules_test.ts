import assert from "node:assert/strict";
import {
  isHarmlessProperty,
  isOpenAttribute,
  isOpenCookie,
  isOpenProperty,
  openValue,
  ownPlace,
} from "../../protocol/operation_rules.ts";

Deno.test("isOpenAttribute: neither script, nor what elements are found by, nor the framework's own", () => {
  const open =
    "title class aria-busy data-price data-kind data-x-k style href xlink:href viewBox _x ideal nonces";
  const closed =
    "onclick ONX on srcdoc SrcDoc http-equiv attributeName sandbox id nonce data-k data-K data-raw data-rawest " +
    "data-reflex data-reflex-args data-argyle data-argyle-live 1x -x @click :x";
  for (const name of open.split(" ")) assert.ok(isOpenAttribute(name), name);
  for (const name of [...closed.split(" "), "", "a b", "a\n", "a>", `a"`, "a=b", "a/b", "ä"]) {
    assert.ok(!isOpenAttribute(name), name);
  }
});

Deno.test("isOpenProperty: of the platform's a list, of a custom element what is harmless", () => {
  for (const name of ["value", "checked", "scrollTop", "ariaLabel", "textContent"]) {
    assert.ok(isOpenProperty(name, false) && isHarmlessProperty(name), name);
  }
  for (const name of ["items", "open2", "idle", "database"]) {
    assert.ok(!isOpenProperty(name, false) && isOpenProperty(name, true), name);
  }
  for (
    const name of [
      "innerHTML",
      "outerHtml",
      "unsafeHTML",
      "srcdoc",
      "onclick",
      "href",
      "src",
      "formAction",
      "__proto__",
      "_x",
      "id",
      "nonce",
      "data",
      "protocol",
      "sandbox",
      "httpEquiv",
    ]
  ) {
    assert.ok(!isOpenProperty(name, true), name);
  }
});

Deno.test("isOpenCookie: not the framework's, none that only a server may set, and each has a name", () => {
  for (const cookie of ["theme=dark; Path=/", "a.b-c_d=", "x=1=2"]) assert.ok(isOpenCookie(cookie), cookie);
  for (
    const cookie of [
      "__Host-x=1",
      "__secure-x=1",
      "argyle-app=1",
      "ARGYLE-app=1",
      "=x",
      " argyle-app=1",
      "x",
      "",
      "a b=1",
      "a;b=1",
      "\na=1",
    ]
  ) {
    assert.ok(!isOpenCookie(cookie), cookie);
  }
});

Deno.test("ownPlace: of the page's own origin; of another where that is wanted; never what is no page", () => {
  const here = "https://shop.example/orders?page=2";
  assert.equal(ownPlace("?page=3", here), "https://shop.example/orders?page=3");
  assert.equal(ownPlace("/cart", "https://shop.example"), "https://shop.example/cart");
  assert.equal(ownPlace("", here), here);
  const abroad = [
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "https://shop.example:444/",
    "http://shop.example/",
    "https://shop.example.evil.example/",
    "https://shop.example@evil.example/",
  ];
  for (const url of abroad) {
    assert.equal(ownPlace(url, here), undefined, url);
    assert.match(ownPlace(url, here, true)!, /^https?:/, url);
  }
  for (
    const url of [
      "javascript:x()",
      "\u0001java\tscript:x()",
      "data:text/html,x",
      "blob:https://shop.example/1",
      "filesystem:https://shop.example/1",
      "ftp://shop.example/",
      "mailto:x",
      "http://",
    ]
  ) {
    for (const external of [false, true]) assert.equal(ownPlace(url, here, external), undefined, url);
  }
});

Deno.test("openValue: a URL that may run script leads nowhere, in any spelling of its attribute", () => {
  for (const name of ["href", "formAction", "SRC", "data"]) {
    assert.equal(openValue(name, "java\tscript:x()"), "about:blank#blocked");
    assert.equal(openValue(name, "/x"), "/x");
  }
  assert.equal(openValue("title", "javascript:x()"), "javascript:x()");
});
