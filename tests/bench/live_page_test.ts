import assert from "node:assert/strict";
import counter from "../../examples/counter/main.tsx";
import { withBareSocket } from "../../bench/floors/live_page.ts";

Deno.test("withBareSocket: the document is as long as before and has another script", async () => {
  await using app = counter();
  const html = await (await app.fetch(new Request("http://127.0.0.1/"))).text();
  const bare = withBareSocket(html);
  assert.equal(bare.length, html.length);
  assert.doesNotMatch(bare, /data-argyle=/);
  assert.match(bare, /new WebSocket\(/);
  assert.throws(() => withBareSocket(bare), /has none of ours/);
});
