import assert from "node:assert/strict";
import { App, Head, HttpError, on, raw, Reflex } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import type { AppOptions } from "@argyle/argyle/types";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

class Steps extends Reflex<{ step?: number }> {
  next() {
    this.session.step = (this.session.step ?? 0) + 1;
  }
}

const secrets = ["0123456789abcdefghijklmnopqrstuvwxyz"];

function make(options: AppOptions<{ step?: number }> = {}) {
  const log = new MemoryLog();
  const app = new App<{ step?: number }>({ log, ...options });
  app.reflexes({ Steps });
  return { app, log };
}

timed(
  "live page: a page that leaves with a response when it is rendered again is got anew by the browser",
  async () => {
    const { app } = make();
    app.page(
      "/",
      ({ session }) =>
        session.step
          ? new Response(null, { status: 303, headers: { location: "/done" } })
          : <b data-reflex="click->Steps#next" />,
    );
    await using server = await app.listen({ port: 0 });
    await using peer = await Peer.live(server, await load(app));
    assert.deepEqual(await peer.call("Steps#next"), ["resync", "left"]);
    assert.deepEqual(await peer.next(), ["done", 1]);
  },
);

timed("live page: so is one that answers with a status below 500", async () => {
  const { app } = make();
  app.page("/", ({ session }) => {
    if (session.step) throw new HttpError(404, "Gone");
    return <b data-reflex="click->Steps#next" />;
  });
  await using server = await app.listen({ port: 0 });
  await using peer = await Peer.live(server, await load(app));
  assert.deepEqual(await peer.call("Steps#next"), ["resync", "left"]);
  assert.deepEqual(await peer.next(), ["done", 1]);
});

timed(
  "live page: one that throws tells the outcome and the fault; the call is kept, the page is as it was",
  async () => {
    const { app, log } = make();
    app.page("/", ({ session }) => {
      if (session.step === 1) throw new Error("secret detail");
      return <b id="step" data-reflex="click->Steps#next">{session.step ?? 0}</b>;
    });
    await using server = await app.listen({ port: 0 });
    await using peer = await Peer.live(server, await load(app));
    const [kind, n, code, message] = await peer.call("Steps#next") as string[];
    assert.deepEqual([kind, n, code], ["error", 0, "render"]);
    assert.match(message!, /^The page could not be rendered\. \(Reference [0-9a-f]{8}\.\)$/);
    assert.deepEqual(await peer.next(), ["done", 1]);
    assert.ok(log.lines.some((line) => line.includes("secret detail")));
    assert.deepEqual((await peer.call("Steps#next")).slice(0, 2), ["patch", 1]);
  },
);

timed("live page: what a page puts into its head is patched as the head", async () => {
  const { app } = make();
  app.page("/", ({ session }) => (
    <main>
      <Head>
        <title>{`Step ${session.step ?? 0}`}</title>
      </Head>
      <b data-reflex="click->Steps#next" />
    </main>
  ));
  await using server = await app.listen({ port: 0 });
  await using peer = await Peer.live(server, await load(app));
  const [, , operations] = await peer.call("Steps#next") as [string, number, string[][]];
  assert.equal(operations.length, 1);
  assert.equal(operations[0]![0], "head");
  assert.match(operations[0]![1]!, /<title>Step 1<\/title>$/);
});

timed("restart: another isolate renders the page before a call that was sent again is checked", async () => {
  const engine = memory();
  const page = (app: App<{ step?: number }>, offers: boolean) =>
    app.page("/", ({ session }) => (
      <main>
        <p id="p">{session.step ?? 0}</p>
        {offers ? <b {...on("click", Steps, "next")} /> : null}
      </main>
    ));
  const before = make({ ...engine, secrets }).app;
  page(before, true);
  const loaded = await load(before);
  // The render lies in the isolate that has gone; nothing has moved, so the page is live at once.
  const same = make({ ...engine, secrets }).app;
  page(same, true);
  await using server = await same.listen({ port: 0 });
  await using peer = await Peer.live(server, loaded);
  assert.deepEqual(await peer.call("Steps#next"), ["patch", 1, [[
    "text",
    "p",
    "1",
  ]], [1]]);
  // A new build no longer offers it: never a silent run.
  const other = make({ ...engine, secrets }).app;
  page(other, false);
  await using next = await other.listen({ port: 0 });
  const again = await load(before, "/", { cookie: loaded.cookie });
  await using late = await Peer.live(next, { ...again, cookie: loaded.cookie });
  const frames = [await late.call("Steps#next"), await late.next()];
  assert.deepEqual(frames.map(([kind, , code]) => code ?? kind).sort(), ["resync", "stale"]);
});

timed(
  "restart: a page that is never rendered alike gets one patch of the whole page, and then small ones",
  async () => {
    const engine = memory();
    let renders = 0;
    const page = (app: App<{ step?: number }>) =>
      app.page("/", ({ session }) => (
        <main>
          <i>{++renders}</i>
          <b id="step" data-reflex="click->Steps#next">{session.step ?? 0}</b>
        </main>
      ));
    const before = make({ ...engine, secrets }).app;
    page(before);
    const loaded = await load(before);
    const after = make({ ...engine, secrets }).app;
    page(after);
    await using server = await after.listen({ port: 0 });
    await using peer = await Peer.live(server, loaded);
    const [kind, version, operations, outcome] = await peer.call("Steps#next") as [
      string,
      number,
      string[][],
      unknown,
    ];
    assert.deepEqual([kind, version, operations.map(([name]) => name), outcome], ["patch", 1, [
      "head",
      "body",
    ], [1]]);
  },
);

timed("parked views: a visit that comes back in time is not rendered again", async () => {
  const { app } = make();
  let renders = 0;
  app.page("/", ({ session }) => {
    renders += 1;
    return <b id="step" data-reflex="click->Steps#next">{session.step ?? 0}</b>;
  });
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  {
    await using _first = await Peer.live(server, page);
  }
  {
    await using _second = await Peer.live(server, page);
  }
  assert.equal(renders, 1);
  await using third = await Peer.live(server, page);
  await third.call("Steps#next");
  assert.equal(renders, 2);
});

timed("parked views: without room for them a page is rendered again, and works", async () => {
  const { app } = make({ limits: { parked: 0 } });
  app.page("/", ({ session }) => <b id="step" data-reflex="click->Steps#next">{session.step ?? 0}</b>);
  await using server = await app.listen({ port: 0 });
  await using peer = await Peer.live(server, await load(app));
  assert.deepEqual((await peer.call("Steps#next")).slice(0, 2), ["patch", 1]);
});

timed("patch: a page that has to be sent whole says so in the log, once", async () => {
  const log = new MemoryLog();
  const app = new App({ log });
  let count = 0;
  class Whole extends Reflex {
    add() {
      count += 1;
    }
  }
  app.reflexes({ Whole });
  app.page("/", () => (
    <main>
      <p dangerouslySetInnerHTML={raw("<div>not in a p</div>")} />
      <button data-reflex="click->Whole#add">{count}</button>
    </main>
  ));
  await using server = await app.listen({ port: 0 });
  await using peer = await Peer.live(server, await load(app));
  for (let n = 0; n < 3; n++) {
    const frame = await peer.call("Whole#add");
    assert.match(JSON.stringify(frame), /^\["patch",\d,\[\["body",/);
  }
  const told = log.lines.filter((line) => line.includes("as a whole"));
  assert.deepEqual(told, [
    "warn a page is patched as a whole: behind this, a browser's tree may not be what is written " +
    '{"page":"/","at":"body > main > p > <div>"}',
  ]);
});
