import assert from "node:assert/strict";
import { App, Reflex } from "@argyle/argyle";
import { Path } from "@argyle/argyle/protocol";
import { clientPath as pathOf } from "../../server/page/document.ts";
import { type EveryKind, everyKind, headersOf } from "../helpers/every_kind.tsx";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

type Table = Readonly<Record<string, string>>;
type Row = readonly [path: string, init: RequestInit, status: number, headers: Table];

const safe: Table = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  "referrer-policy": "strict-origin-when-cross-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};
const always: Table = { ...safe, "x-request-id": "R" };
const hsts: Table = { "strict-transport-security": "max-age=31536000" };
const html: Table = { "content-type": "text/html; charset=utf-8" };
const cookie: Table = { "set-cookie": "argyle-app=R; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax" };
const hostCookie: Table = {
  "set-cookie": "__Host-argyle-app=R; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax",
};
const policy = (scripts: string, styles: string) =>
  `default-src 'none'; script-src ${scripts}; style-src ${styles}; style-src-attr 'unsafe-inline'; ` +
  "img-src 'self' data:; media-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'; " +
  "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";
const noncePolicy = policy("'nonce-R'", "'self' 'nonce-R'");
const stylesPolicy = policy("'self'", "'self' 'sha256-ngewhhP73WDIbgwseeu52VAAJgKdGUsu1IUQQsAm8m4='");
const varied = "cookie, argyle-visit";
const page: Table = {
  ...always,
  ...html,
  "cache-control": "private, no-store",
  "content-security-policy": noncePolicy,
  vary: varied,
};
const error: Table = {
  ...always,
  ...html,
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
};
// What the app answers may be zipped; what the door refuses is not.
const shown: Table = { ...error, vary: "accept-encoding" };
const shared: Table = {
  ...always,
  "cache-control": "public, max-age=60",
  "content-security-policy": stylesPolicy,
  etag: '"R"',
  vary: "accept-encoding",
};
const own: Table = { ...always, "cache-control": "private, no-store", vary: "accept-encoding" };
const dated: Table = {
  ...always,
  "cache-control": "public, max-age=0, must-revalidate",
  "last-modified": "Fri, 20 Nov 2026 10:00:00 GMT",
};
const text: Table = { "content-type": "text/plain; charset=utf-8" };
const file: Table = {
  ...dated,
  ...text,
  "accept-ranges": "bytes",
  "content-length": "10",
  etag: '"a-mwot5j40"',
  vary: "accept-encoding",
};
const zippedFile: Table = {
  ...dated,
  ...text,
  "content-encoding": "gzip",
  etag: 'W/"1jk-mwot5j40"',
  vary: "accept-encoding",
};
const allow: Table = { allow: "GET, HEAD, OPTIONS" };
const clientPath = pathOf("client");
const hash = /client-([0-9a-f]{12})\.js$/.exec(clientPath)?.[1];
const script: Table = {
  ...always,
  "cache-control": "public, max-age=31536000, immutable",
  "content-type": "text/javascript; charset=utf-8",
  etag: `"${hash}"`,
  vary: "accept-encoding",
};

const same = { "sec-fetch-site": "same-origin" };
const gzip = { "accept-encoding": "gzip" };
const form = { ...same, "content-type": "application/x-www-form-urlencoded" };
const never = () => new ReadableStream({ pull: () => new Promise(() => {}) });

/** Asks for each row, as somebody with this cookie, and compares every header. */
async function compare(site: EveryKind, rows: Readonly<Record<string, Row>>, known?: string): Promise<void> {
  for (const [title, [path, init, status, headers]] of Object.entries(rows)) {
    const request = new Request(new URL(path, "http://127.0.0.1"), init);
    if (known !== undefined && !request.headers.has("cookie")) request.headers.set("cookie", known);
    const response = await site.app.fetch(request);
    assert.equal(response.status, status, title);
    assert.deepEqual(await headersOf(response), { ...headers }, title);
  }
}

