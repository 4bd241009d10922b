import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { list } from "../../socksync/list.ts";
import { variable } from "../../socksync/variable.ts";
import { alone, flush, type Raw } from "./_ends.ts";
import { LateSource } from "./_sources.ts";

function see(given: Parameters<typeof alone>[0], type: "var" | "list"): Raw {
  const raw = alone(given);
  raw.say({ func: "subscribe", type, name: "x" });
  raw.say({ func: "get", type, name: "x" });
  raw.pipe.take();
  return raw;
}

Deno.test("lagging: whoever reads no more gets the newest value once, when it reads again", async () => {
  const shared = variable(0),
    slow = see({ shared: { x: shared } }, "var"),
    quick = see({ shared: { x: shared } }, "var");
  slow.pipe.stop();
  for (let n = 1; n <= 1000; n++) await shared.set(n);
  equal(slow.pipe.texts.length, 0);
  equal(slow.pipe.waiting, 1);
  equal(quick.pipe.take().length, 1000);
  slow.pipe.resume();
  deepEqual(slow.pipe.take().map(({ value }) => value), [1000]);
  await shared.set(1001);
  deepEqual(slow.pipe.take().map(({ value }) => value), [1001]);
});

Deno.test("lagging: whoever reads no more gets a page once, when it reads again", async () => {
  const shared = list<number>([0], { maxPageSize: 3 });
  const slow = see({ shared: { x: shared } }, "list"), quick = see({ shared: { x: shared } }, "list");
  slow.pipe.stop();
  for (let n = 1; n <= 1000; n++) await shared.insert(0, n);
  await shared.replace([1, 2, 3, 4]);
  await shared.insert(0, 5);
  equal(slow.pipe.texts.length, 0);
  equal(slow.pipe.waiting, 1);
  ok(quick.pipe.take().length > 2000);
  slow.pipe.resume();
  deepEqual(slow.pipe.take().map(({ func, items }) => [func, items]), [["set_all", [5, 1, 2]]]);
  await shared.insert(0, 6);
  equal(slow.pipe.take().length, 3);
});

Deno.test("lagging: what is asked for is given, however far behind somebody is", async () => {
  const shared = { x: variable(1) }, slow = see({ shared }, "var");
  slow.pipe.stop();
  await shared.x.set(2);
  deepEqual(slow.say({ func: "get", type: "var", name: "x" }).map(({ value }) => value), [2]);
  const items = list<number>([1, 2]), slower = see({ shared: { x: items } }, "list");
  slower.pipe.stop();
  await items.append(3);
  deepEqual(slower.say({ func: "get", type: "list", name: "x" }).map(({ items }) => items), [[1, 2, 3]]);
  await items.append(4);
  equal(slower.pipe.take().length, 1, "and what is only news waits");
  slower.pipe.resume();
  deepEqual(
    slower.pipe.take().map(({ items }) => items),
    [[1, 2, 3, 4]],
    "once, whoever was waited for before",
  );
});

Deno.test("lagging: whoever has left meanwhile is sent nothing", async () => {
  const x = variable(0),
    y = list<number>([]),
    slow = see({ shared: { x } }, "var"),
    slower = see({ shared: { x: y } }, "list");
  for (const raw of [slow, slower]) raw.pipe.stop();
  await x.set(1);
  await y.append(1);
  for (const raw of [slow, slower]) {
    raw.say({ func: "unsubscribe_all" });
    raw.pipe.take();
    raw.pipe.resume();
    equal(raw.pipe.texts.length, 0);
  }
  const gone = see({ shared: { x } }, "var");
  gone.pipe.stop();
  await x.set(2);
  gone.peer.lost();
  gone.pipe.resume();
  equal(gone.pipe.texts.length, 0);
});

Deno.test("lagging: somebody who falls behind again at once is waited for again", async () => {
  const x = variable(0), slow = see({ shared: { x } }, "var");
  slow.pipe.stop();
  await x.set(1);
  const isBehind = slow.pipe.isBehind.bind(slow.pipe);
  const calls: (() => void)[] = [];
  slow.pipe.isBehind = (whenRead) => (calls.push(whenRead), true);
  slow.pipe.resume();
  equal(slow.pipe.texts.length, 0);
  slow.pipe.isBehind = isBehind;
  equal(calls.length, 1);
  calls[0]!();
  deepEqual(slow.pipe.take().map(({ value }) => value), [1]);
});

Deno.test("lagging: whoever reads again while a change is on its way is told nothing but the page", async () => {
  const source = new LateSource<number>([1, 2, 3, 4]), shared = list<number>(source, { maxPageSize: 2 });
  const raw = alone({ shared: { x: shared } }),
    settle = async () => {
      await flush();
      while (source.waiting > 0) {
        source.release(0);
        await flush();
      }
    };
  raw.say({ func: "subscribe", type: "list", name: "x" });
  raw.say({ func: "get", type: "list", name: "x" });
  await settle();
  raw.pipe.take();
  raw.pipe.stop();
  const missed = shared.delete(0);
  await settle();
  await missed;
  equal(raw.pipe.texts.length, 0);
  const changed = shared.delete(0);
  source.release(0); // it is done, and what moves up is read
  await flush();
  raw.pipe.resume();
  await flush();
  equal(raw.pipe.texts.length, 0);
  await settle();
  await changed;
  deepEqual(raw.pipe.take().map(({ func, items }) => [func, items]), [["set_all", [3, 4]]]);
});
