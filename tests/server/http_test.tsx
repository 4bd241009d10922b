import assert from "node:assert/strict";
import { App, Head, HttpError } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { memory } from "@argyle/argyle/memory";
import { clientHash, clientScripts } from "../../server/page/client_script.ts";
import { load, MemoryLog, timed } from "../helpers/peer.ts";

function make(options: AppOptions = {}) {
  const log = new MemoryLog();
  const app = new App({ log, ...options });
  app.page("/", () => (
    <main>
      <Head>
        <title>Home</title>
        <meta name="description" content="A page" />
        <link rel="icon" href="data:," />
        <style>{'p::before { content: "<&>"; }'}</style>
      </Head>
      <p>Hello</p>
    </main>
  ));
  app.page("/orders/:id", ({ params, query }) => <p>{JSON.stringify([params, [...query]])}</p>);
  app.page("/files/*", ({ params }) => <p>{params["0"]}</p>);
  app.page("/throws", () => {
    throw new Error("secret detail");
  });
  app.page("/rejects", async () => {
    await Promise.resolve();
    throw new Error("secret detail");
  });
  app.page("/gone", () => {
    throw new HttpError(410, "It was <here> until last week.");
  });
  app.page("/away", () => new Response(null, { status: 303, headers: { location: "/orders/1" } }));
  app.page("/writes", ({ session }) => {
    (session as { count: number }).count = 1;
    return <p />;
  });
  app.page("/loads", async ({ load }) => {
    let loads = 0;
    const value = () => load(["a", 1], () => ++loads);
    return <p>{await value()}{await value()}{await load("b", () => Promise.resolve("b"))}</p>;
  });
  return { app, log };
}

function get(app: App, path: string, init: RequestInit & { origin?: string } = {}) {
  return app.fetch(new Request(`${init.origin ?? "http://127.0.0.1"}${path}`, init));
}

timed("page: is a whole document, in the order that parsers want", async () => {
  const { app } = make();
  const page = await load(app);
  assert.equal(page.response.status, 200);
  const nonce = /nonce="([^"]+)"/.exec(page.html)![1]!;
  assert.equal(
    page.html,
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">` +
      `<meta name="viewport" content="width=device-width, initial-scale=1">` +
      `<title>Home</title><meta name="description" content="A page"><link rel="icon" href="data:,">` +
      `<style nonce="${nonce}">p::before { content: "<&>"; }</style>` +
      `<script type="module" nonce="${nonce}" src="/_argyle/client-${clientHash}.js" ` +
      `data-argyle="${page.token}" data-argyle-visit="${page.visit}"></script></head>` +
      `<body><main><p>Hello</p></main></body></html>`,
  );
});

