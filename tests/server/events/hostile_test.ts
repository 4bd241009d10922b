import assert from "node:assert/strict";
import { action, anyone, HttpError, topic } from "@argyle/argyle";
import { Close, defaultLimits } from "@argyle/argyle/protocol";
import type { EndpointContext } from "@argyle/argyle/types";
import fc from "fast-check";
import { z } from "zod";
import type { ServedEvents } from "../../../server/events/served_events.ts";
import { EndpointLine } from "../../../server/socket/endpoint_line.ts";
import { EventsPeer, type EventsWorld, makeWorld } from "../../helpers/events.ts";
import { FakeSocket } from "../../helpers/fake_socket.ts";
import { timed } from "../../helpers/peer.ts";

const empty = z.object({}), lobby = topic("lobby")();

interface Told {
  readonly errors: readonly { loc: unknown[]; msg: string; type: string; ctx?: Record<string, unknown> }[];
  readonly id?: unknown;
}

function kinds(told: unknown): string[] {
  return (told as Told).errors.map(({ type }) => type);
}

timed(
  "limits: what is nested too deep, or has too many items, is refused, and the line lives on",
  async () => {
    await using world = makeWorld();
    world.app.events("/ws").handle({
      any: action(z.record(z.string(), z.unknown()), () => ({ fine: true })),
    }, { authorize: anyone });
    await using peer = await EventsPeer.open(world.app);
    const { depth, keys } = defaultLimits;
    const nested = (levels: number) =>
      `{"type":"any","x":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
    const items = (count: number) => `{"type":"any","x":[${Array(count).fill("1").join()}]}`;
    const said = async (text: string) => {
      peer.peer.send(text);
      return await peer.next();
    };
    assert.deepEqual(await said(nested(depth)), { type: "any", fine: true });
    assert.deepEqual(await said(nested(depth + 1)), {
      errors: [{
        loc: [],
        msg: `A message is nested at most ${depth} levels deep.`,
        type: "value_error.depth",
      }],
    });
    assert.deepEqual(kinds(await said(nested(30_000))), ["value_error.depth"]);
    assert.deepEqual(await said(items(keys)), { type: "any", fine: true });
    assert.deepEqual(await said(items(keys + 1)), {
      errors: [{ loc: [], msg: `A message has at most ${keys} items.`, type: "value_error.items" }],
    });
    assert.deepEqual(await said(nested(2)), { type: "any", fine: true });
  },
);

timed("limits: what is too large is told so, and closes; as large as may be is handled", async () => {
  await using world = makeWorld();
  world.app.events("/ws").handle({
    size: action(z.object({ x: z.string() }), ({ x }) => ({ size: x.length })),
  }, { authorize: anyone });
  await using server = await world.app.listen({ port: 0 });
  await using peer = await EventsPeer.open(server);
  const { frame } = defaultLimits, around = '{"type":"size","x":""}'.length;
  assert.deepEqual(await peer.say({ type: "size", x: "x".repeat(frame - around) }), {
    type: "size",
    size: frame - around,
  });
  peer.send({ type: "size", x: "x".repeat(frame - around + 1) });
  const { code, heard } = await peer.peer.ended();
  const msg = `A message has at most ${frame} bytes.`;
  assert.deepEqual([code, heard.map((text) => JSON.parse(text))], [Close.tooLarge, [{
    errors: [{ loc: [], msg, type: "value_error.too_large" }],
  }]]);
});

timed(
  "limits: who sends too fast is told so, and closed when they go on; others are not held up",
  async () => {
    await using world = makeWorld({ limits: { syncFrameBurst: 5, syncFramesPerSecond: 1 } });
    world.app.events("/ws").handle({ a: action(empty, () => ({ fine: true })) }, { authorize: anyone });
    await using flood = await EventsPeer.open(world.app);
    await using other = await EventsPeer.open(world.app);
    for (let n = 0; n < 5; n++) assert.deepEqual(await flood.say({ type: "a" }), { type: "a", fine: true });
    for (let n = 0; n < 50; n++) flood.send({ type: "a" });
    assert.deepEqual(await other.say({ type: "a" }), { type: "a", fine: true });
    const { code, heard } = await flood.peer.ended();
    assert.equal(code, Close.policy);
    const rate = { errors: [{ loc: [], msg: "Too many messages.", type: "value_error.rate" }] };
    assert.ok(heard.length >= 2 && heard.length <= 3);
    for (const text of heard) assert.deepEqual(JSON.parse(text), rate);
  },
);

timed("limits: an answer of errors is not many times as large as what it answers", async () => {
  await using world = makeWorld();
  world.app.events("/ws").handle({
    record: action(z.record(z.string(), z.array(z.number())), () => {}),
    extra: action(empty, () => {}),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  // A thousand culprits, each below a name of 50,000 characters.
  peer.send({ type: "record", ["k".repeat(50_000)]: Array(1000).fill("x"), id: 1 });
  const text = await peer.peer.next();
  assert.ok(text.length < 2 * defaultLimits.frame, String(text.length));
  const { errors, id } = JSON.parse(text) as Told;
  assert.deepEqual([errors[0]!.loc[1], errors[0]!.type, id], [0, "type_error.number", 1]);
  peer.send({
    type: "extra",
    ...Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`${n}`.padStart(50, "k"), 1])),
  });
  assert.ok((await peer.peer.next()).length < 2 * defaultLimits.frame);
});

/** Anything that a stranger may write, and what is nearly a message. */
const anything = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.json(),
  fc.record({
    type: fc.constantFrom("echo", "fails", "hangs", "nothing", "x", 1, null),
    n: fc.oneof(fc.integer(), fc.jsonValue()),
    ["__proto__"]: fc.jsonValue(),
  }, { requiredKeys: [] }).map((message) => JSON.stringify(message)),
);

timed(
  "fuzz: whatever comes is answered or not, the line lives on, and a message with an id has one answer",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { maxLength: 10 }), async (messages) => {
        await using world = makeWorld();
        world.app.events("/ws").handle({
          echo: action(z.object({ n: z.number() }), (input) => input),
          nothing: action(empty, () => {}),
          fails: action(z.object({ n: z.unknown() }), ({ n }) => {
            throw n;
          }),
          hangs: action(z.object({ n: z.unknown() }), () => new Promise(() => {}), { concurrent: true }),
        }, { authorize: anyone });
        await using peer = await EventsPeer.open(world.app);
        for (const [n, message] of messages.entries()) {
          peer.peer.send(message);
          peer.send({ type: "echo", n, id: `own ${n}` });
        }
        const answers: unknown[] = [];
        while (answers.length < messages.length) {
          const { id, ...rest } = await peer.next() as { id?: unknown };
          if (typeof id === "string" && id.startsWith("own ")) answers.push([id, rest]);
        }
        assert.deepEqual(answers, messages.map((_, n) => [`own ${n}`, { type: "echo", n }]));
        await peer.quiet();
      }),
      { numRuns: 100 },
    );
  },
);

/** A connection whose socket is a test's own. */
async function connect(world: EventsWorld, endpoint: ServedEvents, development = false) {
  await endpoint.publish(lobby, "ready", {}); // the app's parts are there
  const socket = new FakeSocket(), rate = { perSecond: 500, burst: 2000 };
  const line = new EndpointLine(socket, defaultLimits, world.clock, world.log, rate);
  const url = new URL("http://127.0.0.1/ws");
  const asker: EndpointContext = {
    request: new Request(url),
    id: "test",
    url,
    origin: undefined,
    user: undefined,
    sessionId: undefined,
    get: ({ name }) => assert.fail(name),
  };
  const context = await endpoint.receive(asker, {}) as EndpointContext;
  line.start(() => endpoint.connect(line, context, { development }), () => {});
  socket.opened();
  return socket;
}

timed(
  "slow readers: one that is too far behind is closed, at once or after its time; others in the room are told all",
  async () => {
    await using world = makeWorld();
    const endpoint: ServedEvents = world.app.events("/ws").handle({}, {
      authorize: anyone,
      connect: ({ join }) => join(lobby),
    }) as unknown as ServedEvents;
    const [quick, slow, slower] = [
      await connect(world, endpoint),
      await connect(world, endpoint),
      await connect(world, endpoint),
    ];
    const tick = (n: number) => endpoint.publish(lobby, "tick", { n });
    await tick(1);
    slow.bufferedAmount = defaultLimits.watermark + 1;
    slower.bufferedAmount = defaultLimits.buffered + 1;
    await tick(2);
    assert.deepEqual([quick.ends, slow.ends, slower.ends], [[], [], [Close.behind]]);
    // It may read what it has missed, for a while.
    await tick(3);
    world.clock.turn(defaultLimits.stuck - 1000);
    await tick(4);
    assert.deepEqual(slow.ends, []);
    world.clock.turn(2000);
    assert.deepEqual(slow.ends, [Close.behind]);
    await tick(5);
    const ticks = (socket: FakeSocket) => socket.sent.map((text) => JSON.parse(text).n).filter(Boolean);
    assert.deepEqual([ticks(quick), ticks(slow), ticks(slower)], [[1, 2, 3, 4, 5], [1, 2, 3, 4], [1, 2]]);
    quick.end();
    await endpoint.publish(lobby, "tick", { n: 6 });
    assert.deepEqual(ticks(quick).at(-1), 5);
  },
);

timed("development: what has failed is told with its reason; else it is not", async () => {
  await using world = makeWorld();
  const endpoint = world.app.events("/ws").handle({
    fails: action(empty, () => {
      throw new Error("the reason");
    }),
    wordless: action(empty, () => {
      throw Object.create(null);
    }),
    output: action(empty, () => ({ n: "the data" }), { output: z.object({ n: z.literal("x") }) }),
    http: action(empty, () => {
      throw new HttpError(409, "told in any case");
    }),
  }, { authorize: anyone }) as unknown as ServedEvents;
  for (const development of [true, false]) {
    const socket = await connect(world, endpoint, development);
    for (const type of ["fails", "output", "http", "wordless"]) socket.say(JSON.stringify({ type }));
    const [fails, output, http, wordless] = socket.sent.map((text) => (JSON.parse(text) as Told).errors[0]!);
    assert.match(fails!.msg, /^Something went wrong \([0-9a-f]{8}\)\.$/);
    assert.deepEqual(fails!.ctx, development ? { detail: "Error: the reason" } : undefined);
    assert.deepEqual(output!.loc, ["response", "n"]);
    assert.match(output!.msg, development ? /^Invalid input/ : /^Something went wrong/);
    assert.equal(http!.msg, "told in any case");
    assert.deepEqual(wordless!.ctx, development ? { detail: "[object Object]" } : undefined);
    socket.end();
  }
});

timed("sockets: a burst of connections that go at once leaves nothing behind", async () => {
  await using world = makeWorld();
  let connected = 0, gone = 0;
  const endpoint = world.app.events("/ws").handle({}, {
    authorize: anyone,
    connect: ({ join }) => {
      connected++;
      void join(lobby);
    },
    disconnect: () => void gone++,
  }) as unknown as ServedEvents;
  for (let n = 0; n < 100; n++) {
    const socket = await connect(world, endpoint);
    socket.say("{");
    if (n % 2 === 0) socket.end("error");
    socket.end();
    socket.say('{"type":"late"}');
    assert.equal(socket.sent.length, 1);
  }
  await Promise.resolve();
  assert.deepEqual([connected, gone, world.clock.waiting], [100, 100, 0]);
});
