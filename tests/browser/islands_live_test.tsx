import assert from "node:assert/strict";
import { App, Live, memo, on, ops, topic } from "@argyle/argyle";
import { variable } from "@argyle/argyle/socksync";
import { bundled, withIslands } from "../helpers/islands.ts";
import { MemoryLog } from "../helpers/peer.ts";
import Caller from "../islands/caller.tsx";
import Counter from "../islands/counter.tsx";
import Stock from "../islands/stock.tsx";
import { addData, Shop } from "../islands/stock_data.ts";
import { Sums } from "../islands/sums.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { count, seen } from "./islands.tsx";
import { open, says, serve } from "./serve.ts";

const News = topic("news");
const islands = await bundled("caller", "counter", "stock");

browse(
  "island: calls a reflex by its type alone, and the render that follows reaches the island",
  async ({ page }) => {
    const app = new App<{ sum?: number }>({ log: new MemoryLog(), islands });
    app.reflexes({ Sums });
    app.page("/", ({ session: { sum = 0 } }) => (
      <main>
        <output id="sum">{sum}</output>
        <Caller by={2} />
        <Counter id="a" says={sum} />
        <button type="button" id="more" {...on("click", Sums, "more", 10)}>More</button>
      </main>
    ), { calls: [Sums] });
    await using server = serve(withIslands(app, islands));
    await open(page, server.url);
    await count(page, "a", 1);
    await page.locator("#caller").click();
    await says(page, "#caller", "2");
    await says(page, "#sum", "2");
    await says(page, "#a label", "2");
    await page.locator("#more").click();
    await says(page, "#a label", "12");
    await count(page, "a", 2);
    assertQuiet(page);
  },
);

class Giving extends Sums {
  give(by: number) {
    this.more(by);
    this.ops.setProps("#a", { says: "given" });
  }
}

browse("setProps: in a call that changes the page, too, it comes after that", async ({ page }) => {
  const app = new App<{ sum?: number }>({ log: new MemoryLog(), islands });
  app.reflexes({ Giving });
  app.page("/", ({ session: { sum = 0 } }) => (
    <main>
      <Counter id="a" says={sum} />
      <button type="button" id="give" {...on("click", Giving, "give", 10)}>Give</button>
      <output id="sum">{sum}</output>
    </main>
  ));
  await using server = serve(withIslands(app, islands));
  await open(page, server.url);
  await count(page, "a", 1);
  await page.locator("#give").click();
  await says(page, "#sum", "10");
  await count(page, "a", 2);
  assert.equal(await page.locator("#a label").textContent(), "given");
  assertQuiet(page);
});

browse(
  "island: in a page that many share, one patch is for all, and each keeps a state of their own",
  async ({ page, newVisitor }) => {
    let says1 = "one";
    const app = new App({ log: new MemoryLog(), islands });
    const Row = memo(({ says }: { says: string }) => (
      <li id="row">
        <Counter id="a" says={says} />
      </li>
    ));
    app.page("/", ({ subscribe }) => {
      subscribe(News());
      return (
        <ul id="list">
          <Row says={says1} />
        </ul>
      );
    }, { key: () => "all" });
    await using server = serve(withIslands(app, islands));
    const other = (await newVisitor()).page;
    await open(page, server.url);
    await open(other, server.url);
    await count(page, "a", 1);
    await count(page, "a", 2);
    await count(other, "a", 1);
    says1 = "two";
    await app.publish(News());
    await says(page, "#a label", "two");
    await says(other, "#a label", "two");
    await count(page, "a", 3);
    await count(other, "a", 2);
    assertQuiet(page);
  },
);

browse(
  "island: in a live part, and in markup that an operation brings; what goes again cleans up",
  async ({ page }) => {
    let n = 1;
    const app = new App({ log: new MemoryLog(), islands });
    app.page("/", ({ subscribe }) => {
      subscribe(News());
      return (
        <main>
          <div id="box" />
          <Live topic={topic("part")()} id="part">{() => <Counter id="a" says={n} />}</Live>
        </main>
      );
    });
    await using server = serve(withIslands(app, islands));
    const { received } = overhear(page);
    await open(page, server.url);
    await count(page, "a", 1);
    n = 2;
    await app.publish(topic("part")());
    await says(page, "#a label", "2");
    await count(page, "a", 2);
    await app.broadcast(News(), ops().append("#box", <Counter id="b" says="by hand" />));
    await count(page, "b", 1);
    await app.broadcast(News(), ops().remove("#box argyle-island"));
    await page.waitForFunction(() => globalThis.told?.length === 3);
    assert.deepEqual(await seen(page), ["a came", "b came", "b went"]);
    assert.ok(received.every(([name]) => name !== "resync"));
    assertQuiet(page);
  },
);

browse(
  "island: takes data from SockSync and typed events, without a render of the page",
  async ({ page }) => {
    const stock = variable(3), app = new App({ log: new MemoryLog(), islands });
    const { events } = addData(app, stock);
    app.page("/", () => <Stock first={stock.value} />);
    await using server = serve(withIslands(app, islands));
    const frames = overhear(page);
    await open(page, server.url);
    await says(page, "#stock", 3);
    await stock.update((all) => all - 1);
    await says(page, "#stock", 2);
    await page.locator("#tell").click();
    await says(page, "#news", "Sold out");
    await events.publish(Shop(), "news", { text: "There is more" });
    await says(page, "#news", "There is more");
    assert.deepEqual(frames.received.filter((frame) => Array.isArray(frame) && frame[0] === "patch"), []);
    assertQuiet(page);
  },
);
