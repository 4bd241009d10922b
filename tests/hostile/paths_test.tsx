import assert from "node:assert/strict";
import fc from "fast-check";
import { App } from "@argyle/argyle";
import { temporaryFolder } from "../helpers/folder.ts";
import { load, MemoryLog, timed } from "../helpers/peer.ts";
import { RawPeer } from "../helpers/raw.ts";

/** An app whose pages, routes and files below `admin` are guarded, by the path that middleware is given. */
async function open() {
  const folder = await temporaryFolder({ "open.txt": "open", "admin/secret.txt": "SECRET" });
  const log = new MemoryLog();
  const app = new App({ log });
  app.use(({ path }, next) => {
    return /^\/(files\/)?admin(\/|$)/.test(path) ? new Response("guarded", { status: 403 }) : next();
  });
  app.static("/files", folder.path);
  app.page("/", () => "home");
  app.page("/admin", () => "SECRET");
  app.page("/admin/:name", () => "SECRET");
  app.route("/admin/route", { GET: () => new Response("SECRET") });
  return { app, log, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

/** What stands for `admin` or leads to it, in the eyes of some parser; `at` is `/` or `/files/`. */
const forms: readonly (readonly [path: (at: string) => string, status: number])[] = [
  [(at) => `${at}admin`, 403],
  [(at) => `${at}admin/`, 403],
  [(at) => `${at}admin/route`, 403],
  [(at) => `${at}admin/secret.txt`, 403],
  [(at) => `${at}%61dmin`, 403],
  [(at) => `${at}admin?a=/..`, 403],
  [(at) => `${at}./admin`, 403],
  [(at) => `${at}%2e/admin`, 403],
  [(at) => `${at}x/../admin`, 403],
  [(at) => `${at}x/%2e%2e/admin`, 403],
  [(at) => `${at}x/.%2E/admin/route`, 403],
  [(at) => `${at}x\\..\\admin`, 403],
  [(at) => `${at}..%2fadmin`, 400],
  [(at) => `${at}x%2f..%2fadmin`, 400],
  [(at) => `${at}x%5c..%5cadmin`, 400],
  [(at) => `${at}admin%5csecret.txt`, 400],
  [(at) => `${at}admin%2fsecret.txt`, 400],
  [(at) => `${at}/admin`, 400],
  [(at) => `${at}/admin/secret.txt`, 400],
  [(at) => `${at}admin%00`, 400],
  [(at) => `${at}%00admin`, 400],
  [(at) => `${at}admin%0a`, 400],
  [(at) => `${at}adm%09in`, 400],
  [(at) => `${at}adm%0din/secret.txt`, 400],
  [(at) => `${at}x/.%09./admin`, 400],
  [(at) => `${at}x/%0a../admin`, 400],
  [(at) => `${at}admin%7f`, 400],
  [(at) => `${at}%1fadmin`, 400],
  [(at) => `${at}%c0%ae%c0%ae/admin`, 400],
  [(at) => `${at}%c1%a1dmin`, 400],
  [(at) => `${at}%e0%80%afadmin`, 400],
  [(at) => `${at}%ed%a0%80admin`, 400],
  [(at) => `${at}admin%`, 400],
  [(at) => `${at}%u0061dmin`, 400],
  [(at) => `${at}%252e%252e/admin`, 404],
  [(at) => `${at}%2561dmin`, 404],
  [(at) => `${at}admin%2500`, 404],
  [(at) => `${at}x%252f..%252fadmin`, 404],
  [(at) => `${at}admin%3fa`, 404],
  [(at) => `${at}admin%23a`, 404],
  [(at) => `${at}admin;a=b`, 404],
  [(at) => `${at}admin%20`, 404],
  [(at) => `${at}admin.`, 404],
  [(at) => `${at}ADMIN`, 404],
  [(at) => `${at}..;/admin`, 404],
  [(at) => `${at}.../admin`, 404],
  [(at) => `${at}%ef%bc%8fadmin`, 404],
  [(at) => `${at}%e2%88%95admin`, 404],
  [(at) => `${at}%ef%bd%81dmin`, 404],
  [(at) => `${at}%cc%88admin`, 404],
  [(at) => `${at}${"../".repeat(2000)}etc/passwd`, 404],
  [(at) => `${at}${"x".repeat(9000)}`, 414],
];

timed("paths: pages, routes, files and guards read a path alike, in all its forms", async () => {
  await using site = await open();
  for (const [form, status] of forms) {
    for (const at of ["/", "/files/"]) {
      const path = form(at);
      const response = await site.app.fetch(new Request(`http://127.0.0.1${path}`));
      const text = await response.text();
      assert.equal(response.status, status, path.slice(0, 60));
      assert.doesNotMatch(text, /SECRET|root:/, path.slice(0, 60));
    }
  }
  assert.deepEqual(site.log.lines, [], "none of them is worth a line");
  assert.match((await load(site.app)).body, /home/);
});

timed("paths: a request line that no browser would send is read alike", async () => {
  await using site = await open();
  await using server = await site.app.listen({ port: 0 });
  site.log.lines.length = 0;
  const ask = async (path: string) => {
    using peer = await RawPeer.connect(server);
    await peer.send(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`);
    return await peer.answer();
  };
  for (const [form, status] of forms) {
    for (const at of ["/", "/files/"]) {
      const path = form(at);
      const answer = await ask(path);
      assert.equal(answer?.status, status, path.slice(0, 60));
      assert.doesNotMatch(answer?.text ?? "", /SECRET|root:/, path.slice(0, 60));
    }
  }
  for (const [path, status] of [["/\xff\xfeadmin", 400], ["/\xc3\xbcadmin", 404], ["admin", 400]] as const) {
    assert.equal((await ask(path))?.status, status, JSON.stringify(path));
  }
  assert.deepEqual(site.log.lines, []);
  assert.equal((await ask("/files/open.txt"))?.text, "open");
});

timed("paths: no mixture of escapes, dots and separators gets past a guard", async () => {
  await using site = await open();
  const pieces = [
    ..."/\\.;?#%&:@",
    "admin",
    "secret.txt",
    "files",
    "route",
    "..",
    "x",
    "%61",
    "dmin",
    "%2e",
    "%2f",
    "%5c",
    "%25",
    "%20",
    ...Array.from({ length: 32 }, (_, at) => `%${at.toString(16).padStart(2, "0")}`),
    "%7f",
    "%c2%85",
    "%c2%a0",
    "%e2%80%a8",
    "%ef%bb%bf",
    "%c0%af",
  ];
  const path = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((all) =>
    all.join("")
  );
  const near = fc.tuple(path, path).map(([before, after]) => `${before}/admin${after}`);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(path, near, near.map((text) => text.replace("admin", "adm%09in"))),
      async (text) => {
        const url = URL.parse(`http://127.0.0.1/${text}`);
        if (url === null) return;
        const response = await site.app.fetch(new Request(url));
        assert.doesNotMatch(await response.text(), /SECRET/, text);
        assert.ok([200, 400, 403, 404, 405].includes(response.status), `${response.status} ${text}`);
      },
    ),
    { numRuns: 2000 },
  );
  assert.deepEqual(site.log.lines, []);
});

timed("paths: what is mounted below is guarded by its own, whatever the escapes of its base", async () => {
  await using site = await open();
  const inner = new App({ base: "/shop", log: new MemoryLog() });
  inner.use(({ path }, next) => path === "/admin" ? new Response("guarded", { status: 403 }) : next());
  inner.page("/", () => "shop");
  inner.page("/admin", () => "SECRET");
  site.app.mount(inner);
  for (
    const [path, status] of [
      ["/shop/admin", 403],
      ["/shop/%61dmin", 403],
      ["/shop/x/../admin", 403],
      ["/shop/adm%0ain", 400],
      ["/shop//admin", 400],
      ["/x/../shop/admin", 403],
      ["/sh%6fp/admin", 404],
      ["/SHOP/admin", 404],
      ["/shop%2fadmin", 400],
    ] as const
  ) {
    const response = await site.app.fetch(new Request(`http://127.0.0.1${path}`));
    assert.doesNotMatch(await response.text(), /SECRET/, path);
    assert.equal(response.status, status, path);
  }
});
