import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { App, HttpError } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { Path } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

/** A page that costs `ms` of processor, and counts. */
function open(ms: number, options: AppOptions = {}) {
  const log = new MemoryLog();
  const app = new App({ log, ...options });
  const counted = { renders: 0 };
  app.page("/", () => {
    counted.renders++;
    for (const end = performance.now() + ms; performance.now() < end;);
    return <p id="p">{"x".repeat(20_000)}</p>;
  });
  return { app, log, counted };
}

async function get(app: App, path = "/", headers: HeadersInit = {}) {
  const response = await app.fetch(new Request(`http://127.0.0.1${path}`, { headers }));
  const text = await response.text();
  return { status: response.status, after: Number(response.headers.get("retry-after")), text, response };
}

/** The most that something grew by in one turn of the event loop, until it is stopped. */
function mostInATurn(count: () => number) {
  let most = 0, last = count(), isOver = false;
  const { promise, resolve } = Promise.withResolvers<number>();
  const look = () => {
    most = Math.max(most, count() - last);
    last = count();
    if (isOver) resolve(most);
    else setImmediate(look);
  };
  setImmediate(look);
  return () => {
    isOver = true;
    return promise;
  };
}

timed(
  "2,000 GETs at once of a page of 5 ms: 200 or 503, sockets are heard between them, memory stays",
  async () => {
    // A clock that stands: nobody waits too long, however busy this machine is. The pings have no rate.
    const { app, counted } = open(5, {
      clock: new FakeClock(),
      limits: { framesPerSecond: 1e6, frameBurst: 1e6 },
    });
    await using server = await app.listen({ port: 0 });
    await using peer = await Peer.live(server, await load(app));
    counted.renders = 0;
    const before = Deno.memoryUsage().rss;
    let peak = before;
    const inATurn = mostInATurn(() => counted.renders);
    const all = Promise.all(Array.from({ length: 2000 }, async () => {
      const answer = await get(app);
      peak = Math.max(peak, Deno.memoryUsage().rss);
      return { status: answer.status, after: answer.after };
    }));
    let isOver = false, most = 0, pongs = 0;
    const done = all.finally(() => isOver = true);
    while (!isOver) {
      const last = counted.renders;
      await peer.quiet();
      pongs++;
      most = Math.max(most, counted.renders - last);
    }
    const answers = await done;
    const shown = answers.filter(({ status }) => status === 200);
    const sent = answers.filter(({ status }) => status === 503);
    assert.equal(shown.length + sent.length, 2000);
    assert.equal(shown.length, counted.renders, "who was sent away has cost no render");
    assert.ok(shown.length === 500, `${shown.length} were shown the page.`);
    assert.ok(await inATurn() <= 8);
    // A ping and its pong take some turns, here of both ends. Without a breath of the loop there were two.
    assert.ok(pongs >= 20, `Of ${pongs} pings one waited for ${most} renders.`);
    const grown = (peak - before) / 1024 / 1024;
    assert.ok(grown < 200, `Memory grew by ${grown} MB.`);
    // The farther behind, the later; and not all of them at one moment.
    const after = sent.map(({ after }) => after);
    assert.ok(Math.min(...after) >= 1 && Math.max(...after) <= 30);
    assert.ok(new Set(after).size >= 5, `They come back at ${[...new Set(after)]}.`);
    assert.ok(mean(after.slice(-200)) > mean(after.slice(0, 200)) + 1);
    // Then all is as it was.
    assert.equal((await get(app)).status, 200);
  },
);

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

timed("one page too many is told so by a small page that tries again, before any work is done", async () => {
  const asked: string[] = [];
  const { app, counted, log } = open(0, { limits: { renders: 1, rendersWaiting: 2 } });
  app.use((_context, next) => {
    asked.push("middleware");
    return next();
  });
  app.onError(() => {
    asked.push("error");
    return <p>Ours</p>;
  });
  const answers = await Promise.all([get(app), get(app), get(app)]);
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 200, 503]);
  const { text, after, response } = answers.find(({ status }) => status === 503)!;
  assert.equal(after, 1);
  assert.match(text, /<meta http-equiv="refresh" content="1">/);
  assert.match(text, /<h1>503 Service Unavailable<\/h1><p>Many are here at once\./);
  assert.equal(response.headers.get("set-cookie"), null);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual(asked, ["middleware", "middleware"]);
  assert.equal(counted.renders, 2);
  assert.deepEqual(log.lines, [
    'warn pages are sent away: more are asked for at once than can be rendered {"waiting":2,"begun":0}',
  ]);
});

