/**
 * An app that gives every kind of response, and the headers of one with what is random in them masked.
 *
 * @module
 */

import assert from "node:assert/strict";
import { App, Head, HttpError, redirect } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { type TemporaryFolder, temporaryFolder } from "./folder.ts";
import { MemoryLog } from "./peer.ts";

/** The app, and the files that it serves. */
export interface EveryKind extends AsyncDisposable {
  readonly app: App;
  readonly log: MemoryLog;
}

/** Makes the app. */
export async function everyKind(options: AppOptions = {}): Promise<EveryKind> {
  const folder: TemporaryFolder = await temporaryFolder({
    "small.txt": "0123456789",
    "large.txt": "x".repeat(2000),
    "app-3f9a1c2b.css": "p {}",
    "picture.png": "png",
    "drawing.svg": "<svg/>",
    "page.html": "<p>",
    "beside.js": "plain",
    "beside.js.br": "packed",
  });
  const log = new MemoryLog();
  const app = new App({ log, limits: { load: 20, body: 20, bodyBytes: 10 }, ...options });
  app.static("/files", folder.path);
  app.page("/", () => <p>Hello</p>);
  app.page("/large", () => <p>{"x".repeat(2000)}</p>);
  app.page("/left", () => redirect("/"));
  app.page("/public", () => (
    <>
      <Head>
        <style>{"p { color: red }"}</style>
      </Head>
      <p>{"x".repeat(2000)}</p>
    </>
  ), { cache: "public, max-age=60" });
  app.page("/status/:status", ({ params }) => {
    throw new HttpError(Number(params.status), "No.", { headers: { "x-reason": "why" } });
  });
  app.page("/throws", () => {
    throw new Error("secret detail");
  });
  app.page("/endless", () => new Promise<string>(() => {}));
  app.route("/plain", { GET: () => new Response("plain") });
  app.route("/json", { GET: () => Response.json({ a: 1 }) });
  app.route("/own", {
    GET: () =>
      new Response("<p>", {
        headers: {
          "content-type": "text/html",
          "content-security-policy": "default-src 'self'",
          "cache-control": "private, max-age=5",
          "x-frame-options": "SAMEORIGIN",
          "x-own": "1",
        },
      }),
  });
  app.route("/empty", { DELETE: () => new Response(null, { status: 204 }) });
  app.route("/form", { POST: async ({ form }) => Response.json((await form()).names()) });
  return {
    app,
    log,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/**
 * All headers of a response. What is random in them is masked, and the length of a page, which is compared with its
 * body instead.
 */
export async function headersOf(response: Response): Promise<Record<string, string>> {
  const length = response.headers.get("content-length");
  const isWhole = response.body !== null && length !== null;
  const { byteLength } = await response.arrayBuffer();
  if (isWhole) assert.equal(byteLength, Number(length));
  const masked: Record<string, string> = {};
  for (const [name, value] of response.headers) {
    const text = value
      .replaceAll(/'nonce-[A-Za-z0-9+/]{22}=='/g, "'nonce-R'")
      .replace(/^((?:__Host-)?argyle-app)=[A-Za-z0-9_-]{90,100};/, "$1=R;")
      .replace(/^"[A-Za-z0-9_-]{16}"$/, '"R"')
      .replace(/^W\/"[A-Za-z0-9_-]{16}"$/, 'W/"R"')
      .replace(/^[0-9a-f]{12}$/, "R");
    const isPage = name === "content-length" && response.headers.get("content-type")?.startsWith("text/html");
    masked[name] = isPage ? "N" : text;
  }
  return masked;
}
