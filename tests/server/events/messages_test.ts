import assert from "node:assert/strict";
import { action, anyone, type Schema } from "@argyle/argyle";
import type { SchemaResult } from "@argyle/argyle/types";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { EventsPeer, makeWorld } from "../../helpers/events.ts";
import { timed } from "../../helpers/peer.ts";

/** The same in three libraries: what handlers get, and whatever else the libraries can tell apart. */
const libraries = {
  zod: {
    schema: z.object({
      a: z.number().int(),
      b: z.string().min(2).optional(),
      xs: z.array(z.number()).optional(),
      m: z.object({ x: z.boolean() }).optional(),
    }),
    loose: z.looseObject({ a: z.number() }),
    coerce: z.object({ a: z.string().transform(Number) }),
    types: {
      number: "type_error.number",
      integer: "type_error.int",
      length: "value_error.too_small",
      boolean: "type_error.boolean",
      array: "type_error.array",
    },
    refusesExtra: true,
  },
  valibot: {
    schema: v.object({
      a: v.pipe(v.number(), v.integer()),
      b: v.optional(v.pipe(v.string(), v.minLength(2))),
      xs: v.optional(v.array(v.number())),
      m: v.optional(v.object({ x: v.boolean() })),
    }),
    loose: v.looseObject({ a: v.number() }),
    coerce: v.object({ a: v.pipe(v.string(), v.transform(Number)) }),
    types: {
      number: "type_error.number",
      integer: "value_error.integer",
      length: "value_error.min_length",
      boolean: "type_error.boolean",
      array: "type_error.array",
    },
    refusesExtra: true,
  },
  arktype: {
    // A type keeps what it does not declare, unless it says so.
    schema: type({
      "+": "delete",
      a: "number.integer",
      "b?": "string >= 2",
      "xs?": "number[]",
      "m?": { x: "boolean" },
    }),
    loose: type({ a: "number" }),
    coerce: type({ "+": "delete", a: "string.integer.parse" }),
    types: {
      number: "type_error.number",
      integer: "value_error.divisor",
      length: "value_error.min_length",
      boolean: "value_error.union",
      array: "type_error.array",
    },
    // Of what has failed, nobody knows which keys it declares.
    refusesExtra: false,
  },
} as const;

interface Told {
  readonly errors: readonly { loc: unknown[]; msg: string; type: string; ctx?: unknown }[];
  readonly id?: unknown;
}

/** Errors without their sentences, which are the libraries'. */
function kinds(told: unknown): unknown {
  return (told as Told).errors?.map(({ loc, type }) => [loc.join("."), type]) ?? told;
}

