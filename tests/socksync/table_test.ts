import { ok, strictEqual as equal } from "node:assert/strict";
import { z } from "zod";
import { action } from "../../protocol/action.ts";
import type { Authorize } from "../../socksync/group.ts";
import { list } from "../../socksync/list.ts";
import { variable } from "../../socksync/variable.ts";
import { alone, flush, type Raw, type Said } from "./_ends.ts";

const groups = (authorize?: Authorize) => {
  const options = authorize && { authorize };
  return [
    { x: variable(1, options) },
    { x: list(["a", "b"], options) },
    { x: action(z.object({}), () => "done", options) },
  ];
};

/** A peer that owns a variable, a list and a function, each named x. */
function owner(authorize?: Authorize): Raw {
  const raw = alone();
  for (const group of groups(authorize)) raw.peer.own(group);
  return raw;
}

const kinds = ["var", "list", "function"] as const;

/** How things may stand between the two ends. */
const states: Record<string, () => Raw> = {
  unregistered: () => alone(),
  forbidden: () => owner(() => false),
  registered: () => owner(),
  subscribed() {
    const raw = owner();
    for (const type of kinds) raw.say({ func: "subscribe", type, name: "x" });
    return raw;
  },
  shown() {
    const raw = states["subscribed"]!();
    raw.say({ func: "get", type: "var", name: "x" });
    raw.say({ func: "get", type: "list", name: "x" });
    raw.say({ func: "call", type: "function", name: "x", id: "before" });
    return raw;
  },
  mirror() {
    const raw = alone();
    raw.peer.variable("x");
    raw.peer.list("x");
    raw.peer.function("x");
    return raw;
  },
  held() {
    const raw = states["mirror"]!();
    raw.say({ func: "set", type: "var", name: "x", value: 1 });
    raw.say({
      func: "set_all",
      type: "list",
      name: "x",
      page: 0,
      page_size: 5,
      total_item_count: 2,
      items: ["a", "b"],
    });
    return raw;
  },
  both() {
    const raw = owner();
    raw.peer.variable("x");
    raw.peer.list("x");
    raw.peer.function("x");
    return raw;
  },
};

/** What stands for an answer in the table. */
const answers: Record<string, (frame: Said) => Said | undefined> = {
  "-": () => undefined,
  "3": ({ name }) => ({ error_code: 3, message: `${name} is not registered.` }),
  "1v": ({ func }) => ({ error_code: 1, message: `${func} is not valid for this group.` }),
  "1s": () => ({ error_code: 1, message: "Subscription required." }),
  "6": ({ id }) => ({ error_code: 6, message: `${id} is not a valid function call.` }),
  "5": ({ index }) => ({ error_code: 5, message: `${index} is out of bounds.` }),
  value: () => ({ func: "set", type: "var", name: "x", value: 1 }),
  page: () => ({
    func: "set_all",
    type: "list",
    name: "x",
    page: 0,
    page_size: 100,
    total_item_count: 2,
    items: ["a", "b"],
  }),
  done: ({ id }) => ({ func: "return", type: "function", name: "x", id, value: "done" }),
};

const all = { page: 0, page_size: 5, total_item_count: 1, items: [1] };
const one = { index: 0, value: 1 };
const owned = "3 3 1v 1v 1v 1v 1v 1v"; // says nothing to a group of this kind, whoever has it
const theirs = "3 3 1v 1v 1v - - -"; // is for whoever holds a mirror
const join = "3 3 - - - 1v 1v -", leave = "3 3 1s - - 1v 1v 1s";

