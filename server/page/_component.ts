/**
 * Looks at each component before the renderer calls it, and at what it returns.
 *
 * @module
 */

import { checkResult, componentName, describe } from "./_child.ts";
import type { Node } from "./_element.ts";
import { expectRoot } from "./_key.ts";
import { noteAnew } from "./_memo_notes.ts";

/** A component that is a function, as the renderer calls it. */
export type Component = (this: unknown, props: unknown, context: unknown) => unknown;

/** Of the component that was looked at last. Between that and its call nothing else is looked at. */
let called: unknown;
/** Of classes: their constructors are the author's code, and may render something before `render` is called. */
const keys = new WeakMap<object, unknown>();

/**
 * Puts a component aside, so that {@linkcode callComponent} runs in its place.
 *
 * @param key of the keyed child that it is, if it is one
 * @returns what to put back before it runs, or `undefined` where the component is left alone: classes, and those
 * that the renderer asks for their context
 */
export function guardComponent(node: Node, key: unknown): unknown {
  if (typeof node.type !== "function") {
    throw new TypeError(`Cannot render ${describe(node.type)} as a component: it is not a function.`);
  }
  const component = node.type as Component & { contextType?: unknown };
  if (isClass(component)) {
    noteAnew(); // It may keep a state.
    keys.set(node, key);
    return undefined;
  }
  if (component.contextType != null) {
    if (key == null) return undefined;
    node.type = withRoot(component, key);
    return component;
  }
  called = key;
  node.type = callComponent;
  return component;
}

/** Whether a component is made by `new`. */
export function isClass(component: Component): boolean {
  return typeof component.prototype?.render === "function";
}

function callComponent(this: { readonly __v: Node }, props: unknown, context: unknown): unknown {
  const key = called;
  const result = callAs(this, this.__v.type as Component, props, context, key);
  called = key; // It is called again when it has set its own state.
  return result;
}

/**
 * Calls a component, and looks at what it returns.
 *
 * @param key of the keyed child that it is, if it is one
 */
export function callAs(
  self: unknown,
  component: Component,
  props: unknown,
  context: unknown,
  key: unknown,
): unknown {
  const result = run(component, self, props, context);
  checkResult(result, component);
  if (key != null) expectRoot(result, key);
  return result;
}

function run(component: Component, self: unknown, props: unknown, context: unknown): unknown {
  try {
    return component.call(self, props, context);
  } catch (error) {
    if (typeof (error as { then?: unknown } | null)?.then !== "function") throw error;
    throw new TypeError(
      `Cannot render <${componentName(component)}>: it suspends, and a page is rendered at once. Load first.`,
    );
  }
}

function withRoot(component: Component & { contextType?: unknown }, key: unknown): Component {
  const { contextType } = component;
  return Object.assign(function (this: unknown, props: unknown, context: unknown): unknown {
    const result = component.call(this, props, context);
    expectRoot(result, key);
    return result;
  }, { contextType });
}

/** Has the next call of a class component's `render` note the root of what it gives. */
export function guardInstance(node: Node): void {
  const key = keys.get(node);
  const instance = node.__c;
  if (key == null || instance == null) return;
  const { render } = instance as { render: (...args: unknown[]) => unknown };
  const own = Object.hasOwn(instance, "render");
  Object.defineProperty(instance, "render", {
    configurable: true,
    writable: true,
    enumerable: own,
    value(...args: unknown[]): unknown {
      if (own) Object.assign(instance, { render });
      else Reflect.deleteProperty(instance, "render");
      const result = render.apply(instance, args);
      expectRoot(result, key);
      return result;
    },
  });
}