for (const [library, { schema, loose, coerce, types, refusesExtra }] of Object.entries(libraries)) {
  timed(
    `messages: ${library}: what passes is handled, what does not is told with place and kind`,
    async () => {
      await using world = makeWorld();
      world.app.events("/ws").handle({
        check: action(schema as Schema<{ a: number }>, (input) => ({ input })),
        loose: action(loose as Schema<object>, (input) => ({ input })),
        coerce: action(coerce as Schema<{ a: string }, { a: number }>, ({ a }) => ({ twice: 2 * a })),
      }, { authorize: anyone });
      await using peer = await EventsPeer.open(world.app);
      const say = async (data: object, type = "check") => kinds(await peer.say({ type, ...data }));
      assert.deepEqual(await say({ a: 1, b: "xy", xs: [1, 2], m: { x: true } }), {
        type: "check",
        input: { a: 1, b: "xy", xs: [1, 2], m: { x: true } },
      });
      assert.deepEqual(await say({}), [["a", "value_error.missing"]]);
      assert.deepEqual(await say({ a: "1" }), [["a", types.number]]);
      assert.deepEqual(await say({ a: null }), [["a", types.number]]);
      assert.deepEqual(await say({ a: 1.5 }), [["a", types.integer]]);
      assert.deepEqual(await say({ a: 1, b: "x" }), [["b", types.length]]);
      assert.deepEqual(await say({ a: 1, xs: [0, "x"] }), [["xs.1", types.number]]);
      assert.deepEqual(await say({ a: 1, xs: {} }), [["xs", types.array]]);
      assert.deepEqual(await say({ a: 1, m: {} }), [["m.x", "value_error.missing"]]);
      assert.deepEqual(await say({ a: 1, m: { x: 1 } }), [["m.x", types.boolean]]);
      // All at once: its own, in its order; then what it does not have, in that of the alphabet.
      const extra = [["n", "value_error.extra"], ["z", "value_error.extra"]];
      assert.deepEqual(await say({ z: 1, a: 1, n: 2 }), extra);
      assert.deepEqual(await say({ z: 1, a: "x", n: 2, b: "x" }), [
        ["a", types.number],
        ["b", types.length],
        ...refusesExtra ? extra : [],
      ]);
      assert.deepEqual(await say({ a: 1, z: { deep: true } }, "loose"), {
        type: "loose",
        input: { a: 1, z: { deep: true } },
      });
      assert.deepEqual(await say({ a: "x", z: 1 }, "loose"), [["a", types.number]]);
      assert.deepEqual(await say({ a: "21" }, "coerce"), { type: "coerce", twice: 42 });
      assert.deepEqual(world.log.lines, []);
    },
  );
}