// Columns: unregistered forbidden registered subscribed shown mirror held both
const table: readonly [func: string, type: string, fields: Said, row: string][] = [
  ["subscribe", "var", {}, join],
  ["unsubscribe", "var", {}, leave],
  ["get", "var", {}, "3 3 1s value value 1v 1v 1s"],
  ["set", "var", { value: null }, theirs],
  ["set_all", "var", all, owned],
  ["set_count", "var", all, owned],
  ["insert", "var", one, owned],
  ["add", "var", one, owned],
  ["delete", "var", one, owned],
  ["call", "var", { id: 1 }, owned],
  ["return", "var", { id: 1 }, owned],
  ["dance", "var", {}, owned],
  ["constructor", "var", {}, owned],

  ["subscribe", "list", {}, join],
  ["unsubscribe", "list", {}, leave],
  ["get", "list", {}, "3 3 1s page page 1v 1v 1s"],
  ["set", "list", one, theirs],
  ["set_all", "list", all, theirs],
  ["set_count", "list", all, theirs],
  ["insert", "list", one, theirs],
  ["add", "list", one, theirs],
  ["delete", "list", one, theirs],
  ["set", "list", { index: 2, value: 1 }, "3 3 1v 1v 1v - 5 -"],
  ["delete", "list", { index: 2 }, "3 3 1v 1v 1v - 5 -"],
  ["insert", "list", { index: 3, value: 1 }, "3 3 1v 1v 1v - 5 -"],
  ["add", "list", { index: -1, value: 1 }, "3 3 1v 1v 1v - 5 -"],
  ["insert", "list", { index: 2, value: 1 }, theirs],
  ["call", "list", { id: 1 }, owned],
  ["return", "list", { id: 1 }, owned],
  ["__proto__", "list", {}, owned],

  ["subscribe", "function", {}, join],
  ["unsubscribe", "function", {}, leave],
  ["get", "function", {}, owned],
  ["set", "function", one, owned],
  ["set_all", "function", all, owned],
  ["set_count", "function", all, owned],
  ["insert", "function", one, owned],
  ["delete", "function", one, owned],
  ["call", "function", { id: "i" }, "3 3 1s done done 1v 1v 1s"],
  ["call", "function", { id: 7, args: {} }, "3 3 1s done done 1v 1v 1s"],
  ["return", "function", { id: "bogus", value: 1 }, "3 3 1v 1v 1v 6 6 6"],
  ["dance", "function", {}, owned],
];

for (const [column, [state, make]] of Object.entries(states).entries()) {
  Deno.test(`table: every frame at a group that is ${state}`, async () => {
    for (const [func, type, fields, row] of table) {
      const raw = make(), frame = { func, type, name: "x", ...fields, beside: { the: ["point"] } };
      raw.say(frame);
      await flush();
      const key = row.split(" ")[column]!, expected = answers[key]!(frame);
      const got = raw.pipe.frames, what = `${JSON.stringify(frame)} gives ${JSON.stringify(got)}`;
      equal(got.length, expected === undefined ? 0 : 1, what);
      if (expected === undefined) continue;
      const { id } = frame as { id?: unknown };
      const error = { func: "error", type, name: "x", ...id !== undefined && { id } };
      same(got[0]!, "func" in expected ? expected : { ...expected, ...error });
      equal(raw.failures.length, 0);
    }
  });
}

function same(got: Said, expected: Said): void {
  const sorted = (said: Said) => JSON.stringify(Object.entries(said).sort(([a], [b]) => a < b ? -1 : 1));
  equal(sorted(got), sorted(expected));
}

/** What is said to the one, and what the answer is: its number and its text. */
function refuses(raw: Raw, frame: unknown, code: number, message: string): Said {
  const said = raw.say(frame);
  equal(said.length, 1, `${JSON.stringify(frame)} gives ${JSON.stringify(said)}`);
  equal(`${said[0]!["error_code"]} ${said[0]!["message"]}`, `${code} ${message}`, JSON.stringify(frame));
  equal(said[0]!["func"], "error");
  return said[0]!;
}

Deno.test("table: what is no frame is told so", () => {
  const raw = owner();
  for (const text of ["", "{", "nul", "{'func':1}", "undefined", '{"func":"get"', '{"a":1}}']) {
    equal(raw.sayText(text).join(), '{"func":"error","error_code":7,"message":"Invalid json."}', text);
  }
  const none = '{"func":"error","error_code":8,"message":"A frame is an object."}';
  for (const text of ["[]", "null", "1", '"func"', "true", '[{"func":"subscribe"}]']) {
    equal(raw.sayText(text).join(), none, text);
  }
  for (const data of [new ArrayBuffer(3), new Uint8Array(3), new Blob(), undefined]) {
    equal(JSON.parse(raw.sayText(data).join()).error_code, 8);
  }
});

