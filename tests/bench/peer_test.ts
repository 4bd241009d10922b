import assert from "node:assert/strict";
import table from "../../examples/table/main.tsx";
import { bump, reverse } from "../../bench/calls.ts";
import { isAnswer, Peer } from "../../bench/peer.ts";
import { timed } from "../helpers/peer.ts";
import { serve } from "./serve.ts";

Deno.test("isAnswer: a patch or done with the call's own outcome", () => {
  assert.equal(isAnswer('["patch",7,[["text","count","3"]],[2]]', 2), true);
  assert.equal(isAnswer('["done",2]', 2), true);
  assert.equal(isAnswer('["patch",7,[["text","count","3"]],[12]]', 2), false);
  assert.equal(isAnswer('["done",12]', 2), false);
});

Deno.test("isAnswer: what others have caused is none, whatever its operations end with", () => {
  assert.equal(isAnswer('["patch",7,[["text","count","3"]]]', 2), false);
  assert.equal(isAnswer('["patch",7,[["order","row-1",[2]]]]', 2), false);
});

Deno.test("isAnswer: a refusal is for whoever waits", () => {
  assert.equal(isAnswer('["error",2,"stale","…"]', 2), true);
  assert.equal(isAnswer('["resync","base"]', 2), true);
  assert.equal(isAnswer('["ready",0]', 0), true);
});

timed("Peer: an answer is told from what others have done to the page", async () => {
  await using app = table();
  await using server = serve(app.fetch);
  await using ann = await Peer.open(server.url);
  await using bob = await Peer.open(server.url);
  assert.equal((await ann.call(bump)).down, '["patch",1,[["text",["row-500",2],"4"]],[1]]');
  assert.equal((await bob.call(reverse)).down, '["patch",2,[["order","row-1",[999,-1000]]],[1]]');
  assert.deepEqual(bob.look(), [
    ["patch", 1, [["text", ["row-500", 2], "4"]]],
    ["patch", 2, [["order", "row-1", [999, -1000]]], [1]],
  ]);
  assert.deepEqual(bob.look(), []);
});

timed("Peer: calls of many at once are all answered, and shown to all", async () => {
  await using app = table();
  await using server = serve(app.fetch);
  await using ann = await Peer.open(server.url);
  await using bob = await Peer.open(server.url);
  const peers = [ann, bob], texts = peers.map((peer) => [bump, bump, bump].map((call) => peer.frame(call)));
  const answers = await Promise.all(peers.map((peer, index) => peer.rally(texts[index]!)));
  assert.deepEqual(answers.map(({ length }) => length), [3, 3]);
  const last = (await ann.call(bump)).down;
  assert.match(last, /,\[\["text",\["row-500",2\],"10"\]\],\[4\]\]$/);
});