timed("headers: of a private page, to who is new, known, on https and on another machine", async () => {
  await using site = await everyKind({ hosts: ["127.0.0.1", "shop.test", "192.0.2.1"] });
  const secure = {
    ...page,
    ...hsts,
    "content-security-policy": `${noncePolicy}; upgrade-insecure-requests`,
  };
  const { "content-length": _, ...zipped } = {
    ...page,
    "content-length": "",
    "content-encoding": "gzip",
    vary: `${varied}, accept-encoding`,
  };
  await compare(site, {
    "first visit": ["/", {}, 200, { ...page, ...cookie, "content-length": "N" }],
    "first visit on https": ["https://shop.test/", {}, 200, {
      ...secure,
      ...hostCookie,
      "content-length": "N",
    }],
    "plain http from elsewhere": ["http://192.0.2.1/", {}, 200, { ...page, "content-length": "N" }],
  });
  await compare(site, {
    "known": ["/", {}, 200, { ...page, "content-length": "N" }],
    "HEAD": ["/", { method: "HEAD" }, 200, { ...page, "content-length": "N" }],
    "zipped": ["/large", { headers: gzip }, 200, zipped],
    "HEAD of a zipped one": ["/large", { method: "HEAD", headers: gzip }, 200, zipped],
    "left with a redirect": ["/left", {}, 303, {
      ...always,
      "cache-control": "private, no-store",
      "content-security-policy": noncePolicy,
      location: "/",
    }],
    "OPTIONS": ["/", { method: "OPTIONS" }, 204, { ...always, ...allow }],
  }, (await load(site.app)).cookie);
});

timed("headers: of a public page, the same for everybody", async () => {
  await using site = await everyKind({ hosts: ["127.0.0.1", "shop.test"] });
  const whole = { ...shared, ...html, "content-length": "N" };
  const etag = (await load(site.app, "/public")).response.headers.get("etag") ?? "";
  const zipped = { ...shared, ...html, "content-encoding": "gzip", etag: 'W/"R"' };
  await compare(site, {
    "whole": ["/public", {}, 200, whole],
    "HEAD": ["/public", { method: "HEAD" }, 200, whole],
    "zipped": ["/public", { headers: gzip }, 200, zipped],
    "HEAD of a zipped one": ["/public", { method: "HEAD", headers: gzip }, 200, zipped],
    "known": ["/public", { headers: { "if-none-match": etag } }, 304, shared],
    "https": ["https://shop.test/public", {}, 200, {
      ...whole,
      ...hsts,
      "content-security-policy": `${stylesPolicy}; upgrade-insecure-requests`,
    }],
  });
});

timed("headers: of everything that fails, by its status", async () => {
  await using site = await everyKind({ hosts: ["127.0.0.1", "shop.test"] });
  await compare(site, {
    "404 of a first visit": ["/nothing", {}, 404, { ...shown, ...cookie }],
    "404 on https": ["https://shop.test/nothing", {}, 404, { ...shown, ...hsts, ...hostCookie }],
    "400 on https": ["https://shop.test/%2f", {}, 400, { ...error, ...hsts }],
  });
  const foreign = { "sec-fetch-site": "cross-site" };
  await compare(site, {
    "400 path": ["/a%2fb", {}, 400, error],
    "400 host": ["/", { headers: { host: "a b" } }, 400, error],
    "403": ["/form", { method: "POST", headers: foreign }, 403, error],
    "404": ["/nothing", {}, 404, shown],
    "404 HEAD": ["/nothing", { method: "HEAD" }, 404, shown],
    "404 zipped": ["/nothing", { headers: gzip }, 404, { ...shown, "content-encoding": "gzip" }],
    "405": ["/", { method: "PUT", headers: same }, 405, { ...shown, ...allow }],
    "408": ["/form", { method: "POST", headers: form, body: never() }, 408, shown],
    "410 with a header of its own": ["/status/410", {}, 410, { ...shown, "x-reason": "why" }],
    "413": ["/form", { method: "POST", headers: form, body: "a=123456789" }, 413, shown],
    "414": [`/${"x".repeat(9000)}`, {}, 414, error],
    "415": ["/form", { method: "POST", headers: same, body: "a=1" }, 415, shown],
    "421": ["http://evil.test/", {}, 421, error],
    // Nothing is promised for a name that is not ours.
    "421 on https": ["https://evil.test/", {}, 421, error],
    "431": ["/", { headers: { cookie: `a=${"x".repeat(8192)}` } }, 431, error],
    "500": ["/throws", {}, 500, shown],
    "504": ["/endless", {}, 504, shown],
  }, (await load(site.app)).cookie);
});