Deno.test("table: a frame that is too deep is told so, whatever is in it", () => {
  const raw = owner();
  for (const nest of ["[", '{"a":']) {
    const close = nest === "[" ? "]" : "}";
    const text = (levels: number) => `{"func":${nest.repeat(levels)}1${close.repeat(levels)}}`;
    equal(JSON.parse(raw.sayText(text(31))[0]!).error_code, 2, "31 levels within one are allowed");
    equal(JSON.parse(raw.sayText(text(32))[0]!).message, "A frame has at most 32 levels.");
    equal(JSON.parse(raw.sayText(text(100_000))[0]!).error_code, 8);
  }
  equal(
    JSON.parse(raw.sayText(`{"func":"${'[{\\"'.repeat(100)}"}`)[0]!).error_code,
    2,
    "brackets in texts are none",
  );
});

Deno.test("table: what every frame needs is asked for in order", () => {
  const raw = owner();
  refuses(raw, {}, 1, "func is required.");
  refuses(raw, { type: "nonsense", name: "x" }, 1, "func is required.");
  refuses(raw, { func: "dance" }, 2, "type is required.");
  refuses(raw, { func: "dance", name: "x" }, 2, "type is required.");
  refuses(raw, { func: "dance", type: "nonsense" }, 3, "name is required.");
  refuses(raw, { func: "dance", type: "nonsense", name: "x" }, 2, "nonsense is not a valid type.");
  refuses(raw, { func: "dance", type: "var", name: "y" }, 3, "y is not registered.");
  refuses(raw, { func: "dance", type: "var", name: "x" }, 1, "dance is not valid for this group.");
  refuses(raw, { func: "get", type: "var", name: "x" }, 1, "Subscription required.");
});

Deno.test("table: values of any kind in func, type and name harm nobody", () => {
  const raw = owner();
  const values = [
    null,
    1,
    -0.5,
    true,
    [],
    {},
    [["x"]],
    "",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
  ];
  const texts = [
    ...values.map((value) => JSON.stringify(value)),
    "1e999",
    '{"toString":1}',
    '{"__proto__":{"x":1}}',
    '{"toJSON":1}',
  ];
  for (const text of texts) {
    const value: unknown = JSON.parse(text),
      shown = typeof value === "string" ? value : JSON.stringify(value);
    const one = (frame: string) => {
      const [answer, ...more] = raw.sayText(frame);
      equal(more.length, 0);
      return JSON.parse(answer!) as Said;
    };
    same(one(`{"func":${text},"type":"var","name":"x"}`), {
      func: "error",
      error_code: 1,
      message: `${shown} is not valid for this group.`,
      type: "var",
      name: "x",
    });
    const type = typeof value === "string" ? { type: value } : {};
    same(one(`{"func":"get","type":${text},"name":"x"}`), {
      func: "error",
      error_code: 2,
      message: `${shown} is not a valid type.`,
      name: "x",
      ...type,
    });
    const name = typeof value === "string" ? { name: value } : {};
    same(one(`{"func":"get","type":"var","name":${text}}`), {
      func: "error",
      error_code: 3,
      message: `${shown} is not registered.`,
      type: "var",
      ...name,
    });
  }
  equal(raw.failures.length, 0);
});

Deno.test("table: __proto__ and constructor are names, keys and ids like any other", async () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    const raw = alone(), value: unknown = JSON.parse(`{"${name}":{"polluted":true}}`);
    const echo = action(z.any(), (input) => Object.keys(input as object).join());
    raw.peer.own(Object.fromEntries([[name, variable(value)]]));
    raw.peer.own(Object.fromEntries([[name, echo]]));
    for (const type of ["var", "function"]) raw.say({ func: "subscribe", type, name });
    const [set] = raw.sayText(JSON.stringify({ func: "get", type: "var", name }));
    equal(set, `{"func":"set","type":"var","name":"${name}","value":{"${name}":{"polluted":true}}}`);
    raw.sayText(`{"func":"call","type":"function","name":"${name}","id":"${name}","args":{"${name}":1}}`);
    await flush();
    equal(
      JSON.stringify(raw.pipe.frames[0]),
      `{"func":"return","type":"function","name":"${name}","id":"${name}","value":"${name}"}`,
    );
    equal(({} as Said)["polluted"], undefined);
  }
});

