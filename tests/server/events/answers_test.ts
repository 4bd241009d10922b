import assert from "node:assert/strict";
import { action, anyone, HttpError, type Schema } from "@argyle/argyle";
import type { App } from "@argyle/argyle";
import * as v from "valibot";
import { z } from "zod";
import { type Asked, writeAnswer } from "../../../server/events/answer.ts";
import { EventsPeer, makeWorld } from "../../helpers/events.ts";
import { timed } from "../../helpers/peer.ts";

const empty = z.object({});

/** Adds an endpoint at /ws whose handlers do this. */
function add(app: App, handlers: Readonly<Record<string, () => unknown>>, output?: Schema): void {
  app.events("/ws").handle(
    Object.fromEntries(
      Object.entries(handlers).map((
        [name, run],
      ) => [name, action(empty, run, output === undefined ? {} : { output })]),
    ),
    { authorize: anyone },
  );
}

timed("answers: nothing for undefined, unless the message has an id; async or not, the same", async () => {
  await using world = makeWorld();
  add(world.app, {
    nothing: () => {},
    later: () => Promise.resolve(),
    sync: () => ({ reply: "foobar" }),
    async: () => Promise.resolve({ reply: "foobar" }),
    thenable: () => ({ then: (done: (value: object) => void) => done({ reply: "foobar" }) }),
  });
  await using peer = await EventsPeer.open(world.app);
  for (const type of ["nothing", "later"]) {
    peer.send({ type });
    assert.deepEqual(await peer.say({ type, id: 0 }), { type, id: 0 });
    assert.deepEqual(await peer.say({ type, id: "" }), { type, id: "" });
  }
  for (const type of ["sync", "async", "thenable"]) {
    assert.deepEqual(await peer.say({ type }), { type, reply: "foobar" });
    assert.deepEqual(await peer.say({ type, id: -1.5 }), { type, id: -1.5, reply: "foobar" });
  }
});

timed("answers: the type is the handler's, else the schema's, else the event's", async () => {
  await using world = makeWorld();
  const output = z.object({ type: z.string().default("custom_type"), a: z.number() });
  const plain = z.object({ a: z.number() });
  world.app.events("/ws").handle({
    bare: action(empty, () => ({ a: 1 })),
    own: action(empty, () => ({ type: "mine", a: 1 })),
    model: action(empty, () => ({ a: 1 }), { output }),
    both: action(empty, () => ({ type: "mine", a: 1 }), { output }),
    plain: action(empty, () => ({ type: "mine", a: 1 }), { output: plain }),
    // One schema in two handlers: neither has left anything in it.
    first: action(empty, () => ({ a: 1 }), { output: plain }),
    second: action(empty, () => ({ a: 1 }), { output: plain }),
  }, { authorize: anyone });
  await using peer = await EventsPeer.open(world.app);
  const types = {
    bare: "bare",
    own: "mine",
    model: "custom_type",
    both: "mine",
    plain: "mine",
    first: "first",
    second: "second",
  };
  for (const [type, answered] of Object.entries(types)) {
    assert.deepEqual(await peer.say({ type }), { type: answered, a: 1 }, type);
  }
});

timed("answers: an output schema validates, coerces, fills in and drops", async () => {
  await using world = makeWorld();
  const outputs = {
    zod: z.object({
      n: z.coerce.number(),
      nested: z.object({ on: z.boolean().default(true), none: z.null().default(null) }).prefault({}),
    }),
    valibot: v.object({
      n: v.pipe(v.unknown(), v.transform(Number)),
      nested: v.optional(
        v.object({ on: v.optional(v.boolean(), true), none: v.optional(v.null(), null) }),
        {},
      ),
    }),
    async: z.object({
      n: z.string().transform((n) => Promise.resolve(Number(n))),
      nested: z.unknown().transform(() => ({ on: true, none: null })),
    }),
  };
  world.app.events("/ws").handle(
    Object.fromEntries(
      Object.entries(outputs).map(([name, output]) => [
        name,
        action(empty, () => ({ n: "2", nested: undefined, secret: "x" }), { output: output as Schema }),
      ]),
    ),
    { authorize: anyone },
  );
  await using peer = await EventsPeer.open(world.app);
  for (const type of Object.keys(outputs)) {
    assert.deepEqual(await peer.say({ type }), { type, n: 2, nested: { on: true, none: null } }, type);
  }
});

const bad: Record<string, { run: () => unknown; output?: Schema; loc: string[] }> = {
  "a text": { run: () => "x", loc: ["response"] },
  "a list": { run: () => [1], loc: ["response"] },
  null: { run: () => null, loc: ["response"] },
  "a date": { run: () => new Date(0), loc: ["response"] },
  "a bigint": { run: () => ({ n: 1n }), loc: ["response"] },
  "a cycle": {
    run: () => {
      const cycle: Record<string, unknown> = {};
      return cycle["self"] = cycle;
    },
    loc: ["response"],
  },
  "a toJSON that throws": {
    run: () => ({
      n: {
        toJSON() {
          throw new Error("secret");
        },
      },
    }),
    loc: ["response"],
  },
  "a type that is no text": { run: () => ({ type: 1 }), loc: ["response", "type"] },
  "an id": { run: () => ({ id: 1 }), loc: ["response", "id"] },
  "what is missing": { run: () => ({}), output: z.object({ data: z.string() }), loc: ["response", "data"] },
  "what is wrong deep inside": {
    run: () => ({ xs: [{ n: "secret" }] }),
    output: v.object({ xs: v.array(v.object({ n: v.number() })) }) as Schema,
    loc: ["response", "xs", "0", "n"],
  },
};

