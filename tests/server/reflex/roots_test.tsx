import assert from "node:assert/strict";
import { action, App, Live, on, Reflex, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

interface Session {
  count?: number;
}

const Items = topic("items"), Part = topic("part");

function make(options: AppOptions<Session> = {}) {
  let shared = 0;
  class Counter extends Reflex<Session> {
    add(by: number) {
      this.session.count = (this.session.count ?? 0) + by;
    }
    outside(_: number) {}
    inside(_: number) {}
    act = action(z.number(), (by) => {
      this.session.count = by;
    });
    tell() {
      shared++;
      this.publish(Items());
    }
    async meanwhile() {
      shared++;
      await app.publish(Items());
    }
  }
  const app = new App<Session>({ log: new MemoryLog(), ...options });
  app.reflexes({ Counter });
  app.page("/", ({ session: { count = 0 } }) => (
    <main>
      <output id="outside" {...on("click", Counter, "outside", count)}>{count}</output>
      <section data-reflex-root="#list,#total">
        <p id="list" {...on("click", Counter, "inside", count)}>{count}</p>
        <button type="button" data-reflex-root="#total" data-reflex="click->Counter#act">=</button>
        <button type="button" {...on("click", Counter, "add", 1)}>+1</button>
        <div {...{ title: 'x data-reflex-root="#outside" <b data-reflex-root=' }}>
          <button type="button" {...on("click", Counter, "add", 3)}>+3</button>
        </div>
      </section>
      <output id="total">{count}</output>
      <button type="button" {...on("click", Counter, "add", 2)}>+2</button>
    </main>
  ));
  app.page("/news", ({ subscribe }) => {
    subscribe(Items());
    return (
      <main data-reflex-root="#in" data-reflex="click->Counter#tell click->Counter#meanwhile">
        <i id="out">{shared}</i>
        <i id="in">{shared}</i>
      </main>
    );
  });
  const whole = () => (
    <main data-reflex-root="#in" data-reflex="click->Counter#tell">
      <i id="out">{shared}</i>
      <i id="in">{shared}</i>
    </main>
  );
  app.page("/shared", ({ subscribe }) => {
    subscribe(Items());
    return whole();
  }, { key: () => "all" });
  app.page("/parts", () => (
    <div>
      {whole()}
      <Live topic={Part()}>{() => "1"}</Live>
    </div>
  ));
  return app;
}

async function open(path = "/", options: AppOptions<Session> = {}) {
  const app = make(options), server = await app.listen({ port: 0 });
  const page = await load(app, path), peer = await Peer.live(server, page);
  return {
    app,
    server,
    page,
    peer,
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

/** What changes where in a patch, by id; `body` for all of it. */
function changed([kind, , operations]: readonly unknown[]): string[] {
  assert.equal(kind, "patch");
  return (operations as [string, string | string[]][]).map(([name, at]) =>
    name === "body" ? name : `${typeof at === "string" ? at : at[0]}`
  ).filter((id, i, all) => all.indexOf(id) === i).sort();
}

const roots = { r: ["list", "total"] };

timed("data-reflex-root: only the named elements change, until the next render without it", async () => {
  await using site = await open();
  const { peer } = site;
  assert.deepEqual(changed(await peer.call("Counter#add", [1], roots)), ["list", "total"]);
  assert.deepEqual(changed(await peer.call("Counter#add", [3], roots)), ["list", "total"]);
  const all = await peer.call("Counter#add", [2]);
  assert.deepEqual(changed(all), ["list", "outside", "total"]);
  assert.deepEqual((all[2] as unknown[][]).filter(([, at]) => at === "total"), [["text", "total", "6"]]);
});

timed("data-reflex-root: the nearest one counts, and an action has one whatever its input is", async () => {
  await using site = await open();
  assert.deepEqual(changed(await site.peer.call("Counter#act", [5], { r: ["total"] })), ["total"]);
  assert.deepEqual(changed(await site.peer.call("Counter#act", [6], roots)), ["list", "outside", "total"]);
});

timed("data-reflex-root: what the page has not written changes nothing", async () => {
  await using site = await open();
  const { peer } = site;
  const cases: [args: number, r: string[]][] = [
    [1, ["list"]],
    [1, ["outside"]],
    [1, ["nowhere"]],
    [1, []],
    [2, roots.r],
    [3, ["outside"]],
  ];
  for (const [by, r] of cases) {
    const patch = await peer.call("Counter#add", [by], { r });
    assert.deepEqual(changed(patch), ["list", "outside", "total"], JSON.stringify([by, r]));
  }
});

timed(
  "data-reflex-root: what is still shown is still offered, and nothing else of the old page",
  async () => {
    await using site = await open("/", { limits: { oldOffers: 0 } });
    const { peer } = site;
    for (let i = 0; i < 3; i++) await peer.call("Counter#add", [1], roots);
    assert.deepEqual(await peer.call("Counter#inside", [0]), ["resync", "offer"]);
    assert.equal((await peer.next())[2], "stale");
    assert.equal((await peer.call("Counter#inside", [3], roots))[0], "done");
    assert.deepEqual(changed(await peer.call("Counter#outside", [0])), ["outside"]);
    // Now it is shown no longer.
    assert.deepEqual(await peer.call("Counter#outside", [0]), ["resync", "offer"]);
  },
);

timed("data-reflex-root: what the call publishes is no news around; what others publish is", async () => {
  await using site = await open("/news");
  const { app, peer } = site;
  assert.deepEqual(changed(await peer.call("Counter#tell", [], { r: ["in"] })), ["in"]);
  await peer.quiet();
  await app.publish(Items());
  assert.deepEqual(changed(await peer.next()), ["out"]);
  assert.deepEqual(changed(await peer.call("Counter#meanwhile", [], { r: ["in"] })), ["in", "out"]);
});

timed("data-reflex-root: a socket that comes again is brought up to date", async () => {
  await using site = await open();
  const { server, page, peer } = site;
  const [, version] = await peer.call("Counter#add", [1], roots);
  await peer[Symbol.asyncDispose]();
  await using again = await Peer.live(server, page, { version: version as number });
  assert.deepEqual(await again.next(), ["patch", 2, [
    ["attributes", "outside", { "data-reflex-args": "[[1]]" }],
    ["text", "outside", "1"],
  ]]);
});

timed("data-reflex-root: a page that is shared, or has parts, is shown as a whole", async () => {
  for (const path of ["/shared", "/parts"]) {
    await using site = await open(path);
    assert.deepEqual(changed(await site.peer.call("Counter#tell", [], { r: ["in"] })), ["in", "out"], path);
  }
});

timed("data-reflex-root: under the app's own name for it", async () => {
  class Counter extends Reflex<Session> {
    add(by: number) {
      this.session.count = (this.session.count ?? 0) + by;
    }
  }
  const attributes = { reflex: "data-sr", root: "data-within" };
  const app = new App<Session>({ log: new MemoryLog(), attributes });
  app.reflexes({ Counter });
  app.page("/", ({ session: { count = 0 } }) => (
    <main>
      <i id="list">{count}</i>
      <i id="outside">{count}</i>
      <button type="button" {...on("click", Counter, "add", 1).with({ root: "#list" })}>+1</button>
    </main>
  ));
  await using server = await app.listen({ port: 0 });
  const page = await load(app, "/", { origin: server.url });
  assert.match(page.body, /data-within="#list"/);
  await using peer = await Peer.live(server, page);
  assert.deepEqual(changed(await peer.call("Counter#add", [1], { r: ["list"] })), ["list"]);
  assert.deepEqual(changed(await peer.call("Counter#add", [1])), ["list", "outside"]);
});