Deno.test("table: fields that are missing are asked for in the order of the protocol", () => {
  const asked = (state: string, frame: Said, fields: readonly string[]) => {
    const whole: Said = { page: 0, page_size: 1, total_item_count: 1, items: [1], index: 0, value: 1, id: 1 };
    for (let there = 0; there < fields.length; there++) {
      const given = Object.fromEntries(fields.slice(0, there).map((field) => [field, whole[field]]));
      // All but one; and nothing from that one on.
      refuses(states[state]!(), { ...frame, name: "x", ...given }, 4, `${fields[there]} is required.`);
      const others = Object.fromEntries(
        fields.filter((_, i) => i !== there).map((field) => [field, whole[field]]),
      );
      refuses(states[state]!(), { ...frame, name: "x", ...others }, 4, `${fields[there]} is required.`);
    }
  };
  asked("shown", { func: "call", type: "function" }, ["id"]);
  for (const state of ["mirror", "held", "both"]) {
    asked(state, { func: "set", type: "var" }, ["value"]);
    asked(state, { func: "set_all", type: "list" }, ["page", "page_size", "total_item_count", "items"]);
    asked(state, { func: "set_count", type: "list" }, ["total_item_count"]);
    asked(state, { func: "insert", type: "list" }, ["index", "value"]);
    asked(state, { func: "add", type: "list" }, ["index", "value"]);
    asked(state, { func: "set", type: "list" }, ["index", "value"]);
    asked(state, { func: "delete", type: "list" }, ["index"]);
    asked(state, { func: "return", type: "function" }, ["id"]);
  }
  // Whoever has not subscribed is told that first.
  refuses(owner(), { func: "call", type: "function", name: "x" }, 1, "Subscription required.");
});

Deno.test("table: a field of the wrong kind is named", () => {
  const wrong = [null, true, 1.5, "", "x", "1.5", "-1", "1e3", " 1", [], [1], {}];
  for (const value of wrong) {
    for (const field of ["page", "page_size"]) {
      const get = { func: "get", type: "list", name: "x", [field]: value };
      refuses(states["shown"]!(), get, 8, `${field} is not an integer.`);
      const all = {
        func: "set_all",
        type: "list",
        name: "x",
        page: 0,
        page_size: 1,
        total_item_count: 0,
        items: [],
      };
      refuses(states["held"]!(), { ...all, [field]: value }, 8, `${field} is not an integer.`);
    }
    const set = { func: "set_count", type: "list", name: "x", total_item_count: value };
    refuses(states["held"]!(), set, 8, "total_item_count is not an integer.");
    for (const func of ["insert", "add", "set", "delete"]) {
      for (const state of ["mirror", "held"]) {
        const frame = { func, type: "list", name: "x", index: value, value: 1 };
        refuses(states[state]!(), frame, 8, "index is not an integer.");
      }
    }
  }
  for (const args of [null, 1, "x", [], [{}], true]) {
    const frame = { func: "call", type: "function", name: "x", id: 1, args };
    equal(refuses(states["shown"]!(), frame, 8, "args is not an object.")["id"], 1);
  }
  for (const items of [null, 1, "x", {}, true]) {
    const frame = {
      func: "set_all",
      type: "list",
      name: "x",
      page: 0,
      page_size: 1,
      total_item_count: 0,
      items,
    };
    refuses(states["held"]!(), frame, 8, "items is not a list.");
  }
});