timed("headers: of a route's own response, which keeps what it says itself", async () => {
  await using site = await everyKind();
  const plain = { ...own, "content-type": "text/plain;charset=UTF-8" };
  const { vary: _, ...empty } = own;
  await compare(site, { "first visit": ["/plain", {}, 200, { ...plain, ...cookie }] });
  await compare(site, {
    "plain": ["/plain", {}, 200, plain],
    "HEAD": ["/plain", { method: "HEAD" }, 200, plain],
    "zipped": ["/plain", { headers: gzip }, 200, { ...plain, "content-encoding": "gzip" }],
    "JSON": ["/json", {}, 200, { ...own, "content-type": "application/json" }],
    "headers of its own": ["/own", {}, 200, {
      ...own,
      "cache-control": "private, max-age=5",
      "content-security-policy": "default-src 'self'",
      "content-type": "text/html",
      "x-frame-options": "SAMEORIGIN",
      "x-own": "1",
    }],
    "no content": ["/empty", { method: "DELETE", headers: same }, 204, empty],
    "OPTIONS": ["/form", { method: "OPTIONS" }, 204, { ...always, allow: "POST, OPTIONS" }],
  }, (await load(site.app)).cookie);
});

timed("headers: of a file, which brings nobody's cookie", async () => {
  await using site = await everyKind({ hosts: ["127.0.0.1", "shop.test"] });
  const { vary: _, ...unvaried } = file;
  const refused = { ...error, ...allow };
  const picture = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox";
  const document = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  const path = "/files/small.txt";
  const known = { "if-none-match": '"a-mwot5j40"' };
  await compare(site, {
    "plain": [path, {}, 200, file],
    "https": [`https://shop.test${path}`, {}, 200, { ...file, ...hsts }],
    "HEAD": [path, { method: "HEAD" }, 200, file],
    "zipped": ["/files/large.txt", { headers: gzip }, 200, zippedFile],
    "HEAD of a zipped one": ["/files/large.txt", { method: "HEAD", headers: gzip }, 200, zippedFile],
    "a compressed one beside it": ["/files/beside.js", { headers: { "accept-encoding": "br" } }, 200, {
      ...dated,
      "content-encoding": "br",
      "content-length": "6",
      "content-type": "text/javascript; charset=utf-8",
      etag: '"6-mwot5j40-br"',
      vary: "accept-encoding",
    }],
    "a name with a hash": ["/files/app-3f9a1c2b.css", {}, 200, {
      ...file,
      "cache-control": "public, max-age=31536000, immutable",
      "content-length": "4",
      "content-type": "text/css; charset=utf-8",
      etag: '"4-mwot5j40"',
    }],
    "a picture": ["/files/picture.png", {}, 200, {
      ...unvaried,
      "content-length": "3",
      "content-type": "image/png",
      etag: '"3-mwot5j40"',
    }],
    "a drawing": ["/files/drawing.svg", {}, 200, {
      ...file,
      "content-length": "6",
      "content-security-policy": picture,
      "content-type": "image/svg+xml",
      etag: '"6-mwot5j40"',
    }],
    "a document": ["/files/page.html", {}, 200, {
      ...file,
      ...html,
      "content-length": "N",
      "content-security-policy": document,
      etag: '"3-mwot5j40"',
    }],
    "206": [path, { headers: { range: "bytes=2-4" } }, 206, {
      ...file,
      "content-length": "3",
      "content-range": "bytes 2-4/10",
    }],
    "304": [path, { headers: known }, 304, { ...dated, etag: '"a-mwot5j40"', vary: "accept-encoding" }],
    "412": [path, { headers: { "if-match": '"x"' } }, 412, error],
    "416": [path, { headers: { range: "bytes=99-" } }, 416, { ...error, "content-range": "bytes */10" }],
    "OPTIONS": [path, { method: "OPTIONS" }, 204, { ...always, ...allow }],
    "405": [path, { method: "PUT", headers: same }, 405, refused],
  });
});

