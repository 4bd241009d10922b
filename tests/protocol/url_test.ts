import assert from "node:assert/strict";
import { BLOCKED_URL, isUrlAttribute, safeUrl } from "@argyle/argyle/protocol";

const safe = [
  "",
  "/",
  "?a=1",
  "#b",
  "orders/1",
  "//cdn.test/x",
  "http://a.test",
  "HTTPS://A.TEST",
  "mailto:a@b.test",
  "tel:+49",
  "sms:+49",
  "javascript",
  "/javascript:alert(1)",
  "./javascript:alert(1)",
  "?javascript:alert(1)",
  "data",
  "http:x",
];
const unsafe = [
  "javascript:alert(1)",
  "JavaScript:alert(1)",
  " javascript:alert(1)",
  "\x01javascript:alert(1)",
  "java\tscript:alert(1)",
  "java\nscript:alert(1)",
  "java\r\nscript:alert(1)",
  "javascript\t:alert(1)",
  "\u0000javascript:alert(1)",
  "javascript://x.test/%0aalert(1)",
  "vbscript:x",
  "data:text/html,<script>",
  "data:image/svg+xml,<svg onload=x>",
  "DATA:text/html;base64,AAAA",
  "blob:http://a.test/1",
  "file:///etc/passwd",
  "view-source:x",
  "ftp://a.test",
  "about:blank",
  "filesystem:http://a.test/x",
  "livescript:x",
  "jar:http://a.test!/x",
  "ws://a.test",
  "chrome://settings",
];

Deno.test("safeUrl: schemes that lead somewhere pass in href, those that could run something do not", () => {
  for (const url of safe) assert.equal(safeUrl("href", url), url, url);
  for (const url of unsafe) assert.equal(safeUrl("href", url), BLOCKED_URL, JSON.stringify(url));
});

Deno.test("safeUrl: images may be data and blobs where an image stands, and nowhere else", () => {
  const image = "data:image/png;base64,AAAA";
  for (const name of ["src", "poster", "srcset"]) {
    assert.equal(
      safeUrl(name, name === "srcset" ? "a.png 1x, b.png 2x" : image),
      name === "srcset" ? "a.png 1x, b.png 2x" : image,
    );
  }
  assert.equal(safeUrl("src", "blob:http://a.test/1"), "blob:http://a.test/1");
  for (const name of ["href", "action", "formaction", "xlink:href", "data"]) {
    assert.equal(safeUrl(name, image), BLOCKED_URL);
  }
  assert.equal(safeUrl("src", "data:text/html,x"), BLOCKED_URL);
});

Deno.test("safeUrl: one bad URL in a list blocks the list", () => {
  assert.equal(safeUrl("srcset", "a.png 1x, javascript:alert(1) 2x"), BLOCKED_URL);
  assert.equal(safeUrl("ping", "/a javascript:alert(1)"), BLOCKED_URL);
  assert.equal(safeUrl("ping", "/a /b"), "/a /b");
});

Deno.test("isUrlAttribute: names those that a browser follows", () => {
  for (
    const name of [
      "href",
      "src",
      "action",
      "formaction",
      "xlink:href",
      "data",
      "poster",
      "background",
      "ping",
      "srcset",
    ]
  ) {
    assert.ok(isUrlAttribute(name), name);
  }
  for (const name of ["id", "class", "data-href", "constructor", "__proto__"]) {
    assert.ok(!isUrlAttribute(name), name);
  }
});
