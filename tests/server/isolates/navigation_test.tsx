import assert from "node:assert/strict";
import { App, type Engine, on, Reflex, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { goTo, pageAt } from "../../helpers/landed.ts";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const Items = topic("items");
const secrets = ["an isolate's secret, 0123456789 abcdefghij"];

/** One isolate of an app whose data lie outside of it. */
function isolate(engine: Engine, items: string[]) {
  class List extends Reflex<{ count?: number }> {
    add(item: string) {
      items.push(item);
      this.session.count = (this.session.count ?? 0) + 1;
      this.publish(Items());
      return items.length;
    }
  }
  const app = new App<{ count?: number }>({ ...engine, log: new MemoryLog(), secrets });
  app.reflexes({ List });
  app.page("/", () => <i {...on("click", List, "add", "a")} />);
  app.page("/items", ({ subscribe, session }) => {
    subscribe(Items());
    return (
      <output id="items" {...on("click", List, "add", "b")}>{`${items.join()} ${session.count ?? 0}`}</output>
    );
  });
  return app;
}

timed(
  "what is published on another isolate reaches a page that was gone to, and none that was left",
  async () => {
    const engine = memory(), items: string[] = [];
    const here = isolate(engine, items), there = isolate(engine, items);
    await using one = await here.listen({ port: 0 }), other = await there.listen({ port: 0 });
    const page = await load(here);
    await using ann = await Peer.live(one, page);
    await using bob = await Peer.live(other, await load(there));
    await goTo(ann, 1, "/items");
    assert.deepEqual(await bob.call("List#add", ["a"]), ["done", 1, 1]);
    assert.deepEqual(await ann.next(), ["patch", 1, [["text", "items", "a 0"]]]);
    await goTo(ann, 2, "/");
    await bob.call("List#add", ["a"]);
    await here.publish(Items());
    await ann.quiet();
  },
);

timed(
  "a page that was gone to is taken up by another isolate, which knows what was called before",
  async () => {
    const engine = memory(), items: string[] = [];
    const here = isolate(engine, items), there = isolate(engine, items);
    await using one = await here.listen({ port: 0 }), other = await there.listen({ port: 0 });
    const page = await load(here);
    await using ann = await Peer.live(one, page);
    assert.deepEqual(await ann.call("List#add", ["a"]), ["done", 1, 1]);
    const at = pageAt(await goTo(ann, 1, "/items"), page);
    await ann[Symbol.asyncDispose]();
    await using again = await Peer.live(other, at);
    again.send(["call", 1, 0, "List#add", ["a"], {}]);
    assert.deepEqual(await again.next(), ["done", 1, 1]);
    assert.deepEqual(items, ["a"]);
    again.send(["call", 2, 1, "List#add", ["b"]]);
    assert.deepEqual(await again.next(), ["patch", 1, [["text", "items", "a,b 2"]], [2, 2]]);
  },
);