timed("headers: of the browser's script, of health, and of a ticket", async () => {
  await using site = await everyKind();
  const zipped = { ...script, "content-encoding": "gzip", etag: `"${hash}-gzip"` };
  // Whatever watches over us asks every second: its requests have no id.
  const health = { ...safe, ...text, "cache-control": "no-store" };
  const ticket = { ...same, "content-type": "text/plain" };
  await compare(site, {
    "script": [clientPath, {}, 200, script],
    "script, HEAD": [clientPath, { method: "HEAD" }, 200, script],
    "script, zipped": [clientPath, { headers: gzip }, 200, zipped],
    "script, known": [clientPath, { headers: { "if-none-match": `"${hash}"` } }, 304, script],
    "script, 405": [clientPath, { method: "OPTIONS" }, 405, { ...error, allow: "GET, HEAD" }],
    "health": [Path.health, {}, 200, health],
    "ticket, 403": [Path.ticket, { method: "POST", headers: ticket, body: "" }, 403, error],
    "ticket, 405": [Path.ticket, {}, 405, { ...error, allow: "POST" }],
  });
  await site.app[Symbol.asyncDispose]();
  await compare(site, {
    "health, stopping": [Path.health, {}, 503, health],
    "socket, stopping": [Path.socket, {}, 503, { ...error, "retry-after": "1" }],
  });
});

timed("headers: of a ticket that is good", async () => {
  class Account extends Reflex {
    enter() {
      this.login("ann");
    }
  }
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Account });
  app.page("/", () => <b data-reflex="click->Account#enter">enter</b>);
  await using server = await app.listen({ port: 0 });
  const visit = await load(app);
  await using peer = await Peer.live(server, visit);
  assert.deepEqual(await peer.call("Account#enter"), ["done", 1]);
  const [kind, ticket] = await peer.next();
  assert.equal(kind, "ticket");
  const headers = { ...same, cookie: visit.cookie, "content-type": "text/plain" };
  const response = await app.fetch(
    new Request(`http://127.0.0.1${Path.ticket}`, { method: "POST", headers, body: String(ticket) }),
  );
  assert.equal(response.status, 204);
  assert.deepEqual(await headersOf(response), { ...always, ...cookie, "cache-control": "no-store" });
});

timed("headers: of a socket that was not opened", async () => {
  await using site = await everyKind({ limits: { sockets: 0 } });
  const { cookie } = await load(site.app);
  const good = {
    cookie,
    connection: "Upgrade",
    origin: "http://127.0.0.1",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "sec-websocket-version": "13",
    upgrade: "websocket",
  };
  await compare(site, {
    "no origin": [Path.socket, { headers: { ...good, origin: "" } }, 403, error],
    "a foreign origin": [Path.socket, { headers: { ...good, origin: "http://evil.test" } }, 403, error],
    "no cookie": [Path.socket, { headers: { ...good, cookie: "" } }, 403, error],
    "no room": [Path.socket, { headers: good }, 503, { ...error, "retry-after": "5" }],
  });
  await using roomy = await everyKind();
  good.cookie = (await load(roomy.app)).cookie;
  const version = { ...good, "sec-websocket-version": "8" };
  const { upgrade: _, ...plain } = good;
  await compare(roomy, {
    "POST": [Path.socket, { method: "POST", headers: { ...good, ...same } }, 405, { ...error, allow: "GET" }],
    "no upgrade": [Path.socket, { headers: plain }, 426, { ...error, upgrade: "websocket" }],
    "version": [Path.socket, { headers: version }, 426, { ...error, "sec-websocket-version": "13" }],
    "key": [Path.socket, { headers: { ...good, "sec-websocket-key": "short" } }, 400, error],
  });
});