for (const [what, { run, output, loc }] of Object.entries(bad)) {
  timed(`answers: ${what} is the server's own fault: logged, and told without the data`, async () => {
    await using world = makeWorld();
    world.app.events("/ws").handle({
      bad: action(empty, run, output === undefined ? {} : { output }),
      good: action(empty, () => ({ fine: true })),
    }, { authorize: anyone });
    await using peer = await EventsPeer.open(world.app);
    const text = JSON.stringify(await peer.say({ type: "bad", id: 5 }));
    const { errors: [error], id } = JSON.parse(text);
    assert.deepEqual([error.loc.map(String), error.type, id], [loc, "server_error", 5]);
    assert.match(error.msg, /^Something went wrong \([0-9a-f]{8}\)\.$/);
    assert.doesNotMatch(text, /secret/);
    const reference = /\((.*)\)/.exec(error.msg)![1]!;
    assert.equal(world.log.lines.filter((line) => line.includes(reference)).length, 1);
    assert.deepEqual(await peer.say({ type: "good" }), { type: "good", fine: true });
  });
}

timed(
  "answers: an HttpError below 500 is told, and is nobody's fault; what else is thrown is logged",
  async () => {
    await using world = makeWorld();
    const heard: unknown[] = [];
    const fail = (error: unknown) => () => {
      throw error;
    };
    world.app.events("/ws").handle({
      gone: action(empty, fail(new HttpError(410, "It is sold out."))),
      goneLater: action(empty, () => Promise.reject(new HttpError(404, "There is no such thing."))),
      caused: action(empty, fail(new HttpError(409, "Not now.", { cause: new Error("secret") }))),
      away: action(empty, fail(new HttpError(503, "The bank is closed."))),
      broken: action(empty, fail(new Error("secret"))),
      text: action(empty, fail("secret")),
      none: action(empty, fail(undefined)),
    }, { authorize: anyone, onError: (error, { id }) => void heard.push([String(error), typeof id]) });
    await using peer = await EventsPeer.open(world.app);
    const http = (msg: string, status: number) => ({
      errors: [{ loc: [], msg, type: "http_error", ctx: { status } }],
    });
    assert.deepEqual(await peer.say({ type: "gone" }), http("It is sold out.", 410));
    assert.deepEqual(await peer.say({ type: "goneLater", id: 1 }), {
      ...http("There is no such thing.", 404),
      id: 1,
    });
    assert.deepEqual([world.log.lines, heard], [[], []]);
    assert.deepEqual(await peer.say({ type: "caused" }), http("Not now.", 409));
    assert.match(world.log.lines.pop()!, /Not now\. Error: secret/);
    const { errors: [away] } = await peer.say({ type: "away" }) as {
      errors: { msg: string; type: string }[];
    };
    assert.deepEqual([away!.msg, away!.type], ["The bank is closed.", "server_error"]);
    for (const type of ["broken", "text", "none"]) {
      const text = JSON.stringify(await peer.say({ type, id: type }));
      assert.match(
        text,
        /^\{"errors":\[\{"loc":\[\],"msg":"Something went wrong \([0-9a-f]{8}\)\.","type":"server_error"\}\],"id":/,
      );
      assert.doesNotMatch(text, /secret/);
    }
    assert.equal(world.log.lines.length, 4);
    assert.deepEqual(heard, [
      ["HttpError: Not now.", "string"],
      ["HttpError: The bank is closed.", "string"],
      ["Error: secret", "string"],
      ["secret", "string"],
      ["undefined", "string"],
    ]);
  },
);

timed("answers: an onError that fails is logged, and harms nobody", async () => {
  await using world = makeWorld();
  world.app.events("/ws").handle({
    broken: action(empty, () => {
      throw new Error("first");
    }),
    good: action(empty, () => ({ fine: true })),
  }, {
    authorize: anyone,
    onError: () => {
      throw new Error("second");
    },
  });
  await using peer = await EventsPeer.open(world.app);
  assert.match(JSON.stringify(await peer.say({ type: "broken" })), /server_error/);
  assert.deepEqual(await peer.say({ type: "good" }), { type: "good", fine: true });
  assert.deepEqual(world.log.lines.map((line) => /first|second/.exec(line)?.[0]), ["first", "second"]);
});

Deno.test("answers: what an object of a class makes of itself is what is sent", () => {
  const asked: Asked = { event: "e", id: undefined, output: undefined };
  class Money {
    constructor(readonly cents: number) {}
    toJSON() {
      return { euros: this.cents / 100 };
    }
  }
  assert.equal(writeAnswer(asked, new Money(250)), '{"type":"e","euros":2.5}');
  assert.equal(
    writeAnswer(asked, { price: new Money(250), none: undefined }),
    '{"type":"e","price":{"euros":2.5}}',
  );
  assert.equal(writeAnswer(asked, JSON.parse('{"__proto__":{"a":1}}')), '{"type":"e","__proto__":{"a":1}}');
});
