import assert from "node:assert/strict";
import guestbook from "./main.tsx";

function post(fields: Record<string, string>, headers: Record<string, string> = {}): Request {
  return new Request("http://localhost/", {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "sec-fetch-site": "same-origin", ...headers },
  });
}

Deno.test("guestbook: without JavaScript a post is signed, redirected and shown to everybody", async () => {
  const app = guestbook();
  const response = await app.fetch(post({ name: "Ann", message: "Hello <b>you</b>" }));
  assert.deepEqual([response.status, response.headers.get("location")], [303, "/#entries"]);
  const html = await (await app.fetch(new Request("http://localhost/"))).text();
  assert.match(html, /<p class="message">Hello &lt;b>you&lt;\/b><\/p>/);
});

Deno.test("guestbook: without JavaScript what is wrong comes back with what was written", async () => {
  const app = guestbook();
  const response = await app.fetch(post({ name: "Ann", message: " " }));
  const location = response.headers.get("location")!;
  assert.equal(location, "/?name=Ann&message=+&problem=1");
  const html = await (await app.fetch(new Request(new URL(location, "http://localhost")))).text();
  assert.match(html, /value="Ann"/);
  assert.match(html, /id="message-problem"[^>]*>Please write something\./);
  assert.match(html, /Nobody has signed yet/);
});

Deno.test("guestbook: a post from another site is refused", async () => {
  const app = guestbook();
  const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.test" };
  const response = await app.fetch(post({ name: "Eve", message: "Hi" }, headers));
  await response.body?.cancel();
  assert.equal(response.status, 403);
});

Deno.test("guestbook: of many who sign at once nobody is lost", async () => {
  const app = guestbook();
  const names = Array.from({ length: 20 }, (_, index) => `Visitor ${index}`);
  await Promise.all(names.map((name) => app.fetch(post({ name, message: "Hi" }))));
  const html = await (await app.fetch(new Request("http://localhost/"))).text();
  for (const name of names) assert.ok(html.includes(name), name);
});
