import assert from "node:assert/strict";
import { action, Reflex } from "@argyle/argyle";
import { z } from "zod";
import { Registry } from "../../../server/reflex/registry.ts";

class Base extends Reflex {
  inherited() {}
  both = action(z.number(), () => 1);
  above = action(z.number(), () => 1);
}

class Own extends Base {
  method() {}
  // Overrides: this class's own.
  override both = action(z.number(), () => 2);
  field = action(z.number(), () => 3);
  notAnAction = () => {};
  data = { run: () => {} };
  #secret() {}
  _convention() {}
  get accessor() {
    return () => this.#secret();
  }
  static fixed() {}
  override before() {}
  override login() {}
}

function registry() {
  const names = new Registry();
  names.add("Own", Own);
  return names;
}

Deno.test("Registry: own methods and own action fields exist for calls, nothing else", () => {
  const names = registry();
  const found = (method: string) => names.find(`Own#${method}`)?.kind;
  assert.deepEqual(["method", "both", "field"].map(found), ["method", "action", "action"]);
  const every = (object: object | null): string[] =>
    object === null ? [] : [...Object.getOwnPropertyNames(object), ...every(Object.getPrototypeOf(object))];
  const others = new Set([...every(new Own()), ...every(Own), "__proto__", "", "method#method"]);
  for (const name of ["method", "both", "field"]) others.delete(name);
  for (const name of others) assert.equal(found(name), undefined, name);
});

Deno.test("Registry: the name is the one that was given, never the class's own", () => {
  const names = new Registry();
  names.add("Counter", Own);
  assert.equal(names.nameOf(Own), "Counter");
  assert.equal(names.find("Own#method"), undefined);
  assert.ok(names.find("Counter#method"));
});

Deno.test("Registry: what cannot be registered is refused with the reason", () => {
  const names = registry();
  class Other extends Reflex {}
  assert.throws(() => names.add("Own", Other), /the name is taken/);
  assert.throws(() => names.add("Again", Own), /registered as Own/);
  assert.throws(() => names.add("a#b", Other), /a name is letters and digits/);
  assert.throws(() => names.add("__proto__.x", Other), /a name is letters and digits/);
  assert.throws(() => names.add("Plain", class {} as never), /not a class that extends Reflex/);
  assert.throws(() => names.nameOf(Other), /Other: it is not registered\. Add app\.reflexes\(\{ Other \}\)/);
});

Deno.test("Reflex: outside a call its members say so", () => {
  class Early extends Reflex {
    count = this.session.count;
  }
  assert.throws(() => new Early(), /Cannot use session of Early outside a call/);
});

Deno.test("Registry: an action whose authorize nobody would ask is refused", () => {
  class Guarded extends Reflex {
    remove = action(z.number(), () => 1, { authorize: () => false });
  }
  assert.throws(() => new Registry().add("Guarded", Guarded), {
    name: "TypeError",
    message:
      "Cannot take the action remove of Guarded: its `authorize` is asked as a group of app.sync() alone.",
  });
});
