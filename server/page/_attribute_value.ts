/**
 * What an attribute may hold: one set of rules for both ways that JSX is compiled.
 *
 * @module
 */

import { Attribute, safeUrl } from "../../protocol/mod.ts";
import type { AttributeName } from "./_attribute_name.ts";
import { describe } from "./_child.ts";
import { checkRoots } from "./_roots.ts";
import { checkStyle } from "./_style.ts";
import { Raw } from "./raw.ts";

/**
 * The value that is written, or the reason why not.
 *
 * @param name the attribute
 * @param given what the prop holds
 * @param element the element's name for errors, where it is known
 * @returns the same value, or a safe one; `undefined` where the attribute is left out
 * @throws TypeError for what cannot be made safe
 */
export function attributeValue(name: AttributeName, given: unknown, element?: string): unknown {
  const value = unwrapSignal(given);
  switch (name.kind) {
    case "plain":
      return checkPlain(name, value, element);
    case "enumerated":
      return typeof value === "boolean" ? String(value) : checkPlain(name, value, element);
    case "url":
      return urlValue(name, checkPlain(name, value, element));
    case "event":
      return typeof value === "function" ? value : undefined;
    case "style":
      checkStyle(value, element);
      return value;
    case "srcdoc":
      return srcdocValue(value, element);
    case "animated":
      return checkAnimated(checkPlain(name, value, element), element);
    case "inner":
      if (isAbsent(value)) return undefined;
      throw new TypeError(
        `Cannot write ${name.html}${on(element)}: pass dangerouslySetInnerHTML={raw(html)}.`,
      );
    case "args":
      if (isAbsent(value)) return undefined;
      throw new TypeError(`Cannot write ${name.html}${on(element)} by hand: use on().`);
    case "root":
      return checkRoots(value, element);
    case "key":
      if (isAbsent(value)) return undefined;
      throw new TypeError(`Cannot write ${Attribute.key}${on(element)} by hand: it is the element's key.`);
    default:
      return value;
  }
}

function urlValue(name: AttributeName, value: unknown): unknown {
  if (isAbsent(value) || value === true || typeof value === "function") return value;
  const url = `${value}`;
  return startsSafely(name.html, url) ? url : safeUrl(name.html.toLowerCase(), url);
}

// A path, a query or a fragment cannot hold a scheme; most links are such, and parsing them would cost a microsecond.
function startsSafely(name: string, url: string): boolean {
  const first = url.charCodeAt(0);
  return (first === 47 || first === 35 || first === 63) &&
    (name === "href" || name === "src" || name === "action");
}

function srcdocValue(value: unknown, element?: string): string | undefined {
  if (isAbsent(value)) return undefined;
  if (Raw.is(value)) return value.__html;
  throw new TypeError(`Cannot write srcdoc${on(element)} from ${describe(value)}: pass raw(html).`);
}

/** The name of the attribute that svg is to animate: not of a link, whose values nobody would look at. */
export function checkAnimated(value: unknown, element?: string): unknown {
  if (!/href/i.test(String(value))) return value;
  throw new TypeError(
    `Cannot animate ${value}${on(element)}: a link is set by a render, which checks where it leads.`,
  );
}

// An object without a text of its own would be written as "[object Object]".
function checkPlain(name: AttributeName, value: unknown, element?: string): unknown {
  if (typeof value !== "object" || value === null || hasText(value)) return value;
  throw new TypeError(`Cannot write ${name.html}${on(element)} from ${describe(value)}: it has no text.`);
}

function hasText(value: object): boolean {
  if (Symbol.toPrimitive in value) return true;
  const { toString, valueOf } = value;
  return (typeof toString === "function" && toString !== Object.prototype.toString) ||
    (typeof toString === "function" && typeof valueOf === "function" && valueOf !== Object.prototype.valueOf);
}

/** Whether the attribute is left out. */
function isAbsent(value: unknown): value is null | undefined | false {
  return value === undefined || value === null || value === false;
}

/** The value of a signal, as the renderer unwraps it; anything else as it is. */
export function unwrapSignal(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return "value" in value && "peek" in value && typeof value.peek === "function" ? value.value : value;
}

function on(element: string | undefined): string {
  return element === undefined ? "" : ` on <${element}>`;
}
