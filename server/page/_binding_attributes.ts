/**
 * What an element writes for the calls that it offers.
 *
 * @module
 */

import { Attribute, type Json, Option } from "../../protocol/mod.ts";
import type { Call, CallOptions } from "./binding.ts";
import { describe } from "./_child.ts";
import { checkToken, offerTargets, reflexTargets } from "./_reflex.ts";
import { currentAttributes, currentRendering } from "./_rendering.ts";

/** The attributes by name; each is absent where there is nothing to say. */
export type BindingAttributes = { [name: string]: string };

/**
 * Records what an element offers, and gives the attributes for it.
 *
 * @param declared the value of its own `data-reflex`
 * @param calls what was spread on it by `on()`
 * @param element its name, for errors
 * @throws TypeError for a malformed `data-reflex`, and for arguments that are not JSON
 */
export function bindingAttributes(
  declared: unknown,
  calls: readonly Call[],
  element: string,
): BindingAttributes {
  const hasDeclared = declared !== undefined && declared !== null && declared !== false;
  const attributes = currentAttributes() ?? defaults;
  const { reflex, args } = attributes;
  const targets = hasDeclared ? reflexTargets(declared, element) : [];
  offerTargets(targets);
  const rendering = currentRendering();
  // A string that a component renders for itself is not part of the page: it offers nothing.
  if (calls.length === 0 || rendering === undefined) return {};
  let tokens = hasDeclared ? `${declared}`.trim() : "";
  let hasArguments = false;
  let options: BindingAttributes | undefined;
  const own = calls.map(({ event, owner, method, args: given, names, options: more }) => {
    const target = `${rendering.recorder.nameOf(owner)}#${method}`;
    const list = names === undefined
      ? jsonArguments(given, target, element)
      : [`${rendering.recorder.nameOf(names.owner)}#${names.method}`];
    const binding = `${event}->${target}`;
    checkToken(binding, element);
    tokens = tokens === "" ? binding : `${tokens} ${binding}`;
    hasArguments ||= list.length > 0;
    rendering.recorder.offer(target, list);
    for (const [key, value] of more === undefined ? [] : Object.entries(more)) {
      options ??= {};
      options[attributes[key as keyof CallOptions]] = value;
    }
    return list;
  });
  if (!hasArguments) return { ...options, [reflex]: tokens };
  const lists = targets.length === 0 ? own : [...targets.map(() => []), ...own];
  return { ...options, [reflex]: tokens, [args]: JSON.stringify(lists) };
}

const defaults = { ...Attribute, ...Option };

function jsonArguments(args: readonly unknown[], target: string, element: string): readonly Json[] {
  let end = args.length;
  while (end > 0 && args[end - 1] === undefined) end--;
  const list = end === args.length ? args : args.slice(0, end);
  for (let i = 0; i < list.length; i++) {
    if (!isPlain(list[i])) checkJson(list[i], String(i), `${target} on <${element}>`, []);
  }
  return list as readonly Json[];
}

// Most arguments are an id or a number: nothing has to be made for them.
function isPlain(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value));
}

function checkJson(value: unknown, path: string, call: string, above: readonly object[]): void {
  if (isPlain(value)) return;
  if (typeof value !== "object" || value === null) throw refusal(describe(value), path, call);
  if (above.includes(value)) throw refusal("an object that holds itself", path, call);
  const line = [...above, value];
  if (Array.isArray(value)) {
    // By index, because forEach would pass over the gaps of an array.
    for (let i = 0; i < value.length; i++) checkJson(value[i], `${path}[${i}]`, call, line);
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) throw refusal(describe(value), path, call);
  for (const [key, item] of Object.entries(value)) checkJson(item, `${path}.${key}`, call, line);
}

function refusal(what: string, path: string, call: string): TypeError {
  return new TypeError(`Cannot offer ${call}: argument ${path} is ${what}, which is not a JSON value.`);
}
