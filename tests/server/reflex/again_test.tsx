import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { App, Live, on, Reflex, type Store, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { FakeClock, open } from "@argyle/argyle/testing";
import { MemoryLog } from "../../helpers/peer.ts";

const News = topic("news");

/** A store, and data, that are out of reach as long as they are told so. */
function unsteady() {
  const clock = new FakeClock(), log = new MemoryLog(), { store, bus } = memory({ clock });
  const state = { news: "old", hasStore: true, hasData: true };
  const own: Store = {
    name: "unsteady",
    durable: true,
    exclusive: true,
    get: (keys) => state.hasStore ? store.get(keys) : Promise.reject(new Error("no store")),
    commit: (checks, writes) => store.commit(checks, writes),
  };
  const data = () => state.hasData ? Promise.resolve(state.news) : Promise.reject(new Error("no data"));

  class Editor extends Reflex {
    write() {
      state.news = "new";
      state.hasData = false;
      this.publish(News());
    }
  }

  const app = new App({ store: own, bus, clock, log });
  app.reflexes({ Editor });
  const write = on("click", Editor, "write");
  app.page("/own", async ({ load }) => (
    <main>
      <p id="news">{await load(News(), data)}</p>
      <button {...write}>Write</button>
    </main>
  ));
  app.page("/shared", async ({ load }) => (
    <main>
      <p id="news">{await load(News(), data)}</p>
      <button {...write}>Write</button>
    </main>
  ), { key: () => "all" });
  app.page("/part", () => (
    <main>
      <Live topic={[]}>{async ({ load }) => <p id="news">{await load(News(), data)}</p>}</Live>
      <button {...write}>Write</button>
    </main>
  ), { key: () => "all" });
  return { app, clock, log, state };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo(); turns++) {
    if (turns > 1000) throw new Error("It has not come to be so.");
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

for (const path of ["/own", "/shared", "/part"]) {
  for (const lacks of ["hasStore", "hasData"] as const) {
    if (path === "/shared" && lacks === "hasStore") continue; // it needs no session
    Deno.test(`again: what could not be shown is shown when it can be (${path}, ${lacks})`, async () => {
      const { app, clock, log, state } = unsteady();
      await using page = await open(app, path, { clock });
      state.news = "new";
      state[lacks] = false;
      app.publish(News());
      await until(() => log.lines.length === 1);
      // It fails once more: each render is a line of the log, but of the store's outage there is one for all.
      const lines = lacks === "hasData" ? 2 : 1, { waiting } = clock;
      clock.turn(1000);
      await until(() => log.lines.length === lines && clock.waiting === waiting);
      assert.equal(page.text("#news"), "old");
      state[lacks] = true;
      clock.turn(2000);
      await page.see("new", "#news");
      assert.equal(log.lines.length, lines);
    });
  }

  Deno.test(`again: what a call has done, and was not shown, is shown when it can be (${path})`, async () => {
    const { app, clock, state } = unsteady();
    await using page = await open(app, path, { clock });
    await page.click("button");
    assert.equal(page.text("#news"), "old");
    state.hasData = true;
    clock.turn(1000);
    await page.see("new", "#news");
  });
}

for (const may of [true, false]) {
  Deno.test(`again: whether somebody may see a new topic is asked again where it could not be (${may})`, async () => {
    const Secret = topic(`secret/${may}`, { authorize: () => may });
    const { app, log, state } = unsteady();
    class Own extends Reflex<{ count?: number }> {
      press() {
        this.session.count = (this.session.count ?? 0) + 1;
      }
    }
    app.reflexes({ Own });
    app.page("/room", ({ subscribe }) => {
      subscribe(News());
      if (state.news === "new") subscribe(Secret());
      return (
        <main>
          <p id="news">{state.news}</p>
          <Live<{ count?: number }> topic={[]}>
            {({ session }) => <button {...on("click", Own, "press")}>{session.count ?? 0}</button>}
          </Live>
        </main>
      );
    }, { key: () => "all" });
    await using page = await open(app, "/room");
    state.news = "new";
    state.hasStore = false;
    app.publish(News());
    await until(() => log.lines.some((line) => line.includes("could not be checked")));
    state.hasStore = true;
    if (may) {
      await page.see("new", "#news");
      await page.click("button"); // it is live
      assert.equal(page.text("button"), "1");
    } else {
      // Its page comes with 403, and what it calls meanwhile shows it nothing.
      await page.click("button").catch(() => {});
      await page.until(() => page.status === 403 || page.text("body").includes("new"));
      assert.equal(page.status, 403);
      assert(!page.text("body").includes("new"));
    }
  });
}

Deno.test("again: nobody is tried again who has gone", async () => {
  const { app, clock, log, state } = unsteady();
  for (const path of ["/own", "/shared", "/part"]) {
    const before = clock.waiting;
    await using page = await open(app, path, { clock });
    state.hasData = false;
    const { length } = log.lines;
    app.publish(News());
    await until(() => log.lines.length > length);
    await page[Symbol.asyncDispose]();
    state.hasData = true;
    clock.turn(120_000); // what was parked is let go of, too
    assert.equal(clock.waiting, before);
  }
});
