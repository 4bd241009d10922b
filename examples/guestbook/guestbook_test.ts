import assert from "node:assert/strict";
import { open } from "@argyle/argyle/testing";
import guestbook from "./main.tsx";

for (const script of [true, false]) {
  const how = script ? "with" : "without";

  Deno.test(`guestbook: ${how} JavaScript an entry is signed, and shown to whoever comes`, async () => {
    const app = guestbook();
    await using ann = await open(app, "/", { script });
    assert.equal(ann.text("#entries"), "Nobody has signed yet.");
    await ann.submit("#sign", { name: "Ann", message: "Hello <b>you</b>" });
    assert.deepEqual(ann.texts("#entries .message"), ["Hello <b>you</b>"]);
    assert.equal(ann.url, script ? "http://localhost/" : "http://localhost/#entries");
    assert.deepEqual([ann.value("#name"), ann.value("#message")], ["", ""]);
    await using bob = await open(app, "/", { script });
    assert.deepEqual(bob.texts("#entries .message"), ["Hello <b>you</b>"]);
  });

  Deno.test(`guestbook: ${how} JavaScript what is wrong comes back with what was written`, async () => {
    await using ann = await open(guestbook(), "/", { script });
    await ann.submit("#sign", { name: "Ann", message: " " });
    assert.deepEqual([ann.value("#name"), ann.text("#message-problem")], ["Ann", "Please write something."]);
    assert.equal(ann.text("#entries"), "Nobody has signed yet.");
    await ann.submit("#sign", { message: "Hello" });
    assert.deepEqual(ann.texts("#entries .message"), ["Hello"]);
  });
}

Deno.test("guestbook: a post from another site is refused", async () => {
  const response = await guestbook().fetch(
    new Request("http://localhost/", {
      method: "POST",
      body: new URLSearchParams({ name: "Eve", message: "Hi" }),
      headers: { "sec-fetch-site": "cross-site", origin: "https://evil.test" },
    }),
  );
  await response.body?.cancel();
  assert.equal(response.status, 403);
});

Deno.test("guestbook: of many who sign at once nobody is lost", async () => {
  const app = guestbook();
  const names = Array.from({ length: 20 }, (_, index) => `Visitor ${index}`);
  await Promise.all(names.map(async (name) => {
    await using visitor = await open(app, "/");
    await visitor.submit("#sign", { name, message: "Hi" });
  }));
  await using ann = await open(app, "/");
  const entries = ann.texts("#entries").join();
  for (const name of names) assert.ok(entries.includes(`${name},`), name);
});