Deno.test("table: numbers that cannot be are refused", () => {
  const get = (fields: Said) => ({ func: "get", type: "list", name: "x", ...fields });
  refuses(states["shown"]!(), get({ page: -1 }), 8, "page is 0 or more.");
  for (const size of [0, -1, "0"]) {
    refuses(states["shown"]!(), get({ page_size: size }), 8, "page_size is 1 or more.");
  }
  const all = (fields: Said) => ({
    func: "set_all",
    type: "list",
    name: "x",
    page: 0,
    page_size: 2,
    total_item_count: 2,
    items: [1, 2],
    ...fields,
  });
  refuses(states["held"]!(), all({ page: -1 }), 8, "page is 0 or more.");
  refuses(states["held"]!(), all({ page_size: 0 }), 8, "page_size is 1 or more.");
  refuses(states["held"]!(), all({ total_item_count: -1 }), 8, "total_item_count is 0 or more.");
  refuses(states["held"]!(), all({ page_size: 1 }), 8, "items is longer than page_size.");
  // What is too large for a page is one beyond the end.
  for (const page of [1e300, Number.MAX_SAFE_INTEGER, "99999999999999999999999999"]) {
    equal(states["shown"]!().say(get({ page, page_size: 1 }))[0]!["page"], 1, String(page));
    equal(states["shown"]!().say(get({ page_size: page }))[0]!["page_size"], 100, String(page));
  }
});

Deno.test("table: a text of decimal digits is an integer", () => {
  const raw = states["shown"]!();
  equal(raw.say({ func: "get", type: "list", name: "x", page: "1", page_size: "1" })[0]!["page"], 1);
  const held = states["held"]!(), mirror = held.peer.list("x");
  const say = (frame: Said) => equal(held.say({ type: "list", name: "x", ...frame }).length, 0);
  say({ func: "set_all", page: "0", page_size: "3", total_item_count: "2", items: ["a", "b"] });
  say({ func: "insert", index: "1", value: "n" });
  say({ func: "set_count", total_item_count: "3" });
  equal(`${mirror.value} ${mirror.count} ${mirror.pageSize}`, "a,n,b 3 3");
  say({ func: "set", index: "0", value: "A" });
  say({ func: "delete", index: "02" });
  equal(mirror.value.join(), "A,n");
});

Deno.test("table: an error is never answered, whatever is in it", async () => {
  for (const [state, make] of Object.entries(states)) {
    const raw = make();
    const call = state === "held" ? raw.peer.function("x").call().catch((error) => error) : undefined;
    for (const value of [undefined, null, 1, "1", "x", [], {}, { toString: 1 }, 1e300]) {
      for (const field of ["error_code", "message", "type", "name", "id"]) {
        for (const type of [...kinds, undefined]) {
          const frame = {
            func: "error",
            error_code: 1,
            message: "m",
            type,
            name: "x",
            id: "i",
            [field]: value,
          };
          equal(raw.say(frame).length, 0, `${state}: ${JSON.stringify(frame)}`);
        }
      }
    }
    equal(raw.sayText('{"func":"error","error_code":{"toString":1},"__proto__":1}').length, 0);
    raw.peer.close();
    await call;
  }
});

Deno.test("table: names are given back at no more than 64 characters", () => {
  const raw = owner(), name = "é".repeat(65);
  const error = refuses(
    raw,
    { func: "get", type: "var", name },
    3,
    `${name.slice(0, 64)} is not registered.`,
  );
  equal(error["name"], name.slice(0, 64));
  const type = refuses(
    raw,
    { func: "get", type: name, name },
    2,
    `${name.slice(0, 64)} is not a valid type.`,
  );
  equal(type["type"], name.slice(0, 64));
  refuses(
    raw,
    { func: name, type: "var", name: "x" },
    1,
    `${name.slice(0, 64)} is not valid for this group.`,
  );
  const huge = { a: "x".repeat(100_000) };
  ok(raw.sayText(JSON.stringify({ func: huge, type: huge, name: huge })).join().length < 300);
  ok(raw.sayText(JSON.stringify({ func: "get", type: "list", name: huge })).join().length < 300);
  // Half of a letter at the end is no harm either.
  ok(JSON.parse(raw.sayText(JSON.stringify({ func: "get", type: "var", name: "x".repeat(63) + "😀" }))[0]!));
});

