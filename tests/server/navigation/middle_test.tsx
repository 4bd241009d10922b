import assert from "node:assert/strict";
import { App, on, Reflex } from "@argyle/argyle";
import { goTo, landed, pageAt } from "../../helpers/landed.ts";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

interface Session {
  count?: number;
}

async function open() {
  let gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>(), runs = { slow: 0, quick: 0, both: 0 };
  class Work extends Reflex<Session> {
    async slow() {
      runs.slow++;
      begun.resolve();
      await gate.promise;
      this.session.count = (this.session.count ?? 0) + 1;
      return this.session.count;
    }
    async away() {
      begun.resolve();
      await gate.promise;
      this.redirect("/elsewhere");
    }
    quick() {
      runs.quick++;
      this.session.count = (this.session.count ?? 0) + 10;
      return this.url.pathname;
    }
    both() {
      runs.both++;
      return this.url.pathname;
    }
    fails() {
      this.abort("Not now.");
    }
  }
  const log = new MemoryLog(), app = new App<Session>({ log });
  app.reflexes({ Work });
  app.page("/", ({ session }) => (
    <main>
      <p id="here" {...on("click", Work, "slow").on("click", Work, "away").on("click", Work, "fails")}>
        {session.count ?? 0}
      </p>
      <i {...on("click", Work, "quick")} />
      <i {...on("click", Work, "both")} />
    </main>
  ));
  app.page("/there", ({ session }) => (
    <main>
      <p id="there">{session.count ?? 0}</p>
      <i {...on("click", Work, "both")} />
    </main>
  ));
  const server = await app.listen({ port: 0 });
  const page = await load(app), peer = await Peer.live(server, page);
  return {
    app,
    log,
    server,
    page,
    peer,
    runs,
    begun: begun.promise,
    go: () => {
      gate.resolve();
      gate = Promise.withResolvers();
    },
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

timed(
  "a call that runs while the page is left is committed once, settles, and shows on the new page",
  async () => {
    await using site = await open();
    const { app, page, peer, runs } = site;
    peer.send(["call", 1, 0, "Work#slow"]);
    peer.send(["call", 2, 0, "Work#quick"]); // waits behind it
    await site.begun;
    await goTo(peer, 1, "/there");
    site.go();
    // Both are told, and the one that waited ran as the page's that it was made on.
    const outcomes: unknown[] = [], texts: unknown[] = [];
    while (outcomes.length < 2 || texts.at(-1) !== "11") {
      const frame = await peer.next();
      if (frame[0] === "done") outcomes.push(frame);
      else {
        // The new page shows what they have done, in one patch or two, that count from 0.
        const [kind, version, [operation = []], outcome] = frame as [string, number, unknown[][], unknown?];
        assert.deepEqual([kind, version, operation.slice(0, 2), outcome], [
          "patch",
          texts.push(operation[2]),
          ["text", "there"],
          undefined,
        ]);
      }
    }
    assert.deepEqual(outcomes, [["done", 1, 1], ["done", 2, "/"]]);
    await peer.quiet();
    assert.deepEqual({ ...runs, both: 0 }, { slow: 1, quick: 1, both: 0 });
    assert.match((await load(app, "/there", { cookie: page.cookie })).body, /<p id="there">11</);
  },
);

timed(
  "a call that fails, or redirects, on a page that was left tells its caller, and leads nobody away",
  async () => {
    await using site = await open();
    const { peer } = site;
    peer.send(["call", 1, 0, "Work#away"]);
    peer.send(["call", 2, 0, "Work#fails"]);
    await site.begun;
    await goTo(peer, 1, "/there");
    site.go();
    assert.deepEqual(await peer.next(), ["done", 1]);
    assert.deepEqual(await peer.next(), ["error", 2, "halted", "Not now."]);
    await peer.quiet();
  },
);

timed(
  "a call that has crossed the new page on its way runs as the old page's, also where both offer it",
  async () => {
    await using site = await open();
    const { peer } = site;
    peer.send(["visit", 1, "/there"]);
    landed(await peer.next());
    peer.send(["call", 1, 0, "Work#both"]);
    assert.deepEqual(await peer.next(), ["done", 1, "/"]);
    // Behind this the new page's own come first; what has waited in the browser is still the old page's.
    peer.send(["shown", 1]);
    peer.send(["call", 2, 1, "Work#both"]);
    assert.deepEqual(await peer.next(), ["done", 2, "/there"]);
    peer.send(["call", 3, 2, "Work#quick"]);
    assert.deepEqual(await peer.next(), ["done", 3, "/"]);
    assert.deepEqual(await peer.next(), ["patch", 1, [["text", "there", "10"]]]);
  },
);

timed(
  "a call of the page before that is sent again from the new page has its outcome, and never runs again",
  async () => {
    await using site = await open();
    const { peer, page, server, runs } = site;
    peer.send(["call", 1, 0, "Work#both"]);
    assert.deepEqual(await peer.next(), ["done", 1, "/"]);
    const there = await goTo(peer, 1, "/there");
    await using again = await Peer.live(server, pageAt(there, page));
    // Its outcome was lost with the socket, as far as this browser knows.
    again.send(["call", 1, 0, "Work#both"]);
    assert.deepEqual(await again.next(), ["done", 1, "/"]);
    again.send(["call", 1, 0, "Work#both", [], { v: "other" }]);
    assert.equal((await again.next())[2], "replayed");
    again.send(["call", 2, 0, "Work#both"]);
    assert.deepEqual(await again.next(), ["done", 2, "/there"]);
    assert.equal(runs.both, 2);
    // Also after it has loaded its own page again, as the same visit.
    const loaded = await load(site.app, "/there", { cookie: page.cookie, visit: there.token });
    assert.equal(loaded.visit, there.visit);
    await using once = await Peer.live(server, loaded);
    once.send(["call", 1, 0, "Work#both"]);
    assert.deepEqual(await once.next(), ["done", 1, "/"]);
    assert.equal(runs.both, 2);
  },
);

timed(
  "a call that was on its way when the line was lost does not run on the page that came after",
  async () => {
    await using site = await open();
    const { peer, page, server, runs } = site;
    peer.send(["call", 1, 0, "Work#slow"]);
    await site.begun;
    const there = await goTo(peer, 1, "/there");
    await using again = await Peer.live(server, pageAt(there, page));
    again.send(["call", 1, 0, "Work#slow"]);
    assert.equal((await again.next())[2], "expired");
    site.go();
    assert.equal(runs.slow, 1);
  },
);

timed("there and back again, quickly: each page is its own visit", async () => {
  await using site = await open();
  const { peer } = site;
  const names = new Set<string>();
  for (let id = 1; id <= 6; id++) {
    const { visit, url } = await goTo(peer, id, id % 2 === 1 ? "/there" : "/");
    assert.equal(url, id % 2 === 1 ? "/there" : "/");
    names.add(visit);
  }
  assert.equal(names.size, 6);
  assert.deepEqual(landed(["page", 1, "/", "t", "v", []]).ticket, undefined);
  peer.send(["call", 1, 0, "Work#quick"]);
  assert.deepEqual(await peer.next(), ["patch", 1, [["text", "here", "10"]], [1, "/"]]);
});
