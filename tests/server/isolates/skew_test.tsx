import assert from "node:assert/strict";
import { App, type Engine, on, Reflex, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { FakeClock } from "@argyle/argyle/testing";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const Items = topic("items");
const secrets = ["an isolate's secret, 0123456789 abcdefghij"];

function isolate(engine: Engine, clock: FakeClock) {
  class Counter extends Reflex<{ n?: number }> {
    add() {
      this.session.n = (this.session.n ?? 0) + 1;
      this.publish(Items());
    }
  }
  const log = new MemoryLog();
  const app = new App<{ n?: number }>({ ...engine, log, secrets, clock });
  app.reflexes({ Counter });
  app.page("/", ({ session, subscribe }) => {
    subscribe(Items());
    return <b id="n" {...on("click", Counter, "add")}>{session.n ?? 0}</b>;
  });
  return { app, log };
}

for (const skew of [55_000, -55_000]) {
  timed(
    `clocks that are ${skew / 1000} s apart: pages, calls and what is published go from one to the other`,
    async () => {
      // The store's own time is that of whoever asks: it is the apps' clocks that count.
      const engine = memory({ clock: new FakeClock() });
      const now = new FakeClock().now();
      const here = isolate(engine, new FakeClock(now)), there = isolate(engine, new FakeClock(now + skew));
      await using one = await here.app.listen({ port: 0 }), other = await there.app.listen({ port: 0 });
      const page = await load(here.app);
      await using ann = await Peer.live(other, page);
      await using tab = await Peer.live(one, await load(there.app, "/", { cookie: page.cookie }));
      assert.deepEqual((await ann.call("Counter#add")).at(-1), [1]);
      assert.deepEqual(await tab.next(), ["patch", 1, [["text", "n", "1"]]]);
      assert.deepEqual((await tab.call("Counter#add")).at(-1), [1]);
      assert.match((await load(here.app, "/", { cookie: page.cookie })).body, />2</);
      assert.deepEqual(
        [...here.log.lines, ...there.log.lines].filter((line) => line.startsWith("error")),
        [],
      );
    },
  );
}

timed(
  "a clock that is an hour wrong: its pages are loaded again elsewhere, and its messages are dropped, with a word",
  async () => {
    const engine = memory({ clock: new FakeClock() });
    const now = new FakeClock().now();
    const here = isolate(engine, new FakeClock(now)), there = isolate(engine, new FakeClock(now + 3_600_000));
    await using one = await here.app.listen({ port: 0 });
    const page = await load(there.app);
    await using _ann = await Peer.live(one, await load(here.app));
    await assert.rejects(() => Peer.connect(one, { cookie: page.cookie })); // a cookie from the future
    await there.app.publish(Items());
    assert.match(
      here.log.lines.join("\n"),
      /a message of the bus was dropped: It is too old, or from the future/,
    );
  },
);
