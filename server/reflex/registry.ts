/**
 * Which methods of which classes exist for calls.
 *
 * @module
 */

import { Attribute } from "../../protocol/markers.ts";
import { ITSELF } from "../page/binding.ts";
import { isAction, refuseAuthorize } from "../../protocol/action.ts";
import { Reflex } from "./reflex.ts";

/** How a method is called: by exact arguments, or through its schema. */
export type MethodKind = "method" | "action";

/** A registered class. */
interface Registered {
  readonly create: new () => Reflex;
  readonly methods: ReadonlyMap<string, MethodKind>;
}

// Names with a meaning of their own: the base class's, with what is called around an action, and every object's.
const barred = new Set([
  ...Object.getOwnPropertyNames(Reflex.prototype),
  ...Object.getOwnPropertyNames(Object.prototype),
  ...Object.getOwnPropertyNames(Function.prototype),
  "prototype",
]);

/**
 * What an event alone calls: nothing is done, and then the page is shown as it is now. And what a bound form calls while
 * it is being filled in, which is done before it comes to a body.
 */
class Itself extends Reflex {
  refresh(): void {}
  check(_target: string): void {}
}

const [itself = ""] = Attribute.refresh.split("#");

/** The classes of one app, under the names that they were registered with. */
export class Registry {
  readonly #classes = new Map<string, Registered>();
  readonly #names = new Map<object, string>();
  readonly #targets = new Map<string, { create: new () => Reflex; method: string; kind: MethodKind }>();

  constructor() {
    this.add(itself, Itself);
    this.#names.set(ITSELF, itself);
  }

  /**
   * Registers a class.
   *
   * @param name what pages and frames call it; never taken from the class, because minifiers rename those
   * @throws TypeError for a name or class that cannot be registered, or is already
   */
  add(name: string, create: new () => Reflex): void {
    if (!/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name)) {
      throw new TypeError(
        `Cannot register a reflex as ${JSON.stringify(name)}: a name is letters and digits.`,
      );
    }
    if (typeof create !== "function" || !(create.prototype instanceof Reflex)) {
      throw new TypeError(`Cannot register ${name}: it is not a class that extends Reflex.`);
    }
    if (this.#classes.has(name)) throw new TypeError(`Cannot register ${name}: the name is taken.`);
    if (this.#names.has(create)) {
      throw new TypeError(`Cannot register ${name}: the class is registered as ${this.#names.get(create)}.`);
    }
    const found = methods(create);
    this.#classes.set(name, { create, methods: found });
    for (const [method, kind] of found) this.#targets.set(`${name}#${method}`, { create, method, kind });
    this.#names.set(create, name);
  }

  /**
   * The name that a class was registered with.
   *
   * @throws TypeError where it was not
   */
  nameOf(owner: object): string {
    const name = this.#names.get(owner);
    if (name !== undefined) return name;
    const called = typeof owner === "function" && owner.name !== "" ? owner.name : "a class";
    throw new TypeError(`Cannot offer ${called}: it is not registered. Add app.reflexes({ ${called} }).`);
  }

  /** What `Class#method` calls, where it exists and may be called at all. */
  find(target: string): { create: new () => Reflex; method: string; kind: MethodKind } | undefined {
    return this.#targets.get(target);
  }

  /** A sentence for a developer about a target that was not found. */
  explain(target: string): string {
    const [name = "", method = ""] = target.split("#");
    const registered = this.#classes.get(name);
    if (registered === undefined) {
      return `There is no reflex class ${name}; registered are: ${
        [...this.#classes.keys()].filter((name) => name !== itself).join(", ") || "none"
      }.`;
    }
    return `${name} has no method ${method} of its own; it has: ${
      [...registered.methods.keys()].join(", ") || "none"
    }.`;
  }
}

// Own methods of the class and own fields that are actions; nothing inherited, private by convention, static or got.
function methods(create: new () => Reflex): Map<string, MethodKind> {
  const found = new Map<string, MethodKind>();
  const note = (name: string, kind: MethodKind) => {
    if (!barred.has(name) && /^[A-Za-z$][A-Za-z0-9_$]*$/.test(name)) found.set(name, kind);
  };
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(create.prototype))) {
    if (typeof value === "function") note(name, "method");
  }
  const inherited = actions(Object.getPrototypeOf(create));
  for (const [name, run] of actions(create)) {
    // A field of the class above stands on the instance like our own; what tells them apart is the function.
    if (inherited.get(name) !== run) note(name, "action");
  }
  return found;
}

// The actions of an instance by name, each with the text of its function: every instance has functions of its own.
function actions(create: new () => object): Map<string, string> {
  const found = new Map<string, string>();
  if (!(create.prototype instanceof Reflex)) return found;
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(new create()))) {
    if (!isAction(value)) continue;
    refuseAuthorize(value, `the action ${name} of ${create.name}`);
    found.set(name, String(value.run));
  }
  return found;
}
