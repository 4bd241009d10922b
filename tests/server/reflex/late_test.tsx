import { setImmediate } from "node:timers";
import { App, Live, on, Reflex, type Store, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { open } from "@argyle/argyle/testing";

interface Session {
  count?: number;
}

const Count = topic("count");

class Counter extends Reflex<Session> {
  add() {
    this.session.count = (this.session.count ?? 0) + 1;
    this.publish(Count());
  }
}

/** A store whose answers can be late: what they say was true when it was asked. */
function slowApp() {
  const { store } = memory();
  let gate: Promise<void> | undefined;
  const slow: Store = {
    name: "slow",
    durable: true,
    exclusive: true,
    async get(keys) {
      const entries = await store.get(keys), late = gate;
      gate = undefined;
      await late;
      return entries;
    },
    commit: (checks, writes) => store.commit(checks, writes),
  };
  const app = new App<Session>({ store: slow });
  app.reflexes({ Counter });
  const add = on("click", Counter, "add");
  app.page("/own", ({ session, subscribe }) => {
    subscribe(Count());
    return <button id="count" {...add}>{session.count ?? 0}</button>;
  });
  app.page("/part", () => (
    <main>
      <Live<Session> topic={Count()}>
        {({ session }) => <button id="count" {...add}>{session.count ?? 0}</button>}
      </Live>
    </main>
  ), { key: () => "all" });
  /** The next answer is late. */
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    return {
      begun: async () => {
        while (gate !== undefined) await new Promise<void>((resolve) => setImmediate(resolve));
      },
      end: resolve,
    };
  };
  return { app, hold };
}

for (const path of ["/own", "/part"]) {
  Deno.test(`late: what changes while the session is looked up is shown, too (${path})`, async () => {
    const { app, hold } = slowApp();
    await using page = await open(app, path);
    const look = hold();
    app.publish(Count());
    await look.begun();
    await using tab = await page.tab(path);
    await tab.click("#count"); // what the page is about to be told is old by now
    look.end();
    await page.see("1", "#count");
  });
}
