import assert from "node:assert/strict";
import { App, Reflex } from "@argyle/argyle";
import { kv, openKv } from "@argyle/argyle/kv";
import { type Engine, memory, type Store } from "@argyle/argyle/memory";
import { load, MemoryLog, timed } from "../helpers/peer.ts";

/** Of all together: strangers who come once, a person who reloads, and a page that is loaded again by its script. */
const COUNT = 5000;

class Work extends Reflex {
  go() {
    this.session.count = (this.session.count ?? 0) + 1;
  }
}

async function getMany(engine: Engine): Promise<App> {
  const app = new App({ log: new MemoryLog(), ...engine, limits: { resync: 0 } });
  app.reflexes({ Work });
  app.page(
    "/",
    ({ session, flash }) => <p id="p" data-reflex="click->Work#go">{session.count ?? 0}{flash.length}</p>,
    { state: () => ({ open: false }) },
  );
  const page = await load(app);
  for (let i = 0; i < COUNT; i += 3) {
    const all = await Promise.all([
      load(app),
      load(app, "/", { cookie: page.cookie }),
      load(app, "/", { cookie: page.cookie, visit: page.token }),
    ]);
    for (const { response } of all) assert.equal(response.status, 200);
  }
  return app;
}

timed("5,000 GETs leave nothing in memory", async () => {
  const { store, bus } = memory();
  const written: string[] = [];
  // The store has no list of its keys: every way into it is a commit.
  const watched: Store = Object.assign(Object.create(store) as Store, {
    get: (keys: readonly string[]) => store.get(keys),
    commit: (...given: Parameters<Store["commit"]>) => {
      written.push(...given[1].map(({ key }) => key));
      return store.commit(...given);
    },
  });
  await using _app = await getMany({ store: watched, bus });
  assert.deepEqual(written.filter((key) => !isSecret(key)), []);
});

timed("5,000 GETs leave nothing in a KV file but the app's own key", async () => {
  const folder = await Deno.makeTempDir();
  try {
    using file = await openKv(`${folder}/app.db`);
    await using _app = await getMany(kv(file));
    const keys: string[] = [];
    for await (const { key } of file.list({ prefix: [] })) keys.push(JSON.stringify(key));
    // And what an isolate has said to others when it began, which is gone in ten minutes.
    const said = keys.filter((key) => /^\["argyle","(log|head)",/.test(key));
    assert.ok(said.length <= 2, said.join(", "));
    assert.deepEqual(keys.filter((key) => !isSecret(key) && !said.includes(key)), []);
    assert.equal(keys.length, 1 + said.length, keys.join(", "));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

function isSecret(key: string): boolean {
  return /secret/.test(key);
}
