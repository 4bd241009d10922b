import assert from "node:assert/strict";
import fc from "fast-check";
import { App, HttpError, redirect } from "@argyle/argyle";
import { Path } from "@argyle/argyle/protocol";
import { load, MemoryLog, timed } from "../helpers/peer.ts";

const own = { "sec-fetch-site": "same-origin" };
const urlencoded = "application/x-www-form-urlencoded";

function open() {
  const log = new MemoryLog();
  const app = new App({ log });
  const ran: string[] = [];
  app.page("/", () => "home");
  app.page("/query", ({ query }) => JSON.stringify([...query]));
  app.page("/redirect", ({ query }) => redirect(query.get("to") ?? "/"));
  app.page("/error", ({ query }) => {
    throw new HttpError(400, query.get("to") ?? "", { headers: { "x-reason": query.get("to") ?? "" } });
  });
  app.route("/header", {
    GET: ({ query }) => new Response(null, { headers: { "x-own": query.get("to") ?? "" } }),
  });
  app.route("/item", {
    GET: () => new Response("got"),
    POST: () => {
      ran.push("POST");
      return new Response("posted");
    },
    DELETE: () => {
      ran.push("DELETE");
      return new Response("deleted");
    },
  });
  app.route("/form", {
    POST: async ({ form }) => {
      const fields = await form();
      return Response.json(fields.names().map((name) => [name, fields.get(name).text()]));
    },
  });
  return { app, log, ran };
}

async function ask(app: App, path: string, init: RequestInit = {}): Promise<[number, string, Headers]> {
  const response = await app.fetch(new Request(`http://127.0.0.1${path}`, init));
  return [response.status, await response.text(), response.headers];
}

timed("method: only the request line says what it is", async () => {
  const { app, log, ran } = open();
  const overrides = {
    "x-http-method-override": "DELETE",
    "x-http-method": "DELETE",
    "x-method-override": "DELETE",
  };
  const form = { method: "POST", body: "_method=DELETE", headers: { ...own, "content-type": urlencoded } };
  assert.equal((await ask(app, "/item", { headers: overrides }))[1], "got");
  assert.equal((await ask(app, "/item?_method=DELETE"))[1], "got");
  assert.equal(
    (await ask(app, "/item", { ...form, headers: { ...form.headers, ...overrides } }))[1],
    "posted",
  );
  assert.equal((await ask(app, "/item?_method=DELETE", form))[1], "posted");
  assert.deepEqual(ran, ["POST", "POST"]);
  assert.deepEqual(log.lines, []);
});

timed("method: one that nobody has is 405 with those that there are, and runs nothing", async () => {
  const { app, log, ran } = open();
  const names = [
    "FOO",
    "patch",
    "Delete",
    "post2",
    "PROPFIND",
    "PRI",
    "__proto__",
    "constructor",
    "toString",
    "has",
  ];
  for (const method of names.filter((name) => !["Delete"].includes(name))) {
    for (
      const [path, allow] of [["/item", "GET, POST, DELETE, OPTIONS"], ["/", "GET, HEAD, OPTIONS"]] as const
    ) {
      const [status, text, headers] = await ask(app, path, { method, headers: own });
      assert.deepEqual([status, headers.get("allow")], [405, allow], `${method} ${path}`);
      assert.ok(text.includes(`This address answers to ${allow}.`));
    }
  }
  assert.equal((await ask(app, "/form", { method: "HEAD" }))[0], 405);
  assert.deepEqual([ran, log.lines], [[], []]);
  assert.match((await load(app)).body, /home/);
});

timed(
  "form: a content type that is not one of the two, or says more than one thing, is refused",
  async () => {
    const { app, log } = open();
    const multipart = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n';
    const types = "This address takes forms.", broken = "The form cannot be read.";
    const cases: readonly (readonly [type: string | null, body: string, status: number, text: string])[] = [
      [urlencoded, "a=1", 200, '[["a","1"]]'],
      ["Application/X-WWW-Form-UrlEncoded ; x=y", "a=1", 200, '[["a","1"]]'],
      [`${urlencoded}; charset=utf-7`, "a=+AGE-", 200, '[["a"," AGE-"]]'],
      [`${urlencoded}; charset=utf-16le`, "a=1", 200, '[["a","1"]]'],
      ["multipart/form-data; boundary=x", multipart, 200, '[["a","1"]]'],
      ['multipart/form-data; boundary="x"', multipart, 200, '[["a","1"]]'],
      ["multipart/form-data", multipart, 400, broken],
      ["multipart/form-data; boundary=", multipart, 400, broken],
      ["multipart/form-data; boundary=y", multipart, 400, broken],
      [`multipart/form-data; boundary=${"x".repeat(5000)}`, multipart, 400, broken],
      // Deno reads what is cut off as if it had ended there.
      ["multipart/form-data; boundary=x", multipart.slice(0, 20), 200, "[]"],
      ["multipart/mixed; boundary=x", multipart, 415, types],
      [`${urlencoded}, multipart/form-data; boundary=x`, "a=1", 415, types],
      [`${urlencoded}, ${urlencoded}`, "a=1", 415, types],
      [`${urlencoded}x`, "a=1", 415, types],
      [`x/${urlencoded}`, "a=1", 415, types],
      ["text/plain", '{"a":"1"}', 415, types],
      ["text/plain;application/json", '{"a":"1"}', 415, types],
      ["application/json", '{"a":"1"}', 415, types],
      ["", "a=1", 415, types],
      [null, "a=1", 415, types],
    ];
    for (const [type, body, status, text] of cases) {
      const headers: Record<string, string> = type === null ? own : { ...own, "content-type": type };
      const bytes = new TextEncoder().encode(body);
      const [got, said] = await ask(app, "/form", { method: "POST", headers, body: bytes });
      assert.equal(got, status, `${type}`);
      assert.ok(said.includes(text), `${type}: ${said}`);
    }
    for (const coding of ["gzip", "br", "identity", "x"]) {
      const headers = { ...own, "content-type": urlencoded, "content-encoding": coding };
      const [status, text] = await ask(app, "/form", { method: "POST", headers, body: "a=1" });
      assert.equal(status, 415);
      assert.match(text, /A compressed body is not read\./);
      const ticket = { ...own, "content-type": "text/plain", "content-encoding": coding };
      assert.equal((await ask(app, Path.ticket, { method: "POST", headers: ticket, body: "x" }))[0], 403);
    }
    assert.deepEqual(log.lines, []);
    assert.match((await load(app)).body, /home/);
  },
);

