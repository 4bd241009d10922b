import assert from "node:assert/strict";
import { App, type Engine, on, Reflex } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const secrets = ["an isolate's secret, 0123456789 abcdefghij"];

function isolate(engine: Engine) {
  class Counter extends Reflex<{ n?: number }> {
    add(by: number) {
      this.session.n = (this.session.n ?? 0) + by;
    }
  }
  const app = new App<{ n?: number }>({ ...engine, log: new MemoryLog(), secrets });
  app.reflexes({ Counter });
  app.page("/", ({ session }) => (
    <p>
      <b id="n">{session.n ?? 0}</b>
      <i {...on("click", Counter, "add", 1)} />
    </p>
  ));
  return app;
}

timed(
  "two live claimants of one visit: what the one has called, the other is told, and does not call again",
  async () => {
    const engine = memory(), here = isolate(engine), there = isolate(engine);
    await using one = await here.listen({ port: 0 }), other = await there.listen({ port: 0 });
    const page = await load(here);
    await using ann = await Peer.live(one, page), twin = await Peer.live(other, page);
    const frame = ["call", 1, 0, "Counter#add", [1]];
    ann.send(frame);
    assert.deepEqual(await ann.next(), ["patch", 1, [["text", "n", "1"]], [1]]);
    // The same frame: its outcome, and what it has changed.
    twin.send(frame);
    assert.deepEqual(await twin.next(), ["done", 1]);
    assert.match(JSON.stringify(await twin.next()), /^\["patch",1,.*>1</);
    // Another under the same number is not that call.
    twin.send(["call", 1, 0, "Counter#add", [1], { a: { id: "x" } }]);
    assert.deepEqual((await twin.next()).slice(0, 3), ["error", 1, "replayed"]);
    twin.send(["call", 2, 1, "Counter#add", [1]]);
    assert.deepEqual(await twin.next(), ["patch", 2, [["text", "n", "2"]], [2]]);
    ann.send(["call", 3, 1, "Counter#add", [1]]);
    assert.deepEqual(await ann.next(), ["patch", 2, [["text", "n", "3"]], [3]]);
    assert.match((await load(there, "/", { cookie: page.cookie })).body, />3</);
  },
);

timed("two live claimants of one visit in one isolate: the last one has it", async () => {
  const app = isolate(memory());
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using ann = await Peer.live(server, page), twin = await Peer.live(server, page);
  assert.equal((await ann.ended()).code, 4001);
  twin.send(["call", 1, 0, "Counter#add", [1]]);
  assert.deepEqual(await twin.next(), ["patch", 1, [["text", "n", "1"]], [1]]);
});
