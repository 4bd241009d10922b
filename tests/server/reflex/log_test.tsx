import assert from "node:assert/strict";
import { App, Reflex } from "@argyle/argyle";
import { FakeClock } from "@argyle/argyle/testing";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

let finish: (() => void) | undefined;

class Logged extends Reflex<{ count?: number }> {
  async page() {
    await new Promise<void>((resolve) => finish = resolve);
    return this.session.count = (this.session.count ?? 0) + 1;
  }
  nothing() {
    this.skipRender();
  }
  leave() {
    this.redirect("/");
  }
  stops() {
    this.abort("not for the log");
  }
}

const offers = "page nothing leave stops".split(" ").map((name) => `click->Logged#${name}`).join(" ");

async function open(logCalls: boolean) {
  const log = new MemoryLog(), clock = new FakeClock();
  const app = new App<{ count?: number }>({ log, clock, logCalls });
  app.reflexes({ Logged });
  app.page("/", ({ session }) => <p id="count" data-reflex={offers}>{session.count ?? 0}</p>, {
    calls: [Logged],
  });
  const server = await app.listen({ port: 0 });
  const page = await load(app);
  const peer = await Peer.live(server, page);
  return {
    log,
    clock,
    peer,
    called: () =>
      log.lines.filter((line) => line.startsWith("info called")).map((line) => {
        const [, target, json] = /^info called (\S+) (.*)$/.exec(line)!;
        return { target, ...JSON.parse(json!) };
      }),
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

timed(
  "logCalls: a line for each call: what was called, what became of it, how long, how many bytes",
  async () => {
    await using site = await open(true);
    site.peer.send(["call", 1, 0, "Logged#page"]);
    await site.peer.quiet();
    site.clock.turn(70);
    finish?.();
    await site.peer.next();
    let n = 1;
    for (const name of ["nothing", "stops", "wiped", "leave"]) {
      site.peer.send(["call", ++n, 1, `Logged#${name}`]);
      await site.peer.next();
    }
    assert.deepEqual(await site.peer.next(), ["go", "/"]);
    for (const target of ["Logged#stops", "Logged#nothing"]) {
      site.peer.send(["call", 3, 1, target]);
      await site.peer.next();
    }
    await site.peer.quiet();
    const [first, ...others] = site.called();
    assert.deepEqual([first.target, first.as, first.n, first.ms], ["Logged#page", "page", 1, 70]);
    // All that the socket was sent meanwhile: a pong and the patch.
    assert.equal(first.down, new TextEncoder().encode(site.peer.texts.slice(1, 3).join("")).length);
    assert.match(first.visit, /^[\w-]{6}$/);
    assert.ok(first.request);
    const words = "nothing halted unknown_reflex redirect again replayed".split(" ");
    assert.deepEqual(others.map(({ as }) => as), words);
    assert.ok(!site.log.lines.some((line) => line.includes("not for the log")));
  },
);

timed("logCalls: not where it is off", async () => {
  await using site = await open(false);
  await site.peer.call("Logged#nothing");
  await site.peer.quiet();
  assert.deepEqual(site.called(), []);
});

timed("logCalls: not for an element that asks to be left out", async () => {
  await using site = await open(true);
  const calls = ["nothing", "wiped"].flatMap((
    name,
  ) => [[name, { q: true }], [name, { q: false }], [name, {}]]);
  for (const [at, [name, element]] of calls.entries()) {
    site.peer.send(["call", at + 1, at, `Logged#${name}`, [], element as { q?: boolean }]);
    await site.peer.next();
  }
  await site.peer.quiet();
  assert.deepEqual(site.called().map(({ n, as }) => [n, as]), [
    [2, "nothing"],
    [3, "nothing"],
    [5, "unknown_reflex"],
    [6, "unknown_reflex"],
  ]);
});
