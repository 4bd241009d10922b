import assert from "node:assert/strict";
import { action, anyone, App } from "@argyle/argyle";
import fc from "fast-check";
import { z } from "zod";
import { eventName } from "../../../server/events/names.ts";

const nothing = action(z.object({}), () => {});
const named = (event: string) => action(z.object({}), () => {}, { event });

Deno.test("names: one leading on_, handle_, or on or handle before a capital, is left out", () => {
  const names = {
    message: "message",
    onMessage: "message",
    on_message: "message",
    handleMessage: "message",
    handle_message: "message",
    on_on_air: "on_air",
    onHandleIt: "handleIt",
    handle_on_it: "on_it",
    on_Air: "Air",
    onURL: "uRL",
    onÄnderung: "änderung",
    once: "once",
    online: "online",
    handler: "handler",
    handled: "handled",
    on2: "on2",
    on$x: "on$x",
    On_x: "On_x",
    "": undefined,
    on: undefined,
    on_: undefined,
    handle: undefined,
    handle_: undefined,
  };
  for (const [key, name] of Object.entries(names)) {
    if (name !== undefined) assert.equal(eventName(key, nothing), name);
    else assert.throws(() => eventName(key, nothing), /^TypeError: Cannot handle ".*": nothing is left/, key);
  }
});

Deno.test("names: an explicit one stands as it is, whatever the member is called", () => {
  for (const name of ["on_message", "onMessage", "a b", "__proto__"]) {
    assert.equal(eventName("onOther", named(name)), name);
  }
  assert.throws(() => eventName("onOther", named("")), /nothing is left as the name/);
});

Deno.test("names: nothing but the prefix is left out, whatever stands behind it", () => {
  const rest = fc.string({ minLength: 1, unit: "binary" });
  fc.assert(
    fc.property(
      fc.constantFrom("on", "handle"),
      rest,
      fc.constantFrom("A", "M", "Z"),
      (prefix, rest, first) => {
        assert.equal(eventName(`${prefix}_${rest}`, nothing), rest);
        assert.equal(eventName(`${prefix}${first}${rest}`, nothing), `${first.toLowerCase()}${rest}`);
        assert.equal(eventName(`x${prefix}_${rest}`, nothing), `x${prefix}_${rest}`);
      },
    ),
  );
});

Deno.test("names: two handlers of one event are refused, and so is what is no action", () => {
  const handle = (handlers: object) => () =>
    new App().events("/e").handle(handlers as Record<string, never>, { authorize: anyone });
  assert.throws(handle({ message: nothing, onMessage: nothing }), {
    message: 'Cannot handle "message" twice: the event has a handler.',
  });
  assert.throws(handle({ onMessage: nothing, handle_message: nothing }), /"message" twice/);
  assert.throws(handle({ a: named("b"), b: nothing }), /"b" twice/);
  assert.throws(handle({ on_: nothing }), /Cannot handle "on_": nothing is left/);
  assert.throws(handle({ a: () => {} }), /Cannot handle "a": it is no action/);
  // Whoever wrote it believes that it is asked.
  const guarded = action(z.object({}), () => {}, { authorize: () => false });
  assert.throws(handle({ guarded }), /Cannot take the handler "guarded": its `authorize` is asked/);
  for (const none of [undefined, null, 1, () => {}, Date]) {
    assert.throws(handle(none as unknown as object), /neither an object of actions nor an EventsEndpoint/);
  }
});

Deno.test("names: an endpoint says who may open it, has a path that can be, and one of its own", () => {
  const app = new App(),
    at = (path: string, hooks: unknown = { authorize: anyone }) => () =>
      app.events(path).handle({}, hooks as { authorize: typeof anyone });
  for (const hooks of [null, {}, { authorize: true }]) {
    assert.throws(at("/e", hooks), /^TypeError: Cannot add the endpoint "\/e": say who may open it/);
  }
  assert.throws(at("e"), /a path begins with/);
  assert.throws(at("/:"), /URLPattern does not read it/);
  assert.throws(at("/_argyle/:x"), /its path is like "\/room\/:room"/);
  at("/room/:room")();
  assert.throws(at("/room/:room"), /the path is taken/);
});
