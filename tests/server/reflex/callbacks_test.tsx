import assert from "node:assert/strict";
import { action, App, Reflex } from "@argyle/argyle";
import type { CalledAction } from "@argyle/argyle/types";
import { FakeClock } from "@argyle/argyle/testing";
import { z } from "zod";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

interface Session {
  order?: string[];
}

class Guarded extends Reflex<Session> {
  override async before(action: CalledAction) {
    await Promise.resolve();
    this.note(`before ${action.name} ${JSON.stringify(action.args)}`);
  }
  protected note(what: string) {
    (this.session.order ??= []).push(what);
  }
}

class Steps extends Guarded {
  override async before(action: CalledAction) {
    await super.before(action);
    this.note("before below");
    if (action.name.endsWith("#shut")) this.forbid("Not for you");
  }
  override async around(action: CalledAction, run: () => Promise<unknown>) {
    this.note("around");
    const value = await run();
    if (action.name.endsWith("#twice")) await run();
    this.note("ran");
    return value;
  }
  override after() {
    this.note("after");
  }
  body() {
    this.note("body");
    return 5;
  }
  shut() {}
  twice() {}
  twofold = action(z.object({ by: z.number() }), ({ by }) => {
    this.note(`by ${by}`);
    return by;
  });
}

let later: (() => void) | undefined;

let pass: (() => void) | undefined;
let ran: string[] = [];

class Waits extends Reflex<Session> {
  override before() {
    return new Promise<void>((resolve) => pass = resolve);
  }
  override after() {
    ran.push("after");
  }
  override rescue(error: unknown) {
    ran.push("rescue");
    throw error;
  }
  body() {
    ran.push("body");
  }
}

class Rescued extends Reflex<Session> {
  override around(action: CalledAction, run: () => Promise<unknown>) {
    if (action.name.endsWith("#skipped")) return "skipped";
    if (action.name.endsWith("#loose")) return void run();
    return run();
  }
  override after(action: CalledAction) {
    (this.session.order ??= []).push(`after ${action.name}`);
  }
  override rescue(error: unknown, { name }: CalledAction) {
    if (name.endsWith("#worse")) throw new Error("even worse");
    (this.session.order ??= []).push("rescued");
    return `saved: ${(error as Error).message}`;
  }
  breaks() {
    (this.session.order ??= []).push("half done");
    this.state.half = true;
    throw new Error("no luck");
  }
  worse() {
    throw new Error("no luck");
  }
  refuses() {
    this.forbid();
  }
  skipped() {}
  async loose() {
    await new Promise<void>((resolve) => later = resolve);
    (this.session.order ??= []).push("loose body");
  }
  never() {
    return new Promise(() => {});
  }
}

async function open(clock?: FakeClock) {
  const log = new MemoryLog();
  const app = new App<Session>({ log, ...(clock === undefined ? {} : { clock }) });
  app.reflexes({ Steps, Rescued, Waits });
  const all = ["body", "shut", "twice", "twofold"].map((name) => `click->Steps#${name}`).concat(
    "click->Waits#body",
    ["breaks", "worse", "refuses", "skipped", "loose", "never"].map((name) => `click->Rescued#${name}`),
  );
  app.page("/", ({ session, state }) => (
    <main>
      <p id="order">{(session.order ?? []).join(", ")}</p>
      <p id="half">{state.half ? "half" : "none"}</p>
      <i data-reflex={all.join(" ")} />
    </main>
  ));
  const server = await app.listen({ port: 0 });
  const page = await load(app);
  const peer = await Peer.live(server, page);
  return {
    log,
    peer,
    async order() {
      return /id="order">([^<]*)</.exec((await load(app, "/", { cookie: page.cookie })).body)?.[1];
    },
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

timed("callbacks: before, around with the body in it, after; those of the class above by super", async () => {
  await using site = await open();
  assert.deepEqual((await site.peer.call("Steps#body")).at(-1), [1, 5]);
  assert.equal(await site.order(), "before Steps#body [], before below, around, body, ran, after");
});

timed("callbacks: stand around an action, and before its schema", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Steps#twofold", [{ by: "2" }]), [
    "error",
    1,
    "invalid",
    "The input is not valid.",
    { by: "Invalid input: expected number, received string" },
  ]);
  assert.deepEqual((await site.peer.call("Steps#twofold", [{ by: 2 }])).at(-1), [2, 2]);
  assert.equal(
    await site.order(),
    "before Steps#twofold [{&quot;by&quot;:2}], before below, around, by 2, ran, after",
  );
});

timed("before: what it forbids does not run, and nothing is kept", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Steps#shut"), ["error", 1, "forbidden", "Not for you"]);
  assert.equal(await site.order(), "");
});

timed("around: runs the body once, and not a second time", async () => {
  await using site = await open();
  assert.deepEqual((await site.peer.call("Steps#twice")).slice(0, 3), ["error", 1, "failed"]);
  assert.ok(site.log.lines.some((line) => line.includes("Cannot run Steps#twice again")));
  assert.equal(await site.order(), "");
});

timed(
  "around: one that does not run the body gives the payload, and after has nothing to come after",
  async () => {
    await using site = await open();
    assert.deepEqual(await site.peer.call("Rescued#skipped"), ["done", 1, "skipped"]);
  },
);

timed("around: a body that it does not wait for is waited for", async () => {
  await using site = await open();
  site.peer.send(["call", 1, 0, "Rescued#loose"]);
  await site.peer.quiet();
  later?.();
  assert.equal((await site.peer.next())[0], "patch");
  assert.equal(await site.order(), "loose body, after Rescued#loose");
});

timed(
  "rescue: what it returns is the payload; what the body had written is gone, what rescue writes stays",
  async () => {
    await using site = await open();
    assert.deepEqual((await site.peer.call("Rescued#breaks")).slice(2), [
      [["text", "order", "rescued"]],
      [1, "saved: no luck"],
    ]);
    assert.equal(await site.order(), "rescued");
  },
);

timed("rescue: what it throws the call fails with", async () => {
  await using site = await open();
  assert.deepEqual((await site.peer.call("Rescued#worse")).slice(0, 3), ["error", 1, "failed"]);
  assert.ok(site.log.lines.some((line) => line.includes("even worse")));
});

timed("rescue: does not make a yes of a refusal, nor of a body that never ends", async () => {
  const clock = new FakeClock();
  await using site = await open(clock);
  assert.deepEqual((await site.peer.call("Rescued#refuses")).slice(0, 3), ["error", 1, "forbidden"]);
  site.peer.send(["call", 2, 1, "Rescued#never"]);
  await site.peer.quiet();
  clock.turn(10_000);
  assert.deepEqual((await site.peer.next()).slice(0, 3), ["error", 2, "timeout"]);
  assert.equal(await site.order(), "");
});

timed("callbacks: a before that takes all the time has no body and no after behind it", async () => {
  ran = [];
  const clock = new FakeClock();
  await using site = await open(clock);
  site.peer.send(["call", 1, 0, "Waits#body"]);
  await site.peer.quiet();
  clock.turn(10_000);
  assert.deepEqual((await site.peer.next()).slice(0, 3), ["error", 1, "timeout"]);
  pass?.();
  await site.peer.quiet();
  assert.deepEqual(ran, []);
});
