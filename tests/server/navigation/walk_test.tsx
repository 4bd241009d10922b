import assert from "node:assert/strict";
import { App, Head, Live, on, Reflex, topic } from "@argyle/argyle";
import type { Operation } from "@argyle/argyle/protocol";
import fc from "fast-check";
import { landed, pageAt } from "../../helpers/landed.ts";
import { load, type LoadedPage, MemoryLog, Peer, timed } from "../../helpers/peer.ts";
import { patch } from "../patch/_tree.ts";

const News = topic("news");

class Counter extends Reflex {
  add() {
    this.session.count = (this.session.count ?? 0) + 1;
    this.publish(News());
  }
}

function make(): App {
  const app = new App({
    log: new MemoryLog(),
    limits: { visitBurst: 1000, helloBurst: 1000, frameBurst: 10_000 },
    layout: ({ children }) => (
      <>
        <header id="top" {...on("click", Counter, "add")}>The shop</header>
        <main id="main">{children}</main>
      </>
    ),
  });
  app.reflexes({ Counter });
  app.page("/", ({ session }) => <p id="p">{session.count ?? 0}</p>);
  app.page("/list/:n", ({ params: { n }, session, subscribe }) => {
    subscribe(News());
    return (
      <ul id="list">
        <Head>
          <title>{`List ${n}`}</title>
          <link rel="stylesheet" href={`/${n}.css`} />
        </Head>
        {Array.from(
          { length: Number(n) },
          (_, at) => <li key={(at * 7) % 5 + at}>{at} of {n}, {session.count ?? 0}</li>,
        )}
      </ul>
    );
  });
  app.page("/loose/:n", ({ params: { n } }) => <p>No address: {n}</p>);
  app.page("/parts/:n", ({ params: { n } }) => (
    <section id="parts">
      <Live topic={News()} id="news">{({ session }) => <b>{n}: {session.count ?? 0}</b>}</Live>
      <Live topic={News()} id={`own-${n}`}>{() => <i id="deep">{n}</i>}</Live>
    </section>
  ));
  app.page("/shared/:n", ({ params: { n }, subscribe }) => {
    subscribe(News());
    return (
      <section id="parts">
        <h2 id="p">{n}</h2>
        <Live topic={News()} id="news">{({ session }) => <b>{session.count ?? 0}</b>}</Live>
      </section>
    );
  }, { key: ({ params }) => params.n });
  return app;
}

const paths = [
  "/",
  "/list/0",
  "/list/3",
  "/list/12",
  "/loose/1",
  "/loose/2",
  "/parts/a",
  "/parts/b",
  "/shared/a",
  "/shared/b",
];

/** What a step does: a path is gone to, `call` is clicked, `again` another socket. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...paths) },
  fc.constantFrom("call", "again"),
);

timed(
  "wherever somebody goes, calls and comes back: the page that they see is the one that a GET shows",
  async () => {
    const app = make();
    await using server = await app.listen({ port: 0 });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 15 }), (steps) => walk(app, server, steps)),
      { numRuns: 40 },
    );
  },
);

async function walk(app: App, server: { url: string }, steps: readonly string[]): Promise<void> {
  let page: LoadedPage = await load(app), path = "/", id = 0, n = 0, version = 0;
  const { cookie } = page;
  let shown = markupOf(page), peer = await Peer.live(server, page);
  /** What has come makes the page what it should be. */
  const check = async (operations: readonly Operation[], what: string) => {
    const wanted = markupOf(await load(app, path, { cookie }));
    const { equal, error } = patch(shown, wanted, operations);
    assert.ok(equal, `${what} of ${steps.join(" ")}: ${error ?? ""} ${JSON.stringify(operations)}`);
    shown = wanted;
  };
  try {
    for (const step of steps) {
      if (step === "again") {
        await peer[Symbol.asyncDispose]();
        peer = await Peer.live(server, page, { version });
      } else if (step === "call") {
        peer.send(["call", ++n, n - 1, "Counter#add"]);
        const operations: Operation[] = [];
        for (let isTold = false; !isTold;) {
          const frame = await peer.next();
          if (frame[0] === "patch") operations.push(...frame[2] as Operation[]), version++;
          isTold = frame[0] === "done" || frame[3] !== undefined;
        }
        // What others would have been shown comes behind it.
        for (let isQuiet = false; !isQuiet;) {
          peer.send(["ping"]);
          const frame = await peer.next();
          isQuiet = frame[0] === "pong";
          if (frame[0] === "patch") {
            operations.push(...frame[2] as Operation[]), version++;
            await peer.next();
          }
        }
        await check(operations, "call");
      } else {
        peer.send(["visit", ++id, step]);
        const there = landed(await peer.next());
        path = there.url;
        page = pageAt(there, page);
        version = 0;
        await check(there.operations as unknown as Operation[], step);
      }
    }
  } finally {
    await peer[Symbol.asyncDispose]();
  }
}

function markupOf({ html, body }: LoadedPage): { head: string; body: string } {
  // Our own script is no part of the page.
  const head = /<head>(.*)<\/head>/s.exec(html)?.[1] ?? "";
  return { head: head.replace(/<script type="module"[^]*$/, ""), body };
}
