import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import { MemoryLog, timed } from "../../helpers/peer.ts";
import { makeFolder } from "./_files.ts";

function get(app: App, path: string, init?: RequestInit) {
  return app.fetch(new Request(`http://127.0.0.1${path}`, init));
}

timed("static: files are before pages, with the security headers and without a cookie", async () => {
  await using folder = await makeFolder({ "a.txt": "a", "hello.txt": "file" });
  const app = new App({ log: new MemoryLog() });
  app.page("/files/:name", ({ params }) => params.name);
  app.static("/files", folder.path);
  const file = await get(app, "/files/hello.txt");
  assert.equal(await file.text(), "file");
  assert.equal(file.headers.get("x-content-type-options"), "nosniff");
  assert.equal(file.headers.get("set-cookie"), null);
  const page = await get(app, "/files/none.txt");
  assert.match(await page.text(), /none\.txt/);
  assert.match(page.headers.get("content-type")!, /html/);
});

timed("static: middleware guards files by the same path as pages, and files bring no cookie", async () => {
  await using folder = await makeFolder({ "admin/a.txt": "secret", "b.txt": "b" });
  const app = new App({ log: new MemoryLog() });
  app.use(({ path }, next) =>
    path.startsWith("/files/admin/") ? new Response(null, { status: 403 }) : next()
  );
  app.static("/files", folder.path);
  for (
    const path of ["admin/a.txt", "%61dmin/a.txt", "x/../admin/a.txt", "./admin/a.txt", "%2e/admin/a.txt"]
  ) {
    assert.equal((await get(app, `/files/${path}`)).status, 403, path);
  }
  for (const path of ["/admin/a.txt", "admin%2fa.txt", "admin%5ca.txt", "admin\\a.txt", "admin%00/a.txt"]) {
    const response = await get(app, `/files/${path}`);
    assert.ok([400, 403].includes(response.status), path);
    await response.body?.cancel();
  }
  const open = await get(app, "/files/b.txt");
  assert.deepEqual([await open.text(), open.headers.get("set-cookie")], ["b", null]);
});

timed(
  "static: gzipped on the way where there is no compressed file; a reader that goes away leaves nothing open",
  async () => {
    const text = "body { color: red }\n".repeat(100_000);
    await using folder = await makeFolder({ "a.css": text, "b.css": text, "b.css.br": "br" });
    const app = new App({ log: new MemoryLog() });
    app.static("/", folder.path);
    const headers = { "accept-encoding": "gzip, br" };
    const a = await get(app, "/a.css", { headers });
    assert.equal(a.headers.get("content-encoding"), "gzip");
    assert.equal(await new Response(a.body!.pipeThrough(new DecompressionStream("gzip"))).text(), text);
    const again = await get(app, "/a.css", {
      headers: { ...headers, "if-none-match": a.headers.get("etag")! },
    });
    assert.equal(again.status, 304);
    const b = await get(app, "/b.css", { headers });
    assert.deepEqual([await b.text(), b.headers.get("content-encoding")], ["br", "br"]);
    const gone = await get(app, "/a.css", { headers });
    const reader = gone.body!.getReader();
    await reader.read();
    await reader.cancel();
  },
);

timed("static: a missing directory is 500 and a line in the log", async () => {
  const log = new MemoryLog();
  const app = new App({ log });
  app.static("/files", "no/such/directory");
  const response = await get(app, "/files/a.txt");
  await response.body?.cancel();
  assert.equal(response.status, 500);
  assert.ok(log.lines.some((line) => line.includes('Cannot serve files from "no/such/directory"')));
});
