import assert from "node:assert/strict";
import { App, type Engine, Reflex, type Store, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import type { Check, Publication, Write } from "@argyle/argyle/types";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

const Items = topic("items");
const secrets = ["an isolate's secret, 0123456789 abcdefghij"];

/** Where a call may be when its isolate dies. */
const steps = [
  "before it reads",
  "before its body",
  "in its body",
  "before its commit",
  "before it answers",
] as const;
type Step = typeof steps[number];

/** An isolate that stops at one step of its first call, for ever or until it is woken. */
class Mortal {
  readonly reached = Promise.withResolvers<void>();
  readonly woken = Promise.withResolvers<void>();
  #step: Step | undefined;

  /** The next call dies there. */
  dieAt(step: Step): void {
    this.#step = step;
  }

  async at(step: Step): Promise<void> {
    if (this.#step !== step) return;
    this.#step = undefined;
    this.reached.resolve();
    await this.woken.promise;
  }
}

/** A store as one isolate has it. */
class MortalStore implements Store {
  readonly name = "mortal";
  readonly durable = true;
  readonly exclusive = true;
  readonly transactional: Engine["bus"];
  readonly #store: Store;
  readonly #mortal: Mortal;

  constructor({ store, bus }: Engine, mortal: Mortal) {
    this.#store = store;
    this.transactional = bus;
    this.#mortal = mortal;
  }

  async get(keys: readonly string[]) {
    await this.#mortal.at("before it reads");
    const entries = await this.#store.get(keys);
    await this.#mortal.at("before its body");
    return entries;
  }

  async commit(checks: readonly Check[], writes: readonly Write[], publication?: Publication) {
    await this.#mortal.at("before its commit");
    const version = await this.#store.commit(checks, writes, publication);
    await this.#mortal.at("before it answers");
    return version;
  }
}

function isolate(engine: Engine) {
  const mortal = new Mortal();
  class Counter extends Reflex<{ n?: number }> {
    async add() {
      this.session.n = (this.session.n ?? 0) + 1;
      this.publish(Items());
      await mortal.at("in its body");
    }
  }
  const app = new App<{ n?: number }>({
    store: new MortalStore(engine, mortal),
    bus: engine.bus,
    log: new MemoryLog(),
    secrets,
  });
  app.reflexes({ Counter });
  app.page("/", ({ session }) => <b id="n" data-reflex="click->Counter#add">{session.n ?? 0}</b>);
  return { app, mortal };
}

for (const step of steps) {
  for (const isWoken of [false, true]) {
    const title = `an isolate dies ${step}${isWoken ? ", and rises from the dead" : ""}`;
    timed(
      `${title}: the call that is sent again to another has happened once, and is told once`,
      async () => {
        const engine = memory();
        const told: string[] = [];
        await using _listening = await engine.bus.listen("app", {
          hear: ({ topic }) => void (topic === "items" && told.push(topic)),
          gap: () => {},
        });
        const first = isolate(engine), second = isolate(engine);
        await using one = await first.app.listen({ port: 0 });
        await using other = await second.app.listen({ port: 0 });
        const page = await load(first.app);
        const ann = await Peer.live(one, page);
        assert.deepEqual(await ann.call("Counter#add"), ["patch", 1, [["text", "n", "1"]], [1]]);
        first.mortal.dieAt(step);
        const frame = ["call", 2, 1, "Counter#add"];
        ann.send(frame);
        await first.mortal.reached.promise;
        await ann[Symbol.asyncDispose]();
        // The page is loaded again elsewhere, as the same visit, and what has no outcome is sent again.
        const again = await load(second.app, "/", { cookie: page.cookie, visit: page.token });
        assert.equal(again.visit, page.visit);
        const isCommitted = step === "before it answers";
        assert.match(again.body, isCommitted ? />2</ : />1</);
        await using back = await Peer.live(other, again);
        back.send(frame);
        assert.deepEqual(
          await back.next(),
          isCommitted ? ["done", 2] : ["patch", 1, [["text", "n", "2"]], [2]],
        );
        assert.deepEqual(told, ["items", "items"]);
        first.mortal.woken.resolve();
        if (isWoken) await back.quiet();
        assert.match((await load(second.app, "/", { cookie: page.cookie })).body, />2</);
        back.send(["call", 3, 2, "Counter#add"]);
        assert.deepEqual((await back.next()).at(-1), [3]);
        assert.match((await load(first.app, "/", { cookie: page.cookie })).body, />3</);
        assert.deepEqual(told, ["items", "items", "items"]);
      },
    );
  }
}