timed("page: GET and HEAD answer alike, HEAD without a body; other methods are refused", async () => {
  const { app } = make();
  const head = await get(app, "/", { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
  assert.equal(head.headers.get("content-type"), "text/html; charset=utf-8");
  const options = await get(app, "/", { method: "OPTIONS" });
  assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS"]);
  for (const method of ["PUT", "DELETE", "PATCH"]) {
    const response = await get(app, "/", { method });
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
    await response.body?.cancel();
  }
});

timed("page: params and query are decoded once; the first page that fits wins", async () => {
  const { app } = make();
  const body = async (path: string) => (await load(app, path)).body.replaceAll("&quot;", '"');
  assert.equal(await body("/orders/17?a=1&a=%C3%BC"), '<p>[{"id":"17"},[["a","1"],["a","ü"]]]</p>');
  assert.equal(await body("/orders/%C3%BC%20%2541"), '<p>[{"id":"ü %41"},[]]</p>');
  assert.equal(await body("/files/a/b.txt"), "<p>a/b.txt</p>");
  assert.equal((await get(app, "/%6frders/1")).status, 200);
});

timed(
  "path: a slash, backslash or NUL that hides, and bad UTF-8, are refused before any route sees them",
  async () => {
    const { app } = make();
    for (
      const path of [
        "/orders/a%2fb",
        "/orders/a%2Fb",
        "/orders/%5c",
        "/orders/%00",
        "/files//x",
        "/orders/%ff",
        "/%",
      ]
    ) {
      const response = await get(app, path);
      assert.equal(response.status, 400, path);
      await response.body?.cancel();
    }
  },
);

timed("limits: a URL that is too long and a query with too many params are refused", async () => {
  const { app } = make();
  const status = async (path: string) => {
    const response = await get(app, path);
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await status(`/files/${"x".repeat(8 * 1024 - 7)}`), 200);
  assert.equal(await status(`/files/${"x".repeat(8 * 1024 - 6)}`), 414);
  const query = (count: number) => `/?${Array.from({ length: count }, (_, i) => `p${i}=1`).join("&")}`;
  assert.equal(await status(query(256)), 200);
  assert.equal(await status(query(257)), 414);
});

timed("limits: cookies that are too long are refused", async () => {
  const { app } = make();
  const response = await get(app, "/", { headers: { cookie: `a=${"x".repeat(8 * 1024)}` } });
  assert.equal(response.status, 431);
  await response.body?.cancel();
});

timed("page: an exception reaches the log whole and the person as a reference", async () => {
  const { app, log } = make();
  for (const path of ["/throws", "/rejects"]) {
    const response = await get(app, path);
    const html = await response.text();
    assert.equal(response.status, 500);
    assert.match(html, /Something went wrong on the server\. \(Reference [0-9a-f]{12}\.\)/);
    assert.ok(!html.includes("secret"));
  }
  assert.equal(log.lines.filter((line) => line.includes("secret detail")).length, 2);
  assert.equal((await get(app, "/")).status, 200);
});

timed(
  "page: HttpError is for the person, escaped; a Response goes out as it is, with the session's cookie",
  async () => {
    const { app } = make();
    const gone = await get(app, "/gone");
    assert.equal(gone.status, 410);
    assert.match(await gone.text(), /It was &lt;here> until last week\./);
    const away = await get(app, "/away");
    assert.deepEqual([away.status, away.headers.get("location")], [303, "/orders/1"]);
    assert.ok(away.headers.get("set-cookie"));
  },
);

timed("page: writing to the session in a page is an error, not a loss", async () => {
  const { app, log } = make();
  const response = await get(app, "/writes");
  await response.body?.cancel();
  assert.equal(response.status, 500);
  assert.ok(log.lines.some((line) => line.includes("object is not extensible")));
});

timed("load: the same key is loaded once for a render", async () => {
  const { app } = make();
  assert.equal((await load(app, "/loads")).body, "<p>11b</p>");
});

timed("page: one that never ends is 504 after the limit", async () => {
  const log = new MemoryLog();
  const app = new App({ log, limits: { load: 20 } });
  const { promise, resolve } = Promise.withResolvers<void>();
  app.page("/", async () => {
    await promise;
    return "late";
  });
  const response = await get(app, "/");
  assert.equal(response.status, 504);
  await response.body?.cancel();
  resolve();
});

timed("page: nothing there is 404, in a readable page", async () => {
  const { app } = make();
  const response = await get(app, "/nothing");
  assert.equal(response.status, 404);
  assert.match(await response.text(), /<h1>404 Not Found<\/h1><p>There is no such page\.<\/p>/);
});

timed("favicon: is answered with nothing, unless the app has one", async () => {
  const { app } = make();
  assert.equal((await get(app, "/favicon.ico")).status, 204);
  app.page("/favicon.ico", () => new Response("icon"));
  assert.equal(await (await get(app, "/favicon.ico")).text(), "icon");
});

timed(
  "headers: every response carries the security headers, pages a strict policy with a nonce of their own",
  async () => {
    const { app } = make();
    const always = {
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "x-frame-options": "DENY",
      "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
      "origin-agent-cluster": "?1",
    };
    for (
      const path of ["/", "/nothing", "/throws", "/favicon.ico", `/_argyle/client-${clientHash}.js`, "/away"]
    ) {
      const response = await get(app, path);
      for (const [name, value] of Object.entries(always)) {
        assert.equal(
          response.headers.get(name),
          value,
          `${path} ${name}`,
        );
      }
      for (
        const name of ["server", "x-powered-by", "access-control-allow-origin", "strict-transport-security"]
      ) {
        assert.equal(response.headers.get(name), null, `${path} ${name}`);
      }
      await response.body?.cancel();
    }
    const page = await load(app);
    const policy = page.response.headers.get("content-security-policy")!;
    const nonce = /'nonce-([^']+)'/.exec(policy)![1]!;
    assert.equal(
      policy.replaceAll(nonce, "R"),
      "default-src 'none'; script-src 'nonce-R'; style-src 'self' 'nonce-R'; style-src-attr 'unsafe-inline'; " +
        "img-src 'self' data:; media-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; " +
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
    );
    assert.ok(page.html.includes(`nonce="${nonce}"`));
    assert.equal(page.response.headers.get("cache-control"), "private, no-store");
    assert.equal(page.response.headers.get("vary"), "cookie, argyle-visit");
    assert.equal(page.response.headers.get("etag"), null);
    assert.notEqual((await load(app)).response.headers.get("content-security-policy"), policy);
  },
);