timed("messages: what is extra may be allowed by the action, and does not reach the handler", async () => {
  await using world = makeWorld();
  world.app.events("/ws").handle({
    open: action(z.object({ a: z.number() }), (input) => ({ input }), { extra: "allow" }),
    text: action(z.object({ a: z.number() }).transform(({ a }) => `${a}`), (input) => ({ input })),
    map: action(
      z.object({ a: z.number() }).transform((o) => new Map(Object.entries(o))),
      ({ size }) => ({ size }),
    ),
    renamed: action(z.object({ a: z.number() }).transform(({ a }) => ({ b: a })), (input) => ({ input })),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  assert.deepEqual(await peer.say({ type: "open", a: 1, z: 2 }), { type: "open", input: { a: 1 } });
  assert.deepEqual(kinds(await peer.say({ type: "open", a: "", z: 2 })), [["a", "type_error.number"]]);
  assert.deepEqual(await peer.say({ type: "text", a: 1, z: 2 }), { type: "text", input: "1" });
  assert.deepEqual(await peer.say({ type: "map", a: 1 }), { type: "map", size: 1 });
  assert.deepEqual(kinds(await peer.say({ type: "map", a: 1, z: 2 })), [["z", "value_error.extra"]]);
  assert.deepEqual(kinds(await peer.say({ type: "renamed", a: 1 })), [["a", "value_error.extra"]]);
});

timed("messages: what a strict schema refuses by itself is extra as well, deep inside too", async () => {
  await using world = makeWorld();
  const inner = z.strictObject({ n: z.number() });
  world.app.events("/ws").handle({
    zod: action(z.strictObject({ a: inner }), () => ({ fine: true }), { extra: "allow" }),
    valibot: action(v.strictObject({ a: v.strictObject({ n: v.number() }) }), () => ({ fine: true })),
    arktype: action(type({ "+": "reject", a: { "+": "reject", n: "number" } }), () => ({ fine: true })),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  for (const library of ["zod", "valibot", "arktype"]) {
    assert.deepEqual(await peer.say({ type: library, a: { n: 1 } }), { type: library, fine: true });
    const told = kinds(await peer.say({ type: library, a: { n: 1, y: 1 }, z: 1 })) as string[][];
    assert.deepEqual(told.toSorted(), [["a.y", "value_error.extra"], ["z", "value_error.extra"]], library);
  }
});

timed("messages: an event that nobody handles is told with those that are", async () => {
  await using world = makeWorld();
  world.app.events("/ws").handle({
    a: action(z.object({}), () => {}),
    onOther: action(z.object({}), () => {}, { event: "b" }),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  for (const given of ["x", "onOther", "other", "A", "", "toString", "__proto__", "constructor"]) {
    assert.deepEqual(await peer.say({ type: given, z: 1 }), {
      errors: [{
        loc: ["type"],
        msg: "unexpected value; permitted: 'a', 'b'",
        type: "value_error.const",
        ctx: { given, permitted: ["a", "b"] },
      }],
    });
  }
});

timed("messages: an envelope that is none is told so, all of it at once, and the line lives on", async () => {
  await using world = makeWorld();
  world.app.events("/ws").handle({ a: action(z.object({}), () => ({ fine: true })) }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  const missing = { loc: ["type"], msg: "field required", type: "value_error.missing" };
  const id = {
    loc: ["id"],
    msg: "an id is a number, or a text of at most 128 characters",
    type: "type_error.id",
  };
  const told: [message: string, errors: object[], id?: unknown][] = [
    ["{}", [missing]],
    ['{"id":7}', [missing], 7],
    ['{"type":null,"id":"x"}', [{
      loc: ["type"],
      msg: "none is not an allowed value",
      type: "type_error.none.not_allowed",
    }], "x"],
    ['{"type":1}', [{ loc: ["type"], msg: "str type expected", type: "type_error.str" }]],
    ['{"type":[]}', [{ loc: ["type"], msg: "str type expected", type: "type_error.str" }]],
    ['{"type":"a","id":null}', [id]],
    ['{"type":"a","id":{}}', [id]],
    ['{"type":"a","id":true}', [id]],
    ['{"type":"a","id":1e999}', [id]],
    [`{"type":"a","id":"${"x".repeat(129)}"}`, [id]],
    ['{"id":[]}', [missing, id]],
    ["", [{ loc: [], msg: "The message is not JSON.", type: "value_error.jsondecode" }]],
    ["{", [{ loc: [], msg: "The message is not JSON.", type: "value_error.jsondecode" }]],
    ["{'type':'a'}", [{ loc: [], msg: "The message is not JSON.", type: "value_error.jsondecode" }]],
    ["[]", [{ loc: [], msg: "value is not a valid dict", type: "type_error.dict" }]],
    ["null", [{ loc: [], msg: "value is not a valid dict", type: "type_error.dict" }]],
    ['"a"', [{ loc: [], msg: "value is not a valid dict", type: "type_error.dict" }]],
    ["7", [{ loc: [], msg: "value is not a valid dict", type: "type_error.dict" }]],
  ];
  for (const [message, errors, known] of told) {
    peer.peer.send(message);
    assert.deepEqual(await peer.next(), { errors, ...known === undefined ? {} : { id: known } }, message);
  }
  peer.peer.send(new Uint8Array(4));
  assert.deepEqual(await peer.next(), {
    errors: [{ loc: [], msg: "A message is a text, not binary.", type: "type_error.binary" }],
  });
  assert.deepEqual(await peer.say({ type: "a", id: "x".repeat(128) }), {
    type: "a",
    id: "x".repeat(128),
    fine: true,
  });
  assert.deepEqual(world.log.lines, []);
});

timed("messages: over a network, binary messages and texts are answered in their order", async () => {
  await using world = makeWorld();
  world.app.events("/ws").handle({ a: action(z.object({}), () => ({ fine: true })) }, { authorize: anyone });
  await using server = await world.app.listen({ port: 0 });
  await using peer = await EventsPeer.open(server);
  peer.peer.send(new Uint8Array(4));
  peer.send({ type: "a", id: 1 });
  peer.peer.send("{");
  assert.deepEqual(kinds(await peer.next()), [["", "type_error.binary"]]);
  assert.deepEqual(await peer.next(), { type: "a", id: 1, fine: true });
  assert.deepEqual(kinds(await peer.next()), [["", "value_error.jsondecode"]]);
});

timed(
  "messages: of a key that stands twice the last counts, and __proto__ is a key like any other",
  async () => {
    await using world = makeWorld();
    const seen: unknown[] = [];
    const see = (input: object) => {
      seen.push(input);
      return { polluted: "polluted" in input, own: Object.getOwnPropertyNames(input) };
    };
    world.app.events("/ws").handle({
      strict: action(z.object({ a: z.number() }), see),
      allows: action(z.object({ a: z.number() }), see, { extra: "allow" }),
      record: action(v.record(v.string(), v.unknown()), see, { extra: "allow" }),
      ark: action(type({ a: "number" }), see, { extra: "allow" }),
    }, { authorize: anyone });
    await using peer = await EventsPeer.open(world.app);
    const ask = async (text: string) => {
      peer.peer.send(text);
      return await peer.next();
    };
    assert.deepEqual(await ask('{"type":"x","type":"strict","a":1,"a":2,"id":1,"id":2}'), {
      type: "strict",
      id: 2,
      polluted: false,
      own: ["a"],
    });
    assert.deepEqual((seen.pop() as { a: number }).a, 2);
    const evil = '"a":1,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
    assert.deepEqual(kinds(await ask(`{"type":"strict",${evil}}`)), [
      ["__proto__", "value_error.extra"],
      ["constructor", "value_error.extra"],
    ]);
    for (const type of ["allows", "record", "ark"]) {
      const answer = await ask(`{"type":"${type}",${evil}}`) as { polluted: boolean };
      assert.equal(answer.polluted, false, type);
    }
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  },
);

timed("messages: a schema may take its time, and one that throws is the server's own fault", async () => {
  await using world = makeWorld();
  const gate = Promise.withResolvers<void>(), asked = Promise.withResolvers<void>();
  const slow: Schema<object> = {
    "~standard": {
      version: 1,
      vendor: "test",
      async validate(value): Promise<SchemaResult<object>> {
        await gate.promise;
        return { value: value as object };
      },
    },
  };
  const failing = (validate: () => never): Schema<object> => ({
    "~standard": { version: 1, vendor: "test", validate },
  });
  const never: Schema<object> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    },
  };
  world.app.events("/ws").handle({
    slow: action(slow, () => ({ done: true })),
    throws: action(
      failing(() => {
        throw new Error("a secret");
      }),
      () => {},
    ),
    rejects: action(failing((() => Promise.reject(new Error("a secret"))) as () => never), () => {}),
    never: action(never, () => {}),
    zod: action(z.object({ n: z.number().refine((n) => Promise.resolve(n > 1)) }), () => ({ done: true })),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  peer.send({ type: "slow", id: 1 });
  peer.send({ type: "zod", n: 2, id: 2 });
  gate.resolve();
  assert.deepEqual(await peer.next(), { type: "slow", id: 1, done: true });
  assert.deepEqual(await peer.next(), { type: "zod", id: 2, done: true });
  assert.deepEqual(kinds(await peer.say({ type: "zod", n: 1 })), [["n", "value_error.custom"]]);
  for (const type of ["throws", "rejects"]) {
    const { errors: [error], id } = await peer.say({ type, id: type }) as Told;
    assert.match(error!.msg, /^Something went wrong \([0-9a-f]{8}\)\.$/);
    assert.deepEqual([error!.loc, error!.type, error!.ctx, id], [[], "server_error", undefined, type]);
    assert.match(
      world.log.lines.pop()!,
      /^error an event could not be handled: a secret .*"event":"(throws|rejects)"/,
    );
  }
  peer.send({ type: "never", id: 3 });
  peer.send({ type: "slow", id: 4 });
  await asked.promise;
  world.clock.turn(1001);
  assert.match(((await peer.next()) as Told).errors[0]!.msg, /^It took too long/);
  assert.deepEqual(await peer.next(), { type: "slow", id: 4, done: true });
});