timed("health, files, routes, scripts and sockets are answered while no page is", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a.txt`, "a file");
    for (const isAround of [false, true]) {
      const { app } = open(0, { limits: { rendersWaiting: 1 } });
      const gate = Promise.withResolvers<void>();
      app.static("/files", folder);
      app.page("/:any*", () => <p>any</p>);
      app.route("/route", { GET: () => new Response("a route") });
      if (isAround) {
        // Whoever waits in middleware has come in, and not begun.
        app.use(async ({ path }, next) => {
          if (path === "/") await gate.promise;
          return next();
        });
      }
      await using server = await app.listen({ port: 0 });
      const page = await load(app, "/other");
      const first = get(app);
      assert.equal((await get(app)).status, 503);
      assert.equal((await get(app, Path.health)).text, "ok");
      assert.equal((await get(app, "/files/a.txt")).text, "a file");
      assert.equal((await get(app, "/route")).text, "a route");
      const script = /src="([^"]+)"/.exec(page.html)![1]!;
      assert.equal((await get(app, script)).status, 200);
      await using _peer = await Peer.connect(server, { cookie: page.cookie });
      gate.resolve();
      assert.equal((await first).status, 200);
      assert.equal((await get(app)).status, 200);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

timed("a page that waits for data takes nobody's turn; there may be so many of them", async () => {
  const gate = Promise.withResolvers<void>();
  const { app } = open(0, { limits: { renders: 1, rendersWaiting: 50, pagesLoading: 10 } });
  app.page("/slow", async () => {
    await gate.promise;
    return <p>slow</p>;
  });
  const slow = Array.from({ length: 9 }, () => get(app, "/slow"));
  assert.equal((await get(app)).status, 200);
  const tenth = get(app, "/slow");
  const waits = get(app);
  gate.resolve();
  for (const answer of [...slow, tenth, waits]) assert.equal((await answer).status, 200);
});

timed("who waits too long for a turn is told so, and takes up no place", async () => {
  const clock = new FakeClock();
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const { app, counted } = open(0, { clock, limits: { pagesLoading: 1, load: Infinity } });
  app.page("/slow", async () => {
    begun.resolve();
    await gate.promise;
    return <p>slow</p>;
  });
  const slow = get(app, "/slow");
  await begun.promise;
  const waits = get(app), isOver = waits.then(() => true);
  // It asks who comes, and then gets in line: not seen from here.
  while (!await Promise.race([isOver, turn()])) clock.turn(5000);
  assert.equal((await waits).status, 503);
  assert.equal(counted.renders, 0);
  gate.resolve();
  await slow;
  assert.equal((await get(app)).status, 200);
});

function turn(): Promise<false> {
  return new Promise((resolve) => setImmediate(() => resolve(false)));
}

timed(
  "the app's own page for what is not there takes a turn too; without room the built-in one comes",
  async () => {
    const { app } = open(0, { limits: { pagesLoading: 1, rendersWaiting: 1 } });
    const gate = Promise.withResolvers<void>(), begun = Promise.withResolvers<void>();
    app.page("/slow", async () => {
      begun.resolve();
      await gate.promise;
      return <p>slow</p>;
    });
    let shown = 0;
    app.notFound(() => {
      shown++;
      return <p>Ours</p>;
    });
    assert.match((await get(app, "/missing")).text, /Ours/);
    const slow = get(app, "/slow");
    await begun.promise;
    const waits = get(app); // in line
    const { status, text } = await get(app, "/missing");
    assert.deepEqual([status, shown], [404, 1]);
    assert.match(text, /There is no such page/);
    gate.resolve();
    assert.deepEqual([(await slow).status, (await waits).status], [200, 200]);
  },
);

timed("middleware that answers without waiting for the page gives its place back", async () => {
  const { app } = open(0, { limits: { rendersWaiting: 2, pagesLoading: 1 } });
  const gate = Promise.withResolvers<void>(), pages: Promise<unknown>[] = [];
  app.use(async ({ path }, next) => {
    if (path !== "/slow" && path !== "/late") return await next();
    const page = path === "/slow" ? next() : turn().then(turn).then(() => next());
    pages.push(page.catch((error) => error));
    await Promise.race([page, turn().then(turn)]);
    return new Response("not now", { status: 504 });
  });
  app.page("/slow", async () => {
    await gate.promise;
    return <p>slow</p>;
  });
  app.page("/late", () => <p>late</p>);
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(
      (await Promise.all([get(app, "/slow"), get(app, "/slow")])).map(({ status }) => status),
      [504, 504],
    );
    assert.equal((await get(app, "/late")).status, 504);
  }
  gate.resolve();
  await Promise.all(pages);
  assert.deepEqual((await Promise.all([get(app), get(app)])).map(({ status }) => status), [200, 200]);
  assert.equal((await get(app)).status, 200);
});

timed("what a page leaves with, and what it throws, gives its place back", async () => {
  const { app } = open(0, { limits: { rendersWaiting: 1, pagesLoading: 1 } });
  app.page("/leaves", () => new Response(null, { status: 303, headers: { location: "/" } }));
  app.page("/throws", () => {
    throw new HttpError(410, "Gone.");
  });
  app.page("/public", () => <p>all</p>, { cache: "public, max-age=60" });
  for (const [path, status] of [["/leaves", 303], ["/throws", 410], ["/public", 200], ["/", 200]] as const) {
    for (let i = 0; i < 3; i++) assert.equal((await get(app, path)).status, status);
  }
});
