import assert from "node:assert/strict";
import { App, Live, raw, topic } from "@argyle/argyle";
import fc from "fast-check";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { open, serve } from "./serve.ts";

const Board = topic("board"), Parts = topic("parts");

/** One item of the board: what all see of it, and what stands in each person's own part of it, if it has one. */
interface Item {
  readonly key: number;
  readonly html: string;
  readonly own: string | undefined;
}

const markup = fc.array(
  fc.constantFrom(
    "text",
    "more &amp; more",
    "<b>bold</b>",
    '<b id="twice">x</b>',
    '<i class="a">i</i>',
    '<i class="b" title="t">i</i>',
    "<!--c-->",
    "<p>a <em>b</em></p>",
    '<ul><li data-k="1">1</li><li data-k="2">2</li></ul>',
    '<ul><li data-k="2">2</li><li data-k="1">1</li><li data-k="3">3</li></ul>',
    "<table><tr><td>cell</td></tr></table>",
    "<svg><circle r=1></circle></svg>",
    "<p>open",
    "<div><p>x</div>",
    '<argyle-live id="own-1" data-argyle-live></argyle-live>',
  ),
  { maxLength: 4 },
).map((pieces) => pieces.join("<hr>"));

const boards: fc.Arbitrary<readonly Item[]> = fc.uniqueArray(
  fc.record({ key: fc.nat(6), html: markup, own: fc.option(markup, { nil: undefined, freq: 3 }) }),
  { maxLength: 5, selector: ({ key }) => key },
);

for (const shared of [true, false]) {
  browse(
    `parts: in ${
      shared ? "a shared page" : "a page of one's own"
    }, whatever changed, the page is what a browser reads of it`,
    async ({ page, newVisitor }) => {
      const app = new App({ log: new MemoryLog() });
      let items: readonly Item[] = [], step = 0;
      const show = ({ subscribe }: { subscribe(topic: ReturnType<typeof Board>): void }) => {
        subscribe(Board());
        return (
          <main id="board">
            <h1 id="step">{step}</h1>
            {items.map(({ key, html, own }) => (
              <section key={key}>
                <div dangerouslySetInnerHTML={raw(html)} />
                {own === undefined ? null : (
                  <Live topic={Parts()} id={`own-${key}`}>
                    {() => {
                      const html = items.find((item) => item.key === key)?.own ?? "";
                      return <div dangerouslySetInnerHTML={raw(html)} />;
                    }}
                  </Live>
                )}
              </section>
            ))}
          </main>
        );
      };
      if (shared) app.page("/", show, { key: () => "all" });
      else app.page("/", show);
      await using server = serve(app, { csp: "off" });
      const { page: other } = await newVisitor();
      for (const tab of [page, other]) await open(tab, server.url);
      const seed = Math.trunc(Math.random() * 2 ** 31);
      const changes = fc.sample(boards, { seed, numRuns: 60 });
      for (const [index, board] of changes.entries()) {
        items = board;
        step = index;
        void app.publish(Board(), Parts());
        for (const tab of [page, other]) {
          const differs = await tab.evaluate(async () => {
            const parse = async () =>
              new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html").body;
            const wanted = await parse();
            // What is one person's may come a moment after what is everybody's.
            for (let tries = 0; tries < 200; tries++) {
              if (document.body.isEqualNode(wanted)) return undefined;
              await new Promise((resolve) => setTimeout(resolve, 10));
            }
            return [document.body.innerHTML, wanted.innerHTML];
          });
          assert.equal(
            differs,
            undefined,
            `step ${index} of seed ${seed}, from ${JSON.stringify(changes[index - 1])}`,
          );
        }
      }
      assertQuiet(page);
    },
    { timeout: 60_000 },
  );
}