Deno.test("table: an id is a number or at most 128 characters, and comes back as it was", async () => {
  const raw = states["subscribed"]!(), call = { func: "call", type: "function", name: "x" };
  const message = "id is not a number, or a text of at most 128 characters.";
  for (const id of ["i".repeat(129), null, true, [], {}, ["i"]]) {
    equal(refuses(raw, { ...call, id }, 8, message)["id"], undefined);
  }
  equal(
    JSON.parse(raw.sayText('{"func":"call","type":"function","name":"x","id":1e999}')[0]!).message,
    message,
  );
  for (const id of ["i".repeat(128), "", 0, -1, 1.5, 1e300, "__proto__", "1", 1, "\ud800", "\u2028"]) {
    raw.say({ ...call, id });
    await flush();
    equal(raw.pipe.frames.length, 1);
    equal(raw.pipe.frames[0]!["id"], id);
  }
  const held = states["held"]!();
  const error = refuses(
    held,
    { func: "return", type: "function", name: "x", id: "i".repeat(128) },
    6,
    `${"i".repeat(64)} is not a valid function call.`,
  );
  equal(error["id"], "i".repeat(128));
});

/** Frames of every kind, whole and broken, about x. */
function* manyFrames(): Iterable<Said> {
  for (const [func, type, fields] of table) {
    yield { func, type, name: "x", ...fields };
    yield { func, type, name: "x" };
    for (const field of Object.keys(fields)) yield { func, type, name: "x", ...fields, [field]: {} };
    yield { func, type, name: "x", ...fields, id: "i" };
  }
}

Deno.test("table: a group that is not for somebody answers as if it were not there, byte by byte", async () => {
  const refusals: Authorize[] = [
    () => false,
    () => Promise.resolve(false),
    () => 1 as never,
    () => Promise.resolve("yes" as never),
    () => {
      throw new Error("The directory is down.");
    },
    () => Promise.reject(new Error("The directory is down.")),
  ];
  for (const mirrors of [false, true]) {
    for (const refusal of refusals) {
      const without = alone(), forbidden = owner(refusal);
      for (const { peer } of mirrors ? [without, forbidden] : []) {
        peer.variable("x");
        peer.list("x");
      }
      for (const frame of manyFrames()) {
        for (const raw of [without, forbidden]) raw.say(frame);
        await flush();
        equal(forbidden.pipe.texts.join("\n"), without.pipe.texts.join("\n"), JSON.stringify(frame));
      }
    }
  }
});

Deno.test("table: whoever may see a function but not call it is told that it is not there", async () => {
  const raw = owner((_, verb) => verb === "subscribe");
  raw.say({ func: "subscribe", type: "function", name: "x" });
  const error = refuses(raw, { func: "call", type: "function", name: "x", id: 1 }, 3, "x is not registered.");
  equal(error["id"], 1);
  const asked = owner((_, verb) => Promise.resolve(verb === "subscribe"));
  asked.say({ func: "subscribe", type: "function", name: "x" });
  asked.say({ func: "call", type: "function", name: "x", id: 1 });
  await flush();
  equal(asked.pipe.frames.map(({ error_code }) => error_code).join(), "3");
});

Deno.test("table: one may subscribe to as many groups as there may be, and not more", () => {
  const raw = alone({ limits: { syncGroups: 3 } });
  raw.peer.own({ a: variable(1), b: list([]), c: variable(1) });
  const more = alone({
    limits: { syncGroups: 3 },
    shared: { a: variable(1), b: variable(1), c: variable(1), d: variable(1) },
  });
  for (const name of ["a", "b", "c"]) equal(more.say({ func: "subscribe", type: "var", name }).length, 0);
  refuses(more, { func: "subscribe", type: "var", name: "d" }, 8, "At most 3 groups can be subscribed to.");
  equal(more.say({ func: "subscribe", type: "var", name: "a" }).length, 0, "again is the same");
  more.say({ func: "unsubscribe", type: "var", name: "a" });
  equal(more.say({ func: "subscribe", type: "var", name: "d" }).length, 0);
});
