import assert from "node:assert/strict";
import { HttpError } from "../../../server/http/error.ts";
import { arrive } from "../../../server/http/host.ts";
import { checkPostOrigin } from "../../../server/http/origin.ts";

const origin = "https://shop.test";

function verdict(method: string, headers: Record<string, string>): number {
  const request = new Request(`${origin}/`, { method, headers });
  try {
    checkPostOrigin(request, arrive(request, { hosts: [], origins: [origin] }, false));
    return 200;
  } catch (error) {
    assert.ok(error instanceof HttpError);
    return error.status;
  }
}

Deno.test("checkPostOrigin: safe methods pass, whoever asks", () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    assert.equal(
      verdict(method, { "sec-fetch-site": "cross-site", origin: "https://evil.test", cookie: "a=b" }),
      200,
    );
  }
});

Deno.test("checkPostOrigin: unsafe methods are for our own pages and the person alone", () => {
  const cookie = "a=b";
  const table: [Record<string, string>, number][] = [
    [{ "sec-fetch-site": "same-origin", cookie }, 200],
    [{ "sec-fetch-site": "none", cookie }, 200],
    [{ "sec-fetch-site": "same-site", cookie }, 403],
    [{ "sec-fetch-site": "cross-site", cookie }, 403],
    [{ "sec-fetch-site": "cross-site", origin, cookie }, 403],
    [{ "sec-fetch-site": "SAME-ORIGIN", cookie }, 403],
    [{ origin, cookie }, 200],
    [{ origin: "null", cookie }, 403],
    [{ origin: "http://shop.test", cookie }, 403],
    [{ origin: "https://evil.shop.test", cookie }, 403],
    [{ origin: "https://shop.test.evil" }, 403],
    [{ cookie }, 403],
    [{ cookie, "x-http-method-override": "GET" }, 403],
    [{}, 200],
  ];
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    for (const [headers, status] of table) {
      assert.equal(verdict(method, headers), status, JSON.stringify(headers));
    }
  }
});

Deno.test("arrive: on Deno Deploy the edge decides which names reach us, unless the app says more", () => {
  const request = new Request("https://any.deno.dev/");
  assert.equal(arrive(request, { hosts: [], origins: [] }, true).secure, true);
  assert.throws(() => arrive(request, { hosts: ["shop.test"], origins: [] }, true), { status: 421 });
  assert.throws(() => arrive(request, { hosts: [], origins: [] }, false), { status: 421 });
});
