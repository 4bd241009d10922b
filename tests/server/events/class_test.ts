import assert from "node:assert/strict";
import { action, anyone, App, EventsEndpoint, topic } from "@argyle/argyle";
import { z } from "zod";
import type { ServedEvents } from "../../../server/events/served_events.ts";
import { EventsPeer, makeWorld } from "../../helpers/events.ts";
import { timed } from "../../helpers/peer.ts";

const empty = z.object({});
const says = (text: string) => action(empty, () => ({ text }));

/** What each event of an endpoint answers, and the names that it says it handles. */
async function answers(create: new () => EventsEndpoint, ...events: string[]): Promise<unknown> {
  await using world = makeWorld();
  const endpoint = world.app.events("/ws").handle(create, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  const { actions } = endpoint as unknown as ServedEvents;
  const said: unknown[] = [[...actions.keys()]];
  for (const type of events) said.push((await peer.say({ type }) as { text?: string }).text ?? "unknown");
  return said;
}

class Base extends EventsEndpoint {
  onMessage = says("base message");
  on_other = says("base other");
  handleIt = says("base it");
  label = "no handler";
  helper() {
    return 1;
  }
}

class Middle extends Base {
  handle_message = says("middle message");
  override on_other = says("middle other");
}

class Leaf extends Middle {
  message = says("leaf message");
  own = action(empty, () => ({ text: "leaf own" }), { event: "explicit" });
}

timed("class: fields that are actions handle events; nothing else does", async () => {
  assert.deepEqual(
    await answers(Base, "message", "other", "it", "onMessage", "label", "helper", "connect", "socket"),
    [["message", "other", "it"], "base message", "base other", "base it", ...Array(5).fill("unknown")],
  );
});

timed(
  "class: a subclass has its base's handlers, and overrides them by the event's name, whatever the member is called",
  async () => {
    assert.deepEqual(await answers(Middle, "message", "other", "it"), [
      ["message", "other", "it"],
      "middle message",
      "middle other",
      "base it",
    ]);
    assert.deepEqual(await answers(Leaf, "message", "other", "it", "explicit", "own"), [
      ["message", "other", "it", "explicit"],
      "leaf message",
      "middle other",
      "base it",
      "leaf own",
      "unknown",
    ]);
    // And the base is as it was.
    assert.deepEqual(await answers(Base, "message"), [["message", "other", "it"], "base message"]);
  },
);

Deno.test("class: two handlers of one event in one class are refused, also where one of them is overridden", () => {
  class Twice extends EventsEndpoint {
    onA = says("1");
    handleA = says("2");
  }
  class Again extends Base {
    override onMessage = says("1");
    handleMessage = says("2");
  }
  class Explicit extends EventsEndpoint {
    a = action(empty, () => {}, { event: "b" });
    b = says("2");
  }
  for (const [create, name] of [[Twice, "a"], [Again, "message"], [Explicit, "b"]] as const) {
    assert.throws(() => new App().events("/ws").handle(create, { authorize: anyone }), {
      name: "TypeError",
      message: `Cannot handle "${name}" twice: the event has a handler.`,
    });
  }
  class Nameless extends EventsEndpoint {
    on_ = says("");
  }
  assert.throws(() => new App().events("/ws").handle(Nameless, { authorize: anyone }), /nothing is left/);
});

Deno.test("class: what happens around messages is no handler, and is said in one place", () => {
  class Connects extends EventsEndpoint {
    override connect = says("") as unknown as () => unknown;
  }
  assert.throws(() => new App().events("/ws").handle(Connects, { authorize: anyone }), /what happens around/);
  assert.throws(
    () => new App().events("/ws").handle(Base, { authorize: anyone, connect() {} }),
    /^TypeError: Cannot add the endpoint "\/ws": its class has `connect` and `disconnect` itself\.$/,
  );
  class Early extends EventsEndpoint {
    user = this.socket.user;
  }
  assert.throws(() => new App().events("/ws").handle(Early, { authorize: anyone }), /Cannot read the socket/);
  class Unbound extends EventsEndpoint {}
  assert.throws(() => new Unbound().socket, /Cannot read the socket/);
});

timed(
  "class: each connection has an instance of its own, with its socket, and private fields work",
  async () => {
    await using world = makeWorld();
    const met: string[] = [];
    class Counter extends EventsEndpoint<{ name: string }> {
      #count = 0;
      onAdd = action(z.object({ by: z.number() }), ({ by }, context) => {
        return { count: this.#count += by, name: this.socket.params.name, same: context !== this.socket };
      });
      onConnect = says("an event");
      override connect() {
        met.push(`${this.socket.params.name} comes`);
        return this.socket.send("welcome", { count: this.#count });
      }
      override disconnect(code: number) {
        met.push(`${this.socket.params.name} goes ${code} ${this.#count}`);
      }
    }
    world.app.events("/:name").handle(Counter, { authorize: anyone });
    const server = await world.app.listen({ port: 0 });
    {
      await using ann = await EventsPeer.open(server, { path: "/ann" });
      await using bob = await EventsPeer.open(server, { path: "/bob" });
      for (const peer of [ann, bob]) assert.deepEqual(await peer.next(), { type: "welcome", count: 0 });
      const add = (peer: EventsPeer, by: number) => peer.say({ type: "add", by });
      assert.deepEqual(await add(ann, 1), { type: "add", count: 1, name: "ann", same: true });
      assert.deepEqual(await add(bob, 10), { type: "add", count: 10, name: "bob", same: true });
      assert.deepEqual(await add(ann, 1), { type: "add", count: 2, name: "ann", same: true });
      assert.deepEqual(await ann.say({ type: "connect" }), { type: "connect", text: "an event" });
    }
    await server.stop();
    assert.deepEqual(met.slice(0, 2), ["ann comes", "bob comes"]);
    assert.deepEqual(met.slice(2).sort(), ["ann goes 1005 2", "bob goes 1005 10"]);
  },
);

timed(
  "attach: handlers from outside, also for those who are connected; a taken event only where it is to be",
  async () => {
    await using world = makeWorld();
    const Room = topic("room");
    const chat = world.app.events("/ws").handle(Leaf, { authorize: anyone });
    await using peer = await EventsPeer.open(world.app);
    const text = async (type: string) => (await peer.say({ type }) as { text?: string }).text ?? "unknown";
    assert.equal(await text("later"), "unknown");
    const more = chat.attach({
      onLater: action(empty, (_input, { user }) => ({ text: `later ${user}` })),
      async_later: action(empty, () => Promise.resolve({ text: "async" })),
    });
    assert.equal(more as unknown, chat);
    assert.deepEqual([await text("later"), await text("async_later")], ["later undefined", "async"]);
    assert.throws(() => chat.attach({ fresh: says(""), on_message: says("") }), {
      name: "TypeError",
      message: 'Cannot handle "message" twice: the event has a handler.',
    });
    assert.equal(await text("fresh"), "unknown");
    assert.throws(() => chat.attach({ later: says("") }), /"later" twice/);
    chat.attach({ on_message: says("overwritten"), later: says("again") }, { overwrite: true });
    assert.deepEqual([await text("message"), await text("later"), await text("it")], [
      "overwritten",
      "again",
      "base it",
    ]);
    assert.throws(() => chat.attach({ a: (() => {}) as never }), /"a": it is no action/);
    assert.throws(() => chat.attach(Base as never), /Cannot attach a class/);
    await chat.publish(Room(), "anything", {});
  },
);
