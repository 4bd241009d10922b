import assert from "node:assert/strict";
import { timed } from "../../helpers/peer.ts";
import { makeFolder, written } from "./_files.ts";

const digits = "0123456789";

timed("serveFiles: a file has its type, length, tag, date and cache rule", async () => {
  await using folder = await makeFolder({ "css/app.css": "p {}" });
  const { status, headers, text } = await folder.ask("/files/css/app.css");
  assert.deepEqual([status, text], [200, "p {}"]);
  assert.deepEqual(Object.fromEntries(headers), {
    "accept-ranges": "bytes",
    "cache-control": "public, max-age=0, must-revalidate",
    "content-length": "4",
    "content-type": "text/css; charset=utf-8",
    etag: `"4-${written.getTime().toString(36)}"`,
    "last-modified": "Fri, 20 Nov 2026 10:00:00 GMT",
    vary: "accept-encoding",
  });
});

timed(
  "serveFiles: HEAD has the headers of GET and no body; OPTIONS and other methods are told what there is",
  async () => {
    await using folder = await makeFolder({ "a.txt": digits });
    const get = await folder.ask("/files/a.txt");
    const head = await folder.ask("/files/a.txt", { method: "HEAD", headers: { range: "bytes=0-1" } });
    assert.deepEqual([head.status, head.text], [200, ""]);
    assert.deepEqual([...head.headers], [...get.headers]);
    const options = await folder.ask("/files/a.txt", { method: "OPTIONS" });
    assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS"]);
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "PROPFIND"]) {
      const answer = await folder.ask("/files/a.txt", { method });
      assert.deepEqual([answer.status, answer.headers.get("allow")], [405, "GET, HEAD, OPTIONS"], method);
      assert.equal((await folder.ask("/files/none", { method })).status, 0, method);
    }
  },
);

timed("serveFiles: the media type is by the extension, and bytes where nobody knows it", async () => {
  await using folder = await makeFolder();
  for (
    const [name, type] of [
      ["a.html", "text/html; charset=utf-8"],
      ["a.HTM", "text/html; charset=utf-8"],
      ["a.js", "text/javascript; charset=utf-8"],
      ["a.mjs", "text/javascript; charset=utf-8"],
      ["a.css", "text/css; charset=utf-8"],
      ["a.txt", "text/plain; charset=utf-8"],
      ["a.json", "application/json"],
      ["a.js.map", "application/json"],
      ["a.svg", "image/svg+xml"],
      ["a.png", "image/png"],
      ["favicon.ico", "image/x-icon"],
      ["a.woff2", "font/woff2"],
      ["a.wasm", "application/wasm"],
      ["a.webmanifest", "application/manifest+json"],
      ["a.mp4", "video/mp4"],
      ["a.tar.gz", "application/gzip"],
      ["a.css.br", "application/octet-stream"],
      ["a.css.zst", "application/octet-stream"],
      ["a.unheard-of", "application/octet-stream"],
      ["a.constructor", "application/octet-stream"],
      ["a.__proto__", "application/octet-stream"],
      ["html", "application/octet-stream"],
      ["b.html/a", "application/octet-stream"],
    ] as const
  ) {
    await folder.write(name, "x");
    const { headers } = await folder.ask(`/files/${name}`, {
      headers: { "accept-encoding": "gzip, br, zstd" },
    });
    assert.equal(headers.get("content-type"), type, name);
    assert.equal(headers.get("content-encoding"), null, name);
  }
  await folder.write("a.gpx", "x");
  const types = { gpx: "application/gpx+xml", html: "text/plain" };
  assert.equal(
    (await folder.ask("/files/a.gpx", {}, { types })).headers.get("content-type"),
    "application/gpx+xml",
  );
  assert.match(
    (await folder.ask("/files/a.html", {}, { types })).headers.get("content-type")!,
    /^text\/plain;/,
  );
});

timed(
  "serveFiles: HTML runs the app's own scripts, SVG and XML none, unless the author says otherwise",
  async () => {
    await using folder = await makeFolder({
      "a.html": "",
      "a.svg": "",
      "a.rss": "",
      "a.xml": "",
      "a.js": "",
    });
    const policy = async (name: string, headers?: Record<string, string>) =>
      (await folder.ask(`/files/${name}`, {}, headers === undefined ? {} : { headers })).headers.get(
        "content-security-policy",
      );
    const html = await policy("a.html");
    assert.match(html!, /^default-src 'self'; /);
    assert.ok(!html!.includes("script-src") && html!.includes("frame-ancestors 'none'"));
    for (const name of ["a.svg", "a.rss", "a.xml"]) {
      assert.match((await policy(name))!, /^default-src 'none'; .*; sandbox$/, name);
    }
    assert.equal(await policy("a.js"), null);
    const own = { "content-security-policy": "script-src 'unsafe-inline'" };
    assert.equal(await policy("a.html", own), own["content-security-policy"]);
  },
);

timed(
  "serveFiles: headers of the author's are on every file, and change nothing that the protocol decides",
  async () => {
    await using folder = await makeFolder({ "a.txt": digits });
    const headers = {
      vary: "origin",
      "content-length": "3",
      "x-robots-tag": "noindex",
      "content-type": "text/html",
    };
    const answer = await folder.ask("/files/a.txt", {}, { headers });
    assert.equal(answer.headers.get("x-robots-tag"), "noindex");
    assert.equal(answer.headers.get("vary"), "origin, accept-encoding");
    assert.equal(answer.headers.get("content-length"), "10");
    assert.match(answer.headers.get("content-type")!, /^text\/plain/);
  },
);

timed("serveFiles: a name with a hash is kept for a year, every other is asked for again", async () => {
  await using folder = await makeFolder();
  const immutable = [
    "app-3f9a1c2b.css",
    "app.3f9a1c2b.css",
    "app-3F9A1C2B.css",
    "js/chunk-K3ZQ7A2M.js",
    "app.3f9a1c2b.js.map",
    "app.d41d8cd98f00b204e9800998ecf8427e.js",
    `app-${"a1".repeat(32)}.js`,
  ];
  const others = [
    "app.css",
    "app-3f9a1c2.css",
    "app3f9a1c2b.css",
    "3f9a1c2b.css",
    "app-3f9a1c2b",
    "app-3f9a1c2b-.css",
    "app-3f9a1c2b.d.x-y",
    "3f9a1c2b-app.css",
    "plan-20261120.pdf",
    "my-holidays.jpg",
    "READ-OVERVIEW.md",
    "img-vacation2.jpg",
    "app-deadbeef.css",
    `app-${"a1".repeat(33)}.js`,
  ];
  for (const name of [...immutable, ...others]) {
    await folder.write(name, "x");
    const said = (await folder.ask(`/files/${name}`)).headers.get("cache-control");
    const expected = immutable.includes(name)
      ? "public, max-age=31536000, immutable"
      : "public, max-age=0, must-revalidate";
    assert.equal(said, expected, name);
  }
  const own = { cacheControl: "private, no-store" };
  assert.equal(
    (await folder.ask("/files/app-3f9a1c2b.css", {}, own)).headers.get("cache-control"),
    own.cacheControl,
  );
  const some = { cacheControl: (name: string) => name.startsWith("js/") ? "max-age=60" : undefined };
  assert.equal(
    (await folder.ask("/files/js/chunk-K3ZQ7A2M.js", {}, some)).headers.get("cache-control"),
    "max-age=60",
  );
  assert.match(
    (await folder.ask("/files/app-3f9a1c2b.css", {}, some)).headers.get("cache-control")!,
    /immutable/,
  );
});