timed("form: nothing that one can write into a multipart body is an error of ours", async () => {
  const { app, log } = open();
  const headers = { ...own, "content-type": "multipart/form-data; boundary=x" };
  const pieces = fc.constantFrom(
    ...["--x", "--x--", "\r\n", "\n", "\r", "\r\n\r\n", "\0", "\xff", "é", ";", ":", '"', "=", "*"],
    "Content-Disposition: form-data",
    '; name="a"',
    "; name=a",
    '; name="',
    '; filename="b"',
    "; filename*=UTF-8''%ff",
    "Content-Type: text/html",
    "Content-Type: \xff/;",
    "Content-Length: 99999999999",
    "Content-Transfer-Encoding: base64",
    "\ufffd\u2028",
    "x".repeat(3000),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 30 }), async (parts) => {
      const body = `--x\r\n${parts.join("")}\r\n--x--\r\n`;
      const [status] = await ask(app, "/form", { method: "POST", headers, body });
      assert.ok(status === 200 || status === 400, `${status} ${JSON.stringify(body)}`);
    }),
    { numRuns: 1000 },
  );
  assert.deepEqual(log.lines, []);
});

timed(
  "query and form: bytes that are no UTF-8 are the replacement character, and names are only names",
  async () => {
    const { app, log } = open();
    const body = async (query: string) => (await load(app, `/query?${query}`)).body.replaceAll("&quot;", '"');
    for (
      const [text, fields] of [
        ["a=%ff", '[["a","\ufffd"]]'],
        ["%c0%af=%ed%a0%80", '[["\ufffd\ufffd","\ufffd\ufffd\ufffd"]]'],
        ["a=%", '[["a","%"]]'],
        ["a=%zz&%", '[["a","%zz"],["%",""]]'],
        ["a=%00", '[["a","\\u0000"]]'],
        ["&&=&a", '[["",""],["a",""]]'],
        ["__proto__=1&constructor=2", '[["__proto__","1"],["constructor","2"]]'],
      ] as const
    ) {
      // HTML has no NUL: the page shows the replacement character instead, or nothing.
      if (!text.includes("%00")) assert.equal(await body(text), fields, text);
      const headers = { ...own, "content-type": urlencoded };
      assert.equal((await ask(app, "/form", { method: "POST", headers, body: text }))[1], fields, text);
    }
    assert.equal(Object.hasOwn(Object.prototype, "1"), false);
    assert.deepEqual(log.lines, []);
  },
);

timed("query and form: ten thousand fields are refused with the limit, and cost nobody else", async () => {
  const { app, log } = open();
  const short = "a&".repeat(10_000), long = Array.from({ length: 10_000 }, (_, at) => `p${at}=1`).join("&");
  for (const fields of [short, long, "&".repeat(9000)]) {
    const [status, text] = await ask(app, `/query?${fields}`);
    assert.equal(status, 414);
    assert.match(text, /A URL has at most 8192 characters\./);
  }
  const [many, said] = await ask(app, `/query?${"a&".repeat(257)}`);
  assert.equal(many, 414);
  assert.match(said, /A query has at most 256 parameters\./);
  for (const fields of [short, long, "a&".repeat(500_000)]) {
    const headers = { ...own, "content-type": urlencoded };
    const [status, text] = await ask(app, "/form", { method: "POST", headers, body: fields });
    assert.equal(status, 413);
    assert.match(text, /A form has at most 256 fields\./);
  }
  assert.deepEqual(log.lines, []);
  assert.match((await load(app)).body, /home/);
});

timed(
  "injection: a line break in a header is never a header, and is a line in the log where it is ours",
  async () => {
    const { app, log } = open();
    for (
      const text of [
        "/\r\nset-cookie: a=b",
        "/\nx-evil: 1",
        "/\rx",
        "/\0",
        "/\u010ax-evil: 1",
        "/\u010d\u010a",
      ]
    ) {
      for (const path of ["/redirect", "/error", "/header"]) {
        log.lines.length = 0;
        const [status, , headers] = await ask(app, `${path}?to=${encodeURIComponent(text)}`);
        const wide = text.includes("\u010a");
        const what = `${path} ${JSON.stringify(text)}`;
        assert.equal(status, path === "/redirect" ? (wide ? 303 : 400) : 500, what);
        assert.equal(log.lines.length, path === "/redirect" ? 0 : 1, what);
        assert.equal(headers.get("x-evil"), null, what);
        assert.doesNotMatch(headers.get("set-cookie") ?? "", /a=b/, what);
        if (wide && path === "/redirect") assert.match(headers.get("location") ?? "", /%C4%8A/, what);
      }
    }
    assert.match((await load(app)).body, /home/);
  },
);