timed("headers: on https there is HSTS, and requests are upgraded", async () => {
  const { app } = make({ hosts: ["shop.test"] });
  const { response } = await load(app, "/", { origin: "https://shop.test" });
  assert.equal(response.headers.get("strict-transport-security"), "max-age=31536000");
  assert.match(response.headers.get("content-security-policy")!, /; upgrade-insecure-requests$/);
});

timed("client: the script has a name that its content decides, and is kept for ever", async () => {
  const { app } = make();
  const response = await get(app, `/_argyle/client-${clientHash}.js`);
  assert.equal(await response.text(), clientScripts.client);
  assert.equal(response.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  const again = await get(app, `/_argyle/client-${clientHash}.js`, {
    headers: { "if-none-match": response.headers.get("etag")! },
  });
  assert.equal(again.status, 304);
  assert.equal((await get(app, "/_argyle/client-000000000000.js")).status, 404);
  assert.equal((await get(app, `/_argyle/client-${clientHash}.js`, { method: "PUT" })).status, 405);
});

timed("base: pages, script, socket and cookie are below it, and nothing else is ours", async () => {
  const { app } = make({ base: "/live" });
  for (const path of ["/live", "/live/", "/live/orders/1", `/live/_argyle/client-${clientHash}.js`]) {
    const response = await get(app, path);
    assert.equal(response.status, 200, path);
    await response.body?.cancel();
  }
  for (const path of ["/", "/lively", "/orders/1", `/_argyle/client-${clientHash}.js`]) {
    const response = await get(app, path);
    assert.equal(response.status, 404, path);
    await response.body?.cancel();
  }
  const page = await load(app, "/live");
  assert.ok(page.html.includes(`src="/live/_argyle/client-${clientHash}.js"`));
  assert.match(page.cookie, /^argyle-app-live=/);
  for (const base of ["live", "/live/", "//live", "/a b", "/ü"]) {
    assert.throws(() => new App({ base }), /Cannot use the base/);
  }
});

timed("mount: another app answers below its own base", async () => {
  const { app } = make();
  const shop = new App({ base: "/shop", log: new MemoryLog() });
  shop.page("/", () => <p>shop</p>);
  app.mount(shop);
  assert.equal((await load(app, "/shop")).body, "<p>shop</p>");
  assert.equal((await load(app, "/")).body, "<main><p>Hello</p></main>");
  assert.equal((await get(app, "/shopping")).status, 404);
  assert.throws(() => app.mount(new App()), /Cannot mount the app with the base ""/);
  assert.throws(() => app.mount(new App({ base: "/shop" })), /the base is taken/);
});

timed(
  "page: a path that URLPattern cannot read, or whose quantifiers nest, is refused when it is added",
  () => {
    const app = new App();
    assert.throws(() => app.page("orders" as "/", () => ""), /a path begins with "\/"/);
    assert.throws(() => app.page("/:id(" as "/", () => ""), /URLPattern does not read it/);
    assert.throws(() => app.page("/:x((?:a+)+)b" as "/", () => ""), /nests quantifiers/);
    app.page("/orders/:id(\\d+)" as "/", () => "");
    return Promise.resolve();
  },
);

timed(
  "host: loopback names, IP addresses and names that were given are answered; others are misdirected",
  async () => {
    const status = async (app: App, origin: string, host?: string) => {
      const response = await get(app, "/", { origin, ...(host === undefined ? {} : { headers: { host } }) });
      await response.body?.cancel();
      return response.status;
    };
    const { app } = make();
    for (
      const origin of [
        "http://localhost:8000",
        "http://127.0.0.1",
        "http://a.localhost",
        "http://[::1]:1",
        "http://10.0.0.7",
      ]
    ) {
      assert.equal(await status(app, origin), 200, origin);
    }
    for (
      const origin of [
        "http://evil.test",
        "http://localhost.evil.test",
        "http://127.0.0.1.evil.test",
        "https://shop.test",
      ]
    ) {
      assert.equal(await status(app, origin), 421, origin);
    }
    const named = make({ hosts: ["shop.test", "shop.test:8443"] }).app;
    assert.equal(await status(named, "https://shop.test"), 200);
    assert.equal(await status(named, "https://shop.test:8443"), 200);
    for (
      const origin of [
        "https://evil-shop.test",
        "https://shop.test.evil",
        "https://www.shop.test",
        "https://shop.test.",
        "http://localhost",
      ]
    ) {
      assert.equal(await status(named, origin), 421, origin);
    }
    assert.equal(await status(app, "http://127.0.0.1", "127.0.0.1"), 200);
    assert.equal(await status(app, "http://127.0.0.1", "localhost"), 421);
    for (const host of ["evil/admin?", "user@127.0.0.1", "a b", "", "127.0.0.1:", "[::1"]) {
      assert.equal(await status(app, "http://127.0.0.1", host), 400, host);
    }
  },
);

timed("host: raw requests with a strange Host or request line never reach a page", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  const ask = async (text: string): Promise<string> => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    await connection.write(new TextEncoder().encode(text));
    const buffer = new Uint8Array(1024);
    const count = await connection.read(buffer) ?? 0;
    return new TextDecoder().decode(buffer.subarray(0, count)).split("\r\n")[0]!;
  };
  const close = "Connection: close\r\n\r\n";
  assert.match(await ask(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n${close}`), / 200 /);
  for (
    const lines of [
      `GET /x HTTP/1.1\r\nHost: evil.test/admin?\r\n`,
      `GET http://evil.test/ HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n`,
      `GET / HTTP/1.1\r\nHost: user@127.0.0.1:${server.port}\r\n`,
      `GET / HTTP/1.1\r\nHost: evil.test\r\n`,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nHost: evil.test\r\n`,
    ]
  ) {
    assert.match(await ask(`${lines}${close}`), / (400|421|500) /, lines);
  }
});

timed("origins: behind a proxy that ends TLS the browser's own origin counts", async () => {
  const { app } = make({ origins: ["https://shop.test"] });
  const page = await load(app, "/", { origin: "http://shop.test" });
  assert.equal(page.response.status, 200);
  assert.match(page.response.headers.get("set-cookie")!, /^__Host-argyle-app=.*; Secure/);
  for (const origins of [["shop.test"], ["https://shop.test/path"], ["ftp://shop.test"]]) {
    assert.throws(() => new App({ origins }), /Cannot use the origin/);
  }
});

timed("listen: a port that is taken, and half of what https needs, are named with what to do", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  await assert.rejects(
    () => make().app.listen({ port: server.port }),
    /Cannot listen on 127\.0\.0\.1:\d+: the port is taken/,
  );
  await assert.rejects(
    () => make().app.listen({ port: 0, cert: "PEM" }),
    /needs both the certificate and its key/,
  );
});

timed("listen: a shared store without a secret does not start", async () => {
  const { store } = memory();
  const shared = {
    name: "redis",
    durable: true,
    exclusive: false,
    get: store.get.bind(store),
    commit: store.commit.bind(store),
  };
  await assert.rejects(() => make({ store: shared }).app.listen({ port: 0 }), /Set ARGYLE_SECRET/);
  assert.throws(() => make({ secrets: ["short"] }), /5 bytes of at least 32/);
});

timed("listen: a signal that was aborted before ends the server at once", async () => {
  const { app } = make();
  const server = await app.listen({ port: 0, signal: AbortSignal.abort() });
  await server.finished;
});

timed("listen: stopping does not wait for ever for a request that does not end", async () => {
  const log = new MemoryLog();
  const app = new App({ log });
  const asked = Promise.withResolvers<void>(), answered = Promise.withResolvers<Response>();
  app.page("/", () => {
    asked.resolve();
    return answered.promise;
  });
  const server = await app.listen({ port: 0 });
  const response = fetch(server.url);
  await asked.promise;
  await server.stop();
  answered.resolve(new Response("late"));
  assert.equal(await (await response).text(), "late");
  assert.ok(log.lines.some((line) => line.includes("a request did not end in time")));
});
